-- Shared projects: sides and charters, approvals, memberships, ownership of areas, decisions and disputes.

CREATE TABLE projects (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    state TEXT NOT NULL CONSTRAINT projects_state CHECK (
        state IN ('draft', 'proposed', 'active', 'on_hold', 'closing', 'closed', 'cancelled')),
    starts_on TEXT NOT NULL,
    ends_on TEXT NOT NULL,
    -- From the charter in force, or the latest one before.
    lead_person_id TEXT REFERENCES people (id),
    -- Whether the charter seals the responses to approvals until all sides have responded.
    sealed_responses INTEGER NOT NULL DEFAULT 1 CHECK (sealed_responses IN (0, 1)),
    -- The person who drafted the project, and may edit it while it is a draft. Null for applications.
    created_by TEXT REFERENCES people (id),
    -- The latest charter, and the latest one that every side has signed: the charter in force.
    charter_version INTEGER NOT NULL CHECK (charter_version > 0),
    charter_sha256 TEXT NOT NULL CHECK (length(charter_sha256) = 64),
    in_force_version INTEGER CHECK (in_force_version <= charter_version),
    in_force_sha256 TEXT CHECK (length(in_force_sha256) = 64),
    parity_measure TEXT NOT NULL DEFAULT 'headcount'
        CONSTRAINT projects_parity_measure CHECK (parity_measure IN ('headcount', 'fte')),
    parity_tolerance INTEGER NOT NULL CHECK (parity_tolerance BETWEEN 0 AND 1000),
    -- Since when the sides of the active project differ by more than the tolerance, and when the grace period ended.
    parity_breached_at TEXT,
    parity_grace_ended_at TEXT,
    activated_at TEXT,
    held_since TEXT,
    -- The side that put the project on hold, and when the hold ends by itself. Null if the system did: it has no end.
    held_by_department_id TEXT REFERENCES departments (id),
    hold_ends_at TEXT,
    -- When an approval last ended a hold. A side that had no sponsor then has the whole time again to name one.
    resumed_at TEXT,
    closing_since TEXT,
    closed_at TEXT,
    -- When the scheduler has to look at the project; null once nothing more can become due.
    check_at TEXT,
    version INTEGER NOT NULL CHECK (version > 0),
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    CONSTRAINT projects_interval CHECK (ends_on > starts_on),
    CONSTRAINT projects_in_force CHECK ((in_force_version IS NULL) = (in_force_sha256 IS NULL)),
    CONSTRAINT projects_hold_ends CHECK (
        (held_by_department_id IS NULL) = (hold_ends_at IS NULL) AND (hold_ends_at IS NULL OR hold_ends_at > held_since)),
    CONSTRAINT projects_runs_on_a_charter CHECK (
        state NOT IN ('active', 'on_hold', 'closing', 'closed') OR in_force_version IS NOT NULL),
    CONSTRAINT projects_parity_grace CHECK (parity_grace_ended_at IS NULL OR parity_breached_at IS NOT NULL)
) STRICT;
CREATE INDEX projects_state_id ON projects (state, id);
CREATE INDEX projects_lead ON projects (lead_person_id, id);
CREATE INDEX projects_created_by ON projects (created_by, id) WHERE created_by IS NOT NULL;
CREATE INDEX projects_check_at ON projects (check_at) WHERE check_at IS NOT NULL;
-- A state and the time it was reached go together.
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

-- The departments that share a project. A person can be the sponsor of one side only.
CREATE TABLE project_sides (
    project_id TEXT NOT NULL REFERENCES projects (id),
    department_id TEXT NOT NULL REFERENCES departments (id),
    position INTEGER NOT NULL CHECK (position BETWEEN 0 AND 7),
    -- The sponsor is proposed until the person has accepted and the head of the department, or an administrator for a
    -- department without a head, has confirmed.
    sponsor_person_id TEXT REFERENCES people (id),
    sponsor_accepted_at TEXT,
    sponsor_confirmed_at TEXT,
    -- Null for an administrator who is not in the directory.
    sponsor_confirmed_by TEXT REFERENCES people (id),
    -- Since when the side has no sponsor in office.
    vacant_since TEXT,
    -- Proposed to replace the sponsor in office, who stays until this person has accepted and is confirmed.
    successor_person_id TEXT REFERENCES people (id),
    successor_accepted_at TEXT,
    successor_confirmed_at TEXT,
    successor_confirmed_by TEXT REFERENCES people (id),
    -- A copy of the state of the project, for the list of projects by department and state. A new project is a draft.
    project_state TEXT NOT NULL DEFAULT 'draft',
    -- From when the side may put the project on hold again; null if it never did.
    may_hold_from TEXT,
    -- Until when no head and no administrator confirms or replaces a sponsor, because the head has changed. Stored when that
    -- happens, so that a later change of the calendar does not shorten it.
    head_waits_until TEXT,
    -- When the first of several changes of the head in a row was, and until when an administrator waits at most after it,
    -- if the side has no sponsor: changing the head again and again does not keep it without one.
    head_changes_since TEXT,
    waits_at_most_until TEXT,
    -- A side that joins by an amendment signs it as `joining`. A side that has left keeps its row for the history.
    standing TEXT NOT NULL DEFAULT 'current'
        CONSTRAINT project_sides_standing CHECK (standing IN ('joining', 'current', 'left')),
    PRIMARY KEY (project_id, department_id),
    CONSTRAINT project_sides_one_side_per_sponsor UNIQUE (project_id, sponsor_person_id),
    CONSTRAINT project_sides_head_wait CHECK (
        (head_waits_until IS NULL) = (head_changes_since IS NULL)
        AND (head_waits_until IS NULL) = (waits_at_most_until IS NULL)),
    CONSTRAINT project_sides_named CHECK (
        sponsor_person_id IS NOT NULL OR (sponsor_accepted_at IS NULL AND sponsor_confirmed_at IS NULL)),
    CONSTRAINT project_sides_confirmed_by CHECK (sponsor_confirmed_at IS NOT NULL OR sponsor_confirmed_by IS NULL),
    CONSTRAINT project_sides_successor CHECK (
        successor_person_id IS NOT NULL OR (successor_accepted_at IS NULL AND successor_confirmed_at IS NULL)),
    CONSTRAINT project_sides_successor_confirmed_by CHECK (
        successor_confirmed_at IS NOT NULL OR successor_confirmed_by IS NULL),
    -- A person who has accepted and is confirmed is the sponsor.
    CONSTRAINT project_sides_successor_waits CHECK (successor_accepted_at IS NULL OR successor_confirmed_at IS NULL),
    -- Without a sponsor, the person who is proposed is named as the sponsor.
    CONSTRAINT project_sides_successor_of_another CHECK (
        successor_person_id IS NULL OR (sponsor_person_id IS NOT NULL AND successor_person_id <> sponsor_person_id)),
    -- Only a person who has accepted and is confirmed holds the office.
    CONSTRAINT project_sides_in_office CHECK (
        vacant_since IS NOT NULL OR (sponsor_accepted_at IS NOT NULL AND sponsor_confirmed_at IS NOT NULL))
) STRICT;
CREATE INDEX project_sides_department ON project_sides (department_id, project_id);
CREATE INDEX project_sides_state ON project_sides (department_id, project_state, project_id);
-- Without empty values: if most sides have none, SQLite expects that a person has most of the sides, too.
CREATE INDEX project_sides_sponsor ON project_sides (sponsor_person_id, project_id, standing)
    WHERE sponsor_person_id IS NOT NULL;
CREATE INDEX project_sides_successor ON project_sides (successor_person_id, project_id, standing)
    WHERE successor_person_id IS NOT NULL;
CREATE INDEX project_sides_successor_confirmed_by ON project_sides (successor_confirmed_by)
    WHERE successor_confirmed_by IS NOT NULL;
CREATE INDEX project_sides_confirmed_by ON project_sides (sponsor_confirmed_by) WHERE sponsor_confirmed_by IS NOT NULL;
CREATE TRIGGER project_sides_vacant_since_insert BEFORE INSERT ON project_sides
WHEN NEW.sponsor_person_id IS NULL AND NEW.vacant_since IS NULL
BEGIN SELECT RAISE(ABORT, 'project_sides_vacant_since'); END;
CREATE TRIGGER project_sides_vacant_since_update BEFORE UPDATE ON project_sides
WHEN NEW.sponsor_person_id IS NULL AND NEW.vacant_since IS NULL
BEGIN SELECT RAISE(ABORT, 'project_sides_vacant_since'); END;

CREATE TRIGGER projects_copy_state AFTER UPDATE OF state ON projects WHEN NEW.state <> OLD.state
BEGIN UPDATE project_sides SET project_state = NEW.state WHERE project_id = NEW.id; END;

-- The days of projects in blocks of 1 to 4,096 days, for the list of projects on a day.
CREATE TABLE project_days (
    block INTEGER NOT NULL,
    project_id TEXT NOT NULL REFERENCES projects (id),
    PRIMARY KEY (project_id, block)
) STRICT, WITHOUT ROWID;
CREATE INDEX project_days_block ON project_days (block, project_id);

CREATE TABLE charter_versions (
    project_id TEXT NOT NULL REFERENCES projects (id),
    version INTEGER NOT NULL CHECK (version > 0),
    -- Canonical JSON (RFC 8785), exactly the bytes that are hashed.
    content TEXT NOT NULL,
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    created_at TEXT NOT NULL,
    -- When the last side signed.
    signed_at TEXT,
    PRIMARY KEY (project_id, version)
) STRICT;

-- The panel of each version of the charter, in addition to its content, so that the panels of a person can be found.
CREATE TABLE charter_panels (
    project_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    person_id TEXT NOT NULL REFERENCES people (id),
    PRIMARY KEY (project_id, version, person_id),
    FOREIGN KEY (project_id, version) REFERENCES charter_versions (project_id, version)
) STRICT;
CREATE INDEX charter_panels_person ON charter_panels (person_id, project_id, version);

CREATE TABLE closure_reports (
    project_id TEXT PRIMARY KEY NOT NULL REFERENCES projects (id),
    -- JSON: for each goal of the charter whether it was met, and the lessons learned.
    content TEXT NOT NULL,
    submitted_at TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version > 0)
) STRICT;

-- The areas that the charter in force divides between the sides.
CREATE TABLE areas (
    id TEXT PRIMARY KEY NOT NULL,
    project_id TEXT NOT NULL,
    key TEXT NOT NULL,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    description TEXT CHECK (length(description) BETWEEN 1 AND 1000),
    department_id TEXT NOT NULL,
    -- The data that the area is about, by its identifier in a data catalogue: trimmed, in Unicode form NFC.
    data_asset TEXT CONSTRAINT areas_data_asset CHECK (
        length(data_asset) BETWEEN 1 AND 500 AND data_asset = trim(data_asset)
        AND data_asset NOT GLOB '*[' || char(1) || '-' || char(31) || char(127) || '-' || char(159) || ']*'),
    -- Set when a later charter omits the area; the history stays.
    retired_at TEXT,
    CONSTRAINT areas_key UNIQUE (project_id, key),
    FOREIGN KEY (project_id, department_id) REFERENCES project_sides (project_id, department_id)
) STRICT;
CREATE INDEX areas_side ON areas (project_id, department_id);
-- Conflicts and the lookup: areas of several projects with the same data.
CREATE INDEX areas_shared_data ON areas (data_asset) WHERE data_asset IS NOT NULL;

-- Conflicts of a running project with other projects, as they were announced. The other project is not stored: one row
-- stands for all projects in which the other department owns the same data.
CREATE TABLE ownership_conflicts (
    id TEXT PRIMARY KEY NOT NULL,
    project_id TEXT NOT NULL REFERENCES projects (id),
    area_id TEXT NOT NULL REFERENCES areas (id),
    data_asset TEXT NOT NULL CHECK (length(data_asset) BETWEEN 1 AND 500),
    department_id TEXT NOT NULL REFERENCES departments (id),
    other_department_id TEXT NOT NULL REFERENCES departments (id),
    found_at TEXT NOT NULL,
    resolved_at TEXT,
    CONSTRAINT ownership_conflicts_departments CHECK (other_department_id <> department_id),
    CONSTRAINT ownership_conflicts_resolved CHECK (resolved_at >= found_at)
) STRICT;
CREATE UNIQUE INDEX ownership_conflicts_open
    ON ownership_conflicts (area_id, other_department_id) WHERE resolved_at IS NULL;
CREATE INDEX ownership_conflicts_project ON ownership_conflicts (project_id, id);
CREATE INDEX ownership_conflicts_area ON ownership_conflicts (area_id);
CREATE INDEX ownership_conflicts_department ON ownership_conflicts (department_id);
CREATE INDEX ownership_conflicts_other_department ON ownership_conflicts (other_department_id);

-- Delegates respond for a sponsor on the days `[valid_from, valid_to)`, in one project or in all projects of the sponsor.
-- A side has one delegate of its own and a sponsor one for all projects at a time. A person is the delegate of one
-- department at a time, also across projects, so that no delegation makes a person respond for two sides.
CREATE TABLE delegations (
    id TEXT PRIMARY KEY NOT NULL,
    -- Null for all projects in which the sponsor represents the department.
    project_id TEXT REFERENCES projects (id),
    department_id TEXT NOT NULL REFERENCES departments (id),
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
CREATE INDEX delegations_sponsor ON delegations (sponsor_person_id, department_id);
CREATE INDEX delegations_department ON delegations (department_id);
CREATE INDEX delegations_delegate ON delegations (delegate_person_id, project_id);
-- SQLite has no exclusion constraints. Triggers are enough, because there is only one writer. They only have to
-- check inserts, because an update can only revoke (`delegations_stay`).
CREATE TRIGGER delegations_one_per_side BEFORE INSERT ON delegations
WHEN EXISTS (
    SELECT 1 FROM delegations AS other
    WHERE other.project_id = NEW.project_id AND other.department_id = NEW.department_id AND other.revoked_at IS NULL
      AND other.valid_to > NEW.valid_from AND other.valid_from < NEW.valid_to
)
BEGIN SELECT RAISE(ABORT, 'delegations_one_per_side'); END;
CREATE TRIGGER delegations_one_for_all BEFORE INSERT ON delegations
WHEN NEW.project_id IS NULL AND EXISTS (
    SELECT 1 FROM delegations AS other
    WHERE other.project_id IS NULL AND other.sponsor_person_id = NEW.sponsor_person_id
      AND other.department_id = NEW.department_id AND other.revoked_at IS NULL
      AND other.valid_to > NEW.valid_from AND other.valid_from < NEW.valid_to
)
BEGIN SELECT RAISE(ABORT, 'delegations_one_for_all'); END;
CREATE TRIGGER delegations_one_per_delegate BEFORE INSERT ON delegations
WHEN EXISTS (
    SELECT 1 FROM delegations AS other
    WHERE other.delegate_person_id = NEW.delegate_person_id
      AND other.department_id <> NEW.department_id AND other.revoked_at IS NULL
      AND other.valid_to > NEW.valid_from AND other.valid_from < NEW.valid_to
)
BEGIN SELECT RAISE(ABORT, 'delegations_one_per_delegate'); END;
CREATE TRIGGER delegations_stay BEFORE UPDATE ON delegations
WHEN NEW.valid_from <> OLD.valid_from OR NEW.valid_to <> OLD.valid_to OR NEW.department_id <> OLD.department_id
    OR NEW.project_id IS NOT OLD.project_id OR NEW.sponsor_person_id <> OLD.sponsor_person_id
    OR NEW.delegate_person_id <> OLD.delegate_person_id OR (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NULL)
BEGIN SELECT RAISE(ABORT, 'delegations_stay'); END;

-- Arbiters drawn from the panel, with the random seed that drew them. `series` is the first draw of a question: each side
-- strikes one arbiter of it, and one is left at a time.
CREATE TABLE draws (
    id TEXT PRIMARY KEY NOT NULL,
    project_id TEXT NOT NULL REFERENCES projects (id),
    -- Id of the decision, dispute or approval, and what it is about: the hash of the question, the id of the area, or the
    -- kind of the approval and what it is about.
    subject TEXT NOT NULL,
    topic TEXT NOT NULL CHECK (length(topic) BETWEEN 1 AND 64),
    series TEXT NOT NULL REFERENCES draws (id),
    -- Sequence number in the series, starting at 1.
    position INTEGER NOT NULL CHECK (position > 0),
    person_id TEXT NOT NULL REFERENCES people (id),
    -- 32 bytes in hexadecimal.
    seed TEXT NOT NULL CHECK (length(seed) = 64),
    -- The people of whom one was drawn, sorted, separated by commas.
    candidates TEXT NOT NULL CHECK (length(candidates) > 0),
    drawn_at TEXT NOT NULL,
    -- Whether all sides approved the arbiter, instead of a draw from the panel.
    is_approved INTEGER NOT NULL CHECK (is_approved IN (0, 1)),
    -- The side that struck the arbiter, and the person who did it for the side.
    struck_by TEXT,
    struck_by_person_id TEXT REFERENCES people (id),
    struck_at TEXT,
    -- When the decision, dispute or approval ended.
    ended_at TEXT,
    -- The side whose question it is; null for disputes and approvals.
    raised_for TEXT,
    -- Whether the decision was made. Another question of the side then has a draw of its own.
    ruled INTEGER NOT NULL CHECK (ruled IN (0, 1)),
    CONSTRAINT draws_position UNIQUE (series, position),
    CONSTRAINT draws_struck CHECK ((struck_by IS NULL) = (struck_at IS NULL)
        AND (struck_by IS NULL) = (struck_by_person_id IS NULL)),
    FOREIGN KEY (project_id, struck_by) REFERENCES project_sides (project_id, department_id),
    FOREIGN KEY (project_id, raised_for) REFERENCES project_sides (project_id, department_id)
) STRICT;
CREATE UNIQUE INDEX draws_one_at_a_time ON draws (subject) WHERE struck_by IS NULL AND ended_at IS NULL;
CREATE UNIQUE INDEX draws_one_strike_per_side ON draws (series, struck_by) WHERE struck_by IS NOT NULL;
CREATE INDEX draws_project ON draws (project_id, id);
CREATE INDEX draws_subject ON draws (subject);
CREATE INDEX draws_topic ON draws (project_id, topic, drawn_at, position);
CREATE INDEX draws_raised_for ON draws (project_id, raised_for, ruled, drawn_at, position);
CREATE INDEX draws_side ON draws (project_id, struck_by);
CREATE INDEX draws_person ON draws (person_id);
CREATE INDEX draws_struck_by_person ON draws (struck_by_person_id);

-- Sides that waive striking the arbiter of a draw.
CREATE TABLE draw_waivers (
    draw_id TEXT NOT NULL REFERENCES draws (id),
    project_id TEXT NOT NULL,
    department_id TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES people (id),
    waived_at TEXT NOT NULL,
    PRIMARY KEY (draw_id, department_id),
    FOREIGN KEY (project_id, department_id) REFERENCES project_sides (project_id, department_id)
) STRICT;
CREATE INDEX draw_waivers_side ON draw_waivers (project_id, department_id);
CREATE INDEX draw_waivers_person ON draw_waivers (person_id);

-- What every side has to agree to. There is at most one open approval for a subject.
CREATE TABLE approvals (
    id TEXT PRIMARY KEY NOT NULL,
    project_id TEXT NOT NULL REFERENCES projects (id),
    kind TEXT NOT NULL CONSTRAINT approvals_kind CHECK (
        kind IN ('charter', 'resume', 'extend_hold', 'close', 'cancel', 'release', 'transfer', 'settlement', 'decision',
                 'arbiter')),
    -- Id of the project, membership, transfer, dispute or decision that has to be approved.
    subject TEXT NOT NULL,
    -- Sequence number of this approval for its subject, starting at 1; for a charter its version.
    number INTEGER NOT NULL CHECK (number > 0),
    -- The departments that are asked, in the order of the sides, separated by commas.
    sides TEXT NOT NULL,
    -- Canonical JSON (RFC 8785) of what the sides agree to, exactly the bytes that are hashed.
    terms TEXT NOT NULL,
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    state TEXT NOT NULL
        CONSTRAINT approvals_state CHECK (state IN ('open', 'approved', 'rejected', 'withdrawn', 'lapsed')),
    -- Null if an administrator or the scheduler requested it.
    requested_by TEXT REFERENCES people (id),
    -- The side on whose behalf it was requested; null for the lead and for administrators.
    requested_for TEXT REFERENCES departments (id),
    requested_at TEXT NOT NULL,
    reason TEXT CHECK (length(reason) BETWEEN 1 AND 500),
    -- From then on, reminders are sent; no response is accepted any more to a decision or about an arbiter.
    due_at TEXT NOT NULL,
    -- From then on, the sides without a response count as silent, so that the panel can decide for them.
    silent_from TEXT,
    ended_at TEXT,
    -- Whether responses stay hidden from the other sides until all sides have responded.
    sealed INTEGER NOT NULL CHECK (sealed IN (0, 1)),
    version INTEGER NOT NULL CHECK (version > 0),
    -- The arbiter who decides for the silent sides, the newest draw, from when the arbiter can decide, and from when the
    -- arbiter counts as silent.
    arbiter_person_id TEXT REFERENCES people (id),
    draw_id TEXT REFERENCES draws (id),
    ruling_from TEXT,
    ruling_until TEXT,
    CONSTRAINT approvals_ended CHECK ((state = 'open') = (ended_at IS NULL)),
    CONSTRAINT approvals_due CHECK (due_at > requested_at AND silent_from >= due_at),
    CONSTRAINT approvals_silence CHECK (
        (silent_from IS NOT NULL) = (kind IN ('resume', 'close', 'cancel', 'release', 'transfer'))),
    CONSTRAINT approvals_arbiter CHECK (draw_id IS NULL OR silent_from IS NOT NULL),
    CONSTRAINT approvals_ruling CHECK (
        (ruling_from IS NULL) = (ruling_until IS NULL) AND (arbiter_person_id IS NULL) = (ruling_from IS NULL)
        AND (arbiter_person_id IS NULL OR draw_id IS NOT NULL)),
    CONSTRAINT approvals_number UNIQUE (project_id, kind, subject, number)
) STRICT;
CREATE UNIQUE INDEX approvals_one_open ON approvals (project_id, kind, subject)
    WHERE state = 'open' AND kind <> 'arbiter';
-- Each side can propose an arbiter, so that the first one to ask does not keep the others from it.
CREATE UNIQUE INDEX approvals_one_open_per_side ON approvals (project_id, subject, coalesce(requested_for, ''))
    WHERE state = 'open' AND kind = 'arbiter';
CREATE INDEX approvals_project ON approvals (project_id, id);
CREATE INDEX approvals_state ON approvals (project_id, state, id);
CREATE INDEX approvals_requested_by ON approvals (requested_by) WHERE requested_by IS NOT NULL;
CREATE INDEX approvals_arbiter ON approvals (arbiter_person_id, state, project_id);
CREATE INDEX approvals_draw ON approvals (draw_id);

CREATE TABLE approval_responses (
    id TEXT PRIMARY KEY NOT NULL,
    approval_id TEXT NOT NULL REFERENCES approvals (id),
    project_id TEXT NOT NULL,
    -- The side that responds, and the person who responded for it: its sponsor, a delegate by `delegation_id`, or, for a
    -- silent side, the arbiter drawn by `draw_id`.
    department_id TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES people (id),
    delegation_id TEXT REFERENCES delegations (id),
    response TEXT NOT NULL CONSTRAINT approval_responses_response CHECK (response IN ('approve', 'reject')),
    reason TEXT CHECK (length(reason) BETWEEN 1 AND 500),
    responded_at TEXT NOT NULL,
    -- Set when the side changes its response or its sponsor: the response no longer counts.
    superseded_at TEXT,
    -- Whether only the side itself sees the response. Ends when all sides have responded, and not otherwise.
    sealed INTEGER NOT NULL CHECK (sealed IN (0, 1)),
    -- Random. The audit entry has a digest of the response with it, so that a response cannot be changed without notice,
    -- nor guessed before it is shown.
    salt TEXT NOT NULL CHECK (length(salt) = 64),
    draw_id TEXT REFERENCES draws (id),
    CONSTRAINT approval_responses_ruling CHECK (draw_id IS NULL OR (delegation_id IS NULL AND reason IS NOT NULL)),
    CONSTRAINT approval_responses_reason CHECK (response = 'approve' OR reason IS NOT NULL),
    FOREIGN KEY (project_id, department_id) REFERENCES project_sides (project_id, department_id)
) STRICT;
CREATE UNIQUE INDEX approval_responses_one_per_side
    ON approval_responses (approval_id, department_id) WHERE superseded_at IS NULL;
-- An arbiter decides for each silent side.
CREATE UNIQUE INDEX approval_responses_one_per_person
    ON approval_responses (approval_id, person_id) WHERE superseded_at IS NULL AND draw_id IS NULL;
CREATE INDEX approval_responses_approval ON approval_responses (approval_id, id);
CREATE INDEX approval_responses_project ON approval_responses (project_id, department_id);
CREATE INDEX approval_responses_person ON approval_responses (person_id);
CREATE INDEX approval_responses_delegation ON approval_responses (delegation_id);
CREATE INDEX approval_responses_draw ON approval_responses (draw_id);

-- Who works on a project, for which side and when, and the regular position that the member returns to.
CREATE TABLE memberships (
    id TEXT PRIMARY KEY NOT NULL,
    project_id TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES people (id),
    -- The side that the member works for.
    department_id TEXT NOT NULL,
    -- Only what was recorded. Whether a membership is active or has ended is derived from the days.
    state TEXT NOT NULL CONSTRAINT memberships_state CHECK (
        state IN ('invited', 'accepted', 'declined', 'withdrawn', 'expired', 'returned', 'left_organisation')),
    project_role TEXT NOT NULL CHECK (length(project_role) BETWEEN 1 AND 120),
    counts_for_parity INTEGER NOT NULL CHECK (counts_for_parity IN (0, 1)),
    fte_percent INTEGER NOT NULL CHECK (fte_percent BETWEEN 1 AND 100),
    -- The days `[valid_from, valid_to)`; empty if the membership ended before it started.
    valid_from TEXT NOT NULL,
    valid_to TEXT NOT NULL,
    -- The regular position on the first day, as known when the invitation was sent.
    home_department_id TEXT NOT NULL REFERENCES departments (id),
    home_title TEXT NOT NULL CHECK (length(home_title) BETWEEN 1 AND 120),
    home_manager_person_id TEXT REFERENCES people (id),
    invited_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    responded_at TEXT,
    -- When the scheduler recorded the first day, and the day after the last one.
    started_at TEXT,
    returning_at TEXT,
    -- The day of the confirmed return, and the position that the member returned to.
    returned_on TEXT,
    returned_home_id TEXT REFERENCES home_positions (id),
    version INTEGER NOT NULL CHECK (version > 0),
    updated_at TEXT NOT NULL,
    CONSTRAINT memberships_interval CHECK (valid_to >= valid_from),
    CONSTRAINT memberships_expiry CHECK (expires_at > invited_at),
    CONSTRAINT memberships_response CHECK (
        (state IN ('accepted', 'declined', 'returned', 'left_organisation')) = (responded_at IS NOT NULL)),
    CONSTRAINT memberships_return CHECK (
        (state = 'returned') = (returned_on IS NOT NULL) AND (state = 'returned') = (returned_home_id IS NOT NULL)),
    CONSTRAINT memberships_home_is_side CHECK (home_department_id = department_id),
    CONSTRAINT memberships_side FOREIGN KEY (project_id, department_id)
        REFERENCES project_sides (project_id, department_id)
) STRICT;
CREATE INDEX memberships_project ON memberships (project_id, id);
CREATE INDEX memberships_live ON memberships (project_id, state, id);
CREATE INDEX memberships_side_members ON memberships (project_id, department_id, id);
CREATE INDEX memberships_person ON memberships (person_id, project_id);
CREATE INDEX memberships_home_department ON memberships (home_department_id);
CREATE INDEX memberships_returned_home ON memberships (returned_home_id);
CREATE INDEX memberships_home_manager ON memberships (home_manager_person_id) WHERE home_manager_person_id IS NOT NULL;
-- SQLite has no exclusion constraints. Triggers are enough, because there is only one writer.
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

-- Who owns an area. An assignment is a series of versions, so that it can be read as it was known at any time.
CREATE TABLE assignments (
    id TEXT NOT NULL,
    area_id TEXT NOT NULL REFERENCES areas (id),
    project_id TEXT NOT NULL REFERENCES projects (id),
    person_id TEXT NOT NULL REFERENCES people (id),
    responsibility TEXT NOT NULL CONSTRAINT assignments_responsibility CHECK (
        responsibility IN ('accountable', 'responsible', 'consulted', 'informed')),
    -- The days `[valid_from, valid_to)`; without an end as long as the project, and empty if the assignment ended
    -- before it started.
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    version INTEGER NOT NULL CHECK (version > 0),
    created_at TEXT NOT NULL,
    -- When this version was written, and when the next one replaced it.
    recorded_at TEXT NOT NULL,
    superseded_at TEXT,
    PRIMARY KEY (id, version),
    CONSTRAINT assignments_interval CHECK (valid_to >= valid_from),
    CONSTRAINT assignments_known CHECK (superseded_at >= recorded_at)
) STRICT;
CREATE UNIQUE INDEX assignments_current ON assignments (id) WHERE superseded_at IS NULL;
CREATE INDEX assignments_area ON assignments (area_id, id);
CREATE INDEX assignments_project ON assignments (project_id, responsibility, id);
CREATE INDEX assignments_person ON assignments (person_id, project_id);
-- SQLite has no exclusion constraints. Triggers are enough, because there is only one writer.
-- An empty interval overlaps nothing; a missing end is later than every day.
CREATE TRIGGER assignments_one_accountable BEFORE INSERT ON assignments
WHEN NEW.superseded_at IS NULL AND NEW.responsibility = 'accountable'
    AND NEW.valid_from < coalesce(NEW.valid_to, '9999-12-32') AND EXISTS (
    SELECT 1 FROM assignments AS other
    WHERE other.area_id = NEW.area_id AND other.superseded_at IS NULL AND other.responsibility = 'accountable'
      AND other.valid_from < coalesce(other.valid_to, '9999-12-32')
      AND coalesce(other.valid_to, '9999-12-32') > NEW.valid_from
      AND other.valid_from < coalesce(NEW.valid_to, '9999-12-32')
)
BEGIN SELECT RAISE(ABORT, 'assignments_one_accountable'); END;
CREATE TRIGGER assignments_no_repeat BEFORE INSERT ON assignments
WHEN NEW.superseded_at IS NULL AND NEW.responsibility <> 'accountable'
    AND NEW.valid_from < coalesce(NEW.valid_to, '9999-12-32') AND EXISTS (
    SELECT 1 FROM assignments AS other
    WHERE other.area_id = NEW.area_id AND other.superseded_at IS NULL AND other.person_id = NEW.person_id
      AND other.responsibility = NEW.responsibility
      AND other.valid_from < coalesce(other.valid_to, '9999-12-32')
      AND coalesce(other.valid_to, '9999-12-32') > NEW.valid_from
      AND other.valid_from < coalesce(NEW.valid_to, '9999-12-32')
)
BEGIN SELECT RAISE(ABORT, 'assignments_no_repeat'); END;
-- Versions are never changed or deleted, only superseded, and only once.
CREATE TRIGGER assignments_keep_versions BEFORE UPDATE ON assignments
WHEN OLD.superseded_at IS NOT NULL OR NEW.superseded_at IS NULL OR NEW.id <> OLD.id OR NEW.version <> OLD.version
    OR NEW.area_id <> OLD.area_id OR NEW.project_id <> OLD.project_id OR NEW.person_id <> OLD.person_id
    OR NEW.responsibility <> OLD.responsibility OR NEW.valid_from <> OLD.valid_from
    OR NEW.recorded_at <> OLD.recorded_at OR NEW.valid_to IS NOT OLD.valid_to
BEGIN SELECT RAISE(ABORT, 'assignments_keep_versions'); END;
CREATE TRIGGER assignments_keep_history BEFORE DELETE ON assignments
BEGIN SELECT RAISE(ABORT, 'assignments_keep_versions'); END;

-- An area changes its owner by a transfer. There is at most one open transfer for an area.
CREATE TABLE transfers (
    id TEXT PRIMARY KEY NOT NULL,
    project_id TEXT NOT NULL,
    area_id TEXT NOT NULL REFERENCES areas (id),
    from_person_id TEXT NOT NULL REFERENCES people (id),
    to_person_id TEXT NOT NULL REFERENCES people (id),
    -- The side of the new owner. A transfer to another side needs the approval of all sides.
    to_department_id TEXT NOT NULL,
    effective_on TEXT NOT NULL,
    note TEXT CHECK (length(note) BETWEEN 1 AND 500),
    state TEXT NOT NULL CONSTRAINT transfers_state CHECK (
        state IN ('offered', 'accepted', 'completed', 'rejected', 'not_approved', 'withdrawn', 'expired', 'lapsed')),
    offered_by TEXT REFERENCES people (id),
    offered_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    ended_at TEXT,
    version INTEGER NOT NULL CHECK (version > 0),
    CONSTRAINT transfers_to_another CHECK (to_person_id <> from_person_id),
    CONSTRAINT transfers_ended CHECK ((state IN ('offered', 'accepted')) = (ended_at IS NULL)),
    FOREIGN KEY (project_id, to_department_id) REFERENCES project_sides (project_id, department_id)
) STRICT;
CREATE UNIQUE INDEX transfers_one_open ON transfers (area_id) WHERE state IN ('offered', 'accepted');
CREATE INDEX transfers_project ON transfers (project_id, id);
CREATE INDEX transfers_side ON transfers (project_id, to_department_id);
CREATE INDEX transfers_area ON transfers (area_id, id);
CREATE INDEX transfers_from ON transfers (from_person_id);
CREATE INDEX transfers_to ON transfers (to_person_id, state);
CREATE INDEX transfers_offered_by ON transfers (offered_by) WHERE offered_by IS NOT NULL;

-- Questions that the sides decide together, or an arbiter decides when the sides cannot.
CREATE TABLE decisions (
    id TEXT PRIMARY KEY NOT NULL,
    project_id TEXT NOT NULL,
    question TEXT NOT NULL CHECK (length(question) BETWEEN 1 AND 2000),
    -- The side that raised the question, and the person who raised it for the side; null if an administrator did.
    department_id TEXT NOT NULL,
    raised_by TEXT REFERENCES people (id),
    raised_at TEXT NOT NULL,
    -- If a side has not responded by then, the decision is deadlocked.
    due_at TEXT NOT NULL,
    state TEXT NOT NULL
        CONSTRAINT decisions_state CHECK (state IN ('open', 'decided', 'deadlocked', 'escalated', 'withdrawn')),
    outcome TEXT CONSTRAINT decisions_outcome CHECK (outcome IN ('approved', 'rejected')),
    -- Null if the sides decided.
    decided_by TEXT REFERENCES people (id),
    rationale TEXT CHECK (length(rationale) BETWEEN 1 AND 2000),
    decided_at TEXT,
    deadlocked_at TEXT,
    escalated_to TEXT REFERENCES people (id),
    escalated_at TEXT,
    version INTEGER NOT NULL CHECK (version > 0),
    -- The newest draw, from when the arbiter can decide, and from when the arbiter counts as silent.
    draw_id TEXT REFERENCES draws (id),
    ruling_from TEXT,
    ruling_until TEXT,
    CONSTRAINT decisions_decided CHECK (
        (state = 'decided') = (outcome IS NOT NULL) AND (state = 'decided') = (decided_at IS NOT NULL)),
    CONSTRAINT decisions_deadlock CHECK (state NOT IN ('deadlocked', 'escalated') OR deadlocked_at IS NOT NULL),
    CONSTRAINT decisions_escalation CHECK (
        (state <> 'escalated' OR escalated_to IS NOT NULL) AND (escalated_to IS NULL) = (escalated_at IS NULL)),
    CONSTRAINT decisions_ruling CHECK (
        (ruling_from IS NULL) = (ruling_until IS NULL) AND (escalated_to IS NULL) = (ruling_from IS NULL)),
    FOREIGN KEY (project_id, department_id) REFERENCES project_sides (project_id, department_id)
) STRICT;
CREATE INDEX decisions_project ON decisions (project_id, id);
CREATE INDEX decisions_side ON decisions (project_id, department_id);
CREATE INDEX decisions_open ON decisions (project_id, state, due_at);
CREATE INDEX decisions_raised_by ON decisions (raised_by);
CREATE INDEX decisions_decided_by ON decisions (decided_by);
CREATE INDEX decisions_draw ON decisions (draw_id);
CREATE INDEX decisions_arbiter ON decisions (escalated_to, state, project_id);

-- A side contests the owner of an area. There is at most one open dispute about an area.
CREATE TABLE disputes (
    id TEXT PRIMARY KEY NOT NULL,
    project_id TEXT NOT NULL,
    area_id TEXT NOT NULL REFERENCES areas (id),
    -- The side that contests.
    department_id TEXT NOT NULL,
    raised_by TEXT REFERENCES people (id),
    claim TEXT NOT NULL CHECK (length(claim) BETWEEN 1 AND 2000),
    -- Null if no one of the panel can decide.
    arbiter_person_id TEXT REFERENCES people (id),
    -- The sides can settle the dispute until then, before an arbiter can decide.
    deadline TEXT NOT NULL,
    state TEXT NOT NULL CONSTRAINT disputes_state CHECK (
        state IN ('open', 'settled', 'unresolved', 'withdrawn', 'lapsed')),
    outcome_person_id TEXT REFERENCES people (id),
    outcome_department_id TEXT,
    decision_id TEXT REFERENCES decisions (id),
    raised_at TEXT NOT NULL,
    ended_at TEXT,
    version INTEGER NOT NULL CHECK (version > 0),
    -- The newest draw, from when the arbiter can decide, and from when the arbiter counts as silent.
    draw_id TEXT REFERENCES draws (id),
    ruling_from TEXT,
    ruling_until TEXT,
    CONSTRAINT disputes_ruling CHECK (
        (ruling_from IS NULL) = (ruling_until IS NULL) AND (arbiter_person_id IS NULL) = (ruling_from IS NULL)),
    CONSTRAINT disputes_deadline CHECK (deadline > raised_at),
    CONSTRAINT disputes_ended CHECK ((state = 'open') = (ended_at IS NULL)),
    CONSTRAINT disputes_outcome CHECK ((state = 'settled') = (decision_id IS NOT NULL)
        AND (state = 'settled') = (outcome_person_id IS NOT NULL)
        AND (state = 'settled') = (outcome_department_id IS NOT NULL)),
    FOREIGN KEY (project_id, department_id) REFERENCES project_sides (project_id, department_id)
) STRICT;
CREATE UNIQUE INDEX disputes_one_open ON disputes (area_id) WHERE state = 'open';
CREATE INDEX disputes_project ON disputes (project_id, id);
CREATE INDEX disputes_side ON disputes (project_id, department_id);
CREATE INDEX disputes_area ON disputes (area_id);
CREATE INDEX disputes_draw ON disputes (draw_id);
CREATE INDEX disputes_arbiter ON disputes (arbiter_person_id, state, project_id);
CREATE INDEX disputes_raised_by ON disputes (raised_by);
CREATE INDEX disputes_outcome_person ON disputes (outcome_person_id);
CREATE INDEX disputes_decision ON disputes (decision_id);

-- The reminders that were sent. The key makes sure that each is sent once.
CREATE TABLE reminders (
    project_id TEXT NOT NULL REFERENCES projects (id),
    kind TEXT NOT NULL CONSTRAINT reminders_kind CHECK (
        kind IN ('approval_due_soon', 'approval_overdue', 'decision_due_soon', 'membership_ending_soon',
                 'milestone_due_soon', 'milestone_missed', 'home_position_ending_soon', 'project_past_end',
                 'ownership_gap', 'ownership_orphan', 'return_blocked')),
    -- Id of the approval, decision, membership, regular position, area or project.
    subject TEXT NOT NULL,
    -- Name of the milestone; empty for other kinds.
    milestone TEXT NOT NULL,
    -- The instant that the reminder is about.
    about TEXT NOT NULL,
    -- The side concerned; null if all sides are.
    department_id TEXT,
    person_id TEXT REFERENCES people (id),
    sent_at TEXT NOT NULL,
    -- Since when the reminder no longer applies.
    resolved_at TEXT,
    PRIMARY KEY (project_id, kind, subject, milestone, about),
    FOREIGN KEY (project_id, department_id) REFERENCES project_sides (project_id, department_id)
) STRICT;
CREATE INDEX reminders_standing ON reminders (project_id) WHERE resolved_at IS NULL;
CREATE INDEX reminders_side ON reminders (project_id, department_id);
CREATE INDEX reminders_person ON reminders (person_id, project_id);

-- One row: when reminders were first sent. There are no reminders about earlier instants.
CREATE TABLE reminder_start (
    singleton INTEGER PRIMARY KEY NOT NULL CHECK (singleton = 1),
    started_at TEXT NOT NULL
) STRICT;
