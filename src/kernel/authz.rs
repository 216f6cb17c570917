//! Who may do what: one pure function over the action and the facts.
//!
//! Rules: 401 is for credentials only and decided before this; what the caller may not know exists
//! is hidden (404); what they may see but not do is forbidden (403). Scopes say what a token may
//! do at all, relations (read fresh from the database) say on what.

use crate::kernel::auth::{Actor, ActorKind, Scope};
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::ids::PersonId;

/// Everything that needs permission.
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
    /// Asks all sides for something.
    AskJointly,
    AnswerConsent,
    /// Lets somebody answer in one's place.
    DelegateSeat,
    /// Empties a seat without naming a successor.
    VacateSeat,
    ReportClosure,
    /// Writes what another system calls a project.
    ReferToProject,
    InviteMember,
    AnswerInvitation,
    EndMembership,
    ConfirmReturn,
    AssignOwner,
    OfferTransfer,
    AnswerTransfer,
    RaiseDispute,
    RaiseDecision,
    EscalateDecision,
    /// Decides where the sides could not.
    Arbitrate,
    ReadClosures,
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

/// What the database says about the caller and the thing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Facts {
    /// Sponsor of a side of the project (of the side in question, where an action has one).
    pub sponsor: bool,
    /// Lead of the project.
    pub lead: bool,
    /// Has a part in the project now: member, invitee, or delegate of a sponsor.
    pub member: bool,
    /// Answers for a side in place of its sponsor, today.
    pub delegate: bool,
    /// Decides a dispute or a question of the project in place of its sides.
    pub arbiter: bool,
    /// The person the action is about is the caller.
    pub oneself: bool,
    /// Who in the directory the caller is.
    pub person: Option<PersonId>,
}

/// What the answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Allow,
    /// 403, naming the scope that is missing, if it is a scope.
    Forbid(Option<Scope>),
    /// 404.
    Hide,
}

/// Decides. Pure: the same arguments always give the same verdict.
#[must_use]
pub fn can(actor: &Actor, action: Action, facts: &Facts) -> Verdict {
    if actor.kind == ActorKind::System {
        return Verdict::Allow;
    }
    if let Some(scope) = scope_for(action)
        && !actor.has(scope)
    {
        return Verdict::Forbid(Some(scope));
    }
    let admin = actor.has(Scope::Admin);
    // An organisation's own software reads every project, but has no seat to act from.
    let sees_project =
        admin || actor.kind == ActorKind::Service || facts.sponsor || facts.lead || facts.member || facts.arbiter;
    let allowed = match action {
        Action::ReadProject => return if sees_project { Verdict::Allow } else { Verdict::Hide },
        Action::EditCharter
        | Action::ProposeProject
        | Action::InviteMember
        | Action::EndMembership
        | Action::AssignOwner
        | Action::ActivateProject
        | Action::CancelProject
        | Action::AskJointly
        | Action::ReportClosure => admin || facts.lead || facts.sponsor,
        Action::ReferToProject => admin || actor.kind == ActorKind::Service || facts.lead || facts.sponsor,
        // Who has the area may offer it, and so may whoever assigns it.
        Action::OfferTransfer => admin || facts.lead || facts.sponsor || facts.oneself,
        Action::AnswerTransfer | Action::Arbitrate => facts.oneself,
        Action::RaiseDispute => admin || facts.sponsor,
        Action::RaiseDecision => admin || facts.lead || facts.sponsor || facts.member,
        Action::EscalateDecision => admin || facts.lead || facts.sponsor,
        // Any side can stop the work; the lead, who stands for all of them, cannot.
        Action::HoldProject => admin || facts.sponsor,
        // A signature is personal: not even an administrator answers for a side.
        Action::AnswerConsent => facts.sponsor || facts.delegate,
        Action::DelegateSeat => facts.sponsor,
        Action::VacateSeat => admin,
        Action::AnswerInvitation => facts.oneself,
        Action::ConfirmReturn => admin || facts.lead || facts.sponsor || facts.oneself,
        Action::ReadDirectory
        | Action::WriteDirectory
        | Action::CreateProject
        | Action::ReadClosures
        | Action::ManageCalendar
        | Action::ReadAgents
        | Action::ManageAgents
        | Action::ManagePrivacy
        | Action::SubmitCallback
        | Action::ReadCallbacks
        | Action::WorkCallbacks
        | Action::ReadAudit => return Verdict::Allow,
        // An agent's calendar is the agent's own.
        Action::LinkAgentCalendar => {
            return if admin || facts.oneself { Verdict::Allow } else { Verdict::Forbid(None) };
        }
        // Events tell of every project, so they are for software and administrators: a person who
        // may not know of a project does not learn of it here.
        Action::ManageWebhooks | Action::ReadEvents => {
            let whole_house = admin || actor.kind == ActorKind::Service;
            return if whole_house { Verdict::Allow } else { Verdict::Forbid(None) };
        }
    };
    match (allowed, sees_project || facts.oneself) {
        (true, _) => Verdict::Allow,
        (false, true) => Verdict::Forbid(None),
        (false, false) => Verdict::Hide,
    }
}

/// The scope an action needs; `None` for what the public may do.
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
        | Action::AskJointly
        | Action::AnswerConsent
        | Action::DelegateSeat
        | Action::VacateSeat
        | Action::ReportClosure
        | Action::ReferToProject
        | Action::InviteMember
        | Action::AnswerInvitation
        | Action::EndMembership
        | Action::ConfirmReturn
        | Action::AssignOwner
        | Action::OfferTransfer
        | Action::AnswerTransfer
        | Action::RaiseDispute
        | Action::RaiseDecision
        | Action::EscalateDecision
        | Action::Arbitrate => Some(Scope::ProjectsWrite),
        Action::SubmitCallback => None,
        // The reasons of closures are for the house, not for visitors.
        Action::ReadCallbacks | Action::ReadClosures | Action::ReadAgents | Action::LinkAgentCalendar => {
            Some(Scope::CallbacksRead)
        }
        Action::WorkCallbacks => Some(Scope::CallbacksWork),
        Action::ManageWebhooks | Action::ReadEvents => Some(Scope::WebhooksManage),
        Action::ReadAudit => Some(Scope::AuditRead),
    }
}

/// The verdict as a result.
///
/// # Errors
/// 403 or 404.
pub fn require(actor: &Actor, action: Action, facts: &Facts) -> Result<(), Error> {
    match can(actor, action, facts) {
        Verdict::Allow => Ok(()),
        Verdict::Hide => Err(Error::not_found()),
        Verdict::Forbid(None) => Err(not_for_you(action)),
        Verdict::Forbid(Some(scope)) => Err(Problem::new(Code::Forbidden)
            .because(
                format!("This needs a token with the scope {}.", scope.as_str()),
                format!("K tomu je třeba token s rozsahem {}.", scope.as_str()),
            )
            .with("required_scope", scope.as_str())
            .into()),
    }
}

/// 403 that says whom the action is for.
#[must_use]
pub fn not_for_you(action: Action) -> Error {
    let (en, cs) = entitled(action);
    Problem::new(Code::Forbidden).because(format!("This is for {en}."), format!("Toto smějí: {cs}.")).into()
}

/// Who may do it, beyond the scope; as [`can`] has it.
fn entitled(action: Action) -> (&'static str, &'static str) {
    match action {
        Action::ReferToProject => {
            ("the lead, the sponsors, software and administrators", "vedoucí projektu, sponzoři, programy a správci")
        }
        Action::OfferTransfer => (
            "whoever is accountable now, the lead, the sponsor of that side and administrators",
            "dosavadní odpovědná osoba, vedoucí projektu, sponzor dané strany a správci",
        ),
        Action::AnswerTransfer => ("the person to whom the area is offered", "osoba, které se oblast nabízí"),
        Action::Arbitrate => ("the person who was named to arbitrate", "osoba určená jako rozhodčí"),
        Action::InviteMember | Action::EndMembership | Action::AssignOwner => {
            ("the lead, the sponsor of that side and administrators", "vedoucí projektu, sponzor dané strany a správci")
        }
        Action::RaiseDispute | Action::HoldProject => ("the sponsors and administrators", "sponzoři a správci"),
        Action::RaiseDecision => ("those who have a part in the project", "ti, kdo se na projektu podílejí"),
        Action::AnswerConsent => (
            "the sponsors and those who stand in for them; not even an administrator answers for a side",
            "sponzoři a ti, kdo je zastupují; za stranu neodpovídá ani správce",
        ),
        Action::DelegateSeat => ("the sponsor who has the seat", "sponzor, který místo zastává"),
        Action::AnswerInvitation => ("the person who was invited", "pozvaná osoba"),
        Action::ConfirmReturn => (
            "the member, the lead, the sponsor of that side and administrators",
            "člen týmu, vedoucí projektu, sponzor dané strany a správci",
        ),
        Action::LinkAgentCalendar => ("the agent and administrators", "dotyčný operátor a správci"),
        Action::ManageWebhooks | Action::ReadEvents => (
            "software and administrators, because events tell of every project",
            "programy a správci, protože události vypovídají o všech projektech",
        ),
        Action::VacateSeat
        | Action::ReadDirectory
        | Action::WriteDirectory
        | Action::ManageCalendar
        | Action::ManageAgents
        | Action::ManagePrivacy => ("administrators", "správci"),
        Action::EditCharter
        | Action::ProposeProject
        | Action::ActivateProject
        | Action::CancelProject
        | Action::AskJointly
        | Action::ReportClosure
        | Action::EscalateDecision => {
            ("the lead, the sponsors and administrators", "vedoucí projektu, sponzoři a správci")
        }
        Action::CreateProject
        | Action::ReadProject
        | Action::ReadClosures
        | Action::ReadAgents
        | Action::SubmitCallback
        | Action::ReadCallbacks
        | Action::WorkCallbacks
        | Action::ReadAudit => ("those who have the scope", "ti, kdo mají příslušný rozsah"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(scopes: &[Scope]) -> Actor {
        Actor { kind: ActorKind::Person, subject: "somebody".into(), scopes: scopes.to_vec() }
    }

    #[test]
    fn a_stranger_does_not_learn_that_a_project_exists() {
        let stranger = person(&[Scope::ProjectsRead, Scope::ProjectsWrite]);
        for action in [Action::ReadProject, Action::EditCharter, Action::AnswerConsent, Action::InviteMember] {
            assert_eq!(can(&stranger, action, &Facts::default()), Verdict::Hide, "{action:?}");
        }
    }

    #[test]
    fn a_member_sees_but_does_not_sign() {
        let member = person(&[Scope::ProjectsRead, Scope::ProjectsWrite]);
        let facts = Facts { member: true, ..Facts::default() };
        assert_eq!(can(&member, Action::ReadProject, &facts), Verdict::Allow);
        assert_eq!(can(&member, Action::AnswerConsent, &facts), Verdict::Forbid(None));
    }

    #[test]
    fn nobody_signs_for_a_sponsor() {
        assert_eq!(can(&person(&[Scope::Admin]), Action::AnswerConsent, &Facts::default()), Verdict::Forbid(None));
    }

    #[test]
    fn a_scope_is_missing_before_a_relation_is() {
        let sponsor = person(&[Scope::ProjectsRead]);
        let facts = Facts { sponsor: true, ..Facts::default() };
        assert_eq!(can(&sponsor, Action::AnswerConsent, &facts), Verdict::Forbid(Some(Scope::ProjectsWrite)));
    }
}
