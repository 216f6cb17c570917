//! Watches everything that the service logs and traces during the tests. Personal data, tokens or keys in it end the
//! process, so that no test can pass in spite of them.
//!
//! What counts as personal: e-mail addresses, signed tokens, and all values that the test client sent in fields and
//! headers with personal data ([`Client`](super::client::Client)).

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex, Once, OnceLock, RwLock};

use metrics_exporter_prometheus::PrometheusHandle;
use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData, SpanExporter};
use serde_json::Value;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::{EnvFilter, Layer};

/// Fields of request bodies with personal data.
const FIELDS: [&str; 10] = [
    "company",
    "display_name",
    "email",
    "employee_number",
    "full_name",
    "login",
    "note",
    "notes",
    "phone",
    "source_page",
];
/// Attributes that the service sets on its spans.
const ATTRIBUTES: [&str; 4] = ["request_id", "method", "route", "status"];
/// Attributes that the library adds to every span: where in the code, on which thread, how long.
const ADDED: [&str; 6] = ["code.", "thread.", "busy_ns", "idle_ns", "target", "level"];
/// Fields whose values the service chooses, so that a login can be equal to one by chance.
const CHOSEN: [&str; 8] = ["issuer", "key_id", "message", "method", "network", "reason", "route", "status"];
/// Shorter values are not distinctive.
const START: usize = 6;

#[derive(Default)]
struct Marks {
    /// Values by their first bytes.
    by_start: HashMap<[u8; START], Vec<String>>,
    /// Logins, which can be as short as `a`: no field of a log line may be equal to one.
    logins: HashSet<String>,
}

static MARKS: LazyLock<RwLock<Marks>> = LazyLock::new(RwLock::default);
static MESSAGES: LazyLock<Mutex<HashSet<String>>> = LazyLock::new(Mutex::default);
static SPANS: AtomicUsize = AtomicUsize::new(0);
static METRICS: AtomicUsize = AtomicUsize::new(0);

/// Starts watching, once per process.
pub fn start() {
    static STARTED: Once = Once::new();
    static TRACES: OnceLock<SdkTracerProvider> = OnceLock::new();
    STARTED.call_once(|| {
        let traces = TRACES.get_or_init(|| SdkTracerProvider::builder().with_simple_exporter(Exporter).build());
        let spans = tracing_opentelemetry::layer().with_tracer(traces.tracer("entente"));
        let filter = EnvFilter::new("info,entente=trace");
        let watching = tracing_subscriber::registry().with(filter).with(Watch).with(spans);
        tracing::subscriber::set_global_default(watching).unwrap();
    });
}

/// Returns whether a message was logged.
pub fn was_logged(message: &str) -> bool {
    MESSAGES.lock().unwrap().contains(message)
}

/// Returns the number of traced spans.
pub fn spans() -> usize {
    SPANS.load(Ordering::SeqCst)
}

/// Checks the metrics, at some of the calls, because they contain those of all tests.
pub fn check_metrics_sometimes(render: impl FnOnce() -> String) {
    if METRICS.fetch_add(1, Ordering::SeqCst) % 50 == 49 {
        check_metrics(&render());
    }
}

/// Ends the process if the metrics contain personal data.
pub fn check_metrics(text: &str) {
    text.lines().for_each(|line| check("metrics", line));
}

/// Adds a login.
pub fn mark_login(login: &str) {
    mark(login);
    MARKS.write().unwrap().logins.insert(login.to_owned());
}

/// Adds a secret or a personal value, if it is distinctive: words could be part of any log line.
pub fn mark(value: &str) {
    let letters = value.chars().filter(|letter| letter.is_alphanumeric()).count();
    let is_word = value.bytes().all(|byte| byte.is_ascii_lowercase());
    let Some(start) = value.as_bytes().first_chunk::<START>().filter(|_| letters >= START && !is_word) else { return };
    let mut marks = MARKS.write().unwrap();
    let values = marks.by_start.entry(*start).or_default();
    if !values.iter().any(|known| known == value) {
        values.push(value.to_owned());
    }
}

/// Adds the personal values of a request body.
pub fn mark_body(body: &Value) {
    match body {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if FIELDS.contains(&name.as_str()) => mark_personal(name, text),
                    _ => mark_body(value),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(mark_body),
        _ => {}
    }
}

fn mark_personal(name: &str, text: &str) {
    mark(text);
    if name == "phone" {
        // The national number, and the notations with the country code that the service writes.
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        if let Some((_, national)) = digits.len().checked_sub(9).map(|at| digits.split_at(at)) {
            mark(national);
            mark(&format!("420{national}"));
            mark(&format!("+420{national}"));
        }
    }
}

/// Returns why a text is personal; `None` if it is not.
pub fn personal(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let is_word = |at: usize| bytes.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte >= 0x80);
    let in_address = |at: &usize| bytes[*at] == b'@' && *at > 0 && is_word(*at - 1) && is_word(*at + 1);
    if (0..bytes.len()).any(|at| in_address(&at)) {
        return Some("an e-mail address".to_owned());
    }
    let marks = MARKS.read().unwrap();
    for at in (0..bytes.len()).filter(|at| *at == 0 || !is_word(*at - 1)) {
        let rest = &bytes[at..];
        // The start of `{"` in base64url.
        if rest.starts_with(b"eyJ") {
            return Some("a token".to_owned());
        }
        let values = rest.first_chunk::<START>().and_then(|start| marks.by_start.get(start));
        let found =
            values.into_iter().flatten().find(|value| rest.starts_with(value.as_bytes()) && !is_word(at + value.len()));
        if let Some(found) = found {
            return Some(format!("{found:?}"));
        }
    }
    None
}

/// Ends the process if a text is personal.
fn check(place: &str, text: &str) {
    if let Some(what) = personal(text) {
        fail(&format!("{what} in {place}: {text}"));
    }
}

/// Ends the process. A panic would not be enough: the server responds to a panic with 500 and goes on.
fn fail(what: &str) {
    // Directly, because the test runner hides the output of tests that it does not finish.
    let _ = writeln!(std::io::stderr(), "\npersonal data in telemetry: {what}");
    std::process::abort();
}

/// Checks every field of spans and events.
struct Watch;

impl<S: Subscriber> Layer<S> for Watch {
    fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        attributes.record(&mut Check);
    }

    fn on_record(&self, _: &Id, values: &Record<'_>, _: Context<'_, S>) {
        values.record(&mut Check);
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        event.record(&mut Check);
    }
}

struct Check;

impl Visit for Check {
    fn record_str(&mut self, field: &Field, value: &str) {
        check(field.name(), value);
        if !CHOSEN.contains(&field.name()) && MARKS.read().unwrap().logins.contains(value) {
            fail(&format!("the login {value:?} in {}", field.name()));
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let text = format!("{value:?}");
        self.record_str(field, &text);
        if field.name() == "message" {
            MESSAGES.lock().unwrap().insert(text);
        }
    }
}

/// Checks every span as the service would send it to a collector.
#[derive(Debug)]
struct Exporter;

impl SpanExporter for Exporter {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        for span in &batch {
            SPANS.fetch_add(1, Ordering::SeqCst);
            check("the name of a span", &span.name);
            check("the status of a span", &format!("{:?}", span.status));
            check_attributes(&span.attributes);
            span.events.iter().for_each(|event| check_attributes(&event.attributes));
            let is_known = |name: &str| ATTRIBUTES.contains(&name) || ADDED.iter().any(|start| name.starts_with(start));
            if let Some(other) =
                span.attributes.iter().find(|one| span.name == "request" && !is_known(one.key.as_str()))
            {
                fail(&format!(
                    "the attribute {:?} of a span, which tests/it/support/telemetry.rs does not list",
                    other.key
                ));
            }
        }
        Ok(())
    }
}

fn check_attributes(attributes: &[KeyValue]) {
    attributes.iter().for_each(|one| check(one.key.as_str(), &one.value.as_str()));
}

/// Returns the metrics of this process, which all services of the tests share.
pub fn recorder() -> PrometheusHandle {
    static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
    let install = || {
        let handle = entente::kernel::telemetry::metrics().unwrap();
        entente::app::metric_list::describe();
        handle
    };
    RECORDER.get_or_init(install).clone()
}
