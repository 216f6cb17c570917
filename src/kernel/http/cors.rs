//! Cross-origin requests from browsers (Fetch standard), for the configured origins only.
//!
//! Tokens are sent in a header, never in cookies, so credentials mode is not supported.
//!
//! Rule: every response has `Vary: Origin`, also without `Origin` in the request. Otherwise, a cache could give the
//! response to a request without it, which lacks the headers, to a page that needs them.

use actix_web::http::header::{ALLOW, HeaderMap, HeaderName, HeaderValue, VARY};

const EXPOSED: &str =
    "ETag, Idempotent-Replayed, Link, Location, RateLimit, RateLimit-Policy, Request-Id, Retry-After, WWW-Authenticate";
const ACCEPTED: &str = "Accept-Language, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Manage-Token, Request-Id, traceparent";

/// The origins whose pages may call the API from a browser.
#[derive(Debug, Clone, Default)]
pub struct Cors {
    origins: Vec<String>,
}

impl Cors {
    /// Allows exactly these origins, such as `https://www.example.com`.
    #[must_use]
    pub fn new(origins: Vec<String>) -> Self {
        Self { origins }
    }

    /// Returns the origin of a request, if it is allowed.
    #[must_use]
    pub fn allowed(&self, request: &HeaderMap) -> Option<HeaderValue> {
        let origin = request.get("origin")?;
        self.origins.iter().any(|allowed| origin == allowed).then(|| origin.clone())
    }

    /// Adds `Origin` to `Vary`, which stays one header, because some caches read only the first one.
    pub fn vary(headers: &mut HeaderMap) {
        let origin = HeaderValue::from_static("Origin");
        let value = match headers.get(VARY).map(HeaderValue::to_str) {
            Some(Ok(others)) => HeaderValue::try_from(format!("{others}, Origin")).unwrap_or(origin),
            _ => origin,
        };
        headers.insert(VARY, value);
    }

    /// Adds the headers that allow the page to read the response, including those of a preflight response.
    pub fn permit(origin: HeaderValue, headers: &mut HeaderMap) {
        let mut add = |name: &'static str, value: HeaderValue| headers.insert(HeaderName::from_static(name), value);
        add("access-control-allow-origin", origin);
        add("access-control-expose-headers", HeaderValue::from_static(EXPOSED));
        if let Some(methods) = headers.get(ALLOW).cloned() {
            headers.insert(HeaderName::from_static("access-control-allow-methods"), methods);
            headers.insert(HeaderName::from_static("access-control-allow-headers"), HeaderValue::from_static(ACCEPTED));
            headers.insert(HeaderName::from_static("access-control-max-age"), HeaderValue::from_static("600"));
        }
    }
}
