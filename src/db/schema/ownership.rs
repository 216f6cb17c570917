//! Ownership: assignments in all their versions, transfers and disputes.

diesel::table! {
    assignments (id, version) {
        id -> Text,
        area_id -> Text,
        project_id -> Text,
        person_id -> Text,
        responsibility -> Text,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        version -> BigInt,
        created_at -> Timestamp,
        recorded_at -> Timestamp,
        superseded_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    transfers (id) {
        id -> Text,
        project_id -> Text,
        area_id -> Text,
        from_person_id -> Text,
        to_person_id -> Text,
        to_department_id -> Text,
        effective_on -> Date,
        note -> Nullable<Text>,
        state -> Text,
        offered_by -> Nullable<Text>,
        offered_at -> Timestamp,
        expires_at -> Timestamp,
        settled_at -> Nullable<Timestamp>,
        version -> BigInt,
    }
}

diesel::table! {
    disputes (id) {
        id -> Text,
        project_id -> Text,
        area_id -> Text,
        department_id -> Text,
        raised_by -> Nullable<Text>,
        claim -> Text,
        arbiter_person_id -> Text,
        deadline -> Timestamp,
        state -> Text,
        outcome_person_id -> Nullable<Text>,
        outcome_department_id -> Nullable<Text>,
        decision_id -> Nullable<Text>,
        raised_at -> Timestamp,
        settled_at -> Nullable<Timestamp>,
        version -> BigInt,
    }
}

use super::directory::people;
use super::project::{areas, projects};

diesel::joinable!(assignments -> areas (area_id));
diesel::allow_tables_to_appear_in_same_query!(assignments, areas);
diesel::allow_tables_to_appear_in_same_query!(assignments, projects);
diesel::allow_tables_to_appear_in_same_query!(disputes, people);
diesel::allow_tables_to_appear_in_same_query!(disputes, projects);
diesel::allow_tables_to_appear_in_same_query!(disputes, areas);
