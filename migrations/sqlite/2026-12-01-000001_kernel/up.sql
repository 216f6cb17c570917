-- Tables that every component uses: events, the audit trail and idempotency records.
-- Instants are UTC text with microseconds. Ids are TypeIDs stored as text.

CREATE TABLE events (
    -- Insertion order. Rolled back transactions leave gaps, so it is never exposed.
    position INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL CONSTRAINT events_type_form CHECK (type GLOB '[a-z]*.[a-z]*' AND type NOT GLOB '*[^a-z_.]*'),
    occurred_at TEXT NOT NULL,
    subject TEXT NOT NULL,
    data TEXT NOT NULL,
    request_id TEXT NOT NULL,
    -- Assigned after the commit by one dispatcher at a time, without gaps. Readers page by it.
    sequence INTEGER UNIQUE CHECK (sequence > 0),
    -- Position among the events of the same subject, assigned together with `sequence`.
    subject_sequence INTEGER CHECK (subject_sequence > 0),
    -- The external system that made the change, so that it is not notified of its own change.
    caused_by TEXT CHECK (length(caused_by) BETWEEN 1 AND 40),
    -- The head of the project's chain of audit entries after the change, for events about a project.
    chain_position INTEGER CHECK (chain_position > 0),
    chain_sha256 TEXT CHECK (length(chain_sha256) = 64)
) STRICT;
CREATE INDEX events_unsequenced ON events (position) WHERE sequence IS NULL;
CREATE UNIQUE INDEX events_subject_sequence ON events (subject, subject_sequence);
CREATE INDEX events_type ON events (type, sequence);
-- Replays of some types, in the order of time.
CREATE INDEX events_replay ON events (type, id) WHERE sequence IS NOT NULL;
CREATE TRIGGER events_placed BEFORE UPDATE ON events
WHEN (NEW.sequence IS NULL) <> (NEW.subject_sequence IS NULL)
BEGIN SELECT RAISE(ABORT, 'events_placed'); END;

-- One row: the last assigned sequence. Dispatchers lock it, so that only one assigns sequences at a time.
CREATE TABLE event_sequence (
    id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    last_sequence INTEGER NOT NULL CHECK (last_sequence >= 0),
    -- Every event up to this sequence has expired and was deleted; no later one was.
    expired_through INTEGER NOT NULL DEFAULT 0 CHECK (expired_through BETWEEN 0 AND last_sequence)
) STRICT;
INSERT INTO event_sequence (id, last_sequence) VALUES (1, 0);

-- The last assigned sequence per subject. It outlives the events, so that no number is used twice.
CREATE TABLE event_subjects (
    subject TEXT PRIMARY KEY NOT NULL,
    last_sequence INTEGER NOT NULL CHECK (last_sequence > 0)
) STRICT;

-- The people who act: audit entries have the id only, so that erasing a person means emptying one row.
CREATE TABLE actors (
    id TEXT PRIMARY KEY NOT NULL,
    -- `iss` and `sub` of the person's tokens; null after an erasure. The order of the constraint serves lookups of all
    -- issuers of a subject.
    issuer TEXT,
    subject TEXT,
    CONSTRAINT actors_login_key UNIQUE (subject, issuer),
    CONSTRAINT actors_login_whole CHECK ((issuer IS NULL) = (subject IS NULL))
) STRICT;

CREATE TABLE audit_entries (
    -- Order of insertion, by which the trail is read. There is one writer, so it is also the order of the commits.
    position INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    id TEXT NOT NULL UNIQUE,
    recorded_at TEXT NOT NULL,
    -- The id of an actor, or the name of an application or of a part of the service.
    actor TEXT NOT NULL,
    -- `iss` of the token of an application. Null for all others: the issuer of a person is in the row of the actor, which
    -- an erasure empties.
    issuer TEXT,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    reason TEXT,
    request_id TEXT NOT NULL,
    -- The entries of a project form a hash chain without gaps and forks; other entries have null here. The hash covers
    -- the content (`before`, `after`, `reason`) by its salted digest, so that the chain stays valid when the content is
    -- redacted. The salt is erased with the content, so that the digest cannot be used to guess what was erased.
    project_id TEXT,
    chain_position INTEGER CHECK (chain_position > 0),
    previous_sha256 TEXT CHECK (length(previous_sha256) = 64),
    content_sha256 TEXT CHECK (length(content_sha256) = 64),
    sha256 TEXT CHECK (length(sha256) = 64),
    salt TEXT CHECK (length(salt) = 64),
    CONSTRAINT audit_entries_chain_position UNIQUE (project_id, chain_position),
    CONSTRAINT audit_entries_chain_whole CHECK (
        (project_id IS NULL) = (chain_position IS NULL) AND (project_id IS NULL) = (previous_sha256 IS NULL)
        AND (project_id IS NULL) = (content_sha256 IS NULL) AND (project_id IS NULL) = (sha256 IS NULL)
        AND (project_id IS NOT NULL OR salt IS NULL)),
    CONSTRAINT audit_entries_issuer_of_application CHECK (issuer IS NULL OR actor NOT GLOB 'act_*')
) STRICT;
-- The head of the chain of each project. A transaction locks it before it appends entries, so that concurrent changes
-- of a project never fork the chain. The component of the projects creates their table later.
CREATE TABLE audit_chains (
    project_id TEXT PRIMARY KEY NOT NULL,
    length INTEGER NOT NULL CHECK (length >= 0),
    -- The hash of the last entry; 64 zeros before the first one.
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64)
) STRICT;
CREATE TRIGGER audit_chains_no_update BEFORE UPDATE ON audit_chains
WHEN NEW.project_id <> OLD.project_id OR NEW.length < OLD.length
    OR (NEW.length = OLD.length AND NEW.sha256 <> OLD.sha256)
BEGIN SELECT RAISE(ABORT, 'audit_chains_append_only'); END;
CREATE TRIGGER audit_chains_no_delete BEFORE DELETE ON audit_chains
BEGIN SELECT RAISE(ABORT, 'audit_chains_append_only'); END;

-- Rows with equal values are in the order of `position`, which is the key of the table.
CREATE INDEX audit_entries_subject ON audit_entries (subject);
CREATE INDEX audit_entries_actor ON audit_entries (actor);
-- The audit trail is append-only. The only exception is the redaction of personal data, in a transaction that
-- holds the row of `erasure_lock`. The privacy component creates that table later; a trigger resolves it when it runs.
CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries
WHEN NOT EXISTS (SELECT 1 FROM erasure_lock)
    OR (OLD.position, OLD.id, OLD.recorded_at, OLD.actor, OLD.issuer, OLD.action, OLD.subject, OLD.request_id)
        IS NOT (NEW.position, NEW.id, NEW.recorded_at, NEW.actor, NEW.issuer, NEW.action, NEW.subject, NEW.request_id)
    OR (OLD.project_id, OLD.chain_position, OLD.previous_sha256, OLD.content_sha256, OLD.sha256)
        IS NOT (NEW.project_id, NEW.chain_position, NEW.previous_sha256, NEW.content_sha256, NEW.sha256)
    -- Content without its salt only: it no longer has the digest.
    OR NEW.salt IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'audit_entries_append_only'); END;
CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries
BEGIN SELECT RAISE(ABORT, 'audit_entries_append_only'); END;

CREATE TABLE idempotency_records (
    caller TEXT NOT NULL,
    key TEXT NOT NULL,
    digest TEXT NOT NULL,
    status INTEGER NOT NULL CHECK (status BETWEEN 200 AND 299),
    location TEXT,
    etag TEXT,
    body TEXT NOT NULL,
    created_at TEXT NOT NULL,
    -- What the stored response is about, so that it is deleted when that person is erased.
    subject TEXT,
    PRIMARY KEY (caller, key)
) STRICT;
CREATE INDEX idempotency_records_created_at ON idempotency_records (created_at);
CREATE INDEX idempotency_records_subject ON idempotency_records (subject) WHERE subject IS NOT NULL;

-- Secrets that the service creates itself, encrypted with the encryption keys.
CREATE TABLE installation_secrets (
    name TEXT PRIMARY KEY NOT NULL CHECK (name IN ('hash_key', 'evidence_key')),
    value TEXT NOT NULL CHECK (length(value) BETWEEN 1 AND 1000)
) STRICT;

-- At most one row: what the cleanup of the worker has seen of the clock, so that a clock that jumps deletes nothing.
CREATE TABLE worker_clock (
    id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    -- The time of the last round.
    seen_at TEXT NOT NULL,
    -- How long the deletion of data still waits.
    wait_seconds INTEGER NOT NULL CHECK (wait_seconds BETWEEN 0 AND 86400),
    -- Whether it waits because the clock jumped forwards.
    jumped INTEGER NOT NULL CHECK (jumped IN (0, 1))
) STRICT;
