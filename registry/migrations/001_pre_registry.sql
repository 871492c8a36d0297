-- What is registered, as it was applied, and who may call. Instants are microseconds since 1970 in UTC.

-- One row per set; the greatest number is in force. Rows are never changed: going back writes a new one.
CREATE TABLE registry_set (
    number INTEGER PRIMARY KEY,
    applied_at INTEGER NOT NULL,
    applied_by TEXT NOT NULL,
    note TEXT NOT NULL,
    -- where the files were read from; contracts written as ./... lie there
    folder TEXT NOT NULL,
    -- JSON object: text of each file by its name
    files TEXT NOT NULL
);

CREATE TABLE api_key (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    institution TEXT NOT NULL,
    -- SHA-256 of the key; the key itself is nowhere
    digest BLOB NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    revoked_at INTEGER,
    revoked_by TEXT
);
CREATE UNIQUE INDEX api_key_live_name ON api_key (name) WHERE revoked_at IS NULL;
