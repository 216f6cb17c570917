//! The list of all routes.
//!
//! The server, the tests and the `openapi` command use the same [`configure`], so that the API document matches the
//! routes.

use utoipa_actix_web::AppExt;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::app::operations;
use crate::calendar;
use crate::calendar::closed_days;
use crate::callbacks::agents;
use crate::callbacks::notices;
use crate::callbacks::reports;
use crate::callbacks::requests;
use crate::collaboration::approvals;
use crate::collaboration::decisions;
use crate::collaboration::inbox;
use crate::collaboration::lifecycle;
use crate::collaboration::memberships;
use crate::collaboration::ownership;
use crate::collaboration::partnership;
use crate::collaboration::projects;
use crate::collaboration::releases;
use crate::collaboration::responses;
use crate::directory::departments;
use crate::directory::people;
use crate::integrations::previews;
use crate::integrations::references;
use crate::integrations::webhooks;
use crate::kernel::audit;
use crate::kernel::events;
use crate::privacy;
use crate::privacy::offboarding;

/// Registers every documented route, in the order of the API document.
pub fn configure(config: &mut ServiceConfig) {
    config
        .configure(departments::configure)
        .configure(people::configure)
        .configure(offboarding::configure)
        .configure(projects::configure)
        .configure(lifecycle::configure)
        .configure(approvals::configure)
        .configure(responses::configure)
        .configure(memberships::configure)
        .configure(releases::configure)
        .configure(memberships::configure_returns)
        .configure(ownership::configure)
        .configure(decisions::configure)
        .configure(partnership::configure)
        .configure(inbox::configure)
        .configure(calendar::configure)
        .configure(closed_days::configure)
        .configure(requests::configure)
        .configure(reports::configure)
        .configure(requests::configure_agent_calendars)
        .configure(references::configure)
        .configure(agents::configure)
        .configure(notices::configure)
        .configure(privacy::configure)
        .configure(events::configure)
        .configure(audit::configure)
        .configure(webhooks::configure)
        .configure(previews::configure)
        .configure(operations::configure);
}

/// Returns the paths and schemas of [`configure`].
#[must_use]
pub fn collect() -> utoipa::openapi::OpenApi {
    actix_web::App::new().into_utoipa_app().configure(configure).split_for_parts().1
}
