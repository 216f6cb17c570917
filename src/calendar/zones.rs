//! The names of time zones that a calendar can have.

use jiff::tz::TimeZoneDatabase;

/// Whether this is the name of a place in the IANA time zone database, or `UTC`. Only the bundled database counts: that
/// of the machine can have names that mean something else on another machine, such as `localtime`.
#[must_use]
pub fn names_a_place(name: &str) -> bool {
    let has_form = name.contains('/') || name == "UTC";
    has_form && TimeZoneDatabase::bundled().get(name).is_ok_and(|zone| zone.iana_name() == Some(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_places_and_utc_are_time_zones() {
        for name in ["Europe/Prague", "America/Argentina/Ushuaia", "Asia/Calcutta", "US/Eastern", "Etc/UTC", "UTC"] {
            assert!(names_a_place(name), "{name}");
        }
        for name in [
            "",
            "/",
            "localtime",
            "Factory",
            "posixrules",
            "Etc/Unknown",
            "posix/Europe/Prague",
            "right/Europe/Prague",
            "SystemV/EST5EDT",
            "EST",
            "CET",
            "PRC",
            "Europe/Nowhere",
            "../etc/passwd",
            // Clients need the exact name.
            "europe/prague",
            "utc",
        ] {
            assert!(!names_a_place(name), "{name}");
        }
    }
}
