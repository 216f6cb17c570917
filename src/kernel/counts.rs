//! Counters of what transactions have done.
//!
//! Rule: a transaction can be repeated or rolled back, so its counters are incremented only after its commit.

/// The increments of a transaction that is not committed yet.
#[derive(Debug, Default)]
pub struct Counts(Vec<Count>);

/// Adds one to the counter `name` with one label.
#[derive(Debug)]
struct Count {
    name: &'static str,
    label: &'static str,
    value: &'static str,
}

impl Counts {
    /// Adds one to the counter `name` for this value of its label.
    pub fn add(&mut self, name: &'static str, label: &'static str, value: &'static str) {
        self.0.push(Count { name, label, value });
    }

    /// Increments the counters. Call it after the commit.
    pub fn record(self) {
        for Count { name, label, value } in self.0 {
            metrics::counter!(name, label => value).increment(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use metrics_exporter_prometheus::PrometheusBuilder;

    use super::*;

    #[test]
    fn counters_change_when_they_are_recorded() {
        let recorder = PrometheusBuilder::new().build_recorder();
        metrics::with_local_recorder(&recorder, || {
            let (mut committed, mut rolled_back) = (Counts::default(), Counts::default());
            for value in ["kept", "kept", "broken"] {
                committed.add("example_total", "outcome", value);
                rolled_back.add("example_total", "outcome", value);
            }
            drop(rolled_back);
            assert!(!recorder.handle().render().contains("example_total"));
            committed.record();
        });
        let text = recorder.handle().render();
        for line in ["example_total{outcome=\"kept\"} 2", "example_total{outcome=\"broken\"} 1"] {
            assert!(text.contains(line), "{text}");
        }
    }
}
