//! Memberships.

diesel::table! {
    memberships (id) {
        id -> Text,
        project_id -> Text,
        person_id -> Text,
        department_id -> Text,
        state -> Text,
        project_role -> Text,
        counts_for_parity -> Bool,
        fte_percent -> Integer,
        valid_from -> Date,
        valid_to -> Date,
        home_department_id -> Text,
        home_title -> Text,
        home_manager -> Nullable<Text>,
        invited_at -> Timestamp,
        expires_at -> Timestamp,
        answered_at -> Nullable<Timestamp>,
        version -> BigInt,
        updated_at -> Timestamp,
        started_at -> Nullable<Timestamp>,
        returning_at -> Nullable<Timestamp>,
        returned_on -> Nullable<Date>,
        returned_home_id -> Nullable<Text>,
    }
}

use super::directory::{home_positions, people};
use super::project::{project_sides, projects};

diesel::allow_tables_to_appear_in_same_query!(memberships, people);
diesel::allow_tables_to_appear_in_same_query!(memberships, projects);
diesel::allow_tables_to_appear_in_same_query!(memberships, project_sides);
diesel::allow_tables_to_appear_in_same_query!(memberships, home_positions);
