//! The report on promises: exact counts, however a request goes on.

use super::agents::tick;
use super::support::desk::*;
use super::support::*;

async fn report(app: &TestApp) -> Value {
    agent(app, "a").await.get("/v1/reports/callbacks?from=2027-03-01&to=2027-05-01").await.expect(200).body
}

#[apply(both)]
async fn a_promise_counts_once_however_it_goes_on(app: TestApp) {
    // Missed, and then rerouted: one broken promise.
    let missed = ask(&app, 1, asap()).await.expect(201);
    // Missed, and then moved by the visitor: still broken, on its own day.
    let moved = ask(&app, 2, asap()).await.expect(201);
    // Called in time, with somebody linked to it, and then moved by us.
    let led = ask_from(&app, "192.0.2.1", 3, asap()).await.expect(201);
    ask_from(&app, "192.0.2.2", 3, asap()).await.expect(201);
    let worker = agent(&app, "a").await;
    worker.act(&format!("{PATH}/{}/assign", led.id())).await.expect(200);
    worker.post(&attempts_of(&led), json!({"outcome": "busy"})).await.expect(201);
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
async fn a_call_that_came_early_frees_its_window(app: TestApp) {
    let worker = agent(&app, "a").await;
    for (number, outcome) in [(1, "reached"), (2, "busy")] {
        let receipt = ask(&app, number, window("11:00-12:00")).await.expect(201);
        worker.act(&format!("{PATH}/{}/assign", receipt.id())).await.expect(200);
        worker.post(&attempts_of(&receipt), json!({"outcome": outcome})).await.expect(201);
        if outcome == "busy" {
            assert_eq!(capacity_remaining(&app, "20270330T0900Z").await, 2);
            worker.act(&format!("{PATH}/{}/reroute", receipt.id())).await.expect(201);
        }
        assert_eq!(capacity_remaining(&app, "20270330T0900Z").await, 3, "{outcome}");
    }
}

#[apply(both)]
async fn promises_are_counted_exactly(app: TestApp) {
    let worker = agent(&app, "a").await;
    // Kept: in the window, and before the promise of a call as soon as possible.
    let window_kept = ask(&app, 1, window("10:00-11:00")).await.expect(201);
    let asap_kept = ask(&app, 2, asap()).await.expect(201);
    let too_early = ask(&app, 3, window("11:00-12:00")).await.expect(201);
    let visitor_cancels = ask(&app, 4, window("10:00-11:00")).await.expect(201);
    let we_cancel = ask(&app, 5, window("10:00-11:00")).await.expect(201);
    let moved_by_us = ask(&app, 6, window("12:00-13:00")).await.expect(201);
    let never = ask(&app, 7, window("13:00-14:00")).await.expect(201);
    let spared = ask(&app, 8, window("14:00-15:00")).await.expect(201);
    app.clock.set("2027-03-30T08:04:00Z".parse().unwrap());
    for receipt in [&window_kept, &asap_kept, &too_early] {
        worker.post(&format!("{PATH}/{}/assign", receipt.id()), json!({})).await.expect(200);
        worker.post(&attempts_of(receipt), json!({"outcome": "reached"})).await.expect(201);
    }
    for (receipt, reason) in [(&visitor_cancels, "visitor_asked"), (&we_cancel, "other"), (&spared, "abuse")] {
        worker.post(&format!("{PATH}/{}/cancel", receipt.id()), json!({"reason": reason})).await.expect(200);
    }
    let later = json!({"preference": {"kind": "slot", "window": "16:00-17:00"}});
    worker.post(&format!("{PATH}/{}/reschedule", moved_by_us.id()), later).await.expect(200);
    app.clock.set("2027-03-30T14:30:00Z".parse().unwrap());
    worker.post(&format!("{PATH}/{}/assign", moved_by_us.id()), json!({})).await.expect(200);
    worker.post(&attempts_of(&moved_by_us), json!({"outcome": "reached"})).await.expect(201);

    let counted = report(&app).await;
    // Broken: too early, cancelled by us, moved by us, never called.
    assert_eq!(
        counted["promises"],
        json!({"kept": 2, "broken": 4, "pending": 0, "not_counted": 2, "kept_share": 2.0 / 6.0})
    );
    assert_eq!(
        counted["response"],
        json!({"calls": 1, "within_5_minutes": 1, "within_5_minutes_share": 1.0, "p50_seconds": 240, "p90_seconds": 240})
    );
    // What the clock records changes nothing.
    tick(&app).await;
    assert_eq!(report(&app).await, counted);
    assert_eq!(seen(&app, &never).await["state"], "missed");
}

#[apply(both)]
async fn what_the_visitor_moves_is_a_new_promise(app: TestApp) {
    let receipt = ask(&app, 1, window("10:00-11:00")).await.expect(201);
    let path = format!("{PATH}/{}/reschedule", receipt.id());
    let secret = receipt.body["manage_token"].as_str().unwrap();
    let later = json!({"preference": {"kind": "slot", "window": "12:00-13:00"}});
    app.anonymous().request("POST", &path).header("Manage-Token", secret).json(later).send().await.expect(200);
    app.clock.set("2027-03-30T10:00:00Z".parse().unwrap());
    let worker = agent(&app, "a").await;
    worker.act(&format!("{PATH}/next")).await.expect(200);
    worker.post(&attempts_of(&receipt), json!({"outcome": "busy"})).await.expect(201);
    assert_eq!(seen(&app, &receipt).await["promise"], "kept");
}

#[apply(both)]
async fn percentiles_are_those_of_the_calls(app: TestApp) {
    let worker = agent(&app, "a").await;
    app.clock.set("2027-03-30T08:00:00Z".parse().unwrap());
    let mut receipts = Vec::new();
    for number in 0..10 {
        receipts.push(ask(&app, number, asap()).await.expect(201));
    }
    for receipt in &receipts {
        app.clock.advance(std::time::Duration::from_secs(60));
        worker.post(&format!("{PATH}/{}/assign", receipt.id()), json!({})).await.expect(200);
        worker.post(&attempts_of(receipt), json!({"outcome": "reached"})).await.expect(201);
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
