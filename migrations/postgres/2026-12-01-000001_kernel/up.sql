-- Tables that every component uses: events, the audit trail and idempotency records.
-- Instants are UTC without a time zone, with microseconds. Ids are TypeIDs stored as text.

CREATE TABLE events (
    -- Insertion order. Rolled back transactions leave gaps, so it is never exposed.
    position BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id TEXT NOT NULL CONSTRAINT events_id_key UNIQUE,
    type TEXT NOT NULL CONSTRAINT events_type_form CHECK (type ~ '^[a-z_]+\.[a-z_]+$'),
    occurred_at TIMESTAMP NOT NULL,
    subject TEXT NOT NULL,
    data TEXT NOT NULL,
    request_id TEXT NOT NULL,
    -- Assigned after the commit by one dispatcher at a time, without gaps. Readers page by it.
    sequence BIGINT CONSTRAINT events_sequence_key UNIQUE CHECK (sequence > 0),
    -- Position among the events of the same subject, assigned together with `sequence`.
    subject_sequence BIGINT CHECK (subject_sequence > 0),
    -- The external system that made the change, so that it is not notified of its own change.
    caused_by TEXT CHECK (length(caused_by) BETWEEN 1 AND 40),
    -- The head of the project's chain of audit entries after the change, for events about a project.
    chain_position BIGINT CHECK (chain_position > 0),
    chain_sha256 TEXT CHECK (length(chain_sha256) = 64),
    CONSTRAINT events_placed CHECK ((sequence IS NULL) = (subject_sequence IS NULL))
);
CREATE INDEX events_unsequenced ON events (position) WHERE sequence IS NULL;
CREATE UNIQUE INDEX events_subject_sequence ON events (subject, subject_sequence);
-- NULLS FIRST makes this order another one for PostgreSQL, so that a plan for all types never uses the index on the
-- sequence alone, which is slow for rare types.
CREATE INDEX events_type ON events (type, sequence NULLS FIRST);
-- Replays of some types, in the order of time.
CREATE INDEX events_replay ON events (type, id) WHERE sequence IS NOT NULL;

-- One row: the last assigned sequence. Dispatchers lock it, so that only one assigns sequences at a time.
CREATE TABLE event_sequence (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    last_sequence BIGINT NOT NULL CHECK (last_sequence >= 0),
    -- Every event up to this sequence has expired and was deleted; no later one was.
    expired_through BIGINT NOT NULL DEFAULT 0 CHECK (expired_through BETWEEN 0 AND last_sequence)
);
INSERT INTO event_sequence (id, last_sequence) VALUES (1, 0);

-- The last assigned sequence per subject. It outlives the events, so that no number is used twice.
CREATE TABLE event_subjects (
    subject TEXT PRIMARY KEY,
    last_sequence BIGINT NOT NULL CHECK (last_sequence > 0)
);

-- The people who act: audit entries have the id only, so that erasing a person means emptying one row.
CREATE TABLE actors (
    id TEXT PRIMARY KEY,
    -- `iss` and `sub` of the person's tokens; null after an erasure. The order of the constraint serves lookups of all
    -- issuers of a subject.
    issuer TEXT,
    subject TEXT,
    CONSTRAINT actors_login_key UNIQUE (subject, issuer),
    CONSTRAINT actors_login_whole CHECK ((issuer IS NULL) = (subject IS NULL))
);

CREATE TABLE audit_entries (
    -- Order of insertion, by which the trail is read. Rolled back transactions leave gaps, so it is never exposed.
    position BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id TEXT NOT NULL CONSTRAINT audit_entries_id_key UNIQUE,
    recorded_at TIMESTAMP NOT NULL,
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
    chain_position BIGINT CHECK (chain_position > 0),
    previous_sha256 TEXT CHECK (length(previous_sha256) = 64),
    content_sha256 TEXT CHECK (length(content_sha256) = 64),
    sha256 TEXT CHECK (length(sha256) = 64),
    salt TEXT CHECK (length(salt) = 64),
    CONSTRAINT audit_entries_chain_position UNIQUE (project_id, chain_position),
    CONSTRAINT audit_entries_chain_whole CHECK (
        (project_id IS NULL) = (chain_position IS NULL) AND (project_id IS NULL) = (previous_sha256 IS NULL)
        AND (project_id IS NULL) = (content_sha256 IS NULL) AND (project_id IS NULL) = (sha256 IS NULL)
        AND (project_id IS NOT NULL OR salt IS NULL)),
    CONSTRAINT audit_entries_issuer_of_application CHECK (issuer IS NULL OR actor NOT LIKE 'act\_%')
);
-- The head of the chain of each project. A transaction locks it before it appends entries, so that concurrent changes
-- of a project never fork the chain. The component of the projects creates their table later.
CREATE TABLE audit_chains (
    project_id TEXT PRIMARY KEY,
    length BIGINT NOT NULL CHECK (length >= 0),
    -- The hash of the last entry; 64 zeros before the first one.
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64)
);
CREATE FUNCTION keep_chain() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.project_id = OLD.project_id
        AND (NEW.length > OLD.length OR (NEW.length, NEW.sha256) = (OLD.length, OLD.sha256))
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'audit_chains_append_only';
END $$;
CREATE TRIGGER audit_chains_append_only BEFORE UPDATE OR DELETE ON audit_chains
    FOR EACH ROW EXECUTE FUNCTION keep_chain();

CREATE INDEX audit_entries_subject ON audit_entries (subject, position);
CREATE INDEX audit_entries_actor ON audit_entries (actor, position);

-- A position is assigned before the commit, so an entry with a lower position can become visible after one with a higher
-- position. A reader must not pass such an entry. Therefore, each transaction holds a lock from before it takes its first
-- position until it ends. The lock is shared, so no transaction ever waits for another one. Its number is the last
-- position that was taken before, so all positions of the transaction are higher. The two parts of the number are the
-- two keys of the lock; the first one starts at 1635083264, which no other lock uses.
CREATE FUNCTION lock_audit_positions() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    taken BIGINT;
BEGIN
    SELECT last_value - (NOT is_called)::integer INTO taken FROM audit_entries_position_seq;
    PERFORM pg_advisory_xact_lock_shared(1635083264 + (taken >> 31)::integer, (taken & 2147483647)::integer);
    RETURN NULL;
END $$;
CREATE TRIGGER audit_entries_lock_positions BEFORE INSERT ON audit_entries
    FOR EACH STATEMENT EXECUTE FUNCTION lock_audit_positions();

-- Returns a position up to which the trail is complete for every later statement: all transactions with such positions
-- have ended. It reads the last position before the locks: a transaction with a position up to that one already held its
-- lock, and it has ended if it does not hold the lock any more.
CREATE FUNCTION audit_settled_through() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    taken BIGINT;
    oldest BIGINT;
BEGIN
    SELECT last_value - (NOT is_called)::integer INTO taken FROM audit_entries_position_seq;
    SELECT min(((classid::bigint - 1635083264) << 31) + objid::bigint) INTO oldest FROM pg_locks
        WHERE locktype = 'advisory' AND objsubid = 2 AND classid::bigint BETWEEN 1635083264 AND 1635083264 + 65535
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database());
    RETURN LEAST(taken, oldest);
END $$;
-- For a role that does not own the tables: both functions read the sequence.
GRANT SELECT ON SEQUENCE audit_entries_position_seq TO PUBLIC;

-- The audit trail is append-only. The only exception is the redaction of personal data, in a transaction that
-- holds the row of `erasure_lock`. The privacy component creates that table later; a function resolves it when it runs.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND EXISTS (SELECT 1 FROM erasure_lock)
        AND (OLD.position, OLD.id, OLD.recorded_at, OLD.actor, OLD.issuer, OLD.action, OLD.subject, OLD.request_id)
            IS NOT DISTINCT FROM
            (NEW.position, NEW.id, NEW.recorded_at, NEW.actor, NEW.issuer, NEW.action, NEW.subject, NEW.request_id)
        AND (OLD.project_id, OLD.chain_position, OLD.previous_sha256, OLD.content_sha256, OLD.sha256)
            IS NOT DISTINCT FROM
            (NEW.project_id, NEW.chain_position, NEW.previous_sha256, NEW.content_sha256, NEW.sha256)
        -- Content without its salt only: it no longer has the digest.
        AND NEW.salt IS NULL
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'audit_entries_append_only';
END $$;
CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE ON audit_entries
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE idempotency_records (
    caller TEXT NOT NULL,
    key TEXT NOT NULL,
    digest TEXT NOT NULL,
    status INTEGER NOT NULL CHECK (status BETWEEN 200 AND 299),
    location TEXT,
    etag TEXT,
    body TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    -- What the stored response is about, so that it is deleted when that person is erased.
    subject TEXT,
    PRIMARY KEY (caller, key)
);
CREATE INDEX idempotency_records_created_at ON idempotency_records (created_at);
CREATE INDEX idempotency_records_subject ON idempotency_records (subject) WHERE subject IS NOT NULL;

-- Secrets that the service creates itself, encrypted with the encryption keys.
CREATE TABLE installation_secrets (
    name TEXT PRIMARY KEY CHECK (name IN ('hash_key', 'evidence_key')),
    value TEXT NOT NULL CHECK (length(value) BETWEEN 1 AND 1000)
);

-- At most one row: what the cleanup of the worker has seen of the clock, so that a clock that jumps deletes nothing.
CREATE TABLE worker_clock (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    -- The time of the last round.
    seen_at TIMESTAMP NOT NULL,
    -- How long the deletion of data still waits.
    wait_seconds BIGINT NOT NULL CHECK (wait_seconds BETWEEN 0 AND 86400),
    -- Whether it waits because the clock jumped forwards.
    jumped BOOLEAN NOT NULL
);
