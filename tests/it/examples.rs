//! The examples of the document work: with the demo data loaded, every operation is pressed with
//! what the document shows for it, as in Swagger UI, and answers 2xx.

use std::sync::Arc;

use entente::app::demo::{Client, DemoEntropy, load_past, load_present};
use entente::kernel::config::AuthSettings;
use entente::kernel::environment::{Clock, Entropy, Environment};
use entente::kernel::ids::AgentId;

use super::support::{self, *};

/// One press of "Execute".
pub struct Press {
    pub operation: String,
    pub method: String,
    pub path: String,
    pub body: Option<Value>,
    /// The body, where it is a calendar.
    pub calendar: Option<Value>,
    /// Whether it asks for credentials.
    pub secured: bool,
    /// The scope that the document says it needs.
    pub scope: Option<String>,
}

/// Every operation of the document.
pub fn presses() -> Vec<Press> {
    let document = &entente::app::openapi::document().unwrap();
    let mut presses = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let mut path = path.clone();
            for parameter in
                operation["parameters"].as_array().into_iter().flatten().filter(|parameter| parameter["in"] == "path")
            {
                // The secret of a feed has none.
                let shown = parameter["example"].as_str().unwrap_or_default();
                path = path.replace(&format!("{{{}}}", parameter["name"].as_str().unwrap()), shown);
            }
            let query: Vec<String> = operation["parameters"]
                .as_array()
                .into_iter()
                .flatten()
                .filter(|parameter| parameter["in"] == "query")
                .filter_map(|parameter| {
                    let shown = parameter.get("example")?.as_str()?;
                    Some(format!("{}={shown}", parameter["name"].as_str()?))
                })
                .collect();
            if !query.is_empty() {
                path = format!("{path}?{}", query.join("&"));
            }
            let calendar = operation["requestBody"]["content"]
                .get("text/calendar")
                .map(|content| of_schema(document, &content["schema"]));
            let content = &operation["requestBody"]["content"];
            let json = content.get("application/json").or(content.get("application/merge-patch+json"));
            let body = json.map(|content| {
                content.get("example").cloned().unwrap_or_else(|| of_schema(document, &content["schema"]))
            });
            let operation = operation["operationId"].as_str().unwrap().to_owned();
            let secured = item[method]["security"] != json!([{}]);
            let scope = item[method]["x-required-scope"].as_str().map(str::to_owned);
            presses.push(Press { operation, method: method.to_uppercase(), path, body, calendar, secured, scope });
        }
    }
    // What takes something away comes last, so that the rest still finds it.
    presses.sort_by_key(|press| (press.method != "GET", press.method == "DELETE", press.operation.starts_with("end_")));
    presses
}

fn of_schema(document: &Value, schema: &Value) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        return of_schema(document, document.pointer(reference.trim_start_matches('#')).unwrap());
    }
    let first = schema["examples"].as_array().and_then(|examples| examples.first());
    first.or(schema.get("example")).cloned().unwrap_or_else(|| json!({}))
}

/// What pressing one operation came to.
pub struct Pressed {
    pub operation: String,
    pub is_read: bool,
    pub reply: Reply,
    /// SQL statements it took, without transaction control.
    pub statements: Vec<String>,
}

/// The same app with the demo data.
pub async fn with_demo(app: TestApp) -> TestApp {
    let entropy = Arc::new(DemoEntropy::default());
    let app = app.with_entropy(entropy.clone() as Arc<dyn Entropy>);
    entropy.set_loading(true);
    let auth = AuthSettings { issuer: "entente".into(), audience: "entente".into(), secret: None, jwks_file: None };
    let environment = Environment { clock: app.clock.clone() as Arc<dyn Clock>, entropy: entropy.clone() };
    let client = Client::new(format!("http://{}", app.address()), auth, SECRET.into(), environment).unwrap();
    load_past(&client, &*app.clock).await.unwrap();
    load_present(&client, "http://127.0.0.1:9/hook").await.unwrap();
    // The demo is read some time after it was loaded.
    app.clock.advance(std::time::Duration::from_secs(60));
    // Gives the events to the queue of the demo's webhook endpoint.
    app.drained_feed().await;
    entropy.set_loading(false);
    app
}

impl Press {
    /// Sends it in somebody's name.
    pub async fn by(&self, caller: &support::client::Client) -> Reply {
        let mut request = caller.request(&self.method, &self.path);
        if ["PUT", "PATCH"].contains(&self.method.as_str()) {
            request = request.header("If-Match", "*");
        }
        if let Some(Value::String(calendar)) = &self.calendar {
            request = request.bytes("text/calendar", calendar.clone());
        }
        if let Some(body) = &self.body {
            request = request.json(body.clone());
        }
        request.send().await
    }
}

/// Loads the demo data and presses every operation once. The app that is returned has them.
pub async fn press_everything(app: TestApp) -> (TestApp, Vec<Pressed>) {
    let app = with_demo(app).await;
    let caller = app.caller("cmo", support::app::ALL_SCOPES);
    let mut pressed = Vec::new();
    for mut press in presses() {
        if press.operation == "get_agent_calendar" {
            // A secret cannot stand in a document.
            let link = caller.act(&format!("/v1/agents/{}/calendar-link", AgentId::demo(1))).await.expect(200);
            press.path = link.body["path"].as_str().unwrap().to_owned();
        }
        app.forget_statements();
        let reply = press.by(&caller).await;
        let (operation, is_read) = (press.operation, press.method == "GET");
        pressed.push(Pressed { operation, is_read, reply, statements: app.statements() });
    }
    (app, pressed)
}

#[apply(both)]
async fn every_operation_answers_to_its_example(app: TestApp) {
    let (_app, pressed) = press_everything(app).await;
    let failed: Vec<String> = pressed
        .iter()
        .filter(|pressed| !(200..300).contains(&pressed.reply.status))
        .map(|pressed| format!("{}: {}", pressed.operation, pressed.reply.text))
        .collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
