//! The key set of an issuer: fetched from a URL or read from a file, and kept in memory.
//!
//! Rules:
//! - Requests use the keys in memory and wait for no lock. Only a request with a key that is not known waits, while the
//!   keys are fetched again: at most every 30 seconds, and once for all requests that wait (single flight).
//! - [`KeySource::refresh_if_due`] is called every few seconds. It fetches keys that are 10 minutes old, and reads a
//!   file that has changed.
//! - After a failure the last keys remain in use, and fetching is repeated every 30 seconds.

use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::SystemTime;

use serde::Deserialize;
use serde_json::Value;
use tokio::sync::watch;
use tokio::task;
use url::Url;

use super::key_set::KeySet;
use super::settings::{IssuerSettings, KeyLocation};
use crate::kernel::time::UtcTime;

/// Age in seconds at which keys are fetched again.
const REFRESH: f64 = 600.0;
/// Seconds between two attempts after a failure, and between two attempts for keys that are not known.
const RETRY: f64 = 30.0;

/// The future of a document, or of the reason why it was not received.
pub type Fetching<'a> = Pin<Box<dyn Future<Output = Result<Vec<u8>, String>> + Send + 'a>>;

/// Fetches documents of identity providers, within limits of time, size and destination.
pub trait FetchKeys: Send + Sync {
    /// Sends a GET request and returns the body of the response.
    fn fetch(&self, url: Url) -> Fetching<'_>;
}

/// What is known about the keys of an issuer.
#[derive(Default)]
pub struct Loaded {
    pub keys: Arc<KeySet>,
    /// Whether the last attempt to load the keys succeeded. Otherwise they may be outdated, or there are none.
    pub is_current: bool,
    attempted_at: Option<UtcTime>,
    /// Of the file with the keys.
    stamp: Option<Stamp>,
}

impl Loaded {
    /// Returns whether the keys were loaded before this time, in Unix seconds.
    #[must_use]
    pub fn is_older_than(&self, time: &Value) -> bool {
        let loaded_at = self.attempted_at.map(UtcTime::unix_seconds);
        loaded_at.zip(time.as_f64()).is_some_and(|(loaded_at, time)| time > loaded_at as f64)
    }
}

/// Time of the last change and size of a file.
type Stamp = (SystemTime, u64);

/// The attempts to load the keys.
#[derive(Default)]
struct Attempts {
    /// Closed when the running attempt ends.
    running: Option<watch::Receiver<()>>,
    /// When a key that is not known last caused one.
    for_unknown_key: Option<UtcTime>,
}

/// The key set of an issuer.
pub struct KeySource {
    issuer: Arc<str>,
    location: KeyLocation,
    /// Name of the setting, for messages.
    setting: String,
    fetcher: Arc<dyn FetchKeys>,
    loaded: RwLock<Arc<Loaded>>,
    attempts: Mutex<Attempts>,
}

impl KeySource {
    /// Creates the source. A file is read at once. Nothing is fetched yet, so that the service starts when an identity
    /// provider is not reachable.
    ///
    /// # Errors
    /// When the file cannot be read or has no key that can be used.
    pub fn new(settings: &IssuerSettings, fetcher: Arc<dyn FetchKeys>) -> Result<Self, String> {
        let mut loaded = Loaded::default();
        if let KeyLocation::File(path) = &settings.keys {
            let (keys, stamp) = read_file(path).map_err(|error| format!("{}: {error}", settings.keys_setting))?;
            loaded = Loaded { keys: Arc::new(keys), is_current: true, attempted_at: None, stamp };
        }
        Ok(Self {
            issuer: settings.claims.issuer.clone(),
            location: settings.keys.clone(),
            setting: settings.keys_setting.clone(),
            fetcher,
            loaded: RwLock::new(Arc::new(loaded)),
            attempts: Mutex::default(),
        })
    }

    /// Returns the keys in memory.
    pub fn loaded(&self) -> Arc<Loaded> {
        self.loaded.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Loads the keys again because a request names a key that is not known. Returns false at once if that was tried
    /// less than 30 seconds ago.
    pub async fn reload_for_unknown_key(self: &Arc<Self>, now: UtcTime) -> bool {
        let Some(mut running) = self.start_for_unknown_key(now) else { return false };
        // Returns an error when the attempt ends, because nothing is ever sent.
        let _ = running.changed().await;
        true
    }

    /// Loads the keys if they are too old or their file has changed.
    pub async fn refresh_if_due(self: &Arc<Self>, now: UtcTime) {
        if self.is_due(now).await {
            let mut running = self.start(&mut self.attempts(), now);
            let _ = running.changed().await;
        }
    }

    fn attempts(&self) -> MutexGuard<'_, Attempts> {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn start_for_unknown_key(self: &Arc<Self>, now: UtcTime) -> Option<watch::Receiver<()>> {
        let mut attempts = self.attempts();
        let is_running = attempts.running.as_ref().is_some_and(|running| running.has_changed().is_ok());
        if !is_running {
            if !has_passed(attempts.for_unknown_key, now, RETRY) {
                return None;
            }
            attempts.for_unknown_key = Some(now);
        }
        Some(self.start(&mut attempts, now))
    }

    /// Returns the running attempt, or starts one. It does not end with the request that starts it.
    fn start(self: &Arc<Self>, attempts: &mut Attempts, now: UtcTime) -> watch::Receiver<()> {
        if let Some(running) = attempts.running.as_ref().filter(|running| running.has_changed().is_ok()) {
            return running.clone();
        }
        let (ended, running) = watch::channel(());
        let source = Arc::clone(self);
        tokio::spawn(async move {
            source.load(now).await;
            drop(ended);
        });
        attempts.running = Some(running.clone());
        running
    }

    async fn is_due(&self, now: UtcTime) -> bool {
        let loaded = self.loaded();
        match (&self.location, loaded.is_current) {
            (KeyLocation::File(path), true) => {
                let path = path.clone();
                let stamp = task::spawn_blocking(move || stamp(&path).ok()).await;
                stamp.is_ok_and(|stamp| stamp != loaded.stamp)
            }
            (_, true) => has_passed(loaded.attempted_at, now, REFRESH),
            (_, false) => has_passed(loaded.attempted_at, now, RETRY),
        }
    }

    async fn load(&self, now: UtcTime) {
        let read = self.read().await;
        let before = self.loaded();
        let attempted_at = Some(now);
        let after = match read {
            Ok((keys, stamp)) => {
                if !before.is_current {
                    tracing::info!(issuer = &*self.issuer, keys = keys.count(), "loaded the key set");
                }
                Loaded { keys: Arc::new(keys), is_current: true, attempted_at, stamp }
            }
            Err(error) => {
                // One line for an outage.
                if before.is_current || before.attempted_at.is_none() {
                    tracing::warn!(issuer = &*self.issuer, setting = self.setting, error, "failed to load the key set");
                }
                Loaded { keys: before.keys.clone(), is_current: false, attempted_at, stamp: before.stamp }
            }
        };
        *self.loaded.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(after);
    }

    async fn read(&self) -> Result<(KeySet, Option<Stamp>), String> {
        let url = match &self.location {
            KeyLocation::File(path) => {
                let path = path.clone();
                return task::spawn_blocking(move || read_file(&path)).await.map_err(|error| error.to_string())?;
            }
            KeyLocation::Url(url) => url.clone(),
            KeyLocation::Discovery(document) => self.discover(document).await?,
        };
        let bytes = self.fetch(&url).await?;
        let keys = KeySet::parse(&bytes).map_err(|error| format!("{url}: {error}"))?;
        Ok((keys, None))
    }

    /// Returns the URL of the key set (OpenID Connect Discovery 1.0 section 4).
    async fn discover(&self, document: &Url) -> Result<Url, String> {
        let bytes = self.fetch(document).await?;
        let found: Discovered = serde_json::from_slice(&bytes).map_err(|error| format!("{document}: {error}"))?;
        if found.issuer != *self.issuer {
            return Err(format!("{document}: it is about the issuer {:?}, not {:?}", found.issuer, self.issuer));
        }
        let url = Url::parse(&found.jwks_uri).map_err(|error| format!("{document}: jwks_uri: {error}"))?;
        if url.scheme() != "https" && document.scheme() == "https" {
            return Err(format!("{document}: jwks_uri is not an https URL"));
        }
        Ok(url)
    }

    async fn fetch(&self, url: &Url) -> Result<Vec<u8>, String> {
        self.fetcher.fetch(url.clone()).await.map_err(|error| format!("{url}: {error}"))
    }
}

/// Loads the keys of an issuer once, as the service does, and returns their number.
///
/// # Errors
/// When the keys cannot be loaded, or none can be used.
pub async fn count_keys(settings: &IssuerSettings, fetcher: &Arc<dyn FetchKeys>) -> Result<usize, String> {
    let source = KeySource::new(settings, fetcher.clone())?;
    let (keys, _) = source.read().await?;
    Ok(keys.count())
}

/// The fields of a discovery document that are used.
#[derive(Deserialize)]
struct Discovered {
    issuer: String,
    jwks_uri: String,
}

/// Returns whether that many seconds have passed. A time in the future means that the clock was set back.
fn has_passed(since: Option<UtcTime>, now: UtcTime, seconds: f64) -> bool {
    since.is_none_or(|since| !(0.0..seconds).contains(&since.seconds_until(now)))
}

/// Reads the file after its stamp, so that a change in between is noticed later.
fn read_file(path: &Path) -> Result<(KeySet, Option<Stamp>), String> {
    let named = |error: String| format!("{}: {error}", path.display());
    let stamp = stamp(path).map_err(|error| named(error.to_string()))?;
    let bytes = std::fs::read(path).map_err(|error| named(error.to_string()))?;
    Ok((KeySet::parse(&bytes).map_err(named)?, Some(stamp)))
}

fn stamp(path: &Path) -> std::io::Result<Stamp> {
    let metadata = std::fs::metadata(path)?;
    Ok((metadata.modified()?, metadata.len()))
}
