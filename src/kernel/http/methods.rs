//! The methods and query parameters of each path, read from the API document: an exact `Allow` for 405 and OPTIONS, and
//! 400 for a parameter that the operation does not have.
//!
//! Rule: this check runs before routing. Otherwise, a method that a fixed path does not have would be routed to a path
//! with `{id}` in its place.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::{HttpRequest, HttpResponse, web};
use utoipa::openapi::RefOr;
use utoipa::openapi::path::{Operation, ParameterIn, Paths};

use crate::kernel::error::{Code, Error, Problem, Violation};

/// The paths of the API document with their methods.
#[derive(Debug, Clone, Default)]
pub struct MethodTable {
    paths: Vec<Entry>,
}

#[derive(Debug, Clone)]
struct Entry {
    template: String,
    segments: Vec<String>,
    /// The methods as `Allow` lists them.
    allowed: String,
    /// Query parameters by method.
    queries: BTreeMap<&'static str, BTreeSet<String>>,
}

impl MethodTable {
    /// Creates the table from the collected paths.
    #[must_use]
    pub fn new(paths: &Paths) -> Self {
        let paths = paths
            .paths
            .iter()
            .map(|(template, item)| {
                let operations = [
                    ("DELETE", &item.delete),
                    ("GET", &item.get),
                    ("PATCH", &item.patch),
                    ("POST", &item.post),
                    ("PUT", &item.put),
                ];
                let queries: BTreeMap<_, _> = operations
                    .into_iter()
                    .filter_map(|(method, operation)| {
                        operation.as_ref().map(|operation| (method, query_names(operation)))
                    })
                    .collect();
                let mut allowed: Vec<&str> = queries.keys().copied().collect();
                if queries.contains_key("GET") {
                    allowed.push("HEAD");
                }
                allowed.push("OPTIONS");
                Entry { template: template.clone(), segments: segments(template), allowed: allowed.join(", "), queries }
            })
            .collect();
        Self { paths }
    }

    /// Returns the entry for a path. A literal segment takes precedence over a parameter.
    fn find(&self, path: &str) -> Option<&Entry> {
        let wanted = segments(path);
        self.paths
            .iter()
            .filter(|entry| matches(&entry.segments, &wanted))
            .min_by_key(|entry| entry.segments.iter().filter(|segment| is_parameter(segment)).count())
    }

    /// Returns the methods of a path, as `Allow` lists them.
    #[must_use]
    pub fn allowed(&self, path: &str) -> Option<&str> {
        self.find(path).map(|entry| entry.allowed.as_str())
    }

    /// Returns the template of a path.
    #[must_use]
    pub fn template(&self, path: &str) -> Option<&str> {
        self.find(path).map(|entry| entry.template.as_str())
    }

    /// Returns the problem of a request whose path does not have the method, or whose operation does not have the query
    /// parameters.
    #[must_use]
    pub fn undocumented(&self, method: &str, path: &str, query: &str) -> Option<Problem> {
        let entry = self.find(path)?;
        if method != "OPTIONS" && !entry.queries.contains_key(method) {
            return Some(Problem::new(Code::MethodNotAllowed).header("Allow", &entry.allowed));
        }
        let unknown = if query.is_empty() { Vec::new() } else { self.unknown_parameters(method, path, query) };
        if unknown.is_empty() {
            return None;
        }
        let mut problem = Problem::new(Code::InvalidParameter);
        problem.violations = unknown
            .into_iter()
            .take(100)
            .map(|name| Violation::parameter(name, "unknown_parameter", "violation-unknown-parameter"))
            .collect();
        Some(problem)
    }

    /// Returns the names of the query parameters that the operation does not have.
    #[must_use]
    pub fn unknown_parameters(&self, method: &str, path: &str, query: &str) -> Vec<String> {
        let Some(known) = self.find(path).and_then(|entry| entry.queries.get(method)) else { return Vec::new() };
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
        pairs.into_iter().map(|(name, _)| name).filter(|name| !known.contains(name)).collect()
    }
}

fn query_names(operation: &Operation) -> BTreeSet<String> {
    let parameters = operation.parameters.iter().flatten();
    parameters
        .filter_map(|parameter| match parameter {
            RefOr::T(parameter) if matches!(parameter.parameter_in, ParameterIn::Query) => Some(parameter.name.clone()),
            _ => None,
        })
        .collect()
}

fn segments(path: &str) -> Vec<String> {
    path.split('/').map(str::to_owned).collect()
}

fn is_parameter(segment: &str) -> bool {
    segment.starts_with('{')
}

fn matches(template: &[String], path: &[String]) -> bool {
    template.len() == path.len()
        && template
            .iter()
            .zip(path)
            .all(|(expected, found)| if is_parameter(expected) { !found.is_empty() } else { expected == found })
}

/// Handles requests that no route matches: OPTIONS, and unknown paths.
///
/// # Errors
/// 404 when the path does not exist.
pub async fn unrouted(request: HttpRequest, table: web::Data<MethodTable>) -> Result<HttpResponse, Error> {
    match table.allowed(request.match_info().as_str()) {
        None => Err(Error::not_found()),
        Some(allowed) => Ok(HttpResponse::NoContent().insert_header(("Allow", allowed)).finish()),
    }
}
