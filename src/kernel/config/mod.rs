//! Settings: defaults, then the file that `ENTENTE_CONFIG` names (TOML), then `ENTENTE_*`
//! variables. Checked at start; a message names the setting. Secrets do not print.

mod database_url;

pub use database_url::DatabaseUrl;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use crate::kernel::vault::Vault;

/// Development forgives; production refuses what is not safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
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

/// As written by the operator; every setting has a default.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Raw {
    environment: Environment,
    listen: String,
    database_url: String,
    database_connections: u32,
    database_prepared_statements: bool,
    http_threads: usize,
    rate_limit_per_minute: u32,
    trusted_proxies: String,
    cors_origins: String,
    form_frame_origins: String,
    callbacks_per_address_per_minute: u32,
    callbacks_per_minute: u32,
    callbacks_minimum_fill_ms: i64,
    callbacks_proof_of_work: u32,
    callbacks_proof_of_work_key: Option<SecretString>,
    worker: bool,
    jwt_secret: Option<SecretString>,
    jwt_secret_file: PathBuf,
    jwt_jwks_file: Option<PathBuf>,
    jwt_issuer: String,
    jwt_audience: String,
    log: String,
    log_format: LogFormat,
    otlp_endpoint: Option<String>,
    encryption_keys: Option<SecretString>,
    encryption_key_file: PathBuf,
    events_retention_days: u16,
    webhooks_timeout_seconds: u64,
    webhooks_allow_http: bool,
    webhooks_allowed_networks: String,
    webhooks_allowed_ports: String,
}

impl Default for Raw {
    fn default() -> Self {
        Self {
            environment: Environment::Development,
            listen: "127.0.0.1:8080".into(),
            database_url: "sqlite://entente.db".into(),
            database_connections: 4,
            database_prepared_statements: true,
            http_threads: std::thread::available_parallelism().map_or(2, usize::from),
            rate_limit_per_minute: 6_000,
            trusted_proxies: String::new(),
            cors_origins: String::new(),
            form_frame_origins: String::new(),
            callbacks_per_address_per_minute: 120,
            callbacks_per_minute: 1_200,
            callbacks_minimum_fill_ms: 1_500,
            callbacks_proof_of_work: 0,
            callbacks_proof_of_work_key: None,
            worker: true,
            jwt_secret: None,
            jwt_secret_file: "entente.secret".into(),
            jwt_jwks_file: None,
            jwt_issuer: "entente".into(),
            jwt_audience: "entente".into(),
            log: "info,actix_server=warn".into(),
            log_format: LogFormat::Text,
            otlp_endpoint: None,
            encryption_keys: None,
            encryption_key_file: "entente.key".into(),
            events_retention_days: 30,
            webhooks_timeout_seconds: 15,
            webhooks_allow_http: false,
            webhooks_allowed_networks: String::new(),
            webhooks_allowed_ports: "443,8443".into(),
        }
    }
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
    pub environment: Environment,
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
        Self::check(raw)
    }

    fn check(raw: Raw) -> Result<Self, String> {
        let mut faults = Vec::new();
        let mut fault = |setting: &str, what: String| faults.push(format!("ENTENTE_{setting}: {what}"));
        let listen = raw
            .listen
            .parse::<SocketAddr>()
            .map_err(|_| fault("LISTEN", format!("{:?} is not ADDRESS:PORT", raw.listen)))
            .ok();
        let url = DatabaseUrl::parse(&raw.database_url).map_err(|error| fault("DATABASE_URL", error)).ok();
        if !(1..=64).contains(&raw.database_connections) {
            fault("DATABASE_CONNECTIONS", "expected 1 to 64".into());
        }
        if !(1..=256).contains(&raw.http_threads) {
            fault("HTTP_THREADS", "expected 1 to 256".into());
        }
        let allowed_networks = list::<IpNet>(&raw.webhooks_allowed_networks)
            .map_err(|item| {
                fault("WEBHOOKS_ALLOWED_NETWORKS", format!("{item:?} is not a network such as 10.1.0.0/16"))
            })
            .unwrap_or_default();
        let allowed_ports = list::<u16>(&raw.webhooks_allowed_ports)
            .map_err(|item| fault("WEBHOOKS_ALLOWED_PORTS", format!("{item:?} is not a port")))
            .unwrap_or_default();
        let cors_origins = list::<String>(&raw.cors_origins).unwrap_or_default();
        for origin in &cors_origins {
            if Url::parse(origin).map(|url| url.origin().ascii_serialization()).as_deref() != Ok(origin) {
                fault("CORS_ORIGINS", format!("{origin:?} is not an origin such as https://www.example.com"));
            }
        }
        let form_frame_origins = list::<String>(&raw.form_frame_origins).unwrap_or_default();
        for origin in form_frame_origins.iter().filter(|origin| !is_origin(origin)) {
            fault("FORM_FRAME_ORIGINS", format!("{origin:?} is not an origin such as https://www.example.com"));
        }
        let trusted_proxies = list::<IpNet>(&raw.trusted_proxies)
            .map_err(|item| fault("TRUSTED_PROXIES", format!("{item:?} is not a network such as 10.1.0.0/16")))
            .unwrap_or_default();
        let proof_of_work = match (raw.callbacks_proof_of_work, raw.callbacks_proof_of_work_key) {
            (0, _) => None,
            (1_000..=100_000_000, Some(key)) if key.expose_secret().len() >= 32 => {
                Some(ProofOfWork { key, max_number: raw.callbacks_proof_of_work })
            }
            (1_000..=100_000_000, _) => {
                fault(
                    "CALLBACKS_PROOF_OF_WORK_KEY",
                    "at least 32 characters are needed, the same for all replicas".into(),
                );
                None
            }
            _ => {
                fault("CALLBACKS_PROOF_OF_WORK", "expected 0 for none, or 1000 to 100000000".into());
                None
            }
        };
        if !(1..=3_650).contains(&raw.events_retention_days) {
            fault("EVENTS_RETENTION_DAYS", "expected 1 to 3650".into());
        }
        if !(1..=60).contains(&raw.webhooks_timeout_seconds) {
            fault("WEBHOOKS_TIMEOUT_SECONDS", "expected 1 to 60".into());
        }
        let keys: Vec<SecretString> = raw
            .encryption_keys
            .iter()
            .flat_map(|keys| keys.expose_secret().split(','))
            .map(SecretString::from)
            .collect();
        if !keys.is_empty()
            && let Err(error) = Vault::new(&keys)
        {
            fault("ENCRYPTION_KEYS", error);
        }
        if raw.jwt_secret.as_ref().is_some_and(|secret| secret.expose_secret().len() < 32) {
            fault("JWT_SECRET", "at least 32 characters are needed (RFC 7518 section 3.2)".into());
        }
        if raw.environment == Environment::Production {
            if raw.jwt_secret.is_some() {
                fault("JWT_SECRET", "a shared secret is for development; set ENTENTE_JWT_JWKS_FILE".into());
            }
            if raw.jwt_jwks_file.is_none() {
                fault("JWT_JWKS_FILE", "required in production".into());
            }
            if raw.encryption_keys.is_none() {
                fault("ENCRYPTION_KEYS", "required in production; make one with: openssl rand -base64 32".into());
            }
            if raw.webhooks_allow_http {
                fault("WEBHOOKS_ALLOW_HTTP", "not allowed in production".into());
            }
            if raw.jwt_issuer.starts_with("http://") {
                fault("JWT_ISSUER", "an issuer over http can be impersonated".into());
            }
        }
        let (Some(listen), Some(url), true) = (listen, url, faults.is_empty()) else { return Err(faults.join("\n")) };
        Ok(Self {
            environment: raw.environment,
            listen,
            database: DatabaseSettings {
                url,
                connections: raw.database_connections,
                prepared_statements: raw.database_prepared_statements,
            },
            http_threads: raw.http_threads,
            rate_limit_per_minute: raw.rate_limit_per_minute,
            trusted_proxies,
            cors_origins,
            form_frame_origins,
            intake: IntakeSettings {
                per_address_per_minute: raw.callbacks_per_address_per_minute,
                per_minute: raw.callbacks_per_minute,
                minimum_fill_ms: raw.callbacks_minimum_fill_ms,
                proof_of_work,
            },
            worker: raw.worker,
            auth: AuthSettings {
                issuer: raw.jwt_issuer,
                audience: raw.jwt_audience,
                secret: raw.jwt_secret,
                jwks_file: raw.jwt_jwks_file,
            },
            secret_file: raw.jwt_secret_file,
            log: raw.log,
            log_format: raw.log_format,
            otlp_endpoint: raw.otlp_endpoint,
            encryption: EncryptionSettings { keys, key_file: raw.encryption_key_file },
            events_kept: Duration::from_hours(24 * u64::from(raw.events_retention_days)),
            egress: EgressSettings {
                allow_http: raw.webhooks_allow_http,
                allowed_networks,
                allowed_ports,
                timeout: Duration::from_secs(raw.webhooks_timeout_seconds),
            },
        })
    }
}

/// Whether this is an origin as a policy names it: scheme, host and perhaps port, nothing more.
#[must_use]
pub fn is_origin(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.origin().ascii_serialization() == text
            && !text.contains([';', ','])
    })
}

fn list<T: std::str::FromStr>(text: &str) -> Result<Vec<T>, String> {
    text.split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
        .map(|item| item.parse().map_err(|_| item.to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_setting_is_named() {
        let raw = Raw {
            listen: "8080".into(),
            database_url: "mysql://x".into(),
            webhooks_allowed_ports: "x".into(),
            ..Raw::default()
        };
        let message = Settings::check(raw).unwrap_err();
        for setting in ["ENTENTE_LISTEN", "ENTENTE_DATABASE_URL", "ENTENTE_WEBHOOKS_ALLOWED_PORTS"] {
            assert!(message.contains(setting), "{message}");
        }
    }

    #[test]
    fn production_refuses_a_shared_secret() {
        let raw =
            Raw { environment: Environment::Production, jwt_secret: Some("x".repeat(40).into()), ..Raw::default() };
        assert!(Settings::check(raw).unwrap_err().contains("ENTENTE_JWT_SECRET"));
    }
}
