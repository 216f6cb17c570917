//! Projects, their sides, charters, signatures and areas.

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
    }
}

diesel::table! {
    project_sides (project_id, department_id) {
        project_id -> Text,
        department_id -> Text,
        position -> Integer,
        sponsor_person_id -> Nullable<Text>,
    }
}

diesel::table! {
    charter_versions (project_id, version) {
        project_id -> Text,
        version -> Integer,
        content -> Text,
        sha256 -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    signatures (id) {
        id -> Text,
        project_id -> Text,
        department_id -> Text,
        person_id -> Text,
        charter_version -> Integer,
        charter_sha256 -> Text,
        signed_at -> Timestamp,
        superseded_at -> Nullable<Timestamp>,
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
    }
}

use super::directory::people;

diesel::allow_tables_to_appear_in_same_query!(projects, project_sides, charter_versions, signatures, areas, people);
