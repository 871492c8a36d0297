-- Keys that were taken out of the keyring: whoever has not heard of it yet must not seal with them any more.
CREATE TABLE dropped_key (
    id TEXT PRIMARY KEY,
    at INTEGER NOT NULL
);
