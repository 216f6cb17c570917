//! The HTTP server: routes, middleware, limits and graceful shutdown.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};
use tokio::task::{JoinError, JoinHandle};

use crate::app::connections;
use crate::app::context::Context;
use crate::app::documents;
use crate::app::operations::{self, ServesMetrics};
use crate::app::routes;
use crate::app::swagger_ui;
use crate::calendar::{HoursObserver, closed_days};
use crate::callbacks::form;
use crate::callbacks::form::FormSettings;
use crate::callbacks::requests;
use crate::kernel::config::ConnectionSettings;
use crate::kernel::http::client_address::TrustedProxies;
use crate::kernel::http::cors::Cors;
use crate::kernel::http::rate_limit::RateLimits;
use crate::kernel::http::route_table::unrouted;
use crate::kernel::request::DefaultLocale;
use crate::kernel::request::middleware::request_middleware;

/// Time limit for receiving the headers of a request.
const HEADER_DEADLINE: Duration = Duration::from_secs(10);
/// Time limit for running requests during shutdown, in seconds.
const DRAIN_SECONDS: u64 = 20;
/// The same for the admin listener.
const ADMIN_DRAIN_SECONDS: u64 = 1;

/// The settings that apply to a request before it reaches a route.
#[derive(Clone)]
pub struct Edge {
    pub limits: Arc<RateLimits>,
    pub cors: Cors,
    pub proxies: TrustedProxies,
    pub form: FormSettings,
    pub default_locale: DefaultLocale,
    /// False if the admin listener serves the metrics.
    pub metrics: ServesMetrics,
}

/// Builds the server for a bound socket.
///
/// # Errors
/// When the socket cannot be used.
pub fn build(
    context: Context,
    listener: TcpListener,
    connections: ConnectionSettings,
    edge: Edge,
) -> Result<Server, String> {
    let table = routes::table()?;
    connections::set_backlog(&listener, &connections)?;
    let server = HttpServer::new(move || {
        App::new()
            .app_data(context.state.clone())
            .app_data(context.intake.clone())
            .app_data(context.key.clone())
            .app_data(context.outbound.clone())
            .app_data(web::Data::new(closed_days::Observer(requests::opening_hours::flag_day)))
            .app_data(web::Data::new(HoursObserver(requests::opening_hours::changed)))
            .app_data(table)
            .app_data(web::Data::from(edge.limits.clone()))
            .app_data(web::Data::new(edge.cors.clone()))
            .app_data(web::Data::new(edge.proxies.clone()))
            .app_data(web::Data::new(edge.form.clone()))
            .app_data(web::Data::new(edge.default_locale))
            .app_data(edge.metrics)
            .wrap(from_fn(request_middleware))
            .configure(routes::serve)
            .configure(operations::configure_pages)
            .configure(documents::configure)
            .configure(form::configure)
            .configure(swagger_ui::configure)
            .default_service(web::to(unrouted))
    })
    .workers(connections.threads)
    .max_connections(connections::per_thread(&connections))
    .keep_alive(connections.keep_alive)
    .client_request_timeout(HEADER_DEADLINE)
    .on_connect(|connection, _| connections::limit_writes(connection))
    .shutdown_timeout(DRAIN_SECONDS)
    .disable_signals()
    .listen(listener)
    .map_err(|error| format!("failed to listen on the socket: {error}"))?;
    Ok(server.run())
}

/// Builds the server of the admin listener, which has only health checks and metrics.
///
/// # Errors
/// When the socket cannot be used.
pub fn build_admin(context: Context, listener: TcpListener) -> Result<Server, String> {
    let server = HttpServer::new(move || {
        App::new()
            .app_data(context.state.clone())
            .wrap(from_fn(request_middleware))
            .configure(operations::configure)
            .default_service(web::to(unrouted))
    })
    .workers(1)
    .client_request_timeout(HEADER_DEADLINE)
    .shutdown_timeout(ADMIN_DRAIN_SECONDS)
    .disable_signals()
    .listen(listener)
    .map_err(|error| format!("failed to listen on the admin socket: {error}"))?;
    Ok(server.run())
}

/// The task of a server.
pub type Running = JoinHandle<std::io::Result<()>>;

/// Waits until a server ends, which is a failure unless it was stopped, and returns which one and why. Does not end
/// without a server. A server must not be awaited again after this.
pub async fn first_end(public: Option<&mut Running>, admin: Option<&mut Running>) -> String {
    tokio::select! {
        ended = end(public) => describe("server", ended),
        ended = end(admin) => describe("server of the admin listener", ended),
    }
}

async fn end(server: Option<&mut Running>) -> Result<std::io::Result<()>, JoinError> {
    match server {
        Some(server) => server.await,
        None => std::future::pending().await,
    }
}

fn describe(server: &str, ended: Result<std::io::Result<()>, JoinError>) -> String {
    match ended {
        Ok(Ok(())) => format!("the {server} ended"),
        Ok(Err(error)) => format!("the {server} failed: {error}"),
        Err(error) => format!("the {server} failed: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_that_ends_is_named() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut runs = tokio::spawn(std::future::pending());
            let mut ended = tokio::spawn(async { Ok(()) });
            assert_eq!(first_end(Some(&mut ended), Some(&mut runs)).await, "the server ended");
            let mut failed = tokio::spawn(async { Err(std::io::Error::other("no sockets")) });
            let expected = "the server of the admin listener failed: no sockets";
            assert_eq!(first_end(Some(&mut runs), Some(&mut failed)).await, expected);
            let mut cancelled = tokio::spawn(std::future::pending());
            cancelled.abort();
            assert!(first_end(None, Some(&mut cancelled)).await.starts_with("the server of the admin listener failed"));
        });
    }
}
