//! Abuse of the public form: one network cannot book out the calendar, and no response reveals a limit.

use std::collections::BTreeMap;

use diesel::prelude::*;
use entente::kernel::config::{IntakeSettings, NetworkLimits};
use entente::kernel::db::schema::callback_contacts;

use super::support::desk::*;
use super::support::*;

pub const LIMITS: NetworkLimits = NetworkLimits { open: 5, day_share_percent: 33 };

/// Starts a service with these limits.
pub fn limited(app: TestApp, network: NetworkLimits) -> TestApp {
    app.with_intake(IntakeSettings { network, ..IntakeSettings::default() })
}

/// Returns the capacity that is left on each day.
pub async fn remaining_by_day(app: &TestApp) -> BTreeMap<String, i64> {
    let slots = app.anonymous().get("/v1/slots").await.expect(200);
    let mut days = BTreeMap::new();
    for slot in slots.body["data"].as_array().unwrap() {
        let day = days.entry(slot["date"].as_str().unwrap().to_owned()).or_insert(0);
        *day += slot["capacity_remaining"].as_i64().unwrap();
    }
    days
}

/// Attempts to book every slot, one after the other.
pub async fn attack(app: &TestApp, attempts: usize, address: impl Fn(usize) -> String) {
    let slots = app.anonymous().get("/v1/slots").await.expect(200).body["data"].clone();
    let slots = slots.as_array().unwrap();
    for attempt in 0..attempts {
        let slot = json!({"kind": "slot", "slot_id": slots[attempt % slots.len()]["slot_id"]});
        create_request_from(app, &address(attempt), attempt, slot).await.expect(201);
    }
}

/// Returns the ids of the requests in a state, at most 100.
pub async fn ids_in_state(app: &TestApp, state: &str) -> Vec<String> {
    let found = agent(app, "reader").await.get(&format!("{PATH}?limit=100&state={state}")).await.expect(200);
    found.body["data"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

/// Returns why a request was quarantined; null if it was not.
pub async fn reason(app: &TestApp, receipt: &Reply) -> Value {
    let request = read_request(app, receipt).await;
    assert_eq!(request["state"] == "quarantined", request["quarantine_reason"].is_string(), "{request}");
    request["quarantine_reason"].clone()
}

#[apply(both)]
async fn one_address_cannot_book_out_the_calendar(app: TestApp) {
    let app = limited(app, LIMITS);
    let before = remaining_by_day(&app).await;
    assert_eq!(before.len(), 10);
    attack(&app, 300, |_| "192.0.2.1".to_owned()).await;
    let after = remaining_by_day(&app).await;
    assert_eq!(before.values().sum::<i64>() - after.values().sum::<i64>(), 5);
    for (day, capacity) in &before {
        assert!(after[day] * 3 >= capacity * 2, "{day}: {} of {capacity}", after[day]);
    }
    // With one number, the caller gets 429 for the third request.
    for status in [201, 201, 429] {
        assert_eq!(create_request_from(&app, "192.0.2.1", 900, asap()).await.status, status);
    }
    let honest = create_request_from(&app, "203.0.113.7", 901, window("10:00-11:00")).await.expect(201);
    assert_eq!(read_request(&app, &honest).await["state"], "scheduled");
}

#[apply(both)]
async fn addresses_of_one_ipv6_network_leave_two_thirds_of_each_day(app: TestApp) {
    // Without a limit of open requests, only the share of the day is left.
    let app = limited(app, NetworkLimits { open: 0, ..LIMITS });
    let before = remaining_by_day(&app).await;
    attack(&app, 300, |attempt| format!("2001:db8:12:34{:02x}::{attempt:x}", attempt % 256)).await;
    let after = remaining_by_day(&app).await;
    for (day, capacity) in &before {
        // A third of 21 calls, in whole calls and not more than 33 percent.
        assert_eq!((*capacity, after[day]), (21, 15), "{day}");
    }
    let honest = create_request_from(&app, "2001:db8:13:3400::1", 901, window("16:00-17:00")).await.expect(201);
    assert_eq!(reason(&app, &honest).await, Value::Null);
    // An IPv4 address that is written as an IPv6 address is the same network.
    for (number, address) in [(902, "192.0.2.1"), (903, "::ffff:192.0.2.1")] {
        create_request_from(&app, address, number, asap()).await.expect(201);
    }
    let (network, wide) = network_hashes(&app, 902).await;
    assert!(network.as_ref().unwrap().len() == 64 && network == wide, "{network:?} {wide:?}");
    assert_eq!(network_hashes(&app, 903).await, (network, wide));
}

/// Returns the stored hashes of the networks of the request with this number.
pub async fn network_hashes(app: &TestApp, number: usize) -> (Option<String>, Option<String>) {
    let name = format!("Visitor {number}");
    app.state
        .db
        .read(move |conn| {
            let of_visitor = callback_contacts::table.filter(callback_contacts::full_name.eq(&name));
            let hashes = (callback_contacts::network_hash, callback_contacts::wide_network_hash);
            Ok(of_visitor.select(hashes).get_result(conn)?)
        })
        .await
        .unwrap()
}

#[apply(both)]
async fn responses_do_not_reveal_the_limits(app: TestApp) {
    let app = limited(app, LIMITS);
    let worker = agent(&app, "a").await;
    worker.post("/v1/blocked-numbers", json!({"phone": request_body(7, asap())["phone"]})).await.expect(201);
    let mut responses = Vec::new();
    // The sixth request exceeds the limit, and the last number is blocked.
    for (number, address) in (1..=6).map(|number| (number, "192.0.2.1")).chain([(7, "203.0.113.7")]) {
        app.record_statements();
        let reply = create_request_from(&app, address, number, window("11:00-12:00")).await.expect(201);
        let statements: Vec<String> =
            app.statements().iter().map(|sql| sql.split(" -- binds:").next().unwrap().to_owned()).collect();
        let fields: Vec<String> = reply.body.as_object().unwrap().keys().cloned().collect();
        let headers: Vec<String> = reply.headers.keys().map(ToString::to_string).collect();
        let view = with_secret(&app, &reply, "receipt").send().await.expect(200);
        let seen = (view.body["state"].clone(), view.body["can_change"].clone(), view.body["promised_by"].clone());
        responses.push((reply.text.len(), fields, headers, statements, seen));
        if number == 2 {
            set_capacity(&app, 30).await;
        }
    }
    for response in &responses {
        assert_eq!(response, &responses[0]);
    }
    assert_eq!(capacity_remaining(&app, "20270330T0900Z").await, 25);
    let quarantined = worker.get(&format!("{PATH}?state=quarantined")).await.expect(200).body["data"].clone();
    let reasons: Vec<_> = quarantined.as_array().unwrap().iter().map(|one| one["quarantine_reason"].clone()).collect();
    assert_eq!(reasons, ["network_limit", "blocked_number"]);
    // The desk is informed at once.
    let feed = app.drained_feed().await;
    let alerts: Vec<_> = feed.iter().filter(|event| event["type"] == "callback_request.quarantined").collect();
    assert_eq!(alerts.len(), 2);
    assert_eq!(alerts[0]["data"]["quarantine_reason"], "network_limit");
}

#[apply(both)]
async fn parallel_requests_of_a_network_never_exceed_the_limit(app: TestApp) {
    let app = limited(app, LIMITS);
    set_capacity(&app, 100).await;
    let replies = at_once(50, |number| {
        let request = app.anonymous().request("POST", PATH).header("X-Forwarded-For", "192.0.2.1");
        let request = request.json(request_body(number, window("11:00-12:00")));
        async move { request.send().await }
    })
    .await;
    assert_eq!(with_status(&replies, 201), 50, "{:?}", replies.iter().find(|reply| reply.status != 201));
    assert_eq!(capacity_remaining(&app, "20270330T0900Z").await, 95);
    assert_eq!((ids_in_state(&app, "scheduled").await.len(), ids_in_state(&app, "quarantined").await.len()), (5, 45));
}

#[apply(both)]
async fn a_network_can_request_calls_again_when_its_requests_are_closed(app: TestApp) {
    let app = limited(app, NetworkLimits { open: 1, ..LIMITS });
    let first = create_request_from(&app, "192.0.2.1", 1, window("11:00-12:00")).await.expect(201);
    let second = create_request_from(&app, "192.0.2.1", 2, window("11:00-12:00")).await.expect(201);
    assert_eq!(reason(&app, &second).await, "network_limit");
    with_secret(&app, &first, "cancel").send().await.expect(200);
    let third = create_request_from(&app, "192.0.2.1", 3, window("11:00-12:00")).await.expect(201);
    assert_eq!(reason(&app, &third).await, Value::Null);
}

#[apply(both)]
async fn only_a_trusted_proxy_says_where_a_visitor_is(app: TestApp) {
    let app = limited(app, LIMITS);
    // The visitor forges a header, and the trusted proxy appends the real address.
    for number in 0..8 {
        let address = format!("198.51.100.{number}, 192.0.2.1");
        create_request_from(&app, &address, number, asap()).await.expect(201);
    }
    assert_eq!(ids_in_state(&app, "queued_asap").await.len(), 5);
    // Visitors behind the proxy have limits of their own.
    for number in 10..18 {
        create_request_from(&app, &format!("203.0.113.{number}"), number, asap()).await.expect(201);
    }
    assert_eq!(ids_in_state(&app, "queued_asap").await.len(), 13);
}

#[apply(both)]
async fn an_application_has_no_limits_of_a_network(app: TestApp) {
    let app = app.with_intake(IntakeSettings {
        network: NetworkLimits { open: 1, day_share_percent: 1 },
        minimum_fill_ms: 2_000,
        ..IntakeSettings::default()
    });
    let website = app.service("website", "callbacks:create");
    let mut last = None;
    for number in 0..6 {
        let mut body = request_body(number, window(["11:00-12:00", "12:00-13:00"][number % 2]));
        body["form"] = json!({"honeypot": "filled in by the application", "filled_in_ms": 1});
        let receipt = website.post(PATH, body).await.expect(201);
        assert_eq!(reason(&app, &receipt).await, Value::Null);
        last = Some(receipt);
    }
    // Its visitors are limited per number.
    website.post(PATH, request_body(1, asap())).await.expect(201);
    website.post(PATH, request_body(1, window("15:00-16:00"))).await.refused(429, "too_many_for_number");
    // It does not use up the limits of visitors at its address.
    create_request(&app, 7, window("14:00-15:00")).await.expect(201);
    assert_eq!(ids_in_state(&app, "quarantined").await.len(), 0);
    // Its requests have no network.
    let path = format!("{PATH}/{}/cancel-network", last.unwrap().id());
    agent(&app, "a").await.act(&path).await.refused(409, "conflict");
    // A person is a visitor, whatever scopes the token has.
    let receipt = app.admin().post(PATH, request_body(8, asap())).await.expect(201);
    assert_eq!(reason(&app, &receipt).await, "network_limit");
}

#[apply(both)]
async fn a_released_request_keeps_its_promise_above_the_capacity(app: TestApp) {
    let app = limited(app, NetworkLimits { open: 1, day_share_percent: 100 });
    set_capacity(&app, 1).await;
    create_request_from(&app, "192.0.2.1", 1, asap()).await.expect(201);
    let honest = create_request_from(&app, "192.0.2.1", 2, window("10:00-11:00")).await.expect(201);
    assert_eq!((reason(&app, &honest).await, &honest.body["state"]), (json!("network_limit"), &json!("scheduled")));
    let other = create_request_from(&app, "203.0.113.7", 3, window("10:00-11:00")).await.expect(201);
    let slot = "20270330T0800Z";
    assert_eq!(capacity_remaining(&app, slot).await, 0);

    let worker = agent(&app, "a").await;
    let released = worker.act(&format!("{PATH}/{}/release", honest.id())).await.expect(200);
    assert_eq!((&released.body["state"], &released.body["promise"]), (&json!("scheduled"), &json!("pending")));
    assert_eq!(capacity_remaining(&app, slot).await, 0);
    // It counts towards the limit of its network, and the slot stays full for others.
    create_request_from(&app, "203.0.113.8", 4, window("10:00-11:00")).await.refused(409, "slot_full");
    with_secret(&app, &other, "cancel").send().await.expect(200);
    assert_eq!(capacity_remaining(&app, slot).await, 0);
    app.clock.set("2027-03-30T08:30:00Z".parse().unwrap());
    worker.act(&format!("{PATH}/{}/assign", honest.id())).await.expect(200);
    call(&worker, &honest, "reached").await;
    assert_eq!(read_request(&app, &honest).await["promise"], "kept");
}

#[apply(both)]
async fn rescheduling_does_not_get_around_the_share_of_a_day(app: TestApp) {
    let app = limited(app, NetworkLimits { open: 0, ..LIMITS });
    // A third of 7 calls is 2.
    set_capacity(&app, 1).await;
    let mut receipts = Vec::new();
    for number in 0..4 {
        receipts.push(create_request_from(&app, "192.0.2.1", number, asap()).await.expect(201));
    }
    let mut views = Vec::new();
    for (receipt, name) in receipts.iter().zip(["11:00-12:00", "12:00-13:00", "13:00-14:00", "14:00-15:00"]) {
        let view = with_secret(&app, receipt, "reschedule").json(other_time(name)).send().await.expect(200);
        let headers: Vec<String> = view.headers.keys().map(ToString::to_string).collect();
        views.push((view.text.len(), view.body["state"].clone(), headers));
    }
    assert!(views.iter().all(|view| view == &views[0]), "{views:?}");
    let expected = [Value::Null, Value::Null, json!("network_day_share"), json!("network_day_share")];
    for (receipt, expected) in receipts.iter().zip(expected) {
        assert_eq!(reason(&app, receipt).await, expected);
    }
    let left = remaining_by_day(&app).await;
    assert_eq!(left["2027-03-30"], 5);
    // Within the day, and for an agent, there is no limit.
    with_secret(&app, &receipts[0], "reschedule").json(other_time("15:00-16:00")).send().await.expect(200);
    assert_eq!(reason(&app, &receipts[0]).await, Value::Null);
    let worker = agent(&app, "a").await;
    let fifth = create_request_from(&app, "192.0.2.1", 5, asap()).await.expect(201);
    worker.post(&format!("{PATH}/{}/reschedule", fifth.id()), other_time("16:00-17:00")).await.expect(200);
    assert_eq!(reason(&app, &fifth).await, Value::Null);
    assert_eq!(remaining_by_day(&app).await["2027-03-30"], 4);
}

#[apply(both)]
async fn all_requests_of_a_network_are_cancelled_at_once(app: TestApp) {
    let app = limited(app, LIMITS);
    let mut receipts = Vec::new();
    for number in 1..=7 {
        receipts.push(create_request_from(&app, "192.0.2.1", number, window("11:00-12:00")).await);
        set_capacity(&app, 10).await;
    }
    // Linked to the call of the first one.
    let other = create_request_from(&app, "203.0.113.7", 1, window("11:00-12:00")).await.expect(201);
    assert_eq!(read_request(&app, &other).await["linked_to"], json!(receipts[0].id()));
    app.drained_feed().await;

    let worker = agent(&app, "a").await;
    let path = format!("{PATH}/{}/cancel-network", receipts[6].id());
    app.caller("reader", "callbacks:read").act(&path).await.refused(403, "forbidden");
    let cancelled = worker.act(&path).await.expect(200);
    let ids: Vec<String> = receipts.iter().map(Reply::id).collect();
    assert_eq!(cancelled.body, json!({"ids": ids, "has_more": false}));
    for receipt in &receipts {
        let request = read_request(&app, receipt).await;
        assert_eq!((&request["state"], &request["promise"]), (&json!("cancelled"), &json!("void")));
    }
    let request = read_request(&app, &other).await;
    assert_eq!((&request["state"], &request["linked_to"]), (&json!("scheduled"), &Value::Null));
    assert_eq!(capacity_remaining(&app, "20270330T0900Z").await, 9);
    let feed = app.drained_feed().await;
    let count = |kind: &str| feed.iter().filter(|event| event["type"] == kind).count();
    assert_eq!((count("callback_request.cancelled"), count("callback_request.unlinked")), (7, 1));
    let audit = format!("/v1/audit-entries?actor={}&limit=100", person_id(&app, "a").await);
    let audit = app.admin().get(&audit).await.expect(200);
    let because: Vec<_> = audit.body["data"].as_array().unwrap().iter().map(|entry| entry["reason"].clone()).collect();
    assert_eq!(because.iter().filter(|reason| *reason == "abuse").count(), 7);

    assert_eq!(worker.act(&path).await.expect(200).body, json!({"ids": [], "has_more": false}));
    app.state.db.write(entente::callbacks::requests::erasure::delete_networks).await.unwrap();
    worker.act(&path).await.refused(409, "conflict");
    worker.act(&format!("{PATH}/cbr_01kdvdna00e008000000000001/cancel-network")).await.refused(404, "not_found");
    // The network has its limits again.
    let again = create_request_from(&app, "192.0.2.1", 8, window("12:00-13:00")).await.expect(201);
    assert_eq!(reason(&app, &again).await, Value::Null);
}

#[apply(both)]
async fn networks_with_requests_that_are_linked_can_be_cancelled_in_parallel(app: TestApp) {
    set_capacity(&app, 100).await;
    let networks = ["192.0.2.1", "192.0.2.2"];
    let mut receipts = Vec::new();
    for number in 0..20 {
        // Each network has the first request of every other number.
        for turn in [number, number + 1] {
            let receipt = create_request_from(&app, networks[turn % 2], number, window("11:00-12:00")).await;
            receipts.push(receipt.expect(201));
        }
    }
    let worker = agent(&app, "a").await;
    let replies = at_once(20, |turn| {
        let request = worker.request("POST", &format!("{PATH}/{}/cancel-network", receipts[turn].id()));
        async move { request.send().await }
    })
    .await;
    assert_eq!(with_status(&replies, 200), 20, "{:?}", replies.iter().find(|reply| reply.status != 200));
    assert_eq!(ids_in_state(&app, "cancelled").await.len(), 40);
    assert_eq!(capacity_remaining(&app, "20270330T0900Z").await, 100);
}

#[apply(both)]
async fn the_page_of_the_form_is_a_web_page(app: TestApp) {
    let from_page = async |number, page: &str| {
        let mut body = request_body(number, asap());
        body["source"] = json!({"page": page});
        app.anonymous().post(PATH, body).await
    };
    for (page, code) in [
        ("ftp://example.com/form", "pattern_mismatch"),
        ("javascript:alert(1)", "pattern_mismatch"),
        ("https://user:password@example.com/", "url_has_credentials"),
        ("https://user@example.com/", "url_has_credentials"),
        ("http://:password@example.com/", "url_has_credentials"),
    ] {
        from_page(1, page).await.violates("/source/page", code);
    }
    for (number, page) in [(1, "https://www.example.com/contact?a=b@c#form"), (2, "http://localhost:8080/")] {
        from_page(number, page).await.expect(201);
    }
}
