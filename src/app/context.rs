//! The data that handlers and workers share: the state of the kernel and that of the components.

use std::sync::Arc;

use actix_web::web;

use crate::callbacks::requests::intake_policy::IntakePolicy;
use crate::collaboration::projects::notices;
use crate::directory::api_keys::StoredApiKeys;
use crate::directory::people::StoredPeople;
use crate::integrations::webhooks::Outbound;
use crate::kernel::installation_key::InstallationKey;
use crate::kernel::state::AppState;

/// The shared data, registered with every app that serves requests.
#[derive(Clone)]
pub struct Context {
    pub state: web::Data<AppState>,
    /// Protects the public form against spam.
    pub intake: web::Data<IntakePolicy>,
    /// The key of the hashes of networks and blocked numbers.
    pub key: web::Data<InstallationKey>,
    /// Sends webhooks.
    pub outbound: web::Data<Outbound>,
}

impl Context {
    /// Wraps the data of each component for actix-web, and lets the kernel accept API keys and check people.
    #[must_use]
    pub fn new(mut state: AppState, intake: IntakePolicy, outbound: Outbound) -> Self {
        let (db, environment) = (&state.db, &state.environment);
        state.api_keys = Some(Arc::new(StoredApiKeys::new(db.clone(), environment.clone())));
        let key = Arc::new(InstallationKey::new(db.clone(), environment.clone(), state.vault.clone()));
        let committed = state.committed.clone();
        let people = StoredPeople::new(db.clone(), environment.clone(), committed, key.clone(), notices::announce);
        state.people = Some(Arc::new(people));
        state.announce = Some(notices::announce);
        Self {
            state: web::Data::new(state),
            intake: web::Data::new(intake),
            key: web::Data::from(key),
            outbound: web::Data::new(outbound),
        }
    }
}
