//! Validation of the URL of an endpoint: the same checks as for a request, including the resolution of the name.
//!
//! Rules: a name of a private network is refused, unless the operator permits it; so is a name that resolves only to
//! refused addresses. A name that cannot be resolved now is accepted, because it is checked again for each connection,
//! where the attempt then fails with `dns`.

use url::Url;

use crate::integrations::webhooks::auth::WebhookAuth;
use crate::integrations::webhooks::egress::EgressFault;
use crate::integrations::webhooks::sender::{DestinationFault, HttpSender};
use crate::kernel::error::{Error, Text, Violation};

/// Most characters of a URL as it is stored.
const MAX_LENGTH: usize = 2_100;

/// Returns the URL in the normalised form in which it is checked and used.
///
/// # Errors
/// 422 at `pointer`.
pub async fn permitted(egress: &HttpSender, pointer: &'static str, url: &str) -> Result<String, Error> {
    let violation = |code, detail: Text| Error::violation(Violation::at(pointer, code, detail));
    let url = Url::parse(url).map_err(|error| {
        violation("wrong_format", Text::new("violation-not-a-url").with("reason", error.to_string()))
    })?;
    match egress.check_destination(&url).await {
        // Escaping replaces one character by three, so the normalised URL can be longer than the one in the request.
        Ok(()) | Err(DestinationFault::Unresolved) if url.as_str().len() > MAX_LENGTH => {
            Err(violation("too_long", Text::new("violation-url-too-long").with("limit", MAX_LENGTH)))
        }
        Ok(()) | Err(DestinationFault::Unresolved) => Ok(url.into()),
        Err(DestinationFault::Refused(fault)) => Err(violation(fault.label(), text(fault))),
    }
}

/// Returns the credentials with the URL of their token server checked in the same way.
///
/// # Errors
/// 422 at `/auth/token_url`.
pub async fn permitted_auth(egress: &HttpSender, mut auth: WebhookAuth) -> Result<WebhookAuth, Error> {
    if let Some(url) = &auth.token_url {
        auth.token_url = Some(permitted(egress, "/auth/token_url", url).await?);
    }
    Ok(auth)
}

fn text(fault: EgressFault) -> Text {
    Text::new(match fault {
        EgressFault::Scheme => "violation-url-scheme",
        EgressFault::Host => "violation-url-host",
        EgressFault::TrailingDot => "violation-url-trailing-dot",
        EgressFault::LocalName => "violation-url-local-name",
        EgressFault::UserInfo => "violation-url-user",
        EgressFault::Fragment => "violation-url-fragment",
        EgressFault::Port => "violation-url-port",
        EgressFault::Address { .. } => "violation-url-address",
    })
}
