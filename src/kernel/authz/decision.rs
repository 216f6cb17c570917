//! The permission decision: a pure function of the actor, the action and the relations.

use super::table::{Action, Others};
use crate::kernel::auth::{Actor, ActorKind, Scope};
use crate::kernel::ids::PersonId;

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

/// Whether the actor is an application that submits callback requests for the visitors of its own website, and protects
/// its form against abuse itself.
#[must_use]
pub fn submits_for_visitors(actor: &Actor) -> bool {
    actor.kind == ActorKind::Service && actor.has(Scope::CallbacksCreate)
}

/// Decides whether an actor may take an action. Pure: the result depends on the arguments only.
#[must_use]
pub fn can(actor: &Actor, action: Action, relations: &Relations) -> Verdict {
    if actor.kind == ActorKind::System {
        return Verdict::Allow;
    }
    if let Some(scope) = missing_scope(actor, action) {
        return Verdict::Forbid(Some(scope));
    }
    let permission = action.permission();
    if permission.who.iter().any(|role| role.is_held_by(actor, relations)) {
        return Verdict::Allow;
    }
    let knows_resource = sees_project(actor, relations) || relations.oneself;
    match permission.others {
        Others::Hidden if !knows_resource => Verdict::Hide,
        Others::Hidden | Others::Refused => Verdict::Forbid(None),
    }
}

/// Returns the scope that the action needs and the token does not have.
#[must_use]
pub fn missing_scope(actor: &Actor, action: Action) -> Option<Scope> {
    let scope = action.permission().scope.filter(|_| actor.kind != ActorKind::System)?;
    (!actor.has(scope)).then_some(scope)
}

fn sees_project(actor: &Actor, relations: &Relations) -> bool {
    let Relations { sponsor, lead, member, arbiter, .. } = *relations;
    sees_every_project(actor) || sponsor || lead || member || arbiter
}

#[cfg(test)]
mod tests {
    use super::super::table::TABLE;
    use super::*;

    fn person(scopes: &[Scope]) -> Actor {
        Actor { kind: ActorKind::Person, subject: "jana".into(), scopes: scopes.to_vec(), ..Actor::anonymous() }
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

    /// The roles of the table and the visibility of projects must agree: a caller with a role sees the project.
    #[test]
    fn a_role_in_a_project_makes_the_project_visible() {
        let flags = [true, false];
        let all = flags.into_iter().flat_map(|sponsor| flags.map(|lead| (sponsor, lead)));
        for (sponsor, lead) in all {
            for (member, arbiter) in [(true, true), (true, false), (false, true), (false, false)] {
                let relations = Relations { sponsor, lead, member, arbiter, ..Relations::default() };
                let reader = person(&[Scope::ProjectsRead, Scope::ProjectsWrite]);
                let reads = can(&reader, Action::ReadProject, &relations) == Verdict::Allow;
                for row in TABLE.iter().filter(|row| row.others == Others::Hidden) {
                    let verdict = can(&reader, row.action, &relations);
                    assert_eq!(verdict == Verdict::Hide, !reads, "{:?} {relations:?}", row.action);
                }
            }
        }
    }
}
