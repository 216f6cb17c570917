//! Projects, approvals, delegations, memberships, ownership and decisions.

use super::directory::{departments, home_positions, people};

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
        created_by -> Nullable<Text>,
        held_by_department_id -> Nullable<Text>,
        hold_ends_at -> Nullable<Timestamp>,
        sealed_responses -> Bool,
        resumed_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    project_sides (project_id, department_id) {
        project_id -> Text,
        department_id -> Text,
        position -> Integer,
        sponsor_person_id -> Nullable<Text>,
        vacant_since -> Nullable<Timestamp>,
        project_state -> Text,
        sponsor_accepted_at -> Nullable<Timestamp>,
        sponsor_confirmed_at -> Nullable<Timestamp>,
        sponsor_confirmed_by -> Nullable<Text>,
        may_hold_from -> Nullable<Timestamp>,
        standing -> Text,
        head_changes_since -> Nullable<Timestamp>,
        head_waits_until -> Nullable<Timestamp>,
        waits_at_most_until -> Nullable<Timestamp>,
        successor_person_id -> Nullable<Text>,
        successor_accepted_at -> Nullable<Timestamp>,
        successor_confirmed_at -> Nullable<Timestamp>,
        successor_confirmed_by -> Nullable<Text>,
    }
}

diesel::table! {
    project_days (project_id, block) {
        block -> BigInt,
        project_id -> Text,
    }
}

diesel::table! {
    charter_panels (project_id, version, person_id) {
        project_id -> Text,
        version -> Integer,
        person_id -> Text,
    }
}

diesel::table! {
    charter_versions (project_id, version) {
        project_id -> Text,
        version -> Integer,
        content -> Text,
        sha256 -> Text,
        created_at -> Timestamp,
        signed_at -> Nullable<Timestamp>,
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

diesel::table! {
    ownership_conflicts (id) {
        id -> Text,
        project_id -> Text,
        area_id -> Text,
        data_asset -> Text,
        department_id -> Text,
        other_department_id -> Text,
        found_at -> Timestamp,
        resolved_at -> Nullable<Timestamp>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(projects, project_sides, charter_versions, areas, people);
diesel::allow_tables_to_appear_in_same_query!(project_sides, departments);
diesel::allow_tables_to_appear_in_same_query!(project_days, projects);
diesel::allow_tables_to_appear_in_same_query!(charter_panels, projects);
diesel::allow_tables_to_appear_in_same_query!(charter_panels, people);

diesel::table! {
    approvals (id) {
        id -> Text,
        project_id -> Text,
        kind -> Text,
        subject -> Text,
        number -> Integer,
        sides -> Text,
        terms -> Text,
        sha256 -> Text,
        state -> Text,
        requested_by -> Nullable<Text>,
        requested_at -> Timestamp,
        reason -> Nullable<Text>,
        due_at -> Timestamp,
        ended_at -> Nullable<Timestamp>,
        version -> BigInt,
        requested_for -> Nullable<Text>,
        sealed -> Bool,
        silent_from -> Nullable<Timestamp>,
        arbiter_person_id -> Nullable<Text>,
        draw_id -> Nullable<Text>,
        ruling_from -> Nullable<Timestamp>,
        ruling_until -> Nullable<Timestamp>,
    }
}

diesel::table! {
    approval_responses (id) {
        id -> Text,
        approval_id -> Text,
        project_id -> Text,
        department_id -> Text,
        person_id -> Text,
        delegation_id -> Nullable<Text>,
        response -> Text,
        reason -> Nullable<Text>,
        responded_at -> Timestamp,
        superseded_at -> Nullable<Timestamp>,
        sealed -> Bool,
        salt -> Text,
        draw_id -> Nullable<Text>,
    }
}

diesel::table! {
    delegations (id) {
        id -> Text,
        project_id -> Nullable<Text>,
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

diesel::joinable!(approval_responses -> approvals (approval_id));
diesel::allow_tables_to_appear_in_same_query!(approvals, approval_responses);
diesel::allow_tables_to_appear_in_same_query!(delegations, people);
diesel::allow_tables_to_appear_in_same_query!(delegations, projects);
diesel::allow_tables_to_appear_in_same_query!(delegations, project_sides);
diesel::allow_tables_to_appear_in_same_query!(approvals, project_sides);
diesel::allow_tables_to_appear_in_same_query!(approvals, projects);
diesel::allow_tables_to_appear_in_same_query!(approvals, people);
diesel::allow_tables_to_appear_in_same_query!(approvals, home_positions);
diesel::allow_tables_to_appear_in_same_query!(approval_responses, projects);
diesel::allow_tables_to_appear_in_same_query!(approval_responses, project_sides);
diesel::allow_tables_to_appear_in_same_query!(delegations, approvals);
diesel::allow_tables_to_appear_in_same_query!(delegations, approval_responses);

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
        home_manager_person_id -> Nullable<Text>,
        invited_at -> Timestamp,
        expires_at -> Timestamp,
        responded_at -> Nullable<Timestamp>,
        version -> BigInt,
        updated_at -> Timestamp,
        started_at -> Nullable<Timestamp>,
        returning_at -> Nullable<Timestamp>,
        returned_on -> Nullable<Date>,
        returned_home_id -> Nullable<Text>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(memberships, people);
diesel::allow_tables_to_appear_in_same_query!(memberships, projects);
diesel::allow_tables_to_appear_in_same_query!(memberships, project_sides);
diesel::allow_tables_to_appear_in_same_query!(memberships, home_positions);
diesel::allow_tables_to_appear_in_same_query!(memberships, departments);
diesel::allow_tables_to_appear_in_same_query!(home_positions, projects);
diesel::allow_tables_to_appear_in_same_query!(home_positions, project_sides);

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
        ended_at -> Nullable<Timestamp>,
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
        arbiter_person_id -> Nullable<Text>,
        deadline -> Timestamp,
        state -> Text,
        outcome_person_id -> Nullable<Text>,
        outcome_department_id -> Nullable<Text>,
        decision_id -> Nullable<Text>,
        raised_at -> Timestamp,
        ended_at -> Nullable<Timestamp>,
        version -> BigInt,
        draw_id -> Nullable<Text>,
        ruling_from -> Nullable<Timestamp>,
        ruling_until -> Nullable<Timestamp>,
    }
}

diesel::joinable!(assignments -> areas (area_id));
diesel::allow_tables_to_appear_in_same_query!(assignments, areas);
diesel::allow_tables_to_appear_in_same_query!(transfers, areas);
diesel::allow_tables_to_appear_in_same_query!(approvals, areas);
diesel::allow_tables_to_appear_in_same_query!(assignments, transfers, disputes, approvals);
diesel::allow_tables_to_appear_in_same_query!(assignments, projects);
diesel::allow_tables_to_appear_in_same_query!(transfers, projects);
diesel::allow_tables_to_appear_in_same_query!(disputes, people);
diesel::allow_tables_to_appear_in_same_query!(disputes, projects);
diesel::allow_tables_to_appear_in_same_query!(disputes, areas);

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
        draw_id -> Nullable<Text>,
        ruling_from -> Nullable<Timestamp>,
        ruling_until -> Nullable<Timestamp>,
    }
}

diesel::table! {
    draws (id) {
        id -> Text,
        project_id -> Text,
        subject -> Text,
        topic -> Text,
        series -> Text,
        position -> Integer,
        person_id -> Text,
        seed -> Text,
        candidates -> Text,
        drawn_at -> Timestamp,
        is_approved -> Bool,
        struck_by -> Nullable<Text>,
        struck_by_person_id -> Nullable<Text>,
        struck_at -> Nullable<Timestamp>,
        ended_at -> Nullable<Timestamp>,
        raised_for -> Nullable<Text>,
        ruled -> Bool,
    }
}

diesel::table! {
    draw_waivers (draw_id, department_id) {
        draw_id -> Text,
        project_id -> Text,
        department_id -> Text,
        person_id -> Text,
        waived_at -> Timestamp,
    }
}

diesel::allow_tables_to_appear_in_same_query!(decisions, disputes);
diesel::allow_tables_to_appear_in_same_query!(draws, projects);
diesel::allow_tables_to_appear_in_same_query!(draws, people);
diesel::allow_tables_to_appear_in_same_query!(draws, project_sides);
diesel::allow_tables_to_appear_in_same_query!(decisions, people);
diesel::allow_tables_to_appear_in_same_query!(decisions, projects);
diesel::allow_tables_to_appear_in_same_query!(decisions, project_sides);
diesel::allow_tables_to_appear_in_same_query!(decisions, departments);
diesel::allow_tables_to_appear_in_same_query!(decisions, memberships);
diesel::allow_tables_to_appear_in_same_query!(decisions, home_positions);
diesel::allow_tables_to_appear_in_same_query!(disputes, home_positions);
diesel::allow_tables_to_appear_in_same_query!(delegations, home_positions);
diesel::allow_tables_to_appear_in_same_query!(departments, projects);

diesel::table! {
    reminders (project_id, kind, subject, milestone, about) {
        project_id -> Text,
        kind -> Text,
        subject -> Text,
        milestone -> Text,
        about -> Timestamp,
        department_id -> Nullable<Text>,
        person_id -> Nullable<Text>,
        sent_at -> Timestamp,
        resolved_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    reminder_start (singleton) {
        singleton -> Integer,
        started_at -> Timestamp,
    }
}

diesel::allow_tables_to_appear_in_same_query!(reminders, projects);
