//! The time axis of the chart: the positions of days, and the labelled ticks.
//!
//! Rule: the labels never touch, however long the period is.

use jiff::civil::Date;

use super::labels::Labels;
use crate::kernel::time::Day;

const LEFT: f64 = 232.0;
const RIGHT: f64 = 716.0;
/// Minimum distance between ticks, which leaves enough space for a label.
const LABEL: f64 = 60.0;
/// Minimum width of an interval, so that a gap of one day stays visible.
const LEAST: f64 = 2.5;

/// The scale of the axis, over the checked days `[from, to)`.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    from: Day,
    to: Day,
}

impl Scale {
    /// Returns the scale for the days `[from, to)`.
    #[must_use]
    pub fn over(from: Day, to: Day) -> Self {
        Self { from, to: to.max(from.plus_days(1)) }
    }

    /// Returns the left edge.
    #[must_use]
    pub fn left(self) -> f64 {
        LEFT
    }

    /// Returns the right edge.
    #[must_use]
    pub fn right(self) -> f64 {
        RIGHT
    }

    /// Returns the position at which a day begins. Days outside the period are placed at its edges.
    #[must_use]
    pub fn x(self, day: Day) -> f64 {
        let part = self.from.days_until(day) as f64 / self.length();
        LEFT + (RIGHT - LEFT) * part.clamp(0.0, 1.0)
    }

    /// Returns whether a day is on the axis, including its end.
    #[must_use]
    pub fn holds(self, day: Day) -> bool {
        self.from <= day && day <= self.to
    }

    /// Returns left edge and width of intervals in chronological order. Intervals that nearly touch are merged.
    #[must_use]
    pub fn spans(self, intervals: &[(Day, Day)]) -> Vec<(f64, f64)> {
        let mut spans: Vec<(f64, f64)> = Vec::new();
        for (from, to) in self.inside(intervals) {
            let left = self.x(from).min(RIGHT - LEAST);
            let right = self.x(to).max(left + LEAST);
            match spans.last_mut() {
                Some((start, width)) if left < *start + *width + 1.0 => *width = width.max(right - *start),
                _ => spans.push((left, right - left)),
            }
        }
        spans
    }

    /// Returns the number of days of the intervals that are on the axis.
    #[must_use]
    pub fn days(self, intervals: &[(Day, Day)]) -> u64 {
        self.inside(intervals).map(|(from, to)| from.days_until(to).unsigned_abs()).sum()
    }

    fn inside(self, intervals: &[(Day, Day)]) -> impl Iterator<Item = (Day, Day)> {
        let cut = intervals.iter().map(move |(from, to)| ((*from).max(self.from), (*to).min(self.to)));
        cut.filter(|(from, to)| from < to)
    }

    /// Returns the shortest step whose labels fit.
    fn step(self) -> Step {
        let fits = |step: &Step| (RIGHT - LEFT) * step.days() / self.length() >= LABEL;
        STEPS.into_iter().find(fits).unwrap_or(Step::Months(24000))
    }

    fn length(self) -> f64 {
        self.from.days_until(self.to).max(1) as f64
    }
}

/// A labelled day.
#[derive(Debug)]
pub struct Tick {
    pub x: f64,
    pub label: String,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Days(i64),
    Months(i64),
}

const STEPS: [Step; 11] = [
    Step::Days(1),
    Step::Days(7),
    Step::Months(1),
    Step::Months(3),
    Step::Months(6),
    Step::Months(12),
    Step::Months(60),
    Step::Months(120),
    Step::Months(600),
    Step::Months(2400),
    Step::Months(24000),
];

impl Step {
    /// Returns the minimum number of days of a step.
    fn days(self) -> f64 {
        match self {
            Self::Days(days) => days as f64,
            // February is the shortest month.
            Self::Months(1) => 28.0,
            Self::Months(months) => months as f64 * 30.0,
        }
    }

    fn label(self, date: Date, labels: &Labels) -> String {
        match self {
            Self::Days(_) => labels.day_of_year(date),
            Self::Months(1 | 6) => labels.month(date),
            Self::Months(3) => format!("Q{} {}", (date.month() - 1) / 3 + 1, date.year()),
            Self::Months(_) => date.year().to_string(),
        }
    }

    /// Returns the first days of the steps that begin after a day.
    fn after(self, from: Day) -> Box<dyn Iterator<Item = Day>> {
        let date = from.to_jiff();
        match self {
            Self::Days(step) => {
                // Weeks begin on Monday.
                let first = step - i64::from(date.weekday().to_monday_zero_offset()) % step;
                Box::new((0..).map(move |index| from.plus_days(first + index * step)))
            }
            Self::Months(step) => {
                let month = i64::from(date.year()) * 12 + i64::from(date.month()) - 1;
                let first = month.div_euclid(step) + 1;
                Box::new((first..).map_while(move |index| first_of_month(index * step)))
            }
        }
    }
}

/// Returns the first day of a month, which is counted from year 0.
fn first_of_month(month: i64) -> Option<Day> {
    let year = i16::try_from(month.div_euclid(12)).ok()?;
    let month = i8::try_from(month.rem_euclid(12) + 1).ok()?;
    Date::new(year, month, 1).ok().map(Day::from_jiff)
}

/// Returns the positions at which months begin, if the axis is labelled by quarter.
#[must_use]
pub fn months(scale: Scale) -> Vec<f64> {
    if !matches!(scale.step(), Step::Months(3)) {
        return Vec::new();
    }
    Step::Months(1).after(scale.from).take_while(|day| *day < scale.to).map(|day| scale.x(day)).collect()
}

/// Returns the ticks of the axis, as dense as their labels fit. The step that contains the left edge gets a label if it
/// fits before the next tick.
#[must_use]
pub fn ticks(scale: Scale, labels: &Labels) -> Vec<Tick> {
    let step = scale.step();
    let tick = |day: Day| Tick { x: scale.x(day), label: step.label(day.to_jiff(), labels) };
    // Bounds the number of ticks as well, because `take_while` alone does not end where the supported dates end.
    let most = ((RIGHT - LEFT) / LABEL) as usize + 1;
    let later: Vec<_> = step.after(scale.from).take(most).take_while(|day| *day < scale.to).map(tick).collect();
    let next = later.first().map_or(RIGHT, |tick| tick.x);
    let first = (next - LEFT >= LABEL).then(|| tick(scale.from));
    first.into_iter().chain(later).collect()
}
