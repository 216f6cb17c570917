//! The state machines, as diagrams and tables.
//!
//! A transition names the operation that causes it, or, in words, what else does. Tests compare the tables with the
//! OpenAPI document, and those of projects and approvals with every transition of a simulated year.

use std::collections::BTreeSet;

use crate::callbacks::requests::CallbackState;
use crate::collaboration::approvals::ApprovalState;
use crate::collaboration::memberships::state::MembershipState;
use crate::collaboration::projects::State as ProjectState;
use crate::integrations::webhooks::endpoints::HealthStatus;

/// A transition: from a state (`None` for the creation), by an operation or another cause, to a state.
pub type Transition = (Option<&'static str>, Cause, &'static str);

/// What causes a transition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// An operation, by its id.
    Operation(&'static str),
    /// The scheduler, a date, or the outcome of something else.
    Automatic(&'static str),
}

/// The states and transitions of a resource.
pub struct Machine {
    pub name: &'static str,
    pub states: Vec<&'static str>,
    pub transitions: Vec<Transition>,
}

use Cause::{Automatic, Operation};

/// Returns the documented state machines.
#[must_use]
pub fn machines() -> Vec<Machine> {
    vec![project(), approval(), membership(), callback_request(), webhook_endpoint()]
}

fn project() -> Machine {
    use ProjectState::{Active, Cancelled, Closed, Closing, Draft, OnHold, Proposed};
    let edge = |from: ProjectState, cause, to: ProjectState| (Some(from.as_str()), cause, to.as_str());
    Machine {
        name: "Project",
        states: ProjectState::ALL.iter().map(|state| state.as_str()).collect(),
        transitions: vec![
            (None, Operation("create_project"), Draft.as_str()),
            edge(Draft, Operation("propose_project"), Proposed),
            edge(Proposed, Operation("activate_project"), Active),
            edge(Active, Operation("hold_project"), OnHold),
            edge(Active, Automatic("a side has had no sponsor for 10 business days"), OnHold),
            edge(OnHold, Automatic("all sides approve the resumption"), Active),
            edge(
                OnHold,
                Automatic("the hold of a side ends, after 20 business days unless all sides extend it"),
                Active,
            ),
            edge(OnHold, Automatic("the system put the project on hold, and every side has a sponsor again"), Active),
            edge(Active, Automatic("all sides approve the closing"), Closing),
            edge(OnHold, Automatic("all sides approve the closing"), Closing),
            edge(Closing, Automatic("all members have returned and the closure report exists"), Closed),
            edge(Draft, Operation("cancel_project"), Cancelled),
            edge(Proposed, Operation("cancel_project"), Cancelled),
            edge(Active, Automatic("all sides approve the cancellation"), Cancelled),
            edge(OnHold, Automatic("all sides approve the cancellation"), Cancelled),
            edge(Closing, Automatic("all sides approve the cancellation"), Cancelled),
        ],
    }
}

fn approval() -> Machine {
    use ApprovalState::{Approved, Lapsed, Open, Rejected, Withdrawn};
    let edge = |from: ApprovalState, cause, to: ApprovalState| (Some(from.as_str()), cause, to.as_str());
    Machine {
        name: "Approval",
        states: ApprovalState::ALL.iter().map(|state| state.as_str()).collect(),
        transitions: vec![
            (None, Automatic("an operation that needs the approval of all sides"), Open.as_str()),
            edge(Open, Automatic("all sides have approved"), Approved),
            edge(Open, Automatic("all sides have responded, and one has rejected"), Rejected),
            edge(Open, Operation("withdraw_approval"), Withdrawn),
            edge(Open, Automatic("the subject has changed or ended"), Lapsed),
            edge(Approved, Automatic("a side has a new sponsor before the charter is in force"), Open),
        ],
    }
}

fn membership() -> Machine {
    use MembershipState::{
        Accepted, Active, Declined, Expired, Invited, LeftOrganisation, ReturnBlocked, Returned, Returning, Withdrawn,
    };
    let edge = |from: MembershipState, cause, to: MembershipState| (Some(from.as_str()), cause, to.as_str());
    let mut transitions = vec![
        (None, Operation("invite_member"), Invited.as_str()),
        edge(Invited, Operation("accept_membership"), Accepted),
        edge(Invited, Operation("decline_membership"), Declined),
        edge(Invited, Operation("withdraw_membership"), Withdrawn),
        edge(Invited, Automatic("no response within 14 days"), Expired),
        edge(Accepted, Automatic("`valid_from` is reached and the project is active"), Active),
        edge(Accepted, Operation("end_membership"), Withdrawn),
        edge(Active, Automatic("`valid_to` is reached, or the project is closing"), Returning),
        edge(Returning, Operation("return_member"), Returned),
        edge(Returning, Automatic("no regular position to return to"), ReturnBlocked),
        edge(ReturnBlocked, Automatic("a regular position exists"), Returning),
    ];
    for away in [Accepted, Active, Returning, ReturnBlocked] {
        transitions.push(edge(away, Operation("deactivate_person"), LeftOrganisation));
    }
    Machine {
        name: "Membership",
        states: MembershipState::ALL.iter().map(|state| state.as_str()).collect(),
        transitions,
    }
}

fn callback_request() -> Machine {
    use CallbackState::{
        Assigned, Calling, Cancelled, Completed, Missed, Quarantined, QueuedAsap, Rerouted, RetryScheduled, Scheduled,
        Unreachable,
    };
    let edge = |from: CallbackState, cause, to: CallbackState| (Some(from.as_str()), cause, to.as_str());
    let waiting = [Scheduled, QueuedAsap, RetryScheduled, Missed];
    let mut transitions = vec![
        edge(Calling, Operation("end_call"), Completed),
        edge(Calling, Operation("end_call"), RetryScheduled),
        edge(Calling, Operation("end_call"), Unreachable),
        edge(Calling, Automatic("2 hours after the start of the call"), RetryScheduled),
        edge(Calling, Automatic("2 hours after the start of the call"), Unreachable),
        // Only an application, which records a past call.
        edge(Missed, Operation("create_call"), Completed),
        edge(Missed, Operation("create_call"), RetryScheduled),
        edge(Missed, Operation("create_call"), Unreachable),
        edge(Assigned, Operation("create_call"), Completed),
        edge(Assigned, Operation("create_call"), RetryScheduled),
        edge(Assigned, Operation("create_call"), Unreachable),
    ];
    for open in waiting.into_iter().chain([Assigned]) {
        transitions.push(edge(open, Operation("create_call"), Calling));
    }
    for operation in ["cancel_callback_network", "create_blocked_number", "erase_data_subject"] {
        transitions.push(edge(Calling, Operation(operation), Cancelled));
    }
    for state in waiting.into_iter().chain([Assigned, Quarantined]) {
        for operation in ["cancel_callback_request", "cancel_callback_network", "create_blocked_number"] {
            transitions.push(edge(state, Operation(operation), Cancelled));
        }
        transitions.push(edge(state, Operation("erase_data_subject"), Cancelled));
    }
    for promised in [Scheduled, QueuedAsap] {
        transitions.push((None, Operation("create_callback_request"), promised.as_str()));
        transitions.push(edge(Quarantined, Operation("release_callback_request"), promised));
        transitions.push(edge(promised, Automatic("the promised time passes without a call"), Missed));
    }
    transitions.push((None, Operation("create_callback_request"), Quarantined.as_str()));
    transitions.push(edge(Assigned, Automatic("the promised time passes without a call"), Missed));
    let only_called_at_night = Automatic("the promised time passes, and all calls were outside the opening hours");
    transitions.push(edge(RetryScheduled, only_called_at_night, Missed));
    for state in waiting {
        transitions.push(edge(state, Operation("claim_callback_request"), Assigned));
        transitions.push(edge(state, Operation("assign_callback_request"), Assigned));
        transitions.push(edge(state, Automatic("an agent is on duty when the call is due"), Assigned));
        transitions.push(edge(Assigned, Operation("unassign_callback_request"), state));
        transitions.push(edge(Assigned, Automatic("no call is recorded for 8 hours after it was due"), state));
    }
    transitions.push(edge(Assigned, Operation("reschedule_callback_request"), Assigned));
    for open in waiting.into_iter().chain([Assigned]) {
        for promised in [Scheduled, QueuedAsap] {
            transitions.push(edge(open, Operation("reschedule_callback_request"), promised));
        }
        transitions.push(edge(open, Operation("reschedule_callback_request"), Quarantined));
        transitions.push(edge(open, Operation("reroute_callback_request"), Rerouted));
    }
    Machine {
        name: "Callback request",
        states: CallbackState::ALL.iter().map(|state| state.as_str()).collect(),
        transitions,
    }
}

fn webhook_endpoint() -> Machine {
    use HealthStatus::{Degraded, Disabled, Failing, Healthy, Recovering};
    let edge = |from: HealthStatus, cause, to: HealthStatus| (Some(from.as_str()), cause, to.as_str());
    let mut transitions = vec![
        (None, Operation("create_webhook_endpoint"), Healthy.as_str()),
        edge(Healthy, Automatic("an attempt fails"), Degraded),
        edge(Degraded, Automatic("an attempt succeeds"), Healthy),
        edge(Degraded, Automatic("10 consecutive attempts have failed"), Failing),
        edge(Failing, Automatic("a probe succeeds"), Recovering),
        edge(Recovering, Automatic("no held delivery is left"), Healthy),
        edge(Recovering, Automatic("10 consecutive attempts have failed"), Failing),
        edge(Failing, Automatic("no success for 5 days"), Disabled),
        edge(Disabled, Operation("update_webhook_endpoint"), Healthy),
    ];
    for enabled in [Healthy, Degraded, Failing, Recovering] {
        transitions.push(edge(enabled, Automatic("the receiver responds with 410"), Disabled));
        transitions.push(edge(enabled, Operation("update_webhook_endpoint"), Disabled));
    }
    Machine {
        name: "Webhook endpoint",
        states: HealthStatus::ALL.iter().map(|state| state.as_str()).collect(),
        transitions,
    }
}

const INTRODUCTION: &str = "\
<!-- Generated by `make reference`; do not edit. -->

# States

Each diagram shows the states of a resource and what causes a transition: an operation (by its `operationId`), or something that
happens automatically. State that follows from time, such as an expired invitation, is computed when it is read.
";

pub fn render() -> String {
    let mut page = INTRODUCTION.to_owned();
    for machine in machines() {
        page.push_str(&format!("\n## {}\n\n```mermaid\nstateDiagram-v2\n", machine.name));
        let pairs: BTreeSet<_> = machine.transitions.iter().map(|(from, _, to)| (*from, *to)).collect();
        for (from, to) in pairs {
            page.push_str(&format!("    {} --> {to}\n", from.unwrap_or("[*]")));
        }
        for end in machine.states.iter().filter(|state| is_final(&machine, state)) {
            page.push_str(&format!("    {end} --> [*]\n"));
        }
        page.push_str("```\n\n| from | to | by |\n|---|---|---|\n");
        for (from, cause, to) in &machine.transitions {
            let from = from.map_or("(new)".to_owned(), |from| format!("`{from}`"));
            let cause = match cause {
                Operation(id) => format!("`{id}`"),
                Automatic(text) => (*text).to_owned(),
            };
            page.push_str(&format!("| {from} | `{to}` | {cause} |\n"));
        }
    }
    page
}

fn is_final(machine: &Machine, state: &str) -> bool {
    machine.transitions.iter().all(|(from, ..)| *from != Some(state))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_can_be_reached() {
        for machine in machines() {
            for state in &machine.states {
                assert!(machine.transitions.iter().any(|(_, _, to)| to == state), "{}: {state}", machine.name);
            }
        }
    }

    #[test]
    fn a_project_allows_the_operations_of_its_diagram() {
        use crate::collaboration::projects::ProjectVerb as Verb;
        let verbs = [
            ("propose_project", Verb::ProposeProject),
            ("activate_project", Verb::ActivateProject),
            ("hold_project", Verb::HoldProject),
            ("cancel_project", Verb::CancelProject),
        ];
        for (operation, verb) in verbs {
            for state in ProjectState::ALL.iter().copied() {
                let shown = project()
                    .transitions
                    .iter()
                    .any(|(from, cause, _)| *from == Some(state.as_str()) && *cause == Operation(operation));
                // Once a project was active, the operation only asks all sides to cancel it.
                let is_asked = verb == Verb::CancelProject && state.is_running();
                assert_eq!(shown, state.allows(verb) && !is_asked, "{operation} {state:?}");
            }
        }
    }

    #[test]
    fn operations_are_in_the_document() {
        let document = crate::app::openapi::document().unwrap().to_string();
        for machine in machines() {
            for (_, cause, _) in machine.transitions {
                if let Operation(id) = cause {
                    assert!(document.contains(&format!("\"operationId\":\"{id}\"")), "{id}");
                }
            }
        }
    }
}
