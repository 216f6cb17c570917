-- The directory: departments, and people with the positions they return to.

CREATE TABLE departments (
    id TEXT PRIMARY KEY NOT NULL,
    key TEXT NOT NULL UNIQUE CONSTRAINT departments_key_form CHECK (key GLOB '[a-z]*' AND key NOT GLOB '*[^a-z0-9-]*' AND length(key) <= 40),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    head_title TEXT CHECK (length(head_title) BETWEEN 1 AND 120),
    version INTEGER NOT NULL CHECK (version > 0),
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE people (
    id TEXT PRIMARY KEY NOT NULL,
    display_name TEXT NOT NULL CHECK (length(display_name) BETWEEN 1 AND 120),
    -- Kept in lower case, so that the unique index ignores case.
    email TEXT NOT NULL UNIQUE CHECK (email = lower(email)),
    -- `sub` of the tokens this person signs in with.
    subject TEXT UNIQUE CHECK (length(subject) BETWEEN 1 AND 200),
    version INTEGER NOT NULL CHECK (version > 0),
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;

-- Where a person works at home; `[valid_from, valid_to)` in days, one position at a time.
CREATE TABLE home_positions (
    id TEXT PRIMARY KEY NOT NULL,
    person_id TEXT NOT NULL REFERENCES people (id),
    department_id TEXT NOT NULL REFERENCES departments (id),
    title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 120),
    manager TEXT CHECK (length(manager) BETWEEN 1 AND 120),
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    created_at TEXT NOT NULL,
    CONSTRAINT home_positions_interval CHECK (valid_to > valid_from)
) STRICT;
CREATE INDEX home_positions_person ON home_positions (person_id, valid_from);
CREATE INDEX home_positions_department ON home_positions (department_id);
-- SQLite has no exclusion constraint; the writer is alone, so a trigger holds the same rule.
CREATE TRIGGER home_positions_no_overlap_insert BEFORE INSERT ON home_positions
WHEN EXISTS (
    SELECT 1 FROM home_positions AS other
    WHERE other.person_id = NEW.person_id
      AND (other.valid_to IS NULL OR other.valid_to > NEW.valid_from)
      AND (NEW.valid_to IS NULL OR other.valid_from < NEW.valid_to)
)
BEGIN SELECT RAISE(ABORT, 'home_positions_no_overlap'); END;
CREATE TRIGGER home_positions_no_overlap_update BEFORE UPDATE ON home_positions
WHEN EXISTS (
    SELECT 1 FROM home_positions AS other
    WHERE other.person_id = NEW.person_id AND other.id <> NEW.id
      AND (other.valid_to IS NULL OR other.valid_to > NEW.valid_from)
      AND (NEW.valid_to IS NULL OR other.valid_from < NEW.valid_to)
)
BEGIN SELECT RAISE(ABORT, 'home_positions_no_overlap'); END;

-- The two sides that every company with this need has; more are added through the API.
INSERT INTO departments (id, key, name, head_title, version, created_at, updated_at) VALUES
    ('dpt_01kdvdna00e008000000000001', 'marketing', 'Marketing', 'CMO', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00'),
    ('dpt_01kdvdna00e008000000000002', 'it', 'IT', 'CIO', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00');
