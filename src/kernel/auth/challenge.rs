//! The refusal of credentials, with its challenge (RFC 6750 section 3).

use crate::kernel::error::{Code, Error, Problem, Text};
use crate::kernel::locale::Lang;

/// After how many seconds a request is worth repeating when the keys of an issuer cannot be fetched.
const RETRY_AFTER: u32 = 30;

/// Why a token is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It is not valid, for a reason that is safe to show to the caller: the key of its text.
    Invalid(&'static str),
    /// It cannot be verified, because the keys of its issuer cannot be fetched.
    NoKeys,
}

impl From<&'static str> for Refusal {
    fn from(reason: &'static str) -> Self {
        Self::Invalid(reason)
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Invalid(reason) => invalid_token(reason),
            Refusal::NoKeys => Problem::new(Code::Unavailable)
                .because("detail-issuer-keys-unavailable")
                .header("Retry-After", RETRY_AFTER)
                .into(),
        }
    }
}

/// Returns the problem for a token or an API key that is not valid. `reason` is the key of a text that is safe to show
/// to the caller.
#[must_use]
pub fn invalid_token(reason: &'static str) -> Error {
    let reason = Text::new(reason);
    let challenge = challenge(&reason);
    Problem::new(Code::Unauthenticated)
        .because(Text::new("detail-token-invalid").with("reason", reason))
        .header("WWW-Authenticate", challenge)
        .into()
}

/// Returns the problem for a valid token that is not accepted any more, with a code of status 401.
#[must_use]
pub fn refused_token(code: Code) -> Error {
    Problem::new(code).header("WWW-Authenticate", challenge(&code.detail())).into()
}

fn challenge(reason: &Text) -> String {
    // RFC 6750 allows ASCII without quotes here, so this is always English.
    let description = reason.in_lang(Lang::EN).replace(['`', '"'], "'");
    format!("Bearer realm=\"entente\", error=\"invalid_token\", error_description=\"{description}\"")
}
