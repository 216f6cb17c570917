//! Consents, the answers of the sides, and delegations.

diesel::table! {
    consents (id) {
        id -> Text,
        project_id -> Text,
        kind -> Text,
        subject -> Text,
        number -> Integer,
        terms -> Text,
        sha256 -> Text,
        state -> Text,
        asked_by -> Nullable<Text>,
        asked_at -> Timestamp,
        reason -> Nullable<Text>,
        due_at -> Nullable<Timestamp>,
        settled_at -> Nullable<Timestamp>,
        version -> BigInt,
    }
}

diesel::table! {
    consent_answers (id) {
        id -> Text,
        consent_id -> Text,
        project_id -> Text,
        department_id -> Text,
        person_id -> Text,
        delegation_id -> Nullable<Text>,
        answer -> Text,
        reason -> Nullable<Text>,
        answered_at -> Timestamp,
        superseded_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    delegations (id) {
        id -> Text,
        project_id -> Text,
        department_id -> Text,
        sponsor_person_id -> Text,
        delegate_person_id -> Text,
        valid_from -> Date,
        valid_to -> Date,
        revoked_at -> Nullable<Timestamp>,
        version -> BigInt,
        created_at -> Timestamp,
    }
}

use super::directory::people;
use super::project::{project_sides, projects};

diesel::joinable!(consent_answers -> consents (consent_id));
diesel::allow_tables_to_appear_in_same_query!(consents, consent_answers);
diesel::allow_tables_to_appear_in_same_query!(delegations, people);
diesel::allow_tables_to_appear_in_same_query!(delegations, projects);
diesel::allow_tables_to_appear_in_same_query!(consents, project_sides);
diesel::allow_tables_to_appear_in_same_query!(consent_answers, project_sides);
diesel::allow_tables_to_appear_in_same_query!(delegations, consents);
diesel::allow_tables_to_appear_in_same_query!(delegations, consent_answers);
