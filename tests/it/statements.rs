//! The number of SQL statements per operation: at most 2 for a read and 6 for a change. Operations that need more are
//! in the table below, which may only get shorter, and its numbers smaller.
//!
//! The two statements that lock and move the head of a project's chain of audit entries are not counted: every change
//! of a project has them.
//!
//! On SQLite, a change may have one statement more: it writes events and audit entries separately, which costs no round
//! trip.

use super::examples;
use super::support::{Engine, apply};

const READ: usize = 2;
const CHANGE: usize = 6;

/// Operations with more statements, and their current numbers.
const MORE: &[(&str, usize)] = &[
    // Those that request an approval include what the sides have agreed, and the calendar, for its due time.
    ("accept_membership", 8),
    ("accept_transfer", 15),
    ("revoke_delegation", 8),
    ("activate_project", 12),
    // Includes the roles of the person in projects and, for a head of a department, until when its sides wait.
    ("deactivate_person", 14),
    ("reactivate_person", 14),
    ("update_person", 12),
    ("import_people", 14),
    ("update_department", 12),
    // Includes the running projects, the queues with the calendar, and their booked requests.
    ("update_calendar", 13),
    // Includes the queues with the calendar.
    ("delete_closed_day", 11),
    // Includes the version of the approval, for its `ETag`, or the opening of the sealed responses.
    ("respond_to_approval", 12),
    // Includes the sides, because the arbiter waits for one that had no sponsor while its head waited.
    ("arbitrate_dispute", 21),
    // Includes the announced conflicts.
    ("cancel_project", 10),
    ("close_project", 9),
    // The departments, the caller, the shared projects, approvals, decisions, disputes, memberships, charters, the
    // calendar.
    ("compare_departments", 9),
    ("export_department_comparison", 9),
    ("correct_assignment", 11),
    ("create_assignment", 9),
    // Includes the regular positions of the sponsors, the author, and the calendar for a new head.
    ("create_project", 13),
    // Includes the sides, the regular positions of the arbiter, the sponsors and their managers, and the end of the
    // draw.
    ("decide_decision", 14),
    ("get_partnership_chart", 6),
    ("end_assignment", 12),
    ("end_membership", 9),
    ("end_memberships", 8),
    // Includes the external references and the events of the requests.
    ("erase_data_subject", 21),
    // Includes the pseudonyms of the person, and whether another person has the login.
    ("erase_person", 23),
    // What the sides have agreed, the calendar, whether they refused an arbiter, earlier draws, also for other
    // questions of the side, the candidates with their positions, the draw; for an approval also the sides.
    ("escalate_decision", 21),
    ("escalate_approval", 21),
    ("propose_arbiter", 20),
    ("respond_to_draw", 17),
    // The project, its sides, the chain, the team, areas, charters, approvals, responses, delegations, decisions,
    // disputes, draws with their waivers, the key of the signature, the entries; the first file of an installation also
    // creates the key.
    ("get_evidence", 18),
    ("get_evidence_key", 4),
    // Includes the agent who cancels and is answerable for the promise.
    ("cancel_callback_request", 7),
    // The agents, their queues with duties, and their absences.
    ("list_agents", 3),
    ("get_agent", 3),
    ("update_agent", 11),
    ("delete_agent", 9),
    // The queue, its settings, and the calendar.
    ("update_queue", 7),
    // The agent and their queue.
    ("assign_callback_request", 7),
    ("get_callback_receipt", 3),
    ("get_callback_receipt_calendar", 3),
    // The request, its queue with the calendar, the booked slots.
    ("list_callback_slots", 3),
    // The request, its agent and their e-mail address, the consents, the calls; and the endpoint.
    ("get_callback_projection", 5),
    ("get_endpoint_projection", 6),
    // The calendar, past and future promises, calls, their percentiles.
    ("get_callback_report", 6),
    ("export_callback_report", 3),
    // The person, and one for each source of pending actions.
    ("get_inbox", 7),
    ("get_person_inbox", 7),
    // The decision or dispute, the draw of its arbiter, the waivers, and the relations of the caller.
    ("get_decision", 4),
    ("get_dispute", 4),
    // Includes the audit entry of the read, and the pseudonym of a caller who has not acted for five seconds.
    ("get_offboarding_report", 25),
    ("get_ownership_coverage", 3),
    ("get_partnership", 6),
    // The project, its sides, signatures, areas and owners, members, the charter.
    ("get_readiness", 11),
    // The endpoint, the pending deliveries, the blocked deliveries.
    ("get_webhook_health", 3),
    // The examples are executed by an administrator with a part in the projects, so these five include the relations of
    // the caller; the lists of projects and of data owners also include the projects that this administrator must not
    // see, and the calendar by which a part counts after its end.
    ("list_approval_responses", 3),
    ("list_assignments", 3),
    ("list_data_owners", 3),
    ("list_memberships", 3),
    ("list_projects", 4),
    // The sides, the calendar, what was asked about earlier holds, the project, the side.
    ("hold_project", 8),
    ("extend_hold", 10),
    // The sponsor, their sides, the positions of both, the other sides of these projects.
    ("create_sponsor_delegation", 11),
    ("import_closed_days", 11),
    ("invite_member", 7),
    ("invite_members", 7),
    // The newest sequence number, the page, and the newest deleted sequence number.
    ("list_events", 3),
    // The person, the memberships, the projects.
    ("list_person_memberships", 3),
    // Includes the offboarding report.
    ("offboard_person", 30),
    ("offer_transfer", 11),
    ("propose_project", 9),
    ("propose_settlement", 14),
    // What the sides have agreed, and the calendar.
    ("create_decision", 9),
    ("raise_dispute", 12),
    ("release_member", 14),
    ("replace_charter", 14),
    ("replace_closure_report", 8),
    // The request, its network, the requests of the network, those linked to them, the agent, two updates, the
    // capacity.
    ("cancel_callback_network", 9),
    // PostgreSQL needs a lock for the telephone number. Includes the limits of the network.
    ("release_callback_request", 7),
    // The other queue, the linked requests, the capacity of both queues, and the consents.
    ("reroute_callback_request", 11),
    // Includes the queue, which is read before the request is locked, and the agent who moves a call too late.
    ("reschedule_callback_request", 9),
    ("resume_project", 9),
    ("return_member", 10),
    // Includes what the sides have agreed, and the calendar, for a head who was named in the last months.
    ("assign_sponsor", 14),
    ("accept_sponsor", 11),
    ("confirm_sponsor", 11),
    ("decline_sponsor", 8),
    ("remove_sponsor", 11),
    // Includes the draw that ends with it.
    ("withdraw_approval", 7),
    ("withdraw_decision", 9),
    ("withdraw_dispute", 10),
    ("withdraw_transfer", 9),
    ("decline_membership", 7),
    ("reject_transfer", 7),
    ("withdraw_membership", 7),
    ("update_membership", 7),
];

#[apply(both)]
async fn no_operation_exceeds_its_number_of_statements(app: TestApp) {
    let engine = app.engine;
    let (_app, executed) = examples::execute_all_examples(app).await;
    let mut wrong = Vec::new();
    for example in &executed {
        let general = if example.is_read { READ } else { CHANGE };
        let limit =
            MORE.iter().find(|(operation, _)| *operation == example.operation).map_or(general, |(_, limit)| *limit);
        let limit = limit + usize::from(engine == Engine::Sqlite && !example.is_read);
        let of_chain = example.statements.iter().filter(|sql| is_of_chain(sql)).count();
        assert!(of_chain == 2 || !OF_ONE_PROJECT.contains(&example.operation.as_str()), "{}", example.operation);
        let count = example.statements.len() - of_chain;
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

/// Some operations that change one project.
const OF_ONE_PROJECT: [&str; 3] = ["create_project", "create_decision", "respond_to_approval"];

fn is_of_chain(sql: &str) -> bool {
    sql.contains("audit_chains")
}

#[apply(both)]
async fn a_sponsor_without_other_rights_reads_reports_with_as_few_statements(app: TestApp) {
    let app = examples::with_demo(app).await;
    let sponsor = app.caller("cmo", "projects:read");
    // What is read about the caller is remembered for the next requests.
    sponsor.get("/v1/me").await.expect(200);
    let limits = [("get_inbox", 7), ("get_ownership_coverage", 3), ("get_parity", 2), ("get_partnership", 6)];
    for (operation, limit) in limits {
        let all = examples::operation_examples();
        let example = all.iter().find(|example| example.operation == operation).unwrap();
        app.record_statements();
        example.execute(&sponsor).await.expect(200);
        let statements = app.statements();
        assert!(statements.len() <= limit, "{operation}:\n  {}", statements.join("\n  "));
    }
}
