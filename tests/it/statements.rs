//! The number of SQL statements per operation: at most 2 for a read and 7 for a change. Operations that need more are
//! in the table below, which may only get shorter, and its numbers smaller.

use super::examples;
use super::support::apply;

const READ: usize = 2;
const CHANGE: usize = 7;

/// Operations with more statements, and their current numbers.
const MORE: &[(&str, usize)] = &[
    ("accept_membership", 9),
    ("accept_transfer", 13),
    ("activate_project", 12),
    ("respond_to_approval", 9),
    ("arbitrate_dispute", 14),
    ("cancel_project", 10),
    ("close_project", 8),
    ("correct_assignment", 10),
    ("create_assignment", 9),
    ("create_project", 9),
    ("decide_decision", 8),
    ("get_partnership_chart", 13),
    ("end_assignment", 11),
    ("end_membership", 9),
    ("end_memberships", 9),
    // Includes the external references and the events of the requests.
    ("erase_data_subject", 20),
    ("erase_person", 21),
    ("escalate_decision", 11),
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
    ("import_closed_days", 9),
    ("invite_member", 8),
    ("invite_members", 8),
    ("list_areas", 3),
    ("list_assignments", 3),
    ("list_person_assignments", 3),
    ("list_approval_responses", 3),
    // The newest sequence number, the page, and the newest deleted sequence number.
    ("list_events", 3),
    ("list_memberships", 3),
    ("list_person_memberships", 4),
    ("offer_transfer", 10),
    ("propose_project", 8),
    ("propose_settlement", 12),
    ("create_decision", 8),
    ("raise_dispute", 12),
    ("release_member", 12),
    ("replace_charter", 10),
    ("replace_closure_report", 9),
    ("reroute_callback_request", 8),
    ("reschedule_callback_request", 8),
    ("resume_project", 8),
    ("return_member", 10),
    ("assign_sponsor", 12),
    ("remove_sponsor", 10),
    ("withdraw_decision", 9),
    ("withdraw_dispute", 9),
    ("withdraw_transfer", 8),
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
