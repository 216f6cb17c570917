//! Authorisation: a table of permissions and one pure function of the actor, the action and the relations.
//!
//! Rules: 401 is for missing or invalid credentials and is decided earlier; a resource the caller has no access to is
//! hidden (404); an action the caller must not take on a visible resource is forbidden (403). Scopes limit the actions
//! of a token; relations, read from the database for each request, limit the resources. The scope is checked before
//! anything is read, so that a token without it learns nothing, and the relations before anything is locked, so that a
//! caller without permission cannot make others wait.

mod decision;
mod role;
mod table;

pub use decision::{
    Relations, Verdict, administers, can, reads_without_relations, sees_every_project, sees_every_queue,
    submits_for_visitors,
};
pub use table::{Action, CONDITIONS, Others, Permission, TABLE};

use role::Role;

use crate::kernel::auth::{Actor, ActorKind, Scope};
use crate::kernel::error::{Code, Error, Problem, Text};

/// Checks that an actor may take an action.
///
/// # Errors
/// 403 or 404.
pub fn require(actor: &Actor, action: Action, relations: &Relations) -> Result<(), Error> {
    match can(actor, action, relations) {
        Verdict::Allow => Ok(()),
        Verdict::Hide => Err(Error::not_found()),
        Verdict::Conflict => Err(Code::ConflictOfInterest.into()),
        Verdict::Forbid(None) if actor.kind == ActorKind::Service && is_for_administrators(actor, action) => {
            Err(Error::forbidden("forbidden-application-administrator"))
        }
        Verdict::Forbid(None) => Err(not_for_you(action)),
        Verdict::Forbid(Some(scope)) => Err(insufficient_scope(scope)),
    }
}

/// Returns whether the caller has the scope of administrators, who may take the action.
fn is_for_administrators(actor: &Actor, action: Action) -> bool {
    actor.has(Scope::Admin) && action.permission().who.contains(&Role::Admin)
}

/// Checks that the token has the scope of an action, before anything is read.
///
/// # Errors
/// 403.
pub fn require_scope(actor: &Actor, action: Action) -> Result<(), Error> {
    decision::missing_scope(actor, action).map_or(Ok(()), |scope| Err(insufficient_scope(scope)))
}

/// Returns a 403 problem that names the roles that may take the action.
#[must_use]
pub fn not_for_you(action: Action) -> Error {
    Error::forbidden(action.permission().refusal)
}

/// Returns a 403 problem with the missing scope, in the body and as a challenge (RFC 6750, section 3.1).
fn insufficient_scope(scope: Scope) -> Error {
    let scope = scope.as_str();
    Problem::new(Code::Forbidden)
        .because(Text::new("forbidden-scope").with("scope", scope))
        .with("required_scope", scope)
        .header(
            "WWW-Authenticate",
            format!("Bearer realm=\"entente\", error=\"insufficient_scope\", scope=\"{scope}\""),
        )
        .into()
}
