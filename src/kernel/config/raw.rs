//! The settings before validation, with their defaults.

use std::path::PathBuf;

use secrecy::SecretString;
use serde::Deserialize;

use super::issuers::RawIssuer;
use super::list::{List, Secrets};
use super::{Deployment, ForwardedHeader, LogFormat};

/// The issuer of development tokens.
pub(super) const DEFAULT_ISSUER: &str = "entente";

/// Settings as the operator wrote them. Every setting has a default.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Raw {
    pub(super) environment: Deployment,
    pub(super) listen: String,
    pub(super) admin_listen: String,
    /// `None` for the default of the environment.
    pub(super) drain_seconds: Option<u64>,
    pub(super) database_url: Option<String>,
    pub(super) database_url_file: Option<PathBuf>,
    pub(super) database_connections: u32,
    pub(super) database_prepared_statements: bool,
    pub(super) migrate: bool,
    pub(super) http_threads: usize,
    pub(super) http_max_connections: usize,
    pub(super) http_backlog: u16,
    pub(super) http_keep_alive_seconds: u64,
    pub(super) rate_limit_per_minute: u32,
    pub(super) rate_limit_writes_per_minute: u32,
    pub(super) rate_limit_expensive_per_minute: u32,
    pub(super) trusted_proxies: List,
    pub(super) forwarded_header: ForwardedHeader,
    pub(super) cors_origins: List,
    pub(super) form_frame_origins: List,
    pub(super) default_locale: String,
    pub(super) callbacks_per_address_per_minute: u32,
    pub(super) callbacks_per_minute: u32,
    pub(super) callbacks_minimum_fill_ms: i64,
    pub(super) callbacks_open_per_network: u32,
    pub(super) callbacks_day_share_percent: u32,
    /// `None` for the default of the environment.
    pub(super) callbacks_proof_of_work: Option<u32>,
    pub(super) callbacks_proof_of_work_key: Option<SecretString>,
    pub(super) callbacks_proof_of_work_key_file: Option<PathBuf>,
    pub(super) worker: bool,
    pub(super) jwt_secret: Option<SecretString>,
    /// `None` for the default file, which is not an explicit choice.
    pub(super) jwt_secret_file: Option<PathBuf>,
    pub(super) jwt_jwks_file: Option<PathBuf>,
    pub(super) jwt_jwks_url: Option<String>,
    pub(super) jwt_discovery: bool,
    pub(super) jwt_allowed_networks: List,
    pub(super) issuers: Vec<RawIssuer>,
    pub(super) jwt_issuer: String,
    pub(super) jwt_audience: String,
    pub(super) log: String,
    pub(super) log_format: LogFormat,
    pub(super) otlp_endpoint: Option<String>,
    pub(super) encryption_keys: Secrets,
    pub(super) encryption_keys_file: Option<PathBuf>,
    pub(super) encryption_key_file: PathBuf,
    pub(super) events_retention_days: u16,
    pub(super) webhooks_timeout_seconds: u64,
    pub(super) webhooks_allow_http: bool,
    pub(super) webhooks_allowed_networks: List,
    pub(super) webhooks_allowed_hosts: List,
    pub(super) webhooks_allowed_ports: List,
}

impl Default for Raw {
    fn default() -> Self {
        Self {
            environment: Deployment::Development,
            listen: "127.0.0.1:8080".into(),
            admin_listen: String::new(),
            drain_seconds: None,
            database_url: None,
            database_url_file: None,
            database_connections: 4,
            database_prepared_statements: true,
            migrate: true,
            http_threads: std::thread::available_parallelism().map_or(2, usize::from),
            http_max_connections: 10_000,
            http_backlog: 2_048,
            http_keep_alive_seconds: 5,
            rate_limit_per_minute: 6_000,
            rate_limit_writes_per_minute: 1_200,
            rate_limit_expensive_per_minute: 60,
            trusted_proxies: List::default(),
            forwarded_header: ForwardedHeader::default(),
            cors_origins: List::default(),
            form_frame_origins: List::default(),
            default_locale: "cs".into(),
            callbacks_per_address_per_minute: 120,
            callbacks_per_minute: 1_200,
            callbacks_minimum_fill_ms: 1_500,
            callbacks_open_per_network: 5,
            callbacks_day_share_percent: 33,
            callbacks_proof_of_work: None,
            callbacks_proof_of_work_key: None,
            callbacks_proof_of_work_key_file: None,
            worker: true,
            jwt_secret: None,
            jwt_secret_file: None,
            jwt_jwks_file: None,
            jwt_jwks_url: None,
            jwt_discovery: false,
            jwt_allowed_networks: List::default(),
            issuers: Vec::new(),
            jwt_issuer: DEFAULT_ISSUER.into(),
            jwt_audience: "entente".into(),
            log: "info,actix_server=warn".into(),
            log_format: LogFormat::Text,
            otlp_endpoint: None,
            encryption_keys: Secrets::default(),
            encryption_keys_file: None,
            encryption_key_file: "entente.key".into(),
            events_retention_days: 30,
            webhooks_timeout_seconds: 15,
            webhooks_allow_http: false,
            webhooks_allowed_networks: List::default(),
            webhooks_allowed_hosts: List::default(),
            webhooks_allowed_ports: List::from("443,8443"),
        }
    }
}
