//! The list of all metrics: the source of the `HELP` lines of `/metrics` and of docs/reference/metrics.md.
//!
//! Rules: a metric that the code emits is in this list, and the reverse (tests/it/metrics.rs); a label has a small
//! number of values, and none is an id, a name or other personal data.

use metrics::Unit;

/// A metric.
#[derive(Debug, Clone, Copy)]
pub struct Metric {
    pub name: &'static str,
    pub kind: Kind,
    pub unit: Unit,
    pub source: Source,
    pub labels: &'static [Label],
    pub help: &'static str,
}

/// The type of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Counter,
    Gauge,
    Histogram,
}

impl Kind {
    /// Returns the type as `/metrics` names it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// What a metric is about, which determines how the values of several processes are combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// What this process does.
    Process,
    /// What is in the database. Each process with a worker reports the same value.
    Database,
}

/// A label of a metric.
#[derive(Debug, Clone, Copy)]
pub struct Label {
    pub name: &'static str,
    pub values: Values,
}

/// The values of a label.
#[derive(Debug, Clone, Copy)]
pub enum Values {
    /// All values.
    Fixed(&'static [&'static str]),
    /// What the values are, if they depend on the routes or on another part of the code.
    Described(&'static str),
}

const fn fixed(name: &'static str, values: &'static [&'static str]) -> Label {
    Label { name, values: Values::Fixed(values) }
}

const fn described(name: &'static str, values: &'static str) -> Label {
    Label { name, values: Values::Described(values) }
}

use Kind::{Counter, Gauge, Histogram};
use Source::{Database, Process};

/// All metrics, in the order of the reference page.
pub const METRICS: &[Metric] = &[
    Metric {
        name: "entente_http_request_seconds",
        kind: Histogram,
        unit: Unit::Seconds,
        source: Process,
        labels: &[
            described("method", "The method in upper case, or `other`."),
            described("route", "The path template, or `unrouted`."),
            described("status", "The status code."),
        ],
        help: "Duration of requests.",
    },
    Metric {
        name: "entente_database_waiting",
        kind: Gauge,
        unit: Unit::Count,
        source: Process,
        labels: &[],
        help: "Requests that wait for a database thread.",
    },
    Metric {
        name: "entente_ready",
        kind: Gauge,
        unit: Unit::Count,
        source: Process,
        labels: &[],
        help: "1 while /readyz responds with 200; otherwise 0.",
    },
    Metric {
        name: "entente_disk_free_bytes",
        kind: Gauge,
        unit: Unit::Bytes,
        source: Process,
        labels: &[],
        help: "Free space on the disk of the SQLite file. Not reported on PostgreSQL.",
    },
    Metric {
        name: "entente_worker_last_round_seconds",
        kind: Gauge,
        unit: Unit::Seconds,
        source: Process,
        labels: &[described("loop", "The name of the background loop.")],
        help: "Unix time of the last finished round of each background loop.",
    },
    Metric {
        name: "entente_clock_jumped",
        kind: Gauge,
        unit: Unit::Count,
        source: Process,
        labels: &[],
        help: "1 while erasure and retention are stopped, because the clock has jumped forward; otherwise 0.",
    },
    Metric {
        name: "entente_callback_intake_total",
        kind: Counter,
        unit: Unit::Count,
        source: Process,
        labels: &[fixed(
            "outcome",
            &[
                "accepted",
                "quarantined",
                "refused_network",
                "refused_overall",
                "refused_number",
                "refused_slot",
                "refused_invalid",
            ],
        )],
        help: "Submitted callback requests whose body matches the schema, by what became of them.",
    },
    Metric {
        name: "entente_callback_promises_total",
        kind: Counter,
        unit: Unit::Count,
        source: Process,
        labels: &[fixed("outcome", &["kept", "broken"])],
        help: "Promised calls that were kept or broken, each counted once, when this is known.",
    },
    Metric {
        name: "entente_callback_requests",
        kind: Gauge,
        unit: Unit::Count,
        source: Database,
        labels: &[fixed("state", &["scheduled", "queued_asap", "assigned", "calling", "retry_scheduled", "missed"])],
        help: "Open callback requests by state.",
    },
    Metric {
        name: "entente_callback_requests_due",
        kind: Gauge,
        unit: Unit::Count,
        source: Database,
        labels: &[],
        help: "Open callback requests that are due now and have no agent.",
    },
    Metric {
        name: "entente_callback_promises_at_risk",
        kind: Gauge,
        unit: Unit::Count,
        source: Database,
        labels: &[],
        help: "Callback requests without an agent whose promised time ends within 15 minutes.",
    },
    Metric {
        name: "entente_projects",
        kind: Gauge,
        unit: Unit::Count,
        source: Database,
        labels: &[fixed("state", &["draft", "proposed", "active", "on_hold", "closing"])],
        help: "Projects that have not ended, by state.",
    },
    Metric {
        name: "entente_approvals_open",
        kind: Gauge,
        unit: Unit::Count,
        source: Database,
        labels: &[],
        help: "Open approvals.",
    },
    Metric {
        name: "entente_approvals_overdue",
        kind: Gauge,
        unit: Unit::Count,
        source: Database,
        labels: &[],
        help: "Open approvals that are overdue: not all sides have responded in time.",
    },
    Metric {
        name: "entente_approvals_oldest_open_seconds",
        kind: Gauge,
        unit: Unit::Seconds,
        source: Database,
        labels: &[],
        help: "Age of the oldest open approval; 0 if there is none.",
    },
    Metric {
        name: "entente_events_undispatched",
        kind: Gauge,
        unit: Unit::Count,
        source: Database,
        labels: &[],
        help: "Committed events that are not in the feed yet.",
    },
    Metric {
        name: "entente_events_oldest_undispatched_seconds",
        kind: Gauge,
        unit: Unit::Seconds,
        source: Database,
        labels: &[],
        help: "Age of the oldest committed event that is not in the feed yet; 0 if there is none.",
    },
    Metric {
        name: "entente_webhook_deliveries_pending",
        kind: Gauge,
        unit: Unit::Count,
        source: Database,
        labels: &[],
        help: "Webhook deliveries that wait for their first or next attempt.",
    },
    Metric {
        name: "entente_webhook_oldest_pending_seconds",
        kind: Gauge,
        unit: Unit::Seconds,
        source: Database,
        labels: &[],
        help: "Age of the oldest pending delivery to an enabled endpoint; 0 if there is none.",
    },
    Metric {
        name: "entente_webhook_endpoints",
        kind: Gauge,
        unit: Unit::Count,
        source: Database,
        labels: &[fixed("circuit", &["closed", "open", "recovering", "disabled"])],
        help: "Webhook endpoints by the state of their circuit breaker; disabled endpoints have their own value.",
    },
    Metric {
        name: "entente_webhook_attempts_total",
        kind: Counter,
        unit: Unit::Count,
        source: Process,
        labels: &[fixed(
            "outcome",
            &[
                "delivered",
                "multi_status",
                "unexpected_response",
                "no_record",
                "record_deleted",
                "record_locked",
                "not_closed",
                "redirect",
                "gone",
                "rate_limited",
                "client_error",
                "unavailable",
                "server_error",
                "unexpected_status",
                "egress_refused",
                "dns",
                "connect",
                "tls",
                "timeout",
                "no_answer",
                "token",
                "invalid_request",
            ],
        )],
        help: "Attempts to deliver an event to a webhook endpoint, by outcome.",
    },
    Metric {
        name: "entente_webhook_deliveries_exhausted_total",
        kind: Counter,
        unit: Unit::Count,
        source: Process,
        labels: &[],
        help: "Webhook deliveries that are not attempted any more, because all attempts failed or the receiver responded 410.",
    },
];

/// Returns the metric with this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Metric> {
    METRICS.iter().find(|metric| metric.name == name)
}

/// Describes all metrics to the recorder, and starts the counters at 0, so that the first increment is visible. Call it
/// after the recorder is installed.
pub fn describe() {
    for metric in METRICS {
        let (name, unit, help) = (metric.name, metric.unit, metric.help);
        match metric.kind {
            Counter => {
                metrics::describe_counter!(name, unit, help);
                start_at_zero(metric);
            }
            Gauge => metrics::describe_gauge!(name, unit, help),
            Histogram => metrics::describe_histogram!(name, unit, help),
        }
    }
}

fn start_at_zero(metric: &Metric) {
    let name = metric.name;
    match metric.labels {
        [] => metrics::counter!(name).increment(0),
        [Label { name: label, values: Values::Fixed(values) }] => {
            for value in *values {
                metrics::counter!(name, *label => *value).increment(0);
            }
        }
        // The combinations of several labels, or values that depend on other parts, are not known.
        _ => {}
    }
}

#[cfg(test)]
#[path = "metric_list_tests.rs"]
mod tests;
