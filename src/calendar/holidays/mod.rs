//! Public holidays: the days on which work rests by law in a country, or in a state of Germany.
//!
//! The rules are data ([`rules`]) and are complete from 2019 on. A holiday on a weekend is not moved, because none of
//! these laws moves it. Holidays of single municipalities are not included: Assumption Day in most of Bavaria, the
//! Peace Festival in Augsburg, and Corpus Christi in parts of Saxony and Thuringia.

mod easter;
mod rules;

use std::fmt;

use jiff::civil::Date;

use easter::easter_sunday;

crate::text_enum! {
    "SCREAMING-KEBAB-CASE",
    /// A country, or a state of Germany, by its code in ISO 3166. `DE` has only the public holidays that all German
    /// states have.
    pub enum Region {
        /// Czechia.
        Cz,
        /// Slovakia.
        Sk,
        /// Poland.
        Pl,
        /// Austria.
        At,
        /// Germany.
        De,
        /// Brandenburg.
        DeBb,
        /// Berlin.
        DeBe,
        /// Baden-Württemberg.
        DeBw,
        /// Bavaria.
        DeBy,
        /// Bremen.
        DeHb,
        /// Hesse.
        DeHe,
        /// Hamburg.
        DeHh,
        /// Mecklenburg-Western Pomerania.
        DeMv,
        /// Lower Saxony.
        DeNi,
        /// North Rhine-Westphalia.
        DeNw,
        /// Rhineland-Palatinate.
        DeRp,
        /// Schleswig-Holstein.
        DeSh,
        /// Saarland.
        DeSl,
        /// Saxony.
        DeSn,
        /// Saxony-Anhalt.
        DeSt,
        /// Thuringia.
        DeTh,
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether `date` is a public holiday in `region`.
pub fn is_public_holiday(region: Region, date: Date) -> bool {
    public_holidays(region, date.year()).any(|(holiday, _)| holiday == date)
}

/// Returns the public holidays of `year` in `region` with their English names, in no particular order. Two of them can
/// be on the same day, such as Ascension Day and Labour Day in Germany in 2160.
pub fn public_holidays(region: Region, year: i16) -> impl Iterator<Item = (Date, &'static str)> {
    let easter = easter_sunday(year);
    rules::of(region).filter_map(move |rule| Some((rule.in_year(year, easter)?, rule.name)))
}

#[cfg(test)]
mod tests;
