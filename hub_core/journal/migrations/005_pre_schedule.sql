-- One row per job that is done on a schedule: its last run.
CREATE TABLE scheduled_run (
    job TEXT PRIMARY KEY,
    begun_at INTEGER NOT NULL,
    ended_at INTEGER,
    well_at INTEGER,
    code TEXT,
    detail TEXT NOT NULL,
    figures TEXT NOT NULL
);

-- Of each endpoint that is polled: how far its partner's list was taken in.
CREATE TABLE polled (
    endpoint TEXT PRIMARY KEY,
    position TEXT NOT NULL,
    at INTEGER NOT NULL
);
