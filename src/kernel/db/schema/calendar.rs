//! Calendars, closed days and slots.

diesel::table! {
    calendars (id) {
        id -> Text,
        name -> Text,
        company -> Bool,
        version -> BigInt,
        created_at -> Timestamp,
    }
}

diesel::table! {
    calendar_versions (calendar_id, starts_at) {
        calendar_id -> Text,
        starts_at -> Timestamp,
        ends_at -> Nullable<Timestamp>,
        version -> BigInt,
        valid_from -> Date,
        zone -> Text,
        opening_hours -> Text,
        special_hours -> Text,
        public_holidays -> Text,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    closed_days (id) {
        id -> Text,
        calendar_id -> Text,
        date -> Date,
        reason -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    slots (queue_id, slot_id) {
        queue_id -> Text,
        slot_id -> Text,
        starts_at -> Timestamp,
        ends_at -> Timestamp,
        capacity -> Integer,
        booked -> Integer,
    }
}

diesel::joinable!(calendar_versions -> calendars (calendar_id));
diesel::allow_tables_to_appear_in_same_query!(calendars, calendar_versions, closed_days);
