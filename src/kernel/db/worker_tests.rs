use std::sync::{Arc, mpsc};

use diesel::connection::SimpleConnection;

use super::*;
use crate::kernel::config::DatabaseUrl;
use crate::kernel::db::DbOptions;
use crate::kernel::db::fakes::WRITE;
use crate::kernel::db::job::{Job, Kind, Progress, Run};
use crate::kernel::db::queues::Queue;

/// A job that calls a function, and then reports that it has run.
struct Calls {
    kind: Kind,
    progress: Arc<Progress>,
    work: fn(&mut DbConn) -> Run,
    report: mpsc::Sender<&'static str>,
}

impl Job<DbConn> for Calls {
    fn progress(&self) -> Arc<Progress> {
        self.progress.clone()
    }

    fn kind(&self) -> Kind {
        self.kind
    }

    fn run(&mut self, conn: &mut DbConn, _: &Faults) -> Run {
        (self.work)(conn)
    }

    fn finish(self: Box<Self>, _: bool) {
        self.report.send("done").unwrap();
    }

    fn fail(self: Box<Self>, _: Error) {
        self.report.send("failed").unwrap();
    }
}

/// A worker on a new SQLite database, which is deleted at the end.
struct Bench {
    entrances: Arc<Entrances<Work>>,
    queues: Queues<Work>,
    options: DbOptions,
}

impl Bench {
    fn new(name: &str) -> Self {
        let file = std::env::temp_dir().join(format!("entente-worker-{}-{name}.db", std::process::id()));
        let (entrances, queues) = Queues::new(8);
        let options = DbOptions::new(DatabaseUrl::Sqlite(file));
        Self { entrances: Arc::new(entrances), queues, options }
    }

    fn add(&self, kind: Kind, work: fn(&mut DbConn) -> Run) -> mpsc::Receiver<&'static str> {
        let (report, reported) = mpsc::channel();
        self.entrances.add(Queue::Reads, Box::new(Calls { kind, progress: Arc::default(), work, report })).unwrap();
        reported
    }

    /// Returns a worker and its connections.
    fn worker(&self, wait: LockWait) -> (Worker, r2d2::Pool<Manager>) {
        let worker = Worker {
            queues: self.queues.of_thread(wait == LockWait::Brief),
            entrances: Arc::downgrade(&self.entrances),
            mode: Mode::Single,
            wait,
            faults: Faults::default(),
            lost: Arc::default(),
        };
        let pool = r2d2::Pool::builder().max_size(1).min_idle(Some(0)).test_on_check_out(false);
        (worker, pool.build_unchecked(Manager::new(&self.options, None)))
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let DatabaseUrl::Sqlite(file) = &self.options.url else { return };
        for suffix in ["", "-wal", "-shm"] {
            let mut name = file.clone().into_os_string();
            name.push(suffix);
            let _ = std::fs::remove_file(name);
        }
    }
}

#[test]
fn a_thread_survives_a_panic_and_gives_up_its_connection() {
    let bench = Bench::new("panic");
    let panics = bench.add(WRITE, |_| panic!("on purpose"));
    // The connection of the first job is left in a transaction.
    let next = bench.add(WRITE, |_| Run::Commit);
    let (worker, pool) = bench.worker(LockWait::Usual);
    let thread = std::thread::spawn(move || worker.run(pool));
    assert_eq!(next.recv().unwrap(), "done");
    assert!(panics.recv().is_err());
    drop(bench);
    thread.join().unwrap();
}

#[test]
fn a_transaction_that_sqlite_ended_in_the_first_job_fails_the_group() {
    let bench = Bench::new("ended");
    let first = bench.add(WRITE, |conn| {
        // As SQLite does by itself after some errors, which the job has hidden.
        conn.batch_execute("ROLLBACK").unwrap();
        Run::Commit
    });
    // Its table must not be kept, because its caller is informed that nothing was changed.
    let second = bench.add(WRITE, |conn| {
        conn.batch_execute("CREATE TABLE lost (id INTEGER)").unwrap();
        Run::Commit
    });
    let (mut worker, pool) = bench.worker(LockWait::Usual);
    worker.mode = Mode::Grouped;
    let thread = std::thread::spawn(move || worker.run(pool));
    assert_eq!([first.recv().unwrap(), second.recv().unwrap()], ["failed"; 2]);
    let next = bench.add(WRITE, |conn| {
        conn.batch_execute("CREATE TABLE lost (id INTEGER)").unwrap();
        Run::Commit
    });
    assert_eq!(next.recv().unwrap(), "done");
    drop(bench);
    thread.join().unwrap();
}

#[test]
fn a_thread_ends_when_its_job_was_expired() {
    let bench = Bench::new("expired");
    let (worker, pool) = bench.worker(LockWait::Usual);
    let lost = worker.lost.clone();
    lost.store(1, Ordering::SeqCst);
    let progress = Arc::new(Progress::default());
    let (report, reported) = mpsc::channel();
    let job = Expired(Calls { kind: WRITE, progress, work: |_| Run::Commit, report });
    bench.entrances.add(Queue::Others, Box::new(job)).unwrap();
    worker.run(pool);
    assert_eq!(reported.recv().unwrap(), "done");
    assert_eq!(lost.load(Ordering::SeqCst), 0);
}

/// A job that its caller gives up while it runs.
struct Expired(Calls);

impl Job<DbConn> for Expired {
    fn progress(&self) -> Arc<Progress> {
        self.0.progress()
    }

    fn kind(&self) -> Kind {
        self.0.kind
    }

    fn run(&mut self, conn: &mut DbConn, faults: &Faults) -> Run {
        assert!(self.0.progress.expire());
        self.0.run(conn, faults)
    }

    fn finish(self: Box<Self>, unsettled: bool) {
        Box::new(self.0).finish(unsettled);
    }

    fn fail(self: Box<Self>, error: Error) {
        Box::new(self.0).fail(error);
    }
}

#[test]
fn a_reserved_thread_hands_over_what_is_blocked() {
    let bench = Bench::new("blocked");
    let blocked = bench.add(WRITE, |_| Run::Blocked);
    let next = bench.add(Kind::Read, |_| Run::Commit);
    let (worker, pool) = bench.worker(LockWait::Brief);
    let thread = std::thread::spawn(move || worker.run(pool));
    assert_eq!(next.recv().unwrap(), "done");
    assert!(blocked.try_recv().is_err());
    assert_eq!(bench.entrances.waiting(), 1);
    let (worker, pool) = bench.worker(LockWait::Usual);
    let other = std::thread::spawn(move || worker.run(pool));
    assert_eq!(blocked.recv().unwrap(), "done");
    drop(bench);
    thread.join().unwrap();
    other.join().unwrap();
}
