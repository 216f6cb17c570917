//! Ownership.

diesel::table! {
    assignments (id) {
        id -> Text,
        area_id -> Text,
        project_id -> Text,
        person_id -> Text,
        responsibility -> Text,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

use super::project::areas;

diesel::joinable!(assignments -> areas (area_id));
diesel::allow_tables_to_appear_in_same_query!(assignments, areas);
