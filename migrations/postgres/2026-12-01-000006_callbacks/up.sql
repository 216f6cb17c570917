-- Callbacks: queues, agents, the requests of visitors to be called, and the calls to them.

-- Queues of callback requests, each the work of one team.
CREATE TABLE queues (
    id TEXT PRIMARY KEY,
    key TEXT NOT NULL CONSTRAINT queues_key_key UNIQUE CHECK (length(key) BETWEEN 1 AND 40),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    calendar_id TEXT NOT NULL REFERENCES calendars (id),
    -- The country of phone numbers without a country code.
    default_region TEXT NOT NULL CHECK (length(default_region) = 2),
    -- The intents that the queue accepts.
    sales BOOLEAN NOT NULL,
    technical_support BOOLEAN NOT NULL,
    -- Requests of visitors go to the public queue of their intent.
    public BOOLEAN NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    -- For the foreign key of requests, which repeat the key.
    CONSTRAINT queues_id_key UNIQUE (id, key),
    CONSTRAINT queues_intents CHECK (sales OR technical_support)
);
CREATE UNIQUE INDEX queues_public_sales ON queues (sales) WHERE public AND sales;
CREATE UNIQUE INDEX queues_public_technical_support ON queues (technical_support) WHERE public AND technical_support;
CREATE INDEX queues_calendar ON queues (calendar_id);
INSERT INTO queues (id, key, name, calendar_id, default_region, sales, technical_support, public, version, created_at,
        updated_at) VALUES
    ('que_01kdvdna00e008000000000001', 'sales', 'Sales', 'cal_01kdvdna00e008000000000001', 'CZ', TRUE, FALSE, TRUE, 1,
        '2026-01-01 00:00:00', '2026-01-01 00:00:00'),
    ('que_01kdvdna00e008000000000002', 'support', 'Technical support', 'cal_01kdvdna00e008000000000001', 'CZ', FALSE, TRUE,
        TRUE, 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00');

-- The settings of each queue over time: each row from `starts_at` until the next one, at `ends_at`.
CREATE TABLE queue_versions (
    queue_id TEXT NOT NULL REFERENCES queues (id),
    starts_at TIMESTAMP NOT NULL,
    -- Null for the last one.
    ends_at TIMESTAMP,
    -- The version of the queue that added these settings.
    version BIGINT NOT NULL CHECK (version > 0),
    -- The first day with these settings, in the time zone of the calendar.
    valid_from DATE NOT NULL,
    window_minutes INTEGER NOT NULL CHECK (window_minutes BETWEEN 15 AND 240),
    capacity_source TEXT NOT NULL CHECK (capacity_source IN ('fixed', 'roster')),
    window_capacity INTEGER NOT NULL CHECK (window_capacity BETWEEN 1 AND 1000),
    minimum_notice_minutes INTEGER NOT NULL CHECK (minimum_notice_minutes BETWEEN 0 AND 1440),
    horizon_business_days INTEGER NOT NULL CHECK (horizon_business_days BETWEEN 1 AND 30),
    asap_target_minutes INTEGER NOT NULL CHECK (asap_target_minutes BETWEEN 1 AND 1440),
    -- How long a call takes on average, with the work after it.
    handling_minutes INTEGER NOT NULL CHECK (handling_minutes BETWEEN 1 AND 240),
    max_attempts INTEGER NOT NULL CHECK (max_attempts BETWEEN 1 AND 10),
    attempt_pause_minutes INTEGER NOT NULL CHECK (attempt_pause_minutes BETWEEN 0 AND 10080),
    unrecorded_return_minutes INTEGER NOT NULL CHECK (unrecorded_return_minutes BETWEEN 60 AND 10080),
    recorded_at TIMESTAMP NOT NULL,
    PRIMARY KEY (queue_id, starts_at),
    CONSTRAINT queue_versions_interval CHECK (ends_at > starts_at)
);
CREATE UNIQUE INDEX queue_versions_last ON queue_versions (queue_id) WHERE ends_at IS NULL;
INSERT INTO queue_versions (queue_id, starts_at, version, valid_from, window_minutes, capacity_source, window_capacity,
        minimum_notice_minutes, horizon_business_days, asap_target_minutes, handling_minutes, max_attempts,
        attempt_pause_minutes, unrecorded_return_minutes, recorded_at)
    SELECT id, '1970-01-01 00:00:00', 1, '1970-01-01', 60, 'fixed', 3, 15, 10, 30, 15, 3, 60, 480, '2026-01-01 00:00:00'
    FROM queues;

-- Bookings per slot of a queue. The first booking creates the row.
CREATE TABLE slots (
    queue_id TEXT NOT NULL REFERENCES queues (id),
    slot_id TEXT NOT NULL,
    starts_at TIMESTAMP NOT NULL,
    ends_at TIMESTAMP NOT NULL,
    -- The capacity of the queue at the time of the last booking; more if a quarantined request was released into a full
    -- slot, or a request was rerouted into it.
    capacity INTEGER NOT NULL,
    booked INTEGER NOT NULL,
    PRIMARY KEY (queue_id, slot_id),
    CONSTRAINT slots_interval CHECK (ends_at > starts_at),
    CONSTRAINT slots_not_oversold CHECK (booked BETWEEN 0 AND capacity)
);
CREATE INDEX slots_starts_at ON slots (queue_id, starts_at);

-- People who work in queues.
CREATE TABLE agents (
    id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL CONSTRAINT agents_person_key UNIQUE REFERENCES people (id),
    active BOOLEAN NOT NULL,
    -- No more open requests than this are assigned automatically; null for any number.
    max_open INTEGER CHECK (max_open BETWEEN 1 AND 1000),
    -- Round-robin: the agent with the oldest assignment is next.
    last_assigned_at TIMESTAMP,
    -- Hash of the secret in the URL of the agent's calendar feed.
    feed_sha256 TEXT CONSTRAINT agents_feed_key UNIQUE CHECK (feed_sha256 ~ '^[0-9a-f]{64}$'),
    version BIGINT NOT NULL CHECK (version > 0),
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);

-- The queues in which an agent works.
CREATE TABLE agent_queues (
    agent_id TEXT NOT NULL REFERENCES agents (id),
    queue_id TEXT NOT NULL REFERENCES queues (id),
    PRIMARY KEY (agent_id, queue_id)
);
CREATE INDEX agent_queues_queue ON agent_queues (queue_id, agent_id);

-- Weekly duties `[starts, ends)` in a queue, in local time of the zone of its calendar.
CREATE TABLE agent_duties (
    agent_id TEXT NOT NULL,
    queue_id TEXT NOT NULL,
    -- Monday is 1 (ISO 8601).
    weekday INTEGER NOT NULL CHECK (weekday BETWEEN 1 AND 7),
    starts TEXT NOT NULL CHECK (starts ~ '^[0-2][0-9]:[0-5][0-9]$'),
    ends TEXT NOT NULL CHECK (ends ~ '^[0-2][0-9]:[0-5][0-9]$'),
    PRIMARY KEY (agent_id, queue_id, weekday, starts),
    CONSTRAINT agent_duties_queue FOREIGN KEY (agent_id, queue_id) REFERENCES agent_queues (agent_id, queue_id),
    CONSTRAINT agent_duties_interval CHECK (starts < ends)
);

-- Periods in which an agent is not on duty.
CREATE TABLE agent_absences (
    agent_id TEXT NOT NULL REFERENCES agents (id),
    starts_at TIMESTAMP NOT NULL,
    ends_at TIMESTAMP NOT NULL,
    PRIMARY KEY (agent_id, starts_at),
    CONSTRAINT agent_absences_interval CHECK (ends_at > starts_at)
);

CREATE TABLE callback_requests (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version > 0),
    state TEXT NOT NULL CONSTRAINT callback_requests_state CHECK (
        state IN ('scheduled', 'queued_asap', 'assigned', 'calling', 'retry_scheduled', 'missed', 'quarantined',
            'completed', 'unreachable', 'cancelled', 'rerouted')),
    queue_id TEXT NOT NULL,
    -- The key of the queue, which never changes, for events.
    queue_key TEXT NOT NULL,
    intent TEXT NOT NULL CHECK (intent IN ('sales', 'technical_support')),
    -- E.164; null once the person is erased.
    phone_e164 TEXT CHECK (length(phone_e164) BETWEEN 4 AND 16),
    locale TEXT NOT NULL CHECK (length(locale) BETWEEN 2 AND 35),
    notice_id TEXT NOT NULL REFERENCES privacy_notices (id),
    -- The window that is promised now; null for "as soon as possible".
    slot_id TEXT,
    -- The promise: the first call in opening hours starts in `[promised_from, promised_by)`.
    promised_from TIMESTAMP,
    promised_by TIMESTAMP NOT NULL,
    -- The window is on a later day, because it was too late for a window on the same day.
    rolled BOOLEAN NOT NULL,
    -- The promise that is measured: the one before the service moved the call.
    first_promised_from TIMESTAMP,
    first_promised_by TIMESTAMP NOT NULL,
    -- `void` when no call was due, for example because the visitor cancelled.
    promise TEXT NOT NULL CHECK (promise IN ('pending', 'kept', 'broken', 'void')),
    -- Who is answerable for a decided promise: the agent of the first call, who had the request when the promised time
    -- ended, or who cancelled the request. Null if no agent is. Not a foreign key, as `agent_id`.
    promise_agent_id TEXT,
    -- Agents can take the request from `due_from` on. Missed requests (priority 0) go first, then the earliest
    -- `due_by`.
    due_from TIMESTAMP NOT NULL,
    due_by TIMESTAMP NOT NULL,
    priority INTEGER NOT NULL CHECK (priority IN (0, 1)),
    -- Automatic assignment has tried the agents on duty at `due_from`.
    offered BOOLEAN NOT NULL,
    -- The agent who has the request, or had it when it was closed. Not a foreign key, because agents can be
    -- deleted and the history stays.
    agent_id TEXT,
    -- The agent who last had the request, and since when, for calls that are recorded later.
    held_by TEXT,
    held_since TIMESTAMP,
    -- Number of calls that were started.
    attempts INTEGER NOT NULL CHECK (attempts BETWEEN 0 AND 100),
    -- The visitor is not called again before this time; null before the first call.
    paused_until TIMESTAMP,
    -- Opening time from `requested_at` to the start of the first call in opening hours, in seconds; null without one.
    first_attempt_after INTEGER CHECK (first_attempt_after >= 0),
    -- A phone number has two places for open requests, so a third request cannot be open.
    open_place INTEGER CHECK (open_place IN (1, 2)),
    -- The open request whose call also covers this one.
    linked_to TEXT REFERENCES callback_requests (id),
    rerouted_from TEXT REFERENCES callback_requests (id),
    -- Deferred, because it is set before the new request is inserted.
    rerouted_to TEXT REFERENCES callback_requests (id) DEFERRABLE INITIALLY DEFERRED,
    -- The phone number has another open request for another time.
    same_number BOOLEAN NOT NULL,
    -- It was recorded that the promise will be broken soon; false again when the visitor gets another one.
    at_risk BOOLEAN NOT NULL,
    -- The day of the window became a closed day after the promise.
    closed_day BOOLEAN NOT NULL,
    quarantine_reason TEXT CHECK (
        quarantine_reason IN ('honeypot', 'too_fast', 'number_limit', 'network_limit', 'network_day_share', 'blocked_number')),
    manage_token_sha256 TEXT NOT NULL CHECK (manage_token_sha256 ~ '^[0-9a-f]{64}$'),
    -- When an agent created the current manage link; null if no agent knows it.
    agent_linked_at TIMESTAMP,
    -- The agent, if on the roster; not a foreign key, as for `agent_id`.
    agent_linked_by TEXT,
    -- Whether the visitor says that the call was on time; null without feedback, and once the person is erased.
    called_on_time BOOLEAN,
    -- When an agent, a link of an agent or an application cancelled the request so that its promise does not count, and
    -- the agent; not a foreign key, as for `agent_id`.
    voided_at TIMESTAMP,
    voided_by TEXT,
    -- When the visitor asked for the call: a reroute does not change it.
    requested_at TIMESTAMP NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    erased_at TIMESTAMP,
    CONSTRAINT callback_requests_open CHECK (
        (open_place IS NOT NULL) = (state IN ('scheduled', 'queued_asap', 'assigned', 'calling', 'retry_scheduled', 'missed'))),
    CONSTRAINT callback_requests_agent CHECK (
        (state IN ('assigned', 'calling')) = (open_place IS NOT NULL AND agent_id IS NOT NULL)),
    CONSTRAINT callback_requests_in_queue FOREIGN KEY (queue_id, queue_key) REFERENCES queues (id, key),
    CONSTRAINT callback_requests_slot FOREIGN KEY (queue_id, slot_id) REFERENCES slots (queue_id, slot_id),
    CONSTRAINT callback_requests_held CHECK ((held_by IS NULL) = (held_since IS NULL)),
    CONSTRAINT callback_requests_window CHECK ((slot_id IS NULL) = (promised_from IS NULL)),
    CONSTRAINT callback_requests_linked CHECK (linked_to <> id),
    CONSTRAINT callback_requests_quarantine CHECK (state <> 'quarantined' OR quarantine_reason IS NOT NULL),
    CONSTRAINT callback_requests_erased CHECK ((erased_at IS NULL) = (phone_e164 IS NOT NULL)),
    CONSTRAINT callback_requests_voided CHECK (
        (voided_at IS NULL OR promise = 'void') AND (voided_by IS NULL OR voided_at IS NOT NULL)),
    CONSTRAINT callback_requests_agent_link CHECK (agent_linked_by IS NULL OR agent_linked_at IS NOT NULL),
    CONSTRAINT callback_requests_answerable CHECK (promise_agent_id IS NULL OR promise IN ('kept', 'broken')),
    CONSTRAINT callback_requests_feedback CHECK (called_on_time IS NULL OR erased_at IS NULL),
    CONSTRAINT callback_requests_first_attempt CHECK (first_attempt_after IS NULL OR attempts > 0)
);
CREATE UNIQUE INDEX callback_requests_open_places ON callback_requests (phone_e164, open_place)
    WHERE open_place IS NOT NULL;
CREATE INDEX callback_requests_phone ON callback_requests (phone_e164, id);
-- Waiting requests, of all queues and of each, in the order in which agents get them.
CREATE INDEX callback_requests_due ON callback_requests (priority, due_by, id)
    WHERE open_place IS NOT NULL AND agent_id IS NULL AND linked_to IS NULL;
CREATE INDEX callback_requests_due_in_queue ON callback_requests (queue_id, priority, due_by, id)
    WHERE open_place IS NOT NULL AND agent_id IS NULL AND linked_to IS NULL;
-- Requests that automatic assignment has not tried yet.
CREATE INDEX callback_requests_to_offer ON callback_requests (id)
    WHERE open_place IS NOT NULL AND agent_id IS NULL AND linked_to IS NULL AND NOT offered;
-- Calls as soon as possible that a queue still has to make, for the promise of the next one.
CREATE INDEX callback_requests_ahead ON callback_requests (queue_id, first_attempt_after)
    WHERE open_place IS NOT NULL AND slot_id IS NULL AND linked_to IS NULL AND first_attempt_after IS NULL;
-- Requests whose promise will be broken soon.
CREATE INDEX callback_requests_risk ON callback_requests (promised_by, id)
    WHERE open_place IS NOT NULL AND linked_to IS NULL AND first_attempt_after IS NULL AND priority = 1 AND NOT at_risk;
-- Requests that become missed when the promised time is over.
CREATE INDEX callback_requests_uncalled ON callback_requests (promised_by, id)
    WHERE open_place IS NOT NULL AND linked_to IS NULL AND first_attempt_after IS NULL AND priority = 1;
-- The open requests of an agent, and those that their agents have not changed for a while.
CREATE INDEX callback_requests_assigned ON callback_requests (agent_id, updated_at)
    WHERE open_place IS NOT NULL AND agent_id IS NOT NULL;
-- Open requests in the windows of a day that becomes a closed day or stops being one.
CREATE INDEX callback_requests_window ON callback_requests (promised_from) WHERE open_place IS NOT NULL;
-- Closed requests whose retention period is over.
CREATE INDEX callback_requests_kept ON callback_requests (state, updated_at) WHERE erased_at IS NULL;
-- The report on promises, which needs no other column.
CREATE INDEX callback_requests_promised ON callback_requests
    (first_promised_by, intent, promise, first_promised_from, first_attempt_after, linked_to, called_on_time,
        agent_linked_at, voided_at);
-- The list, in its order, by each filter. NULLS FIRST makes this order another one for PostgreSQL, so that a plan for all
-- values of a filter uses the index on it: with another index, rare values would be slow.
CREATE INDEX callback_requests_created_at ON callback_requests (created_at, id);
CREATE INDEX callback_requests_state ON callback_requests (state, created_at NULLS FIRST, id);
CREATE INDEX callback_requests_open ON callback_requests (state, created_at NULLS FIRST, id) WHERE open_place IS NOT NULL;
CREATE INDEX callback_requests_agent ON callback_requests (agent_id, created_at NULLS FIRST, id);
CREATE INDEX callback_requests_intent ON callback_requests (intent, created_at NULLS FIRST, id);
CREATE INDEX callback_requests_promise ON callback_requests (promise, created_at NULLS FIRST, id);
CREATE INDEX callback_requests_closed_day ON callback_requests (created_at NULLS FIRST, id) WHERE closed_day;
CREATE INDEX callback_requests_same_number ON callback_requests (created_at NULLS FIRST, id) WHERE same_number;
CREATE INDEX callback_requests_slot ON callback_requests (queue_id, slot_id) WHERE slot_id IS NOT NULL;
CREATE INDEX callback_requests_queue ON callback_requests (queue_id, created_at NULLS FIRST, id);
CREATE INDEX callback_requests_notice ON callback_requests (notice_id);
CREATE INDEX callback_requests_linked ON callback_requests (linked_to) WHERE linked_to IS NOT NULL;
CREATE INDEX callback_requests_rerouted_from ON callback_requests (rerouted_from) WHERE rerouted_from IS NOT NULL;
CREATE INDEX callback_requests_rerouted_to ON callback_requests (rerouted_to) WHERE rerouted_to IS NOT NULL;

-- The personal data of a request, except the phone number, which the limits need. Erasing a person deletes the row.
CREATE TABLE callback_contacts (
    request_id TEXT PRIMARY KEY REFERENCES callback_requests (id),
    full_name TEXT NOT NULL CHECK (length(full_name) BETWEEN 1 AND 120),
    -- The phone number as the visitor typed it.
    phone_typed TEXT NOT NULL CHECK (length(phone_typed) BETWEEN 1 AND 64),
    email TEXT CHECK (length(email) BETWEEN 3 AND 254),
    -- The email in lower case, for lookups.
    email_key TEXT CHECK (length(email_key) BETWEEN 3 AND 300),
    company TEXT CHECK (length(company) BETWEEN 1 AND 120),
    notes TEXT CHECK (length(notes) <= 4000),
    source_page TEXT CHECK (length(source_page) <= 500),
    source_campaign TEXT CHECK (length(source_campaign) <= 120),
    -- The parameters of the address that led the visitor to the form.
    utm_source TEXT CHECK (length(utm_source) BETWEEN 1 AND 120),
    utm_medium TEXT CHECK (length(utm_medium) BETWEEN 1 AND 120),
    utm_campaign TEXT CHECK (length(utm_campaign) BETWEEN 1 AND 120),
    utm_term TEXT CHECK (length(utm_term) BETWEEN 1 AND 120),
    utm_content TEXT CHECK (length(utm_content) BETWEEN 1 AND 120),
    -- The name in lower case without diacritics, as written and with the last name first, for the search.
    name_key TEXT COLLATE "C" NOT NULL CHECK (length(name_key) <= 200),
    last_name_key TEXT COLLATE "C" NOT NULL CHECK (length(last_name_key) <= 200),
    -- Keyed hash of the visitor's network (/32 or /56), until the request is closed; null for requests of applications.
    network_hash TEXT CHECK (network_hash ~ '^[0-9a-f]{64}$'),
    -- Keyed hash of the largest network that the visitor can own (/32 or /48), of which a share of each day is limited.
    wide_network_hash TEXT CHECK (wide_network_hash ~ '^[0-9a-f]{64}$'),
    -- Whether the request counts towards the limits of its network, until it is closed: not if it was quarantined
    -- without capacity.
    counted BOOLEAN NOT NULL,
    CONSTRAINT callback_contacts_email CHECK ((email IS NULL) = (email_key IS NULL)),
    CONSTRAINT callback_contacts_networks CHECK ((network_hash IS NULL) = (wide_network_hash IS NULL)),
    CONSTRAINT callback_contacts_counted CHECK (NOT counted OR network_hash IS NOT NULL)
);
CREATE INDEX callback_contacts_name ON callback_contacts (name_key, request_id);
CREATE INDEX callback_contacts_last_name ON callback_contacts (last_name_key, request_id);
CREATE INDEX callback_contacts_email ON callback_contacts (email_key) WHERE email_key IS NOT NULL;
CREATE INDEX callback_contacts_network ON callback_contacts (network_hash, request_id) WHERE network_hash IS NOT NULL;
CREATE INDEX callback_contacts_counted ON callback_contacts (wide_network_hash, network_hash, request_id) WHERE counted;

-- Consent (GDPR) beyond the call itself, with the exact text that the visitor saw.
CREATE TABLE callback_consents (
    request_id TEXT NOT NULL REFERENCES callback_requests (id),
    purpose TEXT NOT NULL CHECK (purpose IN ('marketing')),
    wording TEXT NOT NULL CHECK (length(wording) BETWEEN 1 AND 2000),
    wording_sha256 TEXT NOT NULL CHECK (wording_sha256 ~ '^[0-9a-f]{64}$'),
    given_at TIMESTAMP NOT NULL,
    withdrawn_at TIMESTAMP,
    PRIMARY KEY (request_id, purpose)
);

-- Calls to visitors. A call without an end is running.
CREATE TABLE calls (
    id TEXT PRIMARY KEY,
    request_id TEXT NOT NULL REFERENCES callback_requests (id),
    number INTEGER NOT NULL CHECK (number BETWEEN 1 AND 100),
    -- Not a foreign key, because agents can be deleted and the history stays.
    agent_id TEXT NOT NULL,
    started_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP,
    outcome TEXT CHECK (outcome IN ('reached', 'no_answer', 'busy', 'voicemail', 'wrong_number', 'abandoned')),
    notes TEXT CHECK (length(notes) <= 2000),
    recorded_at TIMESTAMP NOT NULL,
    CONSTRAINT calls_number_key UNIQUE (request_id, number),
    CONSTRAINT calls_ended CHECK ((ended_at IS NULL) = (outcome IS NULL)),
    CONSTRAINT calls_interval CHECK (ended_at >= started_at)
);
-- A visitor is never called twice at the same time, and an agent makes one call at a time.
CREATE UNIQUE INDEX calls_open_of_request ON calls (request_id) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX calls_open_of_agent ON calls (agent_id) WHERE ended_at IS NULL;
-- Running calls, the oldest first.
CREATE INDEX calls_open ON calls (started_at, id) WHERE ended_at IS NULL;
CREATE INDEX calls_agent ON calls (agent_id, started_at, id);

-- Solved proof-of-work challenges, so that each is used only once.
CREATE TABLE used_challenges (
    challenge TEXT PRIMARY KEY CHECK (challenge ~ '^[0-9a-f]{64}$'),
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX used_challenges_expires_at ON used_challenges (expires_at);

-- Numbers that their owners do not want to be called, as keyed hashes.
CREATE TABLE blocked_numbers (
    id TEXT PRIMARY KEY,
    number_hash TEXT NOT NULL CONSTRAINT blocked_numbers_number_key UNIQUE CHECK (number_hash ~ '^[0-9a-f]{64}$'),
    created_at TIMESTAMP NOT NULL
);

-- Every wording of the marketing consent that the form has shown, so that a consent refers to a text of the company.
CREATE TABLE consent_wordings (
    sha256 TEXT PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    locale TEXT NOT NULL CHECK (length(locale) BETWEEN 2 AND 35),
    wording TEXT NOT NULL CHECK (length(wording) BETWEEN 1 AND 2000),
    published_at TIMESTAMP NOT NULL
);

-- The logo of the form, a PNG or WebP image.
CREATE TABLE form_logos (
    sha256 TEXT PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    image BYTEA NOT NULL CHECK (length(image) BETWEEN 1 AND 100000)
);

-- One row: the branding and the content of the form.
CREATE TABLE form_settings (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    company_name TEXT CHECK (length(company_name) BETWEEN 1 AND 80),
    accent_color TEXT CHECK (accent_color ~ '^#[0-9a-f]{6}$'),
    email_field TEXT NOT NULL CHECK (email_field IN ('hidden', 'optional', 'required')),
    company_field TEXT NOT NULL CHECK (company_field IN ('hidden', 'optional', 'required')),
    sales BOOLEAN NOT NULL,
    technical_support BOOLEAN NOT NULL,
    thank_you_url TEXT CHECK (length(thank_you_url) <= 500 AND thank_you_url LIKE 'https://%'),
    -- JSON array: the own texts of the company, at most one object for each language.
    texts TEXT NOT NULL,
    logo_sha256 TEXT REFERENCES form_logos (sha256),
    logo_format TEXT CHECK (logo_format IN ('png', 'webp')),
    logo_width INTEGER CHECK (logo_width BETWEEN 1 AND 2000),
    logo_height INTEGER CHECK (logo_height BETWEEN 1 AND 2000),
    logo_bytes INTEGER CHECK (logo_bytes BETWEEN 1 AND 100000),
    version BIGINT NOT NULL CHECK (version > 0),
    updated_at TIMESTAMP NOT NULL,
    CONSTRAINT form_settings_intents CHECK (sales OR technical_support),
    CONSTRAINT form_settings_logo CHECK (
        (logo_sha256 IS NULL) = (logo_format IS NULL) AND (logo_sha256 IS NULL) = (logo_width IS NULL)
        AND (logo_sha256 IS NULL) = (logo_height IS NULL) AND (logo_sha256 IS NULL) = (logo_bytes IS NULL))
);
CREATE INDEX form_settings_logo_sha256 ON form_settings (logo_sha256);
INSERT INTO form_settings (id, email_field, company_field, sales, technical_support, texts, version, updated_at)
    VALUES (1, 'hidden', 'hidden', TRUE, TRUE, '[]', 1, '2026-01-01 00:00:00');
