-- Large contents that came with messages lie in files beside the store; facts: what is known of one, with the key that
-- opens its file, sealed like the contents of its message. Several messages may name one file.
CREATE TABLE attachment (
    message_seq INTEGER NOT NULL REFERENCES message (seq) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    file TEXT NOT NULL,
    facts BLOB NOT NULL,
    PRIMARY KEY (message_seq, position)
);
CREATE INDEX attachment_file ON attachment (file);

-- One row: the id that lies in the folder of those files, so that no process takes another folder for it.
CREATE TABLE attachment_folder (
    number INTEGER PRIMARY KEY CHECK (number = 1),
    id TEXT NOT NULL
);
