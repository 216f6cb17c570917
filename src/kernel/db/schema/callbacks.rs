//! Queues, callback requests, their contacts, consents and calls, blocked numbers, agents, and the form.

use super::calendar::{calendar_versions, calendars, closed_days};
use super::directory::people;

diesel::table! {
    queues (id) {
        id -> Text,
        key -> Text,
        name -> Text,
        calendar_id -> Text,
        default_region -> Text,
        sales -> Bool,
        technical_support -> Bool,
        public -> Bool,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    queue_versions (queue_id, starts_at) {
        queue_id -> Text,
        starts_at -> Timestamp,
        ends_at -> Nullable<Timestamp>,
        version -> BigInt,
        valid_from -> Date,
        window_minutes -> Integer,
        capacity_source -> Text,
        window_capacity -> Integer,
        minimum_notice_minutes -> Integer,
        horizon_business_days -> Integer,
        asap_target_minutes -> Integer,
        handling_minutes -> Integer,
        max_attempts -> Integer,
        attempt_pause_minutes -> Integer,
        unrecorded_return_minutes -> Integer,
        recorded_at -> Timestamp,
    }
}

diesel::joinable!(queue_versions -> queues (queue_id));
diesel::allow_tables_to_appear_in_same_query!(queues, queue_versions, calendar_versions);
diesel::allow_tables_to_appear_in_same_query!(queues, calendars);
diesel::allow_tables_to_appear_in_same_query!(queues, closed_days);
diesel::allow_tables_to_appear_in_same_query!(queue_versions, closed_days);

diesel::table! {
    callback_requests (id) {
        id -> Text,
        version -> BigInt,
        state -> Text,
        queue_id -> Text,
        queue_key -> Text,
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
        promise_agent_id -> Nullable<Text>,
        due_from -> Timestamp,
        due_by -> Timestamp,
        priority -> Integer,
        offered -> Bool,
        agent_id -> Nullable<Text>,
        held_by -> Nullable<Text>,
        held_since -> Nullable<Timestamp>,
        attempts -> Integer,
        paused_until -> Nullable<Timestamp>,
        first_attempt_after -> Nullable<Integer>,
        open_place -> Nullable<Integer>,
        linked_to -> Nullable<Text>,
        rerouted_from -> Nullable<Text>,
        rerouted_to -> Nullable<Text>,
        same_number -> Bool,
        at_risk -> Bool,
        closed_day -> Bool,
        quarantine_reason -> Nullable<Text>,
        manage_token_sha256 -> Text,
        agent_linked_at -> Nullable<Timestamp>,
        agent_linked_by -> Nullable<Text>,
        called_on_time -> Nullable<Bool>,
        voided_at -> Nullable<Timestamp>,
        voided_by -> Nullable<Text>,
        requested_at -> Timestamp,
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
        utm_source -> Nullable<Text>,
        utm_medium -> Nullable<Text>,
        utm_campaign -> Nullable<Text>,
        utm_term -> Nullable<Text>,
        utm_content -> Nullable<Text>,
        name_key -> Text,
        last_name_key -> Text,
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
        wording_sha256 -> Text,
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
    calls (id) {
        id -> Text,
        request_id -> Text,
        number -> Integer,
        agent_id -> Text,
        started_at -> Timestamp,
        ended_at -> Nullable<Timestamp>,
        outcome -> Nullable<Text>,
        notes -> Nullable<Text>,
        recorded_at -> Timestamp,
    }
}

diesel::joinable!(callback_contacts -> callback_requests (request_id));
diesel::allow_tables_to_appear_in_same_query!(callback_requests, callback_contacts, callback_consents, calls);

diesel::table! {
    agents (id) {
        id -> Text,
        person_id -> Text,
        active -> Bool,
        max_open -> Nullable<Integer>,
        last_assigned_at -> Nullable<Timestamp>,
        feed_sha256 -> Nullable<Text>,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    agent_queues (agent_id, queue_id) {
        agent_id -> Text,
        queue_id -> Text,
    }
}

diesel::table! {
    agent_duties (agent_id, queue_id, weekday, starts) {
        agent_id -> Text,
        queue_id -> Text,
        weekday -> Integer,
        starts -> Text,
        ends -> Text,
    }
}

diesel::table! {
    agent_absences (agent_id, starts_at) {
        agent_id -> Text,
        starts_at -> Timestamp,
        ends_at -> Timestamp,
    }
}

diesel::joinable!(agent_duties -> agents (agent_id));
diesel::joinable!(agent_queues -> agents (agent_id));
diesel::joinable!(agent_absences -> agents (agent_id));
diesel::allow_tables_to_appear_in_same_query!(agents, agent_queues, agent_duties, agent_absences, people);
diesel::allow_tables_to_appear_in_same_query!(agents, callback_requests);
diesel::allow_tables_to_appear_in_same_query!(agents, queues);
diesel::allow_tables_to_appear_in_same_query!(callback_requests, agent_queues);
diesel::allow_tables_to_appear_in_same_query!(callback_requests, queues);
diesel::joinable!(agents -> people (person_id));

diesel::table! {
    consent_wordings (sha256) {
        sha256 -> Text,
        locale -> Text,
        wording -> Text,
        published_at -> Timestamp,
    }
}

diesel::table! {
    form_logos (sha256) {
        sha256 -> Text,
        image -> Binary,
    }
}

diesel::table! {
    form_settings (id) {
        id -> Integer,
        company_name -> Nullable<Text>,
        accent_color -> Nullable<Text>,
        email_field -> Text,
        company_field -> Text,
        sales -> Bool,
        technical_support -> Bool,
        thank_you_url -> Nullable<Text>,
        texts -> Text,
        logo_sha256 -> Nullable<Text>,
        logo_format -> Nullable<Text>,
        logo_width -> Nullable<Integer>,
        logo_height -> Nullable<Integer>,
        logo_bytes -> Nullable<Integer>,
        version -> BigInt,
        updated_at -> Timestamp,
    }
}
