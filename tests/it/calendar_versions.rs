//! Settings of the calendar that change over time: what was measured and promised stays as it is.

use super::support::desk;
use super::support::pair::{Pair, respond, text};
use super::support::*;

const CALENDAR: &str = "/v1/calendars/default";

async fn change(app: &TestApp, patch: Value) -> Value {
    app.admin().patch(CALENDAR, "*", patch).await.expect(200).body
}

async fn on(app: &TestApp, day: &str) -> Value {
    app.anonymous().get(&format!("{CALENDAR}?as_of={day}")).await.expect(200).body
}

async fn slot_ids(app: &TestApp, query: &str) -> Vec<String> {
    let reply = app.anonymous().get(&format!("/v1/slots{query}")).await.expect(200);
    reply.body["data"].as_array().unwrap().iter().map(|slot| text(&slot["slot_id"]).to_owned()).collect()
}

/// Returns the latency of the side of the CIO.
async fn latency(app: &TestApp, pair: &Pair) -> Value {
    let report = app.person("cmo").get(&pair.at("partnership")).await.expect(200);
    report.body["sides"][1]["latency"].clone()
}

#[apply(both)]
async fn a_change_leaves_every_past_latency_as_it_is(app: TestApp) {
    let pair = Pair::running(&app).await;
    // From 9:00 to 12:00 in Prague, of which two hours are within the opening hours.
    app.person("cmo").act(&pair.at("close")).await.expect(201);
    app.clock.set("2027-03-30T10:00:00Z".parse().unwrap());
    let approval = pair.open(&app, "close").await;
    respond(&app.person("cio"), &approval, "reject").await.expect(200);
    let measured = latency(&app, &pair).await;
    assert_eq!(measured["p90_minutes"], json!(120));
    // Longer and shorter hours, other weekdays and another zone, from now on and from later days on.
    for patch in [
        json!({"opens": "06:00", "closes": "22:00"}),
        json!({"opens": "11:30", "closes": "12:30", "window_minutes": 30}),
        json!({"weekdays": ["sunday"]}),
        json!({"zone": "America/New_York"}),
        json!({"valid_from": "2027-04-01", "opens": "00:00", "closes": "23:59"}),
        json!({"valid_from": "2027-03-31", "weekdays": ["monday", "tuesday", "wednesday"]}),
    ] {
        change(&app, patch.clone()).await;
        assert_eq!(latency(&app, &pair).await, measured, "{patch}");
    }
    app.clock.set("2027-04-20T10:00:00Z".parse().unwrap());
    assert_eq!(latency(&app, &pair).await, measured);
}

#[apply(both)]
async fn an_interval_that_spans_a_change_is_the_sum_of_its_parts(app: TestApp) {
    let pair = Pair::running(&app).await;
    app.clock.set("2027-03-30T08:00:00Z".parse().unwrap());
    app.person("cmo").act(&pair.at("close")).await.expect(201);
    // Open from 10:00; at 11:00 the company decides to close at 12:00 from now on, and at 11:00 from tomorrow on.
    app.clock.set("2027-03-30T09:00:00Z".parse().unwrap());
    change(&app, json!({"closes": "12:00"})).await;
    change(&app, json!({"valid_from": "2027-03-31", "closes": "11:00"})).await;
    app.clock.set("2027-03-31T20:00:00Z".parse().unwrap());
    // Two hours today, and one tomorrow.
    assert_eq!(latency(&app, &pair).await["longest_wait_minutes"], json!(180));
}

#[apply(both)]
async fn settings_are_planned_read_and_replaced_by_day(app: TestApp) {
    let now = app.anonymous().get(CALENDAR).await.expect(200);
    assert_eq!((&now.body["valid_from"], &now.body["next_change_at"]), (&json!("1970-01-01"), &Value::Null));
    let planned = change(&app, json!({"valid_from": "2027-04-05", "opens": "08:00", "window_capacity": 7})).await;
    assert_eq!((&planned["valid_from"], &planned["opens"]), (&json!("2027-04-05"), &json!("08:00")));
    // Nothing changes before that day, not even the version that clients have cached, but the plan is visible.
    let same = app.anonymous().get(CALENDAR).await.expect(200);
    assert_eq!((&same.body["opens"], &same.body["next_change_at"]), (&json!("10:00"), &json!("2027-04-04T22:00:00Z")));
    assert_eq!(on(&app, "2027-04-04").await["opens"], "10:00");
    assert_eq!(on(&app, "2027-04-05").await["opens"], "08:00");
    assert_eq!(on(&app, "1900-01-01").await["opens"], "10:00");
    // Slots of a day follow the settings of the day, with their capacity.
    assert_eq!(slot_ids(&app, "?from=2027-04-02&days=1").await[0], "20270402T0800Z");
    assert_eq!(slot_ids(&app, "?from=2027-04-06&days=1").await[0], "20270406T0600Z");
    let slots = app.anonymous().get("/v1/slots?from=2027-04-06&days=1").await.expect(200);
    assert_eq!(slots.body["data"][0]["capacity_remaining"], json!(7));
    // A change from now on does not touch the plan; a change of the planned day replaces it.
    change(&app, json!({"opens": "09:00"})).await;
    assert_eq!(
        (on(&app, "2027-03-30").await["opens"].clone(), on(&app, "2027-04-05").await["opens"].clone()),
        (json!("09:00"), json!("08:00"))
    );
    change(&app, json!({"valid_from": "2027-04-05", "opens": "07:00"})).await;
    assert_eq!(on(&app, "2027-04-05").await["opens"], "07:00");
    assert_eq!(on(&app, "2027-04-05").await["window_capacity"], json!(7));
    // Once the day has come, the settings are those in force, with another tag.
    let before = app.anonymous().get(CALENDAR).await.expect(200);
    app.clock.set("2027-04-05T08:00:00Z".parse().unwrap());
    let after = app.anonymous().get(CALENDAR).await.expect(200);
    assert_eq!(after.body["opens"], "07:00");
    assert_ne!(after.etag(), before.etag());
    app.admin().patch(CALENDAR, &before.etag(), json!({"opens": "06:00"})).await.refused(412, "stale_version");
    app.admin().patch(CALENDAR, &after.etag(), json!({"opens": "06:00"})).await.expect(200);
}

#[apply(both)]
async fn the_past_cannot_be_changed(app: TestApp) {
    for day in ["2027-03-29", "2020-01-01"] {
        app.admin()
            .patch(CALENDAR, "*", json!({"valid_from": day, "opens": "09:00"}))
            .await
            .refused(422, "validation_failed")
            .violates("/valid_from", "dates_out_of_range");
    }
    assert_eq!(on(&app, "2027-03-29").await["opens"], "10:00");
    // Neither can someone who writes the directory.
    let people = app.service("hr", "directory:write projects:read");
    people.patch(CALENDAR, "*", json!({"opens": "09:00"})).await.refused(403, "forbidden");
    app.caller("cmo", "directory:write projects:write")
        .patch(CALENDAR, "*", json!({"opens": "09:00"}))
        .await
        .refused(403, "forbidden");
}

#[apply(both)]
async fn promises_keep_their_times(app: TestApp) {
    let created = desk::create_request(&app, 1, desk::window("11:00-12:00")).await.expect(201);
    let before = desk::read_request(&app, &created).await;
    change(&app, json!({"opens": "12:00"})).await;
    change(&app, json!({"valid_from": "2027-03-31", "weekdays": ["sunday"]})).await;
    let after = desk::read_request(&app, &created).await;
    for field in ["promised_from", "promised_by", "due_from", "due_by"] {
        assert_eq!(after[field], before[field], "{field}");
    }
}

#[apply(both)]
async fn parallel_changes_leave_one_chain_of_settings(app: TestApp) {
    let days = ["2027-04-01", "2027-04-02", "2027-04-03", "2027-04-04"];
    let replies = at_once(24, |turn| {
        let client = app.admin();
        let patch = json!({"valid_from": days[turn % 4], "window_capacity": 10 + turn});
        async move { client.patch(CALENDAR, "*", patch).await }
    })
    .await;
    assert_eq!(with_status(&replies, 200), 24);
    // The next change is always the next planned day.
    let mut day = "2027-03-30".to_owned();
    for next in days {
        let settings = on(&app, &day).await;
        let at = text(&settings["next_change_at"]).to_owned();
        let midnight: entente::kernel::time::UtcTime = at.parse().unwrap();
        assert_eq!(midnight.plus_seconds(7200).day().to_string(), next);
        day = next.to_owned();
    }
    assert_eq!(on(&app, &day).await["next_change_at"], Value::Null);
}
