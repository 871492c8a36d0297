-- What documents are read with. Instants are microseconds since 1970 in UTC. Rows are never changed.

-- The files of one release: mappings, blocks and code lists.
CREATE TABLE mapping_release (
    number INTEGER PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    -- JSON object: text of each file by its name
    files TEXT NOT NULL
);

-- Which release holds the text of a mapping, by the id@hash that stands with every record.
CREATE TABLE mapping_version (
    version TEXT NOT NULL,
    release INTEGER NOT NULL REFERENCES mapping_release (number),
    PRIMARY KEY (version, release)
) WITHOUT ROWID;

-- What was done with releases, by whom and why. The rows in their order say what is in force.
CREATE TABLE mapping_act (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    act TEXT NOT NULL CHECK (act IN ('begin', 'shadow', 'stop', 'promote', 'rollback')),
    release INTEGER NOT NULL REFERENCES mapping_release (number),
    reason TEXT NOT NULL
);
