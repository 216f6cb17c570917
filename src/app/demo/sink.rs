//! Where the demo's webhooks arrive, so that deliveries have something to show. It answers 204 and
//! keeps nothing; a real receiver would verify the signature first. It never takes the first one, so that
//! there is a delivery that waits: the document shows with it how to cancel.

use std::net::TcpListener;

use actix_web::{App, HttpResponse, HttpServer, web};
use serde_json::{Value, json};

use crate::kernel::events::types::WEBHOOK_ENDPOINT_CREATED;
use crate::kernel::ids::WebhookEndpointId;

/// Starts on a free port of loopback and returns the URL.
///
/// # Errors
/// When no socket can be had.
pub fn start() -> Result<String, String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let server = HttpServer::new(|| App::new().default_service(web::to(take)))
        .workers(1)
        .disable_signals()
        .shutdown_timeout(0)
        .listen(listener)
        .map_err(|error| error.to_string())?;
    actix_web::rt::spawn(server.run());
    Ok(format!("http://{address}/hook"))
}

async fn take(event: web::Json<Value>) -> HttpResponse {
    let first = event["type"] == WEBHOOK_ENDPOINT_CREATED && event["subject"] == json!(WebhookEndpointId::demo(1));
    if first {
        return HttpResponse::ServiceUnavailable().finish();
    }
    HttpResponse::NoContent().finish()
}
