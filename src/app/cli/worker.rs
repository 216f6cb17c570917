//! `entente worker`: the background worker without the API, so that both can be scaled separately.

use std::time::Duration;

use super::serve;
use crate::app::shutdown::{self, Process};
use crate::app::supervisor::Loops;
use crate::app::{server, worker};
use crate::kernel::config::Settings;
use crate::kernel::db::DbOptions;
use crate::kernel::environment::Environment;
use crate::kernel::readiness::{self, Probe};
use crate::kernel::stop;
use crate::kernel::telemetry;

/// Runs until SIGTERM or SIGINT.
pub fn run(mut settings: Settings) -> Result<(), String> {
    let telemetry = telemetry::start(&settings)?;
    serve::log_warnings(&settings);
    serve::open_more_files();
    settings.auth.secret = super::secret::development_secret(&settings)?;
    let admin = serve::bind_admin(&settings)?;
    let context = serve::context(&settings, Environment::system(), &telemetry)?;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "worker started");
    let system = actix_web::rt::System::new();
    let outcome = system.block_on(async {
        serve::encrypt_secrets(&context).await?;
        let (stopper, stop) = stop::channel();
        let (readiness, environment) = (context.state.readiness.clone(), context.state.environment.clone());
        let mut admin = serve::start_admin(&context, admin)?;
        let mut loops = Loops::new(stop.clone());
        let probe = Probe::new(&DbOptions::from(&settings.database));
        loops.start("probe", readiness::watch(probe, readiness.clone(), environment, stop.clone()));
        loops.start("counters", serve::upkeep(None, context.clone(), stop.clone()));
        worker::start(&mut loops, worker::Parts::of(&context).with(&settings), &stop);
        // There are no requests to drain.
        let process = Process { loops, stopper, readiness, drain: Duration::ZERO };
        shutdown::run(process, server::first_end(None, admin.as_mut()), async {}, async {}).await
    });
    serve::leave(system);
    outcome
}
