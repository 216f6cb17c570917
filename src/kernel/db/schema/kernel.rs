//! Events, the audit trail with the pseudonyms of its actors, idempotency records, secrets of the installation, and the
//! clock of the worker.

use super::directory::people;

diesel::table! {
    events (position) {
        position -> BigInt,
        id -> Text,
        #[sql_name = "type"]
        kind -> Text,
        occurred_at -> Timestamp,
        subject -> Text,
        data -> Text,
        request_id -> Text,
        sequence -> Nullable<BigInt>,
        subject_sequence -> Nullable<BigInt>,
        caused_by -> Nullable<Text>,
        chain_position -> Nullable<BigInt>,
        chain_sha256 -> Nullable<Text>,
    }
}

diesel::table! {
    event_sequence (id) {
        id -> Integer,
        last_sequence -> BigInt,
        expired_through -> BigInt,
    }
}

diesel::table! {
    event_subjects (subject) {
        subject -> Text,
        last_sequence -> BigInt,
    }
}

diesel::table! {
    audit_entries (position) {
        position -> BigInt,
        id -> Text,
        recorded_at -> Timestamp,
        actor -> Text,
        issuer -> Nullable<Text>,
        action -> Text,
        subject -> Text,
        before -> Text,
        after -> Text,
        reason -> Nullable<Text>,
        request_id -> Text,
        project_id -> Nullable<Text>,
        chain_position -> Nullable<BigInt>,
        previous_sha256 -> Nullable<Text>,
        content_sha256 -> Nullable<Text>,
        sha256 -> Nullable<Text>,
        salt -> Nullable<Text>,
    }
}

diesel::table! {
    audit_chains (project_id) {
        project_id -> Text,
        length -> BigInt,
        sha256 -> Text,
    }
}

diesel::table! {
    actors (id) {
        id -> Text,
        issuer -> Nullable<Text>,
        subject -> Nullable<Text>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(actors, people);

diesel::table! {
    installation_secrets (name) {
        name -> Text,
        value -> Text,
    }
}

diesel::table! {
    idempotency_records (caller, key) {
        caller -> Text,
        key -> Text,
        digest -> Text,
        status -> Integer,
        location -> Nullable<Text>,
        etag -> Nullable<Text>,
        body -> Text,
        created_at -> Timestamp,
        subject -> Nullable<Text>,
    }
}

diesel::table! {
    worker_clock (id) {
        id -> Integer,
        seen_at -> Timestamp,
        wait_seconds -> BigInt,
        jumped -> Bool,
    }
}
