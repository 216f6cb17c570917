-- The directory: departments, and people with the positions they return to.

CREATE TABLE departments (
    id TEXT PRIMARY KEY,
    key TEXT NOT NULL CONSTRAINT departments_key_key UNIQUE CONSTRAINT departments_key_form CHECK (key ~ '^[a-z][a-z0-9-]{0,39}$'),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    head_title TEXT CHECK (length(head_title) BETWEEN 1 AND 120),
    version BIGINT NOT NULL CHECK (version > 0),
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);

CREATE TABLE people (
    id TEXT PRIMARY KEY,
    display_name TEXT NOT NULL CHECK (length(display_name) BETWEEN 1 AND 120),
    -- Kept in lower case, so that the unique index ignores case.
    email TEXT NOT NULL CONSTRAINT people_email_key UNIQUE CHECK (email = lower(email)),
    -- `sub` of the tokens this person signs in with.
    subject TEXT CONSTRAINT people_subject_key UNIQUE CHECK (length(subject) BETWEEN 1 AND 200),
    version BIGINT NOT NULL CHECK (version > 0),
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);

-- Where a person works at home; `[valid_from, valid_to)` in days, one position at a time.
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE TABLE home_positions (
    id TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES people (id),
    department_id TEXT NOT NULL REFERENCES departments (id),
    title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 120),
    manager TEXT CHECK (length(manager) BETWEEN 1 AND 120),
    valid_from DATE NOT NULL,
    valid_to DATE,
    created_at TIMESTAMP NOT NULL,
    CONSTRAINT home_positions_interval CHECK (valid_to > valid_from),
    CONSTRAINT home_positions_no_overlap
        EXCLUDE USING gist (person_id WITH =, daterange(valid_from, valid_to, '[)') WITH &&)
);
CREATE INDEX home_positions_person ON home_positions (person_id, valid_from);
CREATE INDEX home_positions_department ON home_positions (department_id);

-- The two sides that every company with this need has; more are added through the API.
INSERT INTO departments (id, key, name, head_title, version, created_at, updated_at) VALUES
    ('dpt_01kdvdna00e008000000000001', 'marketing', 'Marketing', 'CMO', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00'),
    ('dpt_01kdvdna00e008000000000002', 'it', 'IT', 'CIO', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00');
