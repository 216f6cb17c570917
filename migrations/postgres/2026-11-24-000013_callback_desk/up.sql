-- The callback desk: what tells of a person apart from the request, the promise that counts, links,
-- quarantine, agents and their duties, retention.

ALTER TABLE call_attempts DROP CONSTRAINT call_attempts_request_id_fkey;
ALTER TABLE callback_requests RENAME TO callback_requests_before;
ALTER INDEX callback_requests_pkey RENAME TO callback_requests_before_pkey;
DROP INDEX callback_requests_open_places;
DROP INDEX callback_requests_due;
DROP INDEX callback_requests_state;
DROP INDEX callback_requests_intent;
DROP INDEX callback_requests_slot;
DROP INDEX callback_requests_notice;

CREATE TABLE callback_requests (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version > 0),
    state TEXT NOT NULL CONSTRAINT callback_requests_state CHECK (
        state IN ('scheduled', 'queued_asap', 'assigned', 'retry_scheduled', 'missed', 'quarantined',
            'completed', 'unreachable', 'cancelled', 'rerouted')),
    intent TEXT NOT NULL CHECK (intent IN ('sales', 'technical_support')),
    -- E.164; gone when the person is erased.
    phone_e164 TEXT CHECK (length(phone_e164) BETWEEN 4 AND 16),
    locale TEXT NOT NULL CHECK (locale IN ('cs', 'en')),
    notice_id TEXT NOT NULL REFERENCES privacy_notices (id),
    -- The window that is promised now; null for "as soon as possible".
    slot_id TEXT REFERENCES slots (slot_id),
    -- The promise: the first attempt starts in [promised_from, promised_by).
    promised_from TIMESTAMP,
    promised_by TIMESTAMP NOT NULL,
    -- The window is on a later day than today, because today is too late for it.
    rolled BOOLEAN NOT NULL,
    -- The promise that counts: the one before we moved the call.
    first_promised_from TIMESTAMP,
    first_promised_by TIMESTAMP NOT NULL,
    -- Whether it was kept; void when nobody was owed the call.
    promise TEXT NOT NULL CHECK (promise IN ('pending', 'kept', 'broken', 'void')),
    -- An agent may take it from due_from on; the earliest due_by goes first, missed ones before all.
    due_from TIMESTAMP NOT NULL,
    due_by TIMESTAMP NOT NULL,
    priority INTEGER NOT NULL CHECK (priority IN (0, 1)),
    -- The agents on duty at due_from have been asked.
    offered BOOLEAN NOT NULL,
    -- sub of the agent who has it, or had it when it ended.
    assigned_to TEXT CHECK (length(assigned_to) BETWEEN 1 AND 200),
    attempts INTEGER NOT NULL CHECK (attempts BETWEEN 0 AND 3),
    -- Opening time between the request and the first attempt, in seconds.
    first_attempt_after INTEGER CHECK (first_attempt_after >= 0),
    -- A number has two places for open requests, so there cannot be a third one.
    open_place INTEGER CHECK (open_place IN (1, 2)),
    -- The open request whose call answers this one too.
    linked_to TEXT REFERENCES callback_requests (id),
    rerouted_from TEXT REFERENCES callback_requests (id),
    -- Set before the other row is there.
    rerouted_to TEXT REFERENCES callback_requests (id) DEFERRABLE INITIALLY DEFERRED,
    -- The number has another open call at another time.
    same_number BOOLEAN NOT NULL,
    -- The day of its window was closed after it was promised.
    closed_day BOOLEAN NOT NULL,
    quarantined_for TEXT CHECK (quarantined_for IN ('honeypot', 'too_fast', 'number_limit')),
    manage_token_sha256 TEXT NOT NULL CHECK (manage_token_sha256 ~ '^[0-9a-f]{64}$'),
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    erased_at TIMESTAMP,
    CONSTRAINT callback_requests_open CHECK (
        (open_place IS NOT NULL) = (state IN ('scheduled', 'queued_asap', 'assigned', 'retry_scheduled', 'missed'))),
    CONSTRAINT callback_requests_agent CHECK ((state = 'assigned') = (open_place IS NOT NULL AND assigned_to IS NOT NULL)),
    CONSTRAINT callback_requests_window CHECK ((slot_id IS NULL) = (promised_from IS NULL)),
    CONSTRAINT callback_requests_linked CHECK (linked_to <> id),
    CONSTRAINT callback_requests_quarantine CHECK (state <> 'quarantined' OR quarantined_for IS NOT NULL),
    CONSTRAINT callback_requests_erased CHECK ((erased_at IS NULL) = (phone_e164 IS NOT NULL)),
    CONSTRAINT callback_requests_first_attempt CHECK (first_attempt_after IS NULL OR attempts > 0)
);
INSERT INTO callback_requests (id, version, state, intent, phone_e164, locale, notice_id, slot_id, promised_from, promised_by, rolled,
    first_promised_from, first_promised_by, promise, due_from, due_by, priority, offered, assigned_to, attempts,
    open_place, same_number, closed_day, manage_token_sha256, created_at, updated_at)
SELECT id, version, state, intent, phone_e164, locale, notice_id, slot_id, promised_from, promised_by, rolled,
    promised_from, promised_by,
    CASE
        WHEN first_at IS NULL THEN CASE state WHEN 'cancelled' THEN 'void' ELSE 'pending' END
        WHEN first_at < promised_by AND (promised_from IS NULL OR first_at >= promised_from) THEN 'kept'
        ELSE 'broken'
    END,
    due_from, due_by, 1, FALSE, assigned_to, attempts, open_place, FALSE, FALSE, manage_token_sha256, created_at, updated_at
FROM (
    SELECT callback_requests_before.*, (SELECT min(started_at) FROM call_attempts WHERE request_id = callback_requests_before.id) AS first_at
    FROM callback_requests_before
) AS old;

-- Who asked to be called: everything of a request that tells of a person, but the number, which the
-- rules need. Erasing a person deletes the row.
CREATE TABLE callback_contacts (
    request_id TEXT PRIMARY KEY REFERENCES callback_requests (id),
    full_name TEXT NOT NULL CHECK (length(full_name) BETWEEN 1 AND 120),
    -- What the visitor typed.
    phone_typed TEXT NOT NULL CHECK (length(phone_typed) BETWEEN 1 AND 64),
    email TEXT CHECK (length(email) BETWEEN 3 AND 254),
    -- The address in lower case, to be found by.
    email_key TEXT CHECK (length(email_key) BETWEEN 3 AND 300),
    company TEXT CHECK (length(company) BETWEEN 1 AND 120),
    notes TEXT CHECK (length(notes) <= 4000),
    source_page TEXT CHECK (length(source_page) <= 500),
    source_campaign TEXT CHECK (length(source_campaign) <= 120),
    -- The network it came from (/32, /56), until it is closed.
    client_network TEXT CHECK (length(client_network) BETWEEN 3 AND 60),
    CONSTRAINT callback_contacts_email CHECK ((email IS NULL) = (email_key IS NULL))
);
CREATE INDEX callback_contacts_email ON callback_contacts (email_key) WHERE email_key IS NOT NULL;
CREATE INDEX callback_contacts_network ON callback_contacts (client_network) WHERE client_network IS NOT NULL;

INSERT INTO callback_contacts (request_id, full_name, phone_typed, email, email_key, company, notes, source_page, source_campaign)
SELECT id, full_name, phone_typed, email, lower(email), company, notes, source_page, source_campaign FROM callback_requests_before;

-- What is checked at the end of a transaction has to be checked before indexes are made.
SET CONSTRAINTS ALL IMMEDIATE;
DROP TABLE callback_requests_before;
ALTER TABLE call_attempts ADD CONSTRAINT call_attempts_request_id_fkey FOREIGN KEY (request_id) REFERENCES callback_requests (id);
CREATE UNIQUE INDEX callback_requests_open_places ON callback_requests (phone_e164, open_place) WHERE open_place IS NOT NULL;
CREATE INDEX callback_requests_phone ON callback_requests (phone_e164, id);
CREATE INDEX callback_requests_due ON callback_requests (priority, due_by, id)
    WHERE open_place IS NOT NULL AND assigned_to IS NULL AND linked_to IS NULL;
CREATE INDEX callback_requests_to_offer ON callback_requests (id)
    WHERE open_place IS NOT NULL AND assigned_to IS NULL AND linked_to IS NULL AND NOT offered;
CREATE INDEX callback_requests_uncalled ON callback_requests (promised_by, id)
    WHERE open_place IS NOT NULL AND linked_to IS NULL AND attempts = 0 AND priority = 1;
CREATE INDEX callback_requests_agent ON callback_requests (assigned_to, id);
CREATE INDEX callback_requests_linked ON callback_requests (linked_to) WHERE linked_to IS NOT NULL;
CREATE INDEX callback_requests_rerouted_from ON callback_requests (rerouted_from) WHERE rerouted_from IS NOT NULL;
CREATE INDEX callback_requests_rerouted_to ON callback_requests (rerouted_to) WHERE rerouted_to IS NOT NULL;
CREATE INDEX callback_requests_state ON callback_requests (state, id);
CREATE INDEX callback_requests_intent ON callback_requests (intent, id);
CREATE INDEX callback_requests_slot ON callback_requests (slot_id);
CREATE INDEX callback_requests_notice ON callback_requests (notice_id);
CREATE INDEX callback_requests_closed_day ON callback_requests (id) WHERE closed_day;
CREATE INDEX callback_requests_same_number ON callback_requests (id) WHERE same_number;
CREATE INDEX callback_requests_held ON callback_requests (updated_at)
    WHERE open_place IS NOT NULL AND assigned_to IS NOT NULL;
CREATE INDEX callback_requests_kept ON callback_requests (state, updated_at) WHERE erased_at IS NULL;
CREATE INDEX callback_requests_created_at ON callback_requests (created_at, id);
CREATE INDEX callback_requests_promised ON callback_requests (first_promised_by);
CREATE INDEX callback_requests_window ON callback_requests (promised_from) WHERE open_place IS NOT NULL;

-- What a visitor agreed to beyond the call, in the very words that were shown.
CREATE TABLE callback_consents (
    request_id TEXT NOT NULL REFERENCES callback_requests (id),
    purpose TEXT NOT NULL CHECK (purpose IN ('marketing')),
    wording TEXT NOT NULL CHECK (length(wording) BETWEEN 1 AND 2000),
    given_at TIMESTAMP NOT NULL,
    withdrawn_at TIMESTAMP,
    PRIMARY KEY (request_id, purpose)
);

-- Solved challenges, so that none is used twice.
CREATE TABLE spent_challenges (
    challenge TEXT PRIMARY KEY CHECK (challenge ~ '^[0-9a-f]{64}$'),
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX spent_challenges_expires_at ON spent_challenges (expires_at);

-- Who works the queue, and when.
CREATE TABLE agents (
    id TEXT PRIMARY KEY,
    subject TEXT NOT NULL CONSTRAINT agents_subject_key UNIQUE CHECK (length(subject) BETWEEN 1 AND 200),
    active BOOLEAN NOT NULL,
    -- Round-robin: who was served longest ago is next.
    last_assigned_at TIMESTAMP,
    -- The secret in the address of the calendar feed.
    feed_sha256 TEXT CONSTRAINT agents_feed_key UNIQUE CHECK (feed_sha256 ~ '^[0-9a-f]{64}$'),
    version BIGINT NOT NULL CHECK (version > 0),
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);

-- Weekly, in wall time of the calendar's zone: [starts, ends).
CREATE TABLE agent_duties (
    agent_id TEXT NOT NULL REFERENCES agents (id),
    -- Monday is 1 (ISO 8601).
    weekday INTEGER NOT NULL CHECK (weekday BETWEEN 1 AND 7),
    starts TEXT NOT NULL CHECK (starts ~ '^[0-2][0-9]:[0-5][0-9]$'),
    ends TEXT NOT NULL CHECK (ends ~ '^[0-2][0-9]:[0-5][0-9]$'),
    PRIMARY KEY (agent_id, weekday, starts),
    CONSTRAINT agent_duties_interval CHECK (starts < ends)
);

-- One row: how many days a closed request keeps what it tells of a person.
CREATE TABLE retention_settings (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    completed_days INTEGER NOT NULL CHECK (completed_days BETWEEN 1 AND 3650),
    unreachable_days INTEGER NOT NULL CHECK (unreachable_days BETWEEN 1 AND 3650),
    cancelled_days INTEGER NOT NULL CHECK (cancelled_days BETWEEN 1 AND 3650),
    rerouted_days INTEGER NOT NULL CHECK (rerouted_days BETWEEN 1 AND 3650),
    quarantined_days INTEGER NOT NULL CHECK (quarantined_days BETWEEN 1 AND 3650),
    version BIGINT NOT NULL CHECK (version > 0),
    updated_at TIMESTAMP NOT NULL
);
INSERT INTO retention_settings (id, completed_days, unreachable_days, cancelled_days, rerouted_days, quarantined_days, version, updated_at)
    VALUES (1, 365, 90, 30, 30, 14, 1, '2026-01-01 00:00:00');

-- What a kept answer is about, so that it goes when that person is erased.
ALTER TABLE idempotency_records ADD COLUMN subject TEXT;
CREATE INDEX idempotency_records_subject ON idempotency_records (subject) WHERE subject IS NOT NULL;

-- When a person's name, address and subject were taken out of the directory.
ALTER TABLE people ADD COLUMN erased_at TIMESTAMP;
CREATE INDEX events_subject ON events (subject);
CREATE INDEX home_positions_manager ON home_positions (manager) WHERE manager IS NOT NULL;

-- The audit trail stays append-only; the one exception is taking a person out of an entry, by a
-- transaction that holds this row.
CREATE TABLE erasure_gate (
    id INTEGER PRIMARY KEY CHECK (id = 1)
);
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND EXISTS (SELECT 1 FROM erasure_gate)
        AND (OLD.id, OLD.recorded_at, OLD.actor, OLD.action, OLD.subject, OLD.request_id)
            IS NOT DISTINCT FROM (NEW.id, NEW.recorded_at, NEW.actor, NEW.action, NEW.subject, NEW.request_id)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'audit_entries_append_only';
END $$;
