//! The HTTP servers of the service under test.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use entente::app::context::Context;
use entente::app::operations::ServesMetrics;
use entente::app::server;
use entente::app::server::Edge;
use entente::callbacks::form::FormSettings;
use entente::kernel::config::{ConnectionSettings, ForwardedHeader, RateLimitSettings};
use entente::kernel::http::client_address::TrustedProxies;
use entente::kernel::http::cors::Cors;
use entente::kernel::http::rate_limit::{RateLimits, Stopwatch};
use entente::kernel::locale::Lang;
use entente::kernel::request::DefaultLocale;

/// The rate limits of a process, the header of its proxies, and the language of its visitors. The default is no limit,
/// and Czech.
#[derive(Clone, Copy, Default)]
pub struct EdgeOptions {
    pub limits: RateLimitSettings,
    pub header: ForwardedHeader,
    pub locale: Option<Lang>,
}

/// Runs the server on a separate thread, as in the binary.
pub(super) fn serve(context: Context, listener: TcpListener, options: EdgeOptions) -> actix_web::dev::ServerHandle {
    serve_with(context, listener, options, true)
}

/// Runs the server with or without metrics.
pub(super) fn serve_with(
    context: Context,
    listener: TcpListener,
    options: EdgeOptions,
    serves_metrics: bool,
) -> actix_web::dev::ServerHandle {
    let (clock, start) = (context.state.environment.clock.clone(), context.state.environment.now());
    let elapsed = move || Duration::from_micros((clock.now().unix_micros() - start.unix_micros()).max(0) as u64);
    let edge = Edge {
        limits: Arc::new(RateLimits::new(options.limits, Stopwatch::new(elapsed))),
        cors: Cors::new(vec!["https://www.example.com".into()]),
        // Tests send `X-Forwarded-For` to simulate other addresses.
        proxies: TrustedProxies::new(&["127.0.0.0/8".parse().unwrap()], options.header),
        form: FormSettings { frame_origins: vec!["https://www.example.com".into()], ..FormSettings::default() },
        default_locale: DefaultLocale(options.locale.unwrap_or(Lang::CS)),
        metrics: ServesMetrics(serves_metrics),
    };
    let keep_alive = Duration::from_secs(5);
    let connections = ConnectionSettings { threads: 1, max: 10_000, backlog: 1_024, keep_alive };
    start_server(move || server::build(context, listener, connections, edge).unwrap())
}

/// Runs a server on a separate thread.
pub(super) fn start_server(
    build: impl FnOnce() -> actix_web::dev::Server + Send + 'static,
) -> actix_web::dev::ServerHandle {
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = build();
            sender.send(server.handle()).unwrap();
            server.await.unwrap();
        });
    });
    receiver.recv().unwrap()
}
