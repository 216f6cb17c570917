//! Who may change a request: an agent those that they have, and those without an agent in their queues. Only active
//! agents get requests.

use entente::kernel::ids::AgentId;

use super::support::client::Client;
use super::support::desk::*;
use super::support::*;

const SCOPES: &str = "callbacks:read callbacks:work";
const WORDING: &str = "Yes, send me news.";

/// Adds an agent to one queue, without duty times.
async fn agent_of(app: &TestApp, name: &str, queue: usize) -> Client {
    let person = person_id(app, name).await;
    let body = json!({"person_id": person, "queues": [{"queue_id": queues()[queue], "duties": []}]});
    app.admin().post("/v1/agents", body).await.expect(201);
    app.caller(name, SCOPES)
}

/// Creates a request for technical support with a consent, which is quarantined if a program filled in the form.
async fn support_request(app: &TestApp, number: usize, is_program: bool) -> Reply {
    let mut body = request_body(number, window("14:00-15:00"));
    body["intent"] = json!("technical_support");
    body["consents"] = json!([{"purpose": "marketing", "wording": WORDING}]);
    if is_program {
        body["form"] = json!({"honeypot": "filled in"});
    }
    app.anonymous().post(PATH, body).await.expect(201)
}

/// The changes of a request that has an agent, with the status of a success. Only the last two close it.
fn changes(colleague: AgentId) -> [(&'static str, &'static str, Value, u16); 7] {
    [
        ("POST", "manage-link", json!({}), 200),
        ("DELETE", "consents/marketing", Value::Null, 204),
        ("POST", "assign", json!({"agent_id": colleague}), 200),
        ("POST", "unassign", json!({}), 200),
        ("POST", "reschedule", other_time("15:00-16:00"), 200),
        ("POST", "cancel", json!({"reason": "abuse"}), 200),
        ("POST", "reroute", json!({}), 201),
    ]
}

async fn change(client: &Client, request: &str, (method, verb, body): (&str, &str, &Value)) -> Reply {
    let sent = client.request(method, &format!("{PATH}/{request}/{verb}"));
    if body.is_null() { sent.send().await } else { sent.json(body.clone()).send().await }
}

/// Tries every change but those of `except`, and to take the request; all are refused with this text. Every agent can
/// withdraw a consent for the visitor.
async fn is_refused(client: &Client, request: &Reply, colleague: AgentId, except: &str, detail: &str) {
    let take = [("POST", "assign", json!({}), 200), ("POST", "calls", json!({}), 201)];
    let is_tried = |verb: &str| ![except, "consents/marketing"].contains(&verb);
    for (method, verb, body, _) in changes(colleague).into_iter().chain(take).filter(|(_, verb, ..)| is_tried(verb)) {
        let refused = change(client, &request.id(), (method, verb, &body)).await.refused(403, "forbidden");
        assert!(refused.body["detail"].as_str().unwrap().starts_with(detail), "{verb}: {}", refused.text);
    }
}

#[apply(both)]
async fn an_agent_takes_no_request_of_a_colleague_or_of_another_queue(app: TestApp) {
    offer_consent(&app, WORDING).await;
    let (seller, helper) = (agent_of(&app, "seller", 0).await, agent_of(&app, "helper", 1).await);
    let second = agent_of(&app, "second", 1).await;
    let second_id = agent_id(&app, "second").await;
    let request = support_request(&app, 1, false).await;
    let before = read_request(&app, &request).await;
    is_refused(&seller, &request, second_id, "unassign", "You do not work in the queue of this request.").await;
    assert_eq!(read_request(&app, &request).await, before);

    helper.act(&format!("{PATH}/{}/assign", request.id())).await.expect(200);
    let before = read_request(&app, &request).await;
    for colleague in [&seller, &second] {
        is_refused(colleague, &request, second_id, "", "The request is assigned to another agent.").await;
    }
    assert_eq!(read_request(&app, &request).await, before);
    // The agent who has it passes it on, and then has no say in it.
    change(&helper, &request.id(), ("POST", "assign", &json!({"agent_id": second_id}))).await.expect(200);
    is_refused(&helper, &request, second_id, "", "The request is assigned to another agent.").await;
    change(&helper, &request.id(), ("DELETE", "consents/marketing", &Value::Null)).await.expect(204);

    let quarantined = support_request(&app, 2, true).await;
    let release = ("POST", "release", &json!({}));
    change(&seller, &quarantined.id(), release).await.refused(403, "forbidden");
    assert_eq!(read_request(&app, &quarantined).await["state"], "quarantined");
    change(&helper, &quarantined.id(), release).await.expect(200);
}

#[apply(both)]
async fn supervisors_administrators_and_applications_dispatch_all_requests(app: TestApp) {
    offer_consent(&app, WORDING).await;
    let helper = agent_of(&app, "helper", 1).await;
    agent_of(&app, "seller", 0).await;
    let helper_id = agent_id(&app, "helper").await;
    person_id(&app, "supervisor").await;
    for (number, caller) in [
        app.caller("supervisor", SCOPES),
        app.caller("seller", &format!("{SCOPES} admin")),
        app.service("crm", SCOPES),
        // The agent who has the request.
        helper.clone(),
    ]
    .into_iter()
    .enumerate()
    {
        let request = support_request(&app, number, false).await;
        helper.act(&format!("{PATH}/{}/assign", request.id())).await.expect(200);
        for (method, verb, body, status) in changes(helper_id).into_iter().filter(|(_, verb, ..)| *verb != "cancel") {
            change(&caller, &request.id(), (method, verb, &body)).await.expect(status);
        }
        let quarantined = support_request(&app, 10 + number, true).await;
        change(&caller, &quarantined.id(), ("POST", "release", &json!({}))).await.expect(200);
        change(&caller, &quarantined.id(), ("POST", "cancel", &json!({}))).await.expect(200);
    }
}

#[apply(both)]
async fn an_inactive_agent_only_ends_a_running_call(app: TestApp) {
    let worker = agent(&app, "anna").await;
    let path = format!("/v1/agents/{}", agent_id(&app, "anna").await);
    let mut requests = Vec::new();
    for number in 0..3 {
        requests.push(create_request(&app, number, asap()).await.expect(201));
    }
    let assign = |request: &Reply| format!("{PATH}/{}/assign", request.id());
    worker.act(&assign(&requests[1])).await.expect(200);
    let started = worker.act(&calls_of(&requests[0])).await.expect(201);
    app.admin().patch(&path, "*", json!({"active": false})).await.expect(200);
    let next = format!("{PATH}/next");
    for path in [&next, &assign(&requests[2]), &calls_of(&requests[2]), &calls_of(&requests[1])] {
        let refused = worker.act(path).await.refused(403, "forbidden");
        assert!(refused.text.contains("You are not an active agent."), "{}", refused.text);
    }
    worker.post(&format!("/v1/calls/{}/end", started.id()), json!({"outcome": "reached"})).await.expect(200);
    assert_eq!(read_request(&app, &requests[2]).await["agent_id"], Value::Null);
    app.admin().patch(&path, "*", json!({"active": true})).await.expect(200);
    worker.act(&calls_of(&requests[1])).await.expect(201);
}

#[apply(both)]
async fn applications_read_what_they_can_do_instead(app: TestApp) {
    let telephony = app.service("telephony", SCOPES);
    let request = create_request(&app, 1, asap()).await.expect(201);
    for (path, text) in [
        (calls_of(&request), "An application cannot start a call. Record it afterwards"),
        (format!("{PATH}/next"), "Only people can claim requests."),
        (format!("{PATH}/{}/assign", request.id()), "Only people can claim requests."),
    ] {
        let refused = telephony.act(&path).await.refused(403, "forbidden");
        assert!(refused.body["detail"].as_str().unwrap().starts_with(text), "{}", refused.text);
    }
    app.clock.set("2027-03-30T08:30:00Z".parse().unwrap());
    let mut past = json!({
        "started_at": "2027-03-30T08:10:00Z", "ended_at": "2027-03-30T08:20:00Z", "outcome": "reached"
    });
    let refused = telephony.post(&calls_of(&request), past.clone()).await.violates("/agent_id", "not_the_agent");
    assert!(refused.text.contains("No agent has had this request."), "{}", refused.text);
    past["agent_id"] = json!(AgentId::demo(99));
    telephony.post(&calls_of(&request), past).await.violates("/agent_id", "unknown_reference");
}
