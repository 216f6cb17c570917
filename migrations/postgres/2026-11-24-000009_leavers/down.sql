DROP INDEX audit_entries_actor;
DROP INDEX callback_requests_agent_open;
ALTER TABLE departments DROP COLUMN head_person_id;
ALTER TABLE people DROP COLUMN deactivated_at;
