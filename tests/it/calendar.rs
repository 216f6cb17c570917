//! The calendar, closed days and slots.

use super::support::desk;
use super::support::*;

async fn slot_ids(app: &TestApp, query: &str) -> Vec<String> {
    let reply = app.anonymous().get(&format!("/v1/slots{query}")).await.expect(200);
    reply.body["data"].as_array().unwrap().iter().map(|slot| slot["slot_id"].as_str().unwrap().to_owned()).collect()
}

#[apply(both)]
async fn callers_who_read_queues_read_calendars(app: TestApp) {
    let reader = app.caller("reader", "callbacks:read");
    let calendar = reader.get("/v1/calendars/default").await.expect(200);
    assert_eq!(calendar.body["zone"], "Europe/Prague");
    let hours = calendar.body["opening_hours"].as_array().unwrap();
    let friday = json!({"weekday": "friday", "opens": "10:00", "closes": "17:00"});
    assert_eq!((hours.len(), &hours[4], &calendar.body["company"]), (5, &friday, &json!(true)));
    let request = reader.request("GET", "/v1/calendars/default");
    request.header("If-None-Match", &calendar.etag()).send().await.expect(304);
    // The names of calendars can be internal.
    let internal = support_calendar(&app).await;
    for path in ["/v1/calendars", "/v1/calendars/default", internal.header("location")] {
        let refused = app.anonymous().get(path).await.refused(401, "unauthenticated");
        assert!(!refused.text.contains("Support"), "{}", refused.text);
        app.caller("cmo", "projects:read callbacks:work").get(path).await.refused(403, "forbidden");
        app.service("website", "callbacks:create").get(path).await.refused(403, "forbidden");
        app.service("website", "callbacks:read").get(path).await.expect(200);
    }
}

#[apply(both)]
async fn slots_have_dates_and_are_listed_in_two_statements(app: TestApp) {
    app.record_statements();
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
    let patch = json!({"opening_hours": [{"weekday": "wednesday", "opens": "09:00", "closes": "12:00"}]});
    let after = admin.patch("/v1/calendars/default", &before.etag(), patch.clone()).await.expect(200);
    assert_eq!(after.body["opening_hours"], patch["opening_hours"]);
    let rules = json!({"window_minutes": 90, "horizon_business_days": 2});
    admin.patch(&format!("/v1/queues/{}", desk::queues()[0]), "*", rules).await.expect(200);
    assert_eq!(slot_ids(&app, "").await, ["20270331T0700Z", "20270331T0830Z", "20270407T0700Z", "20270407T0830Z"]);
    admin.patch("/v1/calendars/default", &before.etag(), patch.clone()).await.refused(412, "stale_version");
    assert_eq!(admin.patch("/v1/calendars/default", &after.etag(), patch).await.expect(200).etag(), after.etag());
    let feed = app.drained_feed().await;
    let kinds: Vec<_> = feed.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["calendar.updated", "queue.updated"]);
    assert_eq!(feed[0]["data"]["opening_hours"][0]["opens"], "09:00");
}

#[apply(both)]
async fn an_inconsistent_calendar_is_rejected(app: TestApp) {
    let hours = |periods: &[(&str, &str)]| {
        let period = |(opens, closes): &(&str, &str)| json!({"weekday": "monday", "opens": opens, "closes": closes});
        json!({"opening_hours": periods.iter().map(period).collect::<Vec<_>>()})
    };
    let noon = json!({"date": "2027-12-24", "periods": [{"opens": "10:00", "closes": "12:00"}]});
    for (patch, place, code) in [
        (json!({"zone": "Europe/Nowhere"}), "/zone", "unknown_zone"),
        // Files of a machine, not places; and clients need the exact name.
        (json!({"zone": "localtime"}), "/zone", "unknown_zone"),
        (json!({"zone": "Factory"}), "/zone", "unknown_zone"),
        (json!({"zone": "Etc/Unknown"}), "/zone", "unknown_zone"),
        (json!({"zone": "europe/prague"}), "/zone", "unknown_zone"),
        (json!({"name": " "}), "/name", "blank"),
        (json!({"public_holidays": "XX"}), "/public_holidays", "unknown_value"),
        (hours(&[("17:00", "17:00")]), "/opening_hours/0/closes", "closes_before_opening"),
        (hours(&[("10:00", "12:00"), ("11:59", "13:00")]), "/opening_hours/1", "overlapping_periods"),
        (json!({"opening_hours": []}), "/opening_hours", "too_few_items"),
        (hours(&[("9:00", "12:00")]), "/opening_hours/0/opens", "pattern_mismatch"),
        (json!({"special_hours": [noon, noon]}), "/special_hours/1/date", "duplicate_date"),
        (
            json!({"special_hours": [{"date": "2027-12-24", "periods": []}]}),
            "/special_hours/0/periods",
            "too_few_items",
        ),
    ] {
        app.admin()
            .patch("/v1/calendars/default", "*", patch)
            .await
            .refused(422, "validation_failed")
            .violates(place, code);
    }
    let body = |name: &str, zone: &str| {
        json!({"name": name, "zone": zone, "public_holidays": "none",
            "opening_hours": [{"weekday": "monday", "opens": "10:00", "closes": "12:00"}]})
    };
    app.admin().post("/v1/calendars", body(" ", "Europe/Prague")).await.violates("/name", "blank");
    app.admin().post("/v1/calendars", body("Night", "Factory")).await.violates("/zone", "unknown_zone");
    app.admin().post("/v1/calendars", body("Night", "UTC")).await.expect(201);
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
    agent.patch("/v1/calendars/default", "*", json!({"name": "Mine"})).await.refused(403, "forbidden");
    let queue = format!("/v1/queues/{}", desk::queues()[0]);
    agent.patch(&queue, "*", json!({"window_capacity": 1})).await.refused(403, "forbidden");
    app.anonymous().get(&queue).await.refused(401, "unauthenticated");
    agent
        .post("/v1/calendars/default/closed-days", json!({"date": "2027-03-31", "reason": "Rest"}))
        .await
        .refused(403, "forbidden");
    app.anonymous().post("/v1/calendars/default/closed-days", json!({})).await.refused(401, "unauthenticated");
}

/// A calendar for support with a lunch break, which is open on Saturdays and has no public holidays.
async fn support_calendar(app: &TestApp) -> Reply {
    let hours = |weekday: &str| {
        [("08:00", "12:00"), ("13:00", "16:00")]
            .map(|(opens, closes)| json!({"weekday": weekday, "opens": opens, "closes": closes}))
    };
    let body = json!({
        "name": "Support", "zone": "Europe/Prague", "public_holidays": "none",
        "opening_hours": ([hours("monday"), hours("saturday")].concat()),
        "special_hours": [{"date": "2027-04-05", "periods": [{"opens": "10:00", "closes": "11:00"}]}]
    });
    app.admin().post("/v1/calendars", body).await.expect(201)
}

#[apply(both)]
async fn a_queue_with_a_calendar_of_its_own_has_its_windows(app: TestApp) {
    let calendar = support_calendar(&app).await;
    let [sales, support] = desk::queues();
    let path = format!("/v1/queues/{support}");
    app.admin().patch(&path, "*", json!({"calendar_id": calendar.id()})).await.expect(200);
    let windows = |day: &str| format!("?queue=support&days=1&from={day}");
    // Saturday, with a lunch break; Monday with other hours; Monday.
    let saturday = slot_ids(&app, &windows("2027-04-03")).await;
    assert_eq!(saturday.len(), 7);
    assert!(saturday.contains(&"20270403T1100Z".to_owned()) && !saturday.contains(&"20270403T1000Z".to_owned()));
    assert_eq!(slot_ids(&app, &windows("2027-04-05")).await, ["20270405T0800Z"]);
    assert_eq!(slot_ids(&app, &windows("2027-04-12")).await.len(), 7);
    assert_eq!(slot_ids(&app, "?intent=technical_support&days=1&from=2027-04-05").await.len(), 1);
    // Sales keeps the company calendar.
    assert_eq!(slot_ids(&app, "?queue=sales&days=1&from=2027-04-03").await, Vec::<String>::new());
    assert_eq!(slot_ids(&app, "?days=1&from=2027-04-05").await.len(), 7);
    let slots = app.anonymous().get("/v1/slots").await.expect(200);
    assert_eq!(slots.body["queue_id"], json!(sales));
    app.anonymous().get("/v1/slots?queue=fax").await.refused(422, "validation_failed");
    // A closed day of the other calendar does not concern sales.
    let closed = format!("/v1/calendars/{}/closed-days", calendar.id());
    let day = app.admin().post(&closed, json!({"date": "2027-04-12", "reason": "Rest"})).await.expect(201);
    assert_eq!(slot_ids(&app, &windows("2027-04-12")).await, Vec::<String>::new());
    assert_eq!(slot_ids(&app, "?days=1&from=2027-04-12").await.len(), 7);
    let of_company = format!("/v1/calendars/default/closed-days/{}", day.id());
    app.admin().get(&of_company).await.refused(404, "not_found");
    app.admin().delete(&of_company).await.refused(404, "not_found");
    let list = app.admin().get("/v1/calendars").await.expect(200);
    let names: Vec<_> = list.body["data"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
    assert_eq!(names, ["Company", "Support"]);
}

#[apply(both)]
async fn a_public_holiday_with_special_hours_is_open(app: TestApp) {
    // Thursday 28 October 2027 is a Czech public holiday.
    app.clock.set("2027-10-26T06:00:00Z".parse().unwrap());
    assert_eq!(slot_ids(&app, "?days=1&from=2027-10-28").await, Vec::<String>::new());
    let special =
        json!({"special_hours": [{"date": "2027-10-28", "periods": [{"opens": "10:00", "closes": "12:00"}]}]});
    app.admin().patch("/v1/calendars/default", "*", special).await.expect(200);
    assert_eq!(slot_ids(&app, "?days=1&from=2027-10-28").await.len(), 2);
    app.admin().patch("/v1/calendars/default", "*", json!({"special_hours": []})).await.expect(200);
    assert_eq!(slot_ids(&app, "?days=1&from=2027-10-28").await, Vec::<String>::new());
    app.admin().patch("/v1/calendars/default", "*", json!({"public_holidays": "none"})).await.expect(200);
    assert_eq!(slot_ids(&app, "?days=1&from=2027-10-28").await.len(), 7);
}
