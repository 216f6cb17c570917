//! The number of SQL statements per operation: at most 2 for a read and 8 for a change. Operations that need more are
//! in the table below, which may only get shorter, and its numbers smaller.

use super::examples;
use super::support::apply;

const READ: usize = 2;
const CHANGE: usize = 8;

/// Operations with more statements, and their current numbers.
const MORE: &[(&str, usize)] = &[
    ("accept_membership", 9),
    ("accept_transfer", 19),
    ("activate_project", 10),
    ("respond_to_approval", 12),
    ("arbitrate_dispute", 21),
    ("cancel_project", 10),
    ("close_project", 10),
    ("correct_assignment", 11),
    ("create_assignment", 10),
    // PostgreSQL needs a lock for the telephone number; SQLite needs 8.
    ("create_call_attempt", 9),
    ("create_callback_request", 9),
    ("create_project", 9),
    ("decide_decision", 11),
    // The project, sides and members, areas and owners, charters, approvals, the calendar.
    ("get_partnership_chart", 6),
    ("end_assignment", 14),
    ("end_membership", 10),
    ("end_memberships", 10),
    // Includes the external references and the events of the requests.
    ("erase_data_subject", 20),
    ("erase_person", 21),
    ("escalate_decision", 12),
    ("get_callback_receipt", 3),
    // The calendar, past and future promises, calls.
    ("get_callback_report", 4),
    // The person, and one for each source of pending actions.
    ("get_inbox", 7),
    ("get_offboarding_report", 12),
    ("get_ownership_coverage", 3),
    ("get_partnership", 6),
    // The project, its sides, signatures, areas and owners, members, the charter.
    ("get_readiness", 6),
    // The endpoint, the pending deliveries, the blocked deliveries.
    ("get_webhook_health", 3),
    ("import_closed_days", 11),
    ("invite_members", 10),
    // The newest sequence number, the page, and the newest deleted sequence number.
    ("list_events", 3),
    // The person, the memberships, the projects.
    ("list_person_memberships", 3),
    ("offer_transfer", 11),
    ("propose_project", 11),
    ("propose_settlement", 13),
    ("create_decision", 11),
    ("raise_dispute", 13),
    ("release_member", 15),
    ("replace_charter", 12),
    ("replace_closure_report", 9),
    // PostgreSQL needs a lock for the telephone number; SQLite needs 10.
    ("reroute_callback_request", 11),
    ("resume_project", 10),
    ("return_member", 11),
    ("assign_sponsor", 12),
    ("remove_sponsor", 10),
    ("withdraw_decision", 12),
    ("withdraw_dispute", 12),
    ("withdraw_transfer", 9),
];

#[apply(both)]
async fn no_operation_exceeds_its_number_of_statements(app: TestApp) {
    let (_app, executed) = examples::execute_all_examples(app).await;
    let mut wrong = Vec::new();
    for example in &executed {
        let general = if example.is_read { READ } else { CHANGE };
        let limit =
            MORE.iter().find(|(operation, _)| *operation == example.operation).map_or(general, |(_, limit)| *limit);
        let count = example.statements.len();
        if count > limit {
            wrong.push(format!(
                "{} needs {count} statements, {limit} are allowed:\n  {}",
                example.operation,
                example.statements.join("\n  ")
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[apply(both)]
async fn a_sponsor_without_other_rights_reads_reports_with_as_few_statements(app: TestApp) {
    let app = examples::with_demo(app).await;
    let sponsor = app.caller("cmo", "projects:read");
    let limits = [("get_inbox", 7), ("get_ownership_coverage", 3), ("get_parity", 2), ("get_partnership", 6)];
    for (operation, limit) in limits {
        let all = examples::operation_examples();
        let example = all.iter().find(|example| example.operation == operation).unwrap();
        app.clear_statements();
        example.execute(&sponsor).await.expect(200);
        let statements = app.statements();
        assert!(statements.len() <= limit, "{operation}:\n  {}", statements.join("\n  "));
    }
}
