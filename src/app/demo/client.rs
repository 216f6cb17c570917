//! An HTTP client of the public API, for the demo.

use reqwest::{Method, RequestBuilder};
use secrecy::SecretString;
use serde_json::Value;

use crate::kernel::auth::{Claims, Scope, mint};
use crate::kernel::config::AuthSettings;
use crate::kernel::environment::Environment;

/// Calls the service on behalf of a person.
pub struct Client {
    http: reqwest::Client,
    base: String,
    auth: AuthSettings,
    secret: SecretString,
    environment: Environment,
}

impl Client {
    /// Creates a client of the service at `base`, with tokens signed by its development secret.
    ///
    /// # Errors
    /// When the HTTP client cannot be created.
    #[expect(clippy::disallowed_methods, reason = "calls this process only, at its own address")]
    pub fn new(
        base: String,
        auth: AuthSettings,
        secret: SecretString,
        environment: Environment,
    ) -> Result<Self, String> {
        let http = reqwest::Client::builder().no_proxy().build().map_err(|error| error.to_string())?;
        Ok(Self { http, base, auth, secret, environment })
    }

    /// Returns the time of the demo's clock.
    #[must_use]
    pub fn now(&self) -> crate::kernel::time::UtcTime {
        self.environment.now()
    }

    /// Sends a GET request.
    ///
    /// # Errors
    /// The request and the response, if the status is not 2xx.
    pub async fn get(&self, login: &str, path: &str) -> Result<Value, String> {
        self.call(login, Method::GET, path, None).await
    }

    /// Sends a POST request.
    ///
    /// # Errors
    /// The request and the response, if the status is not 2xx.
    pub async fn post(&self, login: &str, path: &str, body: Value) -> Result<Value, String> {
        self.call(login, Method::POST, path, Some(body)).await
    }

    /// Sends a POST request as a proxy does for a client at `address`.
    ///
    /// # Errors
    /// The request and the response, if the status is not 2xx.
    pub async fn post_for(&self, address: &str, login: &str, path: &str, body: Value) -> Result<Value, String> {
        let request = self.request(login, &Method::POST, path)?.header("X-Forwarded-For", address);
        Self::send(login, &Method::POST, path, request, Some(body)).await
    }

    /// Sends a PUT request that matches any version.
    ///
    /// # Errors
    /// The request and the response, if the status is not 2xx.
    pub async fn put(&self, login: &str, path: &str, body: Value) -> Result<Value, String> {
        self.call(login, Method::PUT, path, Some(body)).await
    }

    /// Sends a PUT request that creates a resource.
    ///
    /// # Errors
    /// The request and the response, if the status is not 2xx.
    pub async fn create(&self, login: &str, path: &str, body: Value) -> Result<Value, String> {
        let request = self.request(login, &Method::PUT, path)?.header("If-None-Match", "*");
        Self::send(login, &Method::PUT, path, request, Some(body)).await
    }

    /// Sends a PATCH request that matches any version.
    ///
    /// # Errors
    /// The request and the response, if the status is not 2xx.
    pub async fn patch(&self, login: &str, path: &str, body: Value) -> Result<Value, String> {
        self.call(login, Method::PATCH, path, Some(body)).await
    }

    async fn call(&self, login: &str, method: Method, path: &str, body: Option<Value>) -> Result<Value, String> {
        let mut request = self.request(login, &method, path)?;
        if method == Method::PUT || method == Method::PATCH {
            request = request.header("If-Match", "*");
        }
        Self::send(login, &method, path, request, body).await
    }

    fn request(&self, login: &str, method: &Method, path: &str) -> Result<RequestBuilder, String> {
        Ok(self.http.request(method.clone(), format!("{}{path}", self.base)).bearer_auth(self.token(login)?))
    }

    async fn send(
        login: &str,
        method: &Method,
        path: &str,
        mut request: RequestBuilder,
        body: Option<Value>,
    ) -> Result<Value, String> {
        if let Some(body) = body {
            request = request.header("Content-Type", "application/json").body(body.to_string());
        }
        let failed = |error: reqwest::Error| format!("{method} {path}: {error}");
        let response = request.send().await.map_err(failed)?;
        let status = response.status();
        let text = response.text().await.map_err(failed)?;
        if !status.is_success() {
            return Err(format!("{method} {path} as {login}: {status} {text}"));
        }
        Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    fn token(&self, login: &str) -> Result<String, String> {
        let now = self.environment.now().unix_seconds();
        let claims = Claims {
            iss: self.auth.issuer.clone(),
            aud: self.auth.audience.clone().into(),
            sub: login.to_owned(),
            exp: now + 600,
            nbf: None,
            iat: Some(now),
            scope: Scope::ALL.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" "),
            client_id: None,
        };
        mint(&self.secret, &claims)
    }
}
