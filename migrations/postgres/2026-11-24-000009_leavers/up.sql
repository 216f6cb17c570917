-- People leave, and departments have heads. Nothing is reassigned by either.
ALTER TABLE people ADD COLUMN deactivated_at TIMESTAMP;
ALTER TABLE departments ADD COLUMN head_person_id TEXT REFERENCES people (id);
CREATE INDEX departments_head ON departments (head_person_id);
-- What is in the hands of somebody who leaves, and who did what.
CREATE INDEX callback_requests_agent_open ON callback_requests (assigned_to, id) WHERE open_place IS NOT NULL;
CREATE INDEX audit_entries_actor ON audit_entries (actor, id);
