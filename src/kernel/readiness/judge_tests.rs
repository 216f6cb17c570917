use proptest::prelude::*;

use super::*;

const fn at(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[test]
fn a_process_is_ready_after_its_first_probe() {
    let readiness = Readiness::default();
    assert_eq!(readiness.check(at(0)), Err(Check::Starting));
    readiness.begin(at(0));
    assert_eq!(readiness.check(at(2_999)), Err(Check::Starting));
    assert_eq!(readiness.finish(at(2_999), Ok(())), None);
    assert_eq!(readiness.check(at(3_000)), Ok(()));
}

#[test]
fn a_probe_that_hangs_is_noticed_before_and_after_the_first_result() {
    let readiness = Readiness::default();
    readiness.begin(at(0));
    assert_eq!(readiness.check(at(3_000)), Err(Check::Database));
    assert_eq!(readiness.check(at(10_000)), Err(Check::Stale));
    readiness.finish(at(11_000), Ok(()));
    readiness.begin(at(12_000));
    assert_eq!(readiness.check(at(14_999)), Ok(()));
    assert_eq!(readiness.check(at(15_000)), Err(Check::Database));
    assert_eq!(readiness.check(at(20_999)), Err(Check::Database));
    assert_eq!(readiness.check(at(21_000)), Err(Check::Stale));
}

#[test]
fn a_probe_that_is_not_started_again_is_noticed() {
    let readiness = Readiness::default();
    readiness.finish(at(0), Ok(()));
    assert_eq!(readiness.check(at(9_999)), Ok(()));
    assert_eq!(readiness.check(at(10_000)), Err(Check::Stale));
}

#[test]
fn failures_are_reported_until_a_probe_succeeds() {
    let readiness = Readiness::default();
    for check in [Check::Database, Check::Migrations, Check::Disk] {
        readiness.finish(at(0), Err(check));
        assert_eq!(readiness.check(at(1)), Err(check));
    }
    assert_eq!(readiness.finish(at(2), Ok(())), Some(Err(Check::Disk)));
    assert_eq!(readiness.check(at(3)), Ok(()));
}

#[test]
fn each_change_is_logged_once() {
    let readiness = Readiness::default();
    let change = |millis| readiness.change(readiness.check(at(millis)));
    // The start is no change, and the probe logs what it finds.
    assert_eq!(change(0), None);
    readiness.begin(at(0));
    assert_eq!(change(2_999), None);
    readiness.finish(at(2_999), Err(Check::Database));
    assert_eq!(change(3_000), None);
    readiness.finish(at(3_000), Ok(()));
    assert_eq!(change(3_000), None);
    // The probe hangs, becomes stale and continues.
    readiness.begin(at(4_000));
    assert_eq!([7_000, 7_001].map(change), [Some(Change::Hangs(Check::Database)), None]);
    assert_eq!([13_000, 13_001].map(change), [Some(Change::Hangs(Check::Stale)), None]);
    readiness.finish(at(14_000), Ok(()));
    assert_eq!([14_000, 14_001].map(change), [Some(Change::Continues), None]);
    // The probe hangs and then logs its result.
    readiness.begin(at(15_000));
    assert_eq!(change(18_000), Some(Change::Hangs(Check::Database)));
    readiness.finish(at(19_000), Err(Check::Database));
    assert_eq!(change(19_000), None);
    readiness.finish(at(20_000), Ok(()));
    assert_eq!(change(20_000), None);
    readiness.drain();
    assert_eq!(change(40_000), None);
}

proptest! {
    #[test]
    fn a_process_is_ready_only_with_a_recent_success(
        last in proptest::option::of((0_u64..60_000, proptest::bool::ANY)),
        running in proptest::option::of(0_u64..60_000),
        now in 0_u64..60_000,
        draining in proptest::bool::ANY,
    ) {
        let readiness = Readiness::default();
        if let Some((finished, passed)) = last {
            readiness.finish(at(finished), if passed { Ok(()) } else { Err(Check::Disk) });
        }
        if let Some(begun) = running {
            readiness.begin(at(begun));
        }
        if draining {
            readiness.drain();
        }
        let is_recent = last.is_some_and(|(finished, passed)| passed && now.saturating_sub(finished) < 10_000);
        let hangs = running.is_some_and(|begun| now.saturating_sub(begun) >= 3_000);
        prop_assert_eq!(readiness.check(at(now)).is_ok(), is_recent && !hangs && !draining);
        if draining {
            prop_assert_eq!(readiness.check(at(now)), Err(Check::Draining));
        }
    }
}
