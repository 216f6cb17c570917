//! Which methods and query parameters each path has, read from the document: exact `Allow` for
//! 405 and OPTIONS, 400 for a parameter that an operation does not have.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::{HttpRequest, HttpResponse, web};
use utoipa::openapi::RefOr;
use utoipa::openapi::path::{Operation, ParameterIn, Paths};

use crate::error::{Code, Error, Problem};

/// The paths of the document with their methods.
#[derive(Debug, Clone, Default)]
pub struct MethodTable {
    paths: Vec<Entry>,
}

#[derive(Debug, Clone)]
struct Entry {
    template: String,
    segments: Vec<String>,
    /// As the header `Allow` lists them.
    allowed: String,
    /// Query parameters by method.
    queries: BTreeMap<&'static str, BTreeSet<String>>,
}

impl MethodTable {
    /// From the collected paths.
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

    /// A literal segment wins over a parameter.
    fn find(&self, path: &str) -> Option<&Entry> {
        let wanted = segments(path);
        self.paths
            .iter()
            .filter(|entry| fits(&entry.segments, &wanted))
            .min_by_key(|entry| entry.segments.iter().filter(|segment| is_parameter(segment)).count())
    }

    /// The methods of a path, as `Allow` lists them.
    #[must_use]
    pub fn allowed(&self, path: &str) -> Option<&str> {
        self.find(path).map(|entry| entry.allowed.as_str())
    }

    /// The template that a path is an instance of.
    #[must_use]
    pub fn template(&self, path: &str) -> Option<&str> {
        self.find(path).map(|entry| entry.template.as_str())
    }

    /// Names of query parameters that the operation does not have.
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

fn fits(template: &[String], path: &[String]) -> bool {
    template.len() == path.len()
        && template
            .iter()
            .zip(path)
            .all(|(expected, found)| if is_parameter(expected) { !found.is_empty() } else { expected == found })
}

/// Answers whatever no route took: OPTIONS, a wrong method, or a path that is not there.
///
/// # Errors
/// 404 or 405.
pub async fn unrouted(request: HttpRequest, table: web::Data<MethodTable>) -> Result<HttpResponse, Error> {
    match table.allowed(request.path()) {
        None => Err(Error::not_found()),
        Some(allowed) if request.method() == "OPTIONS" => {
            Ok(HttpResponse::NoContent().insert_header(("Allow", allowed)).finish())
        }
        Some(allowed) => Err(Problem::new(Code::MethodNotAllowed).header("Allow", allowed).into()),
    }
}
