//! The number of SQL statements per operation: a read takes 2 at most, a change 8, whatever the
//! data. What needs more stands in the table below, which may only get shorter and smaller.

use super::examples;
use super::support::apply;

const READ: usize = 2;
const CHANGE: usize = 8;

/// Operation and what it takes today.
const MORE: &[(&str, usize)] = &[
    ("accept_membership", 9),
    ("accept_transfer", 19),
    ("activate_project", 12),
    ("respond_to_approval", 12),
    ("arbitrate_dispute", 21),
    ("cancel_project", 10),
    ("close_project", 10),
    ("correct_assignment", 11),
    ("create_assignment", 10),
    // On PostgreSQL with a turn for the number; SQLite takes 8.
    ("create_call_attempt", 9),
    ("create_callback_request", 9),
    ("create_project", 9),
    ("decide_decision", 11),
    ("get_partnership_chart", 13),
    ("end_assignment", 14),
    ("end_membership", 10),
    ("end_memberships", 10),
    // With what other systems call the request, and whether events tell of it.
    ("erase_data_subject", 20),
    ("erase_person", 21),
    ("escalate_decision", 12),
    ("get_callback_receipt", 3),
    ("get_callback_report", 5),
    ("get_inbox", 9),
    ("get_offboarding_report", 12),
    ("get_membership", 3),
    ("get_ownership_coverage", 6),
    ("get_parity", 3),
    ("get_partnership", 13),
    ("get_readiness", 8),
    // The endpoint, what is pending, what is blocked.
    ("get_webhook_health", 3),
    ("import_closed_days", 11),
    ("invite_members", 10),
    ("list_areas", 3),
    ("list_assignments", 3),
    ("list_person_assignments", 3),
    ("list_approval_responses", 3),
    // The newest sequence, the page, and what is forgotten.
    ("list_events", 3),
    ("list_memberships", 3),
    ("list_person_memberships", 4),
    ("offer_transfer", 11),
    ("propose_project", 11),
    ("propose_settlement", 13),
    ("create_decision", 11),
    ("raise_dispute", 13),
    ("release_member", 15),
    ("replace_charter", 12),
    ("replace_closure_report", 9),
    // On PostgreSQL with a turn for the number; SQLite takes 10.
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
async fn operations_keep_to_their_budget(app: TestApp) {
    let (_app, pressed) = examples::press_everything(app).await;
    let mut wrong = Vec::new();
    for pressed in &pressed {
        let general = if pressed.is_read { READ } else { CHANGE };
        let budget =
            MORE.iter().find(|(operation, _)| *operation == pressed.operation).map_or(general, |(_, budget)| *budget);
        let taken = pressed.statements.len();
        if taken > budget {
            wrong.push(format!(
                "{} took {taken} statements, {budget} are allowed:\n  {}",
                pressed.operation,
                pressed.statements.join("\n  ")
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
