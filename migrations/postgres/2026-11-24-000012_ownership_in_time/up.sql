-- What was known when: an assignment is a series of versions, and none is ever overwritten. Areas change hands
-- by transfer, and contested ones by dispute.

ALTER TABLE assignments
    DROP CONSTRAINT assignments_pkey,
    DROP CONSTRAINT assignments_one_accountable,
    DROP CONSTRAINT assignments_no_repeat;
-- When this version was written, and when another took its place.
ALTER TABLE assignments RENAME COLUMN updated_at TO recorded_at;
ALTER TABLE assignments ADD COLUMN superseded_at TIMESTAMP;
ALTER TABLE assignments
    ADD CONSTRAINT assignments_pkey PRIMARY KEY (id, version),
    ADD CONSTRAINT assignments_known CHECK (superseded_at >= recorded_at),
    ADD CONSTRAINT assignments_one_accountable
        EXCLUDE USING gist (area_id WITH =, daterange(valid_from, valid_to, '[)') WITH &&)
        WHERE (responsibility = 'accountable' AND superseded_at IS NULL),
    ADD CONSTRAINT assignments_no_repeat
        EXCLUDE USING gist
        (area_id WITH =, person_id WITH =, responsibility WITH =, daterange(valid_from, valid_to, '[)') WITH &&)
        WHERE (responsibility <> 'accountable' AND superseded_at IS NULL);
CREATE UNIQUE INDEX assignments_current ON assignments (id) WHERE superseded_at IS NULL;
DROP INDEX assignments_project;
CREATE INDEX assignments_project ON assignments (project_id, responsibility, id);
CREATE FUNCTION keep_versions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.superseded_at IS NULL AND NEW.superseded_at IS NOT NULL
        AND (NEW.id, NEW.version, NEW.area_id, NEW.project_id, NEW.person_id, NEW.responsibility, NEW.valid_from, NEW.recorded_at)
          = (OLD.id, OLD.version, OLD.area_id, OLD.project_id, OLD.person_id, OLD.responsibility, OLD.valid_from, OLD.recorded_at)
        AND NEW.valid_to IS NOT DISTINCT FROM OLD.valid_to THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'assignments_keep_versions';
END $$;
CREATE TRIGGER assignments_keep_versions BEFORE UPDATE OR DELETE ON assignments
    FOR EACH ROW EXECUTE FUNCTION keep_versions();

CREATE TABLE transfers (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    area_id TEXT NOT NULL REFERENCES areas (id),
    from_person_id TEXT NOT NULL REFERENCES people (id),
    to_person_id TEXT NOT NULL REFERENCES people (id),
    -- The side of the incoming person; another one than the area's needs the consent of all sides.
    to_department_id TEXT NOT NULL,
    effective_on DATE NOT NULL,
    note TEXT CHECK (length(note) BETWEEN 1 AND 500),
    state TEXT NOT NULL CONSTRAINT transfers_state CHECK (state IN
        ('offered', 'accepted', 'completed', 'rejected', 'refused', 'withdrawn', 'expired', 'lapsed')),
    offered_by TEXT REFERENCES people (id),
    offered_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    settled_at TIMESTAMP,
    version BIGINT NOT NULL CHECK (version > 0),
    CONSTRAINT transfers_to_another CHECK (to_person_id <> from_person_id),
    CONSTRAINT transfers_settled CHECK ((state IN ('offered', 'accepted')) = (settled_at IS NULL)),
    FOREIGN KEY (project_id, to_department_id) REFERENCES project_sides (project_id, department_id)
);
CREATE UNIQUE INDEX transfers_one_open ON transfers (area_id) WHERE state IN ('offered', 'accepted');
CREATE INDEX transfers_project ON transfers (project_id, id);
CREATE INDEX transfers_side ON transfers (project_id, to_department_id);
CREATE INDEX transfers_area ON transfers (area_id, id);
CREATE INDEX transfers_from ON transfers (from_person_id);
CREATE INDEX transfers_to ON transfers (to_person_id, state);
CREATE INDEX transfers_offered_by ON transfers (offered_by);

CREATE TABLE disputes (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    area_id TEXT NOT NULL REFERENCES areas (id),
    -- The side that contests.
    department_id TEXT NOT NULL,
    raised_by TEXT REFERENCES people (id),
    claim TEXT NOT NULL CHECK (length(claim) BETWEEN 1 AND 2000),
    -- Decides once the deadline has passed.
    arbiter_person_id TEXT NOT NULL REFERENCES people (id),
    deadline TIMESTAMP NOT NULL,
    state TEXT NOT NULL CONSTRAINT disputes_state CHECK (state IN ('open', 'settled', 'withdrawn', 'lapsed')),
    outcome_person_id TEXT REFERENCES people (id),
    outcome_department_id TEXT,
    decision_id TEXT REFERENCES decisions (id),
    raised_at TIMESTAMP NOT NULL,
    settled_at TIMESTAMP,
    version BIGINT NOT NULL CHECK (version > 0),
    CONSTRAINT disputes_deadline CHECK (deadline > raised_at),
    CONSTRAINT disputes_settled CHECK ((state = 'open') = (settled_at IS NULL)),
    CONSTRAINT disputes_outcome CHECK ((state = 'settled') = (decision_id IS NOT NULL)
        AND (state = 'settled') = (outcome_person_id IS NOT NULL)
        AND (state = 'settled') = (outcome_department_id IS NOT NULL)),
    FOREIGN KEY (project_id, department_id) REFERENCES project_sides (project_id, department_id)
);
CREATE UNIQUE INDEX disputes_one_open ON disputes (area_id) WHERE state = 'open';
CREATE INDEX disputes_project ON disputes (project_id, id);
CREATE INDEX disputes_side ON disputes (project_id, department_id);
CREATE INDEX disputes_area ON disputes (area_id);
CREATE INDEX disputes_arbiter ON disputes (arbiter_person_id, state, project_id);
CREATE INDEX disputes_raised_by ON disputes (raised_by);
CREATE INDEX disputes_outcome_person ON disputes (outcome_person_id);
CREATE INDEX disputes_decision ON disputes (decision_id);
