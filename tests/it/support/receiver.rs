//! A webhook receiver on a real socket, which records requests and returns scripted responses.

use std::collections::VecDeque;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use tokio::sync::mpsc;

/// A received request.
#[derive(Debug, Clone, PartialEq)]
pub struct Received {
    pub method: String,
    pub path: String,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Received {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn body(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    /// Returns the signature that the reference implementation computes.
    pub fn signature(&self, secret: &str) -> String {
        let timestamp = self.header("webhook-timestamp").parse().unwrap();
        standardwebhooks::Webhook::new(secret).unwrap().sign(self.header("webhook-id"), timestamp, &self.bytes).unwrap()
    }
}

/// A scripted response.
#[derive(Debug, Clone)]
struct ScriptedResponse {
    status: u16,
    retry_after: Option<String>,
    body: String,
}

impl ScriptedResponse {
    fn of(status: u16) -> Self {
        Self { status, retry_after: None, body: "scripted".into() }
    }
}

type Script = Arc<Mutex<VecDeque<ScriptedResponse>>>;

pub struct Receiver {
    pub url: String,
    script: Script,
    arrivals: mpsc::UnboundedReceiver<Received>,
    server: actix_web::dev::ServerHandle,
}

impl Receiver {
    /// Starts a receiver that responds with 204 unless another response is scripted.
    pub fn start() -> Self {
        let script = Script::default();
        let (arrived, arrivals) = mpsc::unbounded_channel();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let (sender, receiver) = std::sync::mpsc::channel();
        let state = web::Data::new((script.clone(), arrived));
        std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let app = move || App::new().app_data(state.clone()).default_service(web::to(handle));
                let server = HttpServer::new(app).workers(1).disable_signals().listen(listener).unwrap().run();
                sender.send(server.handle()).unwrap();
                server.await.unwrap();
            });
        });
        Self { url, script, arrivals, server: receiver.recv().unwrap() }
    }

    /// Scripts responses with these statuses.
    pub fn will_respond(&self, statuses: &[u16]) {
        self.script.lock().unwrap().extend(statuses.iter().copied().map(ScriptedResponse::of));
    }

    /// Scripts a response with a status and a `Retry-After`.
    pub fn will_request_pause(&self, status: u16, retry_after: &str) {
        let response = ScriptedResponse { retry_after: Some(retry_after.to_owned()), ..ScriptedResponse::of(status) };
        self.script.lock().unwrap().push_back(response);
    }

    /// Scripts a response with this body.
    pub fn will_respond_with(&self, status: u16, body: &Value) {
        self.script
            .lock()
            .unwrap()
            .push_back(ScriptedResponse { body: body.to_string(), ..ScriptedResponse::of(status) });
    }

    /// Removes all scripted responses.
    pub fn will_recover(&self) {
        self.script.lock().unwrap().clear();
    }

    /// Returns the requests since the last call.
    pub fn received(&mut self) -> Vec<Received> {
        std::iter::from_fn(|| self.arrivals.try_recv().ok()).collect()
    }

    /// Waits for the next `count` requests, at most 20 seconds for each.
    pub async fn wait_for(&mut self, count: usize) -> Vec<Received> {
        let mut received = Vec::new();
        while received.len() < count {
            let arrival = tokio::time::timeout(Duration::from_secs(20), self.arrivals.recv()).await;
            received.push(
                arrival.unwrap_or_else(|_| panic!("only {} of {count} requests arrived", received.len())).unwrap(),
            );
        }
        received
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

async fn handle(
    request: HttpRequest,
    bytes: web::Bytes,
    state: web::Data<(Script, mpsc::UnboundedSender<Received>)>,
) -> HttpResponse {
    let headers = request
        .headers()
        .iter()
        .map(|(name, value)| {
            (HeaderName::try_from(name.as_str()).unwrap(), HeaderValue::from_bytes(value.as_bytes()).unwrap())
        })
        .collect();
    let (script, arrived) = &**state;
    let scripted = script.lock().unwrap().pop_front().unwrap_or_else(|| ScriptedResponse::of(204));
    let (method, path) = (request.method().to_string(), request.path().to_owned());
    arrived.send(Received { method, path, headers, bytes: bytes.to_vec() }).unwrap();
    let mut response = HttpResponse::build(StatusCode::from_u16(scripted.status).unwrap());
    if let Some(pause) = scripted.retry_after {
        response.insert_header(("Retry-After", pause));
    }
    if scripted.status == 204 { response.finish() } else { response.body(scripted.body) }
}
