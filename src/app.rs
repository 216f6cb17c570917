//! The one list of routes.
//!
//! [`configure`] is used by the server, the tests and the `openapi` command, which needs no
//! database: what is served and what is documented cannot differ.

use utoipa_actix_web::AppExt;
use utoipa_actix_web::service_config::ServiceConfig;

pub use crate::state::AppState;
use crate::{
    agents, audit, calendar, callbacks, closures, consents, decisions, departments, events, inbox, memberships,
    notices, operations, ownership, partnership, people, privacy, projections, projects, references, webhooks,
};

/// Every documented route, in the order of the story that the document tells.
pub fn configure(config: &mut ServiceConfig) {
    config
        .configure(departments::configure)
        .configure(people::configure)
        .configure(projects::configure)
        .configure(consents::configure)
        .configure(memberships::configure)
        .configure(ownership::configure)
        .configure(decisions::configure)
        .configure(partnership::configure)
        .configure(inbox::configure)
        .configure(calendar::configure)
        .configure(closures::configure)
        .configure(callbacks::configure)
        .configure(references::configure)
        .configure(agents::configure)
        .configure(notices::configure)
        .configure(privacy::configure)
        .configure(events::configure)
        .configure(audit::configure)
        .configure(webhooks::configure)
        .configure(projections::configure)
        .configure(operations::configure);
}

/// The paths and schemas of [`configure`].
#[must_use]
pub fn collect() -> utoipa::openapi::OpenApi {
    actix_web::App::new().into_utoipa_app().configure(configure).split_for_parts().1
}
