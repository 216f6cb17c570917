//! A clock that jumps deletes nothing; time that passes does.

use std::time::Duration;

use diesel::prelude::*;
use entente::app::worker::{Cleanup, Parts};
use entente::kernel::db::schema::{events, worker_clock};

use super::support::*;
use super::webhooks::create_department;

const DAY: Duration = Duration::from_hours(24);
const RETENTION: Duration = Duration::from_hours(31 * 24);

/// Returns the cleanup of a process that has just started.
fn started(app: &TestApp) -> Cleanup {
    Cleanup::new(Parts::of(&app.context))
}

/// Returns the number of stored events after a round.
async fn events_after_round(app: &TestApp, cleanup: &mut Cleanup) -> i64 {
    cleanup.round().await.unwrap();
    app.state.db.read(|conn| Ok(events::table.count().get_result(conn)?)).await.unwrap()
}

/// Returns the stored state: how long deleting waits, in seconds, and whether the clock jumped.
async fn stored(app: &TestApp) -> (i64, bool) {
    let rows: Vec<(i64, bool)> = app
        .state
        .db
        .read(|conn| Ok(worker_clock::table.select((worker_clock::wait_seconds, worker_clock::jumped)).load(conn)?))
        .await
        .unwrap();
    assert_eq!(rows.len(), 1);
    rows[0]
}

/// Records an event and does a first round.
async fn with_event(app: &TestApp) -> Cleanup {
    create_department(app, "care").await;
    app.drained_feed().await;
    let mut cleanup = started(app);
    assert_eq!(events_after_round(app, &mut cleanup).await, 1);
    assert_eq!(stored(app).await, (0, false));
    cleanup
}

#[apply(both)]
async fn events_are_deleted_when_their_time_has_passed(app: TestApp) {
    let mut cleanup = with_event(&app).await;
    app.clock.pass(RETENTION);
    assert_eq!(events_after_round(&app, &mut cleanup).await, 0);
}

#[apply(both)]
async fn a_jump_deletes_nothing_for_a_day_across_restarts(app: TestApp) {
    let mut cleanup = with_event(&app).await;
    app.clock.advance(RETENTION);
    assert_eq!(events_after_round(&app, &mut cleanup).await, 1);
    assert_eq!(stored(&app).await, (86_400, true));
    app.clock.pass(DAY / 2);
    assert_eq!(events_after_round(&app, &mut cleanup).await, 1);
    assert_eq!(stored(&app).await, (43_200, true));

    let mut restarted = started(&app);
    assert_eq!(events_after_round(&app, &mut restarted).await, 1);
    app.clock.pass(DAY / 2 - Duration::from_secs(1));
    assert_eq!(events_after_round(&app, &mut restarted).await, 1);
    app.clock.pass(Duration::from_secs(1));
    assert_eq!(events_after_round(&app, &mut restarted).await, 0);
    assert_eq!(stored(&app).await, (0, false));
}

#[apply(both)]
async fn a_jump_that_is_corrected_deletes_nothing(app: TestApp) {
    let mut cleanup = with_event(&app).await;
    let right = app.now();
    app.clock.advance(RETENTION);
    assert_eq!(events_after_round(&app, &mut cleanup).await, 1);
    app.clock.set(right);
    for _ in 0..3 {
        app.clock.pass(DAY);
        assert_eq!(events_after_round(&app, &mut cleanup).await, 1);
    }
    assert_eq!(stored(&app).await, (0, false));
}

#[apply(both)]
async fn a_long_stop_raises_no_alarm_and_delays_the_deletion_by_an_hour(app: TestApp) {
    drop(with_event(&app).await);
    app.clock.pass(RETENTION);
    let mut restarted = started(&app);
    assert_eq!(events_after_round(&app, &mut restarted).await, 1);
    assert_eq!(stored(&app).await, (3_600, false));
    app.clock.pass(Duration::from_hours(1));
    assert_eq!(events_after_round(&app, &mut restarted).await, 0);
}

#[apply(both)]
async fn processes_can_store_their_clocks_at_the_same_time(app: TestApp) {
    let rounds = (0..20).map(|_| {
        let mut cleanup = started(&app);
        async move { cleanup.round().await }
    });
    for outcome in futures_util::future::join_all(rounds).await {
        outcome.unwrap();
    }
    assert_eq!(stored(&app).await, (0, false));
}
