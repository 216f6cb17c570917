//! Visitors who type data of others: e-mail addresses, the IDs of other requests, and markup.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use entente::app::worker::{self, Parts};
use entente::integrations::webhooks::sender::{OutgoingRequest, SendResult, Sender, Sending, reason};

use super::support::desk::{self, PATH, agent, asap, window};
use super::support::receiver::Receiver;
use super::support::*;
use super::webhooks::{attempts, deliveries, drain};

/// The e-mail address in the requests of `desk`, which belongs to a customer here.
const EMAIL: &str = "visitor@example.com";

/// HubSpot as far as the service uses it for contacts: `email` and `entente_request_id` are unique.
#[derive(Default)]
struct Contacts {
    /// The properties of the contacts, by id.
    properties: Mutex<BTreeMap<String, BTreeMap<String, Value>>>,
    /// Whether the response to the next creation is lost.
    loses_creation: AtomicBool,
}

impl Contacts {
    /// Returns contacts of which one is a customer with `EMAIL`, and the properties of that one.
    fn with_customer() -> (Arc<Self>, BTreeMap<String, Value>) {
        let tool = Self::default();
        let customer = json!({
            "email": EMAIL, "firstname": "Karla", "phone": "+420602000000", "company": "Customer s.r.o.",
            "entente_marketing_consent": "true", "message": "A customer since 2020"
        });
        let customer: BTreeMap<String, Value> = serde_json::from_value(customer).unwrap();
        tool.properties.lock().unwrap().insert("1".into(), customer.clone());
        (Arc::new(tool), customer)
    }

    fn properties_of(&self, id: &str) -> BTreeMap<String, Value> {
        self.properties.lock().unwrap()[id].clone()
    }

    fn ids(&self) -> Vec<String> {
        self.properties.lock().unwrap().keys().cloned().collect()
    }

    fn respond(&self, request: &OutgoingRequest) -> SendResult {
        let respond = |status, body: Value| SendResult::Responded {
            status,
            retry_after: None,
            body: body.to_string().into_bytes(),
        };
        let last = request.url.path_segments().unwrap().next_back().unwrap().to_owned();
        let property = request.url.query_pairs().find(|(name, _)| name == "idProperty");
        let property = property.map(|(_, value)| value.into_owned());
        let mut contacts = self.properties.lock().unwrap();
        match request.method.as_str() {
            "GET" => {
                let wanted = Value::from(last);
                let found = contacts.iter().find(|(_, one)| one.get(property.as_ref().unwrap()) == Some(&wanted));
                match found {
                    Some((id, one)) => {
                        let properties = json!({"entente_request_id": one.get("entente_request_id")});
                        respond(200, json!({"id": id, "properties": properties}))
                    }
                    None => respond(404, json!({"category": "OBJECT_NOT_FOUND"})),
                }
            }
            "POST" => {
                let body: Value = serde_json::from_slice(&request.body).unwrap();
                let input = &body["inputs"][0];
                let name = input["idProperty"].as_str().unwrap();
                let known = contacts.iter().find(|(_, one)| one.get(name) == Some(&input["id"]));
                let id = known.map_or_else(|| (contacts.len() + 1).to_string(), |(id, _)| id.clone());
                let email = input["properties"].get("email");
                let conflict = |(other, one): (&String, &BTreeMap<String, Value>)| {
                    email.is_some() && *other != id && one.get("email") == email
                };
                if contacts.iter().any(conflict) {
                    return respond(409, json!({"category": "CONFLICT"}));
                }
                let written: BTreeMap<String, Value> = serde_json::from_value(input["properties"].clone()).unwrap();
                contacts.entry(id.clone()).or_default().extend(written);
                if self.loses_creation.swap(false, Ordering::SeqCst) {
                    return SendResult::Failed { reason: reason::NO_ANSWER };
                }
                respond(200, json!({"status": "COMPLETE", "results": [{"id": id}]}))
            }
            _ => {
                let body: Value = serde_json::from_slice(&request.body).unwrap();
                let written: BTreeMap<String, Value> = serde_json::from_value(body["properties"].clone()).unwrap();
                contacts.get_mut(&last).unwrap().extend(written);
                respond(200, json!({"id": last}))
            }
        }
    }
}

/// Sends the requests of the service to the contacts.
struct ToContacts(Arc<Contacts>);

impl Sender for ToContacts {
    fn send(&self, request: OutgoingRequest) -> Sending<'_> {
        Box::pin(async move { self.0.respond(&request) })
    }
}

async fn create_endpoint(app: &TestApp, receiver: &Receiver, format: &str) -> Reply {
    let ids = json!({"set": [{"at": "/serviceDeskId", "value": "10"}, {"at": "/requestTypeId", "value": "25"}]});
    let mapping = if format == "jira-request" { ids } else { Value::Null };
    let body = json!({"url": receiver.url, "format": format, "mapping": mapping});
    app.admin().post("/v1/webhook-endpoints", body).await.expect(201)
}

/// Returns the methods and paths of the requests since the last call.
fn requests(receiver: &mut Receiver) -> Vec<String> {
    receiver.received().iter().map(|one| format!("{} {}", one.method, one.path)).collect()
}

/// Sends what is due to the contacts.
async fn send_to(app: &TestApp, tool: &Arc<Contacts>) {
    let mut parts = Parts::of(&app.context);
    parts.delivery.sender = Arc::new(ToContacts(tool.clone()));
    worker::drain(&parts).await.unwrap();
}

async fn external_id(app: &TestApp, id: &str) -> Value {
    let path = format!("{PATH}/{id}/external-references/hubspot");
    app.admin().get(&path).await.expect(200).body["external_id"].clone()
}

#[apply(both)]
async fn a_contact_of_hubspot_is_not_changed_by_a_visitor_who_types_its_email_address(app: TestApp) {
    let (tool, customer) = Contacts::with_customer();
    let receiver = Receiver::start();
    create_endpoint(&app, &receiver, "hubspot-contact").await;
    let id = app.anonymous().post(PATH, desk::request_body(1, asap())).await.expect(201).id();
    send_to(&app, &tool).await;
    assert_eq!((tool.ids(), external_id(&app, &id).await), (vec!["1".to_owned(), "2".to_owned()], json!("2")));
    let own = tool.properties_of("2");
    assert_eq!((own.get("email"), &own["entente_request_id"]), (None, &json!(id)));
    // A person who merges the two contacts finds the address in the text.
    assert!(own["message"].as_str().unwrap().contains("E-mail: visitor@example.com"), "{own:?}");
    assert_eq!(tool.properties_of("1"), customer);

    let agent = agent(&app, "a").await;
    agent.act(&format!("{PATH}/{id}/assign")).await.expect(200);
    send_to(&app, &tool).await;
    let moved = json!({"preference": window("14:00-15:00")});
    agent.post(&format!("{PATH}/{id}/reschedule"), moved).await.expect(200);
    send_to(&app, &tool).await;
    agent.act(&format!("{PATH}/{id}/assign")).await.expect(200);
    let call = agent.act(&format!("{PATH}/{id}/calls")).await.expect(201).id();
    agent.post(&format!("/v1/calls/{call}/end"), json!({"outcome": "reached"})).await.expect(200);
    send_to(&app, &tool).await;
    assert_eq!(tool.properties_of("2")["entente_state"], "completed");
    app.admin().post("/v1/data-subjects/erase", json!({"email": EMAIL})).await.expect(200);
    send_to(&app, &tool).await;
    assert!(!tool.properties_of("2")["message"].as_str().unwrap().contains(EMAIL));
    assert_eq!((tool.ids().len(), tool.properties_of("1")), (2, customer));
}

#[apply(both)]
async fn a_lost_response_creates_no_second_contact(app: TestApp) {
    let receiver = Receiver::start();
    create_endpoint(&app, &receiver, "hubspot-contact").await;
    // Without and with another contact that has the address.
    let cases = [(Arc::new(Contacts::default()), "1", true), (Contacts::with_customer().0, "2", false)];
    for (number, (tool, expected, has_email)) in cases.into_iter().enumerate() {
        tool.loses_creation.store(true, Ordering::SeqCst);
        let id = app.anonymous().post(PATH, desk::request_body(number, asap())).await.expect(201).id();
        send_to(&app, &tool).await;
        assert!(!tool.loses_creation.load(Ordering::SeqCst));
        app.clock.advance(Duration::from_secs(7));
        send_to(&app, &tool).await;
        assert_eq!(external_id(&app, &id).await, expected);
        assert_eq!(tool.ids().last().unwrap(), expected);
        let own = tool.properties_of(expected);
        assert_eq!((&own["entente_request_id"], own.contains_key("email")), (&json!(id), has_email));
    }
}

/// Returns an issue of Jira whose description has these lines.
fn issue(id: &str, lines: &[String]) -> Value {
    let paragraph = |line: &String| json!({"type": "paragraph", "content": [{"type": "text", "text": line}]});
    let content: Vec<Value> = lines.iter().map(paragraph).collect();
    json!({"id": id, "fields": {"description": {"type": "doc", "version": 1, "content": content}}})
}

#[apply(both)]
async fn an_id_that_a_visitor_types_finds_no_record_of_another_request(app: TestApp) {
    let (mut jira, mut zammad) = (Receiver::start(), Receiver::start());
    create_endpoint(&app, &jira, "jira-request").await;
    create_endpoint(&app, &zammad, "zammad-ticket").await;
    let mut body = desk::request_body(1, asap());
    body["intent"] = json!("technical_support");
    let id = app.anonymous().post(PATH, body).await.expect(201).id();
    // Another visitor has typed the ID of this request, and the record of that visitor is found.
    let other = "Entente: cbr_00000000000000000000000000".to_owned();
    let quoting = issue("10007", &[format!("Notes: {id}"), format!("Entente: {id}"), other]);
    jira.will_respond_with(200, &json!({"issues": [quoting], "isLast": true}));
    jira.will_respond_with(201, &json!({"issueId": "10001", "issueKey": "HELP-1"}));
    let ticket = json!({"id": 7, "title": id, "entente_request_id": "cbr_00000000000000000000000000"});
    zammad.will_respond_with(200, &json!([ticket]));
    zammad.will_respond_with(201, &json!({"id": 17}));
    assert_eq!(drain(&app).await, 2);
    assert_eq!(requests(&mut jira), ["GET /api/3/search/jql", "POST /hook"]);
    assert_eq!(requests(&mut zammad), ["GET /hook/search", "POST /hook"]);
    agent(&app, "a").await.act(&format!("{PATH}/{id}/assign")).await.expect(200);
    assert_eq!(drain(&app).await, 2);
    assert_eq!(requests(&mut jira), ["PUT /api/3/issue/10001"]);
    assert_eq!(requests(&mut zammad), ["PUT /hook/17"]);
}

#[apply(both)]
async fn a_record_whose_creation_returned_no_id_is_created_once(app: TestApp) {
    let mut tool = Receiver::start();
    let made = create_endpoint(&app, &tool, "servicenow-incident").await;
    let nothing = json!({"result": []});
    tool.will_respond_with(200, &nothing);
    tool.will_respond_with(201, &json!({"status": "accepted"}));
    let mut body = desk::request_body(1, asap());
    body["intent"] = json!("technical_support");
    let id = app.anonymous().post(PATH, body).await.expect(201).id();
    assert_eq!(drain(&app).await, 1);
    assert_eq!(requests(&mut tool), ["GET /hook", "POST /hook"]);
    let agent = agent(&app, "a").await;
    for verb in ["assign", "unassign"] {
        tool.will_respond_with(200, &nothing);
        agent.act(&format!("{PATH}/{id}/{verb}")).await.expect(200);
        assert_eq!(drain(&app).await, 1);
        assert_eq!(requests(&mut tool), ["GET /hook"]);
    }
    let last = deliveries(&app, &made).await.pop().unwrap();
    assert_eq!(attempts(&app, &last).await[0]["outcome"], "no_record");
    // As soon as the search finds it, it is changed.
    tool.will_respond_with(200, &json!({"result": [{"sys_id": "9d385017", "correlation_id": id}]}));
    agent.act(&format!("{PATH}/{id}/assign")).await.expect(200);
    assert_eq!(drain(&app).await, 1);
    assert_eq!(requests(&mut tool), ["GET /hook", "PATCH /hook/9d385017"]);
    agent.act(&format!("{PATH}/{id}/unassign")).await.expect(200);
    assert_eq!(drain(&app).await, 1);
    assert_eq!(requests(&mut tool), ["PATCH /hook/9d385017"]);
}

#[apply(both)]
async fn markup_that_a_visitor_types_has_no_effect_in_jira(app: TestApp) {
    let mut tool = Receiver::start();
    create_endpoint(&app, &tool, "jira-request").await;
    let mut body = desk::request_body(1, asap());
    body["intent"] = json!("technical_support");
    body["company"] = json!("[Company|https://x.example]{NoFormat}");
    body["notes"] = json!("{noformat}\n!https://x.example/a.png!\n{{noformat}}{noformat:title=a}");
    let id = app.anonymous().post(PATH, body).await.expect(201).id();
    tool.will_respond_with(200, &json!({"issues": [], "isLast": true}));
    tool.will_respond_with(201, &json!({"issueId": "10001", "issueKey": "HELP-1"}));
    assert_eq!(drain(&app).await, 1);
    let sent = tool.received()[1].body();
    let text = sent["requestFieldValues"]["description"].as_str().unwrap().to_ascii_lowercase();
    assert!(text.starts_with("{noformat}\ncall promised"), "{text}");
    assert!(text.ends_with(&format!("\n{{noformat}}\nentente: {id}")), "{text}");
    // Nothing between them ends the block.
    assert_eq!(text.matches("{noformat").count(), 2, "{text}");
    assert!(text.contains("!https://x.example/a.png!"), "{text}");
}
