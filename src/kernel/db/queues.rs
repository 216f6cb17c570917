//! The queues of the database threads, and which thread serves which.
//!
//! Rules: a quarter of the threads, at least one if there are several, serve only reads and the writes of visitors, so
//! that other writes that wait for a lock never occupy all threads. Queues are bounded.

use crossbeam_channel::{Receiver, Sender, TrySendError, never, select};

use super::faults;
use crate::kernel::error::Error;

/// Maximum number of waiting jobs per queue and connection.
pub(super) const LENGTH: usize = 128;

/// A queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Queue {
    Reads,
    /// Writes that a visitor or a read waits for.
    Urgent,
    /// Writes of all others, and slow reads.
    Others,
}

/// The ends of the queues that accept jobs. The threads stop when they are dropped.
pub(super) struct Entrances<J> {
    reads: Sender<J>,
    urgent: Sender<J>,
    others: Sender<J>,
}

impl<J> Entrances<J> {
    /// Adds a job.
    ///
    /// # Errors
    /// 503 when the queue is full.
    pub(super) fn add(&self, queue: Queue, job: J) -> Result<(), Error> {
        let queue = match queue {
            Queue::Reads => &self.reads,
            Queue::Urgent => &self.urgent,
            Queue::Others => &self.others,
        };
        queue.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => faults::unavailable(),
            TrySendError::Disconnected(_) => Error::internal("the database threads have stopped"),
        })
    }

    /// Moves a job to the queue of the others; returns it if that is full.
    pub(super) fn hand_over(&self, job: J) -> Result<(), J> {
        self.others.try_send(job).map_err(TrySendError::into_inner)
    }

    /// Returns the number of jobs that wait.
    pub(super) fn waiting(&self) -> usize {
        self.reads.len() + self.urgent.len() + self.others.len()
    }
}

/// The queues that a thread serves.
pub(super) struct Queues<J> {
    reads: Receiver<J>,
    urgent: Receiver<J>,
    others: Receiver<J>,
}

impl<J> Queues<J> {
    /// Creates queues of this capacity.
    pub(super) fn new(capacity: usize) -> (Entrances<J>, Self) {
        let (reads, for_reads) = crossbeam_channel::bounded(capacity);
        let (urgent, for_urgent) = crossbeam_channel::bounded(capacity);
        let (others, for_others) = crossbeam_channel::bounded(capacity);
        (Entrances { reads, urgent, others }, Self { reads: for_reads, urgent: for_urgent, others: for_others })
    }

    /// Returns the queues of a thread, which is reserved for reads and visitors or not.
    pub(super) fn of_thread(&self, reserved: bool) -> Self {
        Self {
            reads: self.reads.clone(),
            urgent: self.urgent.clone(),
            others: if reserved { never() } else { self.others.clone() },
        }
    }

    /// Waits for a job. Returns `None` when no more can arrive.
    pub(super) fn next(&self) -> Option<J> {
        let job = select! {
            recv(self.reads) -> job => job,
            recv(self.urgent) -> job => job,
            recv(self.others) -> job => job,
        };
        // A closed queue is noticed before the jobs that still wait in the other ones.
        job.ok().or_else(|| self.try_next())
    }

    /// Returns a waiting job.
    pub(super) fn try_next(&self) -> Option<J> {
        let queues = [&self.reads, &self.urgent, &self.others];
        queues.into_iter().find_map(|queue| queue.try_recv().ok())
    }
}

/// Returns how many of the threads are reserved for reads and visitors.
pub(super) fn reserved(threads: u32) -> u32 {
    if threads < 2 { 0 } else { (threads / 4).max(1) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::error::Code;

    #[test]
    fn a_quarter_of_the_threads_is_reserved() {
        let counts: Vec<u32> = [1, 2, 3, 4, 7, 8, 64].into_iter().map(reserved).collect();
        assert_eq!(counts, [0, 1, 1, 1, 1, 2, 16]);
    }

    #[test]
    fn a_full_queue_refuses_at_once_and_leaves_the_others_open() {
        let (entrances, queues) = Queues::new(2);
        for number in 0..2 {
            entrances.add(Queue::Others, number).unwrap();
        }
        let refused = entrances.add(Queue::Others, 2).unwrap_err().as_problem();
        assert_eq!(refused.code, Code::Unavailable);
        assert_eq!(refused.headers, [("Retry-After", "1".to_owned())]);
        assert_eq!(entrances.hand_over(3), Err(3));
        entrances.add(Queue::Reads, 4).unwrap();
        entrances.add(Queue::Urgent, 5).unwrap();
        assert_eq!(entrances.waiting(), 4);
        assert_eq!((0..5).filter_map(|_| queues.try_next()).collect::<Vec<_>>(), [4, 5, 0, 1]);
    }

    #[test]
    fn reserved_threads_never_take_other_writes() {
        let (entrances, queues) = Queues::new(8);
        let reserved = queues.of_thread(true);
        entrances.add(Queue::Others, "other").unwrap();
        assert_eq!(reserved.try_next(), None);
        entrances.add(Queue::Urgent, "visitor").unwrap();
        entrances.add(Queue::Reads, "read").unwrap();
        let mut taken = [reserved.next().unwrap(), reserved.next().unwrap()];
        taken.sort_unstable();
        assert_eq!(taken, ["read", "visitor"]);
        assert_eq!(queues.next(), Some("other"));
    }

    #[test]
    fn jobs_that_wait_when_the_queues_are_closed_still_run() {
        let (entrances, queues) = Queues::new(8);
        for (queue, number) in [(Queue::Others, 1), (Queue::Urgent, 2), (Queue::Reads, 3)] {
            entrances.add(queue, number).unwrap();
        }
        drop(entrances);
        let mut taken: Vec<i32> = std::iter::from_fn(|| queues.next()).collect();
        taken.sort_unstable();
        assert_eq!(taken, [1, 2, 3]);
    }
}
