//! The callback report: every promise is counted exactly once.

use super::agents::tick;
use super::support::desk::*;
use super::support::*;

async fn report(app: &TestApp) -> Value {
    agent(app, "a").await.get("/v1/reports/callbacks?from=2027-03-01&to=2027-05-01").await.expect(200).body
}

#[apply(both)]
async fn a_promise_is_counted_once(app: TestApp) {
    // Missed, then rerouted: one broken promise.
    let missed = create_request(&app, 1, asap()).await.expect(201);
    // Missed, then rescheduled by the visitor: still broken, on its original day.
    let moved = create_request(&app, 2, asap()).await.expect(201);
    // Called in time, with a linked request, then rescheduled by an agent.
    let led = create_request_from(&app, "192.0.2.1", 3, asap()).await.expect(201);
    create_request_from(&app, "192.0.2.2", 3, asap()).await.expect(201);
    let worker = agent(&app, "a").await;
    worker.act(&format!("{PATH}/{}/assign", led.id())).await.expect(200);
    call(&worker, &led, "busy").await;
    app.clock.set("2027-03-30T09:00:00Z".parse().unwrap());
    tick(&app).await;
    worker.act(&format!("{PATH}/{}/reroute", missed.id())).await.expect(201);
    let later = json!({"preference": {"kind": "slot", "window": "14:00-15:00"}});
    let secret = moved.body["manage_token"].as_str().unwrap();
    let by_visitor = app
        .anonymous()
        .request("POST", &format!("{PATH}/{}/reschedule", moved.id()))
        .header("Manage-Token", secret)
        .json(later.clone());
    by_visitor.send().await.expect(200);
    worker.post(&format!("{PATH}/{}/reschedule", led.id()), later).await.expect(200);
    tick(&app).await;
    let promises = report(&app).await["promises"].clone();
    assert_eq!((&promises["kept"], &promises["broken"], &promises["pending"]), (&json!(1), &json!(2), &json!(0)));
}

#[apply(both)]
async fn an_early_call_releases_its_slot(app: TestApp) {
    let worker = agent(&app, "a").await;
    for (number, outcome) in [(1, "reached"), (2, "busy")] {
        let receipt = create_request(&app, number, window("11:00-12:00")).await.expect(201);
        worker.act(&format!("{PATH}/{}/assign", receipt.id())).await.expect(200);
        call(&worker, &receipt, outcome).await;
        if outcome == "busy" {
            assert_eq!(capacity_remaining(&app, "20270330T0900Z").await, 2);
            worker.act(&format!("{PATH}/{}/reroute", receipt.id())).await.expect(201);
        }
        assert_eq!(capacity_remaining(&app, "20270330T0900Z").await, 3, "{outcome}");
    }
}

#[apply(both)]
async fn promises_are_counted_by_outcome(app: TestApp) {
    let worker = agent(&app, "a").await;
    // Kept: a call in its window, and an ASAP call before the promised time.
    let window_kept = create_request(&app, 1, window("10:00-11:00")).await.expect(201);
    let asap_kept = create_request(&app, 2, asap()).await.expect(201);
    let too_early = create_request(&app, 3, window("11:00-12:00")).await.expect(201);
    let visitor_cancels = create_request(&app, 4, window("10:00-11:00")).await.expect(201);
    let agent_cancels = create_request(&app, 5, window("10:00-11:00")).await.expect(201);
    let agent_reschedules = create_request(&app, 6, window("12:00-13:00")).await.expect(201);
    let never = create_request(&app, 7, window("13:00-14:00")).await.expect(201);
    let abuse = create_request(&app, 8, window("14:00-15:00")).await.expect(201);
    app.clock.set("2027-03-30T08:04:00Z".parse().unwrap());
    for receipt in [&window_kept, &asap_kept, &too_early] {
        worker.post(&format!("{PATH}/{}/assign", receipt.id()), json!({})).await.expect(200);
        call(&worker, receipt, "reached").await;
    }
    for (receipt, reason) in [(&visitor_cancels, "visitor_asked"), (&agent_cancels, "other"), (&abuse, "abuse")] {
        worker.post(&format!("{PATH}/{}/cancel", receipt.id()), json!({"reason": reason})).await.expect(200);
    }
    let later = json!({"preference": {"kind": "slot", "window": "16:00-17:00"}});
    worker.post(&format!("{PATH}/{}/reschedule", agent_reschedules.id()), later).await.expect(200);
    app.clock.set("2027-03-30T14:30:00Z".parse().unwrap());
    worker.post(&format!("{PATH}/{}/assign", agent_reschedules.id()), json!({})).await.expect(200);
    call(&worker, &agent_reschedules, "reached").await;

    let counted = report(&app).await;
    // Broken: called too early, cancelled by an agent, rescheduled by an agent, never called.
    assert_eq!(
        counted["promises"],
        json!({"kept": 2, "broken": 4, "pending": 0, "not_counted": 2, "kept_share": 2.0 / 6.0})
    );
    assert_eq!(
        counted["response"],
        json!({"calls": 1, "within_5_minutes": 1, "within_5_minutes_share": 1.0, "p50_seconds": 240, "p90_seconds": 240})
    );
    // The scheduler changes the states, but not the counts.
    tick(&app).await;
    assert_eq!(report(&app).await, counted);
    assert_eq!(read_request(&app, &never).await["state"], "missed");
}

#[apply(both)]
async fn rescheduling_by_the_visitor_makes_a_new_promise(app: TestApp) {
    let receipt = create_request(&app, 1, window("10:00-11:00")).await.expect(201);
    let path = format!("{PATH}/{}/reschedule", receipt.id());
    let secret = receipt.body["manage_token"].as_str().unwrap();
    let later = json!({"preference": {"kind": "slot", "window": "12:00-13:00"}});
    app.anonymous().request("POST", &path).header("Manage-Token", secret).json(later).send().await.expect(200);
    app.clock.set("2027-03-30T10:00:00Z".parse().unwrap());
    let worker = agent(&app, "a").await;
    worker.act(&format!("{PATH}/next")).await.expect(200);
    call(&worker, &receipt, "busy").await;
    assert_eq!(read_request(&app, &receipt).await["promise"], "kept");
}

#[apply(both)]
async fn response_times_are_percentiles_of_the_calls(app: TestApp) {
    let worker = agent(&app, "a").await;
    app.clock.set("2027-03-30T08:00:00Z".parse().unwrap());
    let mut receipts = Vec::new();
    for number in 0..10 {
        receipts.push(create_request(&app, number, asap()).await.expect(201));
    }
    for receipt in &receipts {
        app.clock.advance(std::time::Duration::from_secs(60));
        worker.post(&format!("{PATH}/{}/assign", receipt.id()), json!({})).await.expect(200);
        call(&worker, receipt, "reached").await;
    }
    let response = report(&app).await["response"].clone();
    assert_eq!(
        response,
        json!({"calls": 10, "within_5_minutes": 5, "within_5_minutes_share": 0.5, "p50_seconds": 300, "p90_seconds": 540})
    );
    let none = worker.get("/v1/reports/callbacks?intent=technical_support").await.expect(200);
    assert_eq!(none.body["response"]["p50_seconds"], Value::Null);
    worker
        .get("/v1/reports/callbacks?from=2027-03-02&to=2027-03-02")
        .await
        .refused(422, "validation_failed")
        .violates("to", "not_after_start");
}
