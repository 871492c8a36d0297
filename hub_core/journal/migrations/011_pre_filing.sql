-- Files that the hub writes: of each endpoint one for many deliveries, numbered from 1 without gaps. contents: its bytes,
-- sealed by the key of the message of its first row; NULL once all is settled. written_at: when it lay there whole.
CREATE TABLE filed (
    seq INTEGER PRIMARY KEY,
    endpoint TEXT NOT NULL,
    number INTEGER NOT NULL,
    name TEXT NOT NULL,
    lines INTEGER NOT NULL,
    closed_at INTEGER NOT NULL,
    written_at INTEGER,
    message_seq INTEGER,
    contents BLOB
);
CREATE UNIQUE INDEX filed_number ON filed (endpoint, number);
CREATE INDEX filed_open ON filed (endpoint) WHERE contents IS NOT NULL;
-- filed_seq: the file of which it is a row; filed_line: where it stands there, from 1.
ALTER TABLE delivery ADD COLUMN filed_seq INTEGER;
ALTER TABLE delivery ADD COLUMN filed_line INTEGER;
CREATE INDEX delivery_filed ON delivery (filed_seq) WHERE filed_seq IS NOT NULL;
