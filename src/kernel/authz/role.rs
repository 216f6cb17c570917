//! Roles of callers: relations to a resource, and properties of the token.

use super::decision::Relations;
use crate::kernel::auth::{Actor, ActorKind, Scope};

/// A role that permits an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Every caller with the scope.
    Anyone,
    /// The sponsor of any side of the project.
    Sponsor,
    /// The sponsor of the side that the action concerns.
    SideSponsor,
    Lead,
    /// A current member, invitee or delegate.
    Member,
    /// The delegate of a sponsor.
    Delegate,
    /// The person who decides an open dispute or an escalated decision.
    Arbiter,
    /// The person whom the action is about, with a description of this person.
    Concerned(&'static str),
    /// An application of the organisation.
    Application,
    /// A caller with the scope `admin`.
    Admin,
}

impl Role {
    /// Returns whether the caller has the role.
    #[must_use]
    pub fn is_held_by(self, actor: &Actor, relations: &Relations) -> bool {
        match self {
            Self::Anyone => true,
            Self::Sponsor | Self::SideSponsor => relations.sponsor,
            Self::Lead => relations.lead,
            Self::Member => relations.member,
            Self::Delegate => relations.delegate,
            Self::Arbiter => relations.arbiter,
            Self::Concerned(_) => relations.oneself,
            Self::Application => actor.kind == ActorKind::Service,
            Self::Admin => actor.has(Scope::Admin),
        }
    }

    /// Returns the name of the role in the API document.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Anyone => "anyone",
            Self::Sponsor => "sponsor",
            Self::SideSponsor => "side_sponsor",
            Self::Lead => "lead",
            Self::Member => "member",
            Self::Delegate => "delegate",
            Self::Arbiter => "arbiter",
            Self::Concerned(_) => "person_concerned",
            Self::Application => "application",
            Self::Admin => "admin",
        }
    }

    /// Returns the callers with the role, as part of a sentence.
    #[must_use]
    pub fn phrase(self) -> &'static str {
        match self {
            Self::Anyone => "all callers",
            Self::Sponsor => "the sponsors",
            Self::SideSponsor => "the sponsor of the side",
            Self::Lead => "the lead",
            Self::Member => "the members",
            Self::Delegate => "their delegates",
            Self::Arbiter => "the arbiter",
            Self::Concerned(person) => person,
            Self::Application => "applications",
            Self::Admin => "administrators",
        }
    }
}
