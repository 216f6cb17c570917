//! Tests of readiness: every violated condition is reported exactly once, and no other.

use proptest::prelude::*;

use super::*;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn nth_day(number: i64) -> Day {
    day("2027-01-01").to_jiff().checked_add(jiff::Span::new().days(number)).map(Day::from_jiff).unwrap()
}

/// Returns a project without blockers: `sides` sides, each with `members` members and one area.
fn ready(sides: u64, members: u64) -> ReadinessInput {
    let all = || (1..=sides).map(DepartmentId::demo);
    let member = |side: u64, number: u64| Member {
        person_id: PersonId::demo(100 * side + number),
        department_id: DepartmentId::demo(side),
        accepted: true,
        counts_for_parity: true,
        weight: 1,
        has_home_position: true,
    };
    ReadinessInput {
        starts_on: nth_day(0),
        ends_on: nth_day(100),
        parity_tolerance: 0,
        charter_version: 2,
        goals: vec![nth_day(100)],
        milestones: vec![nth_day(0), nth_day(50)],
        sponsors: (1..=sides)
            .map(|side| SideSponsor {
                department_id: DepartmentId::demo(side),
                sponsor: Some(PersonId::demo(side)),
                accepted: true,
                confirmed: true,
                works_here: true,
            })
            .collect(),
        deactivated_lead: None,
        biased_arbiters: Vec::new(),
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

/// Violates one condition in the project of [`ready`] with 6 sides of 3 members, and returns the expected blocker. Each
/// code uses a side of its own, so that no violation hides another.
fn break_one(input: &mut ReadinessInput, code: Code) -> Blocker {
    let side = |number| Some(DepartmentId::demo(number));
    let area = |number| Some(AreaId::demo(number));
    let plain = Blocker { code, side: None, area: None, person: None };
    match code {
        Code::SponsorVacant => {
            input.sponsors[0].sponsor = None;
            Blocker { side: side(1), ..plain }
        }
        Code::SponsorSamePerson => {
            input.sponsors[2].sponsor = input.sponsors[1].sponsor;
            Blocker { person: input.sponsors[1].sponsor, ..plain }
        }
        Code::SponsorNotAccepted | Code::SponsorNotConfirmed | Code::SponsorNotInDepartment => {
            let sponsor = &mut input.sponsors[3];
            match code {
                Code::SponsorNotAccepted => sponsor.accepted = false,
                Code::SponsorNotConfirmed => sponsor.confirmed = false,
                _ => sponsor.works_here = false,
            }
            Blocker { side: side(4), person: sponsor.sponsor, ..plain }
        }
        Code::LeadDeactivated => {
            input.deactivated_lead = Some(PersonId::demo(997));
            Blocker { person: input.deactivated_lead, ..plain }
        }
        Code::ArbiterNotNeutral => {
            input.biased_arbiters = vec![PersonId::demo(996)];
            Blocker { person: Some(PersonId::demo(996)), ..plain }
        }
        Code::GoalMissing => {
            input.goals.clear();
            plain
        }
        Code::MilestoneMissing => {
            input.milestones.clear();
            plain
        }
        Code::DatesOutOfRange => {
            input.goals.iter_mut().chain(&mut input.milestones).for_each(|due| *due = nth_day(101));
            plain
        }
        Code::SignatureMissing => {
            input.signatures.retain(|signed| signed.department_id != DepartmentId::demo(3));
            Blocker { side: side(3), ..plain }
        }
        Code::SignatureStale => {
            for signed in input.signatures.iter_mut().filter(|signed| signed.department_id == DepartmentId::demo(4)) {
                signed.charter_version = 1;
            }
            Blocker { side: side(4), ..plain }
        }
        Code::SideEmpty => {
            for member in input.members.iter_mut().filter(|member| member.department_id == DepartmentId::demo(5)) {
                member.counts_for_parity = false;
            }
            Blocker { side: side(5), ..plain }
        }
        Code::ParityBreached => {
            let first = input.members[0];
            input.members.push(Member { person_id: PersonId::demo(999), ..first });
            plain
        }
        Code::HomePositionMissing => {
            input.members[1].has_home_position = false;
            Blocker { person: Some(input.members[1].person_id), ..plain }
        }
        Code::OwnershipGap => {
            input.owners.retain(|owner| owner.area_id != AreaId::demo(1));
            Blocker { area: area(1), ..plain }
        }
        Code::OwnerNotActiveMember => {
            input.owners[1].person_id = PersonId::demo(998);
            Blocker { area: area(2), ..plain }
        }
        Code::SideMismatch => {
            input.owners[2].person_id = input.owners[3].person_id;
            Blocker { area: area(3), ..plain }
        }
    }
}

/// Ordered so that violating one condition does not undo the setup of another.
const ALL: [Code; 18] = [
    Code::SponsorNotAccepted,
    Code::SponsorNotConfirmed,
    Code::SponsorNotInDepartment,
    Code::LeadDeactivated,
    Code::ArbiterNotNeutral,
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

/// Checks day by day whether an area lacks an accountable person.
fn has_gap(input: &ReadinessInput) -> bool {
    (0..100).map(nth_day).any(|day| {
        !input.owners.iter().any(|owner| owner.valid_from <= day && owner.valid_to.is_none_or(|end| day < end))
    })
}

proptest! {
    #[test]
    fn a_complete_project_has_no_blockers(sides in 2u64..=8, members in 1u64..4) {
        prop_assert_eq!(blockers(&ready(sides, members)), vec![]);
    }

    #[test]
    fn all_violated_conditions_are_reported_and_no_others(broken in prop::sample::subsequence(ALL.to_vec(), 0..=13)) {
        let mut input = ready(6, 3);
        let mut expected: Vec<_> = broken.iter().map(|code| break_one(&mut input, *code)).collect();
        expected.sort_unstable();
        // Without goals and milestones, no due date can be out of range.
        if broken.contains(&Code::GoalMissing) && broken.contains(&Code::MilestoneMissing) {
            expected.retain(|blocker| blocker.code != Code::DatesOutOfRange);
        }
        prop_assert_eq!(blockers(&input), expected);
    }

    #[test]
    fn a_gap_is_a_day_without_an_owner(stays in prop::collection::vec((-20i64..120, 1i64..80, any::<bool>()), 0..6)) {
        let mut input = ready(2, 1);
        input.areas.truncate(1);
        let first = input.owners[0];
        input.owners = stays
            .into_iter()
            .map(|(from, days, open)| Owner {
                valid_from: nth_day(from),
                valid_to: (!open || days < 60).then(|| nth_day(from + days)),
                ..first
            })
            .collect();
        let found = blockers(&input).iter().any(|blocker| blocker.code == Code::OwnershipGap);
        prop_assert_eq!(found, has_gap(&input));
    }

    #[test]
    fn parity_is_the_spread_between_the_sides(counts in prop::collection::vec(1usize..6, 2..8), tolerance in 0i32..4) {
        let mut input = ready(counts.len() as u64, 5);
        input.parity_tolerance = tolerance;
        for (side, count) in (1..).zip(&counts) {
            for number in (*count as u64 + 1)..=5 {
                input.members.retain(|member| member.person_id != PersonId::demo(100 * side + number));
            }
        }
        let breached = counts.iter().any(|a| counts.iter().any(|b| *a as i32 - *b as i32 > tolerance));
        let found = blockers(&input).iter().any(|blocker| blocker.code == Code::ParityBreached);
        prop_assert_eq!(found, breached);
    }
}

#[test]
fn an_open_invitation_does_not_count() {
    let mut input = ready(2, 1);
    input.members[0].accepted = false;
    let codes: Vec<_> = blockers(&input).iter().map(|blocker| blocker.code).collect();
    assert_eq!(codes, [Code::SideEmpty, Code::OwnerNotActiveMember]);
}

#[test]
fn the_signature_of_a_former_sponsor_is_stale() {
    let mut input = ready(2, 1);
    input.signatures[0].superseded = true;
    assert_eq!(blockers(&input), [Blocker::of_side(Code::SignatureStale, DepartmentId::demo(1))]);
    let again = Signed { superseded: false, ..input.signatures[0] };
    input.signatures.push(again);
    assert_eq!(blockers(&input), []);
}

#[test]
fn a_named_sponsor_counts_only_when_accepted_confirmed_and_in_the_department() {
    let mut input = ready(2, 1);
    let side = input.sponsors[1].department_id;
    input.sponsors[1] = SideSponsor { accepted: false, confirmed: false, works_here: false, ..input.sponsors[1] };
    let found: Vec<_> = blockers(&input).into_iter().map(|one| (one.code, one.side, one.person)).collect();
    let person = input.sponsors[1].sponsor;
    let expected = [Code::SponsorNotAccepted, Code::SponsorNotConfirmed, Code::SponsorNotInDepartment]
        .map(|code| (code, Some(side), person));
    assert_eq!(found, expected);
    assert!(found.iter().all(|(code, ..)| code.blocks_proposal()));
}

#[test]
fn a_deactivated_lead_blocks() {
    let input = ReadinessInput { deactivated_lead: Some(PersonId::demo(9)), ..ready(2, 1) };
    let found: Vec<_> = blockers(&input).into_iter().map(|one| (one.code, one.person)).collect();
    assert_eq!(found, [(Code::LeadDeactivated, Some(PersonId::demo(9)))]);
}

#[test]
fn an_arbiter_who_is_not_neutral_is_a_blocker_of_the_proposal() {
    let input = ReadinessInput { biased_arbiters: vec![PersonId::demo(9)], ..ready(2, 1) };
    let found = blockers(&input);
    assert_eq!(
        found.iter().map(|blocker| (blocker.code, blocker.person)).collect::<Vec<_>>(),
        [(Code::ArbiterNotNeutral, Some(PersonId::demo(9)))]
    );
    assert!(Code::ArbiterNotNeutral.blocks_proposal());
}
