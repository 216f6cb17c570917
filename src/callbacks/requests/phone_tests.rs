use super::*;
use proptest::prelude::*;

fn parse(input: &str) -> Result<Phone, PhoneFault> {
    super::parse(PhoneRegion::CZ, input)
}

fn fault(input: &str) -> PhoneFault {
    match parse(input) {
        Err(fault) => fault,
        Ok(phone) => panic!("{input:?} was accepted as {phone:?}"),
    }
}

#[test]
fn every_usual_spelling_is_one_number() {
    for input in [
        "601123456",
        "601 123 456",
        "601-123-456",
        "601.123.456",
        "601/123/456",
        "(601) 123 456",
        "601\u{a0}123\u{a0}456",
        "601\u{202f}123\u{2009}456",
        "601\u{2013}123\u{2011}456",
        " +420 601 123 456 ",
        "+420601123456",
        "(+420) 601 123 456",
        "00420 601 123 456",
        "420601123456",
        "420 601 123 456",
        "\u{202a}+420 601 123 456\u{202c}",
        "\t601 12 34 56\n",
    ] {
        let phone = parse(input).unwrap_or_else(|fault| panic!("{input:?}: {fault:?}"));
        assert_eq!(phone.e164, "+420601123456", "{input:?}");
        assert_eq!(phone.display, "+420 601 123 456", "{input:?}");
        assert_eq!(phone.kind, PhoneKind::Mobile, "{input:?}");
    }
}

#[test]
fn kinds_of_czech_numbers() {
    for (input, kind) in [
        ("224 123 456", PhoneKind::FixedLine),
        ("733 123 456", PhoneKind::Mobile),
        ("800 123 456", PhoneKind::TollFree),
        ("700 123 456", PhoneKind::Personal),
        ("910 123 456", PhoneKind::Voip),
        ("972 123 456", PhoneKind::Uan),
        ("960 123 456", PhoneKind::Voicemail),
        ("600 123 456", PhoneKind::Unknown),
        ("420 123 456", PhoneKind::Unknown),
    ] {
        assert_eq!(parse(input).map(|phone| phone.kind), Ok(kind), "{input}");
    }
}

/// The Czech numbering plan by leading digits (decree 117/2007 Sb., annex), copied from the decree and independent of
/// the library.
const CZECH_PLAN: [(&[&str], Result<PhoneKind, PhoneFault>); 11] = [
    // Network areas: Prague is 2, the regions have two digits.
    (
        &[
            "2", "31", "32", "35", "37", "38", "39", "41", "46", "47", "48", "49", "51", "53", "54", "55", "56", "57",
            "58", "59",
        ],
        Ok(PhoneKind::FixedLine),
    ),
    (&["601", "602", "603", "604", "605", "606", "607", "608"], Ok(PhoneKind::Mobile)),
    (&["702", "703", "704", "705", "719", "72", "73", "77", "79"], Ok(PhoneKind::Mobile)),
    (&["700", "701"], Ok(PhoneKind::Personal)),
    (&["800"], Ok(PhoneKind::TollFree)),
    (&["81", "83", "84"], Err(PhoneFault::SharedCost)),
    (&["900", "905", "906", "908", "909", "976"], Err(PhoneFault::Premium)),
    (&["910", "970"], Ok(PhoneKind::Voip)),
    (&["95", "972", "973", "974"], Ok(PhoneKind::Uan)),
    (&["96"], Ok(PhoneKind::Voicemail)),
    // The trunk 0 was abolished in 2002.
    (&["0"], Err(PhoneFault::TrunkZero)),
];

#[test]
fn every_czech_prefix_is_classified_as_in_the_plan() {
    let mut classified = 0;
    // Prefixes below 10 start with 00, which is the same as +.
    for prefix in 10..1_000 {
        let number = format!("{prefix:03}456789");
        let planned = CZECH_PLAN.iter().find(|(leading, _)| leading.iter().any(|digits| number.starts_with(digits)));
        let found = parse(&number).map(|phone| phone.kind);
        match planned {
            Some((_, expected)) => {
                assert_eq!(&found, expected, "{number}");
                classified += 1;
            }
            // Prefixes without a kind are either in the plan, and accepted as unknown, or refused.
            None => {
                assert!(matches!(found, Ok(PhoneKind::Unknown) | Err(PhoneFault::NotInPlan)), "{number}: {found:?}")
            }
        }
    }
    assert_eq!(classified, 497);
}

#[test]
fn numbers_of_other_countries_follow_their_plans() {
    for (input, e164, display, kind) in [
        ("+421 905 123 456", "+421905123456", "+421 905 123 456", PhoneKind::Mobile),
        ("00 49 30 901820", "+4930901820", "+49 30 901820", PhoneKind::FixedLine),
        ("+44 20 7946 0958", "+442079460958", "+44 20 7946 0958", PhoneKind::FixedLine),
        ("+1 (415) 555-2671", "+14155552671", "+1 415-555-2671", PhoneKind::FixedLineOrMobile),
        ("+39 06 6982 1234", "+390669821234", "+39 06 6982 1234", PhoneKind::FixedLine),
        ("+7 812 315 78 90", "+78123157890", "+78123157890", PhoneKind::FixedLine),
    ] {
        let phone = parse(input).unwrap_or_else(|fault| panic!("{input:?}: {fault:?}"));
        assert_eq!((phone.e164.as_str(), phone.kind), (e164, kind), "{input:?}");
        assert_eq!(phone.display, display, "{input:?}");
    }
}

#[test]
fn faults() {
    for (input, expected) in [
        ("", PhoneFault::Empty),
        (" +()- ", PhoneFault::Empty),
        ("zavolejte", PhoneFault::Letters),
        ("601 CALL ME", PhoneFault::Letters),
        ("tel:+420601123456", PhoneFault::Letters),
        ("601 123 456 x12", PhoneFault::Extension),
        ("601 123 456 ext. 12", PhoneFault::Extension),
        ("601 123 456 linka 12", PhoneFault::Extension),
        ("601 123 456 kl. 12", PhoneFault::Extension),
        ("601123456,12", PhoneFault::Extension),
        ("601123456;ext=12", PhoneFault::Extension),
        ("601123456#12", PhoneFault::Extension),
        ("++420601123456", PhoneFault::UnexpectedCharacter),
        ("601+123456", PhoneFault::UnexpectedCharacter),
        ("*601123456", PhoneFault::UnexpectedCharacter),
        ("٦٠١١٢٣٤٥٦", PhoneFault::UnexpectedCharacter),
        ("0601 123 456", PhoneFault::TrunkZero),
        ("+420 0601 123 456", PhoneFault::TrunkZero),
        ("+44 (0)20 7946 0958", PhoneFault::TrunkZero),
        ("+33 06 12 34 56 78", PhoneFault::TrunkZero),
        ("60112345", PhoneFault::TooShort),
        ("911", PhoneFault::TooShort),
        ("00", PhoneFault::TooShort),
        ("6011234567", PhoneFault::TooLong),
        ("601123456/602123456", PhoneFault::TooLong),
        ("+420 960 123 4567", PhoneFault::TooLong),
        ("+49 30 9018 2000 0000 00", PhoneFault::TooLong),
        ("112", PhoneFault::Emergency),
        ("+420 158", PhoneFault::Emergency),
        ("1188", PhoneFault::Short),
        ("116 111", PhoneFault::Short),
        ("900 123 456", PhoneFault::Premium),
        ("909 123 456", PhoneFault::Premium),
        ("976 123 456", PhoneFault::Premium),
        ("+1 900 234 5678", PhoneFault::Premium),
        ("811 234 567", PhoneFault::SharedCost),
        ("840 123 456", PhoneFault::SharedCost),
        ("+999 123 456 789", PhoneFault::UnknownCountry),
        ("+0420 601 123 456", PhoneFault::UnknownCountry),
        ("000420601123456", PhoneFault::UnknownCountry),
        ("123 456 789", PhoneFault::NotInPlan),
        ("+421 123 456 789", PhoneFault::NotInPlan),
        ("+1 253 0000", PhoneFault::NotInPlan),
    ] {
        assert_eq!(fault(input), expected, "{input:?}");
    }
    assert_eq!(fault(&"6".repeat(65)), PhoneFault::TooLong);
}

/// The example numbers of all plans are accepted and formatted.
#[test]
fn examples_of_every_plan() {
    let mut accepted = 0;
    for plan in DATABASE.iter() {
        for kind in [Type::FixedLine, Type::Mobile] {
            let Some(example) = plan.descriptors().get(kind).and_then(|d| d.example()) else {
                continue;
            };
            let typed = format!("+{} {example}", plan.country_code());
            let phone = parse(&typed).unwrap_or_else(|fault| panic!("{typed}: {fault:?}"));
            assert_eq!(digits_of(&phone.e164), digits_of(&typed));
            assert_eq!(digits_of(&phone.display), digits_of(&typed));
            accepted += 1;
            assert_ne!(phone.display, phone.e164, "not grouped");
        }
    }
    assert!(accepted > 400, "{accepted}");
}

fn phone_like() -> impl Strategy<Value = String> {
    proptest::string::string_regex("[+]?[0-9 ()./x\u{a0}-]{0,24}").unwrap()
}

proptest! {
    #[test]
    fn never_panics(input in any::<String>()) {
        let digits = digits_of(&input);
        if let Ok(phone) = parse(&input) {
            prop_assert!(digits_of(&phone.e164).ends_with(digits.trim_start_matches("00")));
        }
    }

    #[test]
    fn accepted_numbers_have_the_typed_digits(input in phone_like()) {
        if let Ok(phone) = parse(&input) {
            let typed = digits_of(&input);
            let digits = digits_of(&phone.e164);
            let same = digits == typed
                || digits == format!("420{typed}")
                || format!("00{digits}") == typed;
            prop_assert!(same, "{input:?} became {phone:?}");
            prop_assert!(digits.len() <= 15);
            prop_assert_eq!(parse(&phone.e164), Ok(phone.clone()));
            prop_assert_eq!(parse(&phone.display), Ok(phone));
        }
    }

    #[test]
    fn international_never_panics(code in 1u32..1000, national in "[0-9]{0,14}") {
        let typed = format!("+{code}{national}");
        if let Ok(phone) = parse(&typed) {
            prop_assert_eq!(phone.e164, typed);
        }
    }

    #[test]
    fn nine_digits_are_accepted_or_refused_with_a_reason(number in 10_000_000u32..1_000_000_000) {
        let typed = format!("{number:09}");
        match parse(&typed) {
            Ok(phone) => prop_assert_eq!(phone.e164, format!("+420{typed}")),
            Err(fault) => {
                let expected = match typed.as_bytes()[0] {
                    b'0' => PhoneFault::TrunkZero,
                    b'8' => PhoneFault::SharedCost,
                    b'9' => PhoneFault::Premium,
                    _ => PhoneFault::NotInPlan,
                };
                prop_assert_eq!(fault, expected, "{}", typed);
            }
        }
    }
}

#[test]
fn a_number_without_a_country_code_is_one_of_the_region() {
    for (region, input, expected) in [
        ("DE", "030 901820", Ok("+4930901820")),
        ("DE", "30 901820", Ok("+4930901820")),
        ("DE", "0151 23456789", Ok("+4915123456789")),
        ("DE", "+420 601 123 456", Ok("+420601123456")),
        ("DE", "00420 601 123 456", Ok("+420601123456")),
        ("DE", "112", Err(PhoneFault::Emergency)),
        ("DE", "110", Err(PhoneFault::Emergency)),
        ("SK", "0912 123 456", Ok("+421912123456")),
        ("PL", "512 345 678", Ok("+48512345678")),
        ("AT", "0664 1234567", Ok("+436641234567")),
        ("CZ", "601 123 456", Ok("+420601123456")),
        ("CZ", "0601 123 456", Err(PhoneFault::TrunkZero)),
    ] {
        let found = super::parse(region.parse().unwrap(), input).map(|phone| phone.e164);
        assert_eq!(found.as_deref().map_err(|fault| *fault), expected, "{region} {input}");
    }
}

#[test]
fn numbers_of_another_region_are_typed_as_at_home() {
    let region: PhoneRegion = "DE".parse().unwrap();
    for (input, e164) in [
        ("0151 23456789", "+4915123456789"),
        ("151 23456789", "+4915123456789"),
        ("(030) 90 18 20", "+4930901820"),
        ("+420 601 123 456", "+420601123456"),
        ("00420 601 123 456", "+420601123456"),
        ("0049 151 23456789", "+4915123456789"),
    ] {
        assert_eq!(super::parse(region, input).map(|phone| phone.e164), Ok(e164.to_owned()), "{input}");
    }
    for (input, expected) in [
        ("0900 1 234567", PhoneFault::Premium),
        ("112", PhoneFault::Emergency),
        ("+49 (0)151 23456789", PhoneFault::TrunkZero),
        ("0151 23456789 x2", PhoneFault::Extension),
    ] {
        assert_eq!(super::parse(region, input), Err(expected), "{input}");
    }
}

#[test]
fn a_number_for_all_queues_needs_a_country_code_if_their_regions_differ() {
    let region: PhoneRegion = "DE".parse().unwrap();
    let found = |region, input| parse_in_any(region, input).map(|phone| phone.e164);
    assert_eq!(found(Some(region), "0151 23456789"), Ok("+4915123456789".to_owned()));
    for (input, expected) in [
        ("+49 151 23456789", Ok("+4915123456789".to_owned())),
        ("0049 151 23456789", Ok("+4915123456789".to_owned())),
        ("0151 23456789", Err(PhoneFault::NoCountryCode)),
        ("601 123 456", Err(PhoneFault::NoCountryCode)),
        ("x", Err(PhoneFault::Letters)),
    ] {
        assert_eq!(found(None, input), expected, "{input}");
    }
}
