//! Settings of the calendar that change over time: what was measured and promised stays as it is.

use super::support::desk;
use super::support::pair::{Pair, respond, text};
use super::support::*;

const CALENDAR: &str = "/v1/calendars/default";

/// Opening hours on these weekdays.
fn hours(weekdays: &[&str], opens: &str, closes: &str) -> Value {
    let period = |weekday: &&str| json!({"weekday": weekday, "opens": opens, "closes": closes});
    weekdays.iter().map(period).collect()
}

/// A change to these hours, from Monday to Friday.
fn open(opens: &str, closes: &str) -> Value {
    json!({"opening_hours": hours(&["monday", "tuesday", "wednesday", "thursday", "friday"], opens, closes)})
}

/// The same, from a day on.
fn open_from(day: &str, opens: &str, closes: &str) -> Value {
    let mut patch = open(opens, closes);
    patch["valid_from"] = json!(day);
    patch
}

async fn change(app: &TestApp, patch: Value) -> Value {
    app.admin().patch(CALENDAR, "*", patch).await.expect(200).body
}

async fn on(app: &TestApp, day: &str) -> Value {
    app.admin().get(&format!("{CALENDAR}?as_of={day}")).await.expect(200).body
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
        open("06:00", "22:00"),
        open("11:30", "12:30"),
        json!({"opening_hours": hours(&["sunday"], "10:00", "17:00")}),
        json!({"zone": "America/New_York"}),
        json!({"public_holidays": "none"}),
        json!({"special_hours": [{"date": "2027-03-30", "periods": [{"opens": "01:00", "closes": "02:00"}]}]}),
        open_from("2027-04-01", "00:00", "23:59"),
        open_from("2027-03-31", "10:00", "12:00"),
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
    change(&app, open("10:00", "12:00")).await;
    change(&app, open_from("2027-03-31", "10:00", "11:00")).await;
    app.clock.set("2027-03-31T20:00:00Z".parse().unwrap());
    // Two hours today, and one tomorrow.
    assert_eq!(latency(&app, &pair).await["longest_wait_minutes"], json!(180));
}

#[apply(both)]
async fn settings_are_planned_read_and_replaced_by_day(app: TestApp) {
    let now = app.admin().get(CALENDAR).await.expect(200);
    assert_eq!((&now.body["valid_from"], &now.body["next_change_at"]), (&json!("1970-01-01"), &Value::Null));
    let planned = change(&app, open_from("2027-04-05", "08:00", "17:00")).await;
    let opens = |calendar: &Value| calendar["opening_hours"][0]["opens"].clone();
    assert_eq!((&planned["valid_from"], opens(&planned)), (&json!("2027-04-05"), json!("08:00")));
    // Nothing changes before that day, not even the version that clients have cached, but the plan is visible.
    let same = app.admin().get(CALENDAR).await.expect(200);
    assert_eq!((opens(&same.body), &same.body["next_change_at"]), (json!("10:00"), &json!("2027-04-04T22:00:00Z")));
    assert_eq!(opens(&on(&app, "2027-04-04").await), "10:00");
    assert_eq!(opens(&on(&app, "2027-04-05").await), "08:00");
    assert_eq!(opens(&on(&app, "1900-01-01").await), "10:00");
    // Slots of a day follow the settings of the day.
    assert_eq!(slot_ids(&app, "?from=2027-04-02&days=1").await[0], "20270402T0800Z");
    assert_eq!(slot_ids(&app, "?from=2027-04-06&days=1").await[0], "20270406T0600Z");
    // A change from now on does not touch the plan; a change of the planned day replaces it.
    change(&app, open("09:00", "17:00")).await;
    assert_eq!(
        (opens(&on(&app, "2027-03-30").await), opens(&on(&app, "2027-04-05").await)),
        (json!("09:00"), json!("08:00"))
    );
    change(&app, open_from("2027-04-05", "07:00", "17:00")).await;
    assert_eq!(opens(&on(&app, "2027-04-05").await), "07:00");
    // Once the day has come, the settings are those in force, with another tag.
    let before = app.admin().get(CALENDAR).await.expect(200);
    app.clock.set("2027-04-05T08:00:00Z".parse().unwrap());
    let after = app.admin().get(CALENDAR).await.expect(200);
    assert_eq!(opens(&after.body), "07:00");
    assert_ne!(after.etag(), before.etag());
    app.admin().patch(CALENDAR, &before.etag(), open("06:00", "17:00")).await.refused(412, "stale_version");
    app.admin().patch(CALENDAR, &after.etag(), open("06:00", "17:00")).await.expect(200);
}

#[apply(both)]
async fn booking_rules_of_a_queue_are_planned_by_day(app: TestApp) {
    let path = format!("/v1/queues/{}", desk::queues()[0]);
    let before = app.admin().get(&path).await.expect(200);
    let plan = json!({"valid_from": "2027-04-05", "window_capacity": 7, "window_minutes": 30});
    app.admin().patch(&path, &before.etag(), plan).await.expect(200);
    let now = app.admin().get(&path).await.expect(200);
    assert_eq!(
        (&now.body["window_capacity"], &now.body["next_change_at"]),
        (&json!(3), &json!("2027-04-04T22:00:00Z"))
    );
    assert_eq!(app.admin().get(&format!("{path}?as_of=2027-04-05")).await.expect(200).body["window_capacity"], 7);
    assert_eq!(slot_ids(&app, "?from=2027-04-02&days=1").await.len(), 7);
    let later = app.anonymous().get("/v1/slots?from=2027-04-06&days=1").await.expect(200);
    assert_eq!(later.body["data"].as_array().unwrap().len(), 14);
    assert_eq!(later.body["data"][0]["capacity_remaining"], json!(7));
    let past = json!({"valid_from": "2027-03-29", "window_capacity": 7});
    app.admin().patch(&path, "*", past).await.violates("/valid_from", "dates_out_of_range");
    let too_long = json!({"window_minutes": 240});
    app.admin().patch(&path, "*", too_long).await.expect(200);
    let short = open("10:00", "12:00");
    app.admin().patch(CALENDAR, "*", short.clone()).await.violates("/opening_hours", "window_too_long");
    app.admin().patch(&path, "*", json!({"window_minutes": 120})).await.expect(200);
    change(&app, short).await;
    app.admin().patch(&path, "*", json!({"window_minutes": 150})).await.violates("/window_minutes", "window_too_long");
    // Another queue has other settings.
    let support = format!("/v1/queues/{}", desk::queues()[1]);
    assert_eq!(app.admin().get(&support).await.expect(200).body["window_minutes"], 60);
}

#[apply(both)]
async fn the_past_cannot_be_changed(app: TestApp) {
    for day in ["2027-03-29", "2020-01-01"] {
        app.admin()
            .patch(CALENDAR, "*", open_from(day, "09:00", "17:00"))
            .await
            .refused(422, "validation_failed")
            .violates("/valid_from", "dates_out_of_range");
    }
    assert_eq!(on(&app, "2027-03-29").await["opening_hours"][0]["opens"], "10:00");
    // Neither can someone who writes the directory.
    let people = app.service("hr", "directory:write projects:read");
    people.patch(CALENDAR, "*", open("09:00", "17:00")).await.refused(403, "forbidden");
    app.caller("cmo", "directory:write projects:write")
        .patch(CALENDAR, "*", open("09:00", "17:00"))
        .await
        .refused(403, "forbidden");
}

#[apply(both)]
async fn promises_keep_their_times(app: TestApp) {
    let created = desk::create_request(&app, 1, desk::window("11:00-12:00")).await.expect(201);
    let before = desk::read_request(&app, &created).await;
    change(&app, open("12:00", "17:00")).await;
    change(&app, open_from("2027-03-31", "13:00", "14:00")).await;
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
        let patch = open_from(days[turn % 4], &format!("{:02}:00", turn % 10), &format!("{}:00", 11 + turn % 12));
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

/// A calendar that is open every Tuesday.
async fn calendar_in(app: &TestApp, zone: &str) -> String {
    let body = json!({"name": zone, "zone": zone, "public_holidays": "none",
        "opening_hours": hours(&["tuesday"], "10:00", "17:00")});
    app.admin().post("/v1/calendars", body).await.expect(201).id()
}

#[apply(both)]
async fn planned_settings_in_several_time_zones_stay_in_order(app: TestApp) {
    // 10 April begins in Kiritimati before 9 April begins in Pago Pago.
    let plan = |day: &str, zone: &str| json!({"valid_from": day, "zone": zone});
    change(&app, plan("2027-04-10", "Pacific/Kiritimati")).await;
    let refused = app.admin().patch(CALENDAR, "*", plan("2027-04-09", "Pacific/Pago_Pago")).await;
    refused.refused(422, "validation_failed").violates("/valid_from", "dates_out_of_range");
    change(&app, plan("2027-04-09", "Europe/Berlin")).await;
    assert_eq!(on(&app, "2027-04-09").await["next_change_at"], "2027-04-09T10:00:00Z");

    let (kiritimati, pago_pago) =
        (calendar_in(&app, "Pacific/Kiritimati").await, calendar_in(&app, "Pacific/Pago_Pago").await);
    let path = format!("/v1/queues/{}", desk::queues()[0]);
    app.admin().patch(&path, "*", json!({"calendar_id": kiritimati})).await.expect(200);
    let plan = |day: &str, capacity: i32| json!({"valid_from": day, "window_capacity": capacity});
    app.admin().patch(&path, "*", plan("2027-04-10", 4)).await.expect(200);
    app.admin().patch(&path, "*", json!({"calendar_id": pago_pago})).await.expect(200);
    let refused = app.admin().patch(&path, "*", plan("2027-04-09", 5)).await;
    refused.refused(422, "validation_failed").violates("/valid_from", "dates_out_of_range");
    app.admin().patch(&path, "*", plan("2027-04-08", 5)).await.expect(200);
}

#[apply(both)]
async fn settings_begin_before_the_year_9999(app: TestApp) {
    let path = format!("/v1/queues/{}", desk::queues()[0]);
    for day in ["9999-01-01", "9999-12-31"] {
        let of_queue = app.admin().patch(&path, "*", json!({"valid_from": day, "window_capacity": 5})).await;
        let zone = json!({"valid_from": day, "zone": "Pacific/Pago_Pago"});
        let of_calendar = app.admin().patch(CALENDAR, "*", zone).await;
        for refused in [of_queue, of_calendar] {
            refused.refused(422, "validation_failed").violates("/valid_from", "too_far");
        }
    }
    change(&app, json!({"valid_from": "9998-12-31", "zone": "Pacific/Pago_Pago"})).await;
    app.admin().patch(&path, "*", json!({"valid_from": "9998-12-31", "window_capacity": 5})).await.expect(200);
}

#[apply(both)]
async fn no_change_of_hours_leaves_a_queue_without_windows(app: TestApp) {
    let short = open_from("2027-04-05", "10:00", "10:30");
    let refused = app.admin().patch(CALENDAR, "*", short.clone()).await.refused(422, "validation_failed");
    assert_eq!(refused.violations(), vec![("/opening_hours".to_owned(), "window_too_long".to_owned()); 2]);
    assert!(refused.text.contains("sales") && refused.text.contains("support"), "{}", refused.text);
    assert_eq!(on(&app, "2027-04-05").await["opening_hours"][0]["closes"], "17:00");
    // With shorter windows from the same day on, it fits. Longer ones are possible until then only.
    let paths = desk::queues().map(|queue| format!("/v1/queues/{queue}"));
    for path in &paths {
        app.admin().patch(path, "*", json!({"valid_from": "2027-04-05", "window_minutes": 30})).await.expect(200);
    }
    change(&app, short).await;
    let longer = json!({"valid_from": "2027-04-05", "window_minutes": 45});
    app.admin().patch(&paths[0], "*", longer).await.violates("/window_minutes", "window_too_long");
    app.admin().patch(&paths[0], "*", json!({"window_minutes": 120})).await.expect(200);
    app.admin().patch(&paths[0], "*", json!({"name": "Selling"})).await.expect(200);

    // A queue that has windows on a single date only.
    let special = json!([{"date": "2027-04-06", "periods": [{"opens": "10:00", "closes": "12:00"}]}]);
    let calendar = json!({"name": "Fair", "zone": "Europe/Prague", "public_holidays": "none",
        "opening_hours": hours(&["tuesday"], "10:00", "10:30"), "special_hours": special});
    let calendar = app.admin().post("/v1/calendars", calendar).await.expect(201).id();
    let queue = json!({"key": "fair", "name": "Fair", "intents": ["sales"], "calendar_id": calendar});
    app.admin().post("/v1/queues", queue).await.expect(201);
    let refused = app.admin().patch(&format!("/v1/calendars/{calendar}"), "*", json!({"special_hours": []})).await;
    refused.violates("/special_hours", "window_too_long");
}

#[apply(both)]
async fn requests_outside_changed_hours_are_flagged(app: TestApp) {
    let mut booked = Vec::new();
    for (number, window) in ["10:00-11:00", "12:00-13:00", "16:00-17:00"].into_iter().enumerate() {
        let slot = json!({"kind": "slot", "window": window, "date": "2027-03-31"});
        booked.push(desk::create_request(&app, number, slot).await.expect(201));
    }
    let before = desk::read_request(&app, &booked[0]).await;
    for (patch, expected) in [
        (open("11:00", "16:30"), [true, false, true]),
        (open("10:00", "17:00"), [false; 3]),
        (open_from("2027-04-01", "12:00", "17:00"), [false; 3]),
        (open_from("2027-03-31", "12:00", "17:00"), [true, false, false]),
    ] {
        change(&app, patch.clone()).await;
        for (receipt, is_flagged) in booked.iter().zip(expected) {
            let flags = if is_flagged { json!(["closed_day"]) } else { json!([]) };
            assert_eq!(desk::read_request(&app, receipt).await["flags"], flags, "{patch}");
        }
    }
    let after = desk::read_request(&app, &booked[0]).await;
    assert_eq!((&after["slot_id"], &after["state"]), (&before["slot_id"], &before["state"]));
    // A day that is closed and reopened keeps the flag of a request that is outside the hours of the day.
    let day = json!({"date": "2027-03-31", "reason": "Rest"});
    let closed = app.admin().post(&format!("{CALENDAR}/closed-days"), day).await.expect(201);
    app.admin().delete(closed.header("location")).await.expect(204);
    for (receipt, flags) in booked.iter().zip([json!(["closed_day"]), json!([]), json!([])]) {
        assert_eq!(desk::read_request(&app, receipt).await["flags"], flags);
    }
}
