//! Changes of a project that follow from time, recorded exactly once even with several replicas.
//!
//! Rules: `check_at` is the time of the next check. Every write to the project sets it to the time of the write, so
//! changed projects are checked again. A check locks the row, records what has become due (memberships, transfers,
//! decisions, arbiters, vacant sides, holds, parity, reminders) and stores the time of the next check.

use super::arbiters;
use super::hold;
use crate::calendar;
use crate::calendar::rules::Calendar;
use crate::collaboration::approvals::lapse;
use crate::collaboration::decisions;
use crate::collaboration::memberships::{parity, returning, scheduled, service as memberships};
use crate::collaboration::ownership;
use crate::collaboration::projects::service::{self as projects, Whole};
use crate::collaboration::projects::{Project, Side, State, schedule, sponsors};
use crate::collaboration::reminders;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::events::types;
use crate::kernel::ids::ProjectId;
use crate::kernel::time::{Day, UtcTime};
use crate::kernel::tx::Tx;

/// Number of business days a side may have no sponsor before the project is put on hold.
pub const VACANCY_BUSINESS_DAYS: usize = 10;

/// Returns at most `limit` projects that are due for a check, the longest overdue first.
pub fn due(conn: &mut DbConn, now: UtcTime, limit: i64) -> Result<Vec<ProjectId>, Error> {
    schedule::due(conn, now, limit)
}

/// Checks a project; returns false if it is no longer due, for example because another replica has checked it.
pub fn tick(tx: &mut Tx<'_>, id: ProjectId) -> Result<bool, Error> {
    let Some(project) = schedule::lock_due(tx, id)? else { return Ok(false) };
    let project = end_holds(tx, project)?;
    let invitations = scheduled::by_time(tx, &project)?;
    let (mut transfers, mut decisions_due, mut arbiters_due) = (None, None, None);
    let mut calendar = None;
    if project.state.is_running() || project.state == State::Proposed {
        transfers = ownership::transfers::service::by_time(tx, &project)?;
        decisions_due = decisions::service::by_time(tx, &project)?;
        arbiters_due = arbiters::by_time(tx, &project)?;
    }
    if project.state == State::Active {
        calendar = Some(running(tx, &project)?);
    }
    let reminders = reminders::scheduled::by_time(tx, &project)?;
    ownership::conflict_events::by_time(tx, &project)?;
    returning::close_if_done(tx, &project)?;
    // The next check is no later than the end of a hold.
    let hold_ends = project.hold_ends_at.filter(|end| project.state == State::OnHold && *end > tx.now);
    let midnights = [Some(tx.now.day().plus_days(1).start()), calendar.as_ref().and_then(|one| tomorrow(one, tx.now))];
    let times = [invitations, transfers, decisions_due, arbiters_due, hold_ends, reminders];
    let next = midnights.into_iter().chain(times).flatten().min();
    schedule::set_next_check(tx.conn, id, tx.now, next)?;
    Ok(true)
}

/// Ends a hold by the system once every side has a sponsor, and lapses what was asked about a hold that has ended.
fn end_holds(tx: &mut Tx<'_>, mut project: Project) -> Result<Project, Error> {
    if project.state == State::OnHold {
        let sides = projects::sides(tx.conn, project.id, tx.now.day())?;
        // A sponsor who works in the department again is in office again.
        let whole = sponsors::follow_positions(tx, Whole { project, sides })?;
        project = hold::end_if_staffed(tx, whole)?.project;
    }
    if project.state == State::Active {
        lapse::lapse_where(tx, project.id, hold::is_about_hold)?;
    }
    Ok(project)
}

/// Returns the start of the next day in the time zone of the calendar.
fn tomorrow(calendar: &Calendar, now: UtcTime) -> Option<UtcTime> {
    let day = calendar.date_at(now.to_jiff()).tomorrow().ok()?;
    let midnight = day.to_zoned(calendar.zone.clone()).ok()?;
    Some(UtcTime::from_jiff(midnight.timestamp()))
}

/// Checks vacant sides and parity of an active project. Returns the calendar that was used.
fn running(tx: &mut Tx<'_>, project: &Project) -> Result<Calendar, Error> {
    let sides = projects::sides(tx.conn, project.id, tx.now.day())?;
    let Whole { project, sides } = sponsors::follow_positions(tx, Whole { project: project.clone(), sides })?;
    let vacant = sides.iter().filter_map(|side| side.vacant_since).min();
    let since = [vacant, project.parity_breached_at].into_iter().flatten().min().unwrap_or(tx.now);
    let calendar = calendar::service::present(tx.conn, since)?.calendar;
    let project = check_parity(tx, &project, &sides, &calendar)?;
    let counted = |since: UtcTime| project.resumed_at.map_or(since, |resumed| since.max(resumed));
    if let Some(since) = vacant.filter(|since| vacancy_is_too_long(&calendar, counted(*since), tx.now)) {
        let day = since.day();
        hold::by_system(
            tx,
            project,
            &format!("A side has had no sponsor since {day}, for more than 10 business days."),
        )?;
    }
    Ok(calendar)
}

/// Returns whether a side that has had no sponsor since `since` has been vacant for more than 10 business days.
#[must_use]
pub fn vacancy_is_too_long(calendar: &Calendar, since: UtcTime, now: UtcTime) -> bool {
    let last = calendar.add_business_days(calendar.date_at(since.to_jiff()), VACANCY_BUSINESS_DAYS);
    last.is_some_and(|last| Day::from_jiff(calendar.date_at(now.to_jiff())) > Day::from_jiff(last))
}

/// Records the start and end of a parity breach, and the end of its grace period.
fn check_parity(tx: &mut Tx<'_>, project: &Project, sides: &[Side], calendar: &Calendar) -> Result<Project, Error> {
    let strengths = memberships::team(tx.conn, project.id)?.strengths(project, None, tx.now);
    let holds = parity::holds(&strengths, project.parity_measure, project.parity_tolerance.unsigned_abs());
    let (after, event) = match (project.parity_breached_at, holds) {
        (None, false) => {
            (Project { parity_breached_at: Some(tx.now), ..project.clone() }, types::PROJECT_PARITY_BREACHED)
        }
        (Some(_), true) => (
            Project { parity_breached_at: None, parity_grace_ended_at: None, ..project.clone() },
            types::PROJECT_PARITY_RESTORED,
        ),
        (Some(since), false)
            if project.parity_grace_ended_at.is_none() && parity::grace_has_ended(calendar, since, tx.now) =>
        {
            (Project { parity_grace_ended_at: Some(tx.now), ..project.clone() }, types::PROJECT_PARITY_GRACE_ENDED)
        }
        _ => return Ok(project.clone()),
    };
    let before = Whole { project: project.clone(), sides: sides.to_vec() };
    Ok(projects::advance(tx, before, after, event, None)?.project)
}
