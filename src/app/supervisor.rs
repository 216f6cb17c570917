//! Supervision of the background loops of a process: a loop that ends or panics ends the process, because the service
//! would silently do only a part of its work without it.

use std::collections::HashMap;

use tokio::task::{Id, JoinSet};

use crate::kernel::stop::{Phase, StopSignal};

/// The background loops of a process. Dropping them cancels all of them.
pub struct Loops {
    stop: StopSignal,
    tasks: JoinSet<()>,
    names: HashMap<Id, &'static str>,
}

impl Loops {
    /// Creates an empty set for a process that stops with this signal.
    #[must_use]
    pub fn new(stop: StopSignal) -> Self {
        Self { stop, tasks: JoinSet::new(), names: HashMap::new() }
    }

    /// Starts a loop. It must end at [`Phase::Stopping`], and not before.
    pub fn start(&mut self, name: &'static str, work: impl Future<Output = ()> + Send + 'static) {
        let task = self.tasks.spawn(work);
        self.names.insert(task.id(), name);
    }

    /// Waits until all loops have ended because the process stops.
    ///
    /// # Errors
    /// The name of the first loop that panicked, or ended before the process stops. The other loops are cancelled.
    pub async fn watch(mut self) -> Result<(), String> {
        while let Some(ended) = self.tasks.join_next_with_id().await {
            let (task, how) = match &ended {
                Ok((task, ())) => (*task, "ended"),
                Err(error) => (error.id(), "panicked"),
            };
            if ended.is_err() || !self.stop.has_reached(Phase::Stopping) {
                let name = self.names.get(&task).copied().unwrap_or("unknown");
                tracing::error!(background_loop = name, how, "a background loop failed, so the process ends");
                return Err(format!("the background loop {name:?} {how}"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::stop::{self, Stopper};

    fn loops() -> (Stopper, StopSignal, Loops) {
        let (stopper, stop) = stop::channel();
        (stopper, stop.clone(), Loops::new(stop))
    }

    async fn until_stopped(mut stop: StopSignal) {
        stop.reached(Phase::Stopping).await;
    }

    fn fail() {
        panic!("on purpose");
    }

    fn block_on<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
    }

    #[test]
    fn loops_that_end_when_the_process_stops_are_no_failure() {
        block_on(async {
            let (stopper, stop, mut loops) = loops();
            for name in ["one", "two"] {
                loops.start(name, until_stopped(stop.clone()));
            }
            stopper.begin(Phase::Stopping);
            assert_eq!(loops.watch().await, Ok(()));
        });
    }

    #[test]
    fn a_loop_that_ends_early_is_named() {
        block_on(async {
            let (stopper, stop, mut loops) = loops();
            loops.start("steady", until_stopped(stop));
            loops.start("short", async {});
            // Draining is too early, too: the loops still have work to do.
            stopper.begin(Phase::Draining);
            assert_eq!(loops.watch().await, Err("the background loop \"short\" ended".to_owned()));
        });
    }

    #[test]
    fn a_loop_that_panics_is_named_also_while_the_process_stops() {
        for phase in [Phase::Running, Phase::Stopping] {
            block_on(async {
                let (stopper, stop, mut loops) = loops();
                stopper.begin(phase);
                loops.start("steady", until_stopped(stop));
                loops.start("faulty", async { fail() });
                assert_eq!(loops.watch().await, Err("the background loop \"faulty\" panicked".to_owned()));
            });
        }
    }
}
