//! The permission decision: a pure function of the actor, the action and the relations.

use super::role::Role;
use super::table::{Action, Others};
use crate::kernel::auth::{Actor, ActorKind, Scope};
use crate::kernel::ids::{DepartmentId, PersonId};

/// Relations of the caller to the resource, as read from the database.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Relations {
    /// Whether the caller is the sponsor in office of a side of the project, or of the side concerned if the action has
    /// one.
    pub sponsor: bool,
    /// The side of which the caller is the sponsor in office.
    pub sponsor_of: Option<DepartmentId>,
    /// Whether the caller is the sponsor in office, or today's delegate, of the side concerned.
    pub represents: bool,
    /// Whether the caller is named as a sponsor but not in office.
    pub proposed: bool,
    /// Whether the caller is the head of a department that is a side.
    pub head: bool,
    /// Whether the caller drafted the project, which is still a draft.
    pub creator: bool,
    /// Whether the caller's regular position today is in a department that is a side.
    pub insider: bool,
    /// Whether the caller has had a part in the project recently, or is on its panel or a drawn arbiter. Known only for
    /// an administrator without another part.
    pub had_part: bool,
    /// Whether the caller is the lead of the project.
    pub lead: bool,
    /// Whether the caller is currently a member, invitee or delegate in the project.
    pub member: bool,
    /// Whether the caller is the delegate of a sponsor today.
    pub delegate: bool,
    /// The side of this delegation.
    pub delegate_of: Option<DepartmentId>,
    /// The side whose sealed responses the caller sees: that of which they are the sponsor in office, also if it joins
    /// the project, or for which they respond as a delegate.
    pub own_side: Option<DepartmentId>,
    /// Whether the caller is the arbiter of an open dispute, an escalated decision or an open approval of the project.
    pub arbiter: bool,
    /// Whether the caller is the person the action is about.
    pub oneself: bool,
    /// The caller as a person in the directory; `None` for applications and unknown people.
    pub person: Option<PersonId>,
}

impl Relations {
    /// Whether the caller has a part in the project: a role, or a regular position in a department that is a side, now
    /// or recently. Such a caller has no rights of an administrator in it, because administrators act for no side.
    #[must_use]
    pub fn has_part(&self) -> bool {
        let Self { sponsor, proposed, head, insider, had_part, lead, member, delegate, arbiter, .. } = *self;
        sponsor || proposed || head || insider || had_part || lead || member || delegate || arbiter
    }
}

/// Result of an authorisation check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Allow,
    /// 403; with the missing scope, if a scope is missing.
    Forbid(Option<Scope>),
    /// 403: the caller is an administrator, but has a part in the project.
    Conflict,
    /// 404: the caller must not learn that the resource exists.
    Hide,
}

/// Whether the actor can read projects without a relation to them, if the scopes of the token permit. An application
/// of the organisation can, but it represents no side. An administrator can, unless they have a part in the project.
#[must_use]
pub fn sees_every_project(actor: &Actor) -> bool {
    reads_without_relations(actor) || actor.has(Scope::Admin)
}

/// Whether the relations of the actor to a project change nothing about what they can read: they are no person.
#[must_use]
pub fn reads_without_relations(actor: &Actor) -> bool {
    matches!(actor.kind, ActorKind::Service | ActorKind::System)
}

/// Whether the actor has the rights of an administrator in a project. Only a person has them: an application has no
/// regular position and no role, so a person with a part in the project could use its key to act for another side.
#[must_use]
pub fn administers(actor: &Actor, relations: &Relations) -> bool {
    actor.kind == ActorKind::Person && actor.has(Scope::Admin) && !relations.has_part()
}

/// Whether the actor is an application that submits callback requests for the visitors of its own website, and protects
/// its form against abuse itself.
#[must_use]
pub fn submits_for_visitors(actor: &Actor) -> bool {
    actor.kind == ActorKind::Service && actor.has(Scope::CallbacksCreate)
}

/// Whether the actor can see the slots of queues that are not public: it creates callback requests, or reads them.
#[must_use]
pub fn sees_every_queue(actor: &Actor) -> bool {
    actor.has(Scope::CallbacksCreate) || actor.has(Scope::CallbacksRead)
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
    if actor.has(Scope::Admin) && relations.has_part() && permission.who.contains(&Role::Admin) {
        return Verdict::Conflict;
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
    let Relations { sponsor, proposed, head, creator, lead, member, arbiter, .. } = *relations;
    let has_role = sponsor || proposed || head || creator || lead || member || arbiter;
    reads_without_relations(actor) || administers(actor, relations) || has_role
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
    fn an_administrator_with_a_part_in_the_project_has_only_the_rights_of_that_part() {
        let admin = person(&[Scope::Admin]);
        let parts = [
            Relations { insider: true, ..Relations::default() },
            Relations { had_part: true, ..Relations::default() },
            Relations { proposed: true, ..Relations::default() },
            Relations { head: true, ..Relations::default() },
            Relations { lead: true, ..Relations::default() },
            Relations { member: true, ..Relations::default() },
            Relations { arbiter: true, ..Relations::default() },
            Relations { sponsor: true, ..Relations::default() },
        ];
        for relations in parts {
            assert_eq!(can(&admin, Action::RemoveSponsor, &relations), Verdict::Conflict, "{relations:?}");
            assert_eq!(can(&admin, Action::ConfirmSponsor, &relations), Verdict::Conflict, "{relations:?}");
        }
        assert_eq!(can(&admin, Action::RemoveSponsor, &Relations::default()), Verdict::Allow);
        let insider = Relations { insider: true, ..Relations::default() };
        assert_eq!(can(&admin, Action::ReadProject, &insider), Verdict::Conflict);
        let sponsor = Relations { sponsor: true, insider: true, ..Relations::default() };
        assert_eq!(can(&admin, Action::HoldProject, &sponsor), Verdict::Allow);
    }

    #[test]
    fn an_application_with_the_scope_admin_administers_no_project() {
        let application = Actor { kind: ActorKind::Service, ..person(&[Scope::Admin]) };
        let none = Relations::default();
        for action in [Action::RemoveSponsor, Action::NameSponsor, Action::EditCharter, Action::EndMembership] {
            assert_eq!(can(&application, action, &none), Verdict::Forbid(None), "{action:?}");
        }
        for action in [Action::OffboardPerson, Action::CancelProject, Action::ConfirmSponsor] {
            assert_eq!(can(&application, action, &none), Verdict::Forbid(None), "{action:?}");
        }
        for action in [Action::ReadProject, Action::WriteDirectory, Action::ManageApiKeys, Action::ReadEvents] {
            assert_eq!(can(&application, action, &none), Verdict::Allow, "{action:?}");
        }
    }

    #[test]
    fn a_proposed_sponsor_and_a_head_can_only_read() {
        let caller = person(&[Scope::ProjectsRead, Scope::ProjectsWrite]);
        let proposed = Relations { proposed: true, ..Relations::default() };
        let head = Relations { head: true, ..Relations::default() };
        for relations in [proposed, head] {
            assert_eq!(can(&caller, Action::ReadProject, &relations), Verdict::Allow);
            for action in [Action::EditCharter, Action::RespondToApproval, Action::InviteMember, Action::HoldProject] {
                assert_eq!(can(&caller, action, &relations), Verdict::Forbid(None), "{action:?}");
            }
        }
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
            let pairs = flags.into_iter().flat_map(|member| flags.map(|other| (member, other)));
            for (member, other) in pairs {
                let (proposed, head, creator, arbiter) = (other, other && !lead, other && lead, other && sponsor);
                let relations =
                    Relations { sponsor, lead, member, proposed, head, creator, arbiter, ..Relations::default() };
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
