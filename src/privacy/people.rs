//! Exporting the data of people in the directory.

use super::dto::ExportedPerson;
use crate::callbacks::agents;
use crate::collaboration::approvals::{delegations, service as approvals};
use crate::collaboration::memberships::service as memberships;
use crate::collaboration::ownership::service as ownership;
use crate::directory::people::service as people;
use crate::kernel::actors;
use crate::kernel::audit;
use crate::kernel::auth::Actor;
use crate::kernel::db::DbConn;
use crate::kernel::error::{Error, Violation};
use crate::kernel::ids::PersonId;
use crate::kernel::page::Page;
use crate::kernel::time::UtcTime;

/// Most items of each kind in an export.
const MOST: usize = 1_000;

/// Returns all stored data of a person, and whether every list is complete. The caller has been authorised for the data
/// of all people. Runs a fixed number of statements.
///
/// # Errors
/// 422 for an unknown person.
pub fn export(conn: &mut DbConn, actor: &Actor, id: PersonId, now: UtcTime) -> Result<(ExportedPerson, bool), Error> {
    let unknown = || Error::violation(Violation::unknown_reference("/person_id", "violation-unknown-person"));
    let person = people::find(conn, id)?.ok_or_else(unknown)?;
    // Pages read one row more than their limit.
    let (page, most) = (Page { after: None, limit: MOST - 1 }, MOST as i64);
    let known = actors::of_person(conn, id)?;
    // Not even an administrator sees the sealed responses of another person.
    let is_own = actor.login().is_some_and(|login| {
        person.login.as_deref() == Some(login.subject) && person.login_issuer.as_deref() == Some(login.issuer)
    });
    let exported = ExportedPerson {
        person: person.into(),
        home_positions: into(people::home_positions(conn, actor, id, None, &page)?),
        memberships: memberships::of_person(conn, actor, id, None, now, &page)?.iter().map(|one| one.body()).collect(),
        assignments: into(ownership::all_of_person(conn, id, &page)?),
        approval_responses: into(approvals::responses_of_person(conn, id, is_own, most)?),
        delegations: into(delegations::service::of_person(conn, id, most)?),
        agent: agents::body_of_person(conn, id)?,
        actors: into(actors::find(conn, &known)?),
        actions: audit::actions_of(conn, &known, most)?,
    };
    let complete = is_complete(&exported);
    Ok((exported, complete))
}

fn into<R, T: From<R>>(rows: Vec<R>) -> Vec<T> {
    rows.into_iter().map(T::from).collect()
}

fn is_complete(exported: &ExportedPerson) -> bool {
    let ExportedPerson { home_positions, memberships, assignments, approval_responses, delegations, actions, .. } =
        exported;
    let lengths = [
        home_positions.len(),
        memberships.len(),
        assignments.len(),
        approval_responses.len(),
        delegations.len(),
        actions.len(),
    ];
    lengths.iter().all(|length| *length < MOST)
}
