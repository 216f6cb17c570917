//! Decisions.

diesel::table! {
    decisions (id) {
        id -> Text,
        project_id -> Text,
        question -> Text,
        department_id -> Text,
        raised_by -> Nullable<Text>,
        raised_at -> Timestamp,
        due_at -> Timestamp,
        state -> Text,
        outcome -> Nullable<Text>,
        decided_by -> Nullable<Text>,
        rationale -> Nullable<Text>,
        decided_at -> Nullable<Timestamp>,
        deadlocked_at -> Nullable<Timestamp>,
        escalated_to -> Nullable<Text>,
        escalated_at -> Nullable<Timestamp>,
        version -> BigInt,
    }
}

use super::directory::people;
use super::project::projects;

diesel::allow_tables_to_appear_in_same_query!(decisions, people);
diesel::allow_tables_to_appear_in_same_query!(decisions, projects);
