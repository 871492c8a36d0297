-- A message takes part in a replay at most once. What a replay decided otherwise is carried by its deliveries.
ALTER TABLE entry ADD COLUMN act TEXT;
ALTER TABLE delivery ADD COLUMN outcome BLOB;
CREATE UNIQUE INDEX entry_act ON entry (message_seq, act) WHERE act IS NOT NULL;
