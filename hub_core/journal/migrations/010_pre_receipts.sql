-- receipt: keyed hash of the number that the partner gave back, by which an answer finds what it answers.
ALTER TABLE delivery ADD COLUMN receipt TEXT;
CREATE INDEX delivery_receipt ON delivery (receipt) WHERE receipt IS NOT NULL;
