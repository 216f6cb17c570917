//! Counts each request against the rate limits, once.
//!
//! Rules:
//! - A request that sends no credentials, or to an operation that ignores them, counts for the network of the address
//!   before its route is called.
//! - A request with credentials counts for the caller as soon as they are accepted. If they are not, or if the request
//!   is refused before they are checked, it uses the budget of its network for refused credentials, and so does a
//!   request whose client disconnects.

use std::cell::Cell;
use std::net::IpAddr;
use std::rc::Rc;

use actix_web::dev::ServiceRequest;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{HttpMessage, HttpRequest, web};

use crate::kernel::auth::Actor;
use crate::kernel::authz::Action;
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::http::client_address;
use crate::kernel::http::operation_class::OperationClass;
use crate::kernel::http::rate_limit::{Client, RateLimitStatus, RateLimits};
use crate::kernel::http::route_table::Route;

/// How one request counts. The middleware owns it, and the extensions of the request refer to it.
pub(super) struct Counted(Rc<Count>);

struct Count {
    limits: web::Data<RateLimits>,
    network: Client,
    class: OperationClass,
    /// `None` until the request is counted.
    status: Cell<Option<RateLimitStatus>>,
}

impl Counted {
    /// Counts a request before its route is called, if it is known for whom. Probes and metrics are not counted.
    pub(super) fn begin(request: &ServiceRequest, client: Option<IpAddr>, route: Option<&Route>) -> Option<Self> {
        if matches!(request.path(), "/livez" | "/readyz" | "/metrics") {
            return None;
        }
        let limits = request.app_data::<web::Data<RateLimits>>()?.clone();
        let method = request.method().as_str();
        let network = Client::Network(client_address::network_number(client?));
        let class = route.and_then(|route| route.class(method)).unwrap_or(OperationClass::Read);
        let reads_credentials =
            route.and_then(|route| route.action(method)).is_some_and(|action| action != Action::ReadPublic);
        let status = if reads_credentials && request.headers().contains_key(AUTHORIZATION) {
            limits.refusal(network)
        } else {
            Some(limits.count(network, class))
        };
        let count = Rc::new(Count { limits, network, class, status: Cell::new(status) });
        request.extensions_mut().insert(count.clone());
        Some(Self(count))
    }

    /// Ends the request: if it is not counted yet, its credentials were not accepted.
    pub(super) fn end(&self) {
        if self.0.status.get().is_none() {
            self.0.status.set(Some(self.0.limits.count_refused(self.0.network)));
        }
    }

    /// Returns the budgets that the request used; `None` if it is not counted yet.
    pub(super) fn status(&self) -> Option<RateLimitStatus> {
        self.0.status.get()
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.end();
    }
}

/// Counts a request for an authenticated caller.
///
/// # Errors
/// 429 when a budget of the caller is used up.
pub(super) fn for_caller(request: &HttpRequest, actor: &Actor) -> Result<(), Error> {
    // The kind as well, because the subjects of applications and people may be equal.
    count(request, |count| count.limits.caller((actor.kind as u8, actor.issuer(), actor.subject.as_str())))
}

/// Counts a request whose caller is treated as a visitor, although it may have credentials.
///
/// # Errors
/// 429 when a budget of the network is used up.
pub(super) fn for_visitor(request: &HttpRequest) -> Result<(), Error> {
    count(request, |count| count.network)
}

fn count(request: &HttpRequest, client: impl FnOnce(&Count) -> Client) -> Result<(), Error> {
    let count = request.extensions().get::<Rc<Count>>().cloned();
    let Some(count) = count.filter(|count| count.status.get().is_none()) else { return Ok(()) };
    let status = count.limits.count(client(&count), count.class);
    count.status.set(Some(status));
    status.wait().map_or(Ok(()), |wait| Err(too_many_requests(wait).into()))
}

/// Returns the problem of a request that exceeds a budget. `wait` is in seconds.
pub(super) fn too_many_requests(wait: u64) -> Problem {
    Problem::new(Code::TooManyRequests).header("Retry-After", wait)
}
