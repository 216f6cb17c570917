//! Whether an endpoint may be saved with this address: judged as a request to it would be, names resolved.
//!
//! Rule: what resolves to a refused address is refused; a name that cannot be resolved at this moment is taken, because it
//! is judged again at each connection, and an attempt then says `dns`.

use url::Url;

use crate::integrations::webhooks::auth::WebhookAuth;
use crate::integrations::webhooks::egress::EgressFault;
use crate::integrations::webhooks::sender::{DestinationFault, HttpSender};
use crate::kernel::error::{Error, Text, Violation};

/// Most characters of an address as it is stored.
const LONGEST: usize = 2_100;

/// The address in the one spelling that is both judged and used.
///
/// # Errors
/// 422 at `pointer`.
pub async fn permitted(egress: &HttpSender, pointer: &'static str, url: &str) -> Result<String, Error> {
    let violation =
        |code, en: String, cs: &'static str| Error::violation(Violation::at(pointer, code, Text::new(en, cs)));
    let url =
        Url::parse(url).map_err(|error| violation("wrong_format", format!("Not a URL: {error}."), "Toto není URL."))?;
    match egress.check_destination(&url).await {
        // Characters that the standard escapes grow to three.
        Ok(()) | Err(DestinationFault::Unresolved) if url.as_str().len() > LONGEST => Err(violation(
            "too_long",
            format!("Escaped it has more than {LONGEST} characters."),
            "Po zakódování je příliš dlouhá.",
        )),
        Ok(()) | Err(DestinationFault::Unresolved) => Ok(url.into()),
        Err(DestinationFault::Refused(fault)) => {
            Err(violation(fault.label(), format!("Refused: {fault}."), in_czech(fault)))
        }
    }
}

/// The same for the token server of credentials.
///
/// # Errors
/// 422 at `/auth/token_url`.
pub async fn permitted_auth(egress: &HttpSender, mut auth: WebhookAuth) -> Result<WebhookAuth, Error> {
    if let Some(url) = &auth.token_url {
        auth.token_url = Some(permitted(egress, "/auth/token_url", url).await?);
    }
    Ok(auth)
}

fn in_czech(fault: EgressFault) -> &'static str {
    match fault {
        EgressFault::Scheme => "Schéma musí být https.",
        EgressFault::Host => "URL nemá hostitele.",
        EgressFault::UserInfo => "URL nesmí obsahovat jméno ani heslo.",
        EgressFault::Fragment => "URL nesmí obsahovat fragment.",
        EgressFault::Port => "Tento port není povolen.",
        EgressFault::Address { .. } => "Tato adresa není povolena.",
    }
}
