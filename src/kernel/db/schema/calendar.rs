//! Calendars, closed days and slots.

diesel::table! {
    calendars (id) {
        id -> Text,
        version -> BigInt,
    }
}

diesel::table! {
    calendar_versions (starts_at) {
        starts_at -> Timestamp,
        ends_at -> Nullable<Timestamp>,
        calendar_id -> Text,
        version -> BigInt,
        valid_from -> Date,
        zone -> Text,
        weekdays -> Text,
        opens -> Text,
        closes -> Text,
        window_minutes -> Integer,
        window_capacity -> Integer,
        minimum_notice_minutes -> Integer,
        horizon_business_days -> Integer,
        asap_target_minutes -> Integer,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    closed_days (id) {
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

diesel::joinable!(calendar_versions -> calendars (calendar_id));
diesel::allow_tables_to_appear_in_same_query!(calendars, calendar_versions);
diesel::allow_tables_to_appear_in_same_query!(calendar_versions, closed_days);
