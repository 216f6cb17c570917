//! What was asked and answered, for readers and for other slices.

use super::change;
use super::filter::ConsentQuery;
use super::state::{ConsentKind, ConsentState};
use super::store::{self, Answer, Asked, Consent, HistoryRow, Which};
use super::terms::{Terms, TermsDocument};
use crate::collaboration::projects::service as projects;
use crate::kernel::auth::Actor;
use crate::kernel::authz::Action;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::ids::{AreaId, ConsentId, DepartmentId, PersonId, ProjectId};
use crate::kernel::page::Page;
use crate::kernel::time::{Day, UtcTime};

/// One consent.
///
/// # Errors
/// 403, 404.
pub fn get(conn: &mut DbConn, actor: &Actor, id: ConsentId, now: UtcTime) -> Result<Asked, Error> {
    let asked = change::find(conn, id)?;
    projects::require(conn, actor, Action::ReadProject, asked.row.project_id, now)?;
    Ok(asked)
}

/// One page of the consents of a project.
///
/// # Errors
/// 403, 404.
pub fn list(
    conn: &mut DbConn,
    actor: &Actor,
    project: ProjectId,
    query: &ConsentQuery,
    now: UtcTime,
    page: &Page,
) -> Result<Vec<Asked>, Error> {
    projects::require(conn, actor, Action::ReadProject, project, now)?;
    store::load(conn, &Which::Page(project, query, page))
}

/// One page of all answers to a consent.
///
/// # Errors
/// 403, 404.
pub fn answers(
    conn: &mut DbConn,
    actor: &Actor,
    id: ConsentId,
    now: UtcTime,
    page: &Page,
) -> Result<Vec<Answer>, Error> {
    let project = store::project_of(conn, id)?.ok_or_else(Error::not_found)?;
    projects::require(conn, actor, Action::ReadProject, project, now)?;
    store::answers(conn, id, page)
}

/// The agreements to all versions of the charter as (side, version, counts no more), for the
/// readiness list.
pub fn signatures(conn: &mut DbConn, project: ProjectId) -> Result<Vec<(DepartmentId, i32, bool)>, Error> {
    store::signatures(conn, project)
}

/// Whom open proposals for settling disputes name: area, person, first day.
pub fn proposed_settlements(conn: &mut DbConn, project: ProjectId) -> Result<Vec<(AreaId, PersonId, Day)>, Error> {
    let mut proposed = Vec::new();
    for terms in store::open_terms(conn, project, ConsentKind::Settlement)? {
        if let Terms::Settlement(terms) = TermsDocument::unseal(&terms)?.into_terms()? {
            proposed.push((terms.area_id, terms.person_id, terms.effective_on));
        }
    }
    Ok(proposed)
}

/// Every question of a project with every answer to it, in order, for the partnership report; one
/// statement.
pub fn history(conn: &mut DbConn, project: ProjectId) -> Result<Vec<HistoryRow>, Error> {
    store::history(conn, project)
}

/// Whether a version of the charter is asked no more and was not agreed to: refused or withdrawn.
pub fn charter_is_refused(conn: &mut DbConn, project: ProjectId, version: i32) -> Result<bool, Error> {
    let asked = store::load(conn, &Which::Charter(project, version))?;
    let dead = |state| matches!(state, ConsentState::Refused | ConsentState::Withdrawn);
    Ok(asked.iter().any(|asked| dead(asked.row.state)))
}

/// What waits for a person's response as the sponsor of a side, for other slices.
pub fn waiting_for_sponsor(
    conn: &mut DbConn,
    person: PersonId,
    now: UtcTime,
    most: i64,
) -> Result<Vec<Consent>, Error> {
    store::waiting_for_sponsor(conn, person, now, most)
}

/// What waits for a person's response as the delegate of a side today, for other slices.
pub fn waiting_for_delegate(
    conn: &mut DbConn,
    person: PersonId,
    now: UtcTime,
    most: i64,
) -> Result<Vec<Consent>, Error> {
    store::waiting_for_delegate(conn, person, now, most)
}
