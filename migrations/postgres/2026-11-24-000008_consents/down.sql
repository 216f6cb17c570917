-- Consents become no signatures: what was proposed is proposed again.
DROP TABLE consent_answers;
DROP TABLE consents;
DROP TABLE delegations;
DROP TABLE closure_reports;
DROP INDEX areas_shared_data;
ALTER TABLE areas DROP COLUMN data_asset;
ALTER TABLE charter_versions DROP COLUMN agreed_at;
ALTER TABLE project_sides DROP COLUMN vacant_since;
ALTER TABLE projects
    DROP COLUMN check_at,
    DROP COLUMN parity_grace_ended_at,
    DROP COLUMN parity_breached_at,
    DROP COLUMN closed_at,
    DROP COLUMN closing_since,
    DROP COLUMN held_since,
    DROP COLUMN activated_at,
    DROP COLUMN parity_measure;
CREATE TABLE signatures (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    department_id TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES people (id),
    charter_version INTEGER NOT NULL,
    charter_sha256 TEXT NOT NULL,
    signed_at TIMESTAMP NOT NULL,
    superseded_at TIMESTAMP,
    FOREIGN KEY (project_id, department_id) REFERENCES project_sides (project_id, department_id),
    FOREIGN KEY (project_id, charter_version) REFERENCES charter_versions (project_id, version)
);
CREATE UNIQUE INDEX signatures_one_per_side
    ON signatures (project_id, charter_version, department_id) WHERE superseded_at IS NULL;
CREATE UNIQUE INDEX signatures_one_per_person
    ON signatures (project_id, charter_version, person_id) WHERE superseded_at IS NULL;
