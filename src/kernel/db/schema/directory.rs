//! Departments, people, home positions and API keys.

diesel::table! {
    departments (id) {
        id -> Text,
        key -> Text,
        name -> Text,
        head_title -> Nullable<Text>,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        head_person_id -> Nullable<Text>,
        head_since -> Nullable<Timestamp>,
        head_changed_at -> Nullable<Timestamp>,
        head_is_first -> Bool,
    }
}

diesel::table! {
    people (id) {
        id -> Text,
        display_name -> Text,
        email -> Text,
        login -> Nullable<Text>,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        deactivated_at -> Nullable<Timestamp>,
        erased_at -> Nullable<Timestamp>,
        employee_number -> Nullable<Text>,
        login_issuer -> Nullable<Text>,
        login_set_at -> Nullable<Timestamp>,
        tokens_not_before -> Nullable<Timestamp>,
    }
}

diesel::table! {
    home_positions (id) {
        id -> Text,
        person_id -> Text,
        department_id -> Text,
        title -> Text,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
        created_at -> Timestamp,
        manager_person_id -> Nullable<Text>,
        end_set_at -> Nullable<Timestamp>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(departments, people, home_positions);

diesel::table! {
    api_keys (id) {
        id -> Text,
        client -> Text,
        scopes -> Text,
        secret_sha256 -> Text,
        version -> BigInt,
        created_at -> Timestamp,
        expires_at -> Nullable<Timestamp>,
        replaced_at -> Nullable<Timestamp>,
        last_used_on -> Nullable<Date>,
    }
}

diesel::table! {
    refused_logins (hash) {
        hash -> Text,
    }
}
