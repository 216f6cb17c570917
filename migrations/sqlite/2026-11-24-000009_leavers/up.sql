-- People leave, and departments have heads. Nothing is reassigned by either.
ALTER TABLE people ADD COLUMN deactivated_at TEXT;
ALTER TABLE departments ADD COLUMN head_person_id TEXT REFERENCES people (id);
CREATE INDEX departments_head ON departments (head_person_id);
