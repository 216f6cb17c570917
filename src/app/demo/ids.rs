//! Ids of the demo data: the n-th record of a kind always has the same id, so that the examples in the API document
//! refer to records that exist.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use uuid::Uuid;

use crate::kernel::environment::{Entropy, SystemEntropy};
use crate::kernel::ids::demo_uuid;

/// Counts ids while the demo data is loaded. Ids are random before and after, and secrets are always random.
#[derive(Default)]
pub struct DemoEntropy {
    system: SystemEntropy,
    loading: AtomicBool,
    counters: Mutex<HashMap<&'static str, u64>>,
}

impl DemoEntropy {
    /// Starts or stops counting.
    pub fn set_loading(&self, loading: bool) {
        self.loading.store(loading, Ordering::SeqCst);
    }

    /// Returns the number of ids of a kind that were issued while counting.
    #[must_use]
    pub fn issued(&self, prefix: &str) -> u64 {
        self.counters.lock().unwrap_or_else(PoisonError::into_inner).get(prefix).copied().unwrap_or_default()
    }
}

/// Returns the number of records that the migrations create: the departments Marketing and IT, the queues for sales and
/// support, and the company calendar.
fn preset(prefix: &str) -> u64 {
    match prefix {
        "dpt" | "que" => 2,
        "cal" => 1,
        _ => 0,
    }
}

impl Entropy for DemoEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        self.system.fill(buffer);
    }

    fn uuid(&self, prefix: &'static str, unix_millis: u64) -> Uuid {
        if !self.loading.load(Ordering::SeqCst) {
            return self.system.uuid(prefix, unix_millis);
        }
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        let counter = counters.entry(prefix).or_insert_with(|| preset(prefix));
        *counter += 1;
        demo_uuid(*counter)
    }
}
