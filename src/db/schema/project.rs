//! Projects, their sides, charters, closure reports and areas.

diesel::table! {
    projects (id) {
        id -> Text,
        name -> Text,
        state -> Text,
        starts_on -> Date,
        ends_on -> Date,
        parity_tolerance -> Integer,
        lead_person_id -> Nullable<Text>,
        charter_version -> Integer,
        charter_sha256 -> Text,
        in_force_version -> Nullable<Integer>,
        in_force_sha256 -> Nullable<Text>,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        parity_measure -> Text,
        activated_at -> Nullable<Timestamp>,
        held_since -> Nullable<Timestamp>,
        closing_since -> Nullable<Timestamp>,
        closed_at -> Nullable<Timestamp>,
        parity_breached_at -> Nullable<Timestamp>,
        parity_grace_ended_at -> Nullable<Timestamp>,
        check_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    project_sides (project_id, department_id) {
        project_id -> Text,
        department_id -> Text,
        position -> Integer,
        sponsor_person_id -> Nullable<Text>,
        vacant_since -> Nullable<Timestamp>,
    }
}

diesel::table! {
    charter_versions (project_id, version) {
        project_id -> Text,
        version -> Integer,
        content -> Text,
        sha256 -> Text,
        created_at -> Timestamp,
        agreed_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    closure_reports (project_id) {
        project_id -> Text,
        content -> Text,
        submitted_at -> Timestamp,
        version -> BigInt,
    }
}

diesel::table! {
    areas (id) {
        id -> Text,
        project_id -> Text,
        key -> Text,
        name -> Text,
        description -> Nullable<Text>,
        department_id -> Text,
        retired_at -> Nullable<Timestamp>,
        data_asset -> Nullable<Text>,
    }
}

use super::directory::{departments, people};

diesel::allow_tables_to_appear_in_same_query!(projects, project_sides, charter_versions, areas, people);
diesel::allow_tables_to_appear_in_same_query!(project_sides, departments);
