//! Calendar, slots, privacy notices, callback requests and attempts.

diesel::table! {
    calendar_settings (id) {
        id -> Text,
        zone -> Text,
        weekdays -> Text,
        opens -> Text,
        closes -> Text,
        window_minutes -> Integer,
        window_capacity -> Integer,
        minimum_notice_minutes -> Integer,
        horizon_business_days -> Integer,
        asap_target_minutes -> Integer,
        version -> BigInt,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    calendar_closures (id) {
        id -> Text,
        date -> Date,
        reason -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    slots (slot_id) {
        slot_id -> Text,
        starts_at -> Timestamp,
        ends_at -> Timestamp,
        capacity -> Integer,
        booked -> Integer,
    }
}

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
    callback_requests (id) {
        id -> Text,
        version -> BigInt,
        state -> Text,
        intent -> Text,
        full_name -> Text,
        phone_typed -> Text,
        phone_e164 -> Text,
        email -> Nullable<Text>,
        company -> Nullable<Text>,
        notes -> Nullable<Text>,
        locale -> Text,
        source_page -> Nullable<Text>,
        source_campaign -> Nullable<Text>,
        notice_id -> Text,
        slot_id -> Nullable<Text>,
        promised_from -> Nullable<Timestamp>,
        promised_by -> Timestamp,
        rolled -> Bool,
        due_from -> Timestamp,
        due_by -> Timestamp,
        assigned_to -> Nullable<Text>,
        attempts -> Integer,
        open_place -> Nullable<Integer>,
        manage_token_sha256 -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    call_attempts (id) {
        id -> Text,
        request_id -> Text,
        number -> Integer,
        agent -> Text,
        outcome -> Text,
        started_at -> Timestamp,
        note -> Nullable<Text>,
        recorded_at -> Timestamp,
    }
}

diesel::allow_tables_to_appear_in_same_query!(calendar_settings, calendar_closures);
