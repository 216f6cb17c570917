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
        valid_from -> Date,
        valid_to -> Date,
    }
}

diesel::allow_tables_to_appear_in_same_query!(memberships, people);
diesel::allow_tables_to_appear_in_same_query!(memberships, projects);

use super::directory::people;
use super::project::projects;
