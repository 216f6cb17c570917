//! Which reminders of a project apply at an instant: pure functions.
//!
//! Rules: days are days in UTC, as everywhere in a project; business days are those of the company calendar. What is
//! due soon is no longer due soon once the time has passed. A date that passed before reminders were first sent is
//! ignored.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::facts::{Facts, Home, is_at_work};
use super::kind::ReminderKind;
use super::store::Reminder;
use crate::calendar::rules::Calendar;
use crate::collaboration::memberships::Membership;
use crate::collaboration::memberships::state::MembershipState;
use crate::collaboration::ownership::AreaCoverage;
use crate::collaboration::projects::Project;
use crate::kernel::ids::{DepartmentId, PersonId};
use crate::kernel::time::{Day, UtcTime};

/// How many business days before a date a reminder is sent, and how long a missed milestone is reported.
const BUSINESS_DAYS_AHEAD: usize = 10;
/// Business days between two reminders of an overdue approval.
const OVERDUE_BUSINESS_DAYS: usize = 5;
/// After this number of days a search for business days gives up.
const SEARCH_DAYS: usize = 400;

/// The current instant, the calendar, and when reminders were first sent.
#[derive(Debug, Clone, Copy)]
pub struct Clock<'a> {
    pub now: UtcTime,
    pub calendar: &'a Calendar,
    pub since: UtcTime,
}

impl Clock<'_> {
    /// Returns whether a day is still ahead, by at most 10 business days.
    fn is_soon(&self, day: Day) -> bool {
        let today = self.now.day();
        today < day && business_day_before(self.calendar, day).is_none_or(|first| Day::from_jiff(first) <= today)
    }

    /// Returns whether a day has passed, at most 10 business days ago.
    fn has_just_passed(&self, day: Day) -> bool {
        let today = self.now.day();
        let last = self.calendar.add_business_days(day.to_jiff(), BUSINESS_DAYS_AHEAD);
        day < today && last.is_none_or(|last| today <= Day::from_jiff(last))
    }

    /// Returns the instant five business days later, at the same local time.
    fn next_overdue(&self, at: UtcTime) -> Option<UtcTime> {
        let local = self.calendar.zone.to_datetime(at.to_jiff());
        let date = self.calendar.add_business_days(local.date(), OVERDUE_BUSINESS_DAYS)?;
        let later = date.to_datetime(local.time()).to_zoned(self.calendar.zone.clone()).ok()?;
        Some(UtcTime::from_jiff(later.timestamp()))
    }

    /// Returns the instant of the latest reminder of an approval that is overdue since `due_at`. `last` is the instant
    /// of the previous reminder. Reminders that were not sent in time are left out.
    fn overdue(&self, due_at: UtcTime, last: Option<UtcTime>) -> Option<UtcTime> {
        let mut latest = last.unwrap_or(due_at);
        while let Some(next) = self.next_overdue(latest).filter(|next| latest < *next && *next <= self.now) {
            latest = next;
        }
        (due_at <= self.now && latest >= self.since).then_some(latest)
    }
}

/// Returns the tenth business day before a day.
fn business_day_before(calendar: &Calendar, day: Day) -> Option<Date> {
    let earlier = std::iter::successors(day.to_jiff().yesterday().ok(), |date| date.yesterday().ok());
    earlier.take(SEARCH_DAYS).filter(|date| calendar.is_business_day(*date)).nth(BUSINESS_DAYS_AHEAD - 1)
}

/// Returns the instant at which half of the time is gone.
fn halfway(from: UtcTime, due_at: UtcTime) -> UtcTime {
    UtcTime::from_unix_micros(from.unix_micros().midpoint(due_at.unix_micros()))
}

/// Returns the reminders that apply now. `standing` are those that applied at the last check.
pub fn reminders(clock: &Clock<'_>, project: &Project, facts: &Facts, standing: &[Reminder]) -> Vec<Reminder> {
    let new = Builder { project, now: clock.now };
    let mut due = Vec::new();
    for (id, requested_at, due_at) in &facts.approvals {
        if halfway(*requested_at, *due_at) <= clock.now && clock.now < *due_at {
            due.push(new.build(ReminderKind::ApprovalDueSoon, id.as_str(), *due_at));
        }
        let latest = clock.overdue(*due_at, last_overdue(standing, id.as_str()));
        due.extend(latest.map(|at| new.build(ReminderKind::ApprovalOverdue, id.as_str(), at)));
    }
    for (id, raised_at, due_at) in &facts.decisions {
        if halfway(*raised_at, *due_at) <= clock.now && clock.now < *due_at {
            due.push(new.build(ReminderKind::DecisionDueSoon, id.as_str(), *due_at));
        }
    }
    for (member, state) in &facts.members {
        due.extend(of_member(clock, new, member, *state));
    }
    if is_at_work(project) {
        due.extend(homes(clock, new, facts));
        due.extend(facts.milestones.iter().filter_map(|(name, due_on)| milestone(clock, new, name, *due_on)));
        due.extend(facts.areas.iter().flat_map(|area| ownership(clock.now.day(), new, area)));
        let end = project.ends_on.start();
        if end <= clock.now && end >= clock.since {
            due.push(new.build(ReminderKind::ProjectPastEnd, project.id.as_str(), end));
        }
    }
    due
}

/// Returns the next instant, other than midnight, at which a reminder of a project becomes due.
pub fn next(clock: &Clock<'_>, facts: &Facts, due: &[Reminder]) -> Option<UtcTime> {
    let times = facts.approvals.iter().map(|(_, from, due_at)| (*from, *due_at));
    let times = times.chain(facts.decisions.iter().map(|(_, from, due_at)| (*from, *due_at)));
    let first = times.flat_map(|(from, due_at)| [halfway(from, due_at), due_at]);
    // An approval that was overdue before reminders were first sent has no reminder yet.
    let since_due = facts.approvals.iter().map(|(_, _, due_at)| *due_at).filter(|due_at| *due_at <= clock.now);
    let reminded = due.iter().filter(|one| one.kind == ReminderKind::ApprovalOverdue).map(|one| one.about);
    let again = since_due.chain(reminded).filter_map(|at| after(clock, at));
    first.chain(again).filter(|at| *at > clock.now).min()
}

/// Returns the first multiple of five business days after `at` that is ahead.
fn after(clock: &Clock<'_>, at: UtcTime) -> Option<UtcTime> {
    let mut later = std::iter::successors(Some(at), |at| clock.next_overdue(*at).filter(|next| next > at));
    later.find(|at| *at > clock.now)
}

fn last_overdue(standing: &[Reminder], approval: &str) -> Option<UtcTime> {
    let of_approval = |one: &&Reminder| one.kind == ReminderKind::ApprovalOverdue && one.subject == approval;
    standing.iter().filter(of_approval).map(|one| one.about).max()
}

/// Returns the reminder about the end of a membership, or about a return that is not possible.
fn of_member(clock: &Clock<'_>, new: Builder<'_>, member: &Membership, state: MembershipState) -> Option<Reminder> {
    let end = member.valid_to;
    let (kind, on) = match state {
        MembershipState::Active if clock.is_soon(end) => (ReminderKind::MembershipEndingSoon, end),
        MembershipState::ReturnBlocked => {
            let closing = new.project.closing_since.map(UtcTime::day);
            (ReminderKind::ReturnBlocked, closing.map_or(end, |closing| closing.min(end)))
        }
        _ => return None,
    };
    let reminder = new.build(kind, member.id.as_str(), on.start());
    Some(concerning(reminder, member.department_id, Some(member.person_id)))
}

/// Returns the reminders about regular positions that end while their holders are active members. A position that is
/// followed by another one is no problem.
fn homes(clock: &Clock<'_>, new: Builder<'_>, facts: &Facts) -> Vec<Reminder> {
    let today = clock.now.day();
    let starts: BTreeSet<_> = facts.homes.iter().map(|home| (home.person, home.from)).collect();
    let ending = |home: &Home| {
        let end = home.to.filter(|end| home.from <= today && clock.is_soon(*end))?;
        let is_active = |(row, state): &&(Membership, MembershipState)| {
            row.person_id == home.person && *state == MembershipState::Active
        };
        let (member, _) = facts.members.iter().find(is_active).filter(|_| !starts.contains(&(home.person, end)))?;
        let reminder = new.build(ReminderKind::HomePositionEndingSoon, home.id.as_str(), end.start());
        Some(concerning(reminder, member.department_id, Some(home.person)))
    };
    facts.homes.iter().filter_map(ending).collect()
}

/// Returns the reminder about a milestone: it is due on a day, and missed when that day has passed.
fn milestone(clock: &Clock<'_>, new: Builder<'_>, name: &str, due_on: Day) -> Option<Reminder> {
    let missed = due_on.plus_days(1).start();
    let (kind, about) = if due_on == clock.now.day() || clock.is_soon(due_on) {
        (ReminderKind::MilestoneDueSoon, due_on.start())
    } else if clock.has_just_passed(due_on) && missed >= clock.since {
        (ReminderKind::MilestoneMissed, missed)
    } else {
        return None;
    };
    Some(Reminder { milestone: name.to_owned(), ..new.build(kind, new.project.id.as_str(), about) })
}

/// Returns the reminders about the ownership problems of an area, without those whose days have passed.
fn ownership(today: Day, new: Builder<'_>, area: &AreaCoverage) -> Vec<Reminder> {
    let side = area.department_id;
    let gaps = area.gaps.iter().filter(|days| days.ends_on > today).map(|days| {
        let gap = new.build(ReminderKind::OwnershipGap, area.area_id.as_str(), days.starts_on.start());
        concerning(gap, side, None)
    });
    let orphans = area.orphans.iter().filter(|days| days.ends_on > today).map(|days| {
        let orphan = new.build(ReminderKind::OwnershipOrphan, area.area_id.as_str(), days.starts_on.start());
        concerning(orphan, side, Some(days.person_id))
    });
    gaps.chain(orphans).collect()
}

/// Builds the reminders of a project.
#[derive(Clone, Copy)]
struct Builder<'a> {
    project: &'a Project,
    now: UtcTime,
}

impl Builder<'_> {
    /// Returns a reminder that concerns all sides.
    fn build(self, kind: ReminderKind, subject: &str, about: UtcTime) -> Reminder {
        Reminder {
            project_id: self.project.id,
            kind,
            subject: subject.to_owned(),
            milestone: String::new(),
            about,
            department_id: None,
            person_id: None,
            sent_at: self.now,
            resolved_at: None,
        }
    }
}

/// Returns the reminder for one side.
fn concerning(reminder: Reminder, side: DepartmentId, person_id: Option<PersonId>) -> Reminder {
    Reminder { department_id: Some(side), person_id, ..reminder }
}

#[cfg(test)]
#[path = "due_tests.rs"]
mod tests;
