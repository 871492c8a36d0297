-- A parked delivery may hold the later ones of its order key back; an operator may hold an endpoint back.
ALTER TABLE delivery ADD COLUMN holds INTEGER NOT NULL DEFAULT 0;
CREATE INDEX delivery_holding ON delivery (endpoint, order_key) WHERE holds = 1;
CREATE INDEX delivery_doubt ON delivery (endpoint) WHERE state = 'in-doubt' AND ready_at IS NULL;

-- One row per pause, kept when it is over; of those of one endpoint at most one is not resumed.
CREATE TABLE endpoint_pause (
    seq INTEGER PRIMARY KEY,
    endpoint TEXT NOT NULL,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    until INTEGER,
    resumed_at INTEGER,
    resumed_by TEXT,
    resumed_reason TEXT
);
CREATE UNIQUE INDEX endpoint_pause_open ON endpoint_pause (endpoint) WHERE resumed_at IS NULL;
