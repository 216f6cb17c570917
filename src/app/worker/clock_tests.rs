use proptest::prelude::*;

use super::*;

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

fn start() -> UtcTime {
    "2027-03-30T07:00:00Z".parse().unwrap()
}

/// A process that reads its clocks.
struct Process {
    last: Reading,
    state: ClockState,
}

impl Process {
    fn start(stored: Option<ClockState>, now: UtcTime) -> Self {
        // Any monotonic time: another process has another start.
        let last = Reading { now, monotonic: Duration::from_secs(17) };
        Self { last, state: first(stored, last) }
    }

    /// Lets time pass, sets the clock by these seconds, and does a round.
    fn round(&mut self, passed: Duration, set_by: i64) -> ClockState {
        let now = self.last.now.plus(passed).plus_seconds(set_by);
        let reading = Reading { now, monotonic: self.last.monotonic + passed };
        self.state = next(self.state, self.last, reading);
        self.last = reading;
        self.state
    }
}

#[test]
fn deleting_is_allowed_in_a_new_installation() {
    let mut process = Process::start(None, start());
    assert!(process.state.may_delete());
    assert!(process.round(MINUTE, 0).may_delete());
}

#[test]
fn a_jump_forwards_stops_deleting_for_a_day_of_running_time() {
    let mut process = Process::start(None, start());
    let jumped = process.round(MINUTE, 3_601);
    assert!(jumped.jumped && !jumped.may_delete());
    for _ in 0..24 * 60 - 1 {
        let state = process.round(MINUTE, 0);
        assert!(state.jumped && !state.may_delete());
    }
    let state = process.round(MINUTE, 0);
    assert!(!state.jumped && state.may_delete());
}

#[test]
fn a_jump_of_an_hour_at_most_is_tolerated() {
    for set_by in [3_600, -3_600, 1, 0] {
        let mut process = Process::start(None, start());
        let state = process.round(MINUTE, set_by);
        assert!(state.may_delete() && !state.jumped, "{set_by}");
    }
}

#[test]
fn a_correction_of_a_jump_starts_the_wait_again() {
    let mut process = Process::start(None, start());
    process.round(MINUTE, 86_400 * 365);
    process.round(20 * HOUR, 0);
    let corrected = process.round(MINUTE, -86_400 * 365);
    assert_eq!((corrected.wait, corrected.jumped), (DAY, true));
    assert!(process.round(DAY, 0).may_delete());
}

#[test]
fn a_jump_backwards_waits_without_an_alarm() {
    let mut process = Process::start(None, start());
    let back = process.round(MINUTE, -3_601);
    assert!(!back.jumped && !back.may_delete());
    assert!(process.round(DAY, 0).may_delete());
}

#[test]
fn rounds_that_are_hours_apart_are_no_jump() {
    let mut process = Process::start(None, start());
    assert!(process.round(5 * HOUR, 0).may_delete());
}

#[test]
fn a_long_stop_is_no_jump_but_deleting_waits_for_an_hour() {
    let stored = Process::start(None, start()).state;
    let mut process = Process::start(Some(stored), start().plus(30 * DAY));
    assert!(!process.state.jumped && !process.state.may_delete());
    assert!(!process.round(59 * MINUTE, 0).may_delete());
    assert!(process.round(MINUTE, 0).may_delete());
}

#[test]
fn a_clock_that_is_corrected_soon_after_the_start_deletes_nothing() {
    let stored = Process::start(None, start()).state;
    // The machine starts with a clock that is ten years ahead; time synchronisation corrects it.
    let mut process = Process::start(Some(stored), start().plus(3_650 * DAY));
    assert!(!process.round(MINUTE, 0).may_delete());
    assert!(!process.round(MINUTE, -86_400 * 3_650).may_delete());
    assert!(process.round(DAY, 0).may_delete());
}

#[test]
fn a_short_stop_is_continued() {
    let stored = Process::start(None, start()).state;
    for stop in [Duration::ZERO, HOUR] {
        assert!(Process::start(Some(stored), start().plus(stop)).state.may_delete());
        assert!(Process::start(Some(stored), start().minus(stop)).state.may_delete());
    }
}

#[test]
fn a_clock_behind_the_stored_time_waits_for_a_day() {
    let stored = Process::start(None, start()).state;
    let state = Process::start(Some(stored), start().minus(2 * HOUR)).state;
    assert_eq!((state.wait, state.jumped), (DAY, false));
}

proptest! {
    /// However the clock is set and processes restart, data is deleted only after a day of rounds in which the clock
    /// moved like the monotonic time.
    #[test]
    fn deleting_needs_a_day_without_a_jump(
        steps in proptest::collection::vec((0_u64..7_200, -20_000_i64..20_000, proptest::bool::ANY), 1..200),
    ) {
        let mut process = Process::start(None, start());
        let mut since_jump = None;
        for (passed, set_by, restarts) in steps {
            let passed = Duration::from_secs(passed);
            // Most steps do not set the clock.
            let set_by = if set_by % 16 == 0 { set_by } else { 0 };
            if restarts {
                process = Process::start(Some(process.state), process.last.now);
            }
            let state = process.round(passed, set_by);
            if set_by.abs() > 3_600 {
                since_jump = Some(Duration::ZERO);
            } else if let Some(since) = &mut since_jump {
                *since += passed;
            }
            let is_consistent = since_jump.is_none_or(|since| since >= WAIT_AFTER_JUMP);
            prop_assert_eq!(state.may_delete(), is_consistent);
            prop_assert!(!state.jumped || !state.may_delete());
            prop_assert_eq!(state.seen_at, process.last.now);
        }
    }

    /// A stop of any length never raises the alarm, and never shortens a wait.
    #[test]
    fn a_stop_never_looks_like_a_jump(
        stop in -100_000_000_i64..100_000_000,
        wait in 0_u64..86_400,
        jumped in proptest::bool::ANY,
    ) {
        let stored = ClockState { seen_at: start(), wait: Duration::from_secs(wait), jumped };
        let state = Process::start(Some(stored), start().plus_seconds(stop)).state;
        prop_assert_eq!(state.jumped, jumped);
        prop_assert!(state.wait >= stored.wait && state.wait <= WAIT_AFTER_JUMP);
    }
}

#[test]
fn a_longer_wait_of_another_process_is_kept_while_it_is_renewed() {
    let state = |wait| ClockState { seen_at: UtcTime::from_unix_micros(0), wait, jumped: false };
    let (ready, waiting) = (state(Duration::ZERO), state(WAIT_AFTER_JUMP));
    assert!(may_store(ready, None, false, Duration::ZERO));
    assert!(may_store(waiting, Some(ready), false, Duration::ZERO));
    assert!(!may_store(ready, Some(waiting), false, Duration::from_mins(9)));
    assert!(may_store(ready, Some(waiting), false, Duration::from_mins(10)));
    assert!(may_store(ready, Some(waiting), true, Duration::ZERO));
}
