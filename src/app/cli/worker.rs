//! `entente worker`: the background worker without the API, so that both can be scaled separately.

use tokio::sync::watch;

use super::serve;
use crate::app::worker;
use crate::kernel::config::Settings;
use crate::kernel::environment::Environment;
use crate::kernel::telemetry;

/// Runs until SIGTERM or SIGINT.
pub fn run(mut settings: Settings) -> Result<(), String> {
    let telemetry = telemetry::start(&settings)?;
    serve::log_warnings(&settings);
    serve::open_more_files();
    settings.auth.secret = super::secret::development_secret(&settings)?;
    let context = serve::context(&settings, Environment::system(), &telemetry)?;
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    runtime.block_on(async {
        serve::encrypt_secrets(&context).await?;
        let (stop, stopping) = watch::channel(false);
        let work = tokio::spawn(worker::run(worker::Parts::of(&context).with(&settings), stopping));
        serve::stop_signal().await?;
        stop.send_replace(true);
        work.await.map_err(|error| format!("the worker failed: {error}"))
    })
}
