-- What every slice leans on: events, audit, idempotency, leases of background work.
-- Instants are UTC text, microsecond precision. Ids are TypeIDs as text.

CREATE TABLE events (
    -- Order of insertion; has gaps (rolled back transactions) and is never shown.
    position INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL CONSTRAINT events_type_form CHECK (type GLOB '[a-z]*.[a-z]*' AND type NOT GLOB '*[^a-z_.]*'),
    occurred_at TEXT NOT NULL,
    subject TEXT NOT NULL,
    data TEXT NOT NULL,
    request_id TEXT NOT NULL,
    -- Given after commit by one dispatcher at a time, without gaps; what readers page by.
    sequence INTEGER UNIQUE CHECK (sequence > 0)
) STRICT;
CREATE INDEX events_unsequenced ON events (position) WHERE sequence IS NULL;

-- One row: the last sequence given. Locking it makes dispatchers take turns.
CREATE TABLE event_sequence (
    id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    last_sequence INTEGER NOT NULL CHECK (last_sequence >= 0)
) STRICT;
INSERT INTO event_sequence (id, last_sequence) VALUES (1, 0);

CREATE TABLE audit_entries (
    id TEXT PRIMARY KEY NOT NULL,
    recorded_at TEXT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    reason TEXT,
    request_id TEXT NOT NULL
) STRICT;
CREATE INDEX audit_entries_subject ON audit_entries (subject, id);

CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'audit_entries_append_only'); END;
CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'audit_entries_append_only'); END;

CREATE TABLE idempotency_records (
    caller TEXT NOT NULL,
    key TEXT NOT NULL,
    digest TEXT NOT NULL,
    status INTEGER NOT NULL CHECK (status BETWEEN 200 AND 299),
    location TEXT,
    etag TEXT,
    body TEXT NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (caller, key)
) STRICT;
CREATE INDEX idempotency_records_created_at ON idempotency_records (created_at);
