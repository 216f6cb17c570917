-- Webhooks: who is told, what is on its way, how each attempt ended.

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
