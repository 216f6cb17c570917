//! Roles of callers: relations to a resource, and properties of the token.

use super::decision::{Relations, administers};
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
    /// The sponsor of the side that the action concerns, or today's delegate of this sponsor.
    Side,
    /// A person who is named as a sponsor, but is not in office.
    ProposedSponsor,
    /// The head of a department that is a side.
    Head,
    /// The person who drafted the project, while it is a draft.
    Creator,
    Lead,
    /// A current member, invitee or delegate.
    Member,
    /// The delegate of a sponsor.
    Delegate,
    /// The person who decides an open dispute, an escalated decision, or an approval for silent sides.
    Arbiter,
    /// The person whom the action is about, with a description of this person.
    Concerned(&'static str),
    /// An application of the organisation.
    Application,
    /// A caller with the scope `audit:read`, who can read the audit trail of all projects.
    Auditor,
    /// A person with the scope `admin` who has no part in the project.
    Admin,
}

impl Role {
    /// Returns whether the caller has the role.
    #[must_use]
    pub fn is_held_by(self, actor: &Actor, relations: &Relations) -> bool {
        match self {
            Self::Anyone => true,
            Self::Sponsor | Self::SideSponsor => relations.sponsor,
            Self::Side => relations.represents,
            Self::ProposedSponsor => relations.proposed,
            Self::Head => relations.head,
            Self::Creator => relations.creator,
            Self::Lead => relations.lead,
            Self::Member => relations.member,
            Self::Delegate => relations.delegate,
            Self::Arbiter => relations.arbiter,
            Self::Concerned(_) => relations.oneself,
            Self::Application => actor.kind == ActorKind::Service,
            // Not `has`: the scope `admin` is another role, which ends where the caller has a part in the project.
            Self::Auditor => actor.scopes.contains(&Scope::AuditRead),
            Self::Admin => administers(actor, relations),
        }
    }

    /// Returns the name of the role in the API document.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Anyone => "anyone",
            Self::Sponsor => "sponsor",
            Self::SideSponsor => "side_sponsor",
            Self::Side => "side",
            Self::ProposedSponsor => "proposed_sponsor",
            Self::Head => "head",
            Self::Creator => "creator",
            Self::Lead => "lead",
            Self::Member => "member",
            Self::Delegate => "delegate",
            Self::Arbiter => "arbiter",
            Self::Concerned(_) => "person_concerned",
            Self::Application => "application",
            Self::Auditor => "auditor",
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
            Self::Side => "the sponsor of the side and their delegate",
            Self::ProposedSponsor => "the proposed sponsors",
            Self::Head => "the heads of the departments",
            Self::Creator => "the person who drafted it (while it is a draft)",
            Self::Lead => "the lead",
            Self::Member => "the members",
            Self::Delegate => "their delegates",
            Self::Arbiter => "the arbiter",
            Self::Concerned(person) => person,
            Self::Application => "applications",
            Self::Auditor => "callers with the scope `audit:read`",
            Self::Admin => "administrators",
        }
    }
}
