//! `entente demo`: the service with the example of the README in it.

use std::sync::Arc;

use super::say;
use super::serve::Service;
use crate::clock::{SystemClock, World};
use crate::config::Settings;
use crate::demo::{Client, DemoEntropy, load};

/// Serves; loads the example first if the database holds no people.
pub fn run(settings: Settings) -> Result<(), String> {
    if !settings.listen.ip().is_loopback() {
        return Err("ENTENTE_LISTEN: the demo has tokens for everyone; it listens on loopback only".into());
    }
    let entropy = Arc::new(DemoEntropy::default());
    let service = Service::prepare(settings, World { clock: Arc::new(SystemClock), entropy: entropy.clone() })?;
    let secret = service.secret.clone().ok_or("ENTENTE_ENVIRONMENT: the demo is for development")?;
    let client = Client::new(service.base_url()?, service.settings.auth.clone(), secret)?;
    let now = service.state.world.now();
    actix_web::rt::System::new().block_on(async move {
        let introduction = service.introduction()?;
        let serving = actix_web::rt::spawn(service.serve());
        entropy.set_loading(true);
        let loaded = load(&client, now).await.map_err(|error| format!("the demo data could not be loaded: {error}"))?;
        entropy.set_loading(false);
        say(introduction)?;
        say(if loaded { "  The example is loaded." } else { "  There are data already; nothing was loaded." })?;
        serving.await.map_err(|error| error.to_string())?
    })
}
