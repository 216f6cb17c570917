-- The company calendar and the requests to be called back.

-- One row: the opening hours, and what may be booked.
CREATE TABLE calendar_settings (
    id TEXT PRIMARY KEY,
    singleton INTEGER NOT NULL CONSTRAINT calendar_settings_singleton_key UNIQUE CHECK (singleton = 1),
    zone TEXT NOT NULL CHECK (length(zone) BETWEEN 1 AND 60),
    -- Monday first, 1 for open.
    weekdays TEXT NOT NULL CHECK (weekdays ~ '^[01]{7}$'),
    opens TEXT NOT NULL CHECK (opens ~ '^[0-2][0-9]:[0-5][0-9]$'),
    closes TEXT NOT NULL CHECK (closes ~ '^[0-2][0-9]:[0-5][0-9]$'),
    window_minutes INTEGER NOT NULL CHECK (window_minutes BETWEEN 15 AND 240),
    window_capacity INTEGER NOT NULL CHECK (window_capacity BETWEEN 1 AND 1000),
    minimum_notice_minutes INTEGER NOT NULL CHECK (minimum_notice_minutes BETWEEN 0 AND 1440),
    horizon_business_days INTEGER NOT NULL CHECK (horizon_business_days BETWEEN 1 AND 30),
    asap_target_minutes INTEGER NOT NULL CHECK (asap_target_minutes BETWEEN 1 AND 1440),
    version BIGINT NOT NULL CHECK (version > 0),
    updated_at TIMESTAMP NOT NULL,
    CONSTRAINT calendar_settings_hours CHECK (opens < closes)
);

CREATE TABLE calendar_closures (
    id TEXT PRIMARY KEY,
    date DATE NOT NULL CONSTRAINT calendar_closures_date_key UNIQUE,
    reason TEXT NOT NULL CHECK (length(reason) BETWEEN 1 AND 200),
    created_at TIMESTAMP NOT NULL
);

-- The seats taken in a slot; a row appears with the first booking.
CREATE TABLE slots (
    slot_id TEXT PRIMARY KEY,
    starts_at TIMESTAMP NOT NULL,
    ends_at TIMESTAMP NOT NULL,
    -- As it was at the last booking.
    capacity INTEGER NOT NULL,
    booked INTEGER NOT NULL,
    CONSTRAINT slots_interval CHECK (ends_at > starts_at),
    CONSTRAINT slots_not_oversold CHECK (booked BETWEEN 0 AND capacity)
);
CREATE INDEX slots_starts_at ON slots (starts_at);

-- The texts that visitors were shown; a text is never changed.
CREATE TABLE privacy_notices (
    id TEXT PRIMARY KEY,
    locale TEXT NOT NULL CHECK (locale IN ('cs', 'en')),
    number INTEGER NOT NULL CHECK (number > 0),
    text TEXT NOT NULL CHECK (length(text) BETWEEN 1 AND 20000),
    sha256 TEXT NOT NULL CONSTRAINT privacy_notices_sha256_key UNIQUE CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    created_at TIMESTAMP NOT NULL,
    CONSTRAINT privacy_notices_number_key UNIQUE (locale, number)
);

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
CREATE UNIQUE INDEX callback_requests_open_places ON callback_requests (phone_e164, open_place) WHERE open_place IS NOT NULL;
CREATE INDEX callback_requests_due ON callback_requests (due_by, id) WHERE open_place IS NOT NULL AND assigned_to IS NULL;
CREATE INDEX callback_requests_state ON callback_requests (state, id);
CREATE INDEX callback_requests_intent ON callback_requests (intent, id);
CREATE INDEX callback_requests_slot ON callback_requests (slot_id);
CREATE INDEX callback_requests_notice ON callback_requests (notice_id);

CREATE TABLE call_attempts (
    id TEXT PRIMARY KEY,
    request_id TEXT NOT NULL REFERENCES callback_requests (id),
    number INTEGER NOT NULL CHECK (number BETWEEN 1 AND 3),
    agent TEXT NOT NULL CHECK (length(agent) BETWEEN 1 AND 200),
    outcome TEXT NOT NULL CHECK (outcome IN ('reached', 'no_answer', 'busy', 'voicemail', 'wrong_number')),
    started_at TIMESTAMP NOT NULL,
    note TEXT CHECK (length(note) <= 2000),
    recorded_at TIMESTAMP NOT NULL,
    CONSTRAINT call_attempts_number_key UNIQUE (request_id, number)
);

INSERT INTO calendar_settings (id, singleton, zone, weekdays, opens, closes, window_minutes, window_capacity, minimum_notice_minutes, horizon_business_days, asap_target_minutes, version, updated_at) VALUES
    ('cal_01kdvdna00e008000000000001', 1, 'Europe/Prague', '1111100', '10:00', '17:00', 60, 3, 15, 10, 30, 1, '2026-01-01 00:00:00');

INSERT INTO privacy_notices (id, locale, number, text, sha256, created_at) VALUES
    ('ntc_01kdvdna00e008000000000001', 'cs', 1, 'Vaše jméno, telefonní číslo a to, co nám k žádosti sami napíšete, použijeme jen k tomu, abychom vám zavolali, jak jste o to požádali. Právním základem je vyřízení vaší žádosti (čl. 6 odst. 1 písm. b) nařízení (EU) 2016/679). K marketingu údaje bez vašeho zvláštního souhlasu nepoužijeme. Máte právo na přístup k údajům, jejich opravu a výmaz a právo podat stížnost u Úřadu pro ochranu osobních údajů.', '580993506df04e8612c0b2d5c83bdb92f46a601fac805e71f2cf88261478357f', '2026-01-01 00:00:00'),
    ('ntc_01kdvdna00e008000000000002', 'en', 1, 'We use your name, your telephone number and what you write in your request only to call you back as you asked. The legal basis is handling your request (Article 6(1)(b) of Regulation (EU) 2016/679). Without your separate consent we do not use these data for marketing. You have the right to access, correct and erase your data, and to complain to a supervisory authority.', 'd990ac675bfd1005118781b7d0556db31c103e0b33f7bfcef38784b645f5658d', '2026-01-01 00:00:00');
