//! Executes every operation of the document with its example against the demo data, as Swagger UI does. Every response
//! must be a success.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use entente::app::demo::{Client, DemoEntropy, load_past, load_present};
use entente::kernel::config::AuthSettings;
use entente::kernel::environment::{Clock, Entropy, Environment};
use entente::kernel::ids::AgentId;

use super::support::{self, *};

/// An operation with the example from the document.
pub struct OperationExample {
    pub operation: String,
    pub method: String,
    /// The path with the names of its parameters.
    pub template: String,
    pub path: String,
    pub body: Option<Value>,
    /// The body of an operation that accepts a calendar.
    pub calendar: Option<Value>,
    /// Whether the operation requires a bearer token, or accepts one instead of a manage token.
    pub secured: bool,
    /// The scope that the operation requires according to the document.
    pub scope: Option<String>,
    /// Whether callers without a role in the project get 404.
    pub is_hidden: bool,
    /// The secret of a visitor, which the document cannot contain.
    pub manage_token: Option<String>,
}

/// The operation that only a visitor can execute.
const OF_VISITORS: &str = "submit_callback_feedback";

/// Returns every operation of the document with its example.
pub fn operation_examples() -> Vec<OperationExample> {
    let document = &entente::app::openapi::document().unwrap();
    let mut examples = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let (template, mut path) = (path.clone(), path.clone());
            for parameter in
                operation["parameters"].as_array().into_iter().flatten().filter(|parameter| parameter["in"] == "path")
            {
                // The secret of a calendar feed has no example.
                let shown = parameter["example"].as_str().unwrap_or_default();
                path = path.replace(&format!("{{{}}}", parameter["name"].as_str().unwrap()), shown);
            }
            let query: Vec<String> = operation["parameters"]
                .as_array()
                .into_iter()
                .flatten()
                .filter(|parameter| parameter["in"] == "query")
                .filter_map(|parameter| {
                    let example = parameter.get("example")?;
                    // Optional lists, such as `expand`, are left out.
                    let shown = match example.as_array().filter(|_| parameter["required"] == true) {
                        Some(items) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","),
                        None => example.as_str()?.to_owned(),
                    };
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
            let needs_token = |options: &Vec<Value>| {
                !options.contains(&json!({})) && options.iter().any(|option| option.get("bearer").is_some())
            };
            let secured = item[method]["security"].as_array().is_none_or(needs_token);
            let scope = item[method]["x-required-scope"].as_str().map(str::to_owned);
            let is_hidden = item[method]["x-permissions"]["otherwise"] == 404;
            examples.push(OperationExample {
                operation,
                method: method.to_uppercase(),
                template,
                path,
                body,
                calendar,
                secured,
                scope,
                is_hidden,
                manage_token: None,
            });
        }
    }
    // Operations that remove resources come last, because other examples need these resources; only the one for which
    // time passes comes after them.
    examples.sort_by_key(|example| {
        let ends = example.operation.starts_with("end_") || example.operation == "withdraw_approval";
        (example.operation == OF_VISITORS, example.method != "GET", example.method == "DELETE", ends)
    });
    examples
}

/// Returns the example of a schema.
fn of_schema(document: &Value, schema: &Value) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        return of_schema(document, document.pointer(reference.trim_start_matches('#')).unwrap());
    }
    let first = schema["examples"].as_array().and_then(|examples| examples.first());
    first.or(schema.get("example")).cloned().unwrap_or_else(|| json!({}))
}

/// The result of an executed example.
pub struct ExecutedExample {
    pub operation: String,
    pub is_read: bool,
    pub reply: Reply,
    /// The SQL statements of the request, without transaction control.
    pub statements: Vec<String>,
}

/// Loads the demo data into a new app.
pub async fn with_demo(app: TestApp) -> TestApp {
    let entropy = Arc::new(DemoEntropy::default());
    let app = app.with_entropy(entropy.clone() as Arc<dyn Entropy>);
    entropy.set_loading(true);
    let auth = AuthSettings { issuer: "entente".into(), audience: "entente".into(), ..AuthSettings::default() };
    let environment = Environment { clock: app.clock.clone() as Arc<dyn Clock>, entropy: entropy.clone() };
    let client = Client::new(format!("http://{}", app.address()), auth, SECRET.into(), environment).unwrap();
    load_past(&client, &*app.clock).await.unwrap();
    load_present(&client, "http://127.0.0.1:9/hook").await.unwrap();
    // The examples are executed some time after the demo data was loaded.
    app.clock.advance(std::time::Duration::from_secs(60));
    // Queues the events for the webhook endpoint of the demo.
    app.drained_feed().await;
    entropy.set_loading(false);
    app
}

impl OperationExample {
    /// Sends the request with the credentials of the caller.
    pub async fn execute(&self, caller: &support::client::Client) -> Reply {
        self.request(caller).send().await
    }

    /// Returns the request with the credentials of the caller.
    fn request(&self, caller: &support::client::Client) -> support::client::Request {
        // The document is in English, so its recorded examples are, too.
        let mut request = caller.request(&self.method, &self.path).header("Accept-Language", "en");
        if ["PUT", "PATCH"].contains(&self.method.as_str()) {
            request = request.header("If-Match", "*");
        }
        if let Some(token) = &self.manage_token {
            request = request.header("Manage-Token", token);
        }
        if let Some(Value::String(calendar)) = &self.calendar {
            request = request.bytes("text/calendar", calendar.clone());
        }
        if let Some(body) = &self.body {
            request = request.json(body.clone());
        }
        request
    }

    /// Gets the secret of the visitor, if only a visitor can execute the operation, and lets the promised time pass. An
    /// application creates the link, because feedback is not possible with the link of an agent.
    async fn become_visitor(&mut self, app: &TestApp) {
        if self.operation != OF_VISITORS {
            return;
        }
        let path = self.path.replace("/feedback", "/manage-link");
        let link = app.service("mail", "callbacks:work").act(&path).await.expect(200);
        self.manage_token = Some(link.body["manage_token"].as_str().unwrap().to_owned());
        app.clock.advance(std::time::Duration::from_secs(3 * 3_600));
    }
}

/// Loads the demo data and executes every example once. Returns the app with the data.
pub async fn execute_all_examples(app: TestApp) -> (TestApp, Vec<ExecutedExample>) {
    let app = with_demo(app).await;
    let caller = app.caller("cmo", support::app::ALL_SCOPES);
    // What is read about the caller is remembered for the next requests.
    caller.get("/v1/me").await.expect(200);
    // Only an application reads the inbox of another person.
    let bot = app.service("bot", "projects:read");
    let mut executed = Vec::new();
    for mut example in operation_examples() {
        if example.operation == "get_agent_calendar" {
            // The document cannot contain a secret.
            let link = caller.act(&format!("/v1/agents/{}/calendar-link", AgentId::demo(1))).await.expect(200);
            example.path = link.body["path"].as_str().unwrap().to_owned();
        }
        example.become_visitor(&app).await;
        app.record_statements();
        let reply = example.execute(if example.operation == "get_person_inbox" { &bot } else { &caller }).await;
        let (operation, is_read) = (example.operation, example.method == "GET");
        executed.push(ExecutedExample { operation, is_read, reply, statements: app.statements() });
    }
    (app, executed)
}

#[apply(both)]
async fn every_example_succeeds_on_the_demo_data(app: TestApp) {
    let (_app, executed) = execute_all_examples(app).await;
    let failed: Vec<String> = executed
        .iter()
        .filter(|example| !(200..300).contains(&example.reply.status))
        .map(|example| format!("{}: {}", example.operation, example.reply.text))
        .collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[apply(both)]
async fn a_repeated_example_is_replayed_if_the_document_says_so(app: TestApp) {
    let document = entente::app::openapi::document().unwrap();
    let items = document["paths"].as_object().unwrap().values();
    let operations = items.flat_map(|item| item.as_object().unwrap().values());
    let replayed: BTreeSet<&str> = operations
        .filter(|operation| {
            let mut responses = operation["responses"].as_object().unwrap().values();
            responses.any(|response| response["headers"].get("Idempotent-Replayed").is_some())
        })
        .map(|operation| operation["operationId"].as_str().unwrap())
        .collect();
    let app = with_demo(app).await;
    let caller = app.caller("cmo", support::app::ALL_SCOPES);
    for mut example in operation_examples().into_iter().filter(|example| example.method != "GET") {
        example.become_visitor(&app).await;
        let name = &example.operation;
        let send = || example.request(&caller).header("Idempotency-Key", name).send();
        let first = send().await;
        assert!((200..300).contains(&first.status), "{name}: {}", first.text);
        // Only a person who is proposed can decline.
        if name == "decline_sponsor" {
            send().await.expect(403);
            continue;
        }
        // Other methods ignore the key.
        if example.method != "POST" {
            assert!(!replayed.contains(name.as_str()), "{name}");
            continue;
        }
        let again = send().await;
        assert_eq!(again.header("idempotent-replayed") == "true", replayed.contains(name.as_str()), "{name}");
        // A number is blocked once, and the response has the identifier of the first time.
        let expected = if name == "create_blocked_number" { 409 } else { first.status };
        assert_eq!(again.status, expected, "{name}: {}", again.text);
        if replayed.contains(name.as_str()) {
            assert_eq!((again.text.as_str(), again.etag()), (first.text.as_str(), first.etag()), "{name}");
            assert_eq!(again.header("location"), first.header("location"), "{name}");
        }
    }
}

#[apply(both)]
async fn the_recorded_examples_are_current(app: TestApp) {
    let (_app, executed) = execute_all_examples(app).await;
    let current: serde_json::Map<String, Value> = executed
        .into_iter()
        .filter(|example| !example.reply.text.is_empty() && example.operation != "get_metrics")
        .map(|example| {
            let Reply { status, body, text, .. } = example.reply;
            let body = if body.is_null() { json!(text) } else { shortened(body, 2) };
            (example.operation, json!({ "status": status.to_string(), "body": body }))
        })
        .filter(|(_, example)| example.to_string().len() < 20_000)
        .collect();
    if recording() {
        let text = serde_json::to_string_pretty(&sorted(current)).unwrap() + "\n";
        std::fs::write("openapi/examples.json", text).unwrap();
        return;
    }
    let recorded: Value = serde_json::from_str(include_str!("../../openapi/examples.json")).unwrap();
    for (operation, example) in &current {
        let fields = |value: &Value| {
            let mut fields = BTreeSet::new();
            add_fields(value, "", &mut fields);
            fields
        };
        assert_eq!(fields(&recorded[operation]), fields(example), "{operation}; run: make openapi-examples");
    }
}

fn sorted(current: serde_json::Map<String, Value>) -> BTreeMap<String, Value> {
    current.into_iter().collect()
}

fn recording() -> bool {
    std::env::var_os("RECORD_EXAMPLES").is_some()
}

/// Keeps one item of pages and two of other lists: a project has at least two sides.
fn shortened(value: Value, kept: usize) -> Value {
    match value {
        Value::Array(items) => items.into_iter().take(kept).map(|item| shortened(item, 2)).collect(),
        Value::Object(members) => {
            let shorten = |(name, member)| {
                let kept = if name == "data" { 1 } else { 2 };
                (name, shortened(member, kept))
            };
            members.into_iter().map(shorten).collect()
        }
        other => other,
    }
}

/// Adds the names of all fields, with those of the first item of a list.
fn add_fields(value: &Value, path: &str, fields: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().take(1).for_each(|item| add_fields(item, path, fields)),
        Value::Object(members) => members.iter().for_each(|(name, member)| {
            let path = format!("{path}/{name}");
            add_fields(member, &path, fields);
            fields.insert(path);
        }),
        _ => {}
    }
}
