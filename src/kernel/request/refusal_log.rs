//! One log line for each refused request: 401, 403 and 429.
//!
//! Rules: a line has the reason, the key, the issuer, the hashed subject and the network of the caller, and no token,
//! name or address. What a token says about itself is not verified here, so it is used for the log only. Attackers
//! cannot fill the log: lines are limited, and the next line has the number of those left out.

use std::num::NonZeroU32;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use actix_web::HttpRequest;
use actix_web::http::header::AUTHORIZATION;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use data_encoding::HEXLOWER;
use governor::clock::{Clock, QuantaClock};
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::kernel::auth::API_KEY_PREFIX;
use crate::kernel::error::Problem;
use crate::kernel::http::client_address;

/// Most lines per second: 20.
const LINES: NonZeroU32 = NonZeroU32::MIN.saturating_add(19);
/// Longer tokens are not read.
const MAX_TOKEN: usize = 8 * 1024;
/// Longer names of keys and issuers are not logged.
const MAX_NAME: usize = 200;

static THROTTLE: LazyLock<Throttle<QuantaClock>> = LazyLock::new(|| Throttle::new(QuantaClock::default()));

/// Logs a problem if it refuses the request: 401, 403 or 429.
pub fn log(request: &HttpRequest, problem: &Problem) {
    let status = problem.code.status().as_u16();
    if ![401, 403, 429].contains(&status) {
        return;
    }
    let Some(suppressed) = THROTTLE.admit() else { return };
    let credentials = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let caller = credentials.map(Claimed::of_credentials).unwrap_or_default();
    let network = client_address::network_for_logs(client_address::of(request));
    tracing::info!(
        status,
        reason = problem.reason(),
        key_id = caller.key_id.as_deref(),
        issuer = caller.issuer.as_deref(),
        subject = caller.subject.as_deref(),
        network = network.as_str(),
        suppressed,
        "request refused"
    );
}

/// What credentials say about the caller. Not verified.
#[derive(Debug, Default, PartialEq, Eq)]
struct Claimed {
    /// `kid` of a token, or the id of an API key.
    key_id: Option<String>,
    issuer: Option<String>,
    /// Hash of issuer and subject.
    subject: Option<String>,
}

impl Claimed {
    fn of_credentials(credentials: &str) -> Self {
        let token = credentials.split_once(' ').map_or("", |(_, token)| token.trim());
        if token.len() > MAX_TOKEN {
            return Self::default();
        }
        match token.strip_prefix(API_KEY_PREFIX) {
            Some(rest) => Self { key_id: rest.split('_').next().map(safe), ..Self::default() },
            None => Self::of_token(token),
        }
    }

    fn of_token(token: &str) -> Self {
        let mut parts = token.split('.').map(json);
        let (header, claims) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let subject = claims["sub"].as_str().map(|subject| hash(claims["iss"].as_str().unwrap_or_default(), subject));
        Self { key_id: header["kid"].as_str().map(safe), issuer: claims["iss"].as_str().map(safe), subject }
    }
}

/// Reads a part of a token; null if it cannot be read.
fn json(part: &str) -> Value {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(part).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

/// Returns the name if it is safe in a log line.
fn safe(name: &str) -> String {
    let is_safe = name.len() <= MAX_NAME && name.bytes().all(|byte| byte.is_ascii_graphic());
    if is_safe { name.to_owned() } else { "invalid".to_owned() }
}

fn hash(issuer: &str, subject: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(issuer);
    hash.update([0]);
    hash.update(subject);
    let mut text = HEXLOWER.encode(&hash.finalize());
    text.truncate(16);
    text
}

/// Limits the number of lines.
struct Throttle<C: Clock> {
    limiter: RateLimiter<NotKeyed, InMemoryState, C, NoOpMiddleware<C::Instant>>,
    /// Number of lines left out since the last one.
    suppressed: AtomicU64,
}

impl<C: Clock> Throttle<C> {
    fn new(clock: C) -> Self {
        let limiter = RateLimiter::direct_with_clock(Quota::per_second(LINES), clock);
        Self { limiter, suppressed: AtomicU64::new(0) }
    }

    /// Returns the number of lines left out before this one; `None` if this one is left out, too.
    fn admit(&self) -> Option<u64> {
        if self.limiter.check().is_err() {
            self.suppressed.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        Some(self.suppressed.swap(0, Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use actix_web::test::TestRequest;
    use governor::clock::FakeRelativeClock;

    use super::*;
    use crate::kernel::error::{Code, Text};

    fn token(header: &str, claims: &str) -> String {
        let part = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
        format!("Bearer {}.{}.c2lnbmF0dXJl", part(header), part(claims))
    }

    #[test]
    fn credentials_are_reduced_to_what_a_log_may_contain() {
        let of = Claimed::of_credentials;
        let jana = of(&token(r#"{"alg":"RS256","kid":"k1"}"#, r#"{"iss":"https://id.example","sub":"jana"}"#));
        assert_eq!((jana.key_id.as_deref(), jana.issuer.as_deref()), (Some("k1"), Some("https://id.example")));
        assert_eq!(jana.subject, Some(hash("https://id.example", "jana")));
        assert_ne!(jana.subject, Some(hash("https://other.example", "jana")));
        let forged = of(&token(r#"{"kid":"a b\n"}"#, "not JSON"));
        assert_eq!(forged, Claimed { key_id: Some("invalid".into()), ..Claimed::default() });
        let key = of("Bearer ent_01kdvdna00e008_secretsecret");
        assert_eq!(key, Claimed { key_id: Some("01kdvdna00e008".into()), ..Claimed::default() });
        for nothing in ["", "Bearer", "Basic amFuYTpzZWNyZXQ=", format!("Bearer {}", "a".repeat(9_000)).as_str()] {
            assert_eq!(of(nothing), Claimed::default(), "{nothing}");
        }
    }

    #[test]
    fn lines_are_limited_and_the_next_one_counts_those_left_out() {
        let clock = FakeRelativeClock::default();
        let throttle = Throttle::new(clock.clone());
        let admitted: Vec<_> = (0..30).map(|_| throttle.admit()).collect();
        assert_eq!(admitted.iter().filter(|one| **one == Some(0)).count(), 20);
        assert_eq!(admitted[29], None);
        clock.advance(Duration::from_secs(1));
        assert_eq!((throttle.admit(), throttle.admit()), (Some(10), Some(0)));
    }

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_refusal_is_one_line_without_the_token() {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
        let credentials = token(r#"{"kid":"k1"}"#, r#"{"iss":"https://id.example","sub":"jana@example.com"}"#);
        let request = TestRequest::get().insert_header((AUTHORIZATION, credentials.as_str())).to_http_request();
        let expired = Text::new("detail-token-invalid").with("reason", Text::new("detail-token-invalid.exp"));
        tracing::subscriber::with_default(subscriber, || {
            log(&request, &Problem::new(Code::Unauthenticated).because(expired));
            log(&request, &Problem::new(Code::NotFound));
        });
        let written = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        assert_eq!(written.lines().count(), 1, "{written}");
        for part in ["status=401", "detail-token-invalid.exp", "k1", "https://id.example", "0.0.0.0/24"] {
            assert!(written.contains(part), "{part}: {written}");
        }
        for secret in ["jana", credentials.split_once(' ').unwrap().1] {
            assert!(!written.contains(secret), "{secret}: {written}");
        }
    }
}
