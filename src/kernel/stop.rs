//! The phases in which a process stops. Background work follows them, so that it ends in order.

use std::time::Duration;

use tokio::sync::watch;

/// A phase of the end of a process. Each of them includes the earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Phase {
    /// The process does all its work.
    #[default]
    Running,
    /// The process still responds to requests, but claims no more webhook deliveries.
    Draining,
    /// The running requests are finished; background work ends after its current round.
    Stopping,
    /// The time limit is near: webhook attempts that are still running are cancelled, and their leases released.
    Releasing,
}

/// Begins the phases.
#[derive(Debug)]
pub struct Stopper(watch::Sender<Phase>);

/// Reports the current phase. Clones report the same phase.
#[derive(Debug, Clone)]
pub struct StopSignal(watch::Receiver<Phase>);

/// Creates both sides for a process that is running. All phases count as reached when the [`Stopper`] is dropped.
#[must_use]
pub fn channel() -> (Stopper, StopSignal) {
    let (sender, receiver) = watch::channel(Phase::Running);
    (Stopper(sender), StopSignal(receiver))
}

impl Stopper {
    /// Begins a phase. Does nothing if that phase or a later one has begun.
    pub fn begin(&self, phase: Phase) {
        self.0.send_if_modified(|current| {
            let is_later = *current < phase;
            *current = phase.max(*current);
            is_later
        });
    }
}

impl StopSignal {
    /// Returns whether the phase has begun.
    #[must_use]
    pub fn has_reached(&self, phase: Phase) -> bool {
        let current = *self.0.borrow();
        current >= phase || self.0.has_changed().is_err()
    }

    /// Waits until the phase begins.
    pub async fn reached(&mut self, phase: Phase) {
        // An error means that the sender was dropped.
        let _ = self.0.wait_for(|current| *current >= phase).await;
    }

    /// Waits until the time has passed or the phase begins.
    pub async fn pause_until(&mut self, phase: Phase, duration: Duration) {
        tokio::select! {
            () = self.reached(phase) => {}
            () = tokio::time::sleep(duration) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phases_never_go_back_and_include_the_earlier_ones() {
        let (stopper, signal) = channel();
        assert!(!signal.has_reached(Phase::Draining));
        stopper.begin(Phase::Stopping);
        stopper.begin(Phase::Draining);
        assert!(signal.has_reached(Phase::Draining) && signal.has_reached(Phase::Stopping));
        assert!(!signal.has_reached(Phase::Releasing));
        drop(stopper);
        assert!(signal.has_reached(Phase::Releasing));
    }
}
