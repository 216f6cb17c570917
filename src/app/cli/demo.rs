//! `entente demo`: the service with example data.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;

use super::print_line;
use super::serve::Service;
use crate::app::demo::{Client, DemoClock, DemoEntropy, is_loaded, load_past, load_present, move_sink, sink};
use crate::kernel::config::{Deployment, NetworkLimits, Settings};
use crate::kernel::environment::Environment;
use crate::kernel::error::Code;
use crate::kernel::ids::WebhookEndpointId;

/// Serves the API with the example data, which it loads if the database has no people.
pub fn run(mut settings: Settings) -> Result<(), String> {
    if !settings.listen.ip().is_loopback() {
        return Err(
            "ENTENTE_LISTEN: must be a loopback address, because the demo prints a token with all scopes".into()
        );
    }
    if settings.environment == Deployment::Production {
        return Err("ENTENTE_ENVIRONMENT: the demo requires development, because its data is public".into());
    }
    // Allow webhooks to the receiver of the demo, which is on this machine.
    settings.egress.allow_http = true;
    settings.egress.allowed_networks.push(IpNet::from(IpAddr::from(Ipv4Addr::LOCALHOST)));
    // The visitors of the demo send requests from this machine, and one of them through a proxy on this machine.
    settings.intake.network = NetworkLimits::default();
    settings.trusted_proxies.push(IpNet::from(settings.listen.ip()));
    // One person loads the example within seconds.
    settings.rate_limits.writes = 0;
    let entropy = Arc::new(DemoEntropy::default());
    let clock = Arc::new(DemoClock::default());
    let environment = Environment { clock: clock.clone(), entropy: entropy.clone() };
    let service = Service::prepare(settings, environment.clone())?;
    let secret = service.secret.clone().ok_or("the demo requires that no other issuer of tokens is configured")?;
    let client = Client::new(service.base_url()?, service.settings.auth.clone(), secret, environment)?;
    actix_web::rt::System::new().block_on(async move {
        let introduction = service.introduction()?;
        let sink = sink::start()?;
        let serving = actix_web::rt::spawn(service.serve());
        let failed = |error| format!("failed to load the example: {error}");
        let state = if is_loaded(&client).await.map_err(failed)? {
            move_sink(&client, &sink).await.map_err(failed)?;
            "  The example is loaded (by an earlier start)."
        } else {
            entropy.set_loading(true);
            load_past(&client, &*clock).await.map_err(failed)?;
            // A new endpoint also receives events that are not in the feed yet, so wait for the last one.
            let events = entropy.issued("evt");
            wait_for_one(&client, &format!("/v1/events?after={}&limit=1", events.saturating_sub(1))).await?;
            load_present(&client, &sink).await.map_err(failed)?;
            // Wait while ids are still counted, so that the first delivery has a fixed id.
            let deliveries = format!("/v1/webhook-endpoints/{}/deliveries?limit=1", WebhookEndpointId::demo(1));
            wait_for_one(&client, &deliveries).await?;
            entropy.set_loading(false);
            "  The example is loaded."
        };
        print_line(introduction)?;
        print_line(state)?;
        serving.await.map_err(|error| error.to_string())?
    })
}

/// Waits until a list is not empty. Gives up after five seconds, because there may be no worker.
async fn wait_for_one(client: &Client, path: &str) -> Result<(), String> {
    for _ in 0..100 {
        match client.get("cmo", path).await {
            Ok(list) if list["data"].as_array().is_some_and(|items| !items.is_empty()) => break,
            // The feed is not so far yet.
            Err(error) if error.contains(Code::PositionUnknown.as_str()) => {}
            other => drop(other?),
        }
        actix_web::rt::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}
