-- Back to one table of requests. What was erased, quarantined or rerouted has no place there and goes.

CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_entries_append_only';
END $$;
DROP TABLE erasure_gate;
DROP INDEX home_positions_manager;
DROP INDEX events_subject;
ALTER TABLE people DROP COLUMN erased_at;
DROP INDEX idempotency_records_subject;
ALTER TABLE idempotency_records DROP COLUMN subject;
DROP TABLE retention_settings;
DROP TABLE agent_duties;
DROP TABLE agents;
DROP TABLE spent_challenges;
DROP TABLE callback_consents;

ALTER TABLE call_attempts DROP CONSTRAINT call_attempts_request_id_fkey;
ALTER TABLE callback_requests RENAME TO callback_requests_desk;
ALTER INDEX callback_requests_pkey RENAME TO callback_requests_desk_pkey;
DROP INDEX callback_requests_open_places;
DROP INDEX callback_requests_phone;
DROP INDEX callback_requests_due;
DROP INDEX callback_requests_to_offer;
DROP INDEX callback_requests_uncalled;
DROP INDEX callback_requests_agent;
DROP INDEX callback_requests_linked;
DROP INDEX callback_requests_rerouted_from;
DROP INDEX callback_requests_rerouted_to;
DROP INDEX callback_requests_state;
DROP INDEX callback_requests_intent;
DROP INDEX callback_requests_slot;
DROP INDEX callback_requests_notice;
DROP INDEX callback_requests_closed_day;
DROP INDEX callback_requests_same_number;
DROP INDEX callback_requests_held;
DROP INDEX callback_requests_kept;
DROP INDEX callback_requests_created_at;
DROP INDEX callback_requests_promised;
DROP INDEX callback_requests_window;
CREATE TABLE callback_requests (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version > 0),
    state TEXT NOT NULL CONSTRAINT callback_requests_state CHECK (state IN ('scheduled', 'queued_asap', 'assigned', 'retry_scheduled', 'completed', 'unreachable', 'cancelled')),
    intent TEXT NOT NULL CHECK (intent IN ('sales', 'technical_support')),
    full_name TEXT NOT NULL CHECK (length(full_name) BETWEEN 1 AND 120),
    -- What the visitor typed, and the same in E.164.
    phone_typed TEXT NOT NULL CHECK (length(phone_typed) BETWEEN 1 AND 64),
    phone_e164 TEXT NOT NULL CHECK (length(phone_e164) BETWEEN 4 AND 16),
    email TEXT CHECK (length(email) BETWEEN 3 AND 254),
    company TEXT CHECK (length(company) BETWEEN 1 AND 120),
    notes TEXT CHECK (length(notes) <= 4000),
    locale TEXT NOT NULL CHECK (locale IN ('cs', 'en')),
    source_page TEXT CHECK (length(source_page) <= 500),
    source_campaign TEXT CHECK (length(source_campaign) <= 120),
    notice_id TEXT NOT NULL REFERENCES privacy_notices (id),
    -- The window that was asked for; null for "as soon as possible".
    slot_id TEXT REFERENCES slots (slot_id),
    -- The promise: the first attempt starts in [promised_from, promised_by).
    promised_from TIMESTAMP,
    promised_by TIMESTAMP NOT NULL,
    -- The window is on a later day than today, because today is too late for it.
    rolled BOOLEAN NOT NULL,
    -- An agent may take it from `due_from` on; the earliest `due_by` goes first.
    due_from TIMESTAMP NOT NULL,
    due_by TIMESTAMP NOT NULL,
    -- `sub` of the agent who has it, or had it when it ended.
    assigned_to TEXT CHECK (length(assigned_to) BETWEEN 1 AND 200),
    attempts INTEGER NOT NULL CHECK (attempts BETWEEN 0 AND 3),
    -- A number has two places for open requests, so there cannot be a third one.
    open_place INTEGER CHECK (open_place IN (1, 2)),
    manage_token_sha256 TEXT NOT NULL CHECK (manage_token_sha256 ~ '^[0-9a-f]{64}$'),
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    CONSTRAINT callback_requests_open CHECK ((open_place IS NOT NULL) = (state IN ('scheduled', 'queued_asap', 'assigned', 'retry_scheduled'))),
    CONSTRAINT callback_requests_agent CHECK ((state = 'assigned') = (open_place IS NOT NULL AND assigned_to IS NOT NULL)),
    CONSTRAINT callback_requests_window CHECK ((slot_id IS NULL) = (promised_from IS NULL))
);
INSERT INTO callback_requests (
    id, version, state, intent, full_name, phone_typed, phone_e164, email, company, notes, locale, source_page,
    source_campaign, notice_id, slot_id, promised_from, promised_by, rolled, due_from, due_by, assigned_to, attempts,
    open_place, manage_token_sha256, created_at, updated_at)
SELECT id, version, CASE state WHEN 'missed' THEN 'scheduled' ELSE state END, intent, full_name, phone_typed, phone_e164, email, company, notes, locale, source_page,
    source_campaign, notice_id, slot_id, promised_from, promised_by, rolled, due_from, due_by, assigned_to, attempts,
    open_place, manage_token_sha256, created_at, updated_at
FROM callback_requests_desk JOIN callback_contacts ON request_id = id
WHERE state NOT IN ('quarantined', 'rerouted');
DELETE FROM call_attempts WHERE request_id NOT IN (SELECT id FROM callback_requests);
DROP TABLE callback_contacts;
DROP TABLE callback_requests_desk;
ALTER TABLE call_attempts ADD CONSTRAINT call_attempts_request_id_fkey FOREIGN KEY (request_id) REFERENCES callback_requests (id);
CREATE UNIQUE INDEX callback_requests_open_places ON callback_requests (phone_e164, open_place) WHERE open_place IS NOT NULL;
CREATE INDEX callback_requests_due ON callback_requests (due_by, id) WHERE open_place IS NOT NULL AND assigned_to IS NULL;
CREATE INDEX callback_requests_state ON callback_requests (state, id);
CREATE INDEX callback_requests_intent ON callback_requests (intent, id);
CREATE INDEX callback_requests_slot ON callback_requests (slot_id);
CREATE INDEX callback_requests_notice ON callback_requests (notice_id);
