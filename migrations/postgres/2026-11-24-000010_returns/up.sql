-- Members return: what time brings is recorded once, and a return is confirmed.

ALTER TABLE memberships
    -- When the scheduler told of the first day, and of the day after the last one.
    ADD COLUMN started_at TIMESTAMP,
    ADD COLUMN returning_at TIMESTAMP,
    -- The day of the confirmed return, and the home position the member returned to.
    ADD COLUMN returned_on DATE,
    ADD COLUMN returned_home_id TEXT REFERENCES home_positions (id),
    DROP CONSTRAINT memberships_state,
    DROP CONSTRAINT memberships_answer,
    DROP CONSTRAINT memberships_no_overlap;
ALTER TABLE memberships
    ADD CONSTRAINT memberships_state CHECK (
        state IN ('invited', 'accepted', 'declined', 'withdrawn', 'expired', 'returned', 'left_organisation')),
    ADD CONSTRAINT memberships_answer CHECK (
        (state IN ('accepted', 'declined', 'returned', 'left_organisation')) = (answered_at IS NOT NULL)),
    ADD CONSTRAINT memberships_return CHECK (
        (state = 'returned') = (returned_on IS NOT NULL) AND (state = 'returned') = (returned_home_id IS NOT NULL)),
    ADD CONSTRAINT memberships_no_overlap
        EXCLUDE USING gist (project_id WITH =, person_id WITH =, daterange(valid_from, valid_to, '[)') WITH &&)
        WHERE (state IN ('invited', 'accepted', 'returned', 'left_organisation'));
CREATE INDEX memberships_returned_home ON memberships (returned_home_id);
CREATE INDEX memberships_live ON memberships (project_id, state, id);
