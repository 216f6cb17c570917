//! The alert rules and the dashboard of `deploy/`: they name only metrics, labels and values that exist, their
//! expressions are well-formed, and every alert has a section in the documentation.

use std::collections::BTreeMap;

use entente::app::metric_list::{self, Kind, Values};

use super::support::*;

const RULES: &str = "deploy/alerts.yml";
const RUNBOOK: &str = "docs/operating/monitoring.md";

/// Metrics of Prometheus itself, with their labels.
const EXTERNAL: [(&str, &[&str]); 1] = [("up", &[])];
/// Labels that Prometheus adds, and the one of histograms.
const ADDED: [&str; 3] = ["instance", "job", "le"];
const FUNCTIONS: [&str; 9] =
    ["absent", "histogram_quantile", "increase", "max", "min", "rate", "sum", "time", "vector"];
const KEYWORDS: [&str; 4] = ["and", "offset", "or", "unless"];

/// A part of an expression.
#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Symbol(char),
}

fn tokens(expression: &str) -> Result<Vec<Token>, String> {
    let mut found = Vec::new();
    let mut rest = expression;
    while let Some(letter) = rest.chars().next() {
        let is_word = |letter: char| letter.is_ascii_alphanumeric() || "_:.$".contains(letter);
        let length = if letter == '"' {
            let end = rest[1..].find('"').ok_or("a text does not end")?;
            found.push(Token::Text(rest[1..=end].to_owned()));
            end + 2
        } else if is_word(letter) {
            let end = rest.find(|letter| !is_word(letter)).unwrap_or(rest.len());
            found.push(Token::Word(rest[..end].to_owned()));
            end
        } else {
            if !letter.is_whitespace() {
                found.push(Token::Symbol(letter));
            }
            letter.len_utf8()
        };
        rest = &rest[length..];
    }
    Ok(found)
}

/// Checks that every bracket is closed.
fn check_brackets(tokens: &[Token]) -> Result<(), String> {
    let mut open = Vec::new();
    for token in tokens {
        match token {
            Token::Symbol('(') => open.push(')'),
            Token::Symbol('[') => open.push(']'),
            Token::Symbol('{') => open.push('}'),
            Token::Symbol(closing @ (')' | ']' | '}')) if open.pop() != Some(*closing) => {
                return Err(format!("{closing} closes no bracket"));
            }
            _ => {}
        }
    }
    if open.is_empty() { Ok(()) } else { Err(format!("{open:?} missing")) }
}

/// Checks one expression.
fn check(expression: &str) -> Result<(), String> {
    let tokens = tokens(expression)?;
    check_brackets(&tokens)?;
    let (mut at, mut metrics, mut grouped) = (0, Vec::new(), Vec::new());
    while let Some(token) = tokens.get(at) {
        let next = tokens.get(at + 1);
        match token {
            Token::Word(word) if ["by", "without", "on", "ignoring"].contains(&word.as_str()) => {
                let (labels, end) = group(&tokens, at + 1)?;
                grouped.extend(labels);
                at = end;
            }
            // A range, such as `[5m]`.
            Token::Symbol('[') => at += 2,
            Token::Word(word) if word.starts_with(|letter: char| letter.is_ascii_digit()) => {}
            Token::Word(word) if next == Some(&Token::Symbol('(')) || FUNCTIONS.contains(&word.as_str()) => {
                if !FUNCTIONS.contains(&word.as_str()) {
                    return Err(format!("unknown function {word}"));
                }
            }
            Token::Word(word) if KEYWORDS.contains(&word.as_str()) => {}
            Token::Word(word) => {
                if next == Some(&Token::Symbol('{')) {
                    at = check_matchers(word, &tokens, at + 2)?;
                }
                metrics.push(word.clone());
            }
            Token::Text(text) => return Err(format!("{text:?} is not the value of a label")),
            Token::Symbol('{') => return Err("a selector without a metric".to_owned()),
            Token::Symbol(_) => {}
        }
        at += 1;
    }
    for metric in &metrics {
        labels_of(metric)?;
    }
    for label in grouped {
        let has_label = |metric: &String| labels_of(metric).is_ok_and(|labels| labels.contains_key(label.as_str()));
        if !ADDED.contains(&label.as_str()) && !metrics.iter().any(has_label) {
            return Err(format!("no metric has the label {label}"));
        }
    }
    if metrics.is_empty() { Err("no metric".to_owned()) } else { Ok(()) }
}

/// Returns the labels in brackets that start at `at`, and the position of the closing bracket.
fn group(tokens: &[Token], at: usize) -> Result<(Vec<String>, usize), String> {
    let (mut labels, mut end) = (Vec::new(), at + 1);
    if tokens.get(at) != Some(&Token::Symbol('(')) {
        return Err("labels need brackets".to_owned());
    }
    loop {
        match tokens.get(end) {
            Some(Token::Word(label)) => labels.push(label.clone()),
            Some(Token::Symbol(',')) => {}
            Some(Token::Symbol(')')) => return Ok((labels, end)),
            other => return Err(format!("{other:?} is not a label")),
        }
        end += 1;
    }
}

/// Checks the matchers of a metric from `at` on; returns the position of the closing bracket.
fn check_matchers(metric: &str, tokens: &[Token], mut at: usize) -> Result<usize, String> {
    let known = labels_of(metric)?;
    while tokens.get(at) != Some(&Token::Symbol('}')) {
        let Some(Token::Word(label)) = tokens.get(at) else { return Err(format!("{metric}: a label is missing")) };
        let operator: String = tokens[at + 1..]
            .iter()
            .map_while(|token| match token {
                Token::Symbol(symbol @ ('=' | '!' | '~')) => Some(*symbol),
                _ => None,
            })
            .collect();
        let Some(Token::Text(value)) = tokens.get(at + 1 + operator.len()) else {
            return Err(format!("{metric}: {label} has no value"));
        };
        if !["=", "!=", "=~", "!~"].contains(&operator.as_str()) {
            return Err(format!("{metric}: {label}: unknown operator {operator}"));
        }
        match known.get(label.as_str()) {
            _ if ADDED.contains(&label.as_str()) => {}
            None => return Err(format!("{metric} has no label {label}")),
            Some(Values::Fixed(values)) => {
                if let Some(unknown) = value.split('|').find(|value| !values.contains(value)) {
                    return Err(format!("{metric}: {label} is never {unknown}"));
                }
            }
            Some(Values::Described(_)) => {}
        }
        at += operator.len() + 2;
        if tokens.get(at) == Some(&Token::Symbol(',')) {
            at += 1;
        }
    }
    Ok(at)
}

/// Returns the labels of a metric, or of a series of a histogram.
fn labels_of(name: &str) -> Result<BTreeMap<&'static str, Values>, String> {
    if let Some((_, labels)) = EXTERNAL.iter().find(|(external, _)| *external == name) {
        return Ok(labels.iter().map(|label| (*label, Values::Described("external"))).collect());
    }
    let histogram = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end));
    let metric = match histogram {
        Some(base) => metric_list::find(base).filter(|metric| metric.kind == Kind::Histogram),
        None => metric_list::find(name).filter(|metric| metric.kind != Kind::Histogram),
    };
    let metric = metric.ok_or(format!("unknown metric {name}"))?;
    Ok(metric.labels.iter().map(|label| (label.name, label.values)).collect())
}

/// Returns the alert rules, each with its fields.
fn rules() -> Vec<BTreeMap<String, String>> {
    let text = std::fs::read_to_string(RULES).unwrap();
    let mut rules: Vec<BTreeMap<String, String>> = Vec::new();
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix("- alert: ") {
            rules.push([("alert".to_owned(), name.to_owned())].into());
        } else if line.starts_with("- name: ") || line.starts_with('#') {
            // The start of a group, whose fields are not those of a rule.
        } else if let (Some((field, value)), Some(rule)) = (line.split_once(": "), rules.last_mut()) {
            rule.insert(field.to_owned(), value.trim_matches('\'').to_owned());
        }
    }
    rules
}

#[test]
fn every_alert_is_complete_and_names_existing_metrics() {
    let rules = rules();
    assert!(rules.len() >= 15, "{}", rules.len());
    let runbook = std::fs::read_to_string(RUNBOOK).unwrap();
    for rule in &rules {
        let name = &rule["alert"];
        check(&rule["expr"]).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        assert!(["critical", "warning"].contains(&rule["severity"].as_str()), "{name}");
        assert!(rule["for"].ends_with(['m', 'h']), "{name}");
        for field in ["summary", "description"] {
            assert!(!rule[field].is_empty(), "{name}: {field}");
        }
        // GitHub and mdBook name the anchor of a heading in lower case.
        assert_eq!(rule["runbook_url"], format!("{RUNBOOK}#{}", name.to_lowercase()));
        assert!(runbook.contains(&format!("\n### {name}\n")), "{RUNBOOK} has no section {name}");
    }
    for heading in runbook.lines().filter_map(|line| line.strip_prefix("### Entente")) {
        let name = format!("Entente{heading}");
        assert!(rules.iter().any(|rule| rule["alert"] == name), "{RUNBOOK} describes {name}, which is no alert");
    }
}

/// Returns the texts of all fields with this name.
fn fields<'a>(value: &'a Value, name: &str, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(object) => {
            found.extend(object.get(name).and_then(Value::as_str));
            object.values().for_each(|value| fields(value, name, found));
        }
        Value::Array(items) => items.iter().for_each(|value| fields(value, name, found)),
        _ => {}
    }
}

#[test]
fn the_dashboard_names_existing_metrics() {
    let text = std::fs::read_to_string("deploy/grafana/entente.json").unwrap();
    let dashboard: Value = serde_json::from_str(&text).unwrap();
    assert!(dashboard["schemaVersion"].as_u64().unwrap() >= 39);
    let variables = dashboard["templating"]["list"].as_array().unwrap();
    assert!(variables.iter().any(|one| one["name"] == "datasource" && one["type"] == "datasource"));
    let mut expressions = Vec::new();
    fields(&dashboard, "expr", &mut expressions);
    assert!(expressions.len() >= 15, "{}", expressions.len());
    for expression in &expressions {
        check(expression).unwrap_or_else(|fault| panic!("{expression}: {fault}"));
    }
    for metric in ["entente_ready", "entente_disk_free_bytes", "entente_clock_jumped"] {
        assert!(expressions.iter().any(|expression| expression.contains(metric)), "{metric}");
    }
    // Every panel uses the chosen data source.
    let mut sources = Vec::new();
    fields(&dashboard["panels"], "uid", &mut sources);
    assert!(!sources.is_empty() && sources.iter().all(|uid| *uid == "${datasource}"));
    let ids: Vec<_> = dashboard["panels"].as_array().unwrap().iter().map(|panel| panel["id"].to_string()).collect();
    let unique: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(unique.len(), ids.len());
}

#[test]
fn faults_in_expressions_are_found() {
    for (expression, fault) in [
        ("max(entente_projects", "missing"),
        ("max(entente_projects})", "closes no bracket"),
        ("max(entente_unknown)", "unknown metric entente_unknown"),
        ("rate(entente_http_request_seconds[5m])", "unknown metric entente_http_request_seconds"),
        ("rate(entente_projects_count[5m])", "unknown metric entente_projects_count"),
        ("max by (person) (entente_projects)", "no metric has the label person"),
        ("max(entente_projects{person=\"x\"})", "has no label person"),
        ("max(entente_projects{state=\"closed\"})", "state is never closed"),
        ("max(entente_projects{state=~\"active|closed\"})", "state is never closed"),
        ("max(entente_projects{state==\"active\"})", "unknown operator"),
        ("max(entente_projects{state=\"active})", "a text does not end"),
        ("average(entente_projects)", "unknown function average"),
        ("1 + 1", "no metric"),
    ] {
        let found = check(expression).expect_err(expression);
        assert!(found.contains(fault), "{expression}: {found}");
    }
    for expression in [
        "max by (state) (entente_projects{job=~\"$job\"}) > 0",
        "sum(rate(entente_http_request_seconds_count{status=~\"5..\"}[$__rate_interval])) / 2",
        "max(entente_projects offset 1h) or vector(0)",
    ] {
        check(expression).unwrap();
    }
}
