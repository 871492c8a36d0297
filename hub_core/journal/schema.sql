-- The tables as they are after all migrations, for reading; a test compares. Instants are microseconds since 1970 in UTC; ids are UUIDv7 as text.

-- One row per message. Its bytes and its decision lie in content. A message with a line is a row of the file that began
-- the conversation. envelope: key of the contents and what lists show, sealed by the key seal_key. sender_id,
-- correlation_id (but for the message's own id) and digest are keyed hashes; media_type and document are empty.
CREATE TABLE message (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    endpoint TEXT NOT NULL,
    party TEXT NOT NULL,
    service TEXT NOT NULL,
    purpose TEXT NOT NULL,
    sender_id TEXT,
    correlation_id TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    digest BLOB NOT NULL,
    registry_set INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('refused', 'accepted', 'delivering', 'delivered', 'parked')),
    decided_at INTEGER NOT NULL,
    mapping TEXT,
    document TEXT,
    -- finding codes with a blank before and after each, so that LIKE '% M204 %' asks for one
    codes TEXT NOT NULL
, line INTEGER, envelope BLOB, seal_key TEXT NOT NULL DEFAULT '');
CREATE UNIQUE INDEX message_sender ON message (sender_id, party, endpoint) WHERE sender_id IS NOT NULL;
CREATE INDEX message_state ON message (state);
CREATE INDEX message_party ON message (party);
CREATE INDEX message_received ON message (received_at);
CREATE INDEX message_conversation ON message (correlation_id) WHERE correlation_id <> id;
CREATE INDEX message_line ON message (correlation_id, line) WHERE line IS NOT NULL;
CREATE INDEX message_seal_key ON message (seal_key, seq);
CREATE INDEX message_endpoint ON message (endpoint, seq);

-- One row: the id of the key that made all keyed hashes.
CREATE TABLE lookup_key (
    number INTEGER PRIMARY KEY CHECK (number = 1),
    id TEXT NOT NULL
);

-- Keys that were taken out of the keyring: whoever has not heard of it yet must not seal with them any more.
CREATE TABLE dropped_key (
    id TEXT PRIMARY KEY,
    at INTEGER NOT NULL
);

-- Files whose rows are not all messages yet; how far one is, its rows tell.
CREATE TABLE splitting (
    message_seq INTEGER PRIMARY KEY REFERENCES message (seq)
);

-- The outcome as it was decided, once, and the bytes as received. sealed is 0 for what an older version wrote, until
-- the hub has sealed it.
CREATE TABLE content (
    message_seq INTEGER PRIMARY KEY REFERENCES message (seq),
    outcome BLOB NOT NULL,
    body BLOB NOT NULL
, sealed INTEGER NOT NULL DEFAULT 0);
CREATE INDEX content_plain ON content (message_seq) WHERE sealed = 0;

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

-- Keyed hashes of the case numbers and of the persons that a message names.
-- What is left of the contents when they are purged: the sealed outcome without what it says of persons.
CREATE TABLE receipt (
    message_seq INTEGER PRIMARY KEY REFERENCES message (seq),
    outcome BLOB NOT NULL,
    at INTEGER NOT NULL
);

CREATE TABLE message_case (
    number TEXT NOT NULL,
    message_seq INTEGER NOT NULL REFERENCES message (seq),
    PRIMARY KEY (number, message_seq)
);
CREATE INDEX message_case_message ON message_case (message_seq);
CREATE TABLE message_person (
    person TEXT NOT NULL,
    message_seq INTEGER NOT NULL REFERENCES message (seq),
    PRIMARY KEY (person, message_seq)
) WITHOUT ROWID;
CREATE INDEX message_person_message ON message_person (message_seq);

-- ready_at: when it may be claimed; the end of the lease while it is held;
-- NULL when it is settled for good, stands behind another of its order key, or is in doubt and waits for a person.
-- order_key is a keyed hash. told: what the partner said, sealed; an older version wrote it into detail and reference.
-- holds: 1 when, parked, it holds the later ones of its order key back. outcome: what a replay decided, sealed; NULL: it
-- carries what was decided first. receipt: keyed hash of the number that the partner gave back.
-- filed_seq: the file of which it is a row; filed_line: where it stands there, from 1. rule: of a mapping of ours, or that
-- mapping, which made no document of it.
CREATE TABLE delivery (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    message_seq INTEGER NOT NULL REFERENCES message (seq),
    route TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    order_key TEXT,
    created_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    ready_at INTEGER,
    state TEXT NOT NULL CHECK (state IN ('ready', 'in-doubt', 'sent', 'parked')),
    attempts INTEGER NOT NULL DEFAULT 0,
    fence INTEGER NOT NULL DEFAULT 0,
    claimed_at INTEGER,
    lease_until INTEGER,
    settled_at INTEGER,
    code TEXT,
    detail TEXT NOT NULL DEFAULT '',
    reference TEXT,
    -- 1 when a later delivery to the same endpoint took its place
    superseded INTEGER NOT NULL DEFAULT 0
, order_key_sealed BLOB, told BLOB, holds INTEGER NOT NULL DEFAULT 0, outcome BLOB, receipt TEXT, filed_seq INTEGER, filed_line INTEGER, rule TEXT NOT NULL DEFAULT '');
CREATE INDEX delivery_message ON delivery (message_seq);
CREATE INDEX delivery_due ON delivery (endpoint, ready_at, seq) WHERE ready_at IS NOT NULL;
CREATE INDEX delivery_open ON delivery (endpoint, order_key, seq) WHERE state IN ('ready', 'in-doubt');
CREATE INDEX delivery_parked ON delivery (endpoint, code) WHERE state = 'parked';
CREATE INDEX delivery_holding ON delivery (endpoint, order_key) WHERE holds = 1;
CREATE INDEX delivery_doubt ON delivery (endpoint) WHERE state = 'in-doubt' AND ready_at IS NULL;
CREATE INDEX delivery_receipt ON delivery (receipt) WHERE receipt IS NOT NULL;
CREATE INDEX delivery_filed ON delivery (filed_seq) WHERE filed_seq IS NOT NULL;

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

-- History after the decision. Arrival and decision stand in message itself: two rows less per message. told: a partner's
-- or an operator's words, sealed; detail holds the hub's own. act: id of a replay.
CREATE TABLE entry (
    seq INTEGER PRIMARY KEY,
    message_seq INTEGER NOT NULL REFERENCES message (seq),
    at INTEGER NOT NULL,
    step TEXT NOT NULL,
    actor TEXT NOT NULL,
    code TEXT,
    detail TEXT NOT NULL,
    delivery_seq INTEGER REFERENCES delivery (seq),
    attempt INTEGER,
    started_at INTEGER
, told BLOB, act TEXT);
CREATE INDEX entry_message ON entry (message_seq);
CREATE INDEX entry_delivery ON entry (delivery_seq) WHERE delivery_seq IS NOT NULL;
CREATE UNIQUE INDEX entry_act ON entry (message_seq, act) WHERE act IS NOT NULL;

-- A ring: the oldest rows go.
CREATE TABLE refusal (
    seq INTEGER PRIMARY KEY,
    reference TEXT NOT NULL,
    at INTEGER NOT NULL,
    endpoint TEXT NOT NULL,
    code TEXT NOT NULL,
    party TEXT,
    detail TEXT NOT NULL
);

-- One row per job that is done on a schedule: its last run. ended_at is NULL while it runs, or if its process ended before;
-- figures is a JSON object of numbers. lease_until: until when its process says that it lives; counts only if it is later
-- than begun_at.
CREATE TABLE scheduled_run (
    job TEXT PRIMARY KEY,
    begun_at INTEGER NOT NULL,
    ended_at INTEGER,
    well_at INTEGER,
    code TEXT,
    detail TEXT NOT NULL,
    figures TEXT NOT NULL
, lease_until INTEGER);

-- Of each endpoint that is polled: how far its partner's list was taken in, in the partner's own words.
CREATE TABLE polled (
    endpoint TEXT PRIMARY KEY,
    position TEXT NOT NULL,
    at INTEGER NOT NULL
);

-- Files that the hub writes: of each endpoint one for many deliveries, numbered from 1 without gaps. contents: its bytes,
-- sealed by the key of the message of its first row; NULL once all is settled. written_at: when it lay there whole.
-- actor, reason: who let it be written before its time, and why. answered_at, answer: when the partner's reply was read,
-- and what it says.
CREATE TABLE filed (
    seq INTEGER PRIMARY KEY,
    endpoint TEXT NOT NULL,
    number INTEGER NOT NULL,
    name TEXT NOT NULL,
    lines INTEGER NOT NULL,
    closed_at INTEGER NOT NULL,
    written_at INTEGER,
    message_seq INTEGER,
    contents BLOB
, actor TEXT, reason TEXT, answered_at INTEGER, answer TEXT NOT NULL DEFAULT '');
CREATE UNIQUE INDEX filed_number ON filed (endpoint, number);
CREATE INDEX filed_open ON filed (endpoint) WHERE contents IS NOT NULL;

-- Keyed hashes of what tells a row from every other of its endpoint, with the first message that had it.
CREATE TABLE row_key (
    token TEXT PRIMARY KEY,
    message_seq INTEGER NOT NULL REFERENCES message (seq)
);
CREATE INDEX row_key_message ON row_key (message_seq);
