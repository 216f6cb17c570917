//! The wait of a side: examples, and random changes of the head on random days.

use proptest::prelude::*;

use super::*;
use crate::collaboration::projects::SideStanding;
use crate::kernel::ids::{DepartmentId, PersonId, ProjectId};

const HOUR: i64 = 3_600;

fn instant(text: &str) -> UtcTime {
    text.parse().unwrap()
}

fn calendar() -> Calendar {
    Calendar::prague().unwrap()
}

fn end(from: UtcTime, days: usize) -> UtcTime {
    response_time::end(&calendar(), from, days)
}

fn vacant(wait: Option<HeadWait>) -> Side {
    let (project, department) = (ProjectId::demo(1), DepartmentId::demo(1));
    let row = SideRow::vacant(project, department, 0, SideStanding::Current, instant("2027-01-01T08:00:00Z"));
    Side { row: row.waiting(wait), head: None, head_is_first: false, sponsor_works_here: false }
}

fn with_sponsor(since: UtcTime, wait: Option<HeadWait>) -> Side {
    let side = vacant(wait);
    let row = SideRow {
        sponsor_person_id: Some(PersonId::demo(1)),
        sponsor_accepted_at: Some(since),
        sponsor_confirmed_at: Some(since),
        vacant_since: None,
        ..side.row.clone()
    };
    Side { sponsor_works_here: true, ..side.with(row) }
}

fn changed(side: &Side, days: usize, at: UtcTime) -> Side {
    side.with(side.row.clone().waiting(Some(HeadWait::after(side, &calendar(), days, at))))
}

#[test]
fn the_wait_of_one_change_is_the_time_to_respond() {
    let at = instant("2027-03-30T08:00:00Z");
    let wait = changed(&vacant(None), 3, at).head_wait().unwrap();
    assert_eq!(wait, HeadWait::first(&calendar(), 3, at));
    assert_eq!((wait.since, wait.until), (at, instant("2027-04-02T22:00:00Z")));
    assert_eq!(wait.someone_acts_from(), wait.until);
    assert_eq!(vacant(None).head_wait(), None);
}

#[test]
fn a_change_with_a_sponsor_in_office_begins_a_new_row() {
    let at = instant("2027-03-30T08:00:00Z");
    let side = with_sponsor(at.plus_seconds(-HOUR), Some(HeadWait::first(&calendar(), 3, at)));
    let next = at.plus_seconds(HOUR);
    assert_eq!(changed(&side, 3, next).head_wait().unwrap().since, next);
    assert_eq!(changed(&vacant(side.head_wait()), 3, next).head_wait().unwrap().since, at);
}

#[test]
fn the_panel_waits_for_a_side_that_had_no_sponsor_in_the_wait() {
    let at = instant("2027-03-30T08:00:00Z");
    let wait = HeadWait::first(&calendar(), 3, at);
    let planned = at.plus_seconds(HOUR);
    let (before, later) = (with_sponsor(at, Some(wait)), with_sponsor(planned, Some(wait)));
    assert_eq!(before_panel(&[before.clone(), vacant(None)], planned), None);
    assert_eq!(before_panel(&[before, later], planned), Some(wait));
    assert_eq!(before_panel(&[vacant(Some(wait))], planned), Some(wait));
    // A change when the panel can decide already comes too late.
    assert_eq!(before_panel(&[vacant(Some(wait))], at), None);
    assert_eq!(panel_decides_from(planned, wait, &calendar(), 3), end(wait.until, 3));
    let late = at.plus_seconds(1_000 * HOUR);
    assert_eq!(panel_decides_from(late, wait, &calendar(), 3), late);
}

proptest! {
    /// However often the head of a side without a sponsor changes, an administrator can act after three
    /// times the time to respond.
    #[test]
    fn a_row_of_changes_does_not_keep_a_side_without_a_sponsor(
        days in 1..6_usize,
        gaps in prop::collection::vec(0..400_i64, 1..40),
    ) {
        let start = instant("2027-03-01T08:00:00Z");
        let mut side = changed(&vacant(None), days, start);
        let mut at = start;
        for gap in gaps {
            at = at.plus_seconds(gap * HOUR);
            let before = side.head_wait().unwrap();
            side = changed(&side, days, at);
            let wait = side.head_wait().unwrap();
            let limit = end(end(end(wait.since, days), days), days);
            prop_assert!(wait.someone_acts_from() <= limit);
            // Each new head has the whole wait.
            prop_assert!(wait.until >= end(at, days));
            // A head who was able to act for the whole time begins a new row.
            prop_assert_eq!(wait.since == at && before.since != at, at >= end(before.until, days));
        }
    }

    /// The wait after one more change is never shortened, not even for an administrator.
    #[test]
    fn one_more_change_has_its_whole_wait(days in 1..6_usize, gap in 0..1_000_i64) {
        let start = instant("2027-03-01T08:00:00Z");
        let at = start.plus_seconds(gap * HOUR);
        let wait = changed(&changed(&vacant(None), days, start), days, at).head_wait().unwrap();
        prop_assert_eq!(wait.someone_acts_from(), end(at, days));
    }

    /// However a side without a sponsor changes its head, the panel can decide, and once it can, it can for good.
    #[test]
    fn changes_of_the_head_do_not_keep_the_panel_waiting(
        days in 1..6_usize,
        planned in 0..1_000_i64,
        gaps in prop::collection::vec(0..200_i64, 1..60),
    ) {
        let start = instant("2027-03-01T08:00:00Z");
        let planned = start.plus_seconds(planned * HOUR);
        let from = |side: &Side| match before_panel(std::slice::from_ref(side), planned) {
            Some(wait) => panel_decides_from(planned, wait, &calendar(), days),
            None => planned,
        };
        let latest = end(end(end(end(planned, days), days), days), days);
        let (mut side, mut at) = (vacant(None), start);
        for gap in gaps {
            at = at.plus_seconds(gap * HOUR);
            let could_decide = from(&side) <= at;
            side = changed(&side, days, at);
            prop_assert!(from(&side) <= latest);
            prop_assert!(!could_decide || from(&side) <= at, "at {at}: {:?}", side.head_wait());
        }
    }
}
