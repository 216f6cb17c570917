//! Privacy notices, retention, and the lock that permits erasure.

diesel::table! {
    privacy_notices (id) {
        id -> Text,
        locale -> Text,
        number -> Integer,
        text -> Text,
        sha256 -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    retention_settings (id) {
        id -> Integer,
        completed_days -> Integer,
        unreachable_days -> Integer,
        cancelled_days -> Integer,
        rerouted_days -> Integer,
        quarantined_days -> Integer,
        version -> BigInt,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    erasure_lock (id) {
        id -> Integer,
    }
}
