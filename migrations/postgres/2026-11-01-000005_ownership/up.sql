-- Who owns an area, for how long.

CREATE TABLE assignments (
    id TEXT PRIMARY KEY,
    area_id TEXT NOT NULL REFERENCES areas (id),
    project_id TEXT NOT NULL REFERENCES projects (id),
    person_id TEXT NOT NULL REFERENCES people (id),
    responsibility TEXT NOT NULL
        CONSTRAINT assignments_responsibility
        CHECK (responsibility IN ('accountable', 'responsible', 'consulted', 'informed')),
    -- `[valid_from, valid_to)` in days, like projects and memberships; null lasts as long as the
    -- project, and an interval may be empty when it ended before it began.
    valid_from DATE NOT NULL,
    valid_to DATE,
    version BIGINT NOT NULL CHECK (version > 0),
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    CONSTRAINT assignments_interval CHECK (valid_to >= valid_from),
    CONSTRAINT assignments_one_accountable
        EXCLUDE USING gist (area_id WITH =, daterange(valid_from, valid_to, '[)') WITH &&)
        WHERE (responsibility = 'accountable'),
    CONSTRAINT assignments_no_repeat
        EXCLUDE USING gist
        (area_id WITH =, person_id WITH =, responsibility WITH =, daterange(valid_from, valid_to, '[)') WITH &&)
        WHERE (responsibility <> 'accountable')
);
CREATE INDEX assignments_area ON assignments (area_id, id);
CREATE INDEX assignments_project ON assignments (project_id, responsibility);
CREATE INDEX assignments_person ON assignments (person_id, project_id);
