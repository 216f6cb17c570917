//! The list of metrics is complete: what the code emits is in the list, and the reverse.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use entente::app::metric_list::{self, Kind, METRICS, Metric, Values};
use entente::app::worker::{self, Cleanup};
use entente::kernel::telemetry;

use super::support::desk::{asap, create_request};
use super::support::*;

/// Where the code emits a metric.
#[derive(Debug)]
struct Emission {
    name: String,
    kind: Kind,
    /// `None` if the code computes them.
    labels: Option<BTreeSet<String>>,
}

/// Returns the source files, except the list itself.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && !path.file_stem().is_some_and(|stem| stem.to_string_lossy().starts_with("metric_list"))
        {
            found.push(path);
        }
    }
}

/// Returns the arguments of a call: the text after its opening bracket, up to the closing one.
fn arguments(rest: &str) -> &str {
    let mut depth = 1;
    let end = rest.find(|letter: char| {
        depth += i32::from(letter == '(') - i32::from(letter == ')');
        depth == 0
    });
    &rest[..end.unwrap()]
}

/// Returns the string literals of a text, each with the text that follows it.
fn literals(text: &str) -> Vec<(&str, &str)> {
    let parts: Vec<_> = text.split('"').collect();
    (1..parts.len()).step_by(2).map(|index| (parts[index], parts.get(index + 1).copied().unwrap_or_default())).collect()
}

fn emissions() -> Vec<Emission> {
    let mut sources = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut sources);
    let mut found = Vec::new();
    for path in sources {
        let text = std::fs::read_to_string(path).unwrap();
        let code = text.split("#[cfg(test)]\nmod ").next().unwrap();
        let calls = [
            ("metrics::counter!(", Kind::Counter),
            ("metrics::gauge!(", Kind::Gauge),
            ("metrics::histogram!(", Kind::Histogram),
            ("tx.count(", Kind::Counter),
        ];
        for (call, kind) in calls {
            for (at, _) in code.match_indices(call) {
                found.extend(emission(arguments(&code[at + call.len()..]), kind));
            }
        }
    }
    found
}

/// Returns the metric of a call with these arguments; `None` if its name is not written there.
fn emission(arguments: &str, kind: Kind) -> Option<Emission> {
    let literals = literals(arguments);
    let (name, _) = literals.first().filter(|_| arguments.trim_start().starts_with('"'))?;
    let labels: BTreeSet<String> = match literals.get(1) {
        // `tx.count(name, label, value)`
        Some((label, rest)) if !rest.contains("=>") => [(*label).to_owned()].into(),
        _ => {
            let keys = literals.iter().filter(|(_, rest)| rest.trim_start().starts_with("=>"));
            keys.map(|(label, _)| (*label).to_owned()).collect()
        }
    };
    let is_computed = labels.is_empty() && arguments.contains(',');
    Some(Emission { name: (*name).to_owned(), kind, labels: (!is_computed).then_some(labels) })
}

fn labels(metric: &Metric) -> BTreeSet<String> {
    metric.labels.iter().map(|label| label.name.to_owned()).collect()
}

#[test]
fn the_list_has_every_metric_that_the_code_emits() {
    let emissions = emissions();
    for emission in &emissions {
        let metric = metric_list::find(&emission.name).unwrap_or_else(|| panic!("not in the list: {emission:?}"));
        assert_eq!(metric.kind, emission.kind, "{emission:?}");
        if let Some(emitted) = &emission.labels {
            assert_eq!(&labels(metric), emitted, "{emission:?}");
        }
    }
    for metric in METRICS {
        let is_emitted = emissions.iter().any(|emission| emission.name == metric.name);
        assert!(is_emitted, "{}", metric.name);
    }
}

#[test]
fn calls_are_recognised() {
    let of = |text: &str, kind| emission(text, kind).map(|one| (one.name, one.labels));
    let set = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>());
    for (text, expected) in [
        ("\"a\"", Some(("a".to_owned(), set(&[])))),
        ("\"a\", \"x\" => one, \"y\" => \"z\"", Some(("a".to_owned(), set(&["x", "y"])))),
        ("\n    \"a\",\n    \"x\",\n    value.as_str()\n", Some(("a".to_owned(), set(&["x"])))),
        ("\"a\", labels", Some(("a".to_owned(), None))),
        ("name, label => value", None),
    ] {
        assert_eq!(of(text, Kind::Counter), expected, "{text}");
    }
    assert_eq!(arguments("f(x), \"y\") + (z)"), "f(x), \"y\"");
}

/// Splits a line of `/metrics` into the name of the metric and its labels.
fn sample(line: &str) -> (&str, BTreeMap<&str, &str>) {
    let (series, _) = line.rsplit_once(' ').unwrap();
    let Some((name, rest)) = series.split_once('{') else { return (series, BTreeMap::new()) };
    let pairs = rest.trim_end_matches('}').split("\",").map(|pair| pair.split_once("=\"").unwrap());
    (name, pairs.map(|(label, value)| (label, value.trim_end_matches('"'))).collect())
}

/// Returns the metric of a sample.
fn metric_of(name: &str) -> &'static Metric {
    let base = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
    let metric = metric_list::find(name).or_else(|| metric_list::find(base));
    metric.unwrap_or_else(|| panic!("not in the list: {name}"))
}

#[apply(both)]
async fn what_the_service_reports_is_in_the_list(app: TestApp) {
    create_request(&app, 1, asap()).await.expect(201);
    entente::app::gauges::update(&app.state.db, app.now()).await.unwrap();
    app.probe().unwrap();
    Cleanup::new(worker::Parts::of(&app.context)).round().await.unwrap();
    telemetry::round_completed("tidy", app.now());
    let text = app.anonymous().get("/metrics").await.expect(200).text;
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (name, labels) = sample(line);
        let metric = metric_of(name);
        for (label, value) in labels.iter().filter(|(label, _)| **label != "le") {
            let known = metric.labels.iter().find(|one| one.name == *label).unwrap_or_else(|| panic!("{line}"));
            if let Values::Fixed(values) = known.values {
                assert!(values.contains(value), "{line}");
            }
        }
    }
    for metric in
        METRICS.iter().filter(|metric| app.engine == Engine::Sqlite || metric.name != "entente_disk_free_bytes")
    {
        let (name, kind) = (metric.name, metric.kind.as_str());
        assert!(text.contains(&format!("# HELP {name} {}\n", metric.help)), "{name}");
        assert!(text.contains(&format!("# TYPE {name} {kind}\n")), "{name}");
    }
}
