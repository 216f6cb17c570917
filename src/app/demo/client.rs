//! The demo's caller: the public API over HTTP, as any client would use it.

use reqwest::Method;
use secrecy::SecretString;
use serde_json::Value;

use crate::kernel::auth::{Claims, Scope, mint};
use crate::kernel::config::AuthSettings;
use crate::kernel::environment::Environment;

/// Calls the service in somebody's name.
pub struct Client {
    http: reqwest::Client,
    base: String,
    auth: AuthSettings,
    secret: SecretString,
    environment: Environment,
}

impl Client {
    /// For the service at `base`, with tokens signed by its development secret.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    #[expect(clippy::disallowed_methods, reason = "calls this very process, on the address it listens on")]
    pub fn new(
        base: String,
        auth: AuthSettings,
        secret: SecretString,
        environment: Environment,
    ) -> Result<Self, String> {
        let http = reqwest::Client::builder().no_proxy().build().map_err(|error| error.to_string())?;
        Ok(Self { http, base, auth, secret, environment })
    }

    /// A moment from now, for what has to be to come when it is written and is over when it is read.
    #[must_use]
    pub fn soon(&self) -> crate::kernel::time::UtcTime {
        self.environment.now().plus_seconds(2)
    }

    /// Reads.
    ///
    /// # Errors
    /// Says what was asked and what came instead of 200.
    pub async fn get(&self, subject: &str, path: &str) -> Result<Value, String> {
        self.call(subject, Method::GET, path, None).await
    }

    /// Creates, or says a verb.
    ///
    /// # Errors
    /// Says what was asked and what came instead of 2xx.
    pub async fn post(&self, subject: &str, path: &str, body: Value) -> Result<Value, String> {
        self.call(subject, Method::POST, path, Some(body)).await
    }

    /// Replaces, whatever the version is.
    ///
    /// # Errors
    /// Says what was asked and what came instead of 2xx.
    pub async fn put(&self, subject: &str, path: &str, body: Value) -> Result<Value, String> {
        self.call(subject, Method::PUT, path, Some(body)).await
    }

    /// Changes, whatever the version is.
    ///
    /// # Errors
    /// Says what was asked and what came instead of 2xx.
    pub async fn patch(&self, subject: &str, path: &str, body: Value) -> Result<Value, String> {
        self.call(subject, Method::PATCH, path, Some(body)).await
    }

    async fn call(&self, subject: &str, method: Method, path: &str, body: Option<Value>) -> Result<Value, String> {
        let mut request =
            self.http.request(method.clone(), format!("{}{path}", self.base)).bearer_auth(self.token(subject)?);
        if method == Method::PUT || method == Method::PATCH {
            request = request.header("If-Match", "*");
        }
        if let Some(body) = body {
            request = request.header("Content-Type", "application/json").body(body.to_string());
        }
        let told = |error: reqwest::Error| format!("{method} {path}: {error}");
        let response = request.send().await.map_err(told)?;
        let status = response.status();
        let text = response.text().await.map_err(told)?;
        if !status.is_success() {
            return Err(format!("{method} {path} as {subject}: {status} {text}"));
        }
        Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    fn token(&self, subject: &str) -> Result<String, String> {
        let now = self.environment.now().unix_seconds();
        let claims = Claims {
            iss: self.auth.issuer.clone(),
            aud: self.auth.audience.clone().into(),
            sub: subject.to_owned(),
            exp: now + 600,
            nbf: None,
            iat: Some(now),
            scope: Scope::ALL.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" "),
            client_id: None,
        };
        mint(&self.secret, &claims)
    }
}
