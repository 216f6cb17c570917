//! Validates all settings at once and reports every invalid one by name.

use std::net::SocketAddr;
use std::str::FromStr;
use std::time::Duration;

use ipnet::IpNet;
use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

use super::list::List;
use super::raw::Raw;
use super::{
    AuthSettings, ConnectionSettings, DatabaseSettings, DatabaseUrl, Deployment, EgressSettings, EncryptionSettings,
    IntakeSettings, NetworkLimits, ProofOfWork, RateLimitSettings, Settings, issuers, networks, secret_files,
};
use crate::kernel::hash_key::HashKey;
use crate::kernel::vault::Vault;

/// How long a process accepts requests at shutdown in production, unless it is set.
const PRODUCTION_DRAIN_SECONDS: u64 = 5;
/// The largest number of keys that a browser derives in production, unless it is set: a fraction of a second of work.
const PRODUCTION_PROOF_OF_WORK: u32 = 1_000;

/// The errors found in the settings, one line each.
#[derive(Default)]
pub(super) struct Faults(Vec<String>);

impl Faults {
    pub(super) fn add(&mut self, setting: &str, what: impl std::fmt::Display) {
        self.report(&format!("ENTENTE_{setting}"), what);
    }

    /// Adds an error of a setting with this full name.
    pub(super) fn report(&mut self, setting: &str, what: impl std::fmt::Display) {
        self.0.push(format!("{setting}: {what}"));
    }

    pub(super) fn require(&mut self, holds: bool, setting: &str, what: &str) {
        if !holds {
            self.add(setting, what);
        }
    }

    /// Parses a list. `kind` describes an item in error messages.
    pub(super) fn list<T: FromStr>(&mut self, setting: &str, list: &List, kind: &str) -> Vec<T> {
        let mut items = Vec::new();
        for item in list.items() {
            match item.parse() {
                Ok(item) => items.push(item),
                Err(_) => self.add(setting, format!("{item:?} is not {kind}")),
            }
        }
        items
    }

    fn origins(&mut self, setting: &str, list: &List, is_origin: impl Fn(&str) -> bool) -> Vec<String> {
        let origins = self.list::<String>(setting, list, "text");
        for origin in origins.iter().filter(|origin| !is_origin(origin)) {
            self.add(setting, format!("{origin:?} is not an origin such as https://www.example.com"));
        }
        origins
    }

    /// Parses names to the form in which URLs contain them.
    fn hosts(&mut self, setting: &str, list: &List) -> Vec<String> {
        let mut hosts = Vec::new();
        for item in self.list::<String>(setting, list, "text") {
            match host_name(&item) {
                Some(name) => hosts.push(name),
                None => {
                    self.add(setting, format!("{item:?} is not the exact name of a host such as crm.corp.internal"))
                }
            }
        }
        hosts
    }

    /// Parses networks that may be reached although they are not public.
    pub(super) fn private_networks(&mut self, setting: &str, list: &List, environment: Deployment) -> Vec<IpNet> {
        let networks = self.list::<IpNet>(setting, list, "a network such as 10.1.0.0/16");
        if environment == Deployment::Production {
            for refusal in networks.iter().filter_map(networks::refusal) {
                self.add(setting, format!("not allowed in production: {refusal}"));
            }
        }
        networks
    }
}

/// Returns the settings if all of them are valid.
pub(super) fn checked(mut raw: Raw) -> Result<Settings, String> {
    let mut faults = Faults::default();
    let notices = secret_files::read(&mut raw, &mut faults);
    let listen =
        raw.listen.parse().map_err(|_| faults.add("LISTEN", format!("{:?} is not ADDRESS:PORT", raw.listen))).ok();
    let admin_listen = admin_listen(&raw, &mut faults);
    let drain = drain(&raw, &mut faults);
    let url = raw.database_url.as_deref().unwrap_or("sqlite://entente.db");
    let url = DatabaseUrl::parse(url).map_err(|error| faults.add("DATABASE_URL", error)).ok();
    ranges(&raw, &mut faults);
    let egress = egress(&raw, &mut faults);
    let cors_origins = faults.origins("CORS_ORIGINS", &raw.cors_origins, |origin| {
        Url::parse(origin).map(|url| url.origin().ascii_serialization()).as_deref() == Ok(origin)
    });
    let form_frame_origins = faults.origins("FORM_FRAME_ORIGINS", &raw.form_frame_origins, is_origin);
    let trusted_proxies = faults.list("TRUSTED_PROXIES", &raw.trusted_proxies, "a network such as 10.1.0.0/16");
    let encryption = encryption(&raw, &mut faults);
    let issuers = issuers::issuers(&raw, &mut faults);
    let key_egress = issuers::egress(&raw, &issuers, &mut faults);
    production(&raw, &mut faults);
    let intake = intake(&raw, &mut faults);
    let locale = raw.default_locale.parse().map_err(|error: String| faults.add("DEFAULT_LOCALE", error)).ok();
    let (Some(listen), Some(url), Some(default_locale), true) = (listen, url, locale, faults.0.is_empty()) else {
        return Err(faults.0.join("\n"));
    };
    Ok(Settings {
        environment: raw.environment,
        listen,
        admin_listen,
        drain,
        database: DatabaseSettings {
            url,
            connections: raw.database_connections,
            prepared_statements: raw.database_prepared_statements,
            migrate: raw.migrate,
        },
        connections: ConnectionSettings {
            threads: raw.http_threads,
            max: raw.http_max_connections,
            backlog: raw.http_backlog,
            keep_alive: Duration::from_secs(raw.http_keep_alive_seconds),
        },
        rate_limits: RateLimitSettings {
            requests: raw.rate_limit_per_minute,
            writes: raw.rate_limit_writes_per_minute,
            expensive: raw.rate_limit_expensive_per_minute,
        },
        trusted_proxies,
        forwarded_header: raw.forwarded_header,
        cors_origins,
        form_frame_origins,
        default_locale,
        intake,
        worker: raw.worker,
        auth: AuthSettings { issuer: raw.jwt_issuer, audience: raw.jwt_audience, secret: raw.jwt_secret, issuers },
        key_egress,
        secret_file: raw.jwt_secret_file.unwrap_or_else(|| "entente.secret".into()),
        log: raw.log,
        log_format: raw.log_format,
        otlp_endpoint: raw.otlp_endpoint,
        encryption,
        notices,
        events_retention: Duration::from_hours(24 * u64::from(raw.events_retention_days)),
        egress,
    })
}

fn admin_listen(raw: &Raw, faults: &mut Faults) -> Option<SocketAddr> {
    let text = raw.admin_listen.as_str();
    if text.is_empty() {
        return None;
    }
    faults.require(text != raw.listen, "ADMIN_LISTEN", "must differ from ENTENTE_LISTEN");
    text.parse().map_err(|_| faults.add("ADMIN_LISTEN", format!("{text:?} is not ADDRESS:PORT"))).ok()
}

fn drain(raw: &Raw, faults: &mut Faults) -> Duration {
    let default = if raw.environment == Deployment::Production { PRODUCTION_DRAIN_SECONDS } else { 0 };
    let seconds = raw.drain_seconds.unwrap_or(default);
    // The process ends 25 seconds after the signal, and running requests need a part of them.
    faults.require(seconds <= 20, "DRAIN_SECONDS", "expected 0 to 20");
    Duration::from_secs(seconds)
}

fn ranges(raw: &Raw, faults: &mut Faults) {
    faults.require((1..=64).contains(&raw.database_connections), "DATABASE_CONNECTIONS", "expected 1 to 64");
    faults.require((1..=256).contains(&raw.http_threads), "HTTP_THREADS", "expected 1 to 256");
    faults.require(
        (1..=1_000_000).contains(&raw.http_max_connections),
        "HTTP_MAX_CONNECTIONS",
        "expected 1 to 1000000",
    );
    faults.require(raw.http_backlog >= 1, "HTTP_BACKLOG", "expected 1 to 65535");
    let keep_alive = &raw.http_keep_alive_seconds;
    faults.require((1..=3_600).contains(keep_alive), "HTTP_KEEP_ALIVE_SECONDS", "expected 1 to 3600");
    faults.require((1..=3_650).contains(&raw.events_retention_days), "EVENTS_RETENTION_DAYS", "expected 1 to 3650");
    faults.require((1..=60).contains(&raw.webhooks_timeout_seconds), "WEBHOOKS_TIMEOUT_SECONDS", "expected 1 to 60");
    let share = &raw.callbacks_day_share_percent;
    faults.require((1..=100).contains(share), "CALLBACKS_DAY_SHARE_PERCENT", "expected 1 to 100 (no limit)");
    let is_long = raw.jwt_secret.as_ref().is_none_or(|secret| secret.expose_secret().len() >= 32);
    faults.require(is_long, "JWT_SECRET", "must be at least 32 characters long (RFC 7518 section 3.2)");
}

fn egress(raw: &Raw, faults: &mut Faults) -> EgressSettings {
    let networks = &raw.webhooks_allowed_networks;
    EgressSettings {
        allow_http: raw.webhooks_allow_http,
        allowed_networks: faults.private_networks("WEBHOOKS_ALLOWED_NETWORKS", networks, raw.environment),
        allowed_hosts: faults.hosts("WEBHOOKS_ALLOWED_HOSTS", &raw.webhooks_allowed_hosts),
        allowed_ports: faults.list("WEBHOOKS_ALLOWED_PORTS", &raw.webhooks_allowed_ports, "a port"),
        timeout: Duration::from_secs(raw.webhooks_timeout_seconds),
    }
}

fn encryption(raw: &Raw, faults: &mut Faults) -> EncryptionSettings {
    let keys = raw.encryption_keys.as_slice().to_vec();
    if !keys.is_empty()
        && let Err(error) = Vault::new(&keys)
    {
        faults.add("ENCRYPTION_KEYS", error);
    }
    EncryptionSettings { keys, key_file: raw.encryption_key_file.clone() }
}

fn intake(raw: &Raw, faults: &mut Faults) -> IntakeSettings {
    IntakeSettings {
        per_address_per_minute: raw.callbacks_per_address_per_minute,
        per_minute: raw.callbacks_per_minute,
        minimum_fill_ms: raw.callbacks_minimum_fill_ms,
        proof_of_work: proof_of_work(raw, faults),
        network: NetworkLimits {
            open: raw.callbacks_open_per_network,
            day_share_percent: raw.callbacks_day_share_percent,
        },
    }
}

fn proof_of_work(raw: &Raw, faults: &mut Faults) -> Option<ProofOfWork> {
    let default = if raw.environment == Deployment::Production { PRODUCTION_PROOF_OF_WORK } else { 0 };
    match raw.callbacks_proof_of_work.unwrap_or(default) {
        0 => None,
        max_number @ 10..=10_000 => Some(ProofOfWork { keys: proof_keys(raw, faults), max_number }),
        _ => {
            faults.add("CALLBACKS_PROOF_OF_WORK", "expected 0 (off) or 10 to 10000");
            None
        }
    }
}

/// Returns the keys of challenges: the configured key, otherwise one derived from each encryption key, so that all
/// replicas have the same keys, also while the encryption keys are replaced.
fn proof_keys(raw: &Raw, faults: &mut Faults) -> Vec<SecretString> {
    if let Some(key) = &raw.callbacks_proof_of_work_key {
        let what = "must be at least 32 characters long, and the same for all replicas";
        faults.require(key.expose_secret().len() >= 32, "CALLBACKS_PROOF_OF_WORK_KEY", what);
        return vec![key.clone()];
    }
    // Without encryption keys, production does not start anyway.
    let is_derived = !raw.encryption_keys.is_empty() || raw.environment == Deployment::Production;
    faults.require(is_derived, "CALLBACKS_PROOF_OF_WORK_KEY", "required, unless ENTENTE_ENCRYPTION_KEYS is set");
    let derived = |key: &SecretString| {
        SecretString::from(HashKey::derived_from(key.expose_secret().trim()).hash("derived key", "proof of work"))
    };
    raw.encryption_keys.as_slice().iter().map(derived).collect()
}

/// Rejects settings that are allowed in development only.
fn production(raw: &Raw, faults: &mut Faults) {
    if raw.environment != Deployment::Production {
        return;
    }
    let no_secret = raw.jwt_secret.is_none();
    faults.require(no_secret, "JWT_SECRET", "not allowed in production; configure an issuer instead");
    let no_file = raw.jwt_secret_file.is_none();
    faults.require(no_file, "JWT_SECRET_FILE", "not allowed in production; configure an issuer instead");
    // A file that cannot be used is an error of its own.
    let has_keys = !raw.encryption_keys.is_empty() || raw.encryption_keys_file.is_some();
    let what = "required in production, or ENTENTE_ENCRYPTION_KEYS_FILE; create a key with: openssl rand -base64 32";
    faults.require(has_keys, "ENCRYPTION_KEYS", what);
    faults.require(!raw.webhooks_allow_http, "WEBHOOKS_ALLOW_HTTP", "not allowed in production");
}

/// Returns a host name in lower case, with IDNs in punycode; `None` for addresses, patterns and everything else.
fn host_name(text: &str) -> Option<String> {
    match Host::parse(text) {
        Ok(Host::Domain(name)) if !name.ends_with('.') && !name.contains('*') => Some(name),
        _ => None,
    }
}

/// Returns whether the text is an origin: scheme, host and optional port, nothing else.
#[must_use]
pub fn is_origin(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.origin().ascii_serialization() == text
            && !text.contains([';', ','])
    })
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
