-- Events: their place among those of their subject, who caused them, and what is forgotten. Webhooks: formats, sealed
-- secrets, circuits, order per subject. References: what other systems call our records.

ALTER TABLE events ADD COLUMN subject_sequence BIGINT CHECK (subject_sequence > 0);
-- The external system that made the change, so that it is not told of it.
ALTER TABLE events ADD COLUMN caused_by TEXT CHECK (length(caused_by) BETWEEN 1 AND 40);
UPDATE events SET subject_sequence = numbered.number
    FROM (SELECT position, row_number() OVER (PARTITION BY subject ORDER BY sequence) AS number
          FROM events WHERE sequence IS NOT NULL) AS numbered
    WHERE numbered.position = events.position;
ALTER TABLE events ADD CONSTRAINT events_placed CHECK ((sequence IS NULL) = (subject_sequence IS NULL));
CREATE UNIQUE INDEX events_subject_sequence ON events (subject, subject_sequence);
DROP INDEX events_subject;

-- The last number given per subject; stays when the events are forgotten.
CREATE TABLE event_subjects (
    subject TEXT PRIMARY KEY,
    last_sequence BIGINT NOT NULL CHECK (last_sequence > 0)
);
INSERT INTO event_subjects (subject, last_sequence)
    SELECT subject, max(subject_sequence) FROM events WHERE subject_sequence IS NOT NULL GROUP BY subject;

-- Everything up to here is forgotten, and nothing behind it.
ALTER TABLE event_sequence ADD COLUMN forgotten_through BIGINT NOT NULL DEFAULT 0 CHECK (forgotten_through BETWEEN 0 AND last_sequence);

ALTER TABLE webhook_endpoints
    ADD COLUMN format TEXT NOT NULL DEFAULT 'event'
        CHECK (format IN ('event', 'cloudevents', 'salesforce-lead', 'hubspot-contact', 'hubspot-ticket', 'servicenow-incident', 'jira-request', 'zammad-ticket')),
    ADD COLUMN signature TEXT NOT NULL DEFAULT 'hmac_sha256' CHECK (signature IN ('hmac_sha256', 'ed25519')),
    ADD COLUMN public_key TEXT CHECK (length(public_key) BETWEEN 1 AND 100),
    ADD COLUMN ordering TEXT NOT NULL DEFAULT 'none' CHECK (ordering IN ('none', 'subject')),
    ADD COLUMN on_exhausted TEXT NOT NULL DEFAULT 'skip' CHECK (on_exhausted IN ('skip', 'hold')),
    -- JSON array of seconds; null for the standard schedule.
    ADD COLUMN retry_delays TEXT CHECK (length(retry_delays) <= 400),
    -- The external system behind it.
    ADD COLUMN system TEXT CHECK (length(system) BETWEEN 1 AND 40),
    ADD COLUMN auth_kind TEXT NOT NULL DEFAULT 'none' CHECK (auth_kind IN ('none', 'header', 'basic', 'oauth2_client_credentials')),
    -- JSON: which fields have other names there.
    ADD COLUMN mapping TEXT CHECK (length(mapping) <= 20000),
    -- Signing keys and credentials as JSON, encrypted under the key with this id; plain where there is no id.
    ADD COLUMN sealed BYTEA,
    ADD COLUMN sealed_with TEXT CHECK (length(sealed_with) BETWEEN 1 AND 40),
    ADD COLUMN circuit TEXT NOT NULL DEFAULT 'closed' CHECK (circuit IN ('closed', 'open', 'recovering')),
    -- In a row, and since when.
    ADD COLUMN failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),
    ADD COLUMN failing_since TIMESTAMP,
    ADD COLUMN probes INTEGER NOT NULL DEFAULT 0 CHECK (probes >= 0),
    ADD COLUMN probe_at TIMESTAMP,
    ADD COLUMN last_success_at TIMESTAMP,
    ADD COLUMN last_failure_at TIMESTAMP;
UPDATE webhook_endpoints SET sealed = convert_to(
        '{"secret":"' || encode(secret, 'hex') || '","previous":'
        || coalesce('"' || encode(previous_secret, 'hex') || '"', 'null') || ',"auth":{"kind":"none"}}', 'UTF8')
    WHERE secret IS NOT NULL;
ALTER TABLE webhook_endpoints
    DROP CONSTRAINT webhook_endpoints_overlap,
    DROP CONSTRAINT webhook_endpoints_deleted,
    DROP CONSTRAINT webhook_endpoints_disabled_reason_check,
    DROP COLUMN secret,
    DROP COLUMN previous_secret,
    ADD CONSTRAINT webhook_endpoints_reason CHECK (disabled_reason IN ('gone', 'failing')),
    ADD CONSTRAINT webhook_endpoints_deleted CHECK ((sealed IS NULL) = (deleted_at IS NOT NULL)),
    ADD CONSTRAINT webhook_endpoints_sealed CHECK (sealed IS NOT NULL OR sealed_with IS NULL),
    ADD CONSTRAINT webhook_endpoints_probe CHECK ((circuit = 'open') = (probe_at IS NOT NULL)),
    ADD CONSTRAINT webhook_endpoints_failing CHECK ((failures > 0) = (failing_since IS NOT NULL)),
    ADD CONSTRAINT webhook_endpoints_key CHECK ((signature = 'ed25519') = (public_key IS NOT NULL));

ALTER TABLE webhook_deliveries ADD COLUMN subject TEXT;
UPDATE webhook_deliveries SET subject = events.subject FROM events WHERE events.id = webhook_deliveries.event_id;
ALTER TABLE webhook_deliveries
    ALTER COLUMN subject SET NOT NULL,
    -- Null for what is made when it is sent: records of other systems, which tell of persons.
    ALTER COLUMN body DROP NOT NULL,
    DROP CONSTRAINT webhook_deliveries_state_check,
    ADD CONSTRAINT webhook_deliveries_state CHECK (state IN ('pending', 'blocked', 'delivered', 'exhausted', 'cancelled'));
-- Oldest first after an outage, and the age of what waits.
CREATE INDEX webhook_deliveries_waiting ON webhook_deliveries (endpoint_id, sequence) WHERE state = 'pending';
-- Who is next among those of a subject.
CREATE INDEX webhook_deliveries_subject ON webhook_deliveries (endpoint_id, subject, sequence) WHERE state IN ('pending', 'blocked', 'exhausted');

CREATE TABLE external_references (
    -- A callback request or a project.
    subject TEXT NOT NULL CHECK (length(subject) BETWEEN 1 AND 40),
    system TEXT NOT NULL CHECK (length(system) BETWEEN 1 AND 40),
    external_id TEXT NOT NULL CHECK (length(external_id) BETWEEN 1 AND 200),
    url TEXT CHECK (length(url) BETWEEN 1 AND 2000),
    status TEXT CHECK (length(status) BETWEEN 1 AND 100),
    version BIGINT NOT NULL CHECK (version > 0),
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    PRIMARY KEY (subject, system)
);
