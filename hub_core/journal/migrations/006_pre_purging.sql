-- What is left of the contents of a message when they are purged: the sealed outcome without what it says of persons, so
-- that the same message sent again is answered as the first time. at: when they were purged.
CREATE TABLE receipt (
    message_seq INTEGER PRIMARY KEY REFERENCES message (seq),
    outcome BLOB NOT NULL,
    at INTEGER NOT NULL
);
-- Deleting a delivery looks for its lines in the history.
CREATE INDEX entry_delivery ON entry (delivery_seq) WHERE delivery_seq IS NOT NULL;
