//! Which calls keep a promise: those in opening hours, also if they are recorded later, each once.

use super::agents::{on_duty, tick};
use super::support::client::Client;
use super::support::desk::*;
use super::support::*;

async fn report(app: &TestApp) -> Value {
    agent(app, "reader").await.get("/v1/reports/callbacks?from=2027-03-01&to=2027-05-01").await.expect(200).body
}

/// Returns the state and the promise of a request.
async fn standing(app: &TestApp, request: &Reply) -> (String, String) {
    let request = read_request(app, request).await;
    let text = |field: &str| request[field].as_str().unwrap().to_owned();
    (text("state"), text("promise"))
}

fn is(state: &str, promise: &str) -> (String, String) {
    (state.to_owned(), promise.to_owned())
}

fn past(starts: &str, ends: &str, outcome: &str) -> Value {
    json!({"started_at": starts, "ended_at": ends, "outcome": outcome})
}

fn telephony(app: &TestApp) -> Client {
    app.service("telephony", "callbacks:read callbacks:work")
}

#[apply(both)]
async fn a_call_in_the_night_keeps_no_promise(app: TestApp) {
    app.clock.set("2027-03-30T18:00:00Z".parse().unwrap());
    let mut requests = Vec::new();
    for number in 0..3 {
        let request = create_request(&app, number, asap()).await.expect(201);
        assert_eq!(request.body["promised_by"], "2027-03-31T08:30:00Z");
        requests.push(request);
    }
    let [kept, missed, closed] = [&requests[0], &requests[1], &requests[2]];
    // A script calls everyone at three o'clock.
    app.clock.set("2027-03-31T01:00:00Z".parse().unwrap());
    let worker = agent(&app, "anna").await;
    for (request, outcome) in [(kept, "no_answer"), (missed, "busy"), (closed, "reached")] {
        call(&worker, request, outcome).await;
    }
    for request in [kept, missed] {
        assert_eq!(standing(&app, request).await, is("retry_scheduled", "pending"));
    }
    assert_eq!(standing(&app, closed).await, is("completed", "broken"));
    assert_eq!(report(&app).await["response"]["calls"], 0);

    // Ten minutes before the promised time ends, the desk is warned as if no call had been made.
    app.clock.set("2027-03-31T08:20:00Z".parse().unwrap());
    tick(&app).await;
    let feed = app.drained_feed().await;
    let at_risk = feed.iter().filter(|event| event["type"] == "promise.at_risk");
    assert_eq!(at_risk.map(|event| event["subject"].clone()).collect::<Vec<_>>(), [kept.id(), missed.id()]);
    app.clock.set("2027-03-31T08:25:00Z".parse().unwrap());
    call(&worker, kept, "reached").await;
    app.clock.set("2027-03-31T08:30:00Z".parse().unwrap());
    tick(&app).await;
    assert_eq!(standing(&app, kept).await, is("completed", "kept"));
    assert_eq!(standing(&app, missed).await, is("missed", "broken"));
    // Another call in the night does not take it from the front of the queue, or make it missed again.
    app.clock.set("2027-03-31T20:00:00Z".parse().unwrap());
    call(&worker, missed, "busy").await;
    tick(&app).await;
    assert_eq!(standing(&app, missed).await, is("retry_scheduled", "broken"));
    let report = report(&app).await;
    assert_eq!((&report["promises"]["kept"], &report["promises"]["broken"]), (&json!(1), &json!(2)));
    assert_eq!((&report["response"]["calls"], &report["response"]["within_5_minutes"]), (&json!(1), &json!(0)));
}

#[apply(both)]
async fn a_call_in_the_night_leaves_the_call_in_its_window(app: TestApp) {
    app.clock.set("2027-03-30T18:00:00Z".parse().unwrap());
    let slot = json!({"kind": "slot", "window": "14:00-15:00", "date": "2027-03-31"});
    let request = create_request(&app, 1, slot).await.expect(201);
    let worker = agent(&app, "anna").await;
    call(&worker, &request, "no_answer").await;
    let next = format!("{PATH}/next");
    // The desk opens, but the call is promised for the afternoon.
    app.clock.set("2027-03-31T08:00:00Z".parse().unwrap());
    worker.act(&next).await.refused(404, "nothing_to_claim");
    app.clock.set("2027-03-31T12:00:00Z".parse().unwrap());
    assert_eq!(worker.act(&next).await.expect(200).id(), request.id());
    call(&worker, &request, "reached").await;
    assert_eq!(standing(&app, &request).await, is("completed", "kept"));
}

#[apply(both)]
async fn a_call_just_before_the_opening_does_not_prevent_one_after_it(app: TestApp) {
    app.clock.set("2027-03-30T18:00:00Z".parse().unwrap());
    let request = create_request(&app, 1, asap()).await.expect(201);
    app.clock.set("2027-03-31T07:55:00Z".parse().unwrap());
    let worker = agent(&app, "anna").await;
    call(&worker, &request, "busy").await;
    // The pause of an hour would end after the promised time.
    app.clock.set("2027-03-31T08:00:00Z".parse().unwrap());
    call(&worker, &request, "reached").await;
    assert_eq!(standing(&app, &request).await, is("completed", "kept"));
}

#[apply(both)]
async fn a_call_in_its_window_keeps_the_promise_although_the_day_was_closed_afterwards(app: TestApp) {
    let request = create_request(&app, 1, window("10:00-11:00")).await.expect(201);
    let closed = json!({"date": "2027-03-30", "reason": "Rest"});
    app.admin().post("/v1/calendars/default/closed-days", closed).await.expect(201);
    app.clock.set("2027-03-30T08:10:00Z".parse().unwrap());
    call(&agent(&app, "anna").await, &request, "reached").await;
    assert_eq!(standing(&app, &request).await, is("completed", "kept"));
}

#[apply(both)]
async fn a_recorded_call_in_the_night_corrects_no_promise(app: TestApp) {
    app.clock.set("2027-03-30T18:00:00Z".parse().unwrap());
    let request = create_request(&app, 1, asap()).await.expect(201);
    let anna = json!({"agent_id": agent_id(&app, "anna").await});
    telephony(&app).post(&format!("{PATH}/{}/assign", request.id()), anna).await.expect(200);
    app.clock.set("2027-03-31T08:40:00Z".parse().unwrap());
    tick(&app).await;
    assert_eq!(standing(&app, &request).await, is("missed", "broken"));
    let night = past("2027-03-31T01:00:00Z", "2027-03-31T01:05:00Z", "no_answer");
    telephony(&app).post(&calls_of(&request), night).await.expect(201);
    assert_eq!(standing(&app, &request).await, is("retry_scheduled", "broken"));
    let on_time = past("2027-03-31T08:10:00Z", "2027-03-31T08:15:00Z", "reached");
    telephony(&app).post(&calls_of(&request), on_time).await.expect(201);
    assert_eq!(standing(&app, &request).await, is("completed", "kept"));
    assert_eq!(read_request(&app, &request).await["attempts"], 2);
    assert_eq!(report(&app).await["response"]["calls"], 1);
}

#[apply(both)]
async fn a_past_call_corrects_the_promise_of_a_request_that_its_agent_got_again(app: TestApp) {
    on_duty(&app, "anna", "10:00", "17:00").await;
    let anna = json!(agent_id(&app, "anna").await);
    let request = create_request(&app, 1, window("10:00-11:00")).await.expect(201);
    tick(&app).await;
    assert_eq!(read_request(&app, &request).await["agent_id"], anna);
    // Missed, and assigned to the same agent at once.
    app.clock.set("2027-03-30T09:00:00Z".parse().unwrap());
    tick(&app).await;
    assert_eq!(standing(&app, &request).await, is("assigned", "broken"));
    let on_time = past("2027-03-30T08:10:00Z", "2027-03-30T08:20:00Z", "reached");
    telephony(&app).post(&calls_of(&request), on_time).await.expect(201);
    assert_eq!(standing(&app, &request).await, is("completed", "kept"));
    let path = "/v1/reports/callbacks?from=2027-03-01&to=2027-05-01&group_by=agent";
    let report = agent(&app, "reader").await.get(path).await.expect(200).body;
    let groups = report["groups"].as_array().unwrap();
    assert_eq!((groups.len(), &groups[0]["agent_id"], &groups[0]["promises"]["kept"]), (1, &anna, &json!(1)));
}

#[apply(both)]
async fn a_call_is_recorded_once(app: TestApp) {
    let request = create_request(&app, 1, window("10:00-11:00")).await.expect(201);
    let anna = json!({"agent_id": agent_id(&app, "anna").await});
    telephony(&app).post(&format!("{PATH}/{}/assign", request.id()), anna).await.expect(200);
    app.clock.set("2027-03-30T08:40:00Z".parse().unwrap());
    let first = past("2027-03-30T08:10:00Z", "2027-03-30T08:15:00Z", "no_answer");
    let keyed = || {
        let sent = telephony(&app).request("POST", &calls_of(&request)).header("Idempotency-Key", "call-17");
        sent.json(first.clone()).send()
    };
    let recorded = keyed().await.expect(201);
    assert_eq!(keyed().await.expect(201).body, recorded.body);
    for again in [first.clone(), past("2027-03-30T08:14:59Z", "2027-03-30T08:20:00Z", "busy")] {
        let refused = telephony(&app).post(&calls_of(&request), again).await.refused(409, "conflict");
        assert_eq!(refused.body["call_id"], recorded.body["id"]);
    }
    let second = past("2027-03-30T08:15:00Z", "2027-03-30T08:20:00Z", "busy");
    telephony(&app).post(&calls_of(&request), second).await.expect(201);
    assert_eq!(read_request(&app, &request).await["attempts"], 2);
}
