//! Authorisation: one pure function of the actor, the action and the relations.
//!
//! Rules: 401 is for missing or invalid credentials and is decided earlier; a resource the caller has no access to is
//! hidden (404); an action the caller must not take on a visible resource is forbidden (403). Scopes limit the actions
//! of a token; relations, read from the database for each request, limit the resources.

use crate::kernel::auth::{Actor, ActorKind, Scope};
use crate::kernel::error::{Code, Error, Problem, Text};
use crate::kernel::ids::PersonId;

/// Actions that need permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    ReadDirectory,
    WriteDirectory,
    CreateProject,
    ReadProject,
    EditCharter,
    ProposeProject,
    ActivateProject,
    HoldProject,
    CancelProject,
    /// Requests the approval of all sides.
    RequestApproval,
    RespondToApproval,
    /// Lets another person respond to approvals for a sponsor.
    CreateDelegation,
    /// Removes a sponsor without naming a successor.
    RemoveSponsor,
    WriteClosureReport,
    /// Sets the reference to a project in another system.
    WriteProjectReferences,
    InviteMember,
    RespondToInvitation,
    EndMembership,
    ConfirmReturn,
    AssignOwner,
    OfferTransfer,
    RespondToTransfer,
    RaiseDispute,
    RaiseDecision,
    EscalateDecision,
    /// Decides a dispute or decision in place of the sides.
    Arbitrate,
    ReadClosedDays,
    ManageCalendar,
    ReadAgents,
    ManageAgents,
    LinkAgentCalendar,
    ManagePrivacy,
    SubmitCallback,
    ReadCallbacks,
    WorkCallbacks,
    ManageWebhooks,
    ReadEvents,
    ReadAudit,
}

/// Relations of the caller to the resource, as read from the database.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Relations {
    /// Whether the caller is the sponsor of a side of the project, or of the side concerned if the action has one.
    pub sponsor: bool,
    /// Whether the caller is the lead of the project.
    pub lead: bool,
    /// Whether the caller is currently a member, invitee or delegate in the project.
    pub member: bool,
    /// Whether the caller is the delegate of a sponsor today.
    pub delegate: bool,
    /// Whether the caller is the arbiter of an open dispute or an escalated decision of the project.
    pub arbiter: bool,
    /// Whether the caller is the person the action is about.
    pub oneself: bool,
    /// The caller as a person in the directory; `None` for applications and unknown people.
    pub person: Option<PersonId>,
}

/// Result of an authorisation check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Allow,
    /// 403; with the missing scope, if a scope is missing.
    Forbid(Option<Scope>),
    /// 404: the caller must not learn that the resource exists.
    Hide,
}

/// Whether the actor can read projects without a relation to them, if the scopes of the token permit. An application
/// of the organisation can, but it represents no side.
#[must_use]
pub fn sees_every_project(actor: &Actor) -> bool {
    matches!(actor.kind, ActorKind::Service | ActorKind::System) || actor.has(Scope::Admin)
}

/// Decides whether an actor may take an action. Pure: the result depends on the arguments only.
#[must_use]
pub fn can(actor: &Actor, action: Action, relations: &Relations) -> Verdict {
    if actor.kind == ActorKind::System {
        return Verdict::Allow;
    }
    if let Some(scope) = scope_for(action)
        && !actor.has(scope)
    {
        return Verdict::Forbid(Some(scope));
    }
    let admin = actor.has(Scope::Admin);
    let sees_project =
        sees_every_project(actor) || relations.sponsor || relations.lead || relations.member || relations.arbiter;
    let allowed = match action {
        Action::ReadProject => return if sees_project { Verdict::Allow } else { Verdict::Hide },
        Action::EditCharter
        | Action::ProposeProject
        | Action::InviteMember
        | Action::EndMembership
        | Action::AssignOwner
        | Action::ActivateProject
        | Action::CancelProject
        | Action::RequestApproval
        | Action::WriteClosureReport => admin || relations.lead || relations.sponsor,
        Action::WriteProjectReferences => {
            admin || actor.kind == ActorKind::Service || relations.lead || relations.sponsor
        }
        // The accountable person can offer the area, and so can the people who can assign its owner.
        Action::OfferTransfer => admin || relations.lead || relations.sponsor || relations.oneself,
        Action::RespondToTransfer | Action::Arbitrate => relations.oneself,
        Action::RaiseDispute => admin || relations.sponsor,
        Action::RaiseDecision => admin || relations.lead || relations.sponsor || relations.member,
        Action::EscalateDecision => admin || relations.lead || relations.sponsor,
        // Any side can put the project on hold; the lead cannot, because the lead represents no single side.
        Action::HoldProject => admin || relations.sponsor,
        // Only the sponsor or a delegate can respond for a side, not even an administrator.
        Action::RespondToApproval => relations.sponsor || relations.delegate,
        Action::CreateDelegation => relations.sponsor,
        Action::RemoveSponsor => admin,
        Action::RespondToInvitation => relations.oneself,
        Action::ConfirmReturn => admin || relations.lead || relations.sponsor || relations.oneself,
        Action::ReadDirectory
        | Action::WriteDirectory
        | Action::CreateProject
        | Action::ReadClosedDays
        | Action::ManageCalendar
        | Action::ReadAgents
        | Action::ManageAgents
        | Action::ManagePrivacy
        | Action::SubmitCallback
        | Action::ReadCallbacks
        | Action::WorkCallbacks
        | Action::ReadAudit => return Verdict::Allow,
        // An agent's calendar is private to the agent.
        Action::LinkAgentCalendar => {
            return if admin || relations.oneself { Verdict::Allow } else { Verdict::Forbid(None) };
        }
        // Events cover all projects, so only applications and administrators can read them: a person must not learn
        // about projects they have no access to.
        Action::ManageWebhooks | Action::ReadEvents => {
            let sees_everything = admin || actor.kind == ActorKind::Service;
            return if sees_everything { Verdict::Allow } else { Verdict::Forbid(None) };
        }
    };
    match (allowed, sees_project || relations.oneself) {
        (true, _) => Verdict::Allow,
        (false, true) => Verdict::Forbid(None),
        (false, false) => Verdict::Hide,
    }
}

/// Returns the scope that an action needs; `None` for public actions.
#[must_use]
pub fn scope_for(action: Action) -> Option<Scope> {
    match action {
        Action::ReadDirectory | Action::ReadProject => Some(Scope::ProjectsRead),
        Action::WriteDirectory | Action::ManageCalendar | Action::ManageAgents | Action::ManagePrivacy => {
            Some(Scope::Admin)
        }
        Action::CreateProject
        | Action::EditCharter
        | Action::ProposeProject
        | Action::ActivateProject
        | Action::HoldProject
        | Action::CancelProject
        | Action::RequestApproval
        | Action::RespondToApproval
        | Action::CreateDelegation
        | Action::RemoveSponsor
        | Action::WriteClosureReport
        | Action::WriteProjectReferences
        | Action::InviteMember
        | Action::RespondToInvitation
        | Action::EndMembership
        | Action::ConfirmReturn
        | Action::AssignOwner
        | Action::OfferTransfer
        | Action::RespondToTransfer
        | Action::RaiseDispute
        | Action::RaiseDecision
        | Action::EscalateDecision
        | Action::Arbitrate => Some(Scope::ProjectsWrite),
        Action::SubmitCallback => None,
        // The reasons of closed days are internal and not shown to visitors.
        Action::ReadCallbacks | Action::ReadClosedDays | Action::ReadAgents | Action::LinkAgentCalendar => {
            Some(Scope::CallbacksRead)
        }
        Action::WorkCallbacks => Some(Scope::CallbacksWork),
        Action::ManageWebhooks | Action::ReadEvents => Some(Scope::WebhooksManage),
        Action::ReadAudit => Some(Scope::AuditRead),
    }
}

/// Checks that an actor may take an action.
///
/// # Errors
/// 403 or 404.
pub fn require(actor: &Actor, action: Action, relations: &Relations) -> Result<(), Error> {
    match can(actor, action, relations) {
        Verdict::Allow => Ok(()),
        Verdict::Hide => Err(Error::not_found()),
        Verdict::Forbid(None) => Err(not_for_you(action)),
        Verdict::Forbid(Some(scope)) => Err(Problem::new(Code::Forbidden)
            .because(Text::new("forbidden-scope").with("scope", scope.as_str()))
            .with("required_scope", scope.as_str())
            .into()),
    }
}

/// Returns a 403 problem that names the roles that may take the action.
#[must_use]
pub fn not_for_you(action: Action) -> Error {
    Error::forbidden(entitled(action))
}

/// Returns the roles that may take an action, in addition to the scope. Must match [`can`].
fn entitled(action: Action) -> &'static str {
    match action {
        Action::WriteProjectReferences => "forbidden-refer-to-project",
        Action::OfferTransfer => "forbidden-offer-transfer",
        Action::RespondToTransfer => "forbidden-respond-to-transfer",
        Action::Arbitrate => "forbidden-arbitrate",
        Action::InviteMember | Action::EndMembership | Action::AssignOwner => "forbidden-lead-own-sponsor",
        Action::RaiseDispute | Action::HoldProject => "forbidden-sponsors",
        Action::RaiseDecision => "forbidden-participants",
        Action::RespondToApproval => "forbidden-respond-to-approval",
        Action::CreateDelegation => "forbidden-create-delegation",
        Action::RespondToInvitation => "forbidden-respond-to-invitation",
        Action::ConfirmReturn => "forbidden-confirm-return",
        Action::LinkAgentCalendar => "forbidden-link-agent-calendar",
        Action::ManageWebhooks | Action::ReadEvents => "forbidden-all-projects",
        Action::RemoveSponsor
        | Action::ReadDirectory
        | Action::WriteDirectory
        | Action::ManageCalendar
        | Action::ManageAgents
        | Action::ManagePrivacy => "forbidden-administrators",
        Action::EditCharter
        | Action::ProposeProject
        | Action::ActivateProject
        | Action::CancelProject
        | Action::RequestApproval
        | Action::WriteClosureReport
        | Action::EscalateDecision => "forbidden-lead-sponsors",
        Action::CreateProject
        | Action::ReadProject
        | Action::ReadClosedDays
        | Action::ReadAgents
        | Action::SubmitCallback
        | Action::ReadCallbacks
        | Action::WorkCallbacks
        | Action::ReadAudit => "forbidden-scope-holders",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(scopes: &[Scope]) -> Actor {
        Actor { kind: ActorKind::Person, subject: "jana".into(), scopes: scopes.to_vec() }
    }

    #[test]
    fn a_stranger_does_not_learn_that_a_project_exists() {
        let stranger = person(&[Scope::ProjectsRead, Scope::ProjectsWrite]);
        for action in [Action::ReadProject, Action::EditCharter, Action::RespondToApproval, Action::InviteMember] {
            assert_eq!(can(&stranger, action, &Relations::default()), Verdict::Hide, "{action:?}");
        }
    }

    #[test]
    fn a_member_sees_but_does_not_sign() {
        let member = person(&[Scope::ProjectsRead, Scope::ProjectsWrite]);
        let relations = Relations { member: true, ..Relations::default() };
        assert_eq!(can(&member, Action::ReadProject, &relations), Verdict::Allow);
        assert_eq!(can(&member, Action::RespondToApproval, &relations), Verdict::Forbid(None));
    }

    #[test]
    fn nobody_signs_for_a_sponsor() {
        assert_eq!(
            can(&person(&[Scope::Admin]), Action::RespondToApproval, &Relations::default()),
            Verdict::Forbid(None)
        );
    }

    #[test]
    fn a_scope_is_missing_before_a_relation_is() {
        let sponsor = person(&[Scope::ProjectsRead]);
        let relations = Relations { sponsor: true, ..Relations::default() };
        assert_eq!(can(&sponsor, Action::RespondToApproval, &relations), Verdict::Forbid(Some(Scope::ProjectsWrite)));
    }
}
