//! An HTTP client that checks every response against the OpenAPI document.

use std::net::SocketAddr;

use serde_json::Value;

use super::{contract, telemetry};

/// Sends requests, with or without a token.
#[derive(Clone)]
pub struct Client {
    pub address: SocketAddr,
    http: reqwest::Client,
    token: Option<String>,
}

/// A response that conforms to the document.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    /// Null if there is no body or it is not JSON.
    pub body: Value,
    pub text: String,
}

/// A request that is not sent yet.
pub struct Request {
    builder: reqwest::RequestBuilder,
    method: reqwest::Method,
    path: String,
}

/// Stands for the tag of a resource that is to be created.
pub const NEW: &str = "new";

impl Client {
    #[expect(clippy::disallowed_methods, reason = "calls the app under test on loopback")]
    pub fn new(address: SocketAddr) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        // Shorter than the keep-alive of the server, which could otherwise close a connection that is about to be used.
        let idle = std::time::Duration::from_secs(2);
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        // No certificate authorities, because reading those of the system takes longer than most tests.
        let http = http.pool_idle_timeout(idle).tls_certs_only([]).build().unwrap();
        Self { address, http, token: None }
    }

    pub fn with_token(&self, token: String) -> Self {
        telemetry::mark(&token);
        Self { token: Some(token), ..self.clone() }
    }

    pub fn request(&self, method: &str, path: &str) -> Request {
        let method: reqwest::Method = method.parse().unwrap();
        let mut builder = self.http.request(method.clone(), format!("http://{}{path}", self.address));
        if let Some(token) = &self.token {
            builder = builder.bearer_auth(token);
        }
        Request { builder, method, path: path.to_owned() }
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.request("GET", path).send().await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        self.request("DELETE", path).send().await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.request("POST", path).json(body).send().await
    }

    /// Sends a POST without a body.
    pub async fn act(&self, path: &str) -> Reply {
        self.request("POST", path).send().await
    }

    pub async fn patch(&self, path: &str, etag: &str, body: Value) -> Reply {
        self.request("PATCH", path).header("If-Match", etag).merge_patch(body).send().await
    }

    /// With [`NEW`] as the tag, the resource must not exist yet.
    pub async fn put(&self, path: &str, etag: &str, body: Value) -> Reply {
        let request = self.request("PUT", path);
        let request = if etag == NEW { request.header("If-None-Match", "*") } else { request.header("If-Match", etag) };
        request.json(body).send().await
    }
}

impl Request {
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if ["Authorization", "Manage-Token"].contains(&name) {
            telemetry::mark(value.trim_start_matches("Bearer "));
        }
        self.builder = self.builder.header(name, value);
        self
    }

    pub fn json(self, body: Value) -> Self {
        telemetry::mark_body(&body);
        self.bytes("application/json", body.to_string())
    }

    pub fn merge_patch(self, body: Value) -> Self {
        telemetry::mark_body(&body);
        self.bytes("application/merge-patch+json", body.to_string())
    }

    pub fn bytes(mut self, media_type: &str, body: impl Into<reqwest::Body>) -> Self {
        self.builder = self.builder.header("Content-Type", media_type).body(body);
        self
    }

    pub async fn send(self) -> Reply {
        // A read whose connection ends is repeated, as clients do (RFC 9110 section 9.2.2): on a busy machine, the
        // server may take a connection for idle.
        let again = self.builder.try_clone().filter(|_| self.method.is_safe());
        let response = match (self.builder.send().await, again) {
            (Err(_), Some(again)) => again.send().await.unwrap(),
            (result, _) => result.unwrap(),
        };
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        let reply = Reply { status, headers, body, text };
        contract::check(self.method.as_str(), &self.path, &reply);
        reply
    }
}

impl Reply {
    /// Fails and prints the response unless it has this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// Fails unless the response is a problem with this status and code.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Self {
        let reply = self.expect(status);
        assert_eq!(reply.body["code"], code, "{}", reply.text);
        reply
    }

    /// Fails unless the problem has a violation with this code at this location.
    #[track_caller]
    pub fn violates(self, place: &str, code: &str) -> Self {
        let found = self.violations();
        assert!(found.iter().any(|(p, c)| p == place && c == code), "no {code} at {place:?} in {}", self.text);
        self
    }

    /// Returns the location and code of every violation.
    pub fn violations(&self) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let errors = self.body["errors"].as_array().cloned().unwrap_or_default();
        errors
            .iter()
            .map(|error| {
                let place = ["pointer", "parameter", "header"]
                    .into_iter()
                    .find_map(|kind| error.get(kind))
                    .unwrap_or(&Value::Null);
                (text(place), text(&error["code"]))
            })
            .collect()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn etag(&self) -> String {
        self.header("etag").to_owned()
    }

    /// Returns the `id` of the body.
    #[track_caller]
    pub fn id(&self) -> String {
        self.body["id"].as_str().unwrap_or_else(|| panic!("no id in {}", self.text)).to_owned()
    }
}
