//! The labels of the chart in all supported languages.

use jiff::civil::Date;

use crate::kernel::locale::Lang;
use crate::kernel::time::Day;

/// The fixed labels in one language.
#[derive(Debug)]
pub struct Words {
    pub lang: Lang,
    pub report: &'static str,
    pub as_of: &'static str,
    pub latency: &'static str,
    pub latency_means: &'static str,
    /// Headings of the number columns: responded, pending, without response.
    pub answered: &'static str,
    pub waiting: &'static str,
    pub unanswered: &'static str,
    pub oldest: &'static str,
    pub no_answers: &'static str,
    pub balance: &'static str,
    pub balance_means: &'static str,
    /// Names of the measures: decisions raised, first responses, vetoes, areas, members.
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
    pub no_areas: &'static str,
    pub all_covered: &'static str,
    pub unnamed_milestones: &'static str,
    pub outside_milestones: &'static str,
}

const EN: Words = Words {
    lang: Lang::En,
    report: "Partnership report",
    as_of: "As of",
    latency: "Decision latency",
    latency_means: "Business time that a side takes to answer: \
                    half of its answers came within p50, nine of ten within p90.",
    answered: "Answered",
    waiting: "Waiting",
    unanswered: "Unanswered",
    oldest: "oldest",
    no_answers: "no answers yet",
    balance: "Balance",
    balance_means: "The part that each side has in the whole.",
    measures: ["Decisions raised", "First answers", "Vetoes", "Areas", "Members"],
    total: "total",
    no_data: "no data",
    parity: "Parity",
    holds: "Parity holds",
    fails: "Parity does not hold",
    by_heads: "Compared by headcount, tolerance",
    by_fte: "Compared by FTE, tolerance",
    breached: "Out of parity since",
    grace: "Grace until",
    coverage: "Coverage of areas",
    gap: "Nobody is accountable",
    orphan: "Accountable person is not a member",
    mismatch: "Accountable person works for another side",
    milestone: "Milestone",
    first_date: "Its first agreed date",
    today: "today",
    covered: "covered",
    no_areas: "The charter names no areas.",
    all_covered: "Somebody is accountable for every area on every day.",
    unnamed_milestones: "Milestones without a label for lack of room:",
    outside_milestones: "Milestones outside this period:",
};

const CS: Words = Words {
    lang: Lang::Cs,
    report: "Zpráva o partnerství",
    as_of: "Ke dni",
    latency: "Rychlost rozhodování",
    latency_means: "Pracovní doba, za kterou strana odpoví: \
                    polovina jejích odpovědí přišla do p50, devět z deseti do p90.",
    answered: "Odpovězeno",
    waiting: "Čeká",
    unanswered: "Bez odpovědi",
    oldest: "nejdéle",
    no_answers: "zatím žádné odpovědi",
    balance: "Vyváženost",
    balance_means: "Podíl každé strany na celku.",
    measures: ["Položené otázky", "První odpovědi", "Nesouhlasy", "Oblasti", "Členové"],
    total: "celkem",
    no_data: "bez údajů",
    parity: "Parita",
    holds: "Parita je dodržena",
    fails: "Parita není dodržena",
    by_heads: "Porovnává se počet členů, tolerance",
    by_fte: "Porovnávají se úvazky, tolerance",
    breached: "Porušena od",
    grace: "Lhůta k nápravě do",
    coverage: "Pokrytí oblastí",
    gap: "Nikdo neodpovídá",
    orphan: "Odpovědný člověk není členem týmu",
    mismatch: "Odpovědný člověk pracuje za jinou stranu",
    milestone: "Milník",
    first_date: "Jeho původní termín",
    today: "dnes",
    covered: "pokryto",
    no_areas: "Zakládací listina neuvádí žádné oblasti.",
    all_covered: "Za každou oblast každý den někdo odpovídá.",
    unnamed_milestones: "Milníky, na jejichž popisek nezbylo místo:",
    outside_milestones: "Milníky mimo toto období:",
};

impl Words {
    /// Returns the labels in a language.
    #[must_use]
    pub fn of(lang: Lang) -> &'static Self {
        match lang {
            Lang::Cs => &CS,
            Lang::En => &EN,
        }
    }

    /// Formats a count with the plural form of a noun: for 1, for 2 to 4 (Czech only) and for all other numbers.
    fn counted(&self, count: u64, [one, few, many]: [&str; 3]) -> String {
        let form = match (self.lang, count) {
            (_, 1) => one,
            (Lang::Cs, 2..=4) => few,
            _ => many,
        };
        format!("{count} {form}")
    }

    /// Formats the number of members and the sum of their shares of full-time work.
    #[must_use]
    pub fn strength(&self, members: u32, fte_percent: u32) -> String {
        let (forms, fte) = match self.lang {
            Lang::En => (["member", "members", "members"], "FTE "),
            Lang::Cs => (["člen", "členové", "členů"], "úvazky "),
        };
        format!("{}, {fte}{}", self.counted(u64::from(members), forms), self.percent(u64::from(fte_percent)))
    }

    /// Formats the number of days without an accountable person.
    #[must_use]
    pub fn uncovered(&self, days: u64) -> String {
        self.counted(
            days,
            match self.lang {
                Lang::En => ["day uncovered", "", "days uncovered"],
                Lang::Cs => ["den bez pokrytí", "dny bez pokrytí", "dní bez pokrytí"],
            },
        )
    }

    /// Formats the number of days on which the accountable person is not a member.
    #[must_use]
    pub fn orphaned(&self, days: u64) -> String {
        self.counted(
            days,
            match self.lang {
                Lang::En => ["d non-member"; 3],
                Lang::Cs => ["d mimo tým"; 3],
            },
        )
    }

    /// Formats the number of days on which the accountable person works for another side.
    #[must_use]
    pub fn mismatched(&self, days: u64) -> String {
        self.counted(
            days,
            match self.lang {
                Lang::En => ["d other side"; 3],
                Lang::Cs => ["d jiná strana"; 3],
            },
        )
    }

    /// Returns a sentence with the number of areas that have gaps.
    #[must_use]
    pub fn with_gaps(&self, gappy: usize, all: usize) -> String {
        match (self.lang, gappy, all) {
            (_, _, 0) => self.no_areas.to_owned(),
            (_, 0, _) => self.all_covered.to_owned(),
            (Lang::En, ..) => format!("Areas with days on which nobody is accountable: {gappy} of {all}."),
            (Lang::Cs, ..) => format!("Oblasti, za které v některých dnech nikdo neodpovídá: {gappy} z {all}."),
        }
    }

    /// Returns a note with the number of areas that are not shown, and how many of them have problems.
    #[must_use]
    pub fn more_areas(&self, hidden: usize, problems: usize) -> String {
        let areas = self.counted(
            hidden as u64,
            match self.lang {
                Lang::En => ["more area", "", "more areas"],
                Lang::Cs => ["další oblast", "další oblasti", "dalších oblastí"],
            },
        );
        match (self.lang, problems) {
            (Lang::En, 0) => format!("and {areas} without gaps"),
            (Lang::En, _) => format!("and {areas}, {problems} of them with gaps or other faults"),
            (Lang::Cs, 0) => format!("a {areas} bez mezer"),
            (Lang::Cs, _) => format!("a {areas}, z toho s mezerami nebo jinými závadami: {problems}"),
        }
    }

    /// Formats business minutes as hours and minutes, but not as days, because the length of a business day differs
    /// between companies.
    #[must_use]
    pub fn minutes(&self, minutes: i64) -> String {
        match (minutes / 60, minutes % 60) {
            (0, minutes) => format!("{minutes} min"),
            (hours, 0) => format!("{hours} h"),
            (hours, minutes) => format!("{hours} h {minutes} min"),
        }
    }

    /// Formats a percentage. Czech puts a space before the percent sign.
    #[must_use]
    pub fn percent(&self, percent: u64) -> String {
        match self.lang {
            Lang::En => format!("{percent}%"),
            Lang::Cs => format!("{percent}\u{a0}%"),
        }
    }

    /// Formats a day for readers.
    #[must_use]
    pub fn day(&self, day: Day) -> String {
        let date = day.to_jiff();
        match self.lang {
            Lang::En => format!("{} {} {}", date.day(), month(date), date.year()),
            Lang::Cs => format!("{}. {}. {}", date.day(), date.month(), date.year()),
        }
    }

    /// Formats a day without its year.
    #[must_use]
    pub fn day_of_year(&self, date: Date) -> String {
        match self.lang {
            Lang::En => format!("{} {}", date.day(), month(date)),
            Lang::Cs => format!("{}. {}.", date.day(), date.month()),
        }
    }

    /// Formats a month with its year.
    #[must_use]
    pub fn month(&self, date: Date) -> String {
        match self.lang {
            Lang::En => format!("{} {}", month(date), date.year()),
            Lang::Cs => format!("{}/{}", date.month(), date.year()),
        }
    }
}

fn month(date: Date) -> &'static str {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    MONTHS.get(usize::from(date.month().unsigned_abs()).saturating_sub(1)).copied().unwrap_or_default()
}
