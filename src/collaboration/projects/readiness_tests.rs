//! Readiness: every broken guard is named, exactly once, and nothing else is.

use proptest::prelude::*;

use super::*;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn nth_day(number: i64) -> Day {
    day("2027-01-01").to_jiff().checked_add(jiff::Span::new().days(number)).map(Day::from_jiff).unwrap()
}

/// A project of `sides` sides, with `members` people and one area each, that lacks nothing.
fn ready(sides: u64, members: u64) -> Facts {
    let all = || (1..=sides).map(DepartmentId::demo);
    let member = |side: u64, number: u64| Member {
        person_id: PersonId::demo(100 * side + number),
        department_id: DepartmentId::demo(side),
        accepted: true,
        counts_for_parity: true,
        weight: 1,
        has_home_position: true,
    };
    Facts {
        starts_on: nth_day(0),
        ends_on: nth_day(100),
        parity_tolerance: 0,
        charter_version: 2,
        goals: vec![nth_day(100)],
        milestones: vec![nth_day(0), nth_day(50)],
        seats: (1..=sides)
            .map(|side| Seat { department_id: DepartmentId::demo(side), sponsor: Some(PersonId::demo(side)) })
            .collect(),
        signatures: all()
            .map(|department_id| Signed { department_id, charter_version: 2, superseded: false })
            .collect(),
        areas: (1..=sides)
            .map(|side| OwnedArea { id: AreaId::demo(side), department_id: DepartmentId::demo(side) })
            .collect(),
        members: (1..=sides).flat_map(|side| (1..=members).map(move |number| member(side, number))).collect(),
        owners: (1..=sides)
            .map(|side| Owner {
                area_id: AreaId::demo(side),
                person_id: PersonId::demo(100 * side + 1),
                valid_from: nth_day(-3),
                valid_to: None,
            })
            .collect(),
    }
}

/// Breaks one guard in a project of [`ready`] with 6 sides of 3, each on a side of its own where
/// sides matter, so that no fault hides another.
fn break_one(facts: &mut Facts, code: Code) -> Blocker {
    let side = |number| Some(DepartmentId::demo(number));
    let area = |number| Some(AreaId::demo(number));
    let nothing = Blocker { code, side: None, area: None, person: None };
    match code {
        Code::SponsorVacant => {
            facts.seats[0].sponsor = None;
            Blocker { side: side(1), ..nothing }
        }
        Code::SponsorSamePerson => {
            facts.seats[2].sponsor = facts.seats[1].sponsor;
            Blocker { person: facts.seats[1].sponsor, ..nothing }
        }
        Code::GoalMissing => {
            facts.goals.clear();
            nothing
        }
        Code::MilestoneMissing => {
            facts.milestones.clear();
            nothing
        }
        Code::DatesOutOfRange => {
            facts.goals.iter_mut().chain(&mut facts.milestones).for_each(|due| *due = nth_day(101));
            nothing
        }
        Code::SignatureMissing => {
            facts.signatures.retain(|signed| signed.department_id != DepartmentId::demo(3));
            Blocker { side: side(3), ..nothing }
        }
        Code::SignatureStale => {
            for signed in facts.signatures.iter_mut().filter(|signed| signed.department_id == DepartmentId::demo(4)) {
                signed.charter_version = 1;
            }
            Blocker { side: side(4), ..nothing }
        }
        Code::SideEmpty => {
            for member in facts.members.iter_mut().filter(|member| member.department_id == DepartmentId::demo(5)) {
                member.counts_for_parity = false;
            }
            Blocker { side: side(5), ..nothing }
        }
        Code::ParityBreached => {
            let first = facts.members[0];
            facts.members.push(Member { person_id: PersonId::demo(999), ..first });
            nothing
        }
        Code::HomePositionMissing => {
            facts.members[1].has_home_position = false;
            Blocker { person: Some(facts.members[1].person_id), ..nothing }
        }
        Code::OwnershipGap => {
            facts.owners.retain(|owner| owner.area_id != AreaId::demo(1));
            Blocker { area: area(1), ..nothing }
        }
        Code::OwnerNotActiveMember => {
            facts.owners[1].person_id = PersonId::demo(998);
            Blocker { area: area(2), ..nothing }
        }
        Code::SideMismatch => {
            facts.owners[2].person_id = facts.owners[3].person_id;
            Blocker { area: area(3), ..nothing }
        }
    }
}

/// In an order in which breaking the one leaves the place of the other alone.
const ALL: [Code; 13] = [
    Code::SideMismatch,
    Code::OwnerNotActiveMember,
    Code::OwnershipGap,
    Code::HomePositionMissing,
    Code::ParityBreached,
    Code::SideEmpty,
    Code::SignatureStale,
    Code::SignatureMissing,
    Code::DatesOutOfRange,
    Code::MilestoneMissing,
    Code::GoalMissing,
    Code::SponsorSamePerson,
    Code::SponsorVacant,
];

/// Day by day: is somebody accountable?
fn has_gap(facts: &Facts) -> bool {
    (0..100).map(nth_day).any(|day| {
        !facts.owners.iter().any(|owner| owner.valid_from <= day && owner.valid_to.is_none_or(|end| day < end))
    })
}

proptest! {
    #[test]
    fn a_project_that_has_everything_lacks_nothing(sides in 2u64..=8, members in 1u64..4) {
        prop_assert_eq!(blockers(&ready(sides, members)), vec![]);
    }

    #[test]
    fn broken_guards_are_all_named_and_nothing_else(broken in prop::sample::subsequence(ALL.to_vec(), 0..=13)) {
        let mut facts = ready(6, 3);
        let mut expected: Vec<_> = broken.iter().map(|code| break_one(&mut facts, *code)).collect();
        expected.sort_unstable();
        // Where nothing is due, nothing is due too late.
        if broken.contains(&Code::GoalMissing) && broken.contains(&Code::MilestoneMissing) {
            expected.retain(|blocker| blocker.code != Code::DatesOutOfRange);
        }
        prop_assert_eq!(blockers(&facts), expected);
    }

    #[test]
    fn a_gap_is_a_day_without_an_owner(stays in prop::collection::vec((-20i64..120, 1i64..80, any::<bool>()), 0..6)) {
        let mut facts = ready(2, 1);
        facts.areas.truncate(1);
        let first = facts.owners[0];
        facts.owners = stays
            .into_iter()
            .map(|(from, days, open)| Owner {
                valid_from: nth_day(from),
                valid_to: (!open || days < 60).then(|| nth_day(from + days)),
                ..first
            })
            .collect();
        let found = blockers(&facts).iter().any(|blocker| blocker.code == Code::OwnershipGap);
        prop_assert_eq!(found, has_gap(&facts));
    }

    #[test]
    fn parity_is_the_spread_between_the_sides(counts in prop::collection::vec(1usize..6, 2..8), tolerance in 0i32..4) {
        let mut facts = ready(counts.len() as u64, 5);
        facts.parity_tolerance = tolerance;
        for (side, count) in (1..).zip(&counts) {
            for number in (*count as u64 + 1)..=5 {
                facts.members.retain(|member| member.person_id != PersonId::demo(100 * side + number));
            }
        }
        let breached = counts.iter().any(|a| counts.iter().any(|b| *a as i32 - *b as i32 > tolerance));
        let found = blockers(&facts).iter().any(|blocker| blocker.code == Code::ParityBreached);
        prop_assert_eq!(found, breached);
    }
}

#[test]
fn an_invitation_is_nobody_yet() {
    let mut facts = ready(2, 1);
    facts.members[0].accepted = false;
    let codes: Vec<_> = blockers(&facts).iter().map(|blocker| blocker.code).collect();
    assert_eq!(codes, [Code::SideEmpty, Code::OwnerNotActiveMember]);
}

#[test]
fn a_signature_of_somebody_who_left_the_seat_is_stale() {
    let mut facts = ready(2, 1);
    facts.signatures[0].superseded = true;
    assert_eq!(blockers(&facts), [Blocker::of_side(Code::SignatureStale, DepartmentId::demo(1))]);
    let again = Signed { superseded: false, ..facts.signatures[0] };
    facts.signatures.push(again);
    assert_eq!(blockers(&facts), []);
}
