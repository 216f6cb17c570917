//! `entente serve`: migrations, server, worker and graceful shutdown.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use secrecy::SecretString;

use super::{print_line, secret, token};
use crate::app::context::Context;
use crate::app::key_fetcher::HttpKeyFetcher;
use crate::app::metric_list;
use crate::app::operations::ServesMetrics;
use crate::app::server;
use crate::app::server::{Edge, Running};
use crate::app::shutdown::{self, Process};
use crate::app::supervisor::Loops;
use crate::app::worker;
use crate::callbacks::form::FormSettings;
use crate::callbacks::notices;
use crate::callbacks::requests::intake_policy::IntakePolicy;
use crate::callbacks::slots;
use crate::directory::{api_keys, people};
use crate::integrations::webhooks::Outbound;
use crate::integrations::webhooks::egress::EgressPolicy;
use crate::integrations::webhooks::registry;
use crate::integrations::webhooks::sender::{HttpSender, SendLimits, system_lookup};
use crate::kernel::actors::Pseudonyms;
use crate::kernel::auth::{FetchKeys, LoginIssuers, Scope, Verifier};
use crate::kernel::config::{Deployment, EgressSettings, LogFormat, Settings, warnings};
use crate::kernel::db::{Db, DbConn, DbOptions, migrate};
use crate::kernel::environment::{Environment, SystemClock};
use crate::kernel::error::Error;
use crate::kernel::http::client_address::TrustedProxies;
use crate::kernel::http::cors::Cors;
use crate::kernel::http::rate_limit::{RateLimits, Stopwatch};
use crate::kernel::readiness::{self, Probe, Readiness};
use crate::kernel::request::DefaultLocale;
use crate::kernel::state::AppState;
use crate::kernel::stop::{self, Phase, StopSignal};
use crate::kernel::telemetry::{self, Telemetry};

/// A service that is ready to run.
pub struct Service {
    pub settings: Settings,
    pub context: Context,
    pub secret: Option<SecretString>,
    listener: TcpListener,
    admin: Option<TcpListener>,
    edge: Edge,
    // The last field, so that it is dropped last and flushes all traces.
    _telemetry: Telemetry,
}

/// Serves until SIGTERM or SIGINT.
pub fn run(settings: Settings) -> Result<(), String> {
    let service = Service::prepare(settings, Environment::system())?;
    service.introduce()?;
    let system = actix_web::rt::System::new();
    let outcome = system.block_on(async move {
        for hint in [service.no_credentials().await?, service.first_step().await?].into_iter().flatten() {
            print_line(hint)?;
        }
        service.warn_of_example_notice().await?;
        service.warn_of_queues_without_agents().await?;
        service.serve().await
    });
    leave(system);
    outcome
}

/// Ends the process without waiting for blocking calls, such as the resolution of a name, that are still running.
pub fn leave(system: actix_web::rt::SystemRunner) {
    std::mem::forget(system);
}

/// Logs the settings that are not safe, and what was noticed while they were read.
pub fn log_warnings(settings: &Settings) {
    for warning in warnings(settings) {
        tracing::warn!("{warning}");
    }
}

/// Raises the soft limit of open files to the hard limit, because every client and webhook receiver needs a socket. The
/// usual soft limit of 1,024 exists only for programs that use `select`.
pub fn open_more_files() {
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        tracing::warn!(%error, "failed to raise the open file limit");
    }
}

impl Service {
    /// Prepares everything that can fail before the first request: socket, migrations, database and keys.
    pub fn prepare(mut settings: Settings, environment: Environment) -> Result<Self, String> {
        let telemetry = telemetry::start(&settings)?;
        log_warnings(&settings);
        open_more_files();
        let secret = secret::development_secret(&settings)?;
        settings.auth.secret = secret.clone();
        let listener = TcpListener::bind(settings.listen)
            .map_err(|error| format!("ENTENTE_LISTEN: {}: {error}", settings.listen))?;
        let admin = bind_admin(&settings)?;
        let context = context(&settings, environment, &telemetry)?;
        let edge = Edge {
            limits: Arc::new(RateLimits::new(settings.rate_limits, Stopwatch::monotonic())),
            cors: Cors::new(settings.cors_origins.clone()),
            proxies: TrustedProxies::new(&settings.trusted_proxies, settings.forwarded_header),
            form: FormSettings {
                frame_origins: settings.form_frame_origins.clone(),
                proof_of_work: settings.intake.proof_of_work.is_some(),
            },
            default_locale: DefaultLocale(settings.default_locale),
            metrics: ServesMetrics(admin.is_none()),
        };
        Ok(Self { settings, context, secret, listener, admin, edge, _telemetry: telemetry })
    }

    /// Returns the URL of the service.
    pub fn base_url(&self) -> Result<String, String> {
        let address = self.listener.local_addr().map_err(|error| error.to_string())?;
        Ok(format!("http://{address}"))
    }

    /// Reports the start: with the addresses on standard output, or in production with log lines as JSON, as one of
    /// them.
    fn introduce(&self) -> Result<(), String> {
        let is_json = self.settings.log_format == LogFormat::Json;
        if is_json && self.settings.environment == Deployment::Production {
            let admin = self.settings.admin_listen.map(|address| address.to_string()).unwrap_or_default();
            tracing::info!(version = env!("CARGO_PKG_VERSION"), address = self.base_url()?, admin, "started");
            return Ok(());
        }
        print_line(self.introduction()?)
    }

    /// Returns the start-up output: the URLs of the service and, in development, a token.
    pub fn introduction(&self) -> Result<String, String> {
        let base = self.base_url()?;
        let mut text = format!(
            "Entente {} on {}\n  API         {base}/v1\n  Swagger UI  {base}/docs/\n  Form        {base}/callback\n  OpenAPI     {base}/openapi.json",
            env!("CARGO_PKG_VERSION"),
            self.settings.database.url
        );
        if let Some(secret) = &self.secret {
            let token = token::make(&self.settings.auth, secret, "cmo", Scope::ALL, false, 24)?;
            text +=
                "\n  Development token for \"cmo\" with all scopes, valid for 24 hours (see entente token --help):\n";
            text += &token;
        }
        Ok(text)
    }

    /// Returns a hint on how to create the first API key, if no request can be authenticated without one.
    pub async fn no_credentials(&self) -> Result<Option<String>, String> {
        let has_tokens = self.secret.is_some() || !self.settings.auth.issuers.is_empty();
        if has_tokens || !self.has_no_rows(api_keys::service::is_empty).await? {
            return Ok(None);
        }
        let hint = "  There is no identity provider (see docs/authentication.md) and no API key. Create one (see docs/api-keys.md):\n    \
                    entente api-key create NAME --scope admin";
        Ok(Some(hint.to_owned()))
    }

    async fn has_no_rows(&self, is_empty: fn(&mut DbConn) -> Result<bool, Error>) -> Result<bool, String> {
        self.context.state.db.read(is_empty).await.map_err(|error| error.to_string())
    }

    async fn warn_of_example_notice(&self) -> Result<(), String> {
        if self.settings.environment != Deployment::Production {
            return Ok(());
        }
        let only_examples = self.context.state.db.read(notices::only_examples).await;
        if only_examples.map_err(|error| error.to_string())? {
            tracing::warn!("{}", notices::NO_OWN_NOTICE);
        }
        Ok(())
    }

    /// Warns of queues whose capacity comes from the roster, but for which no agent is on duty in the next days: they
    /// refuse all requests.
    async fn warn_of_queues_without_agents(&self) -> Result<(), String> {
        let now = self.context.state.environment.now();
        let found = self.context.state.db.read(move |conn| slots::warnings(conn, now)).await;
        for queue in found.map_err(|error| error.to_string())? {
            tracing::warn!(queue, "no agent is on duty in the booking horizon of a queue");
        }
        Ok(())
    }

    /// Returns a hint on how to add the first person, if the directory is empty.
    pub async fn first_step(&self) -> Result<Option<String>, String> {
        if self.secret.is_none() || !self.has_no_rows(people::service::is_empty).await? {
            return Ok(None);
        }
        let base = self.base_url()?;
        Ok(Some(format!(
            "  The directory is empty. Add the person that the token is for (see docs/quick-start/empty-database.md):\n    \
             curl -H \"Authorization: Bearer $TOKEN\" --json '{{\"login\": \"cmo\", \"display_name\": \"...\", \"email\": \"...\"}}' {base}/v1/people"
        )))
    }

    /// Runs server and worker until a signal arrives, or a background loop or a server fails, then shuts both down
    /// gracefully.
    pub async fn serve(self) -> Result<(), String> {
        encrypt_secrets(&self.context).await?;
        let (stopper, stop) = stop::channel();
        let loops = self.start_loops(&stop);
        let Self { settings, context, listener, admin, edge, .. } = self;
        let server = server::build(context.clone(), listener, settings.connections, edge)?;
        let handle = server.handle();
        let mut server = actix_web::rt::spawn(server);
        // It is never stopped: it reports that the process is draining until the process ends.
        let mut admin = start_admin(&context, admin)?;
        let state = context.state.clone();
        let close = async {
            // Move all data to the database file, so that a copy of that file is a complete backup.
            if let Err(error) = state.db.scrub().await {
                tracing::warn!(%error, "failed to truncate the write-ahead log; include it in backups of the database file");
            }
        };
        let readiness = state.readiness.clone();
        let process = Process { loops, stopper, readiness, drain: settings.drain };
        // In a block, because the call alone stops the server.
        let finish = async { handle.stop(true).await };
        shutdown::run(process, server::first_end(Some(&mut server), admin.as_mut()), finish, close).await?;
        // A server that has not ended by now has reached the time limit.
        match server.now_or_never() {
            Some(ended) => {
                ended.map_err(|error| error.to_string())?.map_err(|error| format!("the server failed: {error}"))
            }
            None => Ok(()),
        }
    }

    fn start_loops(&self, stop: &StopSignal) -> Loops {
        let (state, mut loops) = (&self.context.state, Loops::new(stop.clone()));
        let probe = Probe::new(&DbOptions::from(&self.settings.database));
        let probing = readiness::watch(probe, state.readiness.clone(), state.environment.clone(), stop.clone());
        loops.start("probe", probing);
        loops.start("counters", upkeep(Some(self.edge.limits.clone()), self.context.clone(), stop.clone()));
        loops.start("keys", refresh_keys(self.context.clone(), stop.clone()));
        if self.settings.worker {
            worker::start(&mut loops, worker::Parts::of(&self.context).with(&self.settings), stop);
        }
        loops
    }
}

/// Removes idle rate limit counters and runs the upkeep of the metrics, which limits their memory use. A worker has no
/// rate limits.
pub async fn upkeep(limits: Option<Arc<RateLimits>>, context: Context, mut stop: StopSignal) {
    while !stop.has_reached(Phase::Stopping) {
        if let Some(limits) = &limits {
            limits.remove_idle();
        }
        context.intake.remove_idle();
        context.state.db.scrub_if_pending().await;
        context.state.metrics.run_upkeep();
        telemetry::round_completed("counters", context.state.environment.now());
        stop.pause_until(Phase::Stopping, Duration::from_secs(10)).await;
    }
}

/// Fetches the key sets of identity providers at the start and when they are due. Requests are served meanwhile.
async fn refresh_keys(context: Context, mut stop: StopSignal) {
    while !stop.has_reached(Phase::Stopping) {
        let state = &context.state;
        tokio::select! {
            () = state.verifier.refresh_due(state.environment.now()) => {}
            () = stop.reached(Phase::Stopping) => return,
        }
        telemetry::round_completed("keys", state.environment.now());
        stop.pause_until(Phase::Stopping, Duration::from_secs(5)).await;
    }
}

/// Opens the socket of the admin listener, if there is one.
pub fn bind_admin(settings: &Settings) -> Result<Option<TcpListener>, String> {
    let bind =
        |address| TcpListener::bind(address).map_err(|error| format!("ENTENTE_ADMIN_LISTEN: {address}: {error}"));
    settings.admin_listen.map(bind).transpose()
}

/// Starts the server of the admin listener, if there is one.
pub fn start_admin(context: &Context, listener: Option<TcpListener>) -> Result<Option<Running>, String> {
    let Some(listener) = listener else { return Ok(None) };
    Ok(Some(actix_web::rt::spawn(server::build_admin(context.clone(), listener)?)))
}

/// Encrypts the secrets of webhook endpoints and those of the installation with the current key.
pub async fn encrypt_secrets(context: &Context) -> Result<(), String> {
    let state = &context.state;
    let encrypted = registry::seal_all(&state.db, &state.environment, &state.vault)
        .await
        .map_err(|error| format!("ENTENTE_ENCRYPTION_KEYS: {error}"))?;
    context.key.seal().await.map_err(|error| format!("ENTENTE_ENCRYPTION_KEYS: {error}"))?;
    if encrypted > 0 {
        tracing::info!(endpoints = encrypted, "encrypted webhook secrets with the current key");
    }
    Ok(())
}

/// Describes the metrics, applies pending migrations unless `ENTENTE_MIGRATE` is false, opens the database, and creates
/// the data that handlers share.
pub fn context(settings: &Settings, environment: Environment, telemetry: &Telemetry) -> Result<Context, String> {
    let named = |error: String| format!("ENTENTE_DATABASE_URL: {}: {error}", settings.database.url);
    metric_list::describe();
    let options = DbOptions::from(&settings.database);
    for name in migrate::prepare(&options, settings.database.migrate).map_err(named)? {
        tracing::info!(migration = name, "migration applied");
    }
    let sender = HttpSender::new(policy(&settings.egress), SendLimits::within(settings.egress.timeout))
        .map_err(|error| format!("failed to create the webhook client: {error}"))?;
    let fetcher = HttpKeyFetcher::new(policy(&settings.key_egress), settings.key_egress.timeout, system_lookup())?;
    let fetcher: Arc<dyn FetchKeys> = Arc::new(fetcher);
    let state = AppState {
        db: Db::open(&options, None).map_err(named)?,
        environment,
        verifier: Verifier::new(&settings.auth, &fetcher)?,
        api_keys: None,
        pseudonyms: Pseudonyms::default(),
        announce: None,
        people: None,
        login_issuers: LoginIssuers::from(&settings.auth),
        metrics: telemetry.metrics.clone(),
        readiness: Readiness::new(Arc::new(SystemClock)),
        vault: Arc::new(secret::vault(settings)?),
        committed: Arc::default(),
    };
    let outbound = Outbound { sender: Arc::new(sender), tokens: Arc::default() };
    Ok(Context::new(state, IntakePolicy::new(settings.intake.clone()), outbound))
}

/// Returns the rules of the egress guard.
pub fn policy(settings: &EgressSettings) -> EgressPolicy {
    EgressPolicy {
        allow_http: settings.allow_http,
        allowed_ports: settings.allowed_ports.clone(),
        allowed_networks: settings.allowed_networks.clone(),
        allowed_hosts: settings.allowed_hosts.clone(),
    }
}
