//! `entente token`: a bearer token to try things with.

use clap::Args;
use secrecy::SecretString;

use super::{say, secret};
use crate::kernel::auth::{Claims, Scope, mint};
use crate::kernel::config::{AuthSettings, Deployment, Settings};
use crate::kernel::environment::Environment;

/// What the token says.
#[derive(Debug, Args)]
pub struct Options {
    /// Who the token is for: the `subject` of a person, or the name of a service
    #[arg(default_value = "cmo")]
    subject: String,
    /// What it may be used for; every scope if none is named
    #[arg(long = "scope", value_name = "SCOPE", value_enum)]
    scopes: Vec<Scope>,
    /// For software instead of a person (client credentials)
    #[arg(long)]
    service: bool,
    /// Hours until it expires
    #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(i64).range(1..=8760))]
    hours: i64,
}

/// Prints a token.
pub fn print(settings: &Settings, options: &Options) -> Result<(), String> {
    let (path, kept) = (&settings.secret_file, settings.auth.secret.is_none());
    // One that is made here would fit no service that runs elsewhere.
    if kept && settings.environment != Deployment::Production && settings.auth.jwks_file.is_none() && !path.exists() {
        let path = path.display();
        return Err(format!(
            "ENTENTE_JWT_SECRET_FILE: there is no {path} here: call this in the folder of the service, after its first start"
        ));
    }
    let secret =
        secret::of_development(settings)?.ok_or("tokens are minted in development only; ask your identity provider")?;
    let scopes = if options.scopes.is_empty() { Scope::ALL } else { &options.scopes };
    say(make(&settings.auth, &secret, &options.subject, scopes, options.service, options.hours)?)
}

/// Mints a token for `subject`.
pub fn make(
    auth: &AuthSettings,
    secret: &SecretString,
    subject: &str,
    scopes: &[Scope],
    service: bool,
    hours: i64,
) -> Result<String, String> {
    let now = Environment::system().now().unix_seconds();
    let claims = Claims {
        iss: auth.issuer.clone(),
        aud: auth.audience.clone().into(),
        sub: subject.to_owned(),
        exp: now + hours * 3600,
        nbf: None,
        iat: Some(now),
        scope: scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" "),
        client_id: service.then(|| subject.to_owned()),
    };
    mint(secret, &claims)
}
