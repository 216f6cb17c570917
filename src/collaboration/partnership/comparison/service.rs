//! Computes the comparison of two departments.

use super::dto::{ComparisonQuery, PartnershipComparison};
use super::figures::Facts;
use super::quarters::quarters;
use super::store;
use crate::calendar;
use crate::collaboration::approvals::service as approvals;
use crate::collaboration::partnership::service::histories;
use crate::collaboration::projects::service as projects;
use crate::directory::departments::service::{self as departments, Department};
use crate::directory::people;
use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Relations};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Error, Text, Violation, refuse_if_any};
use crate::kernel::ids::DepartmentId;
use crate::kernel::time::{Day, UtcTime};

/// Length of the period if its start or its end is absent, in days.
const DEFAULT_DAYS: i64 = 365;
/// Greatest length of the period, in days.
const MOST_DAYS: i64 = 3_660;
/// The last year that a period can include; later days could overflow.
const LAST_YEAR: i16 = 9_998;

/// Compares two departments over all projects that they share; a fixed number of statements.
///
/// # Errors
/// 403 unless the caller is the head of one of the departments, an application or an administrator; 422 for unknown or
/// equal departments, and for an invalid period.
pub fn compare(
    conn: &mut DbConn,
    actor: &Actor,
    query: &ComparisonQuery,
    now: UtcTime,
) -> Result<PartnershipComparison, Error> {
    authz::require_scope(actor, Action::CompareDepartments)?;
    let found = departments::existing(conn, &query.department_id)?;
    let oneself = is_head(conn, actor, &found)?;
    authz::require(actor, Action::CompareDepartments, &Relations { oneself, ..Relations::default() })?;
    let named = |id: DepartmentId| found.iter().find(|department| department.id == id);
    let (from, to) = period(query, now.day())?;
    let [one, other] = match query.department_id[..] {
        [one, other] if one == other => return Err(refused("duplicate_item", "violation-repeated-item")),
        [one, other] => [named(one), named(other)],
        _ => [None, None],
    };
    let (Some(one), Some(other)) = (one, other) else {
        return Err(refused("unknown_reference", "violation-unknown-department"));
    };
    let ids = store::shared_projects(conn, one.id, other.id)?;
    let facts = Facts {
        approvals: histories(approvals::history_between(conn, &ids, from.start(), to.start())?),
        decisions: store::raised_decisions(conn, &ids)?,
        disputes: store::raised_disputes(conn, &ids)?,
        stays: store::stays(conn, &ids)?,
        milestones: projects::signed_milestones_of(conn, &ids)?,
        calendar: calendar::service::present(conn, from.start())?.calendar,
        now,
    };
    Ok(PartnershipComparison {
        starts_on: from,
        ends_on: to,
        as_of: now,
        projects: ids.len() as i64,
        quarters: quarters(from, to).iter().map(|quarter| facts.of(quarter, [one, other])).collect(),
    })
}

/// Returns whether the caller is the head of one of these departments.
fn is_head(conn: &mut DbConn, actor: &Actor, departments: &[Department]) -> Result<bool, Error> {
    let Some(login) = actor.login() else { return Ok(false) };
    let caller = people::service::by_login(conn, login)?.map(|person| person.id);
    Ok(caller.is_some() && departments.iter().any(|department| department.head_person_id == caller))
}

fn refused(code: &'static str, text: &'static str) -> Error {
    Error::violation(Violation::parameter("department_id", code, text))
}

/// Returns the days `[from, to)`, with the defaults applied.
fn period(query: &ComparisonQuery, today: Day) -> Result<(Day, Day), Error> {
    let (from, to) = match (query.from, query.to) {
        (Some(from), Some(to)) => (from, to),
        (Some(from), None) => (from, from.plus_days(DEFAULT_DAYS)),
        (None, to) => {
            let to = to.unwrap_or_else(|| today.plus_days(1));
            (to.plus_days(-DEFAULT_DAYS), to)
        }
    };
    let mut violations = Vec::new();
    if from.to_jiff().year() > LAST_YEAR || to.to_jiff().year() > LAST_YEAR {
        violations.push(Violation::parameter("to", "too_far", "violation-date-too-late"));
    } else if to <= from {
        let text = Text::new("violation-must-be-after").with("field", "to").with("other", "from");
        violations.push(Violation::parameter("to", "not_after_start", text));
    } else if from.days_until(to) > MOST_DAYS {
        let text = Text::new("violation-period-too-long").with("days", MOST_DAYS);
        violations.push(Violation::parameter("to", "too_far", text));
    }
    refuse_if_any(violations)?;
    Ok((from, to))
}
