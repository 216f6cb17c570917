//! Statements stay prepared: connections keep them after the first execution. To prepare a statement for each execution
//! takes time that no other test shows.
//!
//! diesel keeps no statement whose text can vary without limit, and code that asks it to keep one can have no effect. So
//! these tests compare what was executed with what the connections report as kept.

use std::collections::BTreeSet;

use super::support::*;
use super::{examples, story};

/// Operations with statements that are prepared for each execution: reports, imports and rare changes, whose text
/// depends on a number of values. This list may only get shorter.
const PREPARED_AGAIN: [&str; 27] = [
    "compare_departments",
    "create_agent",
    "create_closed_day",
    "create_home_position",
    "create_project",
    "deactivate_person",
    "delete_closed_day",
    "delete_webhook_endpoint",
    "end_home_position",
    "end_memberships",
    "erase_data_subject",
    "erase_person",
    "export_callback_report",
    "export_department_comparison",
    "get_callback_report",
    "get_webhook_health",
    "import_closed_days",
    "import_people",
    "invite_member",
    "invite_members",
    "offboard_person",
    "reactivate_person",
    "redeliver_webhook_delivery",
    "replace_charter",
    "replay_webhook_events",
    "update_agent",
    "update_calendar",
];

/// Tables into which one statement inserts any number of rows, also one.
const IN_BATCHES: [&str; 3] = ["agent_duties", "agent_queues", "memberships"];

/// Whether a statement inserts several rows. Its text depends on their number.
fn is_batch(sql: &str) -> bool {
    let Some(insert) = sql.strip_prefix("INSERT INTO ") else { return false };
    let table = insert.split_whitespace().next().unwrap_or_default().trim_matches(['"', '`']);
    insert.contains("), (") || IN_BATCHES.contains(&table)
}

#[apply(both)]
async fn other_operations_prepare_no_statement_again(app: TestApp) {
    let (app, executed) = examples::execute_all_examples(app).await;
    let others = executed.iter().filter(|example| !PREPARED_AGAIN.contains(&example.operation.as_str()));
    let lost = others.flat_map(|example| {
        let lost = example.statements.iter().filter(|sql| !app.keeps(sql));
        lost.map(|sql| format!("{}: {sql}", example.operation))
    });
    let lost: Vec<String> = lost.collect();
    let keeps_all = |example: &&examples::ExecutedExample| example.statements.iter().all(|sql| app.keeps(sql));
    let listed = executed.iter().filter(|example| PREPARED_AGAIN.contains(&example.operation.as_str()));
    if app.engine == Engine::Sqlite {
        let kept: Vec<&str> = listed.filter(keeps_all).map(|example| example.operation.as_str()).collect();
        assert!(kept.is_empty(), "remove from the list: {kept:?}");
    }
    assert!(lost.is_empty(), "prepared for each execution:\n{}", lost.join("\n"));
}

/// The story includes the deliveries of webhooks.
#[apply(both)]
async fn changes_of_the_story_stay_prepared(app: TestApp) {
    app.record_statements();
    story::run(&app).await;
    let statements = app.statements();
    let verb = |sql: &&String| ["INSERT", "UPDATE", "DELETE", "WITH"].iter().any(|verb| sql.starts_with(verb));
    let changes: Vec<&String> = statements.iter().filter(verb).collect();
    assert!(changes.iter().any(|sql| sql.contains("lease_token")), "no delivery in {} changes", changes.len());
    // The test itself names the heads of departments, with literal values.
    let lost = changes.into_iter().filter(|sql| !app.keeps(sql) && !is_batch(sql) && !sql.contains(" = '"));
    let lost: BTreeSet<&str> = lost.map(|sql| plan::without_binds(sql).0).collect();
    assert!(lost.is_empty(), "prepared for each execution:\n{}", Vec::from_iter(lost).join("\n"));
}
