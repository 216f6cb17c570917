//! Settings, from lowest to highest precedence: defaults, the TOML file at `ENTENTE_CONFIG`, `ENTENTE_*` variables.
//!
//! They are validated at start, and an error names the setting. Secrets are never printed. An unknown key of the file
//! is an error, and an unknown variable a warning.

mod check;
mod database_url;
mod issuers;
mod list;
mod names;
mod networks;
mod raw;
mod secret_files;
mod warnings;

pub use crate::kernel::auth::AuthSettings;
pub use check::is_origin;
pub use database_url::DatabaseUrl;
pub use secret_files::{others_can_read, readable};
pub use warnings::warnings;

use raw::Raw;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use secrecy::SecretString;
use serde::Deserialize;

use crate::kernel::locale::Lang;

/// Where the service runs. Production rejects settings that are not safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Deployment {
    Development,
    Production,
}

impl TryFrom<String> for Deployment {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        names::choose(&name, &[("development", Self::Development), ("production", Self::Production)])
    }
}

/// The format of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum LogFormat {
    Text,
    Json,
}

impl TryFrom<String> for LogFormat {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        names::choose(&name, &[("text", Self::Text), ("json", Self::Json)])
    }
}

/// The database and how to connect to it.
#[derive(Debug, Clone)]
pub struct DatabaseSettings {
    pub url: DatabaseUrl,
    pub connections: u32,
    /// Set to false for connection poolers that do not support prepared statements.
    pub prepared_statements: bool,
    /// Whether pending migrations are applied at start.
    pub migrate: bool,
}

/// Where requests may be sent, and the time limit of an attempt.
#[derive(Debug, Clone, Default)]
pub struct EgressSettings {
    pub allow_http: bool,
    pub allowed_networks: Vec<IpNet>,
    /// Names of private networks, in lower case, with IDNs in punycode.
    pub allowed_hosts: Vec<String>,
    pub allowed_ports: Vec<u16>,
    pub timeout: Duration,
}

/// The header in which trusted proxies send the address of their client.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum ForwardedHeader {
    #[default]
    XForwardedFor,
    /// As defined in RFC 7239.
    Forwarded,
}

impl TryFrom<String> for ForwardedHeader {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        names::choose(&name, &[("x-forwarded-for", Self::XForwardedFor), ("forwarded", Self::Forwarded)])
    }
}

impl ForwardedHeader {
    /// Returns the name of the header.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::XForwardedFor => "x-forwarded-for",
            Self::Forwarded => "forwarded",
        }
    }
}

/// Requests per minute of each client; 0 for no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RateLimitSettings {
    /// Of all operations together.
    pub requests: u32,
    /// Of operations that write.
    pub writes: u32,
    /// Of reports, exports and imports.
    pub expensive: u32,
}

/// Connections of the server.
#[derive(Debug, Clone, Copy)]
pub struct ConnectionSettings {
    /// Threads that serve connections.
    pub threads: usize,
    /// Most open connections, of all threads together.
    pub max: usize,
    /// Most connections that wait until they are accepted.
    pub backlog: u16,
    /// How long a connection without a request stays open.
    pub keep_alive: Duration,
}

/// Spam protection of the public callback form.
#[derive(Debug, Clone, Default)]
pub struct IntakeSettings {
    /// Requests per minute from one address (IPv4 /32, IPv6 /56); 0 for no limit.
    pub per_address_per_minute: u32,
    /// Requests per minute from all addresses together; 0 for no limit.
    pub per_minute: u32,
    /// Requests from forms that were filled in faster than this many milliseconds are quarantined; 0 for no minimum.
    pub minimum_fill_ms: i64,
    pub proof_of_work: Option<ProofOfWork>,
    pub network: NetworkLimits,
}

/// How many requests one network (IPv4 /32, IPv6 /56) can have with capacity. The default is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NetworkLimits {
    /// Open requests; 0 for no limit.
    pub open: u32,
    /// Share of the capacity of a day, in percent; 100 for no limit.
    pub day_share_percent: u32,
}

impl Default for NetworkLimits {
    fn default() -> Self {
        Self { open: 0, day_share_percent: 100 }
    }
}

/// The difficulty of the proof of work, and the keys of its challenges.
#[derive(Debug, Clone)]
pub struct ProofOfWork {
    /// The first key signs challenges; challenges that any of them signed are accepted.
    pub keys: Vec<SecretString>,
    /// Upper bound of the counter that the browser has to find; it derives keys for half of the range on average.
    pub max_number: u32,
}

/// Validated settings.
#[derive(Debug, Clone)]
pub struct Settings {
    pub environment: Deployment,
    pub listen: SocketAddr,
    /// Where health checks and metrics are served; `None` to serve them at `listen`.
    pub admin_listen: Option<SocketAddr>,
    /// How long requests are still accepted at shutdown, so that load balancers notice.
    pub drain: Duration,
    pub database: DatabaseSettings,
    pub connections: ConnectionSettings,
    pub rate_limits: RateLimitSettings,
    /// Networks of the trusted proxies, whose `forwarded_header` is used.
    pub trusted_proxies: Vec<IpNet>,
    pub forwarded_header: ForwardedHeader,
    /// Origins whose pages may call the API from a browser (CORS).
    pub cors_origins: Vec<String>,
    /// Origins whose pages may embed the callback form in a frame.
    pub form_frame_origins: Vec<String>,
    /// Language of texts for visitors who do not ask for another one.
    pub default_locale: Lang,
    pub intake: IntakeSettings,
    /// Whether `serve` also dispatches events and delivers webhooks.
    pub worker: bool,
    pub auth: AuthSettings,
    /// For the key sets of identity providers.
    pub key_egress: EgressSettings,
    pub secret_file: PathBuf,
    pub log: String,
    pub log_format: LogFormat,
    pub otlp_endpoint: Option<String>,
    pub encryption: EncryptionSettings,
    /// How long events are kept.
    pub events_retention: Duration,
    /// For webhooks.
    pub egress: EgressSettings,
    /// Warnings that were found while the settings were read. See [`warnings()`].
    pub notices: Vec<String>,
}

/// The keys for data that is stored encrypted.
#[derive(Debug, Clone)]
pub struct EncryptionSettings {
    /// Keys in base64; the first one encrypts. Empty in development, where the key file is used.
    pub keys: Vec<SecretString>,
    pub key_file: PathBuf,
}

impl Settings {
    /// Loads the settings from the configuration file and the environment.
    ///
    /// # Errors
    /// One line per invalid setting.
    #[expect(clippy::disallowed_methods, reason = "the only place that reads the environment")]
    pub fn load() -> Result<Self, String> {
        let file = std::env::var("ENTENTE_CONFIG").ok();
        let file = file.map(|path| config::File::new(&path, config::FileFormat::Toml));
        let mut variables = BTreeMap::new();
        // Other variables need not be valid UTF-8.
        for (name, value) in std::env::vars_os() {
            // The tests use variables with the same prefix that are not settings.
            let is_setting = |name: &String| {
                name.starts_with("ENTENTE_") && name != "ENTENTE_CONFIG" && !name.starts_with("ENTENTE_TEST_")
            };
            if let Some(name) = name.into_string().ok().filter(is_setting) {
                let value = value.into_string().map_err(|_| format!("{name}: the value is not UTF-8"))?;
                variables.insert(name, value);
            }
        }
        Self::from_sources(file, variables)
    }

    /// Reads the settings from the text of a configuration file alone.
    ///
    /// # Errors
    /// As [`Settings::load`].
    pub fn from_toml(text: &str) -> Result<Self, String> {
        Self::from_toml_and_variables(text, &[])
    }

    /// Reads the settings from the text of a configuration file and from environment variables.
    ///
    /// # Errors
    /// As [`Settings::load`].
    pub fn from_toml_and_variables(text: &str, variables: &[(&str, &str)]) -> Result<Self, String> {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self::from_sources(Some(config::File::from_str(text, config::FileFormat::Toml)), variables)
    }

    fn from_sources<S>(file: Option<S>, variables: BTreeMap<String, String>) -> Result<Self, String>
    where
        S: config::Source + Send + Sync + 'static,
    {
        let mut sources = config::Config::builder();
        if let Some(file) = file {
            let unknown = names::unknown_keys(&file.collect().map_err(|error| names::explain(&error))?);
            if !unknown.is_empty() {
                return Err(unknown.join("\n"));
            }
            sources = sources.add_source(file);
        }
        let known = |name: &str| {
            let name = name.trim_start_matches("ENTENTE_").to_ascii_lowercase();
            names::settings().contains(&name.as_str())
        };
        let (variables, unknown): (BTreeMap<_, _>, BTreeMap<_, _>) =
            variables.into_iter().partition(|(name, _)| known(name));
        let environment = config::Environment::with_prefix("ENTENTE").prefix_separator("_");
        let sources = sources.add_source(environment.source(Some(variables.into_iter().collect())));
        let raw: Raw =
            sources.build().and_then(config::Config::try_deserialize).map_err(|error| names::explain(&error))?;
        let mut settings = check::checked(raw)?;
        settings.notices.extend(names::unknown_variables(unknown.into_keys().collect()));
        Ok(settings)
    }
}
