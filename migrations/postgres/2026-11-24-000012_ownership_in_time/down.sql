-- Only the newest version of each assignment survives.
DROP TABLE disputes;
DROP TABLE transfers;
DROP TRIGGER assignments_keep_versions ON assignments;
DROP FUNCTION keep_versions();
DELETE FROM assignments WHERE superseded_at IS NOT NULL;
DROP INDEX assignments_current;
DROP INDEX assignments_project;
CREATE INDEX assignments_project ON assignments (project_id, responsibility);
ALTER TABLE assignments
    DROP CONSTRAINT assignments_no_repeat,
    DROP CONSTRAINT assignments_one_accountable,
    DROP CONSTRAINT assignments_known,
    DROP CONSTRAINT assignments_pkey;
ALTER TABLE assignments DROP COLUMN superseded_at;
ALTER TABLE assignments RENAME COLUMN recorded_at TO updated_at;
ALTER TABLE assignments
    ADD CONSTRAINT assignments_pkey PRIMARY KEY (id),
    ADD CONSTRAINT assignments_one_accountable
        EXCLUDE USING gist (area_id WITH =, daterange(valid_from, valid_to, '[)') WITH &&)
        WHERE (responsibility = 'accountable'),
    ADD CONSTRAINT assignments_no_repeat
        EXCLUDE USING gist
        (area_id WITH =, person_id WITH =, responsibility WITH =, daterange(valid_from, valid_to, '[)') WITH &&)
        WHERE (responsibility <> 'accountable');
