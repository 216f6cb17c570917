//! How slices register their handlers: the same functions configure the server and collect the API document.
//!
//! Rule: the server has one scope per slice. The number of the slice that
//! [`RouteTable`](super::route_table::RouteTable) found selects the scope, so that a request is compared with the
//! routes of one slice only. The document is collected once per process and not for every HTTP thread, because it is
//! large.

use std::collections::HashMap;

use actix_web::dev::HttpServiceFactory;
use actix_web::guard::{Guard, GuardContext};
use actix_web::web;
use utoipa::openapi::OpenApi;
use utoipa_actix_web::OpenApiFactory;

use super::route_table::{Route, methods};

/// Receives the handlers of a slice.
pub trait Routes {
    /// Registers a handler.
    fn service(&mut self, handler: impl HttpServiceFactory + OpenApiFactory + 'static) -> &mut Self;

    /// Registers the handlers of a part of the slice.
    fn configure(&mut self, part: impl FnOnce(&mut Self)) -> &mut Self
    where
        Self: Sized,
    {
        part(self);
        self
    }
}

/// Receives the slices.
pub trait Slices {
    /// What the handlers of a slice are registered with.
    type Routes: Routes;

    /// Registers the handlers of a slice.
    fn slice(&mut self, handlers: impl FnOnce(&mut Self::Routes)) -> &mut Self;
}

impl Routes for web::ServiceConfig {
    fn service(&mut self, handler: impl HttpServiceFactory + OpenApiFactory + 'static) -> &mut Self {
        self.service(handler)
    }
}

/// The slices of the server.
pub struct Server<'a> {
    config: &'a mut web::ServiceConfig,
    slices: usize,
}

impl<'a> Server<'a> {
    /// Creates a server without slices.
    pub fn new(config: &'a mut web::ServiceConfig) -> Self {
        Self { config, slices: 0 }
    }
}

impl Slices for Server<'_> {
    type Routes = web::ServiceConfig;

    fn slice(&mut self, handlers: impl FnOnce(&mut web::ServiceConfig)) -> &mut Self {
        self.config.service(web::scope("").guard(InSlice(self.slices)).configure(handlers));
        self.slices += 1;
        self
    }
}

/// Matches the requests whose path is in the slice with this number.
struct InSlice(usize);

impl Guard for InSlice {
    fn check(&self, context: &GuardContext<'_>) -> bool {
        let method = context.head().method.as_str();
        context.req_data().get::<&'static Route>().is_some_and(|route| route.is_in_slice(method, self.0))
    }
}

/// The paths and schemas of the handlers.
#[derive(Default)]
pub struct Collected {
    pub openapi: OpenApi,
    /// Number of the slice of each path and method.
    slices: HashMap<(String, &'static str), usize>,
    registered: usize,
    /// Whether to leave out the schemas, which are most of the document.
    paths_only: bool,
}

impl Collected {
    /// Returns an empty collection that receives paths, but no schemas.
    #[must_use]
    pub fn of_paths() -> Self {
        Self { paths_only: true, ..Self::default() }
    }

    /// Returns the number of the slice that has the operation.
    pub(super) fn slice_of(&self, path: &str, method: &'static str) -> Option<usize> {
        self.slices.get(&(path.to_owned(), method)).copied()
    }
}

impl Routes for Collected {
    fn service(&mut self, handler: impl HttpServiceFactory + OpenApiFactory + 'static) -> &mut Self {
        let paths = handler.paths();
        for (path, item) in &paths.paths {
            self.slices.extend(methods(item).map(|(method, _)| ((path.clone(), method), self.registered)));
        }
        self.openapi.paths.merge(paths);
        if !self.paths_only {
            let mut schemas = Vec::new();
            handler.schemas(&mut schemas);
            self.openapi.components.get_or_insert_default().schemas.extend(schemas);
        }
        self
    }
}

impl Slices for Collected {
    type Routes = Self;

    fn slice(&mut self, handlers: impl FnOnce(&mut Self)) -> &mut Self {
        handlers(self);
        self.registered += 1;
        self
    }
}
