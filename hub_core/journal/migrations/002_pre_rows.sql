-- Rows of files: messages of the file's conversation, each with its line.
ALTER TABLE message ADD COLUMN line INTEGER;
CREATE INDEX message_line ON message (correlation_id, line) WHERE line IS NOT NULL;

-- Files whose rows are not all messages yet; how far one is, its rows tell.
CREATE TABLE splitting (
    message_seq INTEGER PRIMARY KEY REFERENCES message (seq)
);
