//! Responds to `GET /livez` on 127.0.0.1 and the port in the first argument, with one thread per core.

use actix_web::{App, HttpResponse, HttpServer, get};

#[get("/livez")]
async fn livez() -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(r#"{"status":"ok"}"#)
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let port: u16 = std::env::args().nth(1).and_then(|port| port.parse().ok()).unwrap_or(8080);
    HttpServer::new(|| App::new().service(livez)).bind(("127.0.0.1", port))?.run().await
}
