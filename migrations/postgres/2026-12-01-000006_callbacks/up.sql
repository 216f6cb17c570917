-- Callbacks: agents, the requests of visitors to be called, and the attempts to call them.

-- People who work the queue.
CREATE TABLE agents (
    id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL CONSTRAINT agents_person_key UNIQUE REFERENCES people (id),
    active BOOLEAN NOT NULL,
    -- Round-robin: the agent with the oldest assignment is next.
    last_assigned_at TIMESTAMP,
    -- Hash of the secret in the URL of the agent's calendar feed.
    feed_sha256 TEXT CONSTRAINT agents_feed_key UNIQUE CHECK (feed_sha256 ~ '^[0-9a-f]{64}$'),
    version BIGINT NOT NULL CHECK (version > 0),
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);

-- Weekly duties `[starts, ends)`, in local time of the calendar's zone.
CREATE TABLE agent_duties (
    agent_id TEXT NOT NULL REFERENCES agents (id),
    -- Monday is 1 (ISO 8601).
    weekday INTEGER NOT NULL CHECK (weekday BETWEEN 1 AND 7),
    starts TEXT NOT NULL CHECK (starts ~ '^[0-2][0-9]:[0-5][0-9]$'),
    ends TEXT NOT NULL CHECK (ends ~ '^[0-2][0-9]:[0-5][0-9]$'),
    PRIMARY KEY (agent_id, weekday, starts),
    CONSTRAINT agent_duties_interval CHECK (starts < ends)
);

CREATE TABLE callback_requests (
    id TEXT PRIMARY KEY,
    version BIGINT NOT NULL CHECK (version > 0),
    state TEXT NOT NULL CONSTRAINT callback_requests_state CHECK (
        state IN ('scheduled', 'queued_asap', 'assigned', 'retry_scheduled', 'missed', 'quarantined',
            'completed', 'unreachable', 'cancelled', 'rerouted')),
    intent TEXT NOT NULL CHECK (intent IN ('sales', 'technical_support')),
    -- E.164; null once the person is erased.
    phone_e164 TEXT CHECK (length(phone_e164) BETWEEN 4 AND 16),
    locale TEXT NOT NULL CHECK (length(locale) BETWEEN 2 AND 35),
    notice_id TEXT NOT NULL REFERENCES privacy_notices (id),
    -- The window that is promised now; null for "as soon as possible".
    slot_id TEXT REFERENCES slots (slot_id),
    -- The promise: the first attempt starts in `[promised_from, promised_by)`.
    promised_from TIMESTAMP,
    promised_by TIMESTAMP NOT NULL,
    -- The window is on a later day, because it was too late for a window on the same day.
    rolled BOOLEAN NOT NULL,
    -- The promise that is measured: the one before the service moved the call.
    first_promised_from TIMESTAMP,
    first_promised_by TIMESTAMP NOT NULL,
    -- `void` when no call was due, for example because the visitor cancelled.
    promise TEXT NOT NULL CHECK (promise IN ('pending', 'kept', 'broken', 'void')),
    -- Agents can take the request from `due_from` on. Missed requests (priority 0) go first, then the earliest `due_by`.
    due_from TIMESTAMP NOT NULL,
    due_by TIMESTAMP NOT NULL,
    priority INTEGER NOT NULL CHECK (priority IN (0, 1)),
    -- Automatic assignment has tried the agents on duty at `due_from`.
    offered BOOLEAN NOT NULL,
    -- The agent who has the request, or had it when it was closed. Not a foreign key, because agents can be
    -- deleted and the history stays.
    agent_id TEXT,
    attempts INTEGER NOT NULL CHECK (attempts BETWEEN 0 AND 3),
    -- Opening time between the request and the first attempt, in seconds.
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
    -- The day of the window became a closed day after the promise.
    closed_day BOOLEAN NOT NULL,
    quarantine_reason TEXT CHECK (
        quarantine_reason IN ('honeypot', 'too_fast', 'number_limit', 'network_limit', 'network_day_share', 'blocked_number')),
    manage_token_sha256 TEXT NOT NULL CHECK (manage_token_sha256 ~ '^[0-9a-f]{64}$'),
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    erased_at TIMESTAMP,
    CONSTRAINT callback_requests_open CHECK (
        (open_place IS NOT NULL) = (state IN ('scheduled', 'queued_asap', 'assigned', 'retry_scheduled', 'missed'))),
    CONSTRAINT callback_requests_agent CHECK ((state = 'assigned') = (open_place IS NOT NULL AND agent_id IS NOT NULL)),
    CONSTRAINT callback_requests_window CHECK ((slot_id IS NULL) = (promised_from IS NULL)),
    CONSTRAINT callback_requests_linked CHECK (linked_to <> id),
    CONSTRAINT callback_requests_quarantine CHECK (state <> 'quarantined' OR quarantine_reason IS NOT NULL),
    CONSTRAINT callback_requests_erased CHECK ((erased_at IS NULL) = (phone_e164 IS NOT NULL)),
    CONSTRAINT callback_requests_first_attempt CHECK (first_attempt_after IS NULL OR attempts > 0)
);
CREATE UNIQUE INDEX callback_requests_open_places ON callback_requests (phone_e164, open_place)
    WHERE open_place IS NOT NULL;
CREATE INDEX callback_requests_phone ON callback_requests (phone_e164, id);
-- The queue, in the order in which agents get the requests.
CREATE INDEX callback_requests_due ON callback_requests (priority, due_by, id)
    WHERE open_place IS NOT NULL AND agent_id IS NULL AND linked_to IS NULL;
-- Requests that automatic assignment has not tried yet.
CREATE INDEX callback_requests_to_offer ON callback_requests (id)
    WHERE open_place IS NOT NULL AND agent_id IS NULL AND linked_to IS NULL AND NOT offered;
-- Requests that become missed when the promised time is over.
CREATE INDEX callback_requests_uncalled ON callback_requests (promised_by, id)
    WHERE open_place IS NOT NULL AND linked_to IS NULL AND attempts = 0 AND priority = 1;
-- The open requests of an agent, and those that their agents have not changed for a while.
CREATE INDEX callback_requests_assigned ON callback_requests (agent_id, updated_at)
    WHERE open_place IS NOT NULL AND agent_id IS NOT NULL;
-- Open requests in the windows of a day that becomes a closed day or stops being one.
CREATE INDEX callback_requests_window ON callback_requests (promised_from) WHERE open_place IS NOT NULL;
-- Closed requests whose retention period is over.
CREATE INDEX callback_requests_kept ON callback_requests (state, updated_at) WHERE erased_at IS NULL;
-- The report on promises, which needs no other column.
CREATE INDEX callback_requests_promised ON callback_requests
    (first_promised_by, intent, promise, first_promised_from, first_attempt_after, linked_to);
-- The list, in its order, by each filter.
CREATE INDEX callback_requests_created_at ON callback_requests (created_at, id);
CREATE INDEX callback_requests_state ON callback_requests (state, created_at, id);
CREATE INDEX callback_requests_open ON callback_requests (state, created_at, id) WHERE open_place IS NOT NULL;
CREATE INDEX callback_requests_agent ON callback_requests (agent_id, created_at, id);
CREATE INDEX callback_requests_intent ON callback_requests (intent, created_at, id);
CREATE INDEX callback_requests_promise ON callback_requests (promise, created_at, id);
CREATE INDEX callback_requests_closed_day ON callback_requests (created_at, id) WHERE closed_day;
CREATE INDEX callback_requests_same_number ON callback_requests (created_at, id) WHERE same_number;
CREATE INDEX callback_requests_slot ON callback_requests (slot_id);
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
CREATE INDEX callback_contacts_email ON callback_contacts (email_key) WHERE email_key IS NOT NULL;
CREATE INDEX callback_contacts_network ON callback_contacts (network_hash, request_id) WHERE network_hash IS NOT NULL;
CREATE INDEX callback_contacts_counted ON callback_contacts (wide_network_hash, network_hash, request_id) WHERE counted;

-- Consent (GDPR) beyond the call itself, with the exact text that the visitor saw.
CREATE TABLE callback_consents (
    request_id TEXT NOT NULL REFERENCES callback_requests (id),
    purpose TEXT NOT NULL CHECK (purpose IN ('marketing')),
    wording TEXT NOT NULL CHECK (length(wording) BETWEEN 1 AND 2000),
    given_at TIMESTAMP NOT NULL,
    withdrawn_at TIMESTAMP,
    PRIMARY KEY (request_id, purpose)
);

CREATE TABLE call_attempts (
    id TEXT PRIMARY KEY,
    request_id TEXT NOT NULL REFERENCES callback_requests (id),
    number INTEGER NOT NULL CHECK (number BETWEEN 1 AND 3),
    -- Not a foreign key, because agents can be deleted and the history stays.
    agent_id TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('reached', 'no_answer', 'busy', 'voicemail', 'wrong_number')),
    started_at TIMESTAMP NOT NULL,
    note TEXT CHECK (length(note) <= 2000),
    recorded_at TIMESTAMP NOT NULL,
    CONSTRAINT call_attempts_number_key UNIQUE (request_id, number)
);

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
