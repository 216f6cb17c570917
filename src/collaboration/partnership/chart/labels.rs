//! The labels of the chart, from `locales/*/partnership.ftl`.

use std::collections::HashMap;
use std::sync::LazyLock;

use jiff::civil::Date;

use crate::kernel::error::Text;
use crate::kernel::locale::Lang;
use crate::kernel::time::Day;

/// The fixed labels in one language.
#[derive(Debug)]
pub struct Labels {
    pub lang: Lang,
    pub report: &'static str,
    pub as_of: &'static str,
    pub latency: &'static str,
    pub latency_means: &'static str,
    /// Headings of the number columns: responded, pending, without response.
    pub responded: &'static str,
    pub pending: &'static str,
    pub without_response: &'static str,
    pub oldest: &'static str,
    pub no_responses: &'static str,
    pub balance: &'static str,
    pub balance_means: &'static str,
    /// Names of the measures: decisions raised, first responses, rejections, areas, members.
    pub measures: [&'static str; 5],
    pub total: &'static str,
    pub no_data: &'static str,
    pub parity: &'static str,
    pub holds: &'static str,
    pub fails: &'static str,
    pub by_heads: &'static str,
    pub by_fte: &'static str,
    pub breached: &'static str,
    pub grace: &'static str,
    pub coverage: &'static str,
    pub gap: &'static str,
    pub orphan: &'static str,
    pub mismatch: &'static str,
    pub milestone: &'static str,
    pub first_date: &'static str,
    pub today: &'static str,
    pub covered: &'static str,
    pub unnamed_milestones: &'static str,
    pub outside_milestones: &'static str,
}

/// Loaded once per language and kept for the life of the process.
static LABELS: LazyLock<HashMap<Lang, Labels>> =
    LazyLock::new(|| Lang::all().iter().map(|lang| (*lang, Labels::load(*lang))).collect());

impl Labels {
    /// Returns the labels in a language.
    #[must_use]
    pub fn of(lang: Lang) -> &'static Self {
        static ENGLISH: LazyLock<Labels> = LazyLock::new(|| Labels::load(Lang::EN));
        LABELS.get(&lang).unwrap_or_else(|| &ENGLISH)
    }

    fn load(lang: Lang) -> Self {
        let label = |key: &'static str| -> &'static str { Text::new(key).in_lang(lang).leak() };
        Self {
            lang,
            report: label("chart-report"),
            as_of: label("chart-as-of"),
            latency: label("chart-latency"),
            latency_means: label("chart-latency-means"),
            responded: label("chart-responded"),
            pending: label("chart-pending"),
            without_response: label("chart-without-response"),
            oldest: label("chart-oldest"),
            no_responses: label("chart-no-responses"),
            balance: label("chart-balance"),
            balance_means: label("chart-balance-means"),
            measures: [
                label("chart-measure-decisions"),
                label("chart-measure-responses"),
                label("chart-measure-rejections"),
                label("chart-measure-areas"),
                label("chart-measure-members"),
            ],
            total: label("chart-total"),
            no_data: label("chart-no-data"),
            parity: label("chart-parity"),
            holds: label("chart-holds"),
            fails: label("chart-fails"),
            by_heads: label("chart-by-heads"),
            by_fte: label("chart-by-fte"),
            breached: label("chart-breached"),
            grace: label("chart-grace"),
            coverage: label("chart-coverage"),
            gap: label("chart-gap"),
            orphan: label("chart-orphan"),
            mismatch: label("chart-mismatch"),
            milestone: label("chart-milestone"),
            first_date: label("chart-first-date"),
            today: label("chart-today"),
            covered: label("chart-covered"),
            unnamed_milestones: label("chart-unnamed-milestones"),
            outside_milestones: label("chart-outside-milestones"),
        }
    }

    fn write(&self, text: Text) -> String {
        text.in_lang(self.lang)
    }

    /// Formats the number of members and the sum of their shares of full-time work.
    #[must_use]
    pub fn strength(&self, members: u32, fte_percent: u32) -> String {
        let fte = self.percent(u64::from(fte_percent));
        self.write(Text::new("chart-strength").with("members", members).with("fte", fte))
    }

    /// Formats the number of days without an accountable person.
    #[must_use]
    pub fn uncovered(&self, days: u64) -> String {
        self.write(Text::new("chart-uncovered").with("days", days))
    }

    /// Formats the number of days on which the accountable person is not a member.
    #[must_use]
    pub fn orphaned(&self, days: u64) -> String {
        self.write(Text::new("chart-orphaned").with("days", days))
    }

    /// Formats the number of days on which the accountable person works for another side.
    #[must_use]
    pub fn mismatched(&self, days: u64) -> String {
        self.write(Text::new("chart-mismatched").with("days", days))
    }

    /// Returns a sentence with the number of areas that have gaps.
    #[must_use]
    pub fn with_gaps(&self, gappy: usize, all: usize) -> String {
        self.write(match (gappy, all) {
            (_, 0) => Text::new("chart-no-areas"),
            (0, _) => Text::new("chart-all-covered"),
            _ => Text::new("chart-with-gaps").with("gaps", gappy).with("all", all),
        })
    }

    /// Returns a note with the number of areas that are not shown, and how many of them have problems.
    #[must_use]
    pub fn more_areas(&self, hidden: usize, problems: usize) -> String {
        self.write(Text::new("chart-more-areas").with("hidden", hidden).with("problems", problems))
    }

    /// Formats business minutes as hours and minutes, but not as days, because the length of a business day differs
    /// between companies.
    #[must_use]
    pub fn minutes(&self, minutes: i64) -> String {
        self.write(Text::new("chart-minutes").with("hours", minutes / 60).with("minutes", minutes % 60))
    }

    /// Formats a percentage.
    #[must_use]
    pub fn percent(&self, percent: u64) -> String {
        self.write(Text::new("chart-percent").with("percent", percent))
    }

    /// Formats a day for readers.
    #[must_use]
    pub fn day(&self, day: Day) -> String {
        self.date("chart-day", day.to_jiff())
    }

    /// Formats a day without its year.
    #[must_use]
    pub fn day_of_year(&self, date: Date) -> String {
        self.date("chart-day-of-year", date)
    }

    /// Formats a month with its year.
    #[must_use]
    pub fn month(&self, date: Date) -> String {
        self.date("chart-month", date)
    }

    fn date(&self, key: &'static str, date: Date) -> String {
        self.write(Text::new(key).with("day", date.day()).with("month", date.month()).with("year", date.year()))
    }
}
