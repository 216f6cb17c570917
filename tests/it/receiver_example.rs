//! The Rust receiver of docs/receiving-webhooks.md, tested with webhooks of the service.

use reqwest::header::HeaderMap;
use serde_json::Value;
use standardwebhooks::{Webhook, WebhookError};

/// Verifies the signature of a webhook and returns its event. `body` must be the raw bytes of the request.
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
    use crate::webhooks::{create_department, create_endpoint, drain, secret};

    #[test]
    fn the_documentation_shows_this_receiver() {
        let shown = include_str!("../../docs/receiving-webhooks.md");
        let (_, rest) = shown.split_once("<!-- receiver.rs -->\n```rust\n").unwrap();
        let (block, _) = rest.split_once("```\n<!-- /receiver.rs -->").unwrap();
        assert!(include_str!("receiver_example.rs").contains(block));
    }

    both! {
        async fn the_receiver_accepts_genuine_messages_and_rejects_changed_ones(app: TestApp) {
            let mut receiver = Receiver::start();
            let endpoint = create_endpoint(&app, &receiver.url).await;
            // The library uses the system clock.
            #[expect(clippy::disallowed_methods, reason = "the library uses the system clock")]
            let now = UtcTime::from_jiff(jiff::Timestamp::now());
            app.clock.set(now);
            create_department(&app, "care").await;
            drain(&app).await;
            let received = receiver.received().remove(0);
            let webhook = standardwebhooks::Webhook::new(secret(&endpoint)).unwrap();
            let event = verify(&webhook, &received.headers, &received.bytes).unwrap();
            assert_eq!((&event["type"], &event["sequence"]), (&json!("department.created"), &json!(2)));
            let mut changed = received.bytes.clone();
            changed[10] ^= 1;
            assert!(verify(&webhook, &received.headers, &changed).is_err());

            app.clock.set(now.minus(Duration::from_secs(600)));
            create_department(&app, "legal").await;
            drain(&app).await;
            let old = receiver.received().remove(0);
            assert!(verify(&webhook, &old.headers, &old.bytes).is_err(), "it is ten minutes old");
        }
    }
}
