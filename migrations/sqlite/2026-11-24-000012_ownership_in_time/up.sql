-- What was known when: an assignment is a series of versions, and none is ever overwritten. Areas change hands
-- by transfer, and contested ones by dispute.
-- SQLite cannot change a primary key, so the table is made anew; nothing refers to it.

CREATE TABLE assignments_in_time (
    id TEXT NOT NULL,
    area_id TEXT NOT NULL REFERENCES areas (id),
    project_id TEXT NOT NULL REFERENCES projects (id),
    person_id TEXT NOT NULL REFERENCES people (id),
    responsibility TEXT NOT NULL
        CONSTRAINT assignments_responsibility
        CHECK (responsibility IN ('accountable', 'responsible', 'consulted', 'informed')),
    -- `[valid_from, valid_to)` in days, like projects and memberships; null lasts as long as the
    -- project, and an interval may be empty when it ended before it began.
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    version INTEGER NOT NULL CHECK (version > 0),
    created_at TEXT NOT NULL,
    -- When this version was written, and when another took its place.
    recorded_at TEXT NOT NULL,
    superseded_at TEXT,
    PRIMARY KEY (id, version),
    CONSTRAINT assignments_known CHECK (superseded_at >= recorded_at),
    CONSTRAINT assignments_interval CHECK (valid_to >= valid_from)
) STRICT;
INSERT INTO assignments_in_time (id, area_id, project_id, person_id, responsibility, valid_from, valid_to, version, created_at, recorded_at)
    SELECT id, area_id, project_id, person_id, responsibility, valid_from, valid_to, version, created_at, updated_at FROM assignments;
DROP TABLE assignments;
ALTER TABLE assignments_in_time RENAME TO assignments;
CREATE UNIQUE INDEX assignments_current ON assignments (id) WHERE superseded_at IS NULL;
CREATE INDEX assignments_area ON assignments (area_id, id);
CREATE INDEX assignments_project ON assignments (project_id, responsibility, id);
CREATE INDEX assignments_person ON assignments (person_id, project_id);
-- SQLite has no exclusion constraint; the writer is alone, so triggers hold the same rules.
-- An empty interval overlaps nothing; a missing end is later than every day.
CREATE TRIGGER assignments_one_accountable BEFORE INSERT ON assignments
WHEN NEW.superseded_at IS NULL AND NEW.responsibility = 'accountable' AND NEW.valid_from < coalesce(NEW.valid_to, '9999-12-32') AND EXISTS (
    SELECT 1 FROM assignments AS other
    WHERE other.area_id = NEW.area_id AND other.superseded_at IS NULL AND other.responsibility = 'accountable'
      AND other.valid_from < coalesce(other.valid_to, '9999-12-32')
      AND coalesce(other.valid_to, '9999-12-32') > NEW.valid_from
      AND other.valid_from < coalesce(NEW.valid_to, '9999-12-32')
)
BEGIN SELECT RAISE(ABORT, 'assignments_one_accountable'); END;
CREATE TRIGGER assignments_no_repeat BEFORE INSERT ON assignments
WHEN NEW.superseded_at IS NULL AND NEW.responsibility <> 'accountable' AND NEW.valid_from < coalesce(NEW.valid_to, '9999-12-32') AND EXISTS (
    SELECT 1 FROM assignments AS other
    WHERE other.area_id = NEW.area_id AND other.superseded_at IS NULL AND other.person_id = NEW.person_id
      AND other.responsibility = NEW.responsibility
      AND other.valid_from < coalesce(other.valid_to, '9999-12-32')
      AND coalesce(other.valid_to, '9999-12-32') > NEW.valid_from
      AND other.valid_from < coalesce(NEW.valid_to, '9999-12-32')
)
BEGIN SELECT RAISE(ABORT, 'assignments_no_repeat'); END;
-- A version is only ever superseded, once.
CREATE TRIGGER assignments_keep_versions BEFORE UPDATE ON assignments
WHEN OLD.superseded_at IS NOT NULL OR NEW.superseded_at IS NULL OR NEW.id <> OLD.id OR NEW.version <> OLD.version
    OR NEW.area_id <> OLD.area_id OR NEW.project_id <> OLD.project_id OR NEW.person_id <> OLD.person_id
    OR NEW.responsibility <> OLD.responsibility OR NEW.valid_from <> OLD.valid_from
    OR NEW.recorded_at <> OLD.recorded_at OR NEW.valid_to IS NOT OLD.valid_to
BEGIN SELECT RAISE(ABORT, 'assignments_keep_versions'); END;
CREATE TRIGGER assignments_keep_history BEFORE DELETE ON assignments
BEGIN SELECT RAISE(ABORT, 'assignments_keep_versions'); END;

CREATE TABLE transfers (
    id TEXT PRIMARY KEY NOT NULL,
    project_id TEXT NOT NULL,
    area_id TEXT NOT NULL REFERENCES areas (id),
    from_person_id TEXT NOT NULL REFERENCES people (id),
    to_person_id TEXT NOT NULL REFERENCES people (id),
    -- The side of the incoming person; another one than the area's needs the consent of all sides.
    to_department_id TEXT NOT NULL,
    effective_on TEXT NOT NULL,
    note TEXT CHECK (length(note) BETWEEN 1 AND 500),
    state TEXT NOT NULL CONSTRAINT transfers_state CHECK (state IN
        ('offered', 'accepted', 'completed', 'rejected', 'refused', 'withdrawn', 'expired', 'lapsed')),
    offered_by TEXT REFERENCES people (id),
    offered_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    settled_at TEXT,
    version INTEGER NOT NULL CHECK (version > 0),
    CONSTRAINT transfers_to_another CHECK (to_person_id <> from_person_id),
    CONSTRAINT transfers_settled CHECK ((state IN ('offered', 'accepted')) = (settled_at IS NULL)),
    FOREIGN KEY (project_id, to_department_id) REFERENCES project_sides (project_id, department_id)
) STRICT;
CREATE UNIQUE INDEX transfers_one_open ON transfers (area_id) WHERE state IN ('offered', 'accepted');
CREATE INDEX transfers_project ON transfers (project_id, id);
CREATE INDEX transfers_side ON transfers (project_id, to_department_id);
CREATE INDEX transfers_area ON transfers (area_id, id);
CREATE INDEX transfers_from ON transfers (from_person_id);
CREATE INDEX transfers_to ON transfers (to_person_id, state);
CREATE INDEX transfers_offered_by ON transfers (offered_by);

CREATE TABLE disputes (
    id TEXT PRIMARY KEY NOT NULL,
    project_id TEXT NOT NULL,
    area_id TEXT NOT NULL REFERENCES areas (id),
    -- The side that contests.
    department_id TEXT NOT NULL,
    raised_by TEXT REFERENCES people (id),
    claim TEXT NOT NULL CHECK (length(claim) BETWEEN 1 AND 2000),
    -- Decides once the deadline has passed.
    arbiter_person_id TEXT NOT NULL REFERENCES people (id),
    deadline TEXT NOT NULL,
    state TEXT NOT NULL CONSTRAINT disputes_state CHECK (state IN ('open', 'settled', 'withdrawn', 'lapsed')),
    outcome_person_id TEXT REFERENCES people (id),
    outcome_department_id TEXT,
    decision_id TEXT REFERENCES decisions (id),
    raised_at TEXT NOT NULL,
    settled_at TEXT,
    version INTEGER NOT NULL CHECK (version > 0),
    CONSTRAINT disputes_deadline CHECK (deadline > raised_at),
    CONSTRAINT disputes_settled CHECK ((state = 'open') = (settled_at IS NULL)),
    CONSTRAINT disputes_outcome CHECK ((state = 'settled') = (decision_id IS NOT NULL)
        AND (state = 'settled') = (outcome_person_id IS NOT NULL)
        AND (state = 'settled') = (outcome_department_id IS NOT NULL)),
    FOREIGN KEY (project_id, department_id) REFERENCES project_sides (project_id, department_id)
) STRICT;
CREATE UNIQUE INDEX disputes_one_open ON disputes (area_id) WHERE state = 'open';
CREATE INDEX disputes_project ON disputes (project_id, id);
CREATE INDEX disputes_side ON disputes (project_id, department_id);
CREATE INDEX disputes_area ON disputes (area_id);
CREATE INDEX disputes_arbiter ON disputes (arbiter_person_id, state, project_id);
CREATE INDEX disputes_raised_by ON disputes (raised_by);
CREATE INDEX disputes_outcome_person ON disputes (outcome_person_id);
CREATE INDEX disputes_decision ON disputes (decision_id);
