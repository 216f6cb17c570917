-- Questions that the sides decide together, and what was decided for them when they could not.
CREATE TABLE decisions (
    id TEXT PRIMARY KEY NOT NULL,
    project_id TEXT NOT NULL,
    question TEXT NOT NULL CHECK (length(question) BETWEEN 1 AND 2000),
    -- The side that asks, and who of it.
    department_id TEXT NOT NULL,
    raised_by TEXT REFERENCES people (id),
    raised_at TEXT NOT NULL,
    -- Whoever has not answered by then leaves the question deadlocked.
    due_at TEXT NOT NULL,
    state TEXT NOT NULL
        CONSTRAINT decisions_state CHECK (state IN ('open', 'decided', 'deadlocked', 'escalated', 'withdrawn')),
    outcome TEXT CONSTRAINT decisions_outcome CHECK (outcome IN ('agreed', 'rejected')),
    -- Null when the sides decided themselves.
    decided_by TEXT REFERENCES people (id),
    rationale TEXT CHECK (length(rationale) BETWEEN 1 AND 2000),
    decided_at TEXT,
    deadlocked_at TEXT,
    escalated_to TEXT REFERENCES people (id),
    escalated_at TEXT,
    version INTEGER NOT NULL CHECK (version > 0),
    CONSTRAINT decisions_decided CHECK (
        (state = 'decided') = (outcome IS NOT NULL) AND (state = 'decided') = (decided_at IS NOT NULL)),
    CONSTRAINT decisions_deadlock CHECK (state NOT IN ('deadlocked', 'escalated') OR deadlocked_at IS NOT NULL),
    CONSTRAINT decisions_escalation CHECK (
        (state <> 'escalated' OR escalated_to IS NOT NULL) AND (escalated_to IS NULL) = (escalated_at IS NULL)),
    FOREIGN KEY (project_id, department_id) REFERENCES project_sides (project_id, department_id)
) STRICT;
CREATE INDEX decisions_project ON decisions (project_id, id);
CREATE INDEX decisions_side ON decisions (project_id, department_id);
CREATE INDEX decisions_open ON decisions (project_id, state, due_at);
CREATE INDEX decisions_raised_by ON decisions (raised_by);
CREATE INDEX decisions_decided_by ON decisions (decided_by);
CREATE INDEX decisions_arbiter ON decisions (escalated_to, state, project_id);
