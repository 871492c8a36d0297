-- Personal values are sealed or hashed with keys that lie outside the file. In rows written before, the hub does the
-- same: the lookups at its first start, contents in the background.

-- envelope: key of the message's contents and what lists show, sealed by seal_key. From now on sender_id,
-- correlation_id (but for the message's own id) and digest are keyed hashes; media_type and document are empty.
ALTER TABLE message ADD COLUMN envelope BLOB;
ALTER TABLE message ADD COLUMN seal_key TEXT NOT NULL DEFAULT '';
CREATE INDEX message_seal_key ON message (seal_key, seq);

ALTER TABLE content ADD COLUMN sealed INTEGER NOT NULL DEFAULT 0;
CREATE INDEX content_plain ON content (message_seq) WHERE sealed = 0;

-- order_key is a keyed hash, like the number of a case. told: what a partner said, sealed; detail and reference are
-- empty then.
ALTER TABLE delivery ADD COLUMN order_key_sealed BLOB;
ALTER TABLE delivery ADD COLUMN told BLOB;
ALTER TABLE entry ADD COLUMN told BLOB;

-- Keyed hashes of the persons that a message names.
CREATE TABLE message_person (
    person TEXT NOT NULL,
    message_seq INTEGER NOT NULL REFERENCES message (seq),
    PRIMARY KEY (person, message_seq)
) WITHOUT ROWID;
CREATE INDEX message_person_message ON message_person (message_seq);

-- One row: the id of the key that made all hashes above.
CREATE TABLE lookup_key (
    number INTEGER PRIMARY KEY CHECK (number = 1),
    id TEXT NOT NULL
);
