use super::*;
use crate::kernel::db::fakes::{Fails, FakeConnections, KEYED, WRITE, job};

/// Runs a job and returns its result.
fn result(connections: &mut FakeConnections, kind: Kind, runs: &[Run]) -> String {
    let (job, result) = job(kind, runs);
    assert!(run(connections, job, LockWait::Usual, &Faults::default()).is_none());
    let received = result.try_recv().unwrap();
    assert!(result.try_recv().is_err(), "two results");
    received
}

#[test]
fn a_connection_that_is_lost_before_the_commit_is_replaced_once() {
    for kind in [Kind::Read, WRITE, KEYED] {
        let mut connections = FakeConnections::that(&[Fails::Nothing, Fails::Nothing]);
        assert_eq!(result(&mut connections, kind, &[Run::Broken]), "done");
        assert_eq!((connections.opened, connections.discarded.len()), (2, 1));
        assert!(!connections.discarded[0].contains(&"commit"));

        let mut connections = FakeConnections::that(&[Fails::Nothing; 3]);
        assert_eq!(result(&mut connections, kind, &[Run::Broken, Run::Broken]), "unavailable");
        assert_eq!((connections.opened, connections.discarded.len()), (2, 2));

        let mut connections = FakeConnections::that(&[Fails::Nothing]);
        assert_eq!(result(&mut connections, kind, &[Run::Broken]), "unavailable");
    }
}

#[test]
fn a_lost_connection_is_noticed_when_a_step_of_the_transaction_fails() {
    let mut connections = FakeConnections::that(&[Fails::Begin, Fails::Nothing]);
    assert_eq!(result(&mut connections, WRITE, &[]), "done");
    assert_eq!(connections.discarded, [vec!["begin"]]);
    // The job hid the error of the connection.
    let mut connections = FakeConnections::that(&[Fails::Rollback, Fails::Nothing]);
    assert_eq!(result(&mut connections, WRITE, &[Run::Rollback]), "done");
    assert_eq!(connections.discarded, [vec!["begin", "run", "rollback"]]);
}

#[test]
fn without_a_key_the_outcome_of_a_lost_commit_is_unknown_and_never_repeated() {
    let mut connections = FakeConnections::that(&[Fails::CommitLost, Fails::Nothing]);
    assert_eq!(result(&mut connections, WRITE, &[]), "outcome_unknown");
    assert_eq!((connections.opened, connections.discarded.len()), (1, 1));
}

#[test]
fn with_a_key_a_lost_commit_is_settled_by_another_run() {
    let mut connections = FakeConnections::that(&[Fails::CommitLost, Fails::Nothing]);
    assert_eq!(result(&mut connections, KEYED, &[]), "settled");
    // The stored response is an error that rolls back.
    let mut connections = FakeConnections::that(&[Fails::CommitLost, Fails::Nothing]);
    assert_eq!(result(&mut connections, KEYED, &[Run::Commit, Run::Rollback]), "settled");
    assert_eq!(connections.steps(), ["begin", "run", "rollback"]);
}

#[test]
fn a_lost_commit_on_a_replaced_connection_is_unknown() {
    for kind in [WRITE, KEYED] {
        let mut connections = FakeConnections::that(&[Fails::Begin, Fails::CommitLost, Fails::Nothing]);
        assert_eq!(result(&mut connections, kind, &[]), "outcome_unknown");
        assert_eq!((connections.opened, connections.discarded.len()), (2, 2));
        let mut connections = FakeConnections::that(&[Fails::Nothing, Fails::CommitLost, Fails::Nothing]);
        assert_eq!(result(&mut connections, kind, &[Run::Broken]), "outcome_unknown");
    }
}

#[test]
fn an_outcome_that_cannot_be_settled_stays_unknown() {
    for (connections, runs) in [
        (vec![Fails::CommitLost], vec![]),
        (vec![Fails::CommitLost, Fails::CommitLost], vec![]),
        (vec![Fails::CommitLost, Fails::Begin], vec![]),
        (vec![Fails::CommitLost, Fails::Nothing], vec![Run::Commit, Run::Broken]),
        (vec![Fails::CommitLost, Fails::Commit("disk on fire")], vec![]),
    ] {
        assert_eq!(
            result(&mut FakeConnections::that(&connections), KEYED, &runs),
            "outcome_unknown",
            "{connections:?}"
        );
    }
    let mut forever = vec![Run::Commit];
    forever.extend([Run::Retry; 10]);
    let mut connections = FakeConnections::that(&[Fails::CommitLost, Fails::Nothing]);
    assert_eq!(result(&mut connections, KEYED, &forever), "outcome_unknown");
}

#[test]
fn a_refused_commit_is_rolled_back_and_not_unknown() {
    for (message, expected) in [
        ("current transaction is aborted, commands ignored until end of transaction block", "internal_error"),
        ("canceling statement due to statement timeout", "unavailable"),
        ("could not extend file: No space left on device", "insufficient_storage"),
    ] {
        let mut connections = FakeConnections::that(&[Fails::Commit(message), Fails::Nothing]);
        assert_eq!(result(&mut connections, KEYED, &[]), expected, "{message}");
        assert_eq!(connections.opened, 1);
    }
    let mut connections = FakeConnections::that(&[Fails::Commit("deadlock detected")]);
    assert_eq!(result(&mut connections, WRITE, &[]), "unavailable");
    assert_eq!(connections.steps().iter().filter(|step| **step == "run").count(), ATTEMPTS as usize);
}

#[test]
fn serialisation_failures_are_retried_and_timeouts_are_not() {
    let mut connections = FakeConnections::that(&[Fails::Nothing]);
    assert_eq!(result(&mut connections, WRITE, &[Run::Retry, Run::Retry]), "done");
    assert_eq!(connections.steps().iter().filter(|step| **step == "run").count(), 3);
    let mut connections = FakeConnections::that(&[Fails::Nothing]);
    assert_eq!(result(&mut connections, WRITE, &[Run::Blocked]), "done");
    assert_eq!(connections.steps(), ["begin", "run", "rollback"]);
}

#[test]
fn a_reserved_thread_hands_over_what_waits_for_a_lock() {
    let mut connections = FakeConnections::that(&[Fails::Nothing]);
    let (blocked, received) = job(WRITE, &[Run::Blocked]);
    let returned = run(&mut connections, blocked, LockWait::Brief, &Faults::default()).unwrap();
    assert_eq!(connections.steps(), ["begin", "run", "rollback"]);
    assert!(received.try_recv().is_err());
    assert!(run(&mut connections, returned, LockWait::Usual, &Faults::default()).is_none());
    assert_eq!(received.try_recv().unwrap(), "done");
}

#[test]
fn a_connection_that_is_left_in_a_transaction_is_not_used_again() {
    let mut connections = FakeConnections::that(&[Fails::Nothing, Fails::Nothing]);
    connections.get().unwrap().usable = false;
    assert_eq!(result(&mut connections, WRITE, &[Run::Rollback]), "done");
    assert_eq!(connections.discarded.len(), 1);
}
