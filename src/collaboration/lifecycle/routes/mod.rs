//! Lifecycle operations below `/v1/projects/{id}`.

mod charter;
mod closure_report;
mod sponsors;
mod transitions;

use crate::collaboration::projects::service::Whole;
use crate::kernel::error::Error;
use crate::kernel::http::response::Response;
use crate::kernel::http::routes::Routes;

/// Registers the operations in the order in which a project goes through them.
pub fn configure(routes: &mut impl Routes) {
    routes
        .service(charter::replace_charter)
        .service(sponsors::assign_sponsor)
        .service(sponsors::accept_sponsor)
        .service(sponsors::decline_sponsor)
        .service(sponsors::confirm_sponsor)
        .service(transitions::propose_project)
        .service(sponsors::remove_sponsor)
        .service(charter::list_milestones)
        .service(transitions::get_readiness)
        .service(transitions::activate_project)
        .service(transitions::hold_project)
        .service(transitions::resume_project)
        .service(transitions::extend_hold)
        .service(transitions::close_project)
        .service(closure_report::replace_closure_report)
        .service(closure_report::get_closure_report)
        .service(transitions::cancel_project);
}

fn respond(whole: &Whole) -> Result<Response, Error> {
    Ok(Response::ok(&whole.body())?.version(whole.project.version))
}
