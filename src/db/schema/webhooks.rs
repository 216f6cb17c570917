//! Webhook endpoints, deliveries, attempts.

diesel::table! {
    webhook_endpoints (id) {
        id -> Text,
        url -> Text,
        description -> Nullable<Text>,
        event_types -> Text,
        enabled -> Bool,
        disabled_reason -> Nullable<Text>,
        paused_until -> Nullable<Timestamp>,
        secret -> Nullable<Binary>,
        previous_secret -> Nullable<Binary>,
        previous_secret_until -> Nullable<Timestamp>,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        deleted_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    webhook_deliveries (id) {
        id -> Text,
        endpoint_id -> Text,
        event_id -> Text,
        sequence -> BigInt,
        body -> Text,
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

diesel::allow_tables_to_appear_in_same_query!(webhook_endpoints, webhook_deliveries, webhook_attempts);
