//! The calendar, closed days and slots.

use super::support::*;

async fn slot_ids(app: &TestApp, query: &str) -> Vec<String> {
    let reply = app.anonymous().get(&format!("/v1/slots{query}")).await.expect(200);
    reply.body["data"].as_array().unwrap().iter().map(|slot| slot["slot_id"].as_str().unwrap().to_owned()).collect()
}

#[apply(both)]
async fn the_calendar_is_public(app: TestApp) {
    let calendar = app.anonymous().get("/v1/calendars/default").await.expect(200);
    assert_eq!(calendar.body["zone"], "Europe/Prague");
    assert_eq!(calendar.body["weekdays"], json!(["monday", "tuesday", "wednesday", "thursday", "friday"]));
    let windows = calendar.body["windows"].as_array().unwrap();
    assert_eq!((windows.len(), &windows[0], &windows[6]), (7, &json!("10:00-11:00"), &json!("16:00-17:00")));
    app.anonymous()
        .request("GET", "/v1/calendars/default")
        .header("If-None-Match", &calendar.etag())
        .send()
        .await
        .expect(304);
}

#[apply(both)]
async fn slots_have_dates_and_are_listed_in_two_statements(app: TestApp) {
    app.clear_statements();
    let slots = app.anonymous().get("/v1/slots").await.expect(200);
    assert_eq!(app.statements().len(), 2);
    let data = slots.body["data"].as_array().unwrap();
    assert_eq!(data.len(), 70);
    assert_eq!(
        data[0],
        json!({
            "slot_id": "20270330T0800Z", "date": "2027-03-30", "window": "10:00-11:00",
            "starts_at": "2027-03-30T08:00:00Z", "ends_at": "2027-03-30T09:00:00Z", "available": true, "capacity_remaining": 3
        })
    );
    assert_eq!(slot_ids(&app, "?from=2027-03-31&days=1").await.len(), 7);
    assert_eq!(slot_ids(&app, "?from=2027-04-03&days=2").await, Vec::<String>::new());
    app.anonymous().get("/v1/slots?days=0").await.refused(400, "invalid_parameter").violates("days", "too_small");
}

#[apply(both)]
async fn slots_start_today_by_default(app: TestApp) {
    let today = slot_ids(&app, "?days=1").await;
    assert!(!today.is_empty());
    assert_eq!(today, slot_ids(&app, "?from=2027-03-30&days=1").await);
}

#[apply(both)]
async fn the_minimum_notice_is_exact_to_the_second(app: TestApp) {
    app.clock.set("2027-03-30T07:45:00Z".parse().unwrap());
    assert_eq!(slot_ids(&app, "").await[0], "20270330T0800Z");
    app.clock.set("2027-03-30T07:45:01Z".parse().unwrap());
    assert_eq!(slot_ids(&app, "").await[0], "20270330T0900Z");
}

#[apply(both)]
async fn a_changed_calendar_has_other_windows(app: TestApp) {
    let admin = app.admin();
    let before = admin.get("/v1/calendars/default").await.expect(200);
    let patch = json!({"opens": "09:00", "closes": "12:00", "window_minutes": 90, "weekdays": ["wednesday"], "horizon_business_days": 2});
    let after = admin.patch("/v1/calendars/default", &before.etag(), patch.clone()).await.expect(200);
    assert_eq!(after.body["windows"], json!(["09:00-10:30", "10:30-12:00"]));
    assert_eq!(slot_ids(&app, "").await, ["20270331T0700Z", "20270331T0830Z", "20270407T0700Z", "20270407T0830Z"]);
    admin.patch("/v1/calendars/default", &before.etag(), patch.clone()).await.refused(412, "stale_version");
    assert_eq!(admin.patch("/v1/calendars/default", &after.etag(), patch).await.expect(200).etag(), after.etag());
    let feed = app.drained_feed().await;
    assert_eq!(feed.len(), 1);
    assert_eq!((&feed[0]["type"], &feed[0]["data"]["opens"]), (&json!("calendar.updated"), &json!("09:00")));
}

#[apply(both)]
async fn an_inconsistent_calendar_is_rejected(app: TestApp) {
    for (patch, place, code) in [
        (json!({"zone": "Europe/Nowhere"}), "/zone", "unknown_zone"),
        (json!({"opens": "17:00"}), "/closes", "closes_before_opening"),
        (json!({"opens": "15:00", "window_minutes": 150}), "/window_minutes", "window_too_long"),
        (json!({"weekdays": []}), "/weekdays", "too_few_items"),
        (json!({"opens": "9:00"}), "/opens", "pattern_mismatch"),
        (json!({"window_capacity": 0}), "/window_capacity", "too_small"),
    ] {
        app.admin()
            .patch("/v1/calendars/default", "*", patch)
            .await
            .refused(422, "validation_failed")
            .violates(place, code);
    }
}

#[apply(both)]
async fn a_closed_day_has_no_slots_until_it_is_deleted(app: TestApp) {
    let closed_day = json!({"date": "2027-03-31", "reason": "Company day"});
    let closed = app.admin().post("/v1/calendars/default/closed-days", closed_day.clone()).await.expect(201);
    app.admin().post("/v1/calendars/default/closed-days", closed_day).await.refused(409, "already_exists");
    assert_eq!(slot_ids(&app, "?from=2027-03-31&days=1").await, Vec::<String>::new());
    // The horizon counts business days.
    assert_eq!(slot_ids(&app, "").await.len(), 70);
    let path = closed.header("location").to_owned();
    assert_eq!(app.admin().get(&path).await.expect(200).body, closed.body);
    assert_eq!(
        app.admin().get("/v1/calendars/default/closed-days").await.expect(200).body["data"],
        json!([closed.body])
    );
    app.admin().delete(&path).await.expect(204);
    app.admin().delete(&path).await.refused(404, "not_found");
    assert_eq!(slot_ids(&app, "?from=2027-03-31&days=1").await.len(), 7);
    let feed = app.drained_feed().await;
    assert_eq!(
        feed.iter().map(|event| event["type"].as_str().unwrap()).collect::<Vec<_>>(),
        ["closed_day.created", "closed_day.deleted"]
    );
}

#[apply(both)]
async fn only_administrators_change_the_calendar(app: TestApp) {
    let agent = app.caller("agent", "callbacks:read callbacks:work");
    agent.patch("/v1/calendars/default", "*", json!({"window_capacity": 1})).await.refused(403, "forbidden");
    agent
        .post("/v1/calendars/default/closed-days", json!({"date": "2027-03-31", "reason": "Rest"}))
        .await
        .refused(403, "forbidden");
    app.anonymous().post("/v1/calendars/default/closed-days", json!({})).await.refused(401, "unauthenticated");
}
