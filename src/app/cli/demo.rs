//! `entente demo`: the service with the example of the README in it.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;

use super::say;
use super::serve::Service;
use crate::app::demo::{Client, DemoClock, DemoEntropy, is_loaded, load_past, load_present, move_sink, sink};
use crate::kernel::config::Settings;
use crate::kernel::environment::Environment;
use crate::kernel::ids::WebhookEndpointId;

/// Serves; loads the example first if the database holds no people.
pub fn run(mut settings: Settings) -> Result<(), String> {
    if !settings.listen.ip().is_loopback() {
        return Err("ENTENTE_LISTEN: the demo has tokens for everyone; it listens on loopback only".into());
    }
    // Webhooks of the demo stay on this machine.
    settings.egress.allow_http = true;
    settings.egress.allowed_networks.push(IpNet::from(IpAddr::from(Ipv4Addr::LOCALHOST)));
    let entropy = Arc::new(DemoEntropy::default());
    let clock = Arc::new(DemoClock::default());
    let environment = Environment { clock: clock.clone(), entropy: entropy.clone() };
    let service = Service::prepare(settings, environment.clone())?;
    let secret = service.secret.clone().ok_or("ENTENTE_ENVIRONMENT: the demo is for development")?;
    let client = Client::new(service.base_url()?, service.settings.auth.clone(), secret, environment)?;
    actix_web::rt::System::new().block_on(async move {
        let introduction = service.introduction()?;
        let sink = sink::start()?;
        let serving = actix_web::rt::spawn(service.serve());
        let told = |error| format!("the demo data could not be loaded: {error}");
        let state = if is_loaded(&client).await.map_err(told)? {
            move_sink(&client, &sink).await.map_err(told)?;
            "  The example is loaded, at an earlier start."
        } else {
            entropy.set_loading(true);
            load_past(&client, &*clock).await.map_err(told)?;
            // An endpoint is also told of what is not in the feed yet when it is made.
            let events = entropy.given("evt");
            wait_for_one(&client, &format!("/v1/events?after={}&limit=1", events.saturating_sub(1))).await?;
            load_present(&client, &sink).await.map_err(told)?;
            // While ids are still counted, so that the first delivery has one of them.
            let deliveries = format!("/v1/webhook-endpoints/{}/deliveries?limit=1", WebhookEndpointId::demo(1));
            wait_for_one(&client, &deliveries).await?;
            entropy.set_loading(false);
            "  The example is loaded."
        };
        say(introduction)?;
        say(state)?;
        serving.await.map_err(|error| error.to_string())?
    })
}

/// Waits until the worker has made something to list, or for five seconds, as there may be no worker.
async fn wait_for_one(client: &Client, path: &str) -> Result<(), String> {
    for _ in 0..100 {
        let list = client.get("cmo", path).await?;
        if list["data"].as_array().is_some_and(|items| !items.is_empty()) {
            break;
        }
        actix_web::rt::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}
