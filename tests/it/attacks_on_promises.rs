//! Attacks by agents on what visitors were promised: with the links of visitors, by rerouting, and by rescheduling.

use std::time::Duration;

use super::support::client::Client;
use super::support::desk::*;
use super::support::*;

async fn report(app: &TestApp) -> Value {
    let path = "/v1/reports/callbacks?from=2027-03-01&to=2027-05-01&group_by=agent";
    agent(app, "reader").await.get(path).await.expect(200).body
}

fn at(app: &TestApp, time: &str) {
    app.clock.set(format!("2027-03-30T{time}:00Z").parse().unwrap());
}

fn path_of(request: &Reply, verb: &str) -> String {
    format!("{PATH}/{}/{verb}", request.id())
}

/// Creates a request with a link that this agent creates; returns it, and the link.
async fn with_link_of(app: &TestApp, worker: &Client, number: usize, name: &str) -> (Reply, Reply) {
    let receipt = create_request(app, number, window(name)).await.expect(201);
    worker.act(&path_of(&receipt, "assign")).await.expect(200);
    let link = worker.act(&path_of(&receipt, "manage-link")).await.expect(200);
    (receipt, link)
}

#[apply(both)]
async fn a_change_with_a_link_of_an_agent_counts_as_theirs(app: TestApp) {
    let anna = agent(&app, "anna").await;
    let (moved, link) = with_link_of(&app, &anna, 1, "10:00-11:00").await;
    with_secret(&app, &link, "reschedule").json(other_time("14:00-15:00")).send().await.expect(200);
    let request = read_request(&app, &moved).await;
    assert_eq!(
        (&request["promised_by"], &request["first_promised_by"]),
        (&json!("2027-03-30T13:00:00Z"), &json!("2027-03-30T09:00:00Z"))
    );
    // The link stays one of the agent in the request that continues this one.
    let (rerouted, link) = with_link_of(&app, &anna, 2, "10:00-11:00").await;
    let next = anna.act(&path_of(&rerouted, "reroute")).await.expect(201);
    with_secret(&app, &link, "reschedule").json(other_time("14:00-15:00")).send().await.expect(200);
    assert_eq!(read_request(&app, &next).await["first_promised_by"], "2027-03-30T09:00:00Z");

    let (_, link) = with_link_of(&app, &anna, 3, "11:00-12:00").await;
    with_secret(&app, &link, "cancel").send().await.expect(200);
    // With the link of an application, it is the visitor again.
    let (moved, _) = with_link_of(&app, &anna, 4, "11:00-12:00").await;
    let (cancelled, _) = with_link_of(&app, &anna, 5, "11:00-12:00").await;
    let mail = app.service("mail", "callbacks:work");
    let link = mail.act(&path_of(&moved, "manage-link")).await.expect(200);
    with_secret(&app, &link, "reschedule").json(other_time("15:00-16:00")).send().await.expect(200);
    assert_eq!(read_request(&app, &moved).await["first_promised_by"], "2027-03-30T14:00:00Z");
    let link = mail.act(&path_of(&cancelled, "manage-link")).await.expect(200);
    with_secret(&app, &link, "cancel").send().await.expect(200);

    let report = report(&app).await;
    assert_eq!((&report["promises"]["cancelled_by_desk"], &report["visitors"]["agent_links"]), (&json!(1), &json!(3)));
    let groups = report["groups"].as_array().unwrap();
    let anna = json!(agent_id(&app, "anna").await);
    let of_anna = groups.iter().find(|group| group["agent_id"] == anna).unwrap();
    assert_eq!(of_anna["promises"]["cancelled_by_desk"], 1);
}

#[apply(both)]
async fn no_person_replaces_the_link_of_a_closed_request(app: TestApp) {
    let receipt = create_request(&app, 1, window("10:00-11:00")).await.expect(201);
    let worker = agent(&app, "anna").await;
    at(&app, "08:10");
    call(&worker, &receipt, "reached").await;
    let path = path_of(&receipt, "manage-link");
    for person in [&worker, &app.admin()] {
        person.act(&path).await.refused(409, "conflict");
    }
    let late = json!({"called_on_time": false});
    with_secret(&app, &receipt, "feedback").json(late).send().await.expect(200);
    app.service("mail", "callbacks:work").act(&path).await.expect(200);
}

#[apply(both)]
async fn rerouting_after_a_call_gives_no_other_promise(app: TestApp) {
    let receipt = create_request(&app, 1, asap()).await.expect(201);
    let worker = agent(&app, "anna").await;
    at(&app, "08:04");
    call(&worker, &receipt, "busy").await;
    let mut last = receipt;
    for _ in 0..4 {
        last = worker.act(&path_of(&last, "reroute")).await.expect(201);
        let fields = ["state", "promise", "attempts", "promised_by", "first_promised_by", "due_from"];
        assert_eq!(
            fields.map(|field| last.body[field].clone()),
            [
                json!("retry_scheduled"),
                json!("kept"),
                json!(1),
                json!("2027-03-30T08:30:00Z"),
                json!("2027-03-30T08:30:00Z"),
                json!("2027-03-30T09:04:00Z")
            ]
        );
        worker.act(&calls_of(&last)).await.refused(409, "conflict");
    }
    worker.act(&format!("{PATH}/next")).await.refused(404, "nothing_to_claim");
    for (time, state) in [("09:04", "retry_scheduled"), ("10:04", "unreachable")] {
        at(&app, time);
        assert_eq!(call(&worker, &last, "busy").await.body["request_state"], state);
    }
    // The call that was made before the reroutes is the first one.
    let numbers = worker.get(&calls_of(&last)).await.expect(200);
    assert_eq!((&numbers.body["data"][0]["number"], &numbers.body["data"][1]["number"]), (&json!(2), &json!(3)));
    let report = report(&app).await;
    let counted = ["kept", "broken", "pending"].map(|field| report["promises"][field].clone());
    assert_eq!(counted, [json!(1), json!(0), json!(0)]);
    assert_eq!((&report["response"]["calls"], &report["response"]["p50_seconds"]), (&json!(1), &json!(240)));
}

#[apply(both)]
async fn a_past_call_after_a_reroute_is_not_the_first_one(app: TestApp) {
    let receipt = create_request(&app, 1, asap()).await.expect(201);
    let worker = agent(&app, "anna").await;
    at(&app, "08:40");
    call(&worker, &receipt, "busy").await;
    let next = worker.act(&path_of(&receipt, "reroute")).await.expect(201);
    at(&app, "10:00");
    worker.act(&path_of(&next, "assign")).await.expect(200);
    at(&app, "10:20");
    let past = json!({
        "started_at": "2027-03-30T10:05:00Z", "ended_at": "2027-03-30T10:10:00Z", "outcome": "reached"
    });
    app.service("telephony", "callbacks:work").post(&calls_of(&next), past).await.expect(201);
    let report = report(&app).await;
    assert_eq!((&report["promises"]["kept"], &report["promises"]["broken"]), (&json!(0), &json!(1)));
    assert_eq!((&report["response"]["calls"], &report["response"]["p50_seconds"]), (&json!(1), &json!(2_400)));
}

#[apply(both)]
async fn rescheduling_does_not_shorten_the_pause_after_a_call(app: TestApp) {
    let receipt = create_request(&app, 1, asap()).await.expect(201);
    let worker = agent(&app, "anna").await;
    at(&app, "08:00");
    call(&worker, &receipt, "busy").await;
    let soon = json!({"preference": asap()});
    // Also after it was moved to a later time.
    for (body, due_from) in [
        (soon.clone(), "2027-03-30T09:00:00Z"),
        (other_time("14:00-15:00"), "2027-03-30T12:00:00Z"),
        (soon, "2027-03-30T09:00:00Z"),
    ] {
        worker.post(&path_of(&receipt, "reschedule"), body).await.expect(200);
        assert_eq!(read_request(&app, &receipt).await["due_from"], due_from);
        worker.act(&calls_of(&receipt)).await.refused(409, "conflict");
    }
    at(&app, "09:00");
    call(&worker, &receipt, "reached").await;
}

#[apply(both)]
async fn a_reroute_does_not_hide_how_long_the_visitor_has_waited(app: TestApp) {
    at(&app, "08:00");
    let receipt = create_request(&app, 1, asap()).await.expect(201);
    let worker = agent(&app, "anna").await;
    at(&app, "08:10");
    let next = worker.act(&path_of(&receipt, "reroute")).await.expect(201);
    at(&app, "08:12");
    call(&worker, &next, "reached").await;
    let response = report(&app).await["response"].clone();
    assert_eq!(
        (&response["calls"], &response["within_5_minutes"], &response["p50_seconds"]),
        (&json!(1), &json!(0), &json!(720))
    );
}

#[apply(both)]
async fn a_visitor_keeps_access_however_often_the_request_is_rerouted(app: TestApp) {
    let receipt = create_request(&app, 1, window("10:00-11:00")).await.expect(201);
    let worker = agent(&app, "anna").await;
    let mut id = receipt.id();
    for _ in 0..19 {
        id = worker.act(&format!("{PATH}/{id}/reroute")).await.expect(201).id();
    }
    worker.act(&format!("{PATH}/{id}/reroute")).await.refused(409, "conflict");
    assert_eq!(with_secret(&app, &receipt, "receipt").send().await.expect(200).id(), id);
    let cancelled = with_secret(&app, &receipt, "cancel").send().await.expect(200);
    assert_eq!((cancelled.id(), &cancelled.body["state"]), (id, &json!("cancelled")));
}

#[apply(both)]
async fn an_early_call_releases_the_capacity_of_every_request_that_it_serves(app: TestApp) {
    let first = create_request_from(&app, "192.0.2.1", 1, window("11:00-12:00")).await.expect(201);
    let second = create_request_from(&app, "192.0.2.2", 1, window("11:00-12:00")).await.expect(201);
    assert_eq!(read_request(&app, &second).await["linked_to"], json!(first.id()));
    assert_eq!(capacity_remaining(&app, "20270330T0900Z").await, 1);
    app.clock.advance(Duration::from_secs(60));
    call(&agent(&app, "anna").await, &first, "reached").await;
    assert_eq!(capacity_remaining(&app, "20270330T0900Z").await, 3);
}
