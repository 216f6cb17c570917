//! Webhook endpoints, deliveries and attempts, and external references.

use super::kernel::events;

diesel::table! {
    webhook_endpoints (id) {
        id -> Text,
        url -> Text,
        description -> Nullable<Text>,
        event_types -> Text,
        enabled -> Bool,
        disabled_reason -> Nullable<Text>,
        paused_until -> Nullable<Timestamp>,
        previous_secret_until -> Nullable<Timestamp>,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        deleted_at -> Nullable<Timestamp>,
        format -> Text,
        signature -> Text,
        public_key -> Nullable<Text>,
        ordering -> Text,
        on_exhausted -> Text,
        retry_delays -> Nullable<Text>,
        system -> Nullable<Text>,
        auth_kind -> Text,
        mapping -> Nullable<Text>,
        content_filter -> Nullable<Text>,
        sealed -> Nullable<Binary>,
        sealed_with -> Nullable<Text>,
        circuit -> Text,
        failures -> Integer,
        failing_since -> Nullable<Timestamp>,
        probes -> Integer,
        probe_at -> Nullable<Timestamp>,
        recovering_since -> Nullable<Timestamp>,
        last_success_at -> Nullable<Timestamp>,
        last_failure_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    webhook_deliveries (id) {
        id -> Text,
        endpoint_id -> Text,
        event_id -> Text,
        subject -> Text,
        sequence -> BigInt,
        body -> Nullable<Text>,
        state -> Text,
        attempts -> Integer,
        tries -> Integer,
        next_attempt_at -> Timestamp,
        lease_token -> Nullable<BigInt>,
        created_at -> Timestamp,
        delivered_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    webhook_attempts (id) {
        id -> Text,
        delivery_id -> Text,
        number -> Integer,
        started_at -> Timestamp,
        duration_ms -> BigInt,
        outcome -> Text,
        status -> Nullable<Integer>,
        excerpt -> Nullable<Text>,
    }
}

diesel::joinable!(webhook_deliveries -> webhook_endpoints (endpoint_id));
diesel::allow_tables_to_appear_in_same_query!(webhook_deliveries, webhook_attempts, events);
diesel::allow_tables_to_appear_in_same_query!(webhook_endpoints, webhook_deliveries);
diesel::allow_tables_to_appear_in_same_query!(webhook_endpoints, webhook_attempts);

diesel::table! {
    webhook_records (endpoint_id, subject) {
        endpoint_id -> Text,
        subject -> Text,
        record_id -> Nullable<Text>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    external_references (subject, system) {
        subject -> Text,
        system -> Text,
        external_id -> Text,
        url -> Nullable<Text>,
        status -> Nullable<Text>,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}
