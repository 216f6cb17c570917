//! Settings: defaults, then the file that `ENTENTE_CONFIG` names (TOML), then `ENTENTE_*`
//! variables. Checked at start; a message names the setting. Secrets do not print.

mod check;
mod database_url;
mod raw;

pub use check::is_origin;
pub use database_url::DatabaseUrl;

use raw::Raw;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use secrecy::SecretString;
use serde::Deserialize;

/// Development forgives; production refuses what is not safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Deployment {
    Development,
    Production,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Text,
    Json,
}

/// Where the data is, and how many connections reach it.
#[derive(Debug, Clone)]
pub struct DatabaseSettings {
    pub url: DatabaseUrl,
    pub connections: u32,
    /// Off for poolers that cannot keep prepared statements.
    pub prepared_statements: bool,
}

/// Whose tokens are accepted.
#[derive(Debug, Clone)]
pub struct AuthSettings {
    pub issuer: String,
    pub audience: String,
    /// Accepts HS256 tokens; development only.
    pub secret: Option<SecretString>,
    /// Public keys of the identity provider.
    pub jwks_file: Option<PathBuf>,
}

/// Where webhooks may be sent, and how long an attempt may take.
#[derive(Debug, Clone, Default)]
pub struct EgressSettings {
    pub allow_http: bool,
    pub allowed_networks: Vec<IpNet>,
    pub allowed_ports: Vec<u16>,
    pub timeout: Duration,
}

/// How the public callback form is guarded.
#[derive(Debug, Clone, Default)]
pub struct IntakeSettings {
    /// Requests per minute from one address (/32, /56); 0 for no limit.
    pub per_address_per_minute: u32,
    /// Requests per minute from everybody; 0 for no limit.
    pub per_minute: u32,
    /// Forms that were filled in faster are kept back, in milliseconds; 0 for none.
    pub minimum_fill_ms: i64,
    pub proof_of_work: Option<ProofOfWork>,
}

/// How hard the work is, and the key that signs challenges.
#[derive(Debug, Clone)]
pub struct ProofOfWork {
    pub key: SecretString,
    /// The browser tries half of it on average.
    pub max_number: u32,
}

/// Checked settings.
#[derive(Debug, Clone)]
pub struct Settings {
    pub environment: Deployment,
    pub listen: SocketAddr,
    pub database: DatabaseSettings,
    pub http_threads: usize,
    /// Requests per minute and address; 0 switches the limit off.
    pub rate_limit_per_minute: u32,
    /// Networks of our own proxies, whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Origins whose pages may call from a browser.
    pub cors_origins: Vec<String>,
    /// Origins whose pages may show the callback form in a frame.
    pub form_frame_origins: Vec<String>,
    pub intake: IntakeSettings,
    /// Whether `serve` also dispatches events and delivers webhooks.
    pub worker: bool,
    pub auth: AuthSettings,
    pub secret_file: PathBuf,
    pub log: String,
    pub log_format: LogFormat,
    pub otlp_endpoint: Option<String>,
    pub encryption: EncryptionSettings,
    pub events_kept: Duration,
    pub egress: EgressSettings,
}

/// Keys for what is stored encrypted.
#[derive(Debug, Clone)]
pub struct EncryptionSettings {
    /// In base64, the one that seals first; none for the key of the file, in development.
    pub keys: Vec<SecretString>,
    pub key_file: PathBuf,
}

impl Settings {
    /// From file and environment.
    ///
    /// # Errors
    /// One sentence per wrong setting, naming it.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn load() -> Result<Self, String> {
        let mut sources = config::Config::builder();
        if let Ok(file) = std::env::var("ENTENTE_CONFIG") {
            sources = sources.add_source(config::File::new(&file, config::FileFormat::Toml));
        }
        // Variables of the tests share the prefix and are no settings.
        let variables = std::env::vars()
            .filter(|(name, _)| name != "ENTENTE_CONFIG" && !name.starts_with("ENTENTE_TEST_"))
            .collect();
        let environment = config::Environment::with_prefix("ENTENTE").prefix_separator("_").source(Some(variables));
        let raw: Raw = sources
            .add_source(environment)
            .build()
            .and_then(config::Config::try_deserialize)
            .map_err(|error| format!("settings: {error}"))?;
        check::checked(raw)
    }
}
