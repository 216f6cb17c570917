-- What every slice leans on: events, audit, idempotency, leases of background work.
-- Instants are UTC without a zone, microsecond precision. Ids are TypeIDs as text.

CREATE TABLE events (
    -- Order of insertion; has gaps (rolled back transactions) and is never shown.
    position BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id TEXT NOT NULL CONSTRAINT events_id_key UNIQUE,
    type TEXT NOT NULL CONSTRAINT events_type_form CHECK (type ~ '^[a-z_]+\.[a-z_]+$'),
    occurred_at TIMESTAMP NOT NULL,
    subject TEXT NOT NULL,
    data TEXT NOT NULL,
    request_id TEXT NOT NULL,
    -- Given after commit by one dispatcher at a time, without gaps; what readers page by.
    sequence BIGINT CONSTRAINT events_sequence_key UNIQUE CHECK (sequence > 0)
);
CREATE INDEX events_unsequenced ON events (position) WHERE sequence IS NULL;

-- One row: the last sequence given. Locking it makes dispatchers take turns.
CREATE TABLE event_sequence (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    last_sequence BIGINT NOT NULL CHECK (last_sequence >= 0)
);
INSERT INTO event_sequence (id, last_sequence) VALUES (1, 0);

CREATE TABLE audit_entries (
    id TEXT PRIMARY KEY,
    recorded_at TIMESTAMP NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    reason TEXT,
    request_id TEXT NOT NULL
);
CREATE INDEX audit_entries_subject ON audit_entries (subject, id);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_entries_append_only';
END $$;
CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE ON audit_entries
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE idempotency_records (
    caller TEXT NOT NULL,
    key TEXT NOT NULL,
    digest TEXT NOT NULL,
    status INTEGER NOT NULL CHECK (status BETWEEN 200 AND 299),
    location TEXT,
    etag TEXT,
    body TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (caller, key)
);
CREATE INDEX idempotency_records_created_at ON idempotency_records (created_at);
