//! The region whose phone numbers can be typed as at home: without a country code.

use std::str::FromStr;

use phonenumber::metadata::DATABASE;

const CZECH_CODE: u16 = 420;

/// A region with a numbering plan, by its ISO 3166-1 code such as `CZ` or `DE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PhoneRegion {
    calling_code: u16,
    /// The digits that precede a number inside the region, such as the 0 in Germany.
    trunk_prefix: Option<&'static str>,
}

impl PhoneRegion {
    /// Czechia, whose numbers have no trunk prefix.
    pub const CZ: Self = Self { calling_code: CZECH_CODE, trunk_prefix: None };

    /// Returns the calling code as visitors know it, such as `+420`.
    #[must_use]
    pub fn prefix(self) -> String {
        format!("+{}", self.calling_code)
    }

    /// Returns the calling code and the national number of a number that was typed as at home, without its trunk
    /// prefix.
    #[must_use]
    pub fn international(self, typed: &str) -> String {
        let national = self.trunk_prefix.and_then(|prefix| typed.strip_prefix(prefix)).unwrap_or(typed);
        format!("{}{national}", self.calling_code)
    }
}

impl Default for PhoneRegion {
    fn default() -> Self {
        Self::CZ
    }
}

impl FromStr for PhoneRegion {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_code = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase());
        let plan = is_code.then(|| DATABASE.by_id(text)).flatten();
        let plan = plan.ok_or_else(|| format!("{text:?} is not a region such as CZ or DE (ISO 3166-1)"))?;
        match plan.country_code() {
            CZECH_CODE => Ok(Self::CZ),
            calling_code => Ok(Self { calling_code, trunk_prefix: plan.national_prefix() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_has_a_calling_code_and_a_trunk_prefix() {
        for (region, prefix, typed, number) in [
            ("CZ", "+420", "601123456", "420601123456"),
            ("DE", "+49", "015112345678", "4915112345678"),
            ("DE", "+49", "15112345678", "4915112345678"),
            ("SK", "+421", "0905123456", "421905123456"),
            ("AT", "+43", "06601234567", "436601234567"),
            ("PL", "+48", "512345678", "48512345678"),
            // The 0 of Italian numbers is part of them.
            ("IT", "+39", "0612345678", "390612345678"),
        ] {
            let region: PhoneRegion = region.parse().unwrap();
            assert_eq!((region.prefix().as_str(), region.international(typed).as_str()), (prefix, number));
        }
        assert_eq!("CZ".parse(), Ok(PhoneRegion::CZ));
        for other in ["", "cz", "C", "XX", "001", "CZE", "D\u{c9}"] {
            assert!(other.parse::<PhoneRegion>().is_err(), "{other}");
        }
    }
}
