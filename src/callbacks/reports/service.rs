//! Builds the callback report.

use std::collections::BTreeMap;

use super::csv_text;
use super::dto::{
    CallbackReport, CallbackReportGroup, CallbackReportGrouping, CallbackReportQuery, CallbackResponseTimes,
    MAX_GROUPS, PromiseCounts, VisitorFeedbackCounts, share,
};
use super::segments::{self, Segment};
use super::store::{self, Grouping, Period};
use super::sums::{self, Figure, Group, Sums};
use crate::calendar::rules::Calendar;
use crate::calendar::service as calendar;
use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Relations};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Error, Text, Violation};
use crate::kernel::ids::{AgentId, QueueId};
use crate::kernel::time::{Day, UtcTime};

/// Length of the period if `from` or `to` is absent, in days.
const DEFAULT_DAYS: i64 = 30;
/// Maximum length of a period that is grouped by day.
const MAX_GROUPED_DAYS: i64 = 366;
/// The last year that a report can cover; later days could overflow.
const LAST_YEAR: i16 = 9_998;
/// The limit of `within_5_minutes`, in seconds.
const FIVE_MINUTES: i32 = 300;

/// The counts of a report, without response times.
struct Counts {
    days: (Day, Day),
    period: Period,
    total: Sums,
    groups: Vec<CallbackReportGroup>,
    has_more_groups: bool,
}

/// Returns the report for the days `[from, to)`, in the calendar's zone; by default, for the last 30 days.
///
/// # Errors
/// 403; 422 if `to` is not after `from`, a day is too far ahead, or the period is too long for its grouping.
pub fn report(
    conn: &mut DbConn,
    actor: &Actor,
    now: UtcTime,
    query: &CallbackReportQuery,
) -> Result<CallbackReport, Error> {
    let Counts { days: (starts_on, ends_on), period, total, groups, has_more_groups } =
        counts(conn, actor, now, query)?;
    let (asap, within_5_minutes) = store::calls_as_soon_as_possible(conn, &period, FIVE_MINUTES)?;
    Ok(CallbackReport {
        starts_on,
        ends_on,
        intent: query.intent,
        promises: PromiseCounts::from(total),
        visitors: VisitorFeedbackCounts::from(total),
        response: CallbackResponseTimes {
            calls: asap,
            within_5_minutes,
            within_5_minutes_share: share(within_5_minutes, asap),
            p50_seconds: store::percentile(conn, &period, asap, 50)?,
            p90_seconds: store::percentile(conn, &period, asap, 90)?,
        },
        group_by: query.group_by,
        groups,
        has_more_groups,
    })
}

/// Returns the counts of the report as CSV: one line for each group, or one line without groups.
///
/// # Errors
/// Those of [`report`].
pub fn csv(conn: &mut DbConn, actor: &Actor, now: UtcTime, query: &CallbackReportQuery) -> Result<Vec<u8>, Error> {
    let Counts { days, total, mut groups, .. } = counts(conn, actor, now, query)?;
    if query.group_by.is_none() {
        groups.push(group_body(None, (None, None), total)?);
    }
    csv_text::written(days, &groups)
}

fn counts(conn: &mut DbConn, actor: &Actor, now: UtcTime, query: &CallbackReportQuery) -> Result<Counts, Error> {
    authz::require(actor, Action::ReadCallbacks, &Relations::default())?;
    let calendar = calendar::present(conn, now)?.calendar;
    let (from, to) = days(query, Day::from_jiff(calendar.date_at(now.to_jiff())))?;
    let period = Period { from: midnight(&calendar, from), to: midnight(&calendar, to), intent: query.intent };
    let zone = (query.group_by == Some(CallbackReportGrouping::Day)).then_some(&calendar.zone);
    let (mut total, mut sums) = (Sums::default(), BTreeMap::<Group, Sums>::new());
    for segment in segments::segments((period.from, period.to), now, zone) {
        let part = Period { from: segment.from, to: segment.to, intent: query.intent };
        for row in store::count(conn, &part, grouping(query.group_by, &segment))? {
            let figure = Figure {
                promise: row.promise,
                is_past: segment.is_past,
                called_on_time: row.called_on_time,
                requests: row.requests,
                cancelled_by_desk: row.cancelled_by_desk,
                agent_links: row.agent_links,
            };
            total += figure;
            *sums.entry((row.group_key, row.queue)).or_default() += figure;
        }
    }
    if query.group_by.is_none() {
        sums.clear();
    }
    let (largest, has_more_groups) = sums::largest(sums, MAX_GROUPS);
    let body = |(group, sums)| group_body(query.group_by, group, sums);
    let groups = largest.into_iter().map(body).collect::<Result<_, _>>()?;
    Ok(Counts { days: (from, to), period, total, groups, has_more_groups })
}

fn grouping(group_by: Option<CallbackReportGrouping>, segment: &Segment) -> Grouping {
    match group_by {
        None => Grouping::None,
        Some(CallbackReportGrouping::Day) => Grouping::Day(segment.offset),
        Some(CallbackReportGrouping::Queue) => Grouping::Queue,
        Some(CallbackReportGrouping::Agent) => Grouping::Agent,
        Some(CallbackReportGrouping::Campaign) => Grouping::Campaign,
    }
}

fn group_body(
    group_by: Option<CallbackReportGrouping>,
    (key, queue): Group,
    sums: Sums,
) -> Result<CallbackReportGroup, Error> {
    let key_of = |grouping| key.clone().filter(|_| group_by == Some(grouping));
    let number = key_of(CallbackReportGrouping::Day).map(|key| key.parse::<i64>()).transpose();
    let queue_id = key_of(CallbackReportGrouping::Queue).map(|key| key.parse::<QueueId>()).transpose();
    let agent_id = key_of(CallbackReportGrouping::Agent).map(|key| key.parse::<AgentId>()).transpose();
    Ok(CallbackReportGroup {
        day: number.map_err(Error::internal)?.map(segments::day_of_number),
        queue_id: queue_id.map_err(|_| Error::internal("the id of a queue cannot be read"))?,
        queue,
        agent_id: agent_id.map_err(|_| Error::internal("the id of an agent cannot be read"))?,
        campaign: key_of(CallbackReportGrouping::Campaign),
        promises: PromiseCounts::from(sums),
        visitors: VisitorFeedbackCounts::from(sums),
    })
}

/// Returns the days `[from, to)` of a report, with the defaults applied.
fn days(query: &CallbackReportQuery, today: Day) -> Result<(Day, Day), Error> {
    let (from, to) = match (query.from, query.to) {
        (Some(from), Some(to)) => (from, to),
        (Some(from), None) => (from, from.plus_days(DEFAULT_DAYS)),
        (None, to) => {
            let to = to.unwrap_or_else(|| today.plus_days(1));
            (to.plus_days(-DEFAULT_DAYS), to)
        }
    };
    if from.to_jiff().year() > LAST_YEAR || to.to_jiff().year() > LAST_YEAR {
        let text = Text::new("violation-date-too-late");
        return Err(Error::violation(Violation::parameter("to", "too_far", text)));
    }
    if to <= from {
        let text = Text::new("violation-must-be-after").with("field", "to").with("other", "from");
        return Err(Error::violation(Violation::parameter("to", "not_after_start", text)));
    }
    if query.group_by == Some(CallbackReportGrouping::Day) && from.days_until(to) > MAX_GROUPED_DAYS {
        let text = Text::new("violation-period-too-long").with("days", MAX_GROUPED_DAYS);
        return Err(Error::violation(Violation::parameter("to", "too_far", text)));
    }
    Ok((from, to))
}

fn midnight(calendar: &Calendar, day: Day) -> UtcTime {
    let zoned = day.to_jiff().to_zoned(calendar.zone.clone());
    zoned.map_or_else(|_| day.start(), |zoned| UtcTime::from_jiff(zoned.timestamp()))
}
