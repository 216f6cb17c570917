-- One mechanism for everything that needs every side: what is asked, who answers, for how long a
-- delegate stands in; and what the life of a project needs beyond activation.

ALTER TABLE projects ADD COLUMN parity_measure TEXT NOT NULL DEFAULT 'headcount'
    CONSTRAINT projects_parity_measure CHECK (parity_measure IN ('headcount', 'fte'));
ALTER TABLE projects ADD COLUMN activated_at TEXT;
ALTER TABLE projects ADD COLUMN held_since TEXT;
ALTER TABLE projects ADD COLUMN closing_since TEXT;
ALTER TABLE projects ADD COLUMN closed_at TEXT;
-- Since when the sides of the running project differ by too much, and when the grace for it was over.
ALTER TABLE projects ADD COLUMN parity_breached_at TEXT;
ALTER TABLE projects ADD COLUMN parity_grace_ended_at TEXT
    CONSTRAINT projects_parity_grace CHECK (parity_grace_ended_at IS NULL OR parity_breached_at IS NOT NULL);
-- When the scheduler has to look at the project; null once nothing can happen by time any more.
ALTER TABLE projects ADD COLUMN check_at TEXT;
-- A proposed project collects its signatures anew, as consents.
UPDATE projects SET state = 'draft' WHERE state = 'proposed';
UPDATE projects SET activated_at = updated_at WHERE in_force_version IS NOT NULL;
UPDATE projects SET held_since = updated_at WHERE state = 'on_hold';
UPDATE projects SET closing_since = updated_at WHERE state IN ('closing', 'closed');
UPDATE projects SET closed_at = updated_at WHERE state = 'closed';
UPDATE projects SET check_at = updated_at WHERE state NOT IN ('closed', 'cancelled');
-- A CHECK cannot be added to a table that others refer to, so triggers hold these rules.
CREATE TRIGGER projects_phases_insert BEFORE INSERT ON projects
WHEN ((NEW.activated_at IS NULL) <> (NEW.in_force_version IS NULL))
    OR (NEW.state = 'on_hold' AND NEW.held_since IS NULL)
    OR (NEW.state IN ('closing', 'closed') AND NEW.closing_since IS NULL)
    OR ((NEW.state = 'closed') <> (NEW.closed_at IS NOT NULL))
BEGIN SELECT RAISE(ABORT, 'projects_phases'); END;
CREATE TRIGGER projects_phases_update BEFORE UPDATE ON projects
WHEN ((NEW.activated_at IS NULL) <> (NEW.in_force_version IS NULL))
    OR (NEW.state = 'on_hold' AND NEW.held_since IS NULL)
    OR (NEW.state IN ('closing', 'closed') AND NEW.closing_since IS NULL)
    OR ((NEW.state = 'closed') <> (NEW.closed_at IS NOT NULL))
BEGIN SELECT RAISE(ABORT, 'projects_phases'); END;
CREATE INDEX projects_check_at ON projects (check_at) WHERE check_at IS NOT NULL;

-- Since when nobody can speak for the side: the seat is empty, or whoever holds it has left the company.
ALTER TABLE project_sides ADD COLUMN vacant_since TEXT;
UPDATE project_sides SET vacant_since = (SELECT updated_at FROM projects WHERE projects.id = project_id)
    WHERE sponsor_person_id IS NULL;
CREATE TRIGGER project_sides_vacancy_insert BEFORE INSERT ON project_sides
WHEN NEW.sponsor_person_id IS NULL AND NEW.vacant_since IS NULL
BEGIN SELECT RAISE(ABORT, 'project_sides_vacancy'); END;
CREATE TRIGGER project_sides_vacancy_update BEFORE UPDATE ON project_sides
WHEN NEW.sponsor_person_id IS NULL AND NEW.vacant_since IS NULL
BEGIN SELECT RAISE(ABORT, 'project_sides_vacancy'); END;

-- When all sides had signed it.
ALTER TABLE charter_versions ADD COLUMN agreed_at TEXT;
UPDATE charter_versions SET agreed_at = created_at
    WHERE version = (SELECT in_force_version FROM projects WHERE projects.id = project_id);

-- The data an area is about, by a name that all projects share.
ALTER TABLE areas ADD COLUMN data_asset TEXT CONSTRAINT areas_data_asset CHECK (length(data_asset) BETWEEN 1 AND 80);
CREATE INDEX areas_shared_data ON areas (data_asset) WHERE data_asset IS NOT NULL AND retired_at IS NULL;

CREATE TABLE closure_reports (
    project_id TEXT PRIMARY KEY NOT NULL REFERENCES projects (id),
    -- JSON: for each goal of the charter whether it was met, and the lessons.
    content TEXT NOT NULL,
    submitted_at TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0)
) STRICT;

-- Who answers in place of a sponsor on the days `[valid_from, valid_to)`; one at a time for a side, and one
-- person for one side at a time.
CREATE TABLE delegations (
    id TEXT PRIMARY KEY NOT NULL,
    project_id TEXT NOT NULL,
    department_id TEXT NOT NULL,
    sponsor_person_id TEXT NOT NULL REFERENCES people (id),
    delegate_person_id TEXT NOT NULL REFERENCES people (id),
    valid_from TEXT NOT NULL,
    valid_to TEXT NOT NULL,
    revoked_at TEXT,
    version INTEGER NOT NULL CHECK (version > 0),
    created_at TEXT NOT NULL,
    CONSTRAINT delegations_interval CHECK (valid_to > valid_from),
    CONSTRAINT delegations_to_another CHECK (delegate_person_id <> sponsor_person_id),
    FOREIGN KEY (project_id, department_id) REFERENCES project_sides (project_id, department_id)
) STRICT;
CREATE INDEX delegations_project ON delegations (project_id, id);
CREATE INDEX delegations_side ON delegations (project_id, department_id);
CREATE INDEX delegations_sponsor ON delegations (sponsor_person_id);
CREATE INDEX delegations_delegate ON delegations (delegate_person_id, project_id);
-- SQLite has no exclusion constraint; the writer is alone, so triggers hold the same rules. An update only revokes.
CREATE TRIGGER delegations_one_per_side BEFORE INSERT ON delegations
WHEN EXISTS (
    SELECT 1 FROM delegations AS other
    WHERE other.project_id = NEW.project_id AND other.department_id = NEW.department_id AND other.revoked_at IS NULL
      AND other.valid_to > NEW.valid_from AND other.valid_from < NEW.valid_to
)
BEGIN SELECT RAISE(ABORT, 'delegations_one_per_side'); END;
CREATE TRIGGER delegations_one_per_delegate BEFORE INSERT ON delegations
WHEN EXISTS (
    SELECT 1 FROM delegations AS other
    WHERE other.project_id = NEW.project_id AND other.delegate_person_id = NEW.delegate_person_id
      AND other.department_id <> NEW.department_id AND other.revoked_at IS NULL
      AND other.valid_to > NEW.valid_from AND other.valid_from < NEW.valid_to
)
BEGIN SELECT RAISE(ABORT, 'delegations_one_per_delegate'); END;
CREATE TRIGGER delegations_stay BEFORE UPDATE ON delegations
WHEN NEW.valid_from <> OLD.valid_from OR NEW.valid_to <> OLD.valid_to OR NEW.department_id <> OLD.department_id
    OR NEW.delegate_person_id <> OLD.delegate_person_id OR (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NULL)
BEGIN SELECT RAISE(ABORT, 'delegations_stay'); END;

CREATE TABLE consents (
    id TEXT PRIMARY KEY NOT NULL,
    project_id TEXT NOT NULL REFERENCES projects (id),
    kind TEXT NOT NULL
        CONSTRAINT consents_kind CHECK (kind IN ('charter', 'resume', 'close', 'release', 'transfer', 'settlement', 'decision')),
    -- Id of the project, membership, transfer, dispute or decision that is asked about.
    subject TEXT NOT NULL,
    -- The how-manieth asking about this subject; for a charter its version.
    number INTEGER NOT NULL CHECK (number > 0),
    -- Canonical JSON (RFC 8785) of what is agreed to, the very bytes the hash is over.
    terms TEXT NOT NULL,
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    state TEXT NOT NULL
        CONSTRAINT consents_state CHECK (state IN ('open', 'agreed', 'refused', 'withdrawn', 'lapsed')),
    -- Null when nobody of the directory asked (an administrator, the clock).
    asked_by TEXT REFERENCES people (id),
    asked_at TEXT NOT NULL,
    reason TEXT CHECK (length(reason) BETWEEN 1 AND 500),
    -- No answer is taken from then on.
    due_at TEXT,
    settled_at TEXT,
    version INTEGER NOT NULL CHECK (version > 0),
    CONSTRAINT consents_settled CHECK ((state = 'open') = (settled_at IS NULL)),
    CONSTRAINT consents_number UNIQUE (project_id, kind, subject, number)
) STRICT;
CREATE UNIQUE INDEX consents_one_open ON consents (project_id, kind, subject) WHERE state = 'open';
CREATE INDEX consents_project ON consents (project_id, id);
CREATE INDEX consents_state ON consents (project_id, state, id);
CREATE INDEX consents_asked_by ON consents (asked_by);

CREATE TABLE consent_answers (
    id TEXT PRIMARY KEY NOT NULL,
    consent_id TEXT NOT NULL REFERENCES consents (id),
    project_id TEXT NOT NULL,
    -- The side that answers, and who spoke for it, as sponsor or by a delegation.
    department_id TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES people (id),
    delegation_id TEXT REFERENCES delegations (id),
    answer TEXT NOT NULL CONSTRAINT consent_answers_answer CHECK (answer IN ('agree', 'disagree')),
    reason TEXT CHECK (length(reason) BETWEEN 1 AND 500),
    answered_at TEXT NOT NULL,
    -- Set when the side changed its answer, or its sponsor: it does not count any more.
    superseded_at TEXT,
    CONSTRAINT consent_answers_reason CHECK (answer = 'agree' OR reason IS NOT NULL),
    FOREIGN KEY (project_id, department_id) REFERENCES project_sides (project_id, department_id)
) STRICT;
CREATE UNIQUE INDEX consent_answers_one_per_side
    ON consent_answers (consent_id, department_id) WHERE superseded_at IS NULL;
CREATE UNIQUE INDEX consent_answers_one_per_person
    ON consent_answers (consent_id, person_id) WHERE superseded_at IS NULL;
CREATE INDEX consent_answers_consent ON consent_answers (consent_id, id);
CREATE INDEX consent_answers_project ON consent_answers (project_id, department_id);
CREATE INDEX consent_answers_person ON consent_answers (person_id);
CREATE INDEX consent_answers_delegation ON consent_answers (delegation_id);

DROP TABLE signatures;
