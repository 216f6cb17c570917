DROP TABLE worker_clock;
DROP TABLE installation_secrets;
DROP TABLE idempotency_records;
DROP TABLE audit_entries;
DROP TABLE actors;
DROP TABLE event_subjects;
DROP TABLE event_sequence;
DROP TABLE events;
