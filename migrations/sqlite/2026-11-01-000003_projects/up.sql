-- Shared projects: their sides, the charter all sides sign, and the areas the charter divides.

CREATE TABLE projects (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    state TEXT NOT NULL
        CONSTRAINT projects_state CHECK (state IN ('draft', 'proposed', 'active', 'on_hold', 'closing', 'closed', 'cancelled')),
    starts_on TEXT NOT NULL,
    ends_on TEXT NOT NULL,
    parity_tolerance INTEGER NOT NULL CHECK (parity_tolerance BETWEEN 0 AND 1000),
    lead_person_id TEXT REFERENCES people (id),
    -- The newest charter, and the one the project runs on since all sides signed it.
    charter_version INTEGER NOT NULL CHECK (charter_version > 0),
    charter_sha256 TEXT NOT NULL CHECK (length(charter_sha256) = 64),
    in_force_version INTEGER CHECK (in_force_version <= charter_version),
    in_force_sha256 TEXT CHECK (length(in_force_sha256) = 64),
    version INTEGER NOT NULL CHECK (version > 0),
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT projects_interval CHECK (ends_on > starts_on),
    CONSTRAINT projects_in_force CHECK ((in_force_version IS NULL) = (in_force_sha256 IS NULL)),
    CONSTRAINT projects_runs_on_a_charter
        CHECK (state NOT IN ('active', 'on_hold', 'closing', 'closed') OR in_force_version IS NOT NULL)
) STRICT;
CREATE INDEX projects_state_id ON projects (state, id);
CREATE INDEX projects_lead ON projects (lead_person_id);

CREATE TABLE project_sides (
    project_id TEXT NOT NULL REFERENCES projects (id),
    department_id TEXT NOT NULL REFERENCES departments (id),
    position INTEGER NOT NULL CHECK (position BETWEEN 0 AND 7),
    sponsor_person_id TEXT REFERENCES people (id),
    PRIMARY KEY (project_id, department_id),
    CONSTRAINT project_sides_one_seat_each UNIQUE (project_id, sponsor_person_id)
) STRICT;
CREATE INDEX project_sides_department ON project_sides (department_id);
CREATE INDEX project_sides_sponsor ON project_sides (sponsor_person_id);

CREATE TABLE charter_versions (
    project_id TEXT NOT NULL REFERENCES projects (id),
    version INTEGER NOT NULL CHECK (version > 0),
    -- Canonical JSON (RFC 8785), the very bytes the hash is over.
    content TEXT NOT NULL,
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    created_at TEXT NOT NULL,
    PRIMARY KEY (project_id, version)
) STRICT;

CREATE TABLE signatures (
    id TEXT PRIMARY KEY NOT NULL,
    project_id TEXT NOT NULL,
    department_id TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES people (id),
    charter_version INTEGER NOT NULL,
    charter_sha256 TEXT NOT NULL,
    signed_at TEXT NOT NULL,
    -- Set when somebody else takes the seat before activation: the side has to sign again.
    superseded_at TEXT,
    FOREIGN KEY (project_id, department_id) REFERENCES project_sides (project_id, department_id),
    FOREIGN KEY (project_id, charter_version) REFERENCES charter_versions (project_id, version)
) STRICT;
CREATE UNIQUE INDEX signatures_one_per_side
    ON signatures (project_id, charter_version, department_id) WHERE superseded_at IS NULL;
CREATE UNIQUE INDEX signatures_one_per_person
    ON signatures (project_id, charter_version, person_id) WHERE superseded_at IS NULL;
CREATE INDEX signatures_project ON signatures (project_id, id);
CREATE INDEX signatures_side ON signatures (project_id, department_id);
CREATE INDEX signatures_person ON signatures (person_id);

CREATE TABLE areas (
    id TEXT PRIMARY KEY NOT NULL,
    project_id TEXT NOT NULL,
    key TEXT NOT NULL,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    description TEXT CHECK (length(description) BETWEEN 1 AND 1000),
    department_id TEXT NOT NULL,
    -- Set when a newer charter leaves the area out; its history stays.
    retired_at TEXT,
    CONSTRAINT areas_key UNIQUE (project_id, key),
    FOREIGN KEY (project_id, department_id) REFERENCES project_sides (project_id, department_id)
) STRICT;
CREATE INDEX areas_side ON areas (project_id, department_id);
