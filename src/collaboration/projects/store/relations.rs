//! How people stand to projects: what one may do with a project, and which ones a list shows.

use diesel::dsl::exists;
use diesel::prelude::*;

use super::Project;
use crate::collaboration::projects::filter::ProjectQuery;
use crate::collaboration::states::{DecisionState, DisputeState, MembershipDecision};
use crate::kernel::authz::Facts;
use crate::kernel::db::DbConn;
use crate::kernel::db::schema::{decisions, delegations, disputes, memberships, people, project_sides, projects};
use crate::kernel::error::Error;
use crate::kernel::ids::{PersonId, ProjectId};
use crate::kernel::page::Page;
use crate::kernel::page::Sort;
use crate::kernel::time::UtcTime;

/// Memberships by which somebody has to do with a project now: an invitation that is open, or a
/// membership that is not over.
macro_rules! present {
    ($now:expr) => {
        memberships::valid_to
            .gt($now.day())
            // An empty interval was ended before its first day.
            .and(memberships::valid_to.gt(memberships::valid_from))
            .and(
                memberships::state
                    .eq(MembershipDecision::Accepted)
                    .or(memberships::state.eq(MembershipDecision::Invited).and(memberships::expires_at.gt($now))),
            )
    };
}

/// Delegations by which somebody answers in a project today.
macro_rules! standing {
    ($now:expr) => {
        delegations::revoked_at
            .is_null()
            .and(delegations::valid_from.le($now.day()))
            .and(delegations::valid_to.gt($now.day()))
    };
}

/// The person who signs in with this token subject and has not left: one, or none.
macro_rules! caller {
    ($subject:expr) => {
        people::table.filter(people::subject.eq($subject)).filter(people::deactivated_at.is_null())
    };
}

/// The same as ids, to compare with a column that may be empty.
macro_rules! caller_id {
    ($subject:expr) => {
        caller!($subject).select(people::id.nullable())
    };
}

/// Whether somebody is sponsor, delegate, lead or member of a project.
macro_rules! concerns {
    ($subject:expr, $now:expr) => {
        projects::id
            .eq_any(
                project_sides::table
                    .filter(project_sides::sponsor_person_id.eq_any(caller_id!($subject)))
                    .select(project_sides::project_id),
            )
            .or(projects::id.eq_any(
                memberships::table
                    .filter(memberships::person_id.nullable().eq_any(caller_id!($subject)))
                    .filter(present!($now))
                    .select(memberships::project_id),
            ))
            .or(projects::id.eq_any(
                delegations::table
                    .filter(delegations::delegate_person_id.nullable().eq_any(caller_id!($subject)))
                    .filter(standing!($now))
                    .select(delegations::project_id),
            ))
            .nullable()
            .or(projects::lead_person_id.eq_any(caller_id!($subject)))
    };
}

/// A project, and how the person with this token subject stands to it.
pub fn find(conn: &mut DbConn, id: ProjectId, subject: &str, now: UtcTime) -> Result<Option<(Project, Facts)>, Error> {
    let sponsor = project_sides::table
        .filter(project_sides::project_id.eq(id))
        .filter(project_sides::sponsor_person_id.eq_any(caller_id!(subject)));
    let member = memberships::table
        .filter(memberships::project_id.eq(id))
        .filter(memberships::person_id.nullable().eq_any(caller_id!(subject)))
        .filter(present!(now));
    let delegate = delegations::table
        .filter(delegations::project_id.eq(id))
        .filter(delegations::delegate_person_id.nullable().eq_any(caller_id!(subject)))
        .filter(standing!(now));
    let arbiter = disputes::table
        .filter(disputes::project_id.eq(id))
        .filter(disputes::arbiter_person_id.nullable().eq_any(caller_id!(subject)))
        .filter(disputes::state.eq(DisputeState::Open));
    let judge = decisions::table
        .filter(decisions::project_id.eq(id))
        .filter(decisions::escalated_to.eq_any(caller_id!(subject)))
        .filter(decisions::state.eq(DecisionState::Escalated));
    type Row = (Project, bool, Option<bool>, bool, bool, bool, Option<PersonId>);
    let found: Option<Row> = projects::table
        .filter(projects::id.eq(id))
        .select((
            Project::as_select(),
            exists(sponsor),
            projects::lead_person_id.eq_any(caller_id!(subject)),
            exists(member),
            exists(delegate),
            exists(arbiter).or(exists(judge)),
            caller!(subject).select(people::id).single_value(),
        ))
        .get_result(conn)
        .optional()?;
    Ok(found.map(|(project, sponsor, lead, member, delegate, arbiter, person)| {
        let (lead, member) = (lead == Some(true), member || delegate);
        (project, Facts { sponsor, lead, member, delegate, arbiter, oneself: false, person })
    }))
}

/// One page of projects, with nothing but those of `only_of` (a token subject) if it is given.
pub fn list(
    conn: &mut DbConn,
    query: &ProjectQuery,
    only_of: Option<&str>,
    now: UtcTime,
    page: &Page,
) -> Result<Vec<Project>, Error> {
    let rows = projects::table.select(Project::as_select()).limit(page.fetch()).into_boxed();
    let after = page.after.as_deref();
    let mut rows = match query.sort.unwrap_or_default() {
        Sort::OldestFirst => rows.order(projects::id.asc()).filter(projects::id.gt(after.unwrap_or_default())),
        // Every id is below the letter z.
        Sort::NewestFirst => rows.order(projects::id.desc()).filter(projects::id.lt(after.unwrap_or("z"))),
    };
    if let Some(states) = &query.state {
        rows = rows.filter(projects::state.eq_any(states));
    }
    if let Some(day) = query.as_of {
        rows = rows.filter(projects::starts_on.le(day)).filter(projects::ends_on.gt(day));
    }
    if let Some(department) = query.department_id {
        let with_side =
            project_sides::table.filter(project_sides::department_id.eq(department)).select(project_sides::project_id);
        rows = rows.filter(projects::id.eq_any(with_side));
    }
    if let Some(subject) = only_of {
        rows = rows.filter(concerns!(subject, now));
    }
    Ok(rows.load(conn)?)
}

/// Those of the projects that concern the person with this token subject.
pub fn concerning(conn: &mut DbConn, ids: &[ProjectId], subject: &str, now: UtcTime) -> Result<Vec<ProjectId>, Error> {
    Ok(projects::table
        .filter(projects::id.eq_any(ids))
        .filter(concerns!(subject, now))
        .select(projects::id)
        .load(conn)?)
}
