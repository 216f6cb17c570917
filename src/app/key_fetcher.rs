//! Fetches the key sets of identity providers with the sender of webhooks: through the egress guard, without redirects,
//! and within limits of time and size.

use std::time::Duration;

use reqwest::Method;
use url::Url;

use crate::integrations::webhooks::egress::{EgressFault, EgressPolicy};
use crate::integrations::webhooks::sender::{
    HttpSender, Lookup, OutgoingRequest, SendLimits, SendResult, Sender, reason,
};
use crate::kernel::auth::{FetchKeys, Fetching};

/// Size of a response in bytes at which it is too long. The largest key sets have a few dozen KiB.
const MAX_RESPONSE: usize = 512 * 1024;

/// Fetches key sets over HTTP.
pub struct HttpKeyFetcher(HttpSender);

impl HttpKeyFetcher {
    /// Creates a fetcher for these destinations, with a deadline for each document.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(policy: EgressPolicy, deadline: Duration, lookup: Lookup) -> Result<Self, String> {
        let limits = SendLimits { response_bytes: MAX_RESPONSE, ..SendLimits::within(deadline) };
        let sender = HttpSender::with_lookup(policy, limits, lookup);
        sender.map(Self).map_err(|error| format!("failed to create the client for key sets: {error}"))
    }

    async fn get(&self, url: Url) -> Result<Vec<u8>, String> {
        let headers = vec![("accept".to_owned(), "application/json".to_owned())];
        let request = OutgoingRequest { method: Method::GET, url, headers, body: Vec::new(), response_bytes: None };
        let mut result = self.0.send(request.clone()).await;
        // The server may have closed the connection that was kept since the last time.
        if matches!(result, SendResult::Failed { reason } if reason != reason::TIMEOUT) {
            result = self.0.send(request).await;
        }
        match result {
            SendResult::Responded { status: 200, body, .. } if body.len() < MAX_RESPONSE => Ok(body),
            SendResult::Responded { status: 200, .. } => {
                Err(format!("the response has more than {} KiB", MAX_RESPONSE / 1024))
            }
            SendResult::Responded { status, .. } => Err(format!("the response has the status {status}")),
            SendResult::Refused(fault @ EgressFault::Address { range }) => {
                Err(format!("{fault} ({range}); see ENTENTE_JWT_ALLOWED_NETWORKS"))
            }
            SendResult::Refused(fault) => Err(fault.to_string()),
            SendResult::Failed { reason } => Err(format!("no response ({reason})")),
        }
    }
}

impl FetchKeys for HttpKeyFetcher {
    fn fetch(&self, url: Url) -> Fetching<'_> {
        Box::pin(self.get(url))
    }
}
