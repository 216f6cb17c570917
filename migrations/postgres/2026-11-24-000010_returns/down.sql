DROP INDEX memberships_live;
ALTER TABLE memberships
    DROP CONSTRAINT memberships_no_overlap,
    DROP CONSTRAINT memberships_return,
    DROP CONSTRAINT memberships_answer,
    DROP CONSTRAINT memberships_state;
UPDATE memberships SET state = 'accepted' WHERE state IN ('returned', 'left_organisation');
ALTER TABLE memberships
    DROP COLUMN returned_home_id,
    DROP COLUMN returned_on,
    DROP COLUMN returning_at,
    DROP COLUMN started_at,
    ADD CONSTRAINT memberships_state CHECK (state IN ('invited', 'accepted', 'declined', 'withdrawn', 'expired')),
    ADD CONSTRAINT memberships_answer CHECK ((state IN ('accepted', 'declined')) = (answered_at IS NOT NULL)),
    ADD CONSTRAINT memberships_no_overlap
        EXCLUDE USING gist (project_id WITH =, person_id WITH =, daterange(valid_from, valid_to, '[)') WITH &&)
        WHERE (state IN ('invited', 'accepted'));
