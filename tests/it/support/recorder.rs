//! Records the SQL statements of the service under test.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use entente::kernel::db::{Observed, Probe};

use super::plan;

/// What the connections of one service did with statements.
#[derive(Clone, Default)]
pub struct Recorder {
    /// `None` until they are recorded.
    executed: Arc<Mutex<Option<Vec<String>>>>,
    kept: Arc<Mutex<HashSet<String>>>,
}

impl Recorder {
    /// Returns the probe for the connections.
    pub fn probe(&self) -> Probe {
        let recorder = self.clone();
        Arc::new(move |observed: Observed<'_>| match observed {
            Observed::Executed(statement) => {
                if let Some(executed) = recorder.executed.lock().unwrap().as_mut() {
                    executed.push(statement.to_string());
                }
            }
            Observed::Kept(sql) => {
                recorder.kept.lock().unwrap().insert(sql.trim().to_owned());
            }
        })
    }

    /// Starts to record, without the statements recorded before.
    pub fn start(&self) {
        *self.executed.lock().unwrap() = Some(Vec::new());
    }

    /// Returns the statements since [`Self::start`], without transaction control.
    pub fn executed(&self) -> Vec<String> {
        const CONTROL: [&str; 7] =
            ["BEGIN", "SET CONSTRAINTS ALL IMMEDIATE; COMMIT", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA"];
        let executed = self.executed.lock().unwrap();
        let executed = executed.as_ref().expect("no statements are recorded");
        executed.iter().filter(|sql| !CONTROL.iter().any(|keyword| sql.starts_with(keyword))).cloned().collect()
    }

    /// Returns whether a connection has kept this recorded statement prepared for its next executions.
    pub fn keeps(&self, recorded: &str) -> bool {
        self.kept.lock().unwrap().contains(plan::without_binds(recorded).0)
    }
}
