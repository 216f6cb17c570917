//! What handlers and workers share: the state of the kernel, and what the components add to it.

use actix_web::web;

use crate::callbacks::requests::intake_policy::IntakePolicy;
use crate::integrations::webhooks::Outbound;
use crate::kernel::state::AppState;

/// Registered with every app that serves requests.
#[derive(Clone)]
pub struct Context {
    pub state: web::Data<AppState>,
    /// Guards the public form.
    pub intake: web::Data<IntakePolicy>,
    pub outbound: web::Data<Outbound>,
}

impl Context {
    /// With data of its own for each component.
    #[must_use]
    pub fn new(state: AppState, intake: IntakePolicy, outbound: Outbound) -> Self {
        Self { state: web::Data::new(state), intake: web::Data::new(intake), outbound: web::Data::new(outbound) }
    }
}
