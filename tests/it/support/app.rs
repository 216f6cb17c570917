//! The service under test, on a real socket.

use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_web::web;
use entente::app::context::Context;
use entente::app::key_fetcher::HttpKeyFetcher;
use entente::callbacks::requests::intake_policy::IntakePolicy;
use entente::integrations::webhooks::Outbound;
use entente::integrations::webhooks::egress::EgressPolicy;
use entente::integrations::webhooks::sender::{HttpSender, Lookup, SendLimits};
use entente::kernel::auth::{Claims, FetchKeys, Fetching, IssuerSettings, LoginIssuers, Verifier, mint};
use entente::kernel::config::{AuthSettings, IntakeSettings, RateLimitSettings};
use entente::kernel::db::{Db, DbOptions};
use entente::kernel::environment::{Clock, Entropy, Environment, ManualClock, SystemEntropy};
use entente::kernel::readiness::Readiness;
use entente::kernel::state::AppState;
use entente::kernel::time::UtcTime;
use entente::kernel::vault::Vault;

use super::client::Client;
use super::database::{Engine, TestDatabase};
use super::edge::{EdgeOptions, serve};
use super::recorder::Recorder;
use super::telemetry;

/// The secret that signs test tokens.
pub const SECRET: &str = "the secret of the tests, long enough";
/// The issuer of test tokens, and of logins that name none.
pub const ISSUER: &str = "entente";
/// Another issuer that logins can have. See [`TestApp::replica`].
pub const SECOND_ISSUER: &str = "https://second.example.com";
/// The key that encrypts stored secrets.
pub const VAULT_KEY: &str = "dGhlIGtleSBvZiB0aGUgdGVzdHMsIDMyIGJ5dGVzISE=";
/// How long a request waits for a connection. Longer than the default, because many tests share few cores.
const WAIT: Duration = Duration::from_secs(5);
/// All scopes, the default of test tokens.
pub const ALL_SCOPES: &str = "projects:read projects:write directory:write callbacks:create callbacks:read callbacks:work webhooks:manage audit:read admin";

/// Returns Tuesday, 30 March 2027, 09:00 in Prague: a business day, after Easter.
pub fn start_time() -> UtcTime {
    "2027-03-30T07:00:00Z".parse().unwrap()
}

/// A running service with a clock that the test controls.
pub struct TestApp {
    pub clock: Arc<ManualClock>,
    pub state: web::Data<AppState>,
    pub context: Context,
    pub engine: Engine,
    client: Client,
    recorder: Recorder,
    server: actix_web::dev::ServerHandle,
    // Dropped last, when nothing uses the database any more.
    pub database: TestDatabase,
}

/// Runs a test on one database engine.
pub fn run<F, Fut>(engine: Engine, test: F)
where
    F: FnOnce(TestApp) -> Fut,
    Fut: Future<Output = ()>,
{
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let Some(database) = TestDatabase::new(engine) else {
        report_skipped_postgres_once();
        return;
    };
    runtime.block_on(async { test(TestApp::start(engine, database)).await });
}

/// Writes to standard error directly, because the test runner hides the output of passing tests.
fn report_skipped_postgres_once() {
    static REPORTED: std::sync::Once = std::sync::Once::new();
    REPORTED.call_once(|| {
        let line = "PostgreSQL cases are skipped: ENTENTE_TEST_POSTGRES_URL is not set";
        writeln!(std::io::stderr(), "{line}").unwrap();
    });
}

impl TestApp {
    /// Starts the service.
    pub fn start(engine: Engine, database: TestDatabase) -> Self {
        Self::start_with(engine, database, Arc::new(SystemEntropy::default()))
    }

    /// Starts another service on a new database.
    pub fn fresh(&self) -> Self {
        Self::start(self.engine, TestDatabase::new(self.engine).unwrap())
    }

    /// Starts another service on a new database, with this source of random numbers.
    pub fn with_entropy(self, entropy: Arc<dyn Entropy>) -> Self {
        Self::start_with(self.engine, TestDatabase::new(self.engine).unwrap(), entropy)
    }

    /// Starts another service on a new database, with these limits for callback requests.
    pub fn with_intake(self, intake: IntakeSettings) -> Self {
        let database = TestDatabase::new(self.engine).unwrap();
        Self::start_with_intake(self.engine, database, Arc::new(SystemEntropy::default()), intake)
    }

    /// Starts another service on a new database, which accepts the tokens of these issuers, too.
    pub fn with_issuers(&self, issuers: Vec<IssuerSettings>) -> Self {
        let (database, entropy) = (TestDatabase::new(self.engine).unwrap(), Arc::new(SystemEntropy::default()));
        Self::start_with_settings(self.engine, database, entropy, IntakeSettings::default(), issuers)
    }

    fn start_with(engine: Engine, database: TestDatabase, entropy: Arc<dyn Entropy>) -> Self {
        Self::start_with_intake(engine, database, entropy, IntakeSettings::default())
    }

    fn start_with_intake(
        engine: Engine,
        database: TestDatabase,
        entropy: Arc<dyn Entropy>,
        intake: IntakeSettings,
    ) -> Self {
        Self::start_with_settings(engine, database, entropy, intake, Vec::new())
    }

    fn start_with_settings(
        engine: Engine,
        database: TestDatabase,
        entropy: Arc<dyn Entropy>,
        intake: IntakeSettings,
        issuers: Vec<IssuerSettings>,
    ) -> Self {
        telemetry::start();
        let clock = Arc::new(ManualClock::at(start_time()));
        let environment = Environment { clock: clock.clone(), entropy };
        let recorder = Recorder::default();
        let options = DbOptions { wait: WAIT, ..DbOptions::new(database.url.clone()) };
        let db = Db::open(&options, Some(recorder.probe())).unwrap();
        let context = context(db, environment, ISSUER, intake, issuers);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = serve(context.clone(), listener, EdgeOptions::default());
        let state = context.state.clone();
        Self { clock, state, context, engine, client: Client::new(address), recorder, server, database }
    }

    /// Starts another process of the service, on the same database and clock, that accepts the tokens of this issuer.
    pub fn replica(&self, issuer: &'static str) -> Replica {
        self.process(self.state.db.clone(), issuer, EdgeOptions::default())
    }

    /// Starts another process of the service, on the same database and clock, with these limits.
    pub fn limited(&self, limits: RateLimitSettings) -> Replica {
        self.behind(EdgeOptions { limits, ..EdgeOptions::default() })
    }

    /// Starts another process of the service, on the same database and clock, with these limits and proxies.
    pub fn behind(&self, options: EdgeOptions) -> Replica {
        self.process(self.state.db.clone(), ISSUER, options)
    }

    /// Starts another process of the service, on the same database and clock, with its own connections. SQLite has one
    /// process, so there it shares the connections.
    pub fn separate(&self) -> Replica {
        let db = match self.engine {
            Engine::Postgres => {
                let options = DbOptions { wait: WAIT, ..DbOptions::new(self.database.url.clone()) };
                Db::open(&options, None).unwrap()
            }
            Engine::Sqlite => self.state.db.clone(),
        };
        self.process(db, ISSUER, EdgeOptions::default())
    }

    fn process(&self, db: Db, issuer: &'static str, options: EdgeOptions) -> Replica {
        let environment = self.state.environment.clone();
        let context = context(db, environment, issuer, IntakeSettings::default(), Vec::new());
        let state = context.state.clone();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = Client::new(listener.local_addr().unwrap());
        Replica { state, issuer, client, server: serve(context, listener, options) }
    }

    pub fn address(&self) -> SocketAddr {
        self.client.address
    }

    /// Returns a client without credentials.
    pub fn anonymous(&self) -> Client {
        self.client.clone()
    }

    /// Returns a client of an administrator who is not in the directory, with all scopes.
    pub fn admin(&self) -> Client {
        self.caller("admin", ALL_SCOPES)
    }

    /// Returns the client of a person with the scopes for projects.
    pub fn person(&self, subject: &str) -> Client {
        self.caller(subject, "projects:read projects:write")
    }

    /// Returns a client with a token for `subject` with exactly these scopes.
    pub fn caller(&self, subject: &str, scopes: &str) -> Client {
        telemetry::mark_login(subject);
        self.client.with_token(token(&claims(subject, scopes)))
    }

    /// Returns the client of a service.
    pub fn service(&self, subject: &str, scopes: &str) -> Client {
        self.client.with_token(token(&Claims { client_id: Some(subject.to_owned()), ..claims(subject, scopes) }))
    }

    /// Returns the current instant of the clock.
    pub fn now(&self) -> UtcTime {
        self.clock.now()
    }

    /// Starts to record the SQL statements, without those recorded before.
    pub fn record_statements(&self) {
        self.recorder.start();
    }

    /// Returns the SQL statements since [`Self::record_statements`], without transaction control.
    pub fn statements(&self) -> Vec<String> {
        self.recorder.executed()
    }

    /// Returns whether the connections keep this recorded statement prepared for its next executions.
    pub fn keeps(&self, recorded: &str) -> bool {
        self.recorder.keeps(recorded)
    }
}

impl TestApp {
    /// Dispatches all committed events and returns the feed.
    pub async fn drained_feed(&self) -> Vec<serde_json::Value> {
        let environment = self.state.environment.clone();
        let dispatched = self
            .state
            .db
            .write(move |conn| {
                entente::integrations::webhooks::dispatcher::dispatch(conn, &environment, environment.now())
            })
            .await;
        dispatched.unwrap();
        let feed = self.admin().get("/v1/events?limit=100").await.expect(200);
        feed.body["data"].as_array().unwrap().clone()
    }
}

/// Another process of the service under test.
pub struct Replica {
    pub state: web::Data<AppState>,
    issuer: &'static str,
    client: Client,
    server: actix_web::dev::ServerHandle,
}

impl Replica {
    /// Returns a client without credentials.
    pub fn anonymous(&self) -> Client {
        self.client.clone()
    }

    /// Returns a client with a token of the issuer for `subject` with exactly these scopes.
    pub fn caller(&self, subject: &str, scopes: &str) -> Client {
        self.client.with_token(token(&Claims { iss: self.issuer.into(), ..claims(subject, scopes) }))
    }

    /// Returns a client with a token of the issuer for the service `subject` with exactly these scopes.
    pub fn service(&self, subject: &str, scopes: &str) -> Client {
        let client_id = Some(subject.to_owned());
        self.client.with_token(token(&Claims { iss: self.issuer.into(), client_id, ..claims(subject, scopes) }))
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

/// Returns the shared data of a process that accepts the tokens of one issuer.
fn context(
    db: Db,
    environment: Environment,
    issuer: &str,
    intake: IntakeSettings,
    issuers: Vec<IssuerSettings>,
) -> Context {
    let auth = AuthSettings { issuer: issuer.into(), audience: "entente".into(), secret: Some(SECRET.into()), issuers };
    let policy = EgressPolicy {
        allow_http: true,
        allowed_networks: vec!["127.0.0.0/8".parse().unwrap()],
        allowed_hosts: vec!["crm.corp.internal".into(), "hr.corp.internal".into()],
        ..EgressPolicy::default()
    };
    let readiness = ready(environment.clock.clone());
    let state = AppState {
        db,
        environment,
        verifier: Verifier::new(&auth, &key_fetcher(&auth, &policy)).unwrap(),
        api_keys: None,
        announce: None,
        people: None,
        login_issuers: LoginIssuers::of(ISSUER, &[SECOND_ISSUER]),
        pseudonyms: Default::default(),
        metrics: telemetry::recorder(),
        readiness,
        vault: Arc::new(Vault::new(&[VAULT_KEY.into()]).unwrap()),
        committed: Arc::default(),
    };
    let outbound = Outbound {
        sender: Arc::new(HttpSender::with_lookup(policy, SendLimits::default(), resolver()).unwrap()),
        tokens: Arc::default(),
    };
    Context::new(state, IntakePolicy::new(intake), outbound)
}

/// Returns the readiness of a process whose probe succeeded. It remains ready, because monotonic time stands still.
fn ready(clock: Arc<dyn Clock>) -> Readiness {
    let readiness = Readiness::new(clock);
    readiness.finish(Ok(()));
    readiness
}

impl Drop for TestApp {
    fn drop(&mut self) {
        telemetry::check_metrics_sometimes(|| self.state.metrics.render());
        // The threads of the database end with the state; the socket is closed with the server.
        drop(self.server.stop(false));
    }
}

/// Fetches nothing, for a service without issuers, because a client takes time to create.
pub struct NoFetcher;

impl FetchKeys for NoFetcher {
    fn fetch(&self, _: url::Url) -> Fetching<'_> {
        Box::pin(async { Err("there is no network".to_owned()) })
    }
}

fn key_fetcher(auth: &AuthSettings, policy: &EgressPolicy) -> Arc<dyn FetchKeys> {
    if auth.issuers.is_empty() {
        return Arc::new(NoFetcher);
    }
    Arc::new(HttpKeyFetcher::new(policy.clone(), Duration::from_secs(5), resolver()).unwrap())
}

/// Returns a name resolver with fixed addresses, so that tests never send DNS queries.
fn resolver() -> Lookup {
    let rebound = Arc::new(AtomicBool::new(false));
    Arc::new(move |host: String| {
        let rebound = rebound.clone();
        Box::pin(async move {
            let address = match host.as_str() {
                "inside.example.com" | "hr.corp.internal" => "10.1.2.3",
                // Public at the first time only.
                "rebinds.example.com" if rebound.swap(true, Ordering::Relaxed) => "10.1.2.3",
                "metadata.example.com" => "169.254.169.254",
                "mapped.example.com" => "::ffff:127.0.0.1",
                "nowhere.example.com" => return Err(std::io::Error::other("no such name")),
                _ => "93.184.216.34",
            };
            Ok(vec![address.parse().unwrap()])
        })
    })
}

/// Returns claims that are valid for ten years.
pub fn claims(subject: &str, scopes: &str) -> Claims {
    Claims {
        iss: ISSUER.into(),
        aud: "entente".into(),
        sub: subject.into(),
        exp: start_time().unix_seconds() + 315_360_000,
        nbf: None,
        iat: Some(start_time().unix_seconds()),
        scope: scopes.into(),
        client_id: None,
    }
}

/// Returns a token with these claims, signed with [`SECRET`].
pub fn token(claims: &Claims) -> String {
    mint(&SECRET.into(), claims).unwrap()
}
