-- Consents become no signatures: what was proposed is proposed again.
DROP TABLE consent_answers;
DROP TABLE consents;
DROP TABLE delegations;
DROP TABLE closure_reports;
DROP INDEX areas_shared_data;
ALTER TABLE areas DROP COLUMN data_asset;
ALTER TABLE charter_versions DROP COLUMN agreed_at;
DROP TRIGGER project_sides_vacancy_insert;
DROP TRIGGER project_sides_vacancy_update;
ALTER TABLE project_sides DROP COLUMN vacant_since;
DROP TRIGGER projects_phases_insert;
DROP TRIGGER projects_phases_update;
DROP INDEX projects_check_at;
ALTER TABLE projects DROP COLUMN check_at;
ALTER TABLE projects DROP COLUMN parity_grace_ended_at;
ALTER TABLE projects DROP COLUMN parity_breached_at;
ALTER TABLE projects DROP COLUMN closed_at;
ALTER TABLE projects DROP COLUMN closing_since;
ALTER TABLE projects DROP COLUMN held_since;
ALTER TABLE projects DROP COLUMN activated_at;
ALTER TABLE projects DROP COLUMN parity_measure;
CREATE TABLE signatures (
    id TEXT PRIMARY KEY NOT NULL,
    project_id TEXT NOT NULL,
    department_id TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES people (id),
    charter_version INTEGER NOT NULL,
    charter_sha256 TEXT NOT NULL,
    signed_at TEXT NOT NULL,
    superseded_at TEXT,
    FOREIGN KEY (project_id, department_id) REFERENCES project_sides (project_id, department_id),
    FOREIGN KEY (project_id, charter_version) REFERENCES charter_versions (project_id, version)
) STRICT;
CREATE UNIQUE INDEX signatures_one_per_side
    ON signatures (project_id, charter_version, department_id) WHERE superseded_at IS NULL;
CREATE UNIQUE INDEX signatures_one_per_person
    ON signatures (project_id, charter_version, person_id) WHERE superseded_at IS NULL;
