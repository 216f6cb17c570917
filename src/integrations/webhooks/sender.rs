//! Sends one request over HTTP, within limits and only to destinations that the egress guard permits.
//!
//! Rules: never follow a redirect, never use a proxy from the environment, never decompress, never retry a request.
//! Names are resolved here, and connections are made only to addresses that passed the guard, so that a name that
//! changes its address between the check and the connection (DNS rebinding) cannot bypass the guard. Only the status
//! matters: a response whose body is slow, broken or too long still counts.

use std::error::Error;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Client, Method, Response, redirect, retry};
use tokio::time::{Instant, timeout, timeout_at};
use url::{Host, Url};

use super::egress::{EgressFault, EgressPolicy, check_ip, check_url};
use super::tls;

/// The `User-Agent` header of all requests.
pub const USER_AGENT: &str = concat!("Entente/", env!("CARGO_PKG_VERSION"));

/// Most bytes of a response that are stored, so that the owner of the endpoint can read them.
const EXCERPT_BYTES: usize = 1024;
/// Most bytes of a `Retry-After` header; a longer one is ignored.
const RETRY_AFTER_BYTES: usize = 64;
/// Most idle connections that are kept open for later deliveries to the same host, and for how long.
const IDLE_CONNECTIONS: usize = 8;
const IDLE_TIME: Duration = Duration::from_secs(20);
/// Interval and timeout of the pings on a shared HTTP/2 connection. Without pings, every later delivery to the host
/// would fail on a dead connection.
const PING_INTERVAL: Duration = Duration::from_secs(5);
const PING_TIMEOUT: Duration = Duration::from_secs(5);
/// Headers that frame a message or belong to one connection (RFC 9110 section 7.6.1). The configured header of an
/// endpoint must not set them.
const FRAMING_HEADERS: [&str; 10] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Stable names for the reasons of attempts without a response.
pub mod reason {
    /// The name has no address, or its resolution failed or took too long.
    pub const DNS: &str = "dns";
    /// No connection was established: it was refused, the host was unreachable, or it took too long.
    pub const CONNECT: &str = "connect";
    /// The TLS handshake failed, most often because of the certificate.
    pub const TLS: &str = "tls";
    /// The connection was established, but no status was received within the total deadline.
    pub const TIMEOUT: &str = "timeout";
    /// The connection ended before a valid response was received.
    pub const NO_ANSWER: &str = "no_answer";
    /// The token server of the receiver returned no token; nothing was sent to the receiver.
    pub const TOKEN: &str = "token";
    /// A header is malformed or belongs to the connection; nothing was sent.
    pub const INVALID_REQUEST: &str = "invalid_request";
}

/// A request to send. It is not `Debug`, because headers and URL can contain credentials of the receiver.
#[derive(Clone)]
pub struct OutgoingRequest {
    /// `POST`, or `PATCH` where the API of the receiver requires it.
    pub method: Method,
    pub url: Url,
    pub headers: Vec<(String, String)>,
    /// The bytes that are sent, without any change.
    pub body: Vec<u8>,
    /// Most bytes of the response body that are read; [`SendLimits::response_bytes`] if `None`.
    pub response_bytes: Option<usize>,
}

/// The result of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendResult {
    /// The receiver responded.
    Responded {
        status: u16,
        /// The unparsed `Retry-After` header.
        retry_after: Option<String>,
        /// The start of the body, within the limit of the request.
        body: Vec<u8>,
    },
    /// The egress guard refused the destination; nothing was sent.
    Refused(EgressFault),
    /// There was no response; `reason` is one of [`reason`].
    Failed { reason: &'static str },
}

/// The future of an attempt.
pub type Sending<'a> = Pin<Box<dyn Future<Output = SendResult> + Send + 'a>>;

/// Sends requests: over the network in production, to a simulated receiver in tests.
pub trait Sender: Send + Sync {
    /// Makes exactly one attempt. Dropping the future aborts it.
    fn send(&self, request: OutgoingRequest) -> Sending<'_>;
}

/// Deadlines and size limits of an attempt.
#[derive(Debug, Clone, Copy)]
pub struct SendLimits {
    /// Deadline for the resolution of a name.
    pub dns: Duration,
    /// Deadline for resolution, connection and TLS handshake together.
    pub connect: Duration,
    /// Deadline for the whole attempt, including the body of the response.
    pub total: Duration,
    /// Most bytes of the response body that are read before the connection is closed, unless the request has a limit
    /// of its own.
    pub response_bytes: usize,
}

impl SendLimits {
    /// Returns the default limits with another deadline for the whole attempt, which also caps the other deadlines.
    #[must_use]
    pub fn within(total: Duration) -> Self {
        let default = Self::default();
        Self { dns: default.dns.min(total), connect: default.connect.min(total), total, ..default }
    }
}

impl Default for SendLimits {
    fn default() -> Self {
        Self {
            dns: Duration::from_secs(2),
            connect: Duration::from_secs(5),
            total: Duration::from_secs(15),
            response_bytes: 16 * 1024,
        }
    }
}

/// A resolver, which returns the addresses of a name: that of the system, or a simulated one in tests.
pub type Lookup = Arc<dyn Fn(String) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>> + Send + Sync>;

/// Returns the resolver of the operating system.
pub fn system_lookup() -> Lookup {
    Arc::new(|host| {
        Box::pin(async move {
            let found = tokio::net::lookup_host((host, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    })
}

/// Why a destination cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DestinationFault {
    /// The egress guard refuses it.
    Refused(EgressFault),
    /// The name has no address, or its resolution failed or took too long.
    Unresolved,
}

/// Resolves names to those of their addresses that the policy permits.
#[derive(Clone)]
struct Guard {
    policy: Arc<EgressPolicy>,
    lookup: Lookup,
    deadline: Duration,
}

impl Guard {
    /// Returns the permitted addresses of `host`, at least one. Other addresses are ignored and are not an error,
    /// because behind DNS64 an ordinary name also has addresses that are refused.
    async fn resolve(&self, host: &str) -> Result<Vec<IpAddr>, DestinationFault> {
        let found = timeout(self.deadline, (self.lookup)(host.to_owned()))
            .await
            .map_err(|_| DestinationFault::Unresolved)?
            .map_err(|_| DestinationFault::Unresolved)?;
        let mut fault = DestinationFault::Unresolved;
        let mut permitted = Vec::with_capacity(found.len());
        for ip in found {
            match check_ip(ip, &self.policy) {
                Ok(()) => permitted.push(ip),
                Err(refused) => fault = DestinationFault::Refused(refused),
            }
        }
        if permitted.is_empty() { Err(fault) } else { Ok(permitted) }
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            match guard.resolve(name.as_str()).await {
                // Port 0 means the port of the URL.
                Ok(ips) => Ok(Box::new(ips.into_iter().map(|ip| SocketAddr::new(ip, 0))) as Addrs),
                Err(DestinationFault::Refused(fault)) => Err(fault.into()),
                Err(DestinationFault::Unresolved) => Err("the name was not resolved".into()),
            }
        })
    }
}

/// The [`Sender`] for the network: HTTP/1.1 and HTTP/2 over rustls, with the certificate authorities of the system.
pub struct HttpSender {
    client: Client,
    guard: Guard,
    limits: SendLimits,
}

impl HttpSender {
    /// Creates a sender with the resolver of the system. Attempts share connections, so a process needs only one
    /// sender.
    ///
    /// # Errors
    /// When TLS cannot be set up, for example because there is no certificate authority.
    pub fn new(policy: EgressPolicy, limits: SendLimits) -> Result<Self, String> {
        Self::with_lookup(policy, limits, system_lookup())
    }

    /// Creates a sender with another resolver.
    ///
    /// # Errors
    /// As [`HttpSender::new`].
    #[expect(clippy::disallowed_methods, reason = "the one client of the service, with deadlines and the guard")]
    pub fn with_lookup(policy: EgressPolicy, limits: SendLimits, lookup: Lookup) -> Result<Self, String> {
        let tls = tls::config().map_err(|error| error.to_string())?;
        let guard = Guard { policy: Arc::new(policy), lookup, deadline: limits.dns };
        let client = Client::builder()
            .user_agent(USER_AGENT)
            .redirect(redirect::Policy::none())
            .referer(false)
            .retry(retry::never())
            .no_proxy()
            .https_only(!guard.policy.allow_http)
            .dns_resolver(guard.clone())
            .connect_timeout(limits.connect)
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            .pool_idle_timeout(IDLE_TIME)
            .http2_keep_alive_interval(PING_INTERVAL)
            .http2_keep_alive_timeout(PING_TIMEOUT)
            .tls_backend_preconfigured(tls)
            .build()
            .map_err(|error| error.to_string())?;
        Ok(Self { client, guard, limits })
    }

    /// Checks a destination in the same way as an attempt, but without connecting; used when an endpoint is saved.
    ///
    /// # Errors
    /// A [`DestinationFault`].
    pub async fn check_destination(&self, url: &Url) -> Result<(), DestinationFault> {
        check_url(url, &self.guard.policy).map_err(DestinationFault::Refused)?;
        if let Some(Host::Domain(name)) = url.host() {
            self.guard.resolve(name).await?;
        }
        Ok(())
    }

    async fn attempt(&self, request: OutgoingRequest) -> SendResult {
        // A host that is an IP address does not reach the resolver, so it is checked here.
        if let Err(fault) = check_url(&request.url, &self.guard.policy) {
            return SendResult::Refused(fault);
        }
        let Some(headers) = header_map(request.headers) else {
            return SendResult::Failed { reason: reason::INVALID_REQUEST };
        };
        let deadline = Instant::now() + self.limits.total;
        let most = request.response_bytes.unwrap_or(self.limits.response_bytes);
        let sending = self.client.request(request.method, request.url).headers(headers).body(request.body).send();
        match timeout_at(deadline, sending).await {
            Ok(Ok(response)) => read_response(response, most, deadline).await,
            Ok(Err(error)) => failure(&error),
            Err(_) => SendResult::Failed { reason: reason::TIMEOUT },
        }
    }
}

impl Sender for HttpSender {
    fn send(&self, request: OutgoingRequest) -> Sending<'_> {
        Box::pin(self.attempt(request))
    }
}

/// Returns the result of an attempt with at most `most` bytes of the body.
async fn read_response(mut response: Response, most: usize, deadline: Instant) -> SendResult {
    let status = response.status().as_u16();
    let retry_after = response
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok())
        .filter(|value| value.len() <= RETRY_AFTER_BYTES)
        .map(str::to_owned);
    let mut start = Vec::new();
    let reading = read_start(&mut response, most, &mut start);
    // A timeout needs no handling: the status is known, only the excerpt is shorter.
    let _ = timeout_at(deadline, reading).await;
    SendResult::Responded { status, retry_after, body: start }
}

/// Returns whether a header, given by its lower-case name, belongs to the connection.
#[must_use]
pub fn is_framing(name: &str) -> bool {
    FRAMING_HEADERS.contains(&name)
}

/// Returns `None` when a header is malformed or must not be set by the caller.
fn header_map(headers: Vec<(String, String)>) -> Option<HeaderMap> {
    let mut map = HeaderMap::with_capacity(headers.len());
    for (name, value) in headers {
        let name = HeaderName::try_from(name).ok()?;
        if is_framing(name.as_str()) {
            return None;
        }
        map.append(name, HeaderValue::try_from(value).ok()?);
    }
    Some(map)
}

/// Reads up to `limit` bytes. A shorter response is read to its end, so that its connection can be reused.
async fn read_start(response: &mut Response, limit: usize, start: &mut Vec<u8>) {
    while start.len() < limit
        && let Ok(Some(chunk)) = response.chunk().await
    {
        let remaining = limit - start.len();
        start.extend(chunk.iter().take(remaining));
    }
}

/// Returns the first bytes as text, at most 1 KiB, without NUL, which PostgreSQL cannot store.
#[must_use]
pub fn excerpt(start: &[u8]) -> String {
    let start = start.get(..EXCERPT_BYTES).unwrap_or(start);
    let mut text = String::from_utf8_lossy(start).replace('\0', "\u{fffd}");
    text.truncate(text.floor_char_boundary(EXCERPT_BYTES));
    text
}

fn failure(error: &reqwest::Error) -> SendResult {
    if let Some(fault) = cause::<EgressFault>(error) {
        return SendResult::Refused(*fault);
    }
    let reason = if error.is_builder() {
        reason::INVALID_REQUEST
    } else if error.is_dns() {
        reason::DNS
    } else if cause::<rustls::Error>(error).is_some() {
        reason::TLS
    } else if error.is_connect() {
        reason::CONNECT
    } else if error.is_timeout() {
        reason::TIMEOUT
    } else {
        reason::NO_ANSWER
    };
    SendResult::Failed { reason }
}

/// Returns the first error of type `E` among the causes of `error`.
fn cause<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        // The source of an `io::Error` is the source of the error it wraps, not that error itself.
        next = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
    }
    None
}

#[cfg(test)]
#[path = "sender_tests.rs"]
mod tests;
