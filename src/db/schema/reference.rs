//! What other systems call our records.

diesel::table! {
    external_references (subject, system) {
        subject -> Text,
        system -> Text,
        external_id -> Text,
        url -> Nullable<Text>,
        status -> Nullable<Text>,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}
