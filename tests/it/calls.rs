//! Calls with a start and an end: one at a time, judged by the start, never interrupted by the service.

use std::time::Duration;

use super::agents::{on_duty, tick};
use super::support::desk::*;
use super::support::receiver::Receiver;
use super::support::*;
use super::webhooks::drain;

fn end_of(started: &Reply) -> String {
    format!("/v1/calls/{}/end", started.id())
}

async fn report(app: &TestApp) -> Value {
    let reader = agent(app, "reader").await;
    reader.get("/v1/reports/callbacks?from=2027-03-01&to=2027-05-01").await.expect(200).body["promises"].clone()
}

#[apply(both)]
async fn a_call_that_is_still_running_when_its_window_ends_keeps_the_promise(app: TestApp) {
    for name in ["anna", "bara"] {
        on_duty(&app, name, "10:00", "17:00").await;
    }
    let receipt = create_request(&app, 1, window("10:00-11:00")).await.expect(201);
    tick(&app).await;
    let request = read_request(&app, &receipt).await;
    let name = if request["agent_id"] == json!(agent_id(&app, "anna").await) { "anna" } else { "bara" };
    let (worker, other) = (agent(&app, name).await, agent(&app, if name == "anna" { "bara" } else { "anna" }).await);
    // Two minutes before the end of the window.
    app.clock.set("2027-03-30T08:58:00Z".parse().unwrap());
    let started = worker.act(&calls_of(&receipt)).await.expect(201);
    assert_eq!(started.body["request_state"], "calling");
    // Eight minutes after it. Three replicas of the scheduler run all the time.
    for _ in 0..10 {
        app.clock.advance(Duration::from_secs(60));
        let rounds = (0..3).map(|_| entente::app::scheduler::run_once(&app.state.db, &app.state.environment));
        for round in futures_util::future::join_all(rounds).await {
            round.unwrap();
        }
        other.act(&format!("{PATH}/next")).await.refused(404, "nothing_to_claim");
    }
    for verb in ["assign", "unassign", "reroute", "cancel"] {
        other.act(&format!("{PATH}/{}/{verb}", receipt.id())).await.refused(409, "illegal_transition");
    }
    let elsewhere = json!({"preference": {"kind": "asap"}});
    other.post(&format!("{PATH}/{}/reschedule", receipt.id()), elsewhere).await.refused(409, "illegal_transition");
    let ended =
        worker.post(&end_of(&started), json!({"outcome": "reached", "notes": "Two licences"})).await.expect(200);
    assert_eq!(
        (&ended.body["request_state"], &ended.body["call"]["notes"]),
        (&json!("completed"), &json!("Two licences"))
    );
    let promises = report(&app).await;
    assert_eq!((&promises["kept"], &promises["broken"]), (&json!(1), &json!(0)));
    let feed = app.drained_feed().await;
    let kinds: Vec<_> = feed.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == "callback_request.assigned").count(), 1);
    assert!(!kinds.contains(&"callback_request.missed") && !kinds.contains(&"promise.at_risk"), "{kinds:?}");
    let of_call: Vec<_> = kinds.iter().filter(|kind| kind.starts_with("call.")).collect();
    assert_eq!(of_call, [&"call.started", &"call.ended"]);
    assert!(!format!("{feed:?}").contains("Two licences"));
}

#[apply(both)]
async fn parallel_starts_of_a_call_succeed_once(app: TestApp) {
    let receipt = create_request(&app, 1, asap()).await.expect(201);
    for number in 0..20 {
        agent(&app, &format!("agent-{number}")).await;
    }
    let replies = at_once(20, |number| {
        let client = app.caller(&format!("agent-{number}"), "callbacks:read callbacks:work");
        let path = calls_of(&receipt);
        async move { client.act(&path).await }
    })
    .await;
    assert_eq!((with_status(&replies, 201), with_status(&replies, 409)), (1, 19));
    let calls = agent(&app, "reader").await.get(&calls_of(&receipt)).await.expect(200);
    assert_eq!(calls.body["data"].as_array().unwrap().len(), 1);
}

#[apply(both)]
async fn an_agent_makes_one_call_at_a_time(app: TestApp) {
    let mut receipts = Vec::new();
    for number in 0..20 {
        receipts.push(create_request(&app, number, asap()).await.expect(201));
    }
    let worker = agent(&app, "anna").await;
    let replies = at_once(20, |number| {
        let (client, path) = (app.caller("anna", "callbacks:read callbacks:work"), calls_of(&receipts[number]));
        async move { client.act(&path).await }
    })
    .await;
    assert_eq!((with_status(&replies, 201), with_status(&replies, 409)), (1, 19));
    let started = replies.iter().find(|reply| reply.status == 201).unwrap();
    // The others are as they were.
    let waiting = worker.get(&format!("{PATH}?state=queued_asap&limit=100")).await.expect(200);
    assert_eq!(waiting.body["data"].as_array().unwrap().len(), 19);
    worker.post(&end_of(started), json!({"outcome": "reached"})).await.expect(200);
    let other = replies.iter().position(|reply| reply.status == 409).unwrap();
    worker.act(&calls_of(&receipts[other])).await.expect(201);
}

#[apply(both)]
async fn parallel_ends_of_a_call_succeed_once(app: TestApp) {
    let receipt = create_request(&app, 1, asap()).await.expect(201);
    let worker = agent(&app, "anna").await;
    let started = worker.act(&calls_of(&receipt)).await.expect(201);
    let replies = at_once(20, |number| {
        let (client, path) = (app.caller("anna", "callbacks:read callbacks:work"), end_of(&started));
        let outcome = if number % 2 == 0 { "reached" } else { "busy" };
        async move { client.post(&path, json!({"outcome": outcome})).await }
    })
    .await;
    assert_eq!((with_status(&replies, 200), with_status(&replies, 409)), (1, 19));
    let ends = app.drained_feed().await.iter().filter(|event| event["type"] == "call.ended").count();
    assert_eq!(ends, 1);
}

#[apply(both)]
async fn only_the_agent_an_application_or_an_administrator_ends_a_call(app: TestApp) {
    let worker = agent(&app, "anna").await;
    for (number, status) in [(1, 403), (2, 200), (3, 200)] {
        let receipt = create_request(&app, number, asap()).await.expect(201);
        let started = worker.act(&calls_of(&receipt)).await.expect(201);
        let reached = json!({"outcome": "reached"});
        let caller = match number {
            1 => agent(&app, "bara").await,
            2 => app.service("telephony", "callbacks:work"),
            _ => app.admin(),
        };
        assert_eq!(caller.post(&end_of(&started), reached.clone()).await.status, status, "{number}");
        if status == 403 {
            worker.post(&end_of(&started), json!({"outcome": "abandoned"})).await.violates("/outcome", "unknown_value");
            worker.post(&end_of(&started), reached).await.expect(200);
        }
    }
}

#[apply(both)]
async fn a_call_that_is_not_ended_is_abandoned_after_two_hours(app: TestApp) {
    let receipt = create_request(&app, 1, window("10:00-11:00")).await.expect(201);
    let worker = agent(&app, "anna").await;
    app.clock.set("2027-03-30T08:10:00Z".parse().unwrap());
    let started = worker.act(&calls_of(&receipt)).await.expect(201);
    app.clock.set("2027-03-30T10:09:59Z".parse().unwrap());
    tick(&app).await;
    assert_eq!(read_request(&app, &receipt).await["state"], "calling");
    app.clock.set("2027-03-30T10:10:00Z".parse().unwrap());
    let rounds = (0..3).map(|_| entente::app::scheduler::run_once(&app.state.db, &app.state.environment));
    let changes: usize = futures_util::future::join_all(rounds).await.into_iter().map(Result::unwrap).sum();
    assert_eq!(changes, 1);
    let request = read_request(&app, &receipt).await;
    assert_eq!((&request["state"], &request["promise"]), (&json!("retry_scheduled"), &json!("kept")));
    let calls = worker.get(&calls_of(&receipt)).await.expect(200);
    assert_eq!(calls.body["data"][0]["outcome"], "abandoned");
    worker.post(&end_of(&started), json!({"outcome": "reached"})).await.refused(409, "illegal_transition");
}

#[apply(both)]
async fn an_application_records_a_past_call_which_corrects_a_missed_promise(app: TestApp) {
    let receipt = create_request(&app, 1, window("10:00-11:00")).await.expect(201);
    let worker = agent(&app, "anna").await;
    app.clock.set("2027-03-30T08:05:00Z".parse().unwrap());
    worker.act(&format!("{PATH}/next")).await.expect(200);
    app.clock.set("2027-03-30T09:10:00Z".parse().unwrap());
    tick(&app).await;
    assert_eq!(read_request(&app, &receipt).await["promise"], "broken");
    let telephony = app.service("telephony", "callbacks:read callbacks:work");
    let past = |from: &str, to: &str| json!({"started_at": from, "ended_at": to, "outcome": "reached"});
    let path = calls_of(&receipt);
    for (body, place, code) in [
        (json!({"started_at": "2027-03-30T08:10:00Z"}), "/ended_at", "required"),
        (past("2027-03-30T08:10:00Z", "2027-03-30T09:10:01Z"), "/ended_at", "impossible_end"),
        (past("2027-03-30T08:10:00Z", "2027-03-30T08:09:59Z"), "/ended_at", "impossible_end"),
        // Before the agent had the request.
        (past("2027-03-30T08:04:59Z", "2027-03-30T08:20:00Z"), "/started_at", "impossible_start"),
    ] {
        telephony.post(&path, body).await.violates(place, code);
    }
    let mut foreign = past("2027-03-30T08:10:00Z", "2027-03-30T08:20:00Z");
    foreign["agent_id"] = json!(agent_id(&app, "bara").await);
    telephony.post(&path, foreign).await.violates("/agent_id", "not_the_agent");
    // An agent cannot correct their own promise.
    let good = past("2027-03-30T08:10:00Z", "2027-03-30T08:20:00Z");
    worker.post(&path, good.clone()).await.refused(403, "forbidden");
    app.admin().post(&path, good.clone()).await.refused(403, "forbidden");
    let replies = at_once(20, |_| {
        let (client, path, body) = (app.service("telephony", "callbacks:work"), path.clone(), good.clone());
        async move { client.post(&path, body).await }
    })
    .await;
    assert_eq!((with_status(&replies, 201), with_status(&replies, 409)), (1, 19));
    let request = read_request(&app, &receipt).await;
    assert_eq!((&request["state"], &request["promise"]), (&json!("completed"), &json!("kept")));
    let promises = report(&app).await;
    assert_eq!((&promises["kept"], &promises["broken"]), (&json!(1), &json!(0)));
}

#[apply(both)]
async fn the_rules_for_calling_are_settings_of_the_queue(app: TestApp) {
    let path = format!("/v1/queues/{}", queues()[0]);
    app.admin().patch(&path, "*", json!({"max_attempts": 2, "attempt_pause_minutes": 5})).await.expect(200);
    let receipt = create_request(&app, 1, asap()).await.expect(201);
    let worker = agent(&app, "anna").await;
    app.clock.set("2027-03-30T08:00:00Z".parse().unwrap());
    let first = call(&worker, &receipt, "busy").await;
    assert_eq!(first.body["next_call_from"], "2027-03-30T08:05:00Z");
    worker.act(&calls_of(&receipt)).await.refused(409, "conflict");
    app.clock.set("2027-03-30T08:05:00Z".parse().unwrap());
    assert_eq!(call(&worker, &receipt, "busy").await.body["request_state"], "unreachable");
    worker.act(&calls_of(&receipt)).await.refused(409, "illegal_transition");
}

#[apply(both)]
async fn a_visitor_who_is_erased_during_a_call_leaves_no_running_call(app: TestApp) {
    let receipt = create_request(&app, 1, asap()).await.expect(201);
    let worker = agent(&app, "anna").await;
    let started = worker.act(&calls_of(&receipt)).await.expect(201);
    app.admin().post("/v1/data-subjects/erase", json!({"phone": "601100001"})).await.expect(200);
    assert_eq!(read_request(&app, &receipt).await["state"], "cancelled");
    let end = json!({"outcome": "reached", "notes": "Visitor 1 wants two"});
    let ended = worker.post(&end_of(&started), end).await.expect(200);
    assert_eq!((&ended.body["request_state"], &ended.body["call"]["notes"]), (&json!("cancelled"), &Value::Null));
    let next = create_request(&app, 2, asap()).await.expect(201);
    worker.act(&calls_of(&next)).await.expect(201);
}

#[apply(both)]
async fn a_visitor_reads_nothing_strange_during_a_call(app: TestApp) {
    let receipt = create_request(&app, 1, window("10:00-11:00")).await.expect(201);
    let view = async || with_secret(&app, &receipt, "receipt").send().await.expect(200).body;
    let before = view().await;
    app.clock.set("2027-03-30T08:10:00Z".parse().unwrap());
    agent(&app, "anna").await.act(&calls_of(&receipt)).await.expect(201);
    let during = view().await;
    assert_eq!((&during["state"], &during["confirmation"]), (&before["state"], &before["confirmation"]));
    assert_eq!(during["can_change"], json!(false));
    with_secret(&app, &receipt, "cancel").send().await.refused(409, "illegal_transition");
}

#[apply(both)]
async fn events_of_calls_are_filtered_by_the_fields_of_their_request(app: TestApp) {
    let types = json!(["call.started", "call.ended"]);
    let (mut support, mut others) = (Receiver::start(), Receiver::start());
    let endpoint = async |url: &str, filter: Value| {
        let endpoint = json!({"url": url, "event_types": types, "filter": filter});
        app.admin().post("/v1/webhook-endpoints", endpoint).await.expect(201)
    };
    for filter in [
        json!({"data.queue": ["support"], "data.intent": ["technical_support"]}),
        json!({"data.locale": ["de"]}),
        json!({"campaign": ["spring"]}),
        json!({"data.queue": ["support"], "data.locale": ["cs", "de"], "campaign": ["summer", "spring"]}),
    ] {
        endpoint(support.url.as_str(), filter).await;
    }
    let sales = endpoint(others.url.as_str(), json!({"data.queue": ["sales"]})).await;
    for filter in [json!({"campaign": ["summer"]}), json!({"data.locale": ["en"]}), json!({"data.state": ["calling"]})]
    {
        endpoint(others.url.as_str(), filter).await;
    }
    let mut body = request_body(1, asap());
    (body["intent"], body["locale"]) = (json!("technical_support"), json!("de"));
    body["source"] = json!({"campaign": "spring"});
    let receipt = app.anonymous().post(PATH, body).await.expect(201);
    call(&agent(&app, "anna").await, &receipt, "reached").await;
    drain(&app).await;
    let received: Vec<Value> = support.received().iter().map(|one| one.body()).collect();
    let of_type = |kind: &str| received.iter().filter(|event| event["type"] == kind).count();
    assert_eq!((received.len(), of_type("call.started"), of_type("call.ended")), (8, 4, 4));
    for event in &received {
        let data = &event["data"];
        assert_eq!([&data["queue"], &data["intent"], &data["locale"]], ["support", "technical_support", "de"]);
        // The campaign is personal data.
        assert!(!event.to_string().contains("spring"), "{event}");
    }
    assert!(others.received().is_empty());

    // A replay filters in the same way.
    let path = sales.header("location").to_owned();
    for (campaign, expected) in [("spring", 2), ("summer", 0)] {
        app.admin().patch(&path, "*", json!({"filter": {"campaign": [campaign]}})).await.expect(200);
        let replay = json!({"since": start_time(), "selection": "missing", "dry_run": true});
        let found = app.admin().post(&format!("{path}/replay"), replay).await.expect(200);
        assert_eq!(found.body["events"], expected, "{campaign}");
    }
}
