//! The list of all routes.
//!
//! The server, the tests and the `openapi` command use the same [`configure`], so that the API document matches the
//! routes.

use std::sync::OnceLock;

use actix_web::web;

use crate::app::operations;
use crate::calendar;
use crate::calendar::closed_days;
use crate::callbacks::agents;
use crate::callbacks::form_settings;
use crate::callbacks::notices;
use crate::callbacks::queues;
use crate::callbacks::reports;
use crate::callbacks::requests;
use crate::callbacks::slots;
use crate::collaboration::approvals;
use crate::collaboration::decisions;
use crate::collaboration::evidence;
use crate::collaboration::inbox;
use crate::collaboration::lifecycle;
use crate::collaboration::memberships;
use crate::collaboration::ownership;
use crate::collaboration::partnership;
use crate::collaboration::projects;
use crate::collaboration::releases;
use crate::collaboration::responses;
use crate::directory::api_keys;
use crate::directory::departments;
use crate::directory::people;
use crate::integrations::previews;
use crate::integrations::references;
use crate::integrations::webhooks;
use crate::kernel::audit;
use crate::kernel::events;
use crate::kernel::http::route_table::RouteTable;
use crate::kernel::http::routes::{Collected, Server, Slices};
use crate::privacy;
use crate::privacy::offboarding;

/// Registers every documented route, in the order of the API document.
pub fn configure(slices: &mut impl Slices) {
    slices
        .slice(departments::configure)
        .slice(people::configure)
        .slice(offboarding::configure)
        .slice(projects::configure)
        .slice(lifecycle::configure)
        .slice(approvals::configure)
        .slice(responses::configure)
        .slice(memberships::configure)
        .slice(releases::configure)
        .slice(memberships::configure_returns)
        .slice(ownership::configure)
        .slice(decisions::configure)
        .slice(partnership::configure)
        .slice(evidence::configure)
        .slice(inbox::configure)
        .slice(calendar::configure)
        .slice(closed_days::configure)
        .slice(slots::configure)
        .slice(queues::configure)
        .slice(requests::configure)
        .slice(requests::configure_blocked_numbers)
        .slice(reports::configure)
        .slice(requests::configure_agent_calendars)
        .slice(references::configure)
        .slice(agents::configure)
        .slice(form_settings::configure)
        .slice(notices::configure)
        .slice(privacy::configure)
        .slice(events::configure)
        .slice(audit::configure)
        .slice(webhooks::configure)
        .slice(previews::configure)
        .slice(api_keys::configure)
        .slice(operations::configure);
}

/// Returns the paths and schemas of [`configure`].
#[must_use]
pub fn collect() -> Collected {
    let mut collected = Collected::default();
    configure(&mut collected);
    collected
}

/// Registers every documented route with an HTTP server.
pub fn serve(config: &mut web::ServiceConfig) {
    configure(&mut Server::new(config));
}

/// Returns the documented paths, which are collected once per process.
///
/// # Errors
/// The path that cannot be distinguished from another one.
pub fn table() -> Result<&'static RouteTable, String> {
    static TABLE: OnceLock<Result<RouteTable, String>> = OnceLock::new();
    let build = || {
        let mut collected = Collected::of_paths();
        configure(&mut collected);
        RouteTable::new(&collected)
    };
    TABLE.get_or_init(build).as_ref().map_err(Clone::clone)
}
