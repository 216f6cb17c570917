//! Putting a project on hold, and ending or extending a hold.
//!
//! Rules: a sponsor puts the project on hold for their side, within the limits of [`holds`]. Only the approval of all
//! sides extends a hold, or ends it early. While a project is on hold, both sides keep all their rights: people keep
//! their roles, and approvals, decisions and transfers go on with their deadlines, because each side can respond. What
//! is suspended is what a side cannot answer: no parity breach is recorded, and a grace period starts again when the
//! project is resumed. A side without a sponsor is checked again then, since the day on which it lost its sponsor, or
//! on which an approval ended the hold: otherwise what an arbiter decides for that side would change nothing.

use super::joint;
use crate::calendar;
use crate::calendar::rules::Calendar;
use crate::collaboration::approvals::{Approval, ApprovalKind, ApprovalRow, ExtendHoldTerms, Terms, lapse};
use crate::collaboration::projects::service::{self as projects, Whole};
use crate::collaboration::projects::{Project, ProjectVerb, State, holds};
use crate::kernel::authz::{Action, not_for_you};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Code, Error, Problem, Text};
use crate::kernel::events::types;
use crate::kernel::ids::{DepartmentId, ProjectId};
use crate::kernel::time::{Day, UtcTime};
use crate::kernel::tx::Tx;

fn company_calendar(conn: &mut DbConn, now: UtcTime) -> Result<Calendar, Error> {
    Ok(calendar::service::present(conn, now)?.calendar)
}

/// Puts an active project on hold for the side of the caller.
///
/// # Errors
/// 403, 404; 409 unless the project is active, and while the side cannot hold again.
pub fn hold(tx: &mut Tx<'_>, id: ProjectId, reason: &str) -> Result<Whole, Error> {
    let (project, relations) = projects::lock_project(tx, id, Action::HoldProject)?;
    project.state.require(ProjectVerb::HoldProject)?;
    let sides = projects::sides(tx.conn, id, tx.now.day())?;
    let own = sides.iter().find(|side| relations.person.is_some() && side.active_sponsor() == relations.person);
    let own = own.ok_or_else(|| not_for_you(Action::HoldProject))?;
    let (department, may_hold_from) = (own.department_id, own.may_hold_from);
    let calendar = company_calendar(tx.conn, tx.now)?;
    refuse_too_soon(&calendar, may_hold_from, tx.now)?;
    let ends_at = holds::end(&calendar, tx.now);
    let after = Project {
        state: State::OnHold,
        held_since: Some(tx.now),
        held_by_department_id: Some(department),
        hold_ends_at: Some(ends_at),
        ..project.clone()
    };
    // What was asked about an earlier hold says nothing about this one.
    lapse::lapse_where(tx, id, is_about_hold)?;
    let pause_ends = holds::next_end(&calendar, ends_at);
    save(tx, Whole { project, sides }, after, Some((department, pause_ends)), (types::PROJECT_HELD, Some(reason)))
}

fn refuse_too_soon(calendar: &Calendar, from: Option<UtcTime>, now: UtcTime) -> Result<(), Error> {
    let Some(from) = from.filter(|from| *from > now) else { return Ok(()) };
    let day = Day::from_jiff(calendar.date_at(from.to_jiff()));
    let text = Text::new("detail-hold-too-soon").with("date", day.to_string());
    let from = serde_json::to_value(from).map_err(Error::internal)?;
    Err(Problem::new(Code::Conflict).because(text).with("may_hold_from", from).into())
}

/// Returns whether an approval ends or extends a hold.
#[must_use]
pub fn is_about_hold(row: &ApprovalRow) -> bool {
    matches!(row.kind, ApprovalKind::Resume | ApprovalKind::ExtendHold)
}

/// Puts a project on hold on behalf of the system, because a side has no sponsor.
pub fn by_system(tx: &mut Tx<'_>, project: Project, reason: &str) -> Result<Whole, Error> {
    let sides = projects::sides(tx.conn, project.id, tx.now.day())?;
    let after = Project {
        state: State::OnHold,
        held_since: Some(tx.now),
        held_by_department_id: None,
        hold_ends_at: None,
        ..project.clone()
    };
    projects::advance(tx, Whole { project, sides }, after, types::PROJECT_HELD, Some(reason))
}

/// Ends a hold by the system once every side has a sponsor. Does nothing in other cases.
pub fn end_if_staffed(tx: &mut Tx<'_>, whole: Whole) -> Result<Whole, Error> {
    let held_by_system = whole.project.state == State::OnHold && whole.project.held_by_department_id.is_none();
    if !held_by_system || whole.sides.iter().any(|side| side.active_sponsor().is_none()) {
        return Ok(whole);
    }
    let after = holds::resumed(&whole.project, tx.now);
    projects::advance(tx, whole, after, types::PROJECT_RESUMED, Some("Every side has a sponsor."))
}

/// Resumes a project after all sides have approved. The side that held it cannot hold it again for 20 business days.
pub fn resumed(tx: &mut Tx<'_>, before: Whole) -> Result<(), Error> {
    before.project.state.require(ProjectVerb::ResumeProject)?;
    let after = Project { resumed_at: Some(tx.now), ..holds::resumed(&before.project, tx.now) };
    let pause = match before.project.held_by_department_id {
        Some(side) => Some((side, holds::end(&company_calendar(tx.conn, tx.now)?, tx.now))),
        None => None,
    };
    save(tx, before, after, pause, (types::PROJECT_RESUMED, None)).map(drop)
}

/// Requests the approval of all sides to extend the hold of a side by 20 business days.
///
/// # Errors
/// 403, 404; 409 unless a side has put the project on hold and every side has a sponsor, or when the same approval is
/// already open.
pub fn request_extension(tx: &mut Tx<'_>, id: ProjectId, reason: Option<&str>) -> Result<Approval, Error> {
    let (project, relations) = projects::lock_project(tx, id, Action::RequestApproval)?;
    project.state.require(ProjectVerb::ExtendHold)?;
    let (Some(department_id), Some(ends_at)) = (project.held_by_department_id, project.hold_ends_at) else {
        return Err(Problem::new(Code::Conflict).because("detail-hold-without-end").into());
    };
    let extended_to = holds::next_end(&company_calendar(tx.conn, tx.now)?, ends_at);
    let terms = Terms::ExtendHold(ExtendHoldTerms { department_id, ends_at, extended_to });
    joint::request_for(tx, &project, relations.person, terms, reason)
}

/// Extends a hold after all sides have approved.
///
/// # Errors
/// 409 when the project is not on the hold that the terms name.
pub fn extended(tx: &mut Tx<'_>, before: Whole, terms: &ExtendHoldTerms) -> Result<(), Error> {
    before.project.state.require(ProjectVerb::ExtendHold)?;
    let current = (before.project.held_by_department_id, before.project.hold_ends_at);
    if current != (Some(terms.department_id), Some(terms.ends_at)) {
        return Err(Problem::new(Code::Conflict).because("detail-hold-has-changed").into());
    }
    let pause_ends = holds::next_end(&company_calendar(tx.conn, tx.now)?, terms.extended_to);
    let after = Project { hold_ends_at: Some(terms.extended_to), ..before.project.clone() };
    let pause = Some((terms.department_id, pause_ends));
    save(tx, before, after, pause, (types::PROJECT_HOLD_EXTENDED, None)).map(drop)
}

/// Saves a transition; `pause` is the side that held the project and from when it may do so again.
fn save(
    tx: &mut Tx<'_>,
    before: Whole,
    project: Project,
    pause: Option<(DepartmentId, UtcTime)>,
    (event, reason): (&'static str, Option<&str>),
) -> Result<Whole, Error> {
    let mut sides = before.sides.clone();
    if let Some((department, from)) = pause {
        for side in sides.iter_mut().filter(|side| side.department_id == department) {
            side.row.may_hold_from = Some(from);
            projects::set_may_hold_from(tx, side)?;
        }
    }
    projects::advance_with_sides(tx, before, Whole { project, sides }, event, reason)
}
