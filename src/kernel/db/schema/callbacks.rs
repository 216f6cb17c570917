//! Callback requests, their contacts, consents and attempts, blocked numbers, and agents.

use super::directory::people;

diesel::table! {
    callback_requests (id) {
        id -> Text,
        version -> BigInt,
        state -> Text,
        intent -> Text,
        phone_e164 -> Nullable<Text>,
        locale -> Text,
        notice_id -> Text,
        slot_id -> Nullable<Text>,
        promised_from -> Nullable<Timestamp>,
        promised_by -> Timestamp,
        rolled -> Bool,
        first_promised_from -> Nullable<Timestamp>,
        first_promised_by -> Timestamp,
        promise -> Text,
        due_from -> Timestamp,
        due_by -> Timestamp,
        priority -> Integer,
        offered -> Bool,
        agent_id -> Nullable<Text>,
        attempts -> Integer,
        first_attempt_after -> Nullable<Integer>,
        open_place -> Nullable<Integer>,
        linked_to -> Nullable<Text>,
        rerouted_from -> Nullable<Text>,
        rerouted_to -> Nullable<Text>,
        same_number -> Bool,
        closed_day -> Bool,
        quarantine_reason -> Nullable<Text>,
        manage_token_sha256 -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        erased_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    callback_contacts (request_id) {
        request_id -> Text,
        full_name -> Text,
        phone_typed -> Text,
        email -> Nullable<Text>,
        email_key -> Nullable<Text>,
        company -> Nullable<Text>,
        notes -> Nullable<Text>,
        source_page -> Nullable<Text>,
        source_campaign -> Nullable<Text>,
        network_hash -> Nullable<Text>,
        wide_network_hash -> Nullable<Text>,
        counted -> Bool,
    }
}

diesel::table! {
    callback_consents (request_id, purpose) {
        request_id -> Text,
        purpose -> Text,
        wording -> Text,
        given_at -> Timestamp,
        withdrawn_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    blocked_numbers (id) {
        id -> Text,
        number_hash -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    used_challenges (challenge) {
        challenge -> Text,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    call_attempts (id) {
        id -> Text,
        request_id -> Text,
        number -> Integer,
        agent_id -> Text,
        outcome -> Text,
        started_at -> Timestamp,
        note -> Nullable<Text>,
        recorded_at -> Timestamp,
    }
}

diesel::joinable!(callback_contacts -> callback_requests (request_id));
diesel::allow_tables_to_appear_in_same_query!(callback_requests, callback_contacts, callback_consents, call_attempts);

diesel::table! {
    agents (id) {
        id -> Text,
        person_id -> Text,
        active -> Bool,
        last_assigned_at -> Nullable<Timestamp>,
        feed_sha256 -> Nullable<Text>,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    agent_duties (agent_id, weekday, starts) {
        agent_id -> Text,
        weekday -> Integer,
        starts -> Text,
        ends -> Text,
    }
}

diesel::joinable!(agent_duties -> agents (agent_id));
diesel::allow_tables_to_appear_in_same_query!(agents, agent_duties, people);
diesel::allow_tables_to_appear_in_same_query!(agents, callback_requests);
diesel::joinable!(agents -> people (person_id));
