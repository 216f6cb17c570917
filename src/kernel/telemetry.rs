//! Logs, metrics and traces.
//!
//! Rule: telemetry has no personal data or secrets. A span has the method, route, status and request id. Paths have ids
//! only, and query strings are not logged.

use std::borrow::Cow;
use std::fmt;
use std::io::IsTerminal;
use std::time::Duration;

use actix_web::dev::ServiceRequest;
use actix_web::http::{Method, StatusCode};
use metrics::Label;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use opentelemetry::propagation::{Extractor, TextMapPropagator};
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::WithExportConfig;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::field::{Field, Visit};
use tracing::{Event, Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use crate::kernel::config::{LogFormat, Settings};
use crate::kernel::error::Error;
use crate::kernel::time::UtcTime;

/// The running telemetry. Dropping it flushes the traces.
pub struct Telemetry {
    pub metrics: PrometheusHandle,
    traces: Option<SdkTracerProvider>,
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        if let Some(Err(error)) = self.traces.as_ref().map(SdkTracerProvider::shutdown) {
            tracing::warn!(%error, "failed to flush traces");
        }
    }
}

/// Starts logs, metrics and, if configured, traces. Call it once per process.
///
/// # Errors
/// A message with the name of the invalid setting.
pub fn start(settings: &Settings) -> Result<Telemetry, String> {
    let filter = EnvFilter::try_new(&settings.log).map_err(|error| format!("ENTENTE_LOG: {error}"))?;
    let lines =
        tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    let lines = match settings.log_format {
        LogFormat::Text => lines.with_target(false).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    let traces = settings.otlp_endpoint.as_deref().map(exporter).transpose()?;
    let spans = traces.as_ref().map(|provider| tracing_opentelemetry::layer().with_tracer(provider.tracer("entente")));
    tracing_subscriber::registry()
        .with(filter)
        .with(ClientErrors)
        .with(lines)
        .with(spans)
        .try_init()
        .map_err(|error| format!("logging: {error}"))?;
    Ok(Telemetry { metrics: metrics()?, traces })
}

/// Logs malformed requests and broken connections, which the HTTP library reports as errors, at the level debug,
/// because clients cause them.
struct ClientErrors;

impl<S: Subscriber> Layer<S> for ClientErrors {
    fn event_enabled(&self, event: &Event<'_>, _: Context<'_, S>) -> bool {
        if event.metadata().target() != "actix_http::h1::dispatcher" {
            return true;
        }
        let mut message = Message::default();
        event.record(&mut message);
        let Some(reason) = message.0.strip_prefix("stream error: ") else { return true };
        tracing::debug!(reason, "malformed request");
        false
    }
}

#[derive(Default)]
struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}

/// Installs the recorder of `/metrics`.
///
/// # Errors
/// When a recorder is already installed.
pub fn metrics() -> Result<PrometheusHandle, String> {
    const SECONDS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];
    PrometheusBuilder::new()
        .set_buckets(&SECONDS)
        .and_then(PrometheusBuilder::install_recorder)
        .map_err(|error| format!("metrics: {error}"))
}

fn exporter(endpoint: &str) -> Result<SdkTracerProvider, String> {
    // The HTTP client of the exporter needs a crypto provider even for http. An error means that one is installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_http()
        .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
        .build()
        .map_err(|error| format!("ENTENTE_OTLP_ENDPOINT: {error}"))?;
    let resource = opentelemetry_sdk::Resource::builder().with_service_name("entente").build();
    Ok(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build())
}

struct Headers<'a>(&'a actix_web::http::header::HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(actix_web::http::header::HeaderName::as_str).collect()
    }
}

/// Creates the span of a request, as a child of the caller's `traceparent` (W3C Trace Context).
#[must_use]
pub fn request_span(request: &ServiceRequest, id: &str) -> Span {
    let span = tracing::info_span!(
        "request",
        request_id = %id,
        method = known(request.method()),
        route = tracing::field::Empty,
        status = tracing::field::Empty,
    );
    if !span.is_disabled() && request.headers().contains_key("traceparent") {
        let parent = TraceContextPropagator::new().extract(&Headers(request.headers()));
        // Without an exporter there is no trace to join.
        let _ = span.set_parent(parent);
    }
    span
}

/// Records the end of a request in the log and metrics. `route` is the path template, never the path itself.
pub fn request_done(
    span: &Span,
    method: &Method,
    route: Option<Cow<'static, str>>,
    status: StatusCode,
    elapsed: Duration,
) {
    let route = route.unwrap_or(Cow::Borrowed("unrouted"));
    span.record("route", route.as_ref());
    span.record("status", status.as_u16());
    span.in_scope(|| tracing::debug!(micros = elapsed.as_micros() as u64, "request completed"));
    let labels = vec![
        Label::new("method", known(method)),
        Label::new("route", route),
        Label::new("status", status.as_str().to_owned()),
    ];
    metrics::histogram!("entente_http_request_seconds", labels).record(elapsed.as_secs_f64());
}

/// Records that a background loop has completed a round, so that a loop that hangs is noticed.
pub fn round_completed(background_loop: &'static str, now: UtcTime) {
    metrics::gauge!("entente_worker_last_round_seconds", "loop" => background_loop).set(now.unix_seconds() as f64);
}

/// Logs that a round of a background loop failed. The next round repeats its work, so a database that is unavailable
/// for a moment is a warning; if it stays unavailable, the process is not ready and its rounds are overdue.
pub fn round_failed(error: &Error, what: &'static str) {
    if error.status() == StatusCode::SERVICE_UNAVAILABLE {
        tracing::warn!(%error, "{what}");
    } else {
        tracing::error!(%error, "{what}");
    }
}

/// Returns the method as a label. Unknown methods share one label, because callers can send any text.
fn known(method: &Method) -> &'static str {
    const KNOWN: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    KNOWN.into_iter().find(|known| method == *known).unwrap_or("other")
}

/// Logs an internal error, inside the span of its request.
pub fn fault(error: &dyn std::fmt::Display) {
    tracing::error!(%error, "request failed with an internal error");
}
