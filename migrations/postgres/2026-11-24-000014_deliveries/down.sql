-- Sealed secrets cannot be opened here: such endpoints get a new one that nobody knows, to be rotated. What older
-- versions cannot send is dropped with its endpoint's queue.
DROP TABLE external_references;

DELETE FROM webhook_attempts WHERE delivery_id IN (SELECT id FROM webhook_deliveries WHERE body IS NULL);
DELETE FROM webhook_deliveries WHERE body IS NULL;
UPDATE webhook_deliveries SET state = 'pending' WHERE state = 'blocked';
DROP INDEX webhook_deliveries_waiting;
DROP INDEX webhook_deliveries_subject;
ALTER TABLE webhook_deliveries
    DROP CONSTRAINT webhook_deliveries_state,
    ADD CONSTRAINT webhook_deliveries_state_check CHECK (state IN ('pending', 'delivered', 'exhausted', 'cancelled')),
    ALTER COLUMN body SET NOT NULL,
    DROP COLUMN subject;

ALTER TABLE webhook_endpoints
    ADD COLUMN secret BYTEA,
    ADD COLUMN previous_secret BYTEA;
UPDATE webhook_endpoints SET secret = CASE
        WHEN sealed_with IS NULL THEN decode(convert_from(sealed, 'UTF8')::json ->> 'secret', 'hex')
        ELSE decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex') END,
    previous_secret_until = NULL
    WHERE deleted_at IS NULL;
UPDATE webhook_endpoints SET enabled = FALSE WHERE format NOT IN ('event', 'cloudevents');
UPDATE webhook_endpoints SET disabled_reason = NULL WHERE disabled_reason = 'failing';
ALTER TABLE webhook_endpoints
    DROP COLUMN format, DROP COLUMN signature, DROP COLUMN public_key, DROP COLUMN ordering, DROP COLUMN on_exhausted,
    DROP COLUMN retry_delays, DROP COLUMN system, DROP COLUMN auth_kind, DROP COLUMN mapping, DROP COLUMN sealed,
    DROP COLUMN sealed_with, DROP COLUMN circuit, DROP COLUMN failures, DROP COLUMN failing_since, DROP COLUMN probes,
    DROP COLUMN probe_at, DROP COLUMN last_success_at, DROP COLUMN last_failure_at,
    DROP CONSTRAINT webhook_endpoints_reason,
    ADD CONSTRAINT webhook_endpoints_disabled_reason_check CHECK (disabled_reason = 'gone'),
    ADD CONSTRAINT webhook_endpoints_overlap CHECK ((previous_secret IS NULL) = (previous_secret_until IS NULL)),
    ADD CONSTRAINT webhook_endpoints_deleted CHECK ((secret IS NULL) = (deleted_at IS NOT NULL));

ALTER TABLE event_sequence DROP COLUMN forgotten_through;
DROP TABLE event_subjects;
DROP INDEX events_subject_sequence;
CREATE INDEX events_subject ON events (subject);
ALTER TABLE events DROP CONSTRAINT events_placed, DROP COLUMN subject_sequence, DROP COLUMN caused_by;
