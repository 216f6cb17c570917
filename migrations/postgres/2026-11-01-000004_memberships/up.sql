-- Who works in a project, for which side, when, and where they come from.

CREATE TABLE memberships (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES people (id),
    -- The side the member works for.
    department_id TEXT NOT NULL,
    -- What was answered; active and ended follow from the dates when it is read.
    state TEXT NOT NULL
        CONSTRAINT memberships_state CHECK (state IN ('invited', 'accepted', 'declined', 'withdrawn', 'expired')),
    project_role TEXT NOT NULL CHECK (length(project_role) BETWEEN 1 AND 120),
    counts_for_parity BOOLEAN NOT NULL,
    fte_percent INTEGER NOT NULL CHECK (fte_percent BETWEEN 1 AND 100),
    -- `[valid_from, valid_to)` in days; empty when it ended before it began.
    valid_from DATE NOT NULL,
    valid_to DATE NOT NULL,
    -- The home position on the first day, as it was when the invitation was sent.
    home_department_id TEXT NOT NULL REFERENCES departments (id),
    home_title TEXT NOT NULL CHECK (length(home_title) BETWEEN 1 AND 120),
    home_manager TEXT CHECK (length(home_manager) BETWEEN 1 AND 120),
    invited_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    answered_at TIMESTAMP,
    version BIGINT NOT NULL CHECK (version > 0),
    updated_at TIMESTAMP NOT NULL,
    CONSTRAINT memberships_interval CHECK (valid_to >= valid_from),
    CONSTRAINT memberships_expiry CHECK (expires_at > invited_at),
    CONSTRAINT memberships_answer CHECK ((state IN ('accepted', 'declined')) = (answered_at IS NOT NULL)),
    CONSTRAINT memberships_home_is_side CHECK (home_department_id = department_id),
    CONSTRAINT memberships_side FOREIGN KEY (project_id, department_id)
        REFERENCES project_sides (project_id, department_id),
    CONSTRAINT memberships_no_overlap
        EXCLUDE USING gist (project_id WITH =, person_id WITH =, daterange(valid_from, valid_to, '[)') WITH &&)
        WHERE (state IN ('invited', 'accepted'))
);
CREATE INDEX memberships_project ON memberships (project_id, id);
CREATE INDEX memberships_side_members ON memberships (project_id, department_id, id);
CREATE INDEX memberships_person ON memberships (person_id, project_id);
CREATE INDEX memberships_home_department ON memberships (home_department_id);
