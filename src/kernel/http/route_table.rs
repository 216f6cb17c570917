//! The documented paths with their methods, query parameters and permissions: an exact `Allow` for 405 and OPTIONS, 400
//! for a parameter that the operation does not have, and the action that the operation takes.
//!
//! Rule: the middleware looks a path up before routing. Otherwise, a method that a fixed path does not have would be
//! routed to a path with `{id}` in its place, and the server would compare the path with every route in turn.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::dev::ServiceRequest;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use utoipa::openapi::RefOr;
use utoipa::openapi::path::{self, ParameterIn, PathItem};

use super::operation_class::OperationClass;
use super::routes::Collected;
use crate::kernel::authz::Action;
use crate::kernel::error::{Code, Error, Problem, Violation};

/// The paths of the API document.
#[derive(Debug)]
pub struct RouteTable {
    router: matchit::Router<usize>,
    routes: Vec<Route>,
}

/// A path of the API document.
#[derive(Debug)]
pub struct Route {
    /// The path with parameters, such as `/v1/projects/{id}`.
    pub template: String,
    /// The methods as `Allow` lists them.
    allowed: String,
    /// Operations by method.
    operations: BTreeMap<&'static str, Operation>,
}

#[derive(Debug)]
struct Operation {
    slice: usize,
    /// What the caller needs permission for.
    action: Action,
    class: OperationClass,
    /// Names of the query parameters.
    parameters: BTreeSet<String>,
}

impl RouteTable {
    /// Creates the table from the collected paths.
    ///
    /// # Errors
    /// The path that cannot be distinguished from another one, or the operation without a permission.
    pub fn new(collected: &Collected) -> Result<Self, String> {
        let mut table = Self { router: matchit::Router::new(), routes: Vec::new() };
        for (template, item) in &collected.openapi.paths.paths {
            table
                .router
                .insert(numbered(template), table.routes.len())
                .map_err(|error| format!("{template}: {error}"))?;
            table.routes.push(Route::new(template, item, collected)?);
        }
        Ok(table)
    }

    /// Returns the route for a path. A literal segment takes precedence over a parameter.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<&Route> {
        self.routes.get(*self.router.at(path).ok()?.value)
    }
}

impl Route {
    fn new(template: &str, item: &PathItem, collected: &Collected) -> Result<Self, String> {
        let mut operations = BTreeMap::new();
        for (method, operation) in methods(item) {
            let Some(slice) = collected.slice_of(template, method) else { continue };
            let id = operation.operation_id.as_deref().unwrap_or_default();
            let action = Action::of_operation(id).ok_or_else(|| format!("the operation {id} has no permission"))?;
            let class = OperationClass::of(method, id);
            operations.insert(method, Operation { slice, action, class, parameters: query_names(operation) });
        }
        let mut allowed: Vec<&str> = operations.keys().copied().collect();
        if operations.contains_key("GET") {
            allowed.push("HEAD");
        }
        allowed.push("OPTIONS");
        Ok(Self { template: template.to_owned(), allowed: allowed.join(", "), operations })
    }

    /// Returns the action that the operation with this method takes.
    #[must_use]
    pub fn action(&self, method: &str) -> Option<Action> {
        self.operations.get(method).map(|operation| operation.action)
    }

    /// Returns the class of the operation with this method.
    #[must_use]
    pub fn class(&self, method: &str) -> Option<OperationClass> {
        self.operations.get(method).map(|operation| operation.class)
    }

    /// Whether the operation with this method belongs to the slice.
    #[must_use]
    pub fn is_in_slice(&self, method: &str, slice: usize) -> bool {
        self.operations.get(method).is_some_and(|operation| operation.slice == slice)
    }

    /// Returns the problem of a request with a method that the path does not have, or with query parameters that the
    /// operation does not have.
    #[must_use]
    pub fn undocumented(&self, method: &str, query: &str) -> Option<Problem> {
        if method == "OPTIONS" {
            return None;
        }
        let Some(operation) = self.operations.get(method) else {
            return Some(Problem::new(Code::MethodNotAllowed).header("Allow", &self.allowed));
        };
        let unknown = if query.is_empty() { Vec::new() } else { operation.unknown_parameters(query) };
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
}

impl Operation {
    fn unknown_parameters(&self, query: &str) -> Vec<String> {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
        pairs.into_iter().map(|(name, _)| name).filter(|name| !self.parameters.contains(name)).collect()
    }
}

/// Returns the operations of a path with their methods.
pub(super) fn methods(item: &PathItem) -> impl Iterator<Item = (&'static str, &path::Operation)> {
    [("DELETE", &item.delete), ("GET", &item.get), ("PATCH", &item.patch), ("POST", &item.post), ("PUT", &item.put)]
        .into_iter()
        .filter_map(|(method, operation)| Some((method, operation.as_ref()?)))
}

fn query_names(operation: &path::Operation) -> BTreeSet<String> {
    let parameters = operation.parameters.iter().flatten();
    parameters
        .filter_map(|parameter| match parameter {
            RefOr::T(parameter) if matches!(parameter.parameter_in, ParameterIn::Query) => Some(parameter.name.clone()),
            _ => None,
        })
        .collect()
}

/// Names the parameters by their position, because the router does not allow two names in one place.
fn numbered(template: &str) -> String {
    let segment = |(number, segment): (usize, &str)| {
        if segment.starts_with('{') { format!("{{{number}}}") } else { segment.to_owned() }
    };
    template.split('/').enumerate().map(segment).collect::<Vec<_>>().join("/")
}

/// Returns the route that the middleware found for a request.
#[must_use]
pub fn of_request(request: &HttpRequest) -> Option<&'static Route> {
    request.extensions().get::<&'static Route>().copied()
}

/// Finds the route of a request and stores it for [`of_request`] and the guards of the slices.
pub fn look_up(request: &ServiceRequest) -> Option<&'static Route> {
    let table: &'static RouteTable = request.app_data::<&'static RouteTable>()?;
    // `match_info` has the path that routing uses, with `%6E` decoded to `n`.
    let route = table.find(request.match_info().as_str())?;
    request.extensions_mut().insert(route);
    Some(route)
}

/// Handles requests that no route matches: OPTIONS, and unknown paths.
///
/// # Errors
/// 404 when the path does not exist.
pub async fn unrouted(request: HttpRequest) -> Result<HttpResponse, Error> {
    let route = of_request(&request).ok_or_else(Error::not_found)?;
    Ok(HttpResponse::NoContent().insert_header(("Allow", route.allowed.as_str())).finish())
}
