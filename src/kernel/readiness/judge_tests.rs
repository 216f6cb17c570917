use std::sync::atomic::AtomicU64;

use proptest::prelude::*;

use super::*;
use crate::kernel::time::UtcTime;

/// A readiness with a clock that shows the given milliseconds.
struct Process {
    readiness: Readiness,
    clock: Arc<TestClock>,
}

#[derive(Default)]
struct TestClock(AtomicU64);

impl Clock for TestClock {
    fn now(&self) -> UtcTime {
        panic!("readiness does not depend on the time of day")
    }

    fn monotonic(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::SeqCst))
    }
}

impl Process {
    fn new() -> Self {
        let clock = Arc::<TestClock>::default();
        Self { readiness: Readiness::new(clock.clone()), clock }
    }

    fn at(&self, millis: u64) -> &Readiness {
        self.clock.0.store(millis, Ordering::SeqCst);
        &self.readiness
    }
}

#[test]
fn a_process_is_ready_after_its_first_probe() {
    let process = Process::new();
    assert_eq!(process.at(0).check(), Err(Check::Starting));
    process.at(0).begin();
    assert_eq!(process.at(2_999).check(), Err(Check::Starting));
    assert_eq!(process.at(2_999).finish(Ok(())), None);
    assert_eq!(process.at(3_000).check(), Ok(()));
}

#[test]
fn a_probe_that_hangs_is_noticed_before_and_after_the_first_result() {
    let process = Process::new();
    process.at(0).begin();
    assert_eq!(process.at(3_000).check(), Err(Check::Database));
    assert_eq!(process.at(10_000).check(), Err(Check::Stale));
    process.at(11_000).finish(Ok(()));
    process.at(12_000).begin();
    assert_eq!(process.at(14_999).check(), Ok(()));
    assert_eq!(process.at(15_000).check(), Err(Check::Database));
    assert_eq!(process.at(20_999).check(), Err(Check::Database));
    assert_eq!(process.at(21_000).check(), Err(Check::Stale));
}

#[test]
fn a_probe_that_is_not_started_again_is_noticed() {
    let process = Process::new();
    process.at(0).finish(Ok(()));
    assert_eq!(process.at(9_999).check(), Ok(()));
    assert_eq!(process.at(10_000).check(), Err(Check::Stale));
}

#[test]
fn failures_are_reported_until_a_probe_succeeds() {
    let process = Process::new();
    for check in [Check::Database, Check::Migrations, Check::Disk] {
        process.at(0).finish(Err(check));
        assert_eq!(process.at(1).check(), Err(check));
    }
    assert_eq!(process.at(2).finish(Ok(())), Some(Err(Check::Disk)));
    assert_eq!(process.at(3).check(), Ok(()));
}

#[test]
fn each_change_is_logged_once() {
    let process = Process::new();
    let change = |millis| process.readiness.change(process.at(millis).check());
    // The start is no change, and the probe logs what it finds.
    assert_eq!(change(0), None);
    process.at(0).begin();
    assert_eq!(change(2_999), None);
    process.at(2_999).finish(Err(Check::Database));
    assert_eq!(change(3_000), None);
    process.at(3_000).finish(Ok(()));
    assert_eq!(change(3_000), None);
    // The probe hangs, becomes stale and continues.
    process.at(4_000).begin();
    assert_eq!([7_000, 7_001].map(change), [Some(Change::Hangs(Check::Database)), None]);
    assert_eq!([13_000, 13_001].map(change), [Some(Change::Hangs(Check::Stale)), None]);
    process.at(14_000).finish(Ok(()));
    assert_eq!([14_000, 14_001].map(change), [Some(Change::Continues), None]);
    // The probe hangs and then logs its result.
    process.at(15_000).begin();
    assert_eq!(change(18_000), Some(Change::Hangs(Check::Database)));
    process.at(19_000).finish(Err(Check::Database));
    assert_eq!(change(19_000), None);
    process.at(20_000).finish(Ok(()));
    assert_eq!(change(20_000), None);
    process.readiness.drain();
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
        let process = Process::new();
        if let Some((finished, passed)) = last {
            process.at(finished).finish(if passed { Ok(()) } else { Err(Check::Disk) });
        }
        if let Some(begun) = running {
            process.at(begun).begin();
        }
        if draining {
            process.readiness.drain();
        }
        let is_recent = last.is_some_and(|(finished, passed)| passed && now.saturating_sub(finished) < 10_000);
        let hangs = running.is_some_and(|begun| now.saturating_sub(begun) >= 3_000);
        prop_assert_eq!(process.at(now).check().is_ok(), is_recent && !hangs && !draining);
        if draining {
            prop_assert_eq!(process.at(now).check(), Err(Check::Draining));
        }
    }
}
