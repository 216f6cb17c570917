-- Integrations: webhook endpoints, their deliveries and attempts, and references to records of external systems.

CREATE TABLE webhook_endpoints (
    id TEXT PRIMARY KEY NOT NULL,
    url TEXT NOT NULL CHECK (length(url) BETWEEN 1 AND 2100),
    description TEXT CHECK (length(description) BETWEEN 1 AND 200),
    -- JSON array of event types; empty for all types.
    event_types TEXT NOT NULL,
    format TEXT NOT NULL DEFAULT 'event'
        CHECK (format IN ('event', 'cloudevents', 'slack', 'teams', 'salesforce-lead', 'hubspot-contact',
            'hubspot-ticket', 'servicenow-incident', 'jira-request', 'zammad-ticket')),
    -- JSON: fields that have other names in the external system.
    mapping TEXT CHECK (length(mapping) <= 20000),
    -- JSON: the values that fields of events must have.
    content_filter TEXT CHECK (length(content_filter) <= 60000),
    -- The external system that receives the deliveries.
    system TEXT CHECK (length(system) BETWEEN 1 AND 40),
    ordering TEXT NOT NULL DEFAULT 'none' CHECK (ordering IN ('none', 'subject')),
    on_exhausted TEXT NOT NULL DEFAULT 'skip' CHECK (on_exhausted IN ('skip', 'hold')),
    -- JSON array of seconds; null for the default schedule.
    retry_delays TEXT CHECK (length(retry_delays) <= 400),
    enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    -- Why the service disabled the endpoint; null if an administrator did.
    disabled_reason TEXT CHECK (disabled_reason IN ('gone', 'failing')),
    -- The receiver asked for a pause (Retry-After).
    paused_until TEXT,
    signature TEXT NOT NULL DEFAULT 'hmac_sha256' CHECK (signature IN ('hmac_sha256', 'ed25519')),
    public_key TEXT CHECK (length(public_key) BETWEEN 1 AND 100),
    -- Until then the previous key signs too, so that the receiver can switch keys.
    previous_secret_until TEXT,
    auth_kind TEXT NOT NULL DEFAULT 'none' CHECK (auth_kind IN ('none', 'header', 'basic', 'oauth2_client_credentials')),
    -- Signing keys and credentials as JSON, encrypted with the key whose id is `sealed_with`; plain if that is null.
    sealed BLOB,
    sealed_with TEXT CHECK (length(sealed_with) BETWEEN 1 AND 40),
    circuit TEXT NOT NULL DEFAULT 'closed' CHECK (circuit IN ('closed', 'open', 'recovering')),
    -- Consecutive failures, and when they started; while the circuit is open: when it opened.
    failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
    failing_since TEXT,
    probes INTEGER NOT NULL DEFAULT 0 CHECK (probes >= 0),
    probe_at TEXT,
    -- When the receiver responded again, so that the backlog is sent at a limited rate.
    recovering_since TEXT,
    last_success_at TEXT,
    last_failure_at TEXT,
    version INTEGER NOT NULL CHECK (version > 0),
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    -- Deleted endpoints keep their row, because deliveries refer to it.
    deleted_at TEXT,
    CONSTRAINT webhook_endpoints_disabled CHECK (disabled_reason IS NULL OR NOT enabled),
    CONSTRAINT webhook_endpoints_deleted CHECK ((sealed IS NULL) = (deleted_at IS NOT NULL)),
    CONSTRAINT webhook_endpoints_sealed CHECK (sealed IS NOT NULL OR sealed_with IS NULL),
    -- A record is created before it is changed.
    CONSTRAINT webhook_endpoints_records
        CHECK (format IN ('event', 'cloudevents', 'slack', 'teams') OR ordering = 'subject'),
    CONSTRAINT webhook_endpoints_probe CHECK ((circuit = 'open') = (probe_at IS NOT NULL)),
    CONSTRAINT webhook_endpoints_failing CHECK ((failures > 0) = (failing_since IS NOT NULL)),
    CONSTRAINT webhook_endpoints_key CHECK ((signature = 'ed25519') = (public_key IS NOT NULL))
) STRICT;
CREATE INDEX webhook_endpoints_active ON webhook_endpoints (id) WHERE enabled AND deleted_at IS NULL;

CREATE TABLE webhook_deliveries (
    id TEXT PRIMARY KEY NOT NULL,
    endpoint_id TEXT NOT NULL REFERENCES webhook_endpoints (id),
    event_id TEXT NOT NULL REFERENCES events (id),
    subject TEXT NOT NULL,
    sequence INTEGER NOT NULL CHECK (sequence > 0),
    -- The exact bytes that every attempt sends. Null for formats of external systems: their body contains
    -- personal data and is built for each attempt.
    body TEXT,
    state TEXT NOT NULL CHECK (state IN ('pending', 'blocked', 'delivered', 'exhausted', 'cancelled')),
    -- All attempts, and those since the retry schedule last started.
    attempts INTEGER NOT NULL CHECK (attempts >= 0),
    tries INTEGER NOT NULL CHECK (tries BETWEEN 0 AND attempts),
    -- While the delivery is leased: when the lease expires.
    next_attempt_at TEXT NOT NULL,
    lease_token INTEGER,
    created_at TEXT NOT NULL,
    delivered_at TEXT,
    CONSTRAINT webhook_deliveries_once UNIQUE (event_id, endpoint_id),
    CONSTRAINT webhook_deliveries_leased CHECK (lease_token IS NULL OR state = 'pending'),
    CONSTRAINT webhook_deliveries_delivered CHECK ((state = 'delivered') = (delivered_at IS NOT NULL))
) STRICT;
-- In the order in which they are sent: after an outage, many deliveries can be due at the same time.
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, next_attempt_at, sequence)
    WHERE state = 'pending';
CREATE INDEX webhook_deliveries_leases ON webhook_deliveries (endpoint_id) WHERE lease_token IS NOT NULL;
CREATE INDEX webhook_deliveries_endpoint ON webhook_deliveries (endpoint_id, id);
CREATE INDEX webhook_deliveries_state ON webhook_deliveries (endpoint_id, state, id);
-- The oldest deliveries first after an outage, and the age of the backlog.
CREATE INDEX webhook_deliveries_waiting ON webhook_deliveries (endpoint_id, sequence) WHERE state = 'pending';
-- The next delivery of a subject, for endpoints with ordering.
CREATE INDEX webhook_deliveries_subject ON webhook_deliveries (endpoint_id, subject, sequence)
    WHERE state IN ('pending', 'blocked', 'exhausted');

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

-- The records of callback requests in external systems, with the ids that these systems returned. They are kept until
-- the record is redacted there.
CREATE TABLE webhook_records (
    endpoint_id TEXT NOT NULL REFERENCES webhook_endpoints (id),
    -- Id of a callback request.
    subject TEXT NOT NULL CHECK (length(subject) BETWEEN 1 AND 40),
    -- NULL if the response that created the record had no id.
    record_id TEXT CHECK (length(record_id) BETWEEN 1 AND 200),
    created_at TEXT NOT NULL,
    PRIMARY KEY (endpoint_id, subject)
) STRICT;
CREATE INDEX webhook_records_subject ON webhook_records (subject);

CREATE TABLE external_references (
    -- Id of a callback request or a project.
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
