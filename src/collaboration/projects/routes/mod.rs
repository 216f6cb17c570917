//! `/v1/projects` and what is below it in this slice.

mod agreement;
mod closing;
mod lifecycle;
mod projects;

use utoipa_actix_web::service_config::ServiceConfig;

use super::service::Whole;
use crate::kernel::error::Error;
use crate::kernel::http::response::Answer;

/// Drafting and reading; agreeing; moving.
pub fn configure(config: &mut ServiceConfig) {
    config
        .service(projects::create_project)
        .service(projects::list_projects)
        .service(projects::get_project)
        .service(agreement::get_charter)
        .service(agreement::replace_charter)
        .service(agreement::seat_sponsor)
        .service(lifecycle::propose_project)
        .service(agreement::vacate_seat)
        .service(agreement::list_milestones)
        .service(lifecycle::get_readiness)
        .service(lifecycle::activate_project)
        .service(lifecycle::hold_project)
        .service(lifecycle::resume_project)
        .service(lifecycle::close_project)
        .service(closing::replace_closure_report)
        .service(closing::get_closure_report)
        .service(lifecycle::cancel_project);
}

fn answer(whole: &Whole) -> Result<Answer, Error> {
    Ok(Answer::ok(&whole.body())?.version(whole.project.version))
}
