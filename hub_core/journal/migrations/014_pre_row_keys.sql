-- Keyed hashes of what tells a row from every other of its endpoint, with the first message that had it.
CREATE TABLE row_key (
    token TEXT PRIMARY KEY,
    message_seq INTEGER NOT NULL REFERENCES message (seq)
);
CREATE INDEX row_key_message ON row_key (message_seq);
