//! Response times of the sides.
//!
//! Rules: the clock of a side starts when the approval is requested and stops with the side's response; it runs again
//! from the instant at which that response is superseded (by a new sponsor) until the next one; it stops for good when
//! the approval ends. All durations are business time.

use crate::calendar::rules::Calendar;
use crate::kernel::ids::DepartmentId;
use crate::kernel::time::UtcTime;

/// A response of a side, and the interval in which it counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SideResponse {
    pub side: DepartmentId,
    pub at: UtcTime,
    /// When it was superseded; `None` while it counts.
    pub until: Option<UtcTime>,
    /// Whether the response is a rejection that is no longer sealed.
    pub rejects: bool,
}

/// An approval with all responses to it, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalHistory {
    pub requested_at: UtcTime,
    pub ended_at: Option<UtcTime>,
    pub responses: Vec<SideResponse>,
}

/// The response times of a side, in business seconds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResponseTimes {
    /// One for each approval the side has responded to.
    pub responded: Vec<i64>,
    /// One for each open approval that waits for the side.
    pub open: Vec<i64>,
    /// Number of approvals that ended without a response of the side.
    pub without_response: u32,
}

/// Returns the intervals `[from, to)` in which the response of a side was missing, up to `now`.
#[must_use]
pub fn missing(approval: &ApprovalHistory, side: DepartmentId, now: UtcTime) -> Vec<(UtcTime, UtcTime)> {
    let end = approval.ended_at.unwrap_or(now).min(now);
    let mut intervals = Vec::new();
    let mut since = Some(approval.requested_at);
    for response in approval.responses.iter().filter(|response| response.side == side) {
        if let Some(from) = since.filter(|from| *from < response.at.min(end)) {
            intervals.push((from, response.at.min(end)));
        }
        since = response.until;
    }
    if let Some(from) = since.filter(|from| *from < end) {
        intervals.push((from, end));
    }
    intervals
}

/// Computes the response times of a side over all approvals.
#[must_use]
pub fn response_times(
    approvals: &[ApprovalHistory],
    side: DepartmentId,
    calendar: &Calendar,
    now: UtcTime,
) -> ResponseTimes {
    let mut times = ResponseTimes::default();
    for approval in approvals {
        let seconds = missing(approval, side, now)
            .into_iter()
            .map(|(from, to)| calendar.business_duration(from.to_jiff(), to.to_jiff()).as_secs())
            .sum();
        let responded = approval.responses.iter().any(|response| response.side == side && response.until.is_none());
        match (responded, approval.ended_at) {
            (true, _) => times.responded.push(seconds),
            (false, None) => times.open.push(seconds),
            (false, Some(_)) => times.without_response += 1,
        }
    }
    times
}

/// Returns the value that `percent` of all values do not exceed (nearest rank); `None` without values.
#[must_use]
pub fn percentile(values: &[i64], percent: usize) -> Option<i64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

/// Returns the side that responded first to an approval.
#[must_use]
pub fn first_to_respond(approval: &ApprovalHistory) -> Option<DepartmentId> {
    approval.responses.iter().min_by_key(|response| response.at).map(|response| response.side)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const STEP: i64 = 1_800;

    fn at(step: i64) -> UtcTime {
        "2027-03-30T07:00:00Z".parse::<UtcTime>().unwrap().plus_seconds(step * STEP)
    }

    fn side(number: u64) -> DepartmentId {
        DepartmentId::demo(number)
    }

    prop_compose! {
        /// Responses of two sides, each of which is superseded before the next one of the same side.
        fn some_approval()(
            requested in 0i64..100,
            gaps in prop::collection::vec((any::<bool>(), 1i64..40, prop::option::of(1i64..40)), 0..6),
            ended in prop::option::of(0i64..300),
        ) -> ApprovalHistory {
            let (mut responses, mut clock) = (Vec::new(), [requested; 2]);
            let mut done = [false; 2];
            for (second, wait, counts) in gaps {
                let number = usize::from(second);
                if done[number] {
                    continue;
                }
                let given = clock[number] + wait;
                let until = counts.map(|steps| given + steps);
                done[number] = until.is_none();
                clock[number] = until.unwrap_or(given);
                let side = side(number as u64);
                responses.push(SideResponse { side, at: at(given), until: until.map(at), rejects: false });
            }
            responses.sort_by_key(|response| response.at);
            let ended_at = ended.map(|after| at(requested + after));
            ApprovalHistory { requested_at: at(requested), ended_at, responses }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        /// Compares with a naive implementation that checks every half hour whether the response is missing, and counts
        /// the business time (the company opens and closes on the hour).
        #[test]
        fn the_clock_runs_only_while_the_response_is_missing(approval in some_approval(), now in 0i64..400) {
            let calendar = Calendar::prague().unwrap();
            let end = approval.ended_at.unwrap_or(at(now)).min(at(now));
            for number in 0..2 {
                let mut seconds = 0;
                for step in 0..400 {
                    let (from, to) = (at(step), at(step + 1));
                    let present = approval.responses.iter().any(|response| {
                        let counts = response.at <= from && response.until.is_none_or(|until| from < until);
                        response.side == side(number) && counts
                    });
                    if approval.requested_at <= from && to <= end && !present {
                        seconds += calendar.business_duration(from.to_jiff(), to.to_jiff()).as_secs();
                    }
                }
                let found: i64 = missing(&approval, side(number), at(now))
                    .into_iter()
                    .map(|(from, to)| calendar.business_duration(from.to_jiff(), to.to_jiff()).as_secs())
                    .sum();
                prop_assert_eq!(found, seconds);
            }
        }

        /// Compares with a naive implementation that takes the smallest value that enough values do not exceed.
        #[test]
        fn a_percentile_is_the_smallest_value_that_enough_values_do_not_exceed(
            values in prop::collection::vec(0i64..50, 0..30), percent in 1usize..101,
        ) {
            let enough = |limit: i64| values.iter().filter(|value| **value <= limit).count() * 100 >= values.len() * percent;
            let expected = values.iter().copied().filter(|value| enough(*value)).min();
            prop_assert_eq!(percentile(&values, percent), expected);
        }
    }

    #[test]
    fn approvals_without_a_response_are_counted_separately() {
        let approval = ApprovalHistory { requested_at: at(0), ended_at: Some(at(5)), responses: vec![] };
        let calendar = Calendar::prague().unwrap();
        let found = response_times(&[approval], side(1), &calendar, at(9));
        assert_eq!(found, ResponseTimes { without_response: 1, ..ResponseTimes::default() });
    }
}
