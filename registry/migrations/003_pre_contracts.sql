-- SHA-256 of the contracts as they were when a set was applied; the files themselves lie below schemas/. A set that an
-- older version applied has none.
CREATE TABLE registry_contract (
    set_number INTEGER NOT NULL REFERENCES registry_set (number),
    file TEXT NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (set_number, file)
) WITHOUT ROWID;
