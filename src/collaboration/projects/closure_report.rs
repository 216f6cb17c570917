//! The closure report: the outcome of every goal, and the lessons learnt.

use super::charter::Content;
use super::dto::{ClosureReportBody, NewClosureReport};
use super::service::{lock_project, visible};
use super::state::Verb;
use super::store::{self, Project, ReportRow};
use crate::kernel::auth::Actor;
use crate::kernel::authz::Action;
use crate::kernel::db::DbConn;
use crate::kernel::error::{Error, Text, Violation};
use crate::kernel::events::types;
use crate::kernel::http::etag::IfMatch;
use crate::kernel::ids::ProjectId;
use crate::kernel::record::Change;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// A submitted closure report and its project.
pub struct Submitted {
    pub project: Project,
    pub report: ClosureReportBody,
    pub version: i64,
    /// False if the content is identical to the previous report.
    pub is_new: bool,
}

/// Creates or replaces the closure report.
///
/// # Errors
/// 403, 404, 412, 428; 409 unless the project is closing; 422 unless there is one outcome per goal.
pub fn submit(tx: &mut Tx<'_>, id: ProjectId, new: &NewClosureReport) -> Result<Submitted, Error> {
    let (project, _) = lock_project(tx, id, Action::WriteClosureReport)?;
    let before = store::closure_report(tx.conn, id)?;
    // A version of 0 means that there is no report yet.
    IfMatch::check(tx.meta.if_match.as_ref(), before.as_ref().map_or(0, |row| row.version))?;
    project.state.require(Verb::ReplaceClosureReport)?;
    require_all_goals(tx, &project, new)?;
    let content = serde_json::to_string(new).map_err(Error::internal)?;
    if let Some(before) = before.as_ref().filter(|before| before.content == content) {
        return Ok(Submitted { project, report: body(before)?, version: before.version, is_new: false });
    }
    let version = before.as_ref().map_or(1, |row| row.version + 1);
    let row = ReportRow { project_id: id, content, submitted_at: tx.now, version };
    store::put_closure_report(tx.conn, &row)?;
    let report = body(&row)?;
    let change = match &before {
        None => Change::created(types::CLOSURE_REPORT_SUBMITTED, id.as_str(), &report)?,
        Some(before) => Change::updated(types::CLOSURE_REPORT_SUBMITTED, id.as_str(), &body(before)?, &report)?,
    };
    tx.record_change(&change)?;
    Ok(Submitted { project, report, version, is_new: true })
}

/// Returns the latest version of the closure report.
///
/// # Errors
/// 403; 404 also when there is no report.
pub fn read(conn: &mut DbConn, actor: &Actor, id: ProjectId, now: UtcTime) -> Result<(ClosureReportBody, i64), Error> {
    visible(conn, actor, id, now)?;
    let row = store::closure_report(conn, id)?.ok_or_else(Error::not_found)?;
    Ok((body(&row)?, row.version))
}

/// Returns whether a project has a closure report.
pub fn exists(conn: &mut DbConn, project: ProjectId) -> Result<bool, Error> {
    Ok(store::closure_report(conn, project)?.is_some())
}

/// Checks that the report has one outcome per goal of the charter in force.
fn require_all_goals(tx: &mut Tx<'_>, project: &Project, new: &NewClosureReport) -> Result<(), Error> {
    let version = project.in_force_version.unwrap_or(project.charter_version);
    let row = store::charter(tx.conn, project.id, version)?.ok_or_else(Error::not_found)?;
    let goals = Content::unseal(&row.content)?.goals.len();
    if new.goals.len() == goals {
        return Ok(());
    }
    let text = Text::new("violation-goals-do-not-match").with("goals", goals);
    Err(Error::violation(Violation::at("/goals", "goals_mismatch", text)))
}

fn body(row: &ReportRow) -> Result<ClosureReportBody, Error> {
    let NewClosureReport { goals, lessons } = serde_json::from_str(&row.content).map_err(Error::internal)?;
    Ok(ClosureReportBody { project_id: row.project_id, goals, lessons, submitted_at: row.submitted_at })
}
