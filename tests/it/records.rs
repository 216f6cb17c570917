//! Records in other systems: their whole life, lost responses, loops, filters, and chat messages.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use entente::app::worker::{self, Parts};
use entente::integrations::webhooks::sender::{OutgoingRequest, SendResult, Sender, Sending, reason};
use entente::kernel::db::{Db, DbOptions};

use super::support::desk::{self, PATH, agent, asap, window};
use super::support::receiver::Receiver;
use super::support::*;
use super::webhooks::{attempts, create_department, deliveries, drain};

async fn create_endpoint(app: &TestApp, body: Value) -> Reply {
    app.admin().post("/v1/webhook-endpoints", body).await.expect(201)
}

/// Creates a support request of the visitor with this number.
async fn create_request(app: &TestApp, number: usize) -> Reply {
    let mut body = desk::request_body(number, asap());
    body["intent"] = json!("technical_support");
    app.anonymous().post(PATH, body).await.expect(201)
}

/// Returns the methods and paths of the requests since the last call.
fn requests(receiver: &mut Receiver) -> Vec<String> {
    receiver.received().iter().map(|one| format!("{} {}", one.method, one.path)).collect()
}

/// Returns the only request since the last call, and its body.
fn only_request(receiver: &mut Receiver) -> (String, Value) {
    let [one] = &receiver.received()[..] else { panic!("not exactly one request") };
    (format!("{} {}", one.method, one.path), one.body())
}

/// Advances the clock to the first retry.
fn wait_for_retry(app: &TestApp) {
    app.clock.advance(Duration::from_secs(7));
}

#[apply(both)]
async fn a_record_follows_its_request(app: TestApp) {
    let mut tool = Receiver::start();
    let made = create_endpoint(&app, json!({"url": tool.url, "format": "zammad-ticket"})).await;
    assert_eq!((&made.body["ordering"], &made.body["system"]), (&json!("subject"), &json!("zammad")));
    tool.will_respond_with(200, &json!([]));
    tool.will_respond_with(201, &json!({"id": 17, "number": "22001"}));
    let id = create_request(&app, 1).await.id();
    assert_eq!(drain(&app).await, 1);
    assert_eq!(requests(&mut tool), ["GET /hook/search", "POST /hook"]);

    // Its id is stored here, and the tool does not receive that.
    let references = format!("{PATH}/{id}/external-references");
    let reference = app.admin().get(&format!("{references}/zammad")).await.expect(200).body;
    assert_eq!(reference["external_id"], "17");
    assert!(reference["url"].as_str().unwrap().ends_with("/#ticket/zoom/17"));
    let feed = app.drained_feed().await;
    let recorded = feed.iter().find(|event| event["type"] == "external_reference.recorded").unwrap();
    assert_eq!(recorded["caused_by"], "zammad");

    let agent = agent(&app, "a").await;
    agent.act(&format!("{PATH}/{id}/assign")).await.expect(200);
    assert_eq!(drain(&app).await, 1);
    let (request, body) = only_request(&mut tool);
    assert_eq!((&request[..], &body["entente_agent_email"]), ("PUT /hook/17", &json!("a@example.com")));
    assert!(body.get("title").is_none() && body.get("article").is_none(), "{body}");

    let moved = json!({"preference": window("14:00-15:00")});
    agent.post(&format!("{PATH}/{id}/reschedule"), moved).await.expect(200);
    assert_eq!(drain(&app).await, 1);
    let (_, body) = only_request(&mut tool);
    assert!(body["entente_promised_from"].is_string() && body["article"]["internal"] == json!(true), "{body}");

    agent.act(&format!("{PATH}/{id}/assign")).await.expect(200);
    let call = agent.act(&format!("{PATH}/{id}/calls")).await.expect(201).id();
    agent.post(&format!("/v1/calls/{call}/end"), json!({"outcome": "reached"})).await.expect(200);
    drain(&app).await;
    let sent = tool.received();
    let last = sent.last().unwrap();
    let body = last.body();
    assert_eq!((&body["state"], &body["entente_call_outcome"]), (&json!("closed"), &json!("reached")));
    assert!(sent.iter().all(|one| one.method == "PUT" && one.path == "/hook/17"));

    app.admin().post("/v1/data-subjects/erase", json!({"email": "visitor@example.com"})).await.expect(200);
    assert_eq!(drain(&app).await, 1);
    let (request, body) = only_request(&mut tool);
    assert_eq!((&request[..], &body["title"]), ("PUT /hook/17", &json!("Call back [erased]")));
    assert_eq!(app.admin().get(&references).await.expect(200).body["data"], json!([]));
    assert!(deliveries(&app, &made).await.iter().all(|one| one["state"] == "delivered"));
}

#[apply(both)]
async fn later_changes_wait_until_the_record_is_created(app: TestApp) {
    let mut tool = Receiver::start();
    let made = create_endpoint(&app, json!({"url": tool.url, "format": "servicenow-incident"})).await;
    // The incident is created, but the response is lost.
    tool.will_respond_with(200, &json!({"result": []}));
    tool.will_respond(&[502]);
    let id = create_request(&app, 1).await.id();
    agent(&app, "a").await.act(&format!("{PATH}/{id}/assign")).await.expect(200);
    assert_eq!(drain(&app).await, 1);
    assert_eq!(requests(&mut tool), ["GET /hook", "POST /hook"]);
    let states: Vec<_> = deliveries(&app, &made).await.iter().map(|one| one["state"].clone()).collect();
    assert_eq!(states, ["pending", "blocked"]);

    wait_for_retry(&app);
    tool.will_respond_with(200, &json!({"result": [{"sys_id": "9d385017", "correlation_id": id}]}));
    assert_eq!(drain(&app).await, 2);
    assert_eq!(requests(&mut tool), ["GET /hook", "PATCH /hook/9d385017"]);
}

#[apply(both)]
async fn a_search_without_a_readable_response_creates_nothing(app: TestApp) {
    let mut tool = Receiver::start();
    let made = create_endpoint(&app, json!({"url": tool.url, "format": "zammad-ticket"})).await;
    tool.will_respond_with(200, &json!({"error": "maintenance"}));
    create_request(&app, 1).await;
    assert_eq!(drain(&app).await, 1);
    assert_eq!(requests(&mut tool), ["GET /hook/search"]);
    let delivery = deliveries(&app, &made).await[0].clone();
    assert_eq!(delivery["state"], "pending");
    assert_eq!(attempts(&app, &delivery).await[0]["outcome"], "unexpected_response");
}

#[apply(both)]
async fn a_record_that_was_deleted_is_not_created_again(app: TestApp) {
    let mut tool = Receiver::start();
    let made = create_endpoint(&app, json!({"url": tool.url, "format": "hubspot-ticket"})).await;
    tool.will_respond_with(200, &json!({"status": "COMPLETE", "results": [{"id": "501", "new": true}]}));
    let id = create_request(&app, 1).await.id();
    drain(&app).await;
    assert_eq!(requests(&mut tool), ["POST /hook/batch/upsert"]);
    let agent = agent(&app, "a").await;
    for verb in ["assign", "unassign"] {
        tool.will_respond(&[404]);
        agent.act(&format!("{PATH}/{id}/{verb}")).await.expect(200);
        assert_eq!(drain(&app).await, 1);
        assert_eq!(requests(&mut tool), ["PATCH /hook/501"]);
    }
    let last = deliveries(&app, &made).await.pop().unwrap();
    assert_eq!(last["state"], "delivered");
    assert_eq!(attempts(&app, &last).await[0]["outcome"], "record_deleted");
}

#[apply(both)]
async fn changes_by_the_application_of_an_endpoint_are_not_sent_back(app: TestApp) {
    let (mut tool, mut other) = (Receiver::start(), Receiver::start());
    create_endpoint(&app, json!({"url": tool.url, "format": "zammad-ticket", "system": "helpdesk"})).await;
    create_endpoint(&app, json!({"url": other.url, "event_types": ["callback_request.cancelled"]})).await;
    let id = create_request(&app, 1).await.id();
    drain(&app).await;
    requests(&mut tool);
    // Without `Caused-By`: the application has the name of the system.
    let application = app.service("helpdesk", "callbacks:read callbacks:work");
    application.act(&format!("{PATH}/{id}/cancel")).await.expect(200);
    drain(&app).await;
    assert!(requests(&mut tool).is_empty());
    assert_eq!(other.received()[0].body()["caused_by"], "helpdesk");
    // An erasure is sent in any case.
    app.admin().post("/v1/data-subjects/erase", json!({"email": "visitor@example.com"})).await.expect(200);
    drain(&app).await;
    assert_eq!(requests(&mut tool).len(), 1);
}

#[apply(both)]
async fn an_erasure_is_sent_to_every_endpoint_with_records(app: TestApp) {
    let mut tool = Receiver::start();
    let body = json!({"url": tool.url, "format": "zammad-ticket", "event_types": ["callback_request.received"],
        "filter": {"campaign": ["spring"]}});
    let made = create_endpoint(&app, body).await;
    assert_eq!(made.body["event_types"], json!(["callback_request.erased", "callback_request.received"]));
    let mut request = desk::request_body(1, asap());
    request["intent"] = json!("technical_support");
    request["source"] = json!({"campaign": "spring"});
    app.anonymous().post(PATH, request).await.expect(201);
    tool.will_respond_with(200, &json!([]));
    tool.will_respond_with(201, &json!({"id": 17}));
    assert_eq!(drain(&app).await, 1);
    requests(&mut tool);
    app.admin().post("/v1/data-subjects/erase", json!({"email": "visitor@example.com"})).await.expect(200);
    assert_eq!(drain(&app).await, 1);
    assert_eq!(requests(&mut tool), ["PUT /hook/17"]);
}

#[apply(both)]
async fn records_are_always_sent_in_order(app: TestApp) {
    let receiver = Receiver::start();
    let wrong = json!({"url": receiver.url, "format": "zammad-ticket", "ordering": "none"});
    let refused = app.admin().post("/v1/webhook-endpoints", wrong).await.expect(422);
    refused.violates("/ordering", "not_in_format");
    let made = create_endpoint(&app, json!({"url": receiver.url, "format": "zammad-ticket"})).await;
    let path = made.header("location").to_owned();
    let refused = app.admin().patch(&path, "*", json!({"ordering": "none"})).await.expect(422);
    refused.violates("/ordering", "not_in_format");
}

#[apply(both)]
async fn events_are_filtered_by_content(app: TestApp) {
    let (mut german, mut spring) = (Receiver::start(), Receiver::start());
    let types = json!(["callback_request.received"]);
    let filter = json!({"data.intent": ["sales"], "data.locale": ["de"]});
    let made = create_endpoint(&app, json!({"url": german.url, "event_types": types, "filter": filter})).await;
    assert_eq!(made.body["filter"], filter);
    let campaign = json!({"campaign": ["spring"]});
    create_endpoint(&app, json!({"url": spring.url, "event_types": types, "filter": campaign})).await;
    let cases = [("sales", "de", "summer"), ("sales", "en", "spring"), ("technical_support", "de", "summer")];
    for (number, (intent, locale, campaign)) in cases.into_iter().enumerate() {
        let mut body = desk::request_body(number, asap());
        body["intent"] = json!(intent);
        body["locale"] = json!(locale);
        body["source"] = json!({"campaign": campaign});
        app.anonymous().post(PATH, body).await.expect(201);
    }
    assert_eq!(drain(&app).await, 2);
    assert_eq!(german.received()[0].body()["data"]["locale"], "de");
    assert_eq!(spring.received()[0].body()["data"]["locale"], "en");

    let path = made.header("location").to_owned();
    let cleared = app.admin().patch(&path, "*", json!({"filter": null})).await.expect(200);
    assert_eq!(cleared.body["filter"], Value::Null);
    // A replay uses the current filter.
    let replay = json!({"since": start_time(), "selection": "missing", "dry_run": true});
    let found = app.admin().post(&format!("{path}/replay"), replay).await.expect(200);
    assert_eq!(found.body["events"], 2);
    let wrong = json!({"url": german.url, "filter": {"data.intend": ["sales"], "data.intent": ["sale"]}});
    let refused = app.admin().post("/v1/webhook-endpoints", wrong).await.expect(422);
    refused.violates("/filter/data.intend", "unknown_field").violates("/filter/data.intent/0", "unknown_value");
}

#[apply(both)]
async fn events_are_filtered_by_queue(app: TestApp) {
    let mut support = Receiver::start();
    let made = json!({"url": support.url, "filter": {"data.queue": ["support", "partners"]}});
    create_endpoint(&app, made).await;
    app.anonymous().post(PATH, desk::request_body(1, asap())).await.expect(201);
    let id = create_request(&app, 2).await.id();
    assert_eq!(drain(&app).await, 1);
    let received = support.received()[0].body();
    assert_eq!((&received["subject"], &received["data"]["queue"]), (&json!(id), &json!("support")));
    // A rerouted request belongs to its new queue from then on.
    let agent = agent(&app, "a").await;
    let moved = agent.act(&format!("{PATH}/{id}/reroute")).await.expect(201).id();
    assert_eq!(drain(&app).await, 1);
    assert_eq!(support.received()[0].body()["type"], "callback_request.rerouted");
    let request = agent.get(&format!("{PATH}/{moved}")).await.expect(200).body;
    assert_eq!((&request["queue"], &request["queue_id"]), (&json!("sales"), &json!(desk::queues()[0])));
}

#[apply(both)]
async fn values_are_copied_to_fields_of_the_company(app: TestApp) {
    let mut tool = Receiver::start();
    let mapping = json!({
        "copy": [
            {"value": "promised_by", "to": "/requestFieldValues/customfield_10050"},
            {
                "value": "state", "to": "/requestFieldValues/customfield_10051",
                "translate": [{"from": "assigned", "to": "Ours"}]
            }
        ],
        "set": [{"at": "/serviceDeskId", "value": "10"}, {"at": "/requestTypeId", "value": "25"}]
    });
    let body = json!({"url": tool.url, "format": "jira-request", "mapping": mapping});
    let made = create_endpoint(&app, body).await;
    assert_eq!(made.body["mapping"]["copy"], mapping["copy"]);
    tool.will_respond_with(200, &json!({"issues": [], "isLast": true}));
    tool.will_respond_with(201, &json!({"issueId": "10001", "issueKey": "HELP-1"}));
    let id = create_request(&app, 1).await.id();
    drain(&app).await;
    let sent = tool.received();
    let fields = sent[1].body()["requestFieldValues"].clone();
    assert!(fields["customfield_10050"].as_str().unwrap().ends_with(".000+0000"), "{fields}");
    assert!(fields.get("customfield_10051").is_none());
    agent(&app, "a").await.act(&format!("{PATH}/{id}/assign")).await.expect(200);
    drain(&app).await;
    let (request, body) = only_request(&mut tool);
    assert_eq!((&request[..], &body["fields"]["customfield_10051"]), ("PUT /api/3/issue/10001", &json!("Ours")));
    assert_eq!(body["fields"]["description"]["type"], "doc");
    let wrong =
        json!({"url": tool.url, "format": "zammad-ticket", "mapping": {"copy": [{"value": "state", "to": "/a/b"}]}});
    let refused = app.admin().post("/v1/webhook-endpoints", wrong).await.expect(422);
    refused.violates("/mapping/copy/0/to", "no_such_field");
}

#[apply(both)]
async fn events_are_sent_as_chat_messages(app: TestApp) {
    let (mut slack, mut teams) = (Receiver::start(), Receiver::start());
    let types = json!(["department.created"]);
    let made = create_endpoint(&app, json!({"url": slack.url, "format": "slack"})).await;
    let defaults = made.body["event_types"].to_string();
    assert!(defaults.contains("approval.overdue") && !defaults.contains("department.created"), "{defaults}");
    app.admin().patch(made.header("location"), "*", json!({"event_types": types})).await.expect(200);
    create_endpoint(&app, json!({"url": teams.url, "format": "teams", "event_types": types})).await;
    let id = create_department(&app, "care").await;
    assert_eq!(drain(&app).await, 2);
    let text = format!("A department was created.\ncare\ndepartment.created {id}");
    assert_eq!(slack.received()[0].body(), json!({"text": text}));
    assert_eq!(teams.received()[0].body()["attachments"][0]["content"]["type"], "AdaptiveCard");
}

/// A tool like ServiceNow that loses its first response to every creation.
#[derive(Default)]
struct ForgetfulTool {
    /// The ids of the incidents, by correlation id.
    incidents: Mutex<HashMap<String, Vec<String>>>,
}

impl ForgetfulTool {
    fn respond(&self, request: &OutgoingRequest) -> SendResult {
        let respond = |status, body: Value| SendResult::Responded {
            status,
            retry_after: None,
            body: body.to_string().into_bytes(),
        };
        let mut incidents = self.incidents.lock().unwrap();
        let query =
            |name: &str| request.url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        match request.method.as_str() {
            "GET" => {
                let wanted = query("sysparm_query").unwrap().replace("correlation_id=", "");
                let found = incidents.get(&wanted).cloned().unwrap_or_default();
                let found: Vec<Value> =
                    found.iter().map(|id| json!({"sys_id": id, "correlation_id": wanted})).collect();
                respond(200, json!({"result": found}))
            }
            "POST" => {
                let body: Value = serde_json::from_slice(&request.body).unwrap();
                let id = body["correlation_id"].as_str().unwrap().to_owned();
                let of_request = incidents.entry(id.clone()).or_default();
                of_request.push(format!("{id}-{}", of_request.len()));
                SendResult::Failed { reason: reason::NO_ANSWER }
            }
            _ => respond(200, json!({"result": {}})),
        }
    }
}

/// Sends the requests of the service to the tool.
struct ToTool(Arc<ForgetfulTool>);

impl Sender for ToTool {
    fn send(&self, request: OutgoingRequest) -> Sending<'_> {
        Box::pin(async move { self.0.respond(&request) })
    }
}

/// Returns the parts of another process on the same database, which sends to the tool.
fn process(app: &TestApp, tool: &Arc<ForgetfulTool>) -> Parts {
    let mut parts = Parts::of(&app.context);
    parts.delivery.db = Db::open(&DbOptions::new(app.database.url.clone()), None).unwrap();
    parts.delivery.committed = Arc::default();
    parts.delivery.sender = Arc::new(ToTool(tool.clone()));
    parts
}

#[apply(both)]
async fn parallel_requests_have_one_record_each_although_responses_are_lost(app: TestApp) {
    let tool = Arc::new(ForgetfulTool::default());
    let receiver = Receiver::start();
    create_endpoint(&app, json!({"url": receiver.url, "format": "servicenow-incident"})).await;
    let (first, second, third) = (process(&app, &tool), process(&app, &tool), process(&app, &tool));
    let replies = at_once(30, |number| {
        let (anonymous, mut body) = (app.anonymous(), desk::request_body(number, asap()));
        body["intent"] = json!("technical_support");
        async move { anonymous.post(PATH, body).await }
    })
    .await;
    assert_eq!(with_status(&replies, 201), 30);
    // The circuit opens after ten failures, so several probes are needed until all records are known.
    for _ in 0..40 {
        let sent = tokio::join!(worker::drain(&first), worker::drain(&second), worker::drain(&third));
        for sent in [sent.0, sent.1, sent.2] {
            sent.unwrap();
        }
        app.clock.advance(Duration::from_secs(2 * 3_600));
    }
    let incidents = tool.incidents.lock().unwrap().clone();
    assert_eq!(incidents.len(), 30);
    assert!(incidents.values().all(|records| records.len() == 1), "{incidents:?}");
    for reply in &replies {
        let path = format!("{PATH}/{}/external-references/servicenow", reply.id());
        let reference = app.admin().get(&path).await.expect(200);
        assert_eq!(reference.body["external_id"], format!("{}-0", reply.id()));
    }
}
