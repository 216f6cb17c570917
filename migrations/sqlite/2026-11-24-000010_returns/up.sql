-- Members return: what time brings is recorded once, and a return is confirmed.
-- SQLite cannot change a CHECK, so the table is made anew; nothing refers to it.

CREATE TABLE memberships_with_returns (
    id TEXT PRIMARY KEY NOT NULL,
    project_id TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES people (id),
    -- The side the member works for.
    department_id TEXT NOT NULL,
    -- What was answered; active and ended follow from the dates when it is read.
    state TEXT NOT NULL
        CONSTRAINT memberships_state CHECK (
            state IN ('invited', 'accepted', 'declined', 'withdrawn', 'expired', 'returned', 'left_organisation')),
    project_role TEXT NOT NULL CHECK (length(project_role) BETWEEN 1 AND 120),
    counts_for_parity INTEGER NOT NULL CHECK (counts_for_parity IN (0, 1)),
    fte_percent INTEGER NOT NULL CHECK (fte_percent BETWEEN 1 AND 100),
    -- `[valid_from, valid_to)` in days; empty when it ended before it began.
    valid_from TEXT NOT NULL,
    valid_to TEXT NOT NULL,
    -- The home position on the first day, as it was when the invitation was sent.
    home_department_id TEXT NOT NULL REFERENCES departments (id),
    home_title TEXT NOT NULL CHECK (length(home_title) BETWEEN 1 AND 120),
    home_manager TEXT CHECK (length(home_manager) BETWEEN 1 AND 120),
    invited_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    answered_at TEXT,
    version INTEGER NOT NULL CHECK (version > 0),
    updated_at TEXT NOT NULL,
    -- When the scheduler told of the first day, and of the day after the last one.
    started_at TEXT,
    returning_at TEXT,
    -- The day of the confirmed return, and the home position the member returned to.
    returned_on TEXT,
    returned_home_id TEXT REFERENCES home_positions (id),
    CONSTRAINT memberships_interval CHECK (valid_to >= valid_from),
    CONSTRAINT memberships_expiry CHECK (expires_at > invited_at),
    CONSTRAINT memberships_answer CHECK (
        (state IN ('accepted', 'declined', 'returned', 'left_organisation')) = (answered_at IS NOT NULL)),
    CONSTRAINT memberships_return CHECK (
        (state = 'returned') = (returned_on IS NOT NULL) AND (state = 'returned') = (returned_home_id IS NOT NULL)),
    CONSTRAINT memberships_home_is_side CHECK (home_department_id = department_id),
    CONSTRAINT memberships_side FOREIGN KEY (project_id, department_id)
        REFERENCES project_sides (project_id, department_id)
) STRICT;
INSERT INTO memberships_with_returns (id, project_id, person_id, department_id, state, project_role, counts_for_parity, fte_percent, valid_from, valid_to, home_department_id, home_title, home_manager, invited_at, expires_at, answered_at, version, updated_at)
    SELECT id, project_id, person_id, department_id, state, project_role, counts_for_parity, fte_percent, valid_from, valid_to, home_department_id, home_title, home_manager, invited_at, expires_at, answered_at, version, updated_at FROM memberships;
DROP TABLE memberships;
ALTER TABLE memberships_with_returns RENAME TO memberships;
CREATE INDEX memberships_project ON memberships (project_id, id);
CREATE INDEX memberships_side_members ON memberships (project_id, department_id, id);
CREATE INDEX memberships_person ON memberships (person_id, project_id);
CREATE INDEX memberships_home_department ON memberships (home_department_id);
-- SQLite has no exclusion constraint; the writer is alone, so a trigger holds the same rule.
-- An empty interval overlaps nothing.
CREATE TRIGGER memberships_no_overlap_insert BEFORE INSERT ON memberships
WHEN NEW.state IN ('invited', 'accepted', 'returned', 'left_organisation') AND NEW.valid_from < NEW.valid_to AND EXISTS (
    SELECT 1 FROM memberships AS other
    WHERE other.person_id = NEW.person_id AND other.project_id = NEW.project_id
      AND other.state IN ('invited', 'accepted', 'returned', 'left_organisation') AND other.valid_from < other.valid_to
      AND other.valid_to > NEW.valid_from AND other.valid_from < NEW.valid_to
)
BEGIN SELECT RAISE(ABORT, 'memberships_no_overlap'); END;
CREATE TRIGGER memberships_no_overlap_update BEFORE UPDATE ON memberships
WHEN NEW.state IN ('invited', 'accepted', 'returned', 'left_organisation') AND NEW.valid_from < NEW.valid_to AND EXISTS (
    SELECT 1 FROM memberships AS other
    WHERE other.person_id = NEW.person_id AND other.project_id = NEW.project_id AND other.id <> NEW.id
      AND other.state IN ('invited', 'accepted', 'returned', 'left_organisation') AND other.valid_from < other.valid_to
      AND other.valid_to > NEW.valid_from AND other.valid_from < NEW.valid_to
)
BEGIN SELECT RAISE(ABORT, 'memberships_no_overlap'); END;
CREATE INDEX memberships_returned_home ON memberships (returned_home_id);
CREATE INDEX memberships_live ON memberships (project_id, state, id);
