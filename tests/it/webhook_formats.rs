//! Records for other systems: formats and their schemas, field mappings, credentials, erasure.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::support::desk::{self, PATH, agent, asap, window};
use super::support::receiver::{Received, Receiver};
use super::support::*;
use super::webhooks::{attempts, deliveries, drain};

const FORMATS: [(&str, &str, &str); 6] = [
    ("salesforce-lead", "sales", include_str!("golden/salesforce-lead.schema.json")),
    ("hubspot-contact", "sales", include_str!("golden/hubspot-contact.schema.json")),
    ("hubspot-ticket", "technical_support", include_str!("golden/hubspot-ticket.schema.json")),
    ("servicenow-incident", "technical_support", include_str!("golden/servicenow-incident.schema.json")),
    ("jira-request", "technical_support", include_str!("golden/jira-request.schema.json")),
    ("zammad-ticket", "technical_support", include_str!("golden/zammad-ticket.schema.json")),
];
const GOLDEN: &str = include_str!("golden/bodies.json");

async fn create_endpoint(app: &TestApp, body: Value) -> Reply {
    app.admin().post("/v1/webhook-endpoints", body).await.expect(201)
}

/// Returns a callback request with all fields, or with the required ones only.
fn request_body(intent: &str, whole: bool) -> Value {
    let mut body = json!({"full_name": "Anna Marie Nováková", "phone": "601 123 456", "intent": intent, "preference": window("10:00-11:00")});
    if whole {
        let source = json!({
            "page": "https://www.example.com/cenik", "campaign": "jaro", "utm_source": "newsletter", "utm_medium": "email"
        });
        let more = json!({"email": "anna@example.com", "company": "Ovocné sady s.r.o.", "notes": "Dvě stě míst", "source": source});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    }
    body
}

async fn create_request(app: &TestApp, intent: &str, whole: bool) -> Reply {
    app.anonymous().post(PATH, request_body(intent, whole)).await.expect(201)
}

/// Creates a request of the visitor with this number.
async fn create_request_of(app: &TestApp, number: usize, intent: &str) -> Reply {
    let mut body = desk::request_body(number, asap());
    body["intent"] = json!(intent);
    app.anonymous().post(PATH, body).await.expect(201)
}

/// Returns the mapping that a format needs: Jira needs the ids of a service desk and a request type.
fn required_mapping(format: &str) -> Value {
    match format {
        "jira-request" => {
            json!({"set": [{"at": "/serviceDeskId", "value": "10"}, {"at": "/requestTypeId", "value": "25"}]})
        }
        _ => Value::Null,
    }
}

/// Returns the requests that write something since the last call; tools without an upsert are searched first.
fn writes(receiver: &mut Receiver) -> Vec<Received> {
    receiver.received().into_iter().filter(|one| one.method != "GET").collect()
}

/// Returns the body of a message, with the id of the request replaced.
fn without_id(received: &Received, id: &str) -> Value {
    serde_json::from_str(&String::from_utf8_lossy(&received.bytes).replace(id, "<id>")).unwrap()
}

#[apply(both)]
async fn every_format_matches_the_schema_of_its_system(app: TestApp) {
    let golden: Value = serde_json::from_str(GOLDEN).unwrap();
    let mut bodies = serde_json::Map::new();
    for (format, intent, schema) in FORMATS {
        let schema = entente::kernel::http::schema::compile(&serde_json::from_str(schema).unwrap()).unwrap();
        for (size, whole) in [("whole", true), ("least", false)] {
            // A number may have two open requests only, so each case has a database of its own.
            let app = app.fresh();
            let mut receiver = Receiver::start();
            let made = create_endpoint(
                &app,
                json!({"url": receiver.url, "format": format, "mapping": required_mapping(format)}),
            )
            .await;
            let types = made.body["event_types"].to_string();
            assert!(["received", "completed", "erased"].iter().all(|one| types.contains(one)), "{types}");
            let id = create_request(&app, intent, whole).await.id();
            if format == "hubspot-contact" && whole {
                // No contact has the e-mail address.
                receiver.will_respond(&[404]);
            }
            assert_eq!(drain(&app).await, 1);
            let [received] = &writes(&mut receiver)[..] else { panic!("not exactly one") };
            let faults: Vec<String> = schema
                .iter_errors(&received.body())
                .map(|error| format!("{error} at {}", error.instance_path()))
                .collect();
            assert!(faults.is_empty(), "{format}, {size}: {faults:?}\n{}", received.body());
            // The preview equals the sent record.
            let desk = if format == "jira-request" { "?service_desk_id=10&request_type_id=25" } else { "" };
            let preview = app.admin().get(&format!("{PATH}/{id}/projections/{format}{desk}")).await.expect(200);
            assert_eq!(preview.body, received.body());
            bodies.insert(format!("{format}, {size}"), without_id(received, &id));
            let (method, path) = match format {
                "salesforce-lead" => ("PATCH", format!("/hook/{id}")),
                "hubspot-contact" | "hubspot-ticket" => ("POST", "/hook/batch/upsert".to_owned()),
                _ => ("POST", "/hook".to_owned()),
            };
            assert_eq!((&received.method[..], &received.path), (method, &path));
            assert!(received.header("webhook-signature").starts_with("v1,"));
        }
    }
    assert_eq!(Value::Object(bodies.clone()), golden, "{}", serde_json::to_string_pretty(&bodies).unwrap());
}

#[apply(both)]
async fn requests_are_sent_to_the_system_of_their_intent(app: TestApp) {
    let (mut crm, mut itsm) = (Receiver::start(), Receiver::start());
    let types = json!(["callback_request.received", "callback_request.rescheduled"]);
    create_endpoint(&app, json!({"url": crm.url, "format": "salesforce-lead", "event_types": types})).await;
    create_endpoint(&app, json!({"url": itsm.url, "format": "zammad-ticket"})).await;
    create_request_of(&app, 1, "sales").await;
    let receipt = create_request_of(&app, 2, "technical_support").await;
    assert_eq!(drain(&app).await, 2);
    assert_eq!(crm.received()[0].body()["LastName"], "1");
    assert_eq!(writes(&mut itsm)[0].body()["title"], "Call back Visitor 2");
    // After rerouting, the request belongs to the other system; the old one is closed.
    let reroute = format!("{PATH}/{}/reroute", receipt.id());
    agent(&app, "a").await.act(&reroute).await.expect(201);
    assert_eq!(drain(&app).await, 2);
    assert_eq!(crm.received()[0].body()["LastName"], "2");
    for wrong in ["callback_request.quarantined", "project.created"] {
        let body = json!({"url": itsm.url, "format": "servicenow-incident", "event_types": [wrong]});
        app.admin().post("/v1/webhook-endpoints", body).await.expect(422).violates("/event_types/0", "not_in_format");
    }
}

#[apply(both)]
async fn field_mappings_remove_rename_and_set_fields(app: TestApp) {
    let mut receiver = Receiver::start();
    let mapping = json!({
        "remove": ["/LeadSource"],
        "rename": [{"from": "/Email", "to": "Work_Email__c"}],
        "set": [{"at": "/OwnerId", "value": "00G000000000001"}]
    });
    let made =
        create_endpoint(&app, json!({"url": receiver.url, "format": "salesforce-lead", "mapping": mapping})).await;
    let id = create_request(&app, "sales", true).await.id();
    drain(&app).await;
    let body = receiver.received()[0].body();
    assert_eq!((&body["Work_Email__c"], &body["OwnerId"]), (&json!("anna@example.com"), &json!("00G000000000001")));
    assert!(["Email", "LeadSource"].iter().all(|gone| body.get(gone).is_none()), "{body}");
    let preview = format!("{}/projections/{id}", made.header("location"));
    assert_eq!(app.admin().get(&preview).await.expect(200).body, body);
    app.service("hooks", "webhooks:manage").get(&preview).await.refused(403, "forbidden");
    let plain = create_endpoint(&app, json!({"url": receiver.url})).await;
    app.admin().get(&format!("{}/projections/{id}", plain.header("location"))).await.refused(409, "conflict");
    let support = create_endpoint(
        &app,
        json!({"url": receiver.url, "format": "jira-request", "mapping": required_mapping("jira-request")}),
    )
    .await;
    app.admin().get(&format!("{}/projections/{id}", support.header("location"))).await.refused(409, "wrong_intent");
    let event = json!({"url": receiver.url, "mapping": mapping});
    app.admin().post("/v1/webhook-endpoints", event).await.expect(422).violates("/mapping", "not_allowed");
    let wrong = json!({"url": receiver.url, "format": "salesforce-lead", "mapping": {"remove": ["LeadSource"]}});
    app.admin()
        .post("/v1/webhook-endpoints", wrong)
        .await
        .expect(422)
        .violates("/mapping/remove/0", "pattern_mismatch");
    let wrong = json!({"url": receiver.url, "format": "salesforce-lead", "mapping": {
        "remove": ["/Fax"], "rename": [{"from": "/Email", "to": "Phone"}], "set": [{"at": "/Owner/Id", "value": 1}]
    }});
    let refused = app.admin().post("/v1/webhook-endpoints", wrong).await.expect(422);
    let refused =
        refused.violates("/mapping/remove/0", "no_such_field").violates("/mapping/rename/0/to", "duplicate_field");
    refused.violates("/mapping/set/0/at", "no_such_field");
    let path = made.header("location");
    app.admin()
        .patch(path, "*", json!({"mapping": {"remove": ["/Fax"]}}))
        .await
        .expect(422)
        .violates("/mapping/remove/0", "no_such_field");
    let unknown =
        json!({"url": receiver.url, "format": "salesforce-lead", "mapping": {"drop": [], "set": [{"at": "/OwnerId"}]}});
    let refused = app.admin().post("/v1/webhook-endpoints", unknown).await.expect(422);
    refused.violates("/mapping/drop", "unknown_field").violates("/mapping/set/0/value", "required");
}

#[apply(both)]
async fn messages_carry_the_credentials_of_the_endpoint(app: TestApp) {
    let (mut keyed, mut basic) = (Receiver::start(), Receiver::start());
    let header = json!({"kind": "header", "name": "Authorization", "value": "Token token=s3cret"});
    let made = create_endpoint(&app, json!({"url": keyed.url, "format": "zammad-ticket", "auth": header})).await;
    assert!(made.body["auth_kind"] == "header" && !made.text.contains("s3cret"));
    let password = json!({"kind": "basic", "username": "entente", "password": "Příliš"});
    create_endpoint(&app, json!({"url": basic.url, "format": "servicenow-incident", "auth": password})).await;
    create_request_of(&app, 1, "technical_support").await;
    assert_eq!(drain(&app).await, 2);
    assert_eq!(keyed.received()[0].header("authorization"), "Token token=s3cret");
    let expected = format!("Basic {}", BASE64_STANDARD.encode("entente:Příliš"));
    assert_eq!(basic.received()[0].header("authorization"), expected);

    for (auth, place, code) in [
        (json!({"kind": "header", "name": "Webhook-Id", "value": "x"}), "/auth/name", "reserved"),
        (json!({"kind": "header", "name": "Host", "value": "x"}), "/auth/name", "reserved"),
        (json!({"kind": "header", "name": "X-Key"}), "/auth/value", "required"),
        (json!({"kind": "basic", "username": "a", "password": "b", "scope": "c"}), "/auth/scope", "not_allowed"),
        (json!({"kind": "header", "name": "X-Key", "value": "a\r\nb"}), "/auth/value", "pattern_mismatch"),
        (
            json!({"kind": "oauth2_client_credentials", "token_url": "https://10.0.0.1/token", "client_id": "a", "client_secret": "b"}),
            "/auth/token_url",
            "address",
        ),
    ] {
        let body = json!({"url": keyed.url, "auth": auth});
        app.admin().post("/v1/webhook-endpoints", body).await.expect(422).violates(place, code);
    }
    let wrong_kind = json!({"url": keyed.url, "auth": {"kind": "basic", "name": "X-Key", "value": "x"}});
    let mut refused = app.admin().post("/v1/webhook-endpoints", wrong_kind).await.expect(422);
    for (place, code) in
        [("username", "required"), ("password", "required"), ("name", "not_allowed"), ("value", "not_allowed")]
    {
        refused = refused.violates(&format!("/auth/{place}"), code);
    }
}

#[apply(both)]
async fn credentials_and_personal_data_are_not_sent_to_other_receivers(app: TestApp) {
    let (receiver, other) = (Receiver::start(), Receiver::start());
    let auth = json!({"kind": "header", "name": "X-Key", "value": "s3cret"});
    let made = create_endpoint(&app, json!({"url": receiver.url, "format": "zammad-ticket", "auth": auth})).await;
    let path = made.header("location").to_owned();
    app.admin().patch(&path, "*", json!({"url": other.url})).await.expect(422).violates("/auth", "required");
    app.admin().patch(&path, "*", json!({"url": format!("{}/v2", receiver.url)})).await.expect(200);
    app.admin().patch(&path, "*", json!({"url": other.url, "auth": {"kind": "none"}})).await.expect(200);

    let hooks = app.service("hooks", "webhooks:manage");
    let record = json!({"url": receiver.url, "format": "hubspot-contact"});
    let refused = hooks.post("/v1/webhook-endpoints", record.clone()).await.refused(403, "forbidden");
    assert_eq!(refused.body["required_scope"], "callbacks:read");
    hooks.patch(&path, "*", json!({"enabled": true})).await.refused(403, "forbidden");
    let replay = json!({"since": start_time(), "selection": "missing"});
    hooks.post(&format!("{path}/replay"), replay).await.refused(403, "forbidden");
    app.service("crm", "webhooks:manage callbacks:read").post("/v1/webhook-endpoints", record).await.expect(201);
    create_request(&app, "technical_support", true).await;
    drain(&app).await;
    let delivery = app.admin().get(&format!("{path}/deliveries")).await.expect(200).body["data"][0]["id"].clone();
    let again = format!("/v1/webhook-deliveries/{}/redeliver", delivery.as_str().unwrap());
    hooks.act(&again).await.refused(403, "forbidden");
    app.admin().act(&again).await.expect(200);

    app.admin()
        .post("/v1/webhook-endpoints", json!({"url": receiver.url, "format": "jira-request"}))
        .await
        .expect(422)
        .violates("/mapping/set", "required");
    let long: Vec<Value> = (0..50).map(|n| json!({"at": format!("/m{n}"), "value": "x".repeat(1_000)})).collect();
    let body = json!({"url": receiver.url, "format": "zammad-ticket", "mapping": {"set": long}});
    app.admin().post("/v1/webhook-endpoints", body).await.expect(422).violates("/mapping", "too_long");
    let grows = format!("{}?{}", receiver.url, "'".repeat(1_900));
    app.admin().post("/v1/webhook-endpoints", json!({"url": grows})).await.expect(422).violates("/url", "too_long");
}

#[apply(both)]
async fn an_oauth_token_is_cached_and_renewed(app: TestApp) {
    let (mut server, mut receiver) = (Receiver::start(), Receiver::start());
    let auth = json!({"kind": "oauth2_client_credentials", "token_url": server.url, "client_id": "entente", "client_secret": "s:3", "scope": "api"});
    let made = create_endpoint(&app, json!({"url": receiver.url, "format": "servicenow-incident", "auth": auth})).await;
    let token = |text: &str| json!({"access_token": text, "token_type": "Bearer", "expires_in": 600});
    server.will_respond_with(200, &token("first"));
    for number in 0..3 {
        create_request_of(&app, number, "technical_support").await;
    }
    assert_eq!(drain(&app).await, 3);
    let token_requests = server.received();
    assert_eq!(token_requests.len(), 1, "one token is used for all messages");
    assert_eq!(token_requests[0].bytes, b"grant_type=client_credentials&scope=api");
    assert_eq!(token_requests[0].header("authorization"), format!("Basic {}", BASE64_STANDARD.encode("entente:s%3A3")));
    assert!(receiver.received().iter().all(|one| one.header("authorization") == "Bearer first"));

    // The token expires.
    app.clock.advance(Duration::from_secs(541));
    server.will_respond_with(200, &token("second"));
    receiver.will_respond(&[401]);
    create_request_of(&app, 4, "technical_support").await;
    assert_eq!(drain(&app).await, 1);
    assert_eq!(receiver.received()[0].header("authorization"), "Bearer second");
    // After a 401, the token is renewed.
    server.will_respond_with(200, &token("third"));
    app.clock.advance(Duration::from_secs(7));
    assert_eq!(drain(&app).await, 1);
    assert_eq!(receiver.received()[0].header("authorization"), "Bearer third");

    // Without a token, nothing is sent.
    app.clock.advance(Duration::from_secs(600));
    server.will_respond_with(400, &json!({"error": "invalid_client"}));
    create_request_of(&app, 5, "technical_support").await;
    assert_eq!(drain(&app).await, 1);
    assert!(receiver.received().is_empty());
    let last = deliveries(&app, &made).await.pop().unwrap();
    assert_eq!(attempts(&app, &last).await[0]["outcome"], "token");
}

#[apply(both)]
async fn deliveries_of_an_erased_visitor_are_cancelled(app: TestApp) {
    let mut receiver = Receiver::start();
    let made = create_endpoint(&app, json!({"url": receiver.url, "format": "hubspot-contact"})).await;
    receiver.will_respond(&[404]);
    receiver.will_respond_with(400, &json!({"message": "anna@example.com is not valid"}));
    let id = create_request(&app, "sales", true).await.id();
    assert_eq!(drain(&app).await, 1);
    receiver.received();
    let delivery = deliveries(&app, &made).await[0].clone();
    // The response contains personal data, so no excerpt is stored.
    assert_eq!(attempts(&app, &delivery).await[0]["excerpt"], Value::Null);
    app.admin().post("/v1/data-subjects/erase", json!({"phone": "601123456"})).await.expect(200);
    app.clock.advance(Duration::from_secs(7));
    // Only the erasure is sent: a search for a record that could have to be redacted.
    assert_eq!(drain(&app).await, 1);
    let sent: Vec<_> = receiver.received().into_iter().map(|one| one.method).collect();
    assert_eq!(sent, ["GET"]);
    let delivery = deliveries(&app, &made).await[0].clone();
    assert_eq!((&delivery["state"], &delivery["subject"]), (&json!("cancelled"), &json!(id)));
    assert_eq!(attempts(&app, &delivery).await[0]["excerpt"], Value::Null);
}

#[apply(both)]
async fn cancelled_deliveries_do_not_block_their_subject(app: TestApp) {
    let mut receiver = Receiver::start();
    let types = json!(["callback_request.received", "callback_request.rescheduled"]);
    let body = json!({"url": receiver.url, "format": "salesforce-lead", "ordering": "subject", "event_types": types});
    let made = create_endpoint(&app, body).await;
    let receipt = create_request(&app, "sales", true).await;
    let path = format!("{PATH}/{}/reschedule", receipt.id());
    agent(&app, "a").await.post(&path, json!({"preference": window("14:00-15:00")})).await.expect(200);
    app.drained_feed().await;
    app.admin().post("/v1/data-subjects/erase", json!({"phone": "601123456"})).await.expect(200);
    drain(&app).await;
    assert!(writes(&mut receiver).is_empty());
    let states: Vec<_> = deliveries(&app, &made).await.iter().map(|one| one["state"].clone()).collect();
    assert_eq!(states, ["cancelled", "cancelled", "delivered"]);
}

#[apply(both)]
async fn a_failure_in_a_multi_status_response_is_retried(app: TestApp) {
    let receiver = Receiver::start();
    let made = create_endpoint(&app, json!({"url": receiver.url, "format": "hubspot-contact"})).await;
    receiver.will_respond_with(207, &json!({"numErrors": 1}));
    create_request(&app, "sales", false).await;
    assert_eq!(drain(&app).await, 1);
    let delivery = deliveries(&app, &made).await[0].clone();
    assert_eq!(delivery["state"], "pending");
    assert_eq!(attempts(&app, &delivery).await[0]["outcome"], "multi_status");
    app.clock.advance(Duration::from_secs(7));
    assert_eq!(drain(&app).await, 1);
    assert_eq!(deliveries(&app, &made).await[0]["state"], "delivered");
}
