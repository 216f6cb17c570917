use std::collections::BTreeSet;

use metrics_exporter_prometheus::PrometheusBuilder;

use super::*;
use crate::callbacks::requests::{IntakeOutcome, gauges as callbacks};
use crate::collaboration::gauges as collaboration;
use crate::integrations::webhooks::circuit_breaker::Circuit;

/// Returns the values of the label of a metric with one label.
fn values(name: &str) -> Vec<&'static str> {
    match find(name).unwrap().labels {
        [Label { values: Values::Fixed(values), .. }] => values.to_vec(),
        labels => panic!("{labels:?}"),
    }
}

#[test]
fn names_are_unique_and_follow_the_conventions_of_prometheus() {
    let names: BTreeSet<_> = METRICS.iter().map(|metric| metric.name).collect();
    assert_eq!(names.len(), METRICS.len());
    for metric in METRICS {
        let name = metric.name;
        assert!(name.starts_with("entente_"), "{name}");
        assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{name}");
        assert_eq!(name.ends_with("_total"), metric.kind == Kind::Counter, "{name}");
        assert_eq!(name.ends_with("_seconds"), metric.unit == Unit::Seconds, "{name}");
        assert!(metric.help.ends_with('.') && !metric.help.contains(['\n', '|']), "{name}");
        // Counters and histograms describe what a process has done.
        assert!(metric.kind == Kind::Gauge || metric.source == Source::Process, "{name}");
    }
}

#[test]
fn labels_never_identify_a_person_or_a_record() {
    const ALLOWED: [&str; 7] = ["circuit", "loop", "method", "outcome", "route", "state", "status"];
    for label in METRICS.iter().flat_map(|metric| metric.labels) {
        assert!(ALLOWED.contains(&label.name), "{}", label.name);
    }
}

#[test]
fn the_values_of_labels_are_those_of_the_code() {
    let outcomes: Vec<_> = IntakeOutcome::ALL.iter().map(|one| one.as_str()).collect();
    assert_eq!(values("entente_callback_intake_total"), outcomes);
    let states: Vec<_> = callbacks::open_states().iter().map(|one| one.as_str()).collect();
    assert_eq!(values("entente_callback_requests"), states);
    let states: Vec<_> = collaboration::STATES.iter().map(|one| one.as_str()).collect();
    assert_eq!(values("entente_projects"), states);
    let circuits: Vec<_> = Circuit::ALL.iter().map(|one| one.as_str()).chain(["disabled"]).collect();
    assert_eq!(values("entente_webhook_endpoints"), circuits);
}

#[test]
fn counters_start_at_zero_and_are_described() {
    let recorder = PrometheusBuilder::new().build_recorder();
    metrics::with_local_recorder(&recorder, || {
        describe();
        // Describing again changes no value.
        metrics::counter!("entente_callback_promises_total", "outcome" => "broken").increment(2);
        describe();
    });
    let text = recorder.handle().render();
    for line in [
        "# HELP entente_callback_promises_total Promised calls that were kept or broken, each counted once, when this is known.",
        "# TYPE entente_callback_promises_total counter",
        "entente_callback_promises_total{outcome=\"kept\"} 0",
        "entente_callback_promises_total{outcome=\"broken\"} 2",
        "entente_webhook_deliveries_exhausted_total 0",
        "entente_webhook_attempts_total{outcome=\"dns\"} 0",
    ] {
        assert!(text.lines().any(|one| one == line), "{line}: {text}");
    }
}
