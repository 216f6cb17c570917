-- Events: their place among those of their subject, who caused them, and what is forgotten. Webhooks: formats, sealed
-- secrets, circuits, order per subject. References: what other systems call our records.

ALTER TABLE events ADD COLUMN subject_sequence INTEGER CHECK (subject_sequence > 0);
-- The external system that made the change, so that it is not told of it.
ALTER TABLE events ADD COLUMN caused_by TEXT CHECK (length(caused_by) BETWEEN 1 AND 40);
UPDATE events SET subject_sequence = numbered.number
    FROM (SELECT position, row_number() OVER (PARTITION BY subject ORDER BY sequence) AS number
          FROM events WHERE sequence IS NOT NULL) AS numbered
    WHERE numbered.position = events.position;
-- SQLite cannot add a CHECK of two columns to a table that others refer to.
CREATE TRIGGER events_placed BEFORE UPDATE ON events
WHEN (NEW.sequence IS NULL) <> (NEW.subject_sequence IS NULL)
BEGIN SELECT RAISE(ABORT, 'events_placed'); END;
CREATE UNIQUE INDEX events_subject_sequence ON events (subject, subject_sequence);
DROP INDEX events_subject;

-- The last number given per subject; stays when the events are forgotten.
CREATE TABLE event_subjects (
    subject TEXT PRIMARY KEY NOT NULL,
    last_sequence INTEGER NOT NULL CHECK (last_sequence > 0)
) STRICT;
INSERT INTO event_subjects (subject, last_sequence)
    SELECT subject, max(subject_sequence) FROM events WHERE subject_sequence IS NOT NULL GROUP BY subject;

-- Everything up to here is forgotten, and nothing behind it.
ALTER TABLE event_sequence ADD COLUMN forgotten_through INTEGER NOT NULL DEFAULT 0 CHECK (forgotten_through BETWEEN 0 AND last_sequence);

-- SQLite cannot change constraints, so the three tables are made anew, the referring ones first out of the way.
CREATE TABLE old_attempts AS SELECT * FROM webhook_attempts;
CREATE TABLE old_deliveries AS SELECT * FROM webhook_deliveries;
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
    disabled_reason TEXT CHECK (disabled_reason IN ('gone', 'failing')),
    -- The receiver asked for a pause (Retry-After).
    paused_until TEXT,
    -- The signing key before the present one signs too until then, so that a receiver can change over.
    previous_secret_until TEXT,
    version INTEGER NOT NULL CHECK (version > 0),
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    -- The row stays for its deliveries.
    deleted_at TEXT,
    format TEXT NOT NULL DEFAULT 'event'
        CHECK (format IN ('event', 'cloudevents', 'salesforce-lead', 'hubspot-contact', 'hubspot-ticket', 'servicenow-incident', 'jira-request', 'zammad-ticket')),
    signature TEXT NOT NULL DEFAULT 'hmac_sha256' CHECK (signature IN ('hmac_sha256', 'ed25519')),
    public_key TEXT CHECK (length(public_key) BETWEEN 1 AND 100),
    ordering TEXT NOT NULL DEFAULT 'none' CHECK (ordering IN ('none', 'subject')),
    on_exhausted TEXT NOT NULL DEFAULT 'skip' CHECK (on_exhausted IN ('skip', 'hold')),
    -- JSON array of seconds; null for the standard schedule.
    retry_delays TEXT CHECK (length(retry_delays) <= 400),
    -- The external system behind it.
    system TEXT CHECK (length(system) BETWEEN 1 AND 40),
    auth_kind TEXT NOT NULL DEFAULT 'none' CHECK (auth_kind IN ('none', 'header', 'basic', 'oauth2_client_credentials')),
    -- JSON: which fields have other names there.
    mapping TEXT CHECK (length(mapping) <= 20000),
    -- Signing keys and credentials as JSON, encrypted under the key with this id; plain where there is no id.
    sealed BLOB,
    sealed_with TEXT CHECK (length(sealed_with) BETWEEN 1 AND 40),
    circuit TEXT NOT NULL DEFAULT 'closed' CHECK (circuit IN ('closed', 'open', 'recovering')),
    -- In a row, and since when.
    failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
    failing_since TEXT,
    probes INTEGER NOT NULL DEFAULT 0 CHECK (probes >= 0),
    probe_at TEXT,
    last_success_at TEXT,
    last_failure_at TEXT,
    CONSTRAINT webhook_endpoints_disabled CHECK (disabled_reason IS NULL OR NOT enabled),
    CONSTRAINT webhook_endpoints_deleted CHECK ((sealed IS NULL) = (deleted_at IS NOT NULL)),
    CONSTRAINT webhook_endpoints_sealed CHECK (sealed IS NOT NULL OR sealed_with IS NULL),
    CONSTRAINT webhook_endpoints_probe CHECK ((circuit = 'open') = (probe_at IS NOT NULL)),
    CONSTRAINT webhook_endpoints_failing CHECK ((failures > 0) = (failing_since IS NOT NULL)),
    CONSTRAINT webhook_endpoints_key CHECK ((signature = 'ed25519') = (public_key IS NOT NULL))
) STRICT;
INSERT INTO webhook_endpoints (id, url, description, event_types, enabled, disabled_reason, paused_until, previous_secret_until,
        version, created_at, updated_at, deleted_at, sealed)
    SELECT id, url, description, event_types, enabled, disabled_reason, paused_until, previous_secret_until,
        version, created_at, updated_at, deleted_at,
        CASE WHEN secret IS NOT NULL THEN CAST(
            '{"secret":"' || lower(hex(secret)) || '","previous":'
            || coalesce('"' || lower(hex(previous_secret)) || '"', 'null') || ',"auth":{"kind":"none"}}' AS BLOB) END
    FROM old_endpoints;
DROP TABLE old_endpoints;
CREATE INDEX webhook_endpoints_active ON webhook_endpoints (id) WHERE enabled AND deleted_at IS NULL;

CREATE TABLE webhook_deliveries (
    id TEXT PRIMARY KEY NOT NULL,
    endpoint_id TEXT NOT NULL REFERENCES webhook_endpoints (id),
    event_id TEXT NOT NULL REFERENCES events (id),
    subject TEXT NOT NULL,
    sequence INTEGER NOT NULL CHECK (sequence > 0),
    -- Exactly what every attempt sends; null for what is made when it is sent: records of other systems, which tell of
    -- persons.
    body TEXT,
    state TEXT NOT NULL CHECK (state IN ('pending', 'blocked', 'delivered', 'exhausted', 'cancelled')),
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
INSERT INTO webhook_deliveries (id, endpoint_id, event_id, subject, sequence, body, state, attempts, tries, next_attempt_at,
        lease_token, created_at, delivered_at)
    SELECT old.id, old.endpoint_id, old.event_id, events.subject, old.sequence, old.body, old.state, old.attempts, old.tries,
        old.next_attempt_at, old.lease_token, old.created_at, old.delivered_at
    FROM old_deliveries AS old JOIN events ON events.id = old.event_id;
DROP TABLE old_deliveries;
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, next_attempt_at) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_leases ON webhook_deliveries (endpoint_id) WHERE lease_token IS NOT NULL;
CREATE INDEX webhook_deliveries_endpoint ON webhook_deliveries (endpoint_id, id);
CREATE INDEX webhook_deliveries_state ON webhook_deliveries (endpoint_id, state, id);
-- Oldest first after an outage, and the age of what waits.
CREATE INDEX webhook_deliveries_waiting ON webhook_deliveries (endpoint_id, sequence) WHERE state = 'pending';
-- Who is next among those of a subject.
CREATE INDEX webhook_deliveries_subject ON webhook_deliveries (endpoint_id, subject, sequence) WHERE state IN ('pending', 'blocked', 'exhausted');

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
INSERT INTO webhook_attempts (id, delivery_id, number, started_at, duration_ms, outcome, status, excerpt)
    SELECT id, delivery_id, number, started_at, duration_ms, outcome, status, excerpt FROM old_attempts;
DROP TABLE old_attempts;
CREATE INDEX webhook_attempts_delivery ON webhook_attempts (delivery_id, id);

CREATE TABLE external_references (
    -- A callback request or a project.
    subject TEXT NOT NULL CHECK (length(subject) BETWEEN 1 AND 40),
    system TEXT NOT NULL CHECK (length(system) BETWEEN 1 AND 40),
    external_id TEXT NOT NULL CHECK (length(external_id) BETWEEN 1 AND 200),
    url TEXT CHECK (length(url) BETWEEN 1 AND 2000),
    status TEXT CHECK (length(status) BETWEEN 1 AND 100),
    version INTEGER NOT NULL CHECK (version > 0),
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    PRIMARY KEY (subject, system)
) STRICT;
