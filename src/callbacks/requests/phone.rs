//! Parses phone numbers as visitors type them. Parsing is strict: nothing is guessed or silently dropped.
//!
//! - A number without a country code is one of the region of its queue. A Czech one has nine digits and no trunk 0, and
//!   `420` followed by nine digits is Czech too. In other regions, the trunk prefix is dropped, which is usually 0.
//! - `00` is the same as `+`.
//! - Separators are skipped, including non-breaking spaces and invisible characters of copied text.
//! - Premium-rate, shared-cost, short and emergency numbers, letters and extensions are refused.
//! - A Czech number that is in the numbering plan but not classified is accepted as `unknown`.
//!   A number of another country must be valid in that country's plan.
//!
//! The plans are the metadata of the crate `phonenumber`. Its parser is not used for input,
//! because it drops trunk prefixes and extensions and converts letters to digits.

use phonenumber::metadata::DATABASE;
use phonenumber::{Metadata, Mode, Type};

use crate::callbacks::queues::PhoneRegion;

const CZECH_CODE: &str = "420";
const CZECH_LENGTH: usize = 9;
/// Emergency numbers of other countries, in addition to the Czech ones.
const EMERGENCY_ABROAD: [&str; 7] = ["110", "122", "133", "144", "911", "997", "999"];
/// ITU-T E.164: country code and national number together.
const MAX_DIGITS: usize = 15;
/// Maximum length of the input, in characters.
const MAX_INPUT: usize = 64;
/// Czech emergency numbers, including that of the municipal police.
const EMERGENCY: [&str; 5] = ["112", "150", "155", "156", "158"];
const EXTENSION_WORDS: [&str; 4] = ["ext", "x", "linka", "kl"];

/// A phone number that can be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phone {
    /// E.164 format, such as `+420601123456`.
    pub e164: String,
    /// Format for display, such as `+420 601 123 456`.
    pub display: String,
    pub kind: PhoneKind,
}

/// The kind of a number in its numbering plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PhoneKind {
    FixedLine,
    Mobile,
    FixedLineOrMobile,
    TollFree,
    Personal,
    Voip,
    Pager,
    /// A company number ("universal access").
    Uan,
    Voicemail,
    /// In the plan, but not classified.
    Unknown,
}

/// Why a number is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PhoneFault {
    Empty,
    Letters,
    Extension,
    UnexpectedCharacter,
    /// A trunk 0 before the national number, as in `0601 123 456` or `+44 (0)20 ...`.
    TrunkZero,
    TooShort,
    TooLong,
    /// It is not known in which country the number is.
    NoCountryCode,
    UnknownCountry,
    Emergency,
    Short,
    Premium,
    SharedCost,
    /// The country's numbering plan has no such number.
    NotInPlan,
}

impl PhoneFault {
    /// Returns a stable code for clients.
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "phone_empty",
            Self::Letters => "phone_letters",
            Self::Extension => "phone_extension",
            Self::UnexpectedCharacter => "phone_unexpected_character",
            Self::TrunkZero => "phone_trunk_zero",
            Self::TooShort => "phone_too_short",
            Self::TooLong => "phone_too_long",
            Self::NoCountryCode => "phone_no_country_code",
            Self::UnknownCountry => "phone_unknown_country",
            Self::Emergency => "phone_emergency",
            Self::Short => "phone_short_number",
            Self::Premium => "phone_premium",
            Self::SharedCost => "phone_shared_cost",
            Self::NotInPlan => "phone_not_in_plan",
        }
    }
}

/// Parses a number as typed. Without a country code it is one of the region.
///
/// # Errors
/// The reason why the number is refused.
pub fn parse(region: PhoneRegion, input: &str) -> Result<Phone, PhoneFault> {
    let digits = international_digits(region, &dialled(input)?)?;
    let (code, national) = split_country(&digits)?;
    let kind = if code == CZECH_CODE { czech_kind(national)? } else { foreign_kind(code, national)? };
    let e164 = format!("+{digits}");
    let display = display(&e164, code, national);
    Ok(Phone { e164, display, kind })
}

/// Parses a number as typed by someone who does not name a queue. `region` is the one of all queues; `None` if they
/// have different ones, so that the number must have a country code.
///
/// # Errors
/// The reason why the number is refused.
pub fn parse_in_any(region: Option<PhoneRegion>, input: &str) -> Result<Phone, PhoneFault> {
    if region.is_none() && !is_international(&dialled(input)?) {
        return Err(PhoneFault::NoCountryCode);
    }
    parse(region.unwrap_or_default(), input)
}

fn is_international(dialled: &str) -> bool {
    dialled.starts_with('+') || dialled.starts_with("00")
}

/// Formats a stored number for display. Returns it unchanged if its country code does not exist any more.
#[must_use]
pub fn display_of(e164: &str) -> String {
    // A stored number was classified when it was parsed, which is slow.
    let digits = e164.strip_prefix('+').unwrap_or(e164);
    split_country(digits).map_or_else(|_| e164.to_owned(), |(code, national)| display(e164, code, national))
}

/// Returns the digits as dialled, with a leading `+` if there is one.
fn dialled(input: &str) -> Result<String, PhoneFault> {
    if input.chars().count() > MAX_INPUT {
        return Err(PhoneFault::TooLong);
    }
    let mut dialled = String::new();
    for (index, typed) in input.char_indices() {
        match typed {
            '0'..='9' => dialled.push(typed),
            '+' if dialled.is_empty() => dialled.push(typed),
            _ if is_separator(typed) => {}
            _ => {
                let after_digits = dialled.len() > 1;
                return Err(fault_of_rest(input.get(index..).unwrap_or(""), after_digits));
            }
        }
    }
    if dialled.bytes().any(|byte| byte.is_ascii_digit()) { Ok(dialled) } else { Err(PhoneFault::Empty) }
}

fn is_separator(typed: char) -> bool {
    typed.is_whitespace()
        || matches!(typed, '-' | '.' | '/' | '(' | ')')
        // Typographic hyphens and dashes, the minus sign.
        || matches!(typed, '\u{2010}'..='\u{2015}' | '\u{2212}')
        // Invisible: soft hyphen, zero width, direction marks, byte order mark.
        || matches!(typed, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(typed, '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Returns why text is refused that starts with a character that no number contains.
fn fault_of_rest(rest: &str, after_digits: bool) -> PhoneFault {
    let lower = rest.to_lowercase();
    let extension = lower.starts_with(['#', ',', ';']) || EXTENSION_WORDS.iter().any(|w| lower.starts_with(w));
    if after_digits && extension {
        PhoneFault::Extension
    } else if rest.starts_with(char::is_alphabetic) {
        PhoneFault::Letters
    } else {
        PhoneFault::UnexpectedCharacter
    }
}

/// Returns the country code and the national number.
fn international_digits(region: PhoneRegion, dialled: &str) -> Result<String, PhoneFault> {
    if let Some(digits) = dialled.strip_prefix('+') {
        return Ok(digits.to_owned());
    }
    if let Some(digits) = dialled.strip_prefix("00") {
        return (!digits.is_empty()).then(|| digits.to_owned()).ok_or(PhoneFault::TooShort);
    }
    if region == PhoneRegion::CZ && dialled.starts_with(CZECH_CODE) && dialled.len() == CZECH_CODE.len() + CZECH_LENGTH
    {
        return Ok(dialled.to_owned());
    }
    if region != PhoneRegion::CZ && (EMERGENCY.contains(&dialled) || EMERGENCY_ABROAD.contains(&dialled)) {
        return Err(PhoneFault::Emergency);
    }
    Ok(region.international(dialled))
}

/// Splits off the country code. Country codes have one to three digits, and none is a prefix of another.
fn split_country(digits: &str) -> Result<(&str, &str), PhoneFault> {
    (1..=3)
        .filter_map(|length| digits.split_at_checked(length))
        .find(|(code, _)| !plans(code).is_empty())
        .ok_or(PhoneFault::UnknownCountry)
}

/// Returns the numbering plans for a country code; several if countries share it.
fn plans(code: &str) -> Vec<&'static Metadata> {
    code.parse::<u16>()
        .ok()
        .filter(|_| !code.starts_with('0'))
        .and_then(|code| DATABASE.by_code(&code))
        .unwrap_or_default()
}

fn czech_kind(national: &str) -> Result<PhoneKind, PhoneFault> {
    if EMERGENCY.contains(&national) {
        return Err(PhoneFault::Emergency);
    }
    if national.starts_with('0') {
        return Err(PhoneFault::TrunkZero);
    }
    // Services of three to six digits, such as 1188 and 116 111.
    if national.starts_with('1') && (3..=6).contains(&national.len()) {
        return Err(PhoneFault::Short);
    }
    if national.len() < CZECH_LENGTH {
        return Err(PhoneFault::TooShort);
    }
    if national.len() > CZECH_LENGTH {
        return Err(PhoneFault::TooLong);
    }
    if let Some(kind) = classify(CZECH_CODE, national) {
        return kind;
    }
    plans(CZECH_CODE)
        .iter()
        .any(|plan| plan.descriptors().general().is_match(national))
        .then_some(PhoneKind::Unknown)
        .ok_or(PhoneFault::NotInPlan)
}

fn foreign_kind(code: &str, national: &str) -> Result<PhoneKind, PhoneFault> {
    if code.len() + national.len() > MAX_DIGITS {
        return Err(PhoneFault::TooLong);
    }
    // Some plans have a significant 0 (Italy), so only a number outside the plan has a trunk 0.
    classify(code, national).unwrap_or(Err(if national.starts_with('0') {
        PhoneFault::TrunkZero
    } else {
        PhoneFault::NotInPlan
    }))
}

/// Returns the kind in the first plan that classifies the number, or why a number of this kind is refused; `None` if no
/// plan classifies it.
fn classify(code: &str, national: &str) -> Option<Result<PhoneKind, PhoneFault>> {
    plans(code).into_iter().find_map(|plan| kind_in_plan(plan, national))
}

fn kind_in_plan(plan: &Metadata, national: &str) -> Option<Result<PhoneKind, PhoneFault>> {
    let descriptors = plan.descriptors();
    let is = |kind| descriptors.get(kind).is_some_and(|descriptor| descriptor.is_match(national));
    if is(Type::PremiumRate) {
        return Some(Err(PhoneFault::Premium));
    }
    if is(Type::SharedCost) {
        return Some(Err(PhoneFault::SharedCost));
    }
    if is(Type::FixedLine) && is(Type::Mobile) {
        return Some(Ok(PhoneKind::FixedLineOrMobile));
    }
    [
        (Type::TollFree, PhoneKind::TollFree),
        (Type::Voip, PhoneKind::Voip),
        (Type::PersonalNumber, PhoneKind::Personal),
        (Type::Pager, PhoneKind::Pager),
        (Type::Uan, PhoneKind::Uan),
        (Type::Voicemail, PhoneKind::Voicemail),
        (Type::FixedLine, PhoneKind::FixedLine),
        (Type::Mobile, PhoneKind::Mobile),
    ]
    .into_iter()
    .find_map(|(kind, name)| is(kind).then_some(Ok(name)))
}

/// Formats a number for display: Czech numbers in groups of three digits, others as the library does. If the library
/// would change the digits, the number is returned ungrouped.
fn display(e164: &str, code: &str, national: &str) -> String {
    if code == CZECH_CODE
        && let Some((first, rest)) = national.split_at_checked(3)
        && let Some((second, third)) = rest.split_at_checked(3)
    {
        return format!("+{code} {first} {second} {third}");
    }
    phonenumber::parse(None, e164)
        .ok()
        .map(|number| number.format().mode(Mode::International).to_string())
        .filter(|shown| digits_of(shown) == digits_of(e164))
        .unwrap_or_else(|| e164.to_owned())
}

fn digits_of(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
#[path = "phone_tests.rs"]
mod tests;
