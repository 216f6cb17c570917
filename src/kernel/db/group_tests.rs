use std::collections::VecDeque;
use std::sync::mpsc::Receiver;

use super::*;
use crate::kernel::db::fakes::{Fails, FakeConn, FakeConnections, WRITE, job};

/// Runs jobs, each with the end of its run, as one group, and returns their results.
fn results(connections: &mut FakeConnections, runs: &[Run]) -> Vec<String> {
    let (jobs, received): (Vec<_>, Vec<Receiver<String>>) = runs.iter().map(|run| job(WRITE, &[*run])).unzip();
    let mut jobs: VecDeque<Box<dyn Job<FakeConn>>> = jobs.into();
    let first = jobs.pop_front().unwrap();
    run(connections, first, || jobs.pop_front(), &Faults::default());
    received.iter().map(|result| result.try_recv().unwrap_or_else(|_| "waits".to_owned())).collect()
}

#[test]
fn all_get_their_result_after_one_commit() {
    let mut connections = FakeConnections::that(&[Fails::Nothing]);
    assert_eq!(results(&mut connections, &[Run::Commit, Run::Rollback, Run::Commit]), ["done"; 3]);
    assert_eq!(
        connections.steps(),
        ["begin", "run", "open", "savepoint", "run", "rollback", "savepoint", "run", "release", "commit"]
    );
}

#[test]
fn a_failed_first_job_ends_the_transaction() {
    let mut connections = FakeConnections::that(&[Fails::Nothing]);
    assert_eq!(results(&mut connections, &[Run::Rollback, Run::Commit]), ["done", "waits"]);
    assert_eq!(connections.steps(), ["begin", "run", "rollback"]);
    // Whether its rollback succeeds or not.
    let mut connections = FakeConnections::that(&[Fails::Rollback]);
    assert_eq!(results(&mut connections, &[Run::Rollback, Run::Commit]), ["done", "waits"]);
    assert_eq!(connections.discarded.len(), 1);
}

#[test]
fn a_failed_savepoint_rolls_back_the_whole_group() {
    for (fails, second) in
        [(Fails::Savepoint, Run::Commit), (Fails::Release, Run::Commit), (Fails::Rollback, Run::Rollback)]
    {
        let mut connections = FakeConnections::that(&[fails]);
        let expected = ["unavailable", "unavailable", "waits"];
        assert_eq!(results(&mut connections, &[Run::Commit, second, Run::Commit]), expected, "{fails:?}");
        let steps = &connections.discarded[0];
        assert_eq!(steps.last(), Some(&"abort"), "{fails:?}");
        assert!(!steps.contains(&"commit"), "{fails:?}");
    }
}

#[test]
fn a_transaction_that_has_ended_by_itself_fails_all() {
    let mut connections = FakeConnections::that(&[Fails::Open]);
    assert_eq!(results(&mut connections, &[Run::Commit; 3]), ["unavailable", "unavailable", "waits"]);
    // The second job has not run.
    assert_eq!(connections.discarded, [["begin", "run", "open", "abort"]]);
}

#[test]
fn a_failed_commit_fails_all() {
    for (message, expected) in [("disk I/O error", "unavailable"), ("database or disk is full", "insufficient_storage")]
    {
        let mut connections = FakeConnections::that(&[Fails::Commit(message)]);
        assert_eq!(results(&mut connections, &[Run::Commit, Run::Rollback]), [expected; 2]);
    }
}

#[test]
fn a_lock_that_is_not_acquired_fails_only_the_first() {
    let mut connections = FakeConnections::that(&[Fails::Begin]);
    assert_eq!(results(&mut connections, &[Run::Commit, Run::Commit]), ["unavailable", "waits"]);
    assert_eq!(connections.discarded.len(), 1);
    assert_eq!(results(&mut FakeConnections::that(&[]), &[Run::Commit]), ["unavailable"]);
}
