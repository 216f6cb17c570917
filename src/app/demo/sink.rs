//! The webhook receiver of the demo. It responds 204 and stores nothing; a real receiver would verify the signature
//! first. It always rejects the first event, so that there is a pending delivery for the example of cancelling a
//! delivery.

use std::net::TcpListener;

use actix_web::{App, HttpResponse, HttpServer, web};
use serde_json::{Value, json};

use crate::kernel::events::types::WEBHOOK_ENDPOINT_CREATED;
use crate::kernel::ids::WebhookEndpointId;

/// Starts the receiver on a free loopback port and returns its URL.
///
/// # Errors
/// When no socket can be opened.
pub fn start() -> Result<String, String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let server = HttpServer::new(|| App::new().default_service(web::to(receive)))
        .workers(1)
        .disable_signals()
        .shutdown_timeout(0)
        .listen(listener)
        .map_err(|error| error.to_string())?;
    actix_web::rt::spawn(server.run());
    Ok(format!("http://{address}/hook"))
}

async fn receive(event: web::Json<Value>) -> HttpResponse {
    let first = event["type"] == WEBHOOK_ENDPOINT_CREATED && event["subject"] == json!(WebhookEndpointId::demo(1));
    if first {
        return HttpResponse::ServiceUnavailable().finish();
    }
    HttpResponse::NoContent().finish()
}
