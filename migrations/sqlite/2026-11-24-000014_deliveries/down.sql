-- Sealed secrets cannot be opened here: such endpoints get a new one that nobody knows, to be rotated. What older
-- versions cannot send is dropped with its endpoint's queue.
DROP TABLE external_references;

CREATE TABLE old_attempts AS SELECT webhook_attempts.* FROM webhook_attempts
    JOIN webhook_deliveries ON webhook_deliveries.id = webhook_attempts.delivery_id WHERE webhook_deliveries.body IS NOT NULL;
CREATE TABLE old_deliveries AS SELECT * FROM webhook_deliveries WHERE body IS NOT NULL;
CREATE TABLE old_endpoints AS SELECT * FROM webhook_endpoints;
DROP TABLE webhook_attempts;
DROP TABLE webhook_deliveries;
DROP TABLE webhook_endpoints;

CREATE TABLE webhook_endpoints (
    id TEXT PRIMARY KEY NOT NULL,
    url TEXT NOT NULL CHECK (length(url) BETWEEN 1 AND 2100),
    description TEXT CHECK (length(description) BETWEEN 1 AND 200),
    -- JSON array of event types; empty for all of them.
    event_types TEXT NOT NULL,
    enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    -- Why the service itself switched it off.
    disabled_reason TEXT CHECK (disabled_reason = 'gone'),
    -- The receiver asked for a pause (Retry-After).
    paused_until TEXT,
    -- 24 to 64 bytes; erased with the endpoint.
    secret BLOB,
    -- Signs too until then, so that a receiver can change over.
    previous_secret BLOB,
    previous_secret_until TEXT,
    version INTEGER NOT NULL CHECK (version > 0),
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    -- The row stays for its deliveries.
    deleted_at TEXT,
    CONSTRAINT webhook_endpoints_disabled CHECK (disabled_reason IS NULL OR NOT enabled),
    CONSTRAINT webhook_endpoints_overlap CHECK ((previous_secret IS NULL) = (previous_secret_until IS NULL)),
    CONSTRAINT webhook_endpoints_deleted CHECK ((secret IS NULL) = (deleted_at IS NOT NULL))
) STRICT;
CREATE INDEX webhook_endpoints_active ON webhook_endpoints (id) WHERE enabled AND deleted_at IS NULL;
INSERT INTO webhook_endpoints (id, url, description, event_types, enabled, disabled_reason, paused_until, secret, version,
        created_at, updated_at, deleted_at)
    SELECT id, url, description, event_types, enabled AND format IN ('event', 'cloudevents'),
        CASE WHEN disabled_reason <> 'failing' THEN disabled_reason END, paused_until,
        CASE WHEN deleted_at IS NOT NULL THEN NULL
             WHEN sealed_with IS NULL THEN unhex(CAST(sealed AS TEXT) ->> 'secret')
             ELSE randomblob(32) END,
        version, created_at, updated_at, deleted_at
    FROM old_endpoints;
DROP TABLE old_endpoints;

CREATE TABLE webhook_deliveries (
    id TEXT PRIMARY KEY NOT NULL,
    endpoint_id TEXT NOT NULL REFERENCES webhook_endpoints (id),
    event_id TEXT NOT NULL REFERENCES events (id),
    sequence INTEGER NOT NULL CHECK (sequence > 0),
    -- Exactly what every attempt sends.
    body TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'exhausted', 'cancelled')),
    -- All attempts ever, and those since the schedule last began.
    attempts INTEGER NOT NULL CHECK (attempts >= 0),
    tries INTEGER NOT NULL CHECK (tries BETWEEN 0 AND attempts),
    -- While leased: when the lease ends, and with it the claim of its holder.
    next_attempt_at TEXT NOT NULL,
    lease_token INTEGER,
    created_at TEXT NOT NULL,
    delivered_at TEXT,
    CONSTRAINT webhook_deliveries_once UNIQUE (event_id, endpoint_id),
    CONSTRAINT webhook_deliveries_leased CHECK (lease_token IS NULL OR state = 'pending'),
    CONSTRAINT webhook_deliveries_delivered CHECK ((state = 'delivered') = (delivered_at IS NOT NULL))
) STRICT;
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, next_attempt_at) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_leases ON webhook_deliveries (endpoint_id) WHERE lease_token IS NOT NULL;
CREATE INDEX webhook_deliveries_endpoint ON webhook_deliveries (endpoint_id, id);
CREATE INDEX webhook_deliveries_state ON webhook_deliveries (endpoint_id, state, id);
INSERT INTO webhook_deliveries (id, endpoint_id, event_id, sequence, body, state, attempts, tries, next_attempt_at, lease_token,
        created_at, delivered_at)
    SELECT id, endpoint_id, event_id, sequence, body, CASE state WHEN 'blocked' THEN 'pending' ELSE state END, attempts, tries,
        next_attempt_at, lease_token, created_at, delivered_at
    FROM old_deliveries;
DROP TABLE old_deliveries;

CREATE TABLE webhook_attempts (
    id TEXT PRIMARY KEY NOT NULL,
    delivery_id TEXT NOT NULL REFERENCES webhook_deliveries (id),
    number INTEGER NOT NULL CHECK (number > 0),
    started_at TEXT NOT NULL,
    duration_ms INTEGER NOT NULL CHECK (duration_ms >= 0),
    outcome TEXT NOT NULL CHECK (length(outcome) BETWEEN 1 AND 40),
    status INTEGER,
    excerpt TEXT,
    CONSTRAINT webhook_attempts_number UNIQUE (delivery_id, number)
) STRICT;
CREATE INDEX webhook_attempts_delivery ON webhook_attempts (delivery_id, id);
INSERT INTO webhook_attempts (id, delivery_id, number, started_at, duration_ms, outcome, status, excerpt)
    SELECT id, delivery_id, number, started_at, duration_ms, outcome, status, excerpt FROM old_attempts;
DROP TABLE old_attempts;

CREATE TABLE old_sequence AS SELECT id, last_sequence FROM event_sequence;
DROP TABLE event_sequence;
CREATE TABLE event_sequence (
    id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    last_sequence INTEGER NOT NULL CHECK (last_sequence >= 0)
) STRICT;
INSERT INTO event_sequence (id, last_sequence) SELECT id, last_sequence FROM old_sequence;
DROP TABLE old_sequence;
DROP TABLE event_subjects;
DROP TRIGGER events_placed;
DROP INDEX events_subject_sequence;
CREATE INDEX events_subject ON events (subject);
ALTER TABLE events DROP COLUMN subject_sequence;
ALTER TABLE events DROP COLUMN caused_by;
