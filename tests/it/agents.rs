//! Agents: automatic assignment, missed requests, rerouting and closed days.

use std::collections::BTreeMap;

use entente::kernel::ids::AgentId;

use super::support::client::Client;
use super::support::desk::*;
use super::support::*;

/// Runs the scheduler until nothing is due.
pub async fn tick(app: &TestApp) {
    while entente::app::scheduler::run_once(&app.state.db, &app.state.environment).await.unwrap() > 0 {}
}

/// Adds a person to the roster, with these duty times on every business day.
pub async fn on_duty(app: &TestApp, name: &str, starts: &str, ends: &str) -> Reply {
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday"];
    let duties: Vec<Value> = days.iter().map(|day| json!({"weekday": day, "starts": starts, "ends": ends})).collect();
    let person = person_id(app, name).await;
    app.admin().post("/v1/agents", new_agent(person, &json!(duties))).await.expect(201)
}

/// Returns the number of assigned requests per agent.
pub async fn assigned_requests(app: &TestApp) -> BTreeMap<String, usize> {
    let assigned = agent(app, "a").await.get(&format!("{PATH}?state=assigned&limit=100")).await.expect(200);
    let mut counts = BTreeMap::new();
    for request in assigned.body["data"].as_array().unwrap() {
        *counts.entry(request["agent_id"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    counts
}

async fn report(app: &TestApp) -> Value {
    agent(app, "a").await.get("/v1/reports/callbacks?from=2027-03-01&to=2027-05-01").await.expect(200).body
}

#[apply(both)]
async fn requests_are_assigned_to_agents_in_turn(app: TestApp) {
    for subject in ["anna", "bara", "cyril"] {
        on_duty(&app, subject, "10:00", "17:00").await;
    }
    on_duty(&app, "night", "00:00", "06:00").await;
    for number in 0..10 {
        create_request(&app, number, window("10:00-11:00")).await;
        create_request(&app, 100 + number, window("11:00-12:00")).await;
    }
    tick(&app).await;
    // Three requests in each of two windows.
    let mut expected = BTreeMap::new();
    for name in ["anna", "bara", "cyril"] {
        expected.insert(agent_id(&app, name).await.to_string(), 2);
    }
    assert_eq!(assigned_requests(&app).await, expected);
    agent(&app, "anna").await.act(&format!("{PATH}/next")).await.refused(404, "nothing_to_claim");
    let anna = agent_id(&app, "anna").await;
    let mine = agent(&app, "anna").await.get(&format!("{PATH}?state=assigned&agent_id={anna}")).await.expect(200);
    assert_eq!(mine.body["data"].as_array().unwrap().len(), 2);
}

#[apply(both)]
async fn parallel_schedulers_assign_each_request_once(app: TestApp) {
    for subject in ["anna", "bara"] {
        on_duty(&app, subject, "00:00", "23:59").await;
    }
    for number in 0..30 {
        create_request(&app, number, asap()).await.expect(201);
    }
    let rounds = (0..8).map(|_| entente::app::scheduler::run_once(&app.state.db, &app.state.environment));
    let assigned: usize = futures_util::future::join_all(rounds).await.into_iter().map(Result::unwrap).sum();
    assert_eq!(assigned, 30);
    assert_eq!(assigned_requests(&app).await.values().sum::<usize>(), 30);
    let kinds: Vec<_> =
        app.drained_feed().await.into_iter().filter(|event| event["type"] == "callback_request.assigned").collect();
    assert_eq!(kinds.len(), 30);
}

#[apply(both)]
async fn an_unassigned_request_is_reported_once_and_assigned_to_the_next_agent_on_duty(app: TestApp) {
    on_duty(&app, "anna", "12:00", "17:00").await;
    let receipt = create_request(&app, 1, window("10:00-11:00")).await.expect(201);
    tick(&app).await;
    tick(&app).await;
    app.clock.set("2027-03-30T08:30:00Z".parse().unwrap());
    tick(&app).await;
    let reports =
        app.drained_feed().await.iter().filter(|event| event["type"] == "callback_request.unassigned").count();
    assert_eq!((reports, &read_request(&app, &receipt).await["agent_id"]), (1, &Value::Null));
    app.clock.set("2027-03-30T10:00:00Z".parse().unwrap());
    tick(&app).await;
    assert_eq!(read_request(&app, &receipt).await["agent_id"], json!(agent_id(&app, "anna").await));
}

#[apply(both)]
async fn without_duty_times_requests_wait_until_an_agent_claims_them(app: TestApp) {
    create_request(&app, 1, asap()).await.expect(201);
    tick(&app).await;
    agent(&app, "a").await.act(&format!("{PATH}/next")).await.expect(200);
}

#[apply(both)]
async fn a_missed_request_is_claimed_first_and_counts_as_broken(app: TestApp) {
    on_duty(&app, "anna", "10:00", "11:00").await;
    let missed = create_request(&app, 1, window("10:00-11:00")).await.expect(201);
    tick(&app).await;
    assert_eq!(read_request(&app, &missed).await["agent_id"], json!(agent_id(&app, "anna").await));
    app.clock.set("2027-03-30T09:00:00Z".parse().unwrap());
    create_request(&app, 2, asap()).await.expect(201);
    tick(&app).await;
    let state = read_request(&app, &missed).await;
    assert_eq!(
        (&state["state"], &state["promise"], &state["agent_id"]),
        (&json!("missed"), &json!("broken"), &Value::Null)
    );
    let worker = agent(&app, "b").await;
    assert_eq!(worker.act(&format!("{PATH}/next")).await.expect(200).id(), missed.id());
    call(&worker, &missed, "reached").await;
    let promises = report(&app).await["promises"].clone();
    assert_eq!((&promises["kept"], &promises["broken"], &promises["pending"]), (&json!(0), &json!(1), &json!(1)));
}

#[apply(both)]
async fn an_assigned_request_without_activity_returns_to_the_queue(app: TestApp) {
    let receipt = create_request(&app, 1, asap()).await.expect(201);
    agent(&app, "a").await.act(&format!("{PATH}/next")).await.expect(200);
    app.clock.set("2027-03-30T09:00:00Z".parse().unwrap());
    tick(&app).await;
    assert_eq!(read_request(&app, &receipt).await["state"], "missed");
    agent(&app, "a").await.act(&format!("{PATH}/next")).await.expect(200);
    let unassign_idle = || {
        app.state.db.write(entente::app::scheduler::unit(
            &app.state.environment,
            entente::callbacks::requests::scheduled::unassign_idle,
        ))
    };
    app.clock.set("2027-03-30T17:00:00Z".parse().unwrap());
    assert_eq!(unassign_idle().await.unwrap(), 0);
    app.clock.set("2027-03-30T17:00:01Z".parse().unwrap());
    assert_eq!(unassign_idle().await.unwrap(), 1);
    let back = read_request(&app, &receipt).await;
    assert_eq!((&back["state"], &back["agent_id"]), (&json!("missed"), &Value::Null));
}

#[apply(both)]
async fn rerouting_moves_a_request_to_technical_support(app: TestApp) {
    let receipt = create_request(&app, 1, window("10:00-11:00")).await.expect(201);
    let path = format!("{PATH}/{}/reroute", receipt.id());
    let next = agent(&app, "a").await.post(&path, json!({"reason": "A fault"})).await.expect(201);
    assert_eq!(
        (&next.body["intent"], &next.body["rerouted_from"], &next.body["slot_id"]),
        (&json!("technical_support"), &json!(receipt.id()), &json!("20270330T0800Z"))
    );
    let old = read_request(&app, &receipt).await;
    assert_eq!(
        (&old["state"], &old["rerouted_to"], &old["promise"]),
        (&json!("rerouted"), &next.body["id"], &json!("void"))
    );
    // The call uses capacity of the other queue now.
    assert_eq!(capacity_remaining(&app, "20270330T0800Z").await, 3);
    assert_eq!(next.body["queue_id"], json!(queues()[1]));
    // The visitor's link still works.
    let secret = receipt.body["manage_token"].as_str().unwrap();
    let manage = format!("{PATH}/{}", receipt.id());
    let view = app
        .anonymous()
        .request("GET", &format!("{manage}/receipt"))
        .header("Manage-Token", secret)
        .send()
        .await
        .expect(200);
    assert_eq!((&view.body["id"], &view.body["intent"]), (&next.body["id"], &json!("technical_support")));
    app.anonymous()
        .request("POST", &format!("{manage}/cancel"))
        .header("Manage-Token", secret)
        .send()
        .await
        .expect(200);
    assert_eq!(capacity_remaining(&app, "20270330T0800Z").await, 3);
    assert_eq!(agent(&app, "a").await.get(next.header("location")).await.expect(200).body["state"], "cancelled");
    agent(&app, "a").await.act(&path).await.refused(409, "illegal_transition");
}

#[apply(both)]
async fn records_are_available_only_in_the_formats_of_the_intent(app: TestApp) {
    const CRM: [&str; 2] = ["salesforce-lead", "hubspot-contact"];
    const ITSM: [&str; 4] = ["hubspot-ticket", "servicenow-incident", "jira-request", "zammad-ticket"];
    let worker = agent(&app, "a").await;
    for (number, intent, own, foreign) in
        [(1, "sales", &CRM[..], &ITSM[..]), (2, "technical_support", &ITSM[..], &CRM[..])]
    {
        let mut body = request_body(number, asap());
        body["intent"] = json!(intent);
        let receipt = app.anonymous().post(PATH, body).await.expect(201);
        let path = |id: &str, format: &str| format!("{PATH}/{id}/projections/{format}");
        for format in own {
            let shown = worker.get(&path(&receipt.id(), format)).await.expect(200);
            assert!(shown.text.contains(&receipt.id()) && shown.text.contains("+42060110000"), "{}", shown.text);
        }
        for format in foreign {
            let refused = worker.get(&path(&receipt.id(), format)).await.refused(409, "wrong_intent");
            assert_eq!(refused.body["formats"], json!(own));
            assert!(!refused.text.contains("Visitor") && !refused.text.contains("60110000"));
        }
        // After rerouting, only the formats of the new intent are available.
        let next = worker.act(&format!("{PATH}/{}/reroute", receipt.id())).await.expect(201);
        worker.get(&path(&next.id(), foreign[0])).await.expect(200);
        worker.get(&path(&next.id(), own[0])).await.refused(409, "wrong_intent");
    }
    // Events contain no personal data, whatever the intent.
    let feed = format!("{:?}", app.drained_feed().await);
    assert!(!feed.contains("Visitor") && !feed.contains("60110000"));
    app.anonymous()
        .get(&format!("{PATH}/cbr_01kdvdna00e008000000000001/projections/salesforce-lead"))
        .await
        .refused(401, "unauthenticated");
    worker.get(&format!("{PATH}/cbr_01kdvdna00e008000000000001/projections/fax")).await.refused(404, "not_found");
}

#[apply(both)]
async fn a_quarantined_request_has_no_record(app: TestApp) {
    let mut body = request_body(1, asap());
    body["form"] = json!({"honeypot": "x"});
    let receipt = app.anonymous().post(PATH, body).await.expect(201);
    let path = format!("{PATH}/{}/projections/salesforce-lead", receipt.id());
    agent(&app, "a").await.get(&path).await.refused(409, "conflict");
    agent(&app, "a").await.act(&format!("{PATH}/{}/release", receipt.id())).await.expect(200);
    agent(&app, "a").await.get(&path).await.expect(200);
}

#[apply(both)]
async fn agents_reassign_and_unassign_requests(app: TestApp) {
    on_duty(&app, "anna", "00:00", "00:01").await;
    let receipt = create_request(&app, 1, asap()).await.expect(201);
    let path = format!("{PATH}/{}", receipt.id());
    let worker = agent(&app, "a").await;
    worker
        .post(&format!("{path}/assign"), json!({"agent_id": AgentId::demo(1)}))
        .await
        .violates("/agent_id", "unknown_reference");
    worker.post(&format!("{path}/assign"), json!({"agent_id": agent_id(&app, "anna").await})).await.expect(200);
    worker.act(&calls_of(&receipt)).await.refused(403, "forbidden");
    let back = json!({"agent_id": agent_id(&app, "a").await});
    agent(&app, "anna").await.post(&format!("{path}/assign"), back).await.expect(200);
    call(&worker, &receipt, "busy").await;
    worker.act(&format!("{path}/assign")).await.expect(200);
    worker.act(&calls_of(&receipt)).await.refused(409, "conflict");
    assert_eq!(worker.act(&format!("{path}/unassign")).await.expect(200).body["state"], "retry_scheduled");
    worker.act(&format!("{path}/unassign")).await.refused(409, "illegal_transition");
}

#[apply(both)]
async fn parallel_reroutes_succeed_once(app: TestApp) {
    let receipt = create_request(&app, 1, asap()).await.expect(201);
    let path = format!("{PATH}/{}/reroute", receipt.id());
    let replies = at_once(20, |number| {
        let (app, path) = (&app, path.clone());
        async move { agent(app, &format!("agent-{number}")).await.act(&path).await }
    })
    .await;
    assert_eq!((with_status(&replies, 201), with_status(&replies, 409)), (1, 19));
}

#[apply(both)]
async fn closing_a_day_flags_its_requests(app: TestApp) {
    let receipt = create_request(&app, 1, json!({"kind": "slot", "window": "10:00-11:00", "date": "2027-03-31"}))
        .await
        .expect(201);
    let other = create_request(&app, 2, json!({"kind": "slot", "window": "10:00-11:00", "date": "2027-04-01"}))
        .await
        .expect(201);
    let closed = app
        .admin()
        .post("/v1/calendars/default/closed-days", json!({"date": "2027-03-31", "reason": "Rest"}))
        .await
        .expect(201);
    let flagged = agent(&app, "a").await.get(&format!("{PATH}?flag=closed_day")).await.expect(200);
    assert_eq!(
        flagged.body["data"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect::<Vec<_>>(),
        [json!(receipt.id())]
    );
    let after = read_request(&app, &receipt).await;
    assert_eq!((&after["slot_id"], &after["state"]), (&json!("20270331T0800Z"), &json!("scheduled")));
    assert_eq!(read_request(&app, &other).await["flags"], json!([]));
    app.admin().delete(closed.header("location")).await.expect(204);
    assert_eq!(read_request(&app, &receipt).await["flags"], json!([]));
    // An agent reschedules the request; the first promise still counts.
    app.admin()
        .post("/v1/calendars/default/closed-days", json!({"date": "2027-03-31", "reason": "Rest"}))
        .await
        .expect(201);
    let elsewhere = json!({"preference": {"kind": "slot", "window": "10:00-11:00", "date": "2027-04-02"}});
    agent(&app, "a").await.post(&format!("{PATH}/{}/reschedule", receipt.id()), elsewhere).await.expect(200);
    let moved = read_request(&app, &receipt).await;
    assert_eq!(
        (&moved["flags"], &moved["first_promised_from"], &moved["promised_from"]),
        (&json!([]), &json!("2027-03-31T08:00:00Z"), &json!("2027-04-02T08:00:00Z"))
    );
}

#[apply(both)]
async fn an_agent_reads_problems_in_the_preferred_language(app: TestApp) {
    let in_german = |client: &Client, path: &str, body: Value| {
        client.request("POST", path).header("Accept-Language", "de").json(body).send()
    };
    let next = format!("{PATH}/next");
    let worker = agent(&app, "a").await;
    let idle = worker.request("POST", &next).header("Accept-Language", "de").send().await;
    let idle = idle.refused(404, "nothing_to_claim");
    assert_eq!((idle.header("content-language"), &idle.body["title"]), ("de", &json!("Keine wartende Rückrufanfrage")));

    let request = create_request(&app, 1, asap()).await.expect(201);
    assert_eq!(worker.act(&next).await.expect(200).id(), request.id());
    let other = agent(&app, "b").await;
    let foreign = in_german(&other, &calls_of(&request), json!({})).await.refused(403, "forbidden");
    assert_eq!(foreign.body["detail"], "Die Anfrage ist einem anderen Agenten zugewiesen.");
    call(&worker, &request, "reached").await;
    let late = in_german(&worker, &calls_of(&request), json!({})).await.refused(409, "illegal_transition");
    let detail = late.body["detail"].as_str().unwrap();
    assert!(detail.starts_with("„create_call“ ist nicht möglich, solange die Rückrufanfrage"), "{detail}");
}
