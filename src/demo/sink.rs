//! Where the demo's webhooks arrive, so that deliveries have something to show. It answers 204 and
//! keeps nothing; a real receiver would verify the signature first.

use std::net::TcpListener;

use actix_web::{App, HttpResponse, HttpServer, web};

/// Starts on a free port of loopback and returns the URL.
///
/// # Errors
/// When no socket can be had.
pub fn start() -> Result<String, String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let server = HttpServer::new(|| App::new().default_service(web::to(HttpResponse::NoContent)))
        .workers(1)
        .disable_signals()
        .shutdown_timeout(0)
        .listen(listener)
        .map_err(|error| error.to_string())?;
    actix_web::rt::spawn(server.run());
    Ok(format!("http://{address}/hook"))
}
