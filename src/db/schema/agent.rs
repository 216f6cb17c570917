//! Agents and their duties.

diesel::table! {
    agents (id) {
        id -> Text,
        subject -> Text,
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
diesel::allow_tables_to_appear_in_same_query!(agents, agent_duties);
