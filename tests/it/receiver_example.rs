//! The receiver in Rust that the documentation shows: these very lines, against what the service sends.

use reqwest::header::HeaderMap;
use serde_json::Value;
use standardwebhooks::{Webhook, WebhookError};

/// The event, if its signature is right; `body` as it came, byte by byte.
pub fn verify(webhook: &Webhook, headers: &HeaderMap, body: &[u8]) -> Result<Value, WebhookError> {
    webhook.verify(body, headers)?;
    serde_json::from_slice(body).map_err(|_| WebhookError::InvalidPayload)
}

mod tests {
    use std::time::Duration;

    use entente::kernel::time::UtcTime;

    use super::verify;
    use crate::support::receiver::Receiver;
    use crate::support::*;
    use crate::webhooks::{a_department, an_endpoint, drain, secret};

    #[test]
    fn the_documentation_shows_these_lines() {
        let shown = include_str!("../../docs/receiving-webhooks.md");
        let (_, rest) = shown.split_once("<!-- receiver.rs -->\n```rust\n").unwrap();
        let (block, _) = rest.split_once("```\n<!-- /receiver.rs -->").unwrap();
        assert!(include_str!("receiver_example.rs").contains(block));
    }

    both! {
        async fn it_takes_what_was_sent_and_refuses_what_was_changed(app: TestApp) {
            let mut receiver = Receiver::start();
            let endpoint = an_endpoint(&app, &receiver.url).await;
            // The library compares with the clock of the machine.
            #[expect(clippy::disallowed_methods, reason = "the library asks the machine too")]
            let now = UtcTime::from_jiff(jiff::Timestamp::now());
            app.clock.set(now);
            a_department(&app, "care").await;
            drain(&app).await;
            let received = receiver.received().remove(0);
            let webhook = standardwebhooks::Webhook::new(secret(&endpoint)).unwrap();
            let event = verify(&webhook, &received.headers, &received.bytes).unwrap();
            assert_eq!((&event["type"], &event["sequence"]), (&json!("department.created"), &json!(2)));
            let mut changed = received.bytes.clone();
            changed[10] ^= 1;
            assert!(verify(&webhook, &received.headers, &changed).is_err());

            app.clock.set(now.minus(Duration::from_secs(600)));
            a_department(&app, "legal").await;
            drain(&app).await;
            let old = receiver.received().remove(0);
            assert!(verify(&webhook, &old.headers, &old.bytes).is_err(), "it is ten minutes old");
        }
    }
}
