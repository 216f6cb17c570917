//! How long a side lets the others wait.
//!
//! Rules: the clock of a side begins when all sides are asked and stops with its answer; it runs
//! again from the instant at which the answer stops counting (a new sponsor) until the next one; it
//! stops for good when the question is settled. Time is business time.

use crate::calendar::rules::Calendar;
use crate::kernel::ids::DepartmentId;
use crate::kernel::time::UtcTime;

/// What one side said, and as long as it counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    pub side: DepartmentId,
    pub at: UtcTime,
    /// When it stopped counting.
    pub until: Option<UtcTime>,
    pub agrees: bool,
}

/// Something that all sides were asked, with everything that they said, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub asked_at: UtcTime,
    pub settled_at: Option<UtcTime>,
    pub said: Vec<Said>,
}

/// How a side dealt with the questions, in business seconds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waiting {
    /// One for each question that the side has answered.
    pub answered: Vec<i64>,
    /// One for each question that waits for it.
    pub open: Vec<i64>,
    /// Questions that were settled without it.
    pub unanswered: u32,
}

/// The stretches `[from, to)` in which the answer of a side was missing, up to `now`.
#[must_use]
pub fn missing(question: &Question, side: DepartmentId, now: UtcTime) -> Vec<(UtcTime, UtcTime)> {
    let end = question.settled_at.unwrap_or(now).min(now);
    let mut stretches = Vec::new();
    let mut since = Some(question.asked_at);
    for said in question.said.iter().filter(|said| said.side == side) {
        if let Some(from) = since.filter(|from| *from < said.at.min(end)) {
            stretches.push((from, said.at.min(end)));
        }
        since = said.until;
    }
    if let Some(from) = since.filter(|from| *from < end) {
        stretches.push((from, end));
    }
    stretches
}

/// Adds up what the questions made the others wait for a side.
#[must_use]
pub fn waiting(questions: &[Question], side: DepartmentId, calendar: &Calendar, now: UtcTime) -> Waiting {
    let mut waiting = Waiting::default();
    for question in questions {
        let seconds = missing(question, side, now)
            .into_iter()
            .map(|(from, to)| calendar.business_duration(from.to_jiff(), to.to_jiff()).as_secs())
            .sum();
        let answered = question.said.iter().any(|said| said.side == side && said.until.is_none());
        match (answered, question.settled_at) {
            (true, _) => waiting.answered.push(seconds),
            (false, None) => waiting.open.push(seconds),
            (false, Some(_)) => waiting.unanswered += 1,
        }
    }
    waiting
}

/// The value that `percent` of all values do not exceed (nearest rank); `None` of nothing.
#[must_use]
pub fn percentile(values: &[i64], percent: usize) -> Option<i64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

/// The side that was the first to answer a question.
#[must_use]
pub fn first_to_answer(question: &Question) -> Option<DepartmentId> {
    question.said.iter().min_by_key(|said| said.at).map(|said| said.side)
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
        /// Answers of two sides, each of which stops counting before the next of the same side.
        fn some_question()(
            asked in 0i64..100,
            gaps in prop::collection::vec((any::<bool>(), 1i64..40, prop::option::of(1i64..40)), 0..6),
            settled in prop::option::of(0i64..300),
        ) -> Question {
            let (mut said, mut clock) = (Vec::new(), [asked; 2]);
            let mut over = [false; 2];
            for (second, wait, counts) in gaps {
                let number = usize::from(second);
                if over[number] {
                    continue;
                }
                let given = clock[number] + wait;
                let until = counts.map(|steps| given + steps);
                over[number] = until.is_none();
                clock[number] = until.unwrap_or(given);
                said.push(Said { side: side(number as u64), at: at(given), until: until.map(at), agrees: true });
            }
            said.sort_by_key(|said| said.at);
            Question { asked_at: at(asked), settled_at: settled.map(|after| at(asked + after)), said }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        /// The slow way: every half hour asks whether the answer is there, and counts the hours in
        /// which the company is open (it opens and closes on the hour).
        #[test]
        fn the_clock_runs_only_while_the_answer_is_missing(question in some_question(), now in 0i64..400) {
            let calendar = Calendar::prague().unwrap();
            let end = question.settled_at.unwrap_or(at(now)).min(at(now));
            for number in 0..2 {
                let mut seconds = 0;
                for step in 0..400 {
                    let (from, to) = (at(step), at(step + 1));
                    let there = question.said.iter().any(|said| {
                        said.side == side(number) && said.at <= from && said.until.is_none_or(|until| from < until)
                    });
                    if question.asked_at <= from && to <= end && !there {
                        seconds += calendar.business_duration(from.to_jiff(), to.to_jiff()).as_secs();
                    }
                }
                let found: i64 = missing(&question, side(number), at(now))
                    .into_iter()
                    .map(|(from, to)| calendar.business_duration(from.to_jiff(), to.to_jiff()).as_secs())
                    .sum();
                prop_assert_eq!(found, seconds);
            }
        }

        /// The slow way: the smallest value below or at which enough values lie.
        #[test]
        fn a_percentile_is_the_least_value_that_enough_do_not_exceed(
            values in prop::collection::vec(0i64..50, 0..30), percent in 1usize..101,
        ) {
            let enough = |limit: i64| values.iter().filter(|value| **value <= limit).count() * 100 >= values.len() * percent;
            let expected = values.iter().copied().filter(|value| enough(*value)).min();
            prop_assert_eq!(percentile(&values, percent), expected);
        }
    }

    #[test]
    fn whoever_never_answers_is_counted_apart() {
        let question = Question { asked_at: at(0), settled_at: Some(at(5)), said: vec![] };
        let calendar = Calendar::prague().unwrap();
        let found = waiting(&[question], side(1), &calendar, at(9));
        assert_eq!(found, Waiting { unanswered: 1, ..Waiting::default() });
    }
}
