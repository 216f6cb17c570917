//! The laws on public holidays as data.
//!
//! - **Czechia**: Act No. 245/2000 Coll., sections 1 to 3. Good Friday since 2016 (Act No. 359/2015 Coll.).
//! - **Slovakia**: Act No. 241/1993 Coll., section 2: only days of rest, because some public holidays are working days.
//!   28 October has always been one. 1 September is one since 2024 (Act No. 530/2023 Coll.), and 17 November since 2025
//!   (Act No. 261/2025 Coll.). The latter also makes 8 May and 15 September working days, in 2026 only. Public sources
//!   disagree about 2027 and later: the PyPI package `holidays` has the two days as days of rest again, the npm package
//!   `date-holidays` as working days.
//! - **Poland**: Act of 18 January 1951 on days off work, article 1. Christmas Eve since 2025 (Journal of Laws 2024,
//!   item 1965). The act also lists Easter Sunday and Whit Sunday.
//! - **Austria**: Arbeitsruhegesetz (BGBl. No. 144/1983), section 7(2).
//! - **Germany**: 3 October by the Unification Treaty, article 2(2). All others by the law of each state:
//!   - Baden-Württemberg: Feiertagsgesetz, section 1
//!   - Bavaria: Feiertagsgesetz, article 1
//!   - Berlin: Gesetz über die Sonn- und Feiertage, section 1; single days in 2020, 2025 and 2028
//!   - Brandenburg: Feiertagsgesetz, section 2, which lists Easter Sunday and Whit Sunday
//!   - Bremen: Gesetz über die Sonn- und Gedenktage und Feiertage, section 2
//!   - Hamburg: Feiertagsgesetz, section 1
//!   - Hesse: Hessisches Feiertagsgesetz, section 1
//!   - Lower Saxony: Niedersächsisches Feiertagsgesetz, section 2
//!   - Mecklenburg-Western Pomerania: Feiertagsgesetz, section 2; 8 March since 2023
//!   - North Rhine-Westphalia: Feiertagsgesetz, section 2
//!   - Rhineland-Palatinate: Feiertagsgesetz, section 2
//!   - Saarland: Sonn- und Feiertagsgesetz, section 2
//!   - Saxony: Gesetz über Sonn- und Feiertage, section 1
//!   - Saxony-Anhalt: Gesetz über die Sonn- und Feiertage, section 2
//!   - Schleswig-Holstein: Gesetz über Sonn- und Feiertage, section 2
//!   - Thuringia: Feier- und Gedenktagsgesetz, section 2; 20 September since 2019
//!
//! After a change of a law, add or end a rule and update the table that the tests compare with (`make holidays`).

use jiff::Span;
use jiff::civil::{Date, Weekday};

use super::Region;

/// The day of a holiday in each year.
#[derive(Clone, Copy)]
enum When {
    /// A month and a day.
    Fixed(i8, i8),
    /// This many days after Easter Sunday, or before it if negative.
    Easter(i8),
    /// The last Wednesday before a month and a day.
    WednesdayBefore(i8, i8),
}

/// A public holiday in a range of years.
pub(super) struct Rule {
    /// The English name.
    pub(super) name: &'static str,
    when: When,
    first_year: i16,
    last_year: i16,
}

impl Rule {
    const fn new(name: &'static str, when: When) -> Self {
        Self { name, when, first_year: i16::MIN, last_year: i16::MAX }
    }

    const fn since(self, year: i16) -> Self {
        Self { first_year: year, ..self }
    }

    const fn until(self, year: i16) -> Self {
        Self { last_year: year, ..self }
    }

    const fn only_in(self, year: i16) -> Self {
        self.since(year).until(year)
    }

    /// Returns the date of the holiday in `year`, if it is one then. `easter` is Easter Sunday of that year.
    pub(super) fn in_year(&self, year: i16, easter: Option<Date>) -> Option<Date> {
        if year < self.first_year || year > self.last_year {
            return None;
        }
        match self.when {
            When::Fixed(month, day) => Date::new(year, month, day).ok(),
            When::Easter(days) => easter?.checked_add(Span::new().days(days)).ok(),
            When::WednesdayBefore(month, day) => {
                Date::new(year, month, day).ok()?.nth_weekday(-1, Weekday::Wednesday).ok()
            }
        }
    }
}

/// Returns the rules of a region; those of a German state include the rules of Germany.
pub(super) fn of(region: Region) -> impl Iterator<Item = &'static Rule> {
    let country: &[Rule] = match region {
        Region::Cz => &CZECHIA,
        Region::Sk => &SLOVAKIA,
        Region::Pl => &POLAND,
        Region::At => &AUSTRIA,
        _ => &GERMANY,
    };
    let of_state = GERMAN_STATES.iter().filter(move |(states, _)| states.contains(&region));
    country.iter().chain(of_state.map(|(_, rule)| rule))
}

const NEW_YEAR: Rule = Rule::new("New Year's Day", When::Fixed(1, 1));
const EPIPHANY: Rule = Rule::new("Epiphany", When::Fixed(1, 6));
const WOMENS_DAY: Rule = Rule::new("International Women's Day", When::Fixed(3, 8));
const GOOD_FRIDAY: Rule = Rule::new("Good Friday", When::Easter(-2));
const EASTER_SUNDAY: Rule = Rule::new("Easter Sunday", When::Easter(0));
const EASTER_MONDAY: Rule = Rule::new("Easter Monday", When::Easter(1));
const LABOUR_DAY: Rule = Rule::new("Labour Day", When::Fixed(5, 1));
const VICTORY_DAY: Rule = Rule::new("Victory Day", When::Fixed(5, 8));
const ASCENSION: Rule = Rule::new("Ascension Day", When::Easter(39));
const WHIT_SUNDAY: Rule = Rule::new("Whit Sunday", When::Easter(49));
const WHIT_MONDAY: Rule = Rule::new("Whit Monday", When::Easter(50));
const CORPUS_CHRISTI: Rule = Rule::new("Corpus Christi", When::Easter(60));
const CYRIL_AND_METHODIUS: Rule = Rule::new("Saints Cyril and Methodius Day", When::Fixed(7, 5));
const ASSUMPTION: Rule = Rule::new("Assumption Day", When::Fixed(8, 15));
const SEVEN_SORROWS: Rule = Rule::new("Day of Our Lady of the Seven Sorrows", When::Fixed(9, 15));
const REFORMATION: Rule = Rule::new("Reformation Day", When::Fixed(10, 31));
const ALL_SAINTS: Rule = Rule::new("All Saints' Day", When::Fixed(11, 1));
const FREEDOM_AND_DEMOCRACY: Rule = Rule::new("Struggle for Freedom and Democracy Day", When::Fixed(11, 17));
const CHRISTMAS_EVE: Rule = Rule::new("Christmas Eve", When::Fixed(12, 24));
const CHRISTMAS: Rule = Rule::new("Christmas Day", When::Fixed(12, 25));
const SECOND_CHRISTMAS: Rule = Rule::new("Second Day of Christmas", When::Fixed(12, 26));

static CZECHIA: [Rule; 13] = [
    Rule::new("Independent Czech State Restoration Day", When::Fixed(1, 1)),
    GOOD_FRIDAY.since(2016),
    EASTER_MONDAY,
    LABOUR_DAY,
    VICTORY_DAY,
    CYRIL_AND_METHODIUS,
    Rule::new("Jan Hus Day", When::Fixed(7, 6)),
    Rule::new("Czech Statehood Day", When::Fixed(9, 28)),
    Rule::new("Independent Czechoslovak State Day", When::Fixed(10, 28)),
    FREEDOM_AND_DEMOCRACY,
    CHRISTMAS_EVE,
    CHRISTMAS,
    SECOND_CHRISTMAS,
];

static SLOVAKIA: [Rule; 17] = [
    Rule::new("Establishment of the Slovak Republic Day", When::Fixed(1, 1)),
    EPIPHANY,
    GOOD_FRIDAY,
    EASTER_MONDAY,
    LABOUR_DAY,
    VICTORY_DAY.until(2025),
    VICTORY_DAY.since(2027),
    CYRIL_AND_METHODIUS,
    Rule::new("Slovak National Uprising Anniversary", When::Fixed(8, 29)),
    Rule::new("Constitution Day", When::Fixed(9, 1)).until(2023),
    SEVEN_SORROWS.until(2025),
    SEVEN_SORROWS.since(2027),
    ALL_SAINTS,
    FREEDOM_AND_DEMOCRACY.until(2024),
    CHRISTMAS_EVE,
    CHRISTMAS,
    SECOND_CHRISTMAS,
];

static POLAND: [Rule; 14] = [
    NEW_YEAR,
    EPIPHANY,
    EASTER_SUNDAY,
    EASTER_MONDAY,
    LABOUR_DAY,
    Rule::new("Constitution Day", When::Fixed(5, 3)),
    WHIT_SUNDAY,
    CORPUS_CHRISTI,
    ASSUMPTION,
    ALL_SAINTS,
    Rule::new("Independence Day", When::Fixed(11, 11)),
    CHRISTMAS_EVE.since(2025),
    CHRISTMAS,
    SECOND_CHRISTMAS,
];

static AUSTRIA: [Rule; 13] = [
    NEW_YEAR,
    EPIPHANY,
    EASTER_MONDAY,
    LABOUR_DAY,
    ASCENSION,
    WHIT_MONDAY,
    CORPUS_CHRISTI,
    ASSUMPTION,
    Rule::new("National Day", When::Fixed(10, 26)),
    ALL_SAINTS,
    Rule::new("Immaculate Conception", When::Fixed(12, 8)),
    CHRISTMAS,
    Rule::new("Saint Stephen's Day", When::Fixed(12, 26)),
];

static GERMANY: [Rule; 9] = [
    NEW_YEAR,
    GOOD_FRIDAY,
    EASTER_MONDAY,
    LABOUR_DAY,
    ASCENSION,
    WHIT_MONDAY,
    Rule::new("German Unity Day", When::Fixed(10, 3)),
    CHRISTMAS,
    SECOND_CHRISTMAS,
];

/// The rules of German states, each with the states that it holds in.
static GERMAN_STATES: [(&[Region], Rule); 15] = {
    use Region::{DeBb, DeBe, DeBw, DeBy, DeHb, DeHe, DeHh, DeMv, DeNi, DeNw, DeRp, DeSh, DeSl, DeSn, DeSt, DeTh};
    [
        (&[DeBw, DeBy, DeSt], EPIPHANY),
        (&[DeBe], WOMENS_DAY.since(2019)),
        (&[DeMv], WOMENS_DAY.since(2023)),
        (&[DeBb], EASTER_SUNDAY),
        (&[DeBe], Rule::new("75 years since the liberation", When::Fixed(5, 8)).only_in(2020)),
        (&[DeBe], Rule::new("80 years since the liberation", When::Fixed(5, 8)).only_in(2025)),
        (&[DeBb], WHIT_SUNDAY),
        (&[DeBw, DeBy, DeHe, DeNw, DeRp, DeSl], CORPUS_CHRISTI),
        (&[DeBe], Rule::new("75 years since the uprising of 17 June 1953", When::Fixed(6, 17)).only_in(2028)),
        (&[DeSl], ASSUMPTION),
        (&[DeTh], Rule::new("World Children's Day", When::Fixed(9, 20)).since(2019)),
        (&[DeBb, DeMv, DeSn, DeSt, DeTh], REFORMATION),
        (&[DeHb, DeHh, DeNi, DeSh], REFORMATION.since(2018)),
        (&[DeBw, DeBy, DeNw, DeRp, DeSl], ALL_SAINTS),
        (&[DeSn], Rule::new("Day of Repentance and Prayer", When::WednesdayBefore(11, 23)).since(1995)),
    ]
};
