//! The data that handlers and workers share: the state of the kernel and that of the components.

use actix_web::web;

use crate::callbacks::requests::intake_policy::IntakePolicy;
use crate::integrations::webhooks::Outbound;
use crate::kernel::state::AppState;

/// The shared data, registered with every app that serves requests.
#[derive(Clone)]
pub struct Context {
    pub state: web::Data<AppState>,
    /// Protects the public form against spam.
    pub intake: web::Data<IntakePolicy>,
    /// Sends webhooks.
    pub outbound: web::Data<Outbound>,
}

impl Context {
    /// Wraps the data of each component for actix-web.
    #[must_use]
    pub fn new(state: AppState, intake: IntakePolicy, outbound: Outbound) -> Self {
        Self { state: web::Data::new(state), intake: web::Data::new(intake), outbound: web::Data::new(outbound) }
    }
}
