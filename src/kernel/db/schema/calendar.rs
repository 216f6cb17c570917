//! Calendars, closed days and slots.

diesel::table! {
    calendars (id) {
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

diesel::allow_tables_to_appear_in_same_query!(calendars, closed_days);
