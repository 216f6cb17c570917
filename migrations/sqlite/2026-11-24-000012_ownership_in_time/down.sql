-- Only the newest version of each assignment survives.
DROP TABLE disputes;
DROP TABLE transfers;

CREATE TABLE assignments_without_time (
    id TEXT PRIMARY KEY NOT NULL,
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
    updated_at TEXT NOT NULL,
    CONSTRAINT assignments_interval CHECK (valid_to >= valid_from)
) STRICT;
INSERT INTO assignments_without_time (id, area_id, project_id, person_id, responsibility, valid_from, valid_to, version, created_at, updated_at)
    SELECT id, area_id, project_id, person_id, responsibility, valid_from, valid_to, version, created_at, recorded_at
    FROM assignments WHERE superseded_at IS NULL;
DROP TRIGGER assignments_keep_history;
DROP TABLE assignments;
ALTER TABLE assignments_without_time RENAME TO assignments;
CREATE INDEX assignments_area ON assignments (area_id, id);
CREATE INDEX assignments_project ON assignments (project_id, responsibility);
CREATE INDEX assignments_person ON assignments (person_id, project_id);
-- SQLite has no exclusion constraint; the writer is alone, so triggers hold the same rules.
-- An empty interval overlaps nothing; a missing end is later than every day.
CREATE TRIGGER assignments_one_accountable_insert BEFORE INSERT ON assignments
WHEN NEW.responsibility = 'accountable' AND NEW.valid_from < coalesce(NEW.valid_to, '9999-12-32') AND EXISTS (
    SELECT 1 FROM assignments AS other
    WHERE other.area_id = NEW.area_id AND other.responsibility = 'accountable'
      AND other.valid_from < coalesce(other.valid_to, '9999-12-32')
      AND coalesce(other.valid_to, '9999-12-32') > NEW.valid_from
      AND other.valid_from < coalesce(NEW.valid_to, '9999-12-32')
)
BEGIN SELECT RAISE(ABORT, 'assignments_one_accountable'); END;
CREATE TRIGGER assignments_one_accountable_update BEFORE UPDATE ON assignments
WHEN NEW.responsibility = 'accountable' AND NEW.valid_from < coalesce(NEW.valid_to, '9999-12-32') AND EXISTS (
    SELECT 1 FROM assignments AS other
    WHERE other.area_id = NEW.area_id AND other.responsibility = 'accountable' AND other.id <> NEW.id
      AND other.valid_from < coalesce(other.valid_to, '9999-12-32')
      AND coalesce(other.valid_to, '9999-12-32') > NEW.valid_from
      AND other.valid_from < coalesce(NEW.valid_to, '9999-12-32')
)
BEGIN SELECT RAISE(ABORT, 'assignments_one_accountable'); END;
CREATE TRIGGER assignments_no_repeat_insert BEFORE INSERT ON assignments
WHEN NEW.responsibility <> 'accountable' AND NEW.valid_from < coalesce(NEW.valid_to, '9999-12-32') AND EXISTS (
    SELECT 1 FROM assignments AS other
    WHERE other.area_id = NEW.area_id AND other.person_id = NEW.person_id
      AND other.responsibility = NEW.responsibility
      AND other.valid_from < coalesce(other.valid_to, '9999-12-32')
      AND coalesce(other.valid_to, '9999-12-32') > NEW.valid_from
      AND other.valid_from < coalesce(NEW.valid_to, '9999-12-32')
)
BEGIN SELECT RAISE(ABORT, 'assignments_no_repeat'); END;
CREATE TRIGGER assignments_no_repeat_update BEFORE UPDATE ON assignments
WHEN NEW.responsibility <> 'accountable' AND NEW.valid_from < coalesce(NEW.valid_to, '9999-12-32') AND EXISTS (
    SELECT 1 FROM assignments AS other
    WHERE other.area_id = NEW.area_id AND other.person_id = NEW.person_id AND other.id <> NEW.id
      AND other.responsibility = NEW.responsibility
      AND other.valid_from < coalesce(other.valid_to, '9999-12-32')
      AND coalesce(other.valid_to, '9999-12-32') > NEW.valid_from
      AND other.valid_from < coalesce(NEW.valid_to, '9999-12-32')
)
BEGIN SELECT RAISE(ABORT, 'assignments_no_repeat'); END;
