//! `entente token`: prints a development token.

use clap::Args;
use secrecy::SecretString;

use super::{print_line, secret};
use crate::kernel::auth::{Claims, Scope, mint};
use crate::kernel::config::{AuthSettings, Deployment, Settings};
use crate::kernel::environment::Environment;

/// The claims of the token.
#[derive(Debug, Args)]
pub struct Options {
    /// The `sub` claim: the login of a person, or the name of an application
    #[arg(default_value = "cmo")]
    subject: String,
    /// A scope of the token; repeat for several [default: all scopes]
    #[arg(long = "scope", value_name = "SCOPE", value_enum)]
    scopes: Vec<Scope>,
    /// Create a token for an application instead of a person (client credentials)
    #[arg(long)]
    service: bool,
    /// Hours until the token expires
    #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(i64).range(1..=8760))]
    hours: i64,
}

/// Prints a token.
pub fn print(settings: &Settings, options: &Options) -> Result<(), String> {
    let (path, from_file) = (&settings.secret_file, settings.auth.secret.is_none());
    // A new secret in this folder would not match that of a service in another folder.
    if from_file && settings.environment != Deployment::Production && settings.auth.issuers.is_empty() && !path.exists()
    {
        let path = path.display();
        return Err(format!(
            "ENTENTE_JWT_SECRET_FILE: {path} does not exist; run this in the folder of the service, after its first start"
        ));
    }
    let secret = secret::development_secret(settings)?
        .ok_or("tokens can be created in development only; get a token from your identity provider")?;
    let scopes = if options.scopes.is_empty() { Scope::ALL } else { &options.scopes };
    print_line(make(&settings.auth, &secret, &options.subject, scopes, options.service, options.hours)?)
}

/// Creates a token for `subject`.
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
