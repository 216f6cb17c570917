ALTER TABLE departments DROP COLUMN head_person_id;
ALTER TABLE people DROP COLUMN deactivated_at;
