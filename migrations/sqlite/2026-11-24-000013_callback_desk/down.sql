-- Back to one table of requests. What was erased, quarantined or rerouted has no place there and goes.

DROP TRIGGER audit_entries_no_update;
CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'audit_entries_append_only'); END;
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

CREATE TABLE callback_requests_before_desk (
    id TEXT PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0),
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
    promised_from TEXT,
    promised_by TEXT NOT NULL,
    -- The window is on a later day than today, because today is too late for it.
    rolled INTEGER NOT NULL CHECK (rolled IN (0, 1)),
    -- An agent may take it from `due_from` on; the earliest `due_by` goes first.
    due_from TEXT NOT NULL,
    due_by TEXT NOT NULL,
    -- `sub` of the agent who has it, or had it when it ended.
    assigned_to TEXT CHECK (length(assigned_to) BETWEEN 1 AND 200),
    attempts INTEGER NOT NULL CHECK (attempts BETWEEN 0 AND 3),
    -- A number has two places for open requests, so there cannot be a third one.
    open_place INTEGER CHECK (open_place IN (1, 2)),
    manage_token_sha256 TEXT NOT NULL CHECK (length(manage_token_sha256) = 64 AND manage_token_sha256 NOT GLOB '*[^0-9a-f]*'),
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT callback_requests_open CHECK ((open_place IS NOT NULL) = (state IN ('scheduled', 'queued_asap', 'assigned', 'retry_scheduled'))),
    CONSTRAINT callback_requests_agent CHECK ((state = 'assigned') = (open_place IS NOT NULL AND assigned_to IS NOT NULL)),
    CONSTRAINT callback_requests_window CHECK ((slot_id IS NULL) = (promised_from IS NULL))
) STRICT;
INSERT INTO callback_requests_before_desk (
    id, version, state, intent, full_name, phone_typed, phone_e164, email, company, notes, locale, source_page,
    source_campaign, notice_id, slot_id, promised_from, promised_by, rolled, due_from, due_by, assigned_to, attempts,
    open_place, manage_token_sha256, created_at, updated_at)
SELECT id, version, CASE state WHEN 'missed' THEN 'scheduled' ELSE state END, intent, full_name, phone_typed, phone_e164, email, company, notes, locale, source_page,
    source_campaign, notice_id, slot_id, promised_from, promised_by, rolled, due_from, due_by, assigned_to, attempts,
    open_place, manage_token_sha256, created_at, updated_at
FROM callback_requests JOIN callback_contacts ON request_id = id
WHERE state NOT IN ('quarantined', 'rerouted');
CREATE TABLE call_attempts_before_desk (
    id TEXT PRIMARY KEY NOT NULL,
    request_id TEXT NOT NULL REFERENCES callback_requests_before_desk (id),
    number INTEGER NOT NULL CHECK (number BETWEEN 1 AND 3),
    agent TEXT NOT NULL CHECK (length(agent) BETWEEN 1 AND 200),
    outcome TEXT NOT NULL CHECK (outcome IN ('reached', 'no_answer', 'busy', 'voicemail', 'wrong_number')),
    started_at TEXT NOT NULL,
    note TEXT CHECK (length(note) <= 2000),
    recorded_at TEXT NOT NULL,
    CONSTRAINT call_attempts_number_key UNIQUE (request_id, number)
) STRICT;
INSERT INTO call_attempts_before_desk SELECT * FROM call_attempts WHERE request_id IN (SELECT id FROM callback_requests_before_desk);
DROP TABLE call_attempts;
DROP TABLE callback_contacts;
DROP TABLE callback_requests;
ALTER TABLE callback_requests_before_desk RENAME TO callback_requests;
ALTER TABLE call_attempts_before_desk RENAME TO call_attempts;
CREATE UNIQUE INDEX callback_requests_open_places ON callback_requests (phone_e164, open_place) WHERE open_place IS NOT NULL;
CREATE INDEX callback_requests_due ON callback_requests (due_by, id) WHERE open_place IS NOT NULL AND assigned_to IS NULL;
CREATE INDEX callback_requests_state ON callback_requests (state, id);
CREATE INDEX callback_requests_intent ON callback_requests (intent, id);
CREATE INDEX callback_requests_slot ON callback_requests (slot_id);
CREATE INDEX callback_requests_notice ON callback_requests (notice_id);
