-- The directory: people, departments, and the regular positions of people.

-- Exclusion constraints that compare text for equality need it.
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE people (
    id TEXT PRIMARY KEY,
    display_name TEXT NOT NULL CHECK (length(display_name) BETWEEN 1 AND 120),
    -- Stored in lower case, so that the unique index ignores case.
    email TEXT NOT NULL CONSTRAINT people_email_key UNIQUE CHECK (email = lower(email)),
    -- The `sub` claim of the tokens that this person signs in with. It is unique for each issuer.
    login TEXT CHECK (length(login) BETWEEN 1 AND 200),
    version BIGINT NOT NULL CHECK (version > 0),
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    -- When the person left the company. Nothing is reassigned by it.
    deactivated_at TIMESTAMP,
    -- When name, email, login with its issuer, and employee number were redacted.
    erased_at TIMESTAMP,
    -- The number of the person in the HR system.
    employee_number TEXT CONSTRAINT people_employee_number_key UNIQUE CHECK (length(employee_number) BETWEEN 1 AND 40),
    -- The `iss` claim of the tokens.
    login_issuer TEXT CHECK (length(login_issuer) BETWEEN 1 AND 500),
    -- When the person first got a login. Only a person who never had one is linked by the e-mail address.
    login_set_at TIMESTAMP,
    -- Tokens that were issued earlier are refused.
    tokens_not_before TIMESTAMP,
    CONSTRAINT people_login_key UNIQUE (login, login_issuer),
    CONSTRAINT people_login_and_issuer CHECK ((login IS NULL) = (login_issuer IS NULL)),
    CONSTRAINT people_login_was_set CHECK (login IS NULL OR login_set_at IS NOT NULL)
);
CREATE INDEX people_deactivated ON people (id) WHERE deactivated_at IS NOT NULL;
CREATE INDEX people_present ON people (id) WHERE deactivated_at IS NULL;

CREATE TABLE departments (
    id TEXT PRIMARY KEY,
    key TEXT NOT NULL CONSTRAINT departments_key_key UNIQUE
        CONSTRAINT departments_key_form CHECK (key ~ '^[a-z][a-z0-9-]{0,39}$'),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    head_title TEXT CHECK (length(head_title) BETWEEN 1 AND 120),
    head_person_id TEXT REFERENCES people (id),
    -- Since when this person is the head.
    head_since TIMESTAMP,
    -- When the head was last named or removed, or their login or their deactivation changed. No one confirms or replaces
    -- a sponsor of the department for some days after that.
    head_changed_at TIMESTAMP,
    -- Whether the department had no head before. While the first head waits, an administrator confirms sponsors as before.
    head_is_first BOOLEAN NOT NULL DEFAULT FALSE,
    version BIGINT NOT NULL CHECK (version > 0),
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    CONSTRAINT departments_head_since CHECK ((head_person_id IS NULL) = (head_since IS NULL))
);
CREATE INDEX departments_head ON departments (head_person_id);

-- The two departments that every installation starts with; others are created through the API.
INSERT INTO departments (id, key, name, head_title, version, created_at, updated_at) VALUES
    ('dpt_01kdvdna00e008000000000001', 'marketing', 'Marketing', 'CMO', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00'),
    ('dpt_01kdvdna00e008000000000002', 'it', 'IT', 'CIO', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00');

-- Regular positions on the days `[valid_from, valid_to)`; a person has at most one at a time.
CREATE TABLE home_positions (
    id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES people (id),
    department_id TEXT NOT NULL REFERENCES departments (id),
    title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 120),
    valid_from DATE NOT NULL,
    valid_to DATE,
    created_at TIMESTAMP NOT NULL,
    manager_person_id TEXT REFERENCES people (id),
    -- When the end was last set, because `valid_to` can be in the past.
    end_set_at TIMESTAMP,
    CONSTRAINT home_positions_interval CHECK (valid_to > valid_from),
    CONSTRAINT home_positions_no_overlap
        EXCLUDE USING gist (person_id WITH =, daterange(valid_from, valid_to, '[)') WITH &&)
);
CREATE INDEX home_positions_person ON home_positions (person_id, valid_from);
-- The people of a department in the order of their ids, without reading the rows.
CREATE INDEX home_positions_department ON home_positions (department_id, person_id, valid_from, valid_to);
CREATE INDEX home_positions_managed_by ON home_positions (manager_person_id) WHERE manager_person_id IS NOT NULL;

-- The API keys of applications. Keys that were revoked are deleted.
CREATE TABLE api_keys (
    id TEXT PRIMARY KEY,
    -- The application. It stays the same when a key is replaced.
    client TEXT NOT NULL CONSTRAINT api_keys_client_form
        CHECK (client ~ '^[a-z0-9][a-z0-9._-]{0,39}$'),
    -- Separated by spaces.
    scopes TEXT NOT NULL CHECK (length(scopes) > 0),
    secret_sha256 TEXT NOT NULL CHECK (length(secret_sha256) = 64),
    version BIGINT NOT NULL CHECK (version > 0),
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP,
    -- When a new key of the same application replaced this one, which is valid until it expires.
    replaced_at TIMESTAMP,
    last_used_on DATE,
    CONSTRAINT api_keys_replaced_expires CHECK (replaced_at IS NULL OR expires_at IS NOT NULL)
);
-- An application has one key that was not replaced.
CREATE UNIQUE INDEX api_keys_current ON api_keys (client) WHERE replaced_at IS NULL;

-- Keyed hashes of the logins of erased people, whose tokens stay refused.
CREATE TABLE refused_logins (
    hash TEXT PRIMARY KEY CHECK (length(hash) = 64)
);
