//! Ids of the demo data: the n-th thing of a kind always has the same id, so that the examples of
//! the document name things that are there.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use uuid::Uuid;

use crate::kernel::environment::{Entropy, SystemEntropy};
use crate::kernel::ids::demo_uuid;

/// Counts ids while the demo data are loaded; random before and after, and always for secrets.
#[derive(Default)]
pub struct DemoEntropy {
    system: SystemEntropy,
    loading: AtomicBool,
    counters: Mutex<HashMap<&'static str, u64>>,
}

impl DemoEntropy {
    /// Begins or ends the loading.
    pub fn set_loading(&self, loading: bool) {
        self.loading.store(loading, Ordering::SeqCst);
    }

    /// How many ids of a kind were given out while loading.
    #[must_use]
    pub fn given(&self, prefix: &str) -> u64 {
        self.counters.lock().unwrap_or_else(PoisonError::into_inner).get(prefix).copied().unwrap_or_default()
    }
}

/// Marketing and IT come with the migrations.
fn taken(prefix: &str) -> u64 {
    if prefix == "dpt" { 2 } else { 0 }
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
        let counter = counters.entry(prefix).or_insert_with(|| taken(prefix));
        *counter += 1;
        demo_uuid(*counter)
    }
}
