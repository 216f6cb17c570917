//! Queues: each request reaches the agents of its queue only, and nothing is promised that a roster cannot keep.

use entente::kernel::ids::{AgentId, CalendarId};

use super::agents::tick;
use super::support::client::Client;
use super::support::desk::*;
use super::support::*;

/// The body of an agent in one queue with these duty times on Tuesdays.
fn in_queue(person: impl serde::Serialize, queue: usize, duties: &[(&str, &str)]) -> Value {
    let duty = |(starts, ends): &(&str, &str)| json!({"weekday": "tuesday", "starts": starts, "ends": ends});
    let duties: Vec<Value> = duties.iter().map(duty).collect();
    json!({"person_id": person, "queues": [{"queue_id": queues()[queue], "duties": duties}]})
}

/// Adds an agent to one queue.
async fn agent_of(app: &TestApp, name: &str, queue: usize, duties: &[(&str, &str)]) -> Reply {
    let person = person_id(app, name).await;
    app.admin().post("/v1/agents", in_queue(person, queue, duties)).await.expect(201)
}

fn worker(app: &TestApp, name: &str) -> Client {
    app.caller(name, "callbacks:read callbacks:work")
}

/// Creates a request for technical support.
async fn support_request(app: &TestApp, number: usize, preference: Value) -> Reply {
    let mut body = request_body(number, preference);
    body["intent"] = json!("technical_support");
    app.anonymous().post(PATH, body).await.expect(201)
}

async fn set_roster_capacity(app: &TestApp, handling_minutes: i32) {
    let path = format!("/v1/queues/{}", queues()[0]);
    let patch = json!({"capacity_source": "roster", "handling_minutes": handling_minutes});
    app.admin().patch(&path, "*", patch).await.expect(200);
}

#[apply(both)]
async fn sales_and_support_are_seeded(app: TestApp) {
    let list = worker(&app, "reader").get("/v1/queues").await.expect(200);
    let data = list.body["data"].as_array().unwrap();
    let keys: Vec<_> = data.iter().map(|queue| queue["key"].clone()).collect();
    assert_eq!(keys, ["sales", "support"]);
    for queue in data {
        let settings = ["window_minutes", "window_capacity", "minimum_notice_minutes", "horizon_business_days"];
        assert_eq!(settings.map(|field| queue[field].as_i64().unwrap()), [60, 3, 15, 10]);
        let calling = ["asap_target_minutes", "max_attempts", "attempt_pause_minutes", "unrecorded_return_minutes"];
        assert_eq!(calling.map(|field| queue[field].as_i64().unwrap()), [30, 3, 60, 480]);
        assert_eq!((&queue["capacity_source"], &queue["default_region"]), (&json!("fixed"), &json!("CZ")));
    }
}

#[apply(both)]
async fn an_intent_has_at_most_one_public_queue(app: TestApp) {
    let calendar = app.admin().get("/v1/calendars/default").await.expect(200).id();
    let body = |key: &str, public: bool| json!({"key": key, "name": key, "intents": ["sales"], "public": public, "calendar_id": calendar});
    let admin = app.admin();
    admin.post("/v1/queues", body("second", true)).await.refused(409, "already_exists");
    admin.post("/v1/queues", body("sales", false)).await.refused(409, "already_exists");
    let partner = admin.post("/v1/queues", body("partner", false)).await.expect(201);
    let path = format!("/v1/queues/{}", partner.id());
    admin.patch(&path, "*", json!({"public": true})).await.refused(409, "already_exists");
    admin.patch(&path, "*", json!({"default_region": "XX"})).await.violates("/default_region", "unknown_region");
    let unknown = json!({"calendar_id": CalendarId::demo(99)});
    admin.patch(&path, "*", unknown).await.violates("/calendar_id", "unknown_reference");
    // 20 administrators open it to visitors at the same time as the other one stays open.
    let replies = at_once(20, |turn| {
        let (admin, path) = (app.admin(), path.clone());
        async move { admin.patch(&path, "*", json!({"public": true, "window_capacity": turn + 1})).await }
    })
    .await;
    assert_eq!(with_status(&replies, 409), 20);
    // Visitors do not reach it, applications do.
    let mut request = request_body(1, asap());
    request["queue"] = json!("partner");
    app.anonymous().post(PATH, request.clone()).await.violates("/queue", "unknown_reference");
    app.anonymous().get("/v1/slots?queue=partner").await.refused(422, "validation_failed");
    let website = app.service("website", "callbacks:create callbacks:read");
    let created = website.post(PATH, request.clone()).await.expect(201);
    assert_eq!(read_request(&app, &created).await["queue_id"], json!(partner.id()));
    request["intent"] = json!("technical_support");
    website.post(PATH, request).await.violates("/queue", "intent_not_accepted");
    let filtered = worker(&app, "reader").get(&format!("{PATH}?queue_id={}", partner.id())).await.expect(200);
    assert_eq!(filtered.body["data"].as_array().unwrap().len(), 1);
}

#[apply(both)]
async fn only_callers_with_a_scope_see_the_slots_of_a_queue_that_is_not_public(app: TestApp) {
    let calendar = app.admin().get("/v1/calendars/default").await.expect(200).id();
    let body = |name: &str, intents: &[&str]| json!({"key": "partner", "name": name, "intents": intents, "calendar_id": calendar});
    app.admin().post("/v1/queues", body(" ", &["sales"])).await.violates("/name", "blank");
    let twice = body("Partners", &["sales", "sales"]);
    app.admin().post("/v1/queues", twice).await.violates("/intents/1", "duplicate_intent");
    let queue = app.admin().post("/v1/queues", body("Partners", &["sales"])).await.expect(201);
    let path = "/v1/slots?queue=partner";
    for scope in ["callbacks:create", "callbacks:read"] {
        let slots = app.service("website", scope).get(path).await.expect(200);
        assert_eq!(slots.body["queue_id"], json!(queue.id()), "{scope}");
    }
    let website = app.service("website", "callbacks:create");
    let slot = website.get(path).await.expect(200).body["data"][0]["slot_id"].clone();
    let mut request = request_body(1, json!({"kind": "slot", "slot_id": slot}));
    request["queue"] = json!("partner");
    website.post(PATH, request).await.expect(201);
    // Without the scope, the queue is like one that does not exist.
    let unknown = app.anonymous().get("/v1/slots?queue=fax").await.violates("queue", "unknown_reference");
    for visitor in [app.anonymous(), app.person("cmo")] {
        let refused = visitor.get(path).await.refused(422, "validation_failed");
        assert_eq!(refused.body["errors"], unknown.body["errors"]);
    }
    website.get("/v1/slots?queue=fax").await.violates("queue", "unknown_reference");
}

#[apply(both)]
async fn queues_have_capacity_of_their_own(app: TestApp) {
    for number in 0..3 {
        create_request(&app, number, window("10:00-11:00")).await.expect(201);
    }
    create_request(&app, 3, window("10:00-11:00")).await.refused(409, "slot_full");
    support_request(&app, 4, window("10:00-11:00")).await;
    let support = app.anonymous().get("/v1/slots?queue=support").await.expect(200);
    assert_eq!(support.body["data"][0]["capacity_remaining"], 2);
    assert_eq!(capacity_remaining(&app, "20270330T0800Z").await, 0);
}

#[apply(both)]
async fn parallel_requests_for_the_last_place_of_each_queue_are_accepted_once(app: TestApp) {
    set_capacity(&app, 1).await;
    let replies = at_once(50, |turn| {
        let mut body = request_body(turn, window("10:00-11:00"));
        body["intent"] = json!(if turn % 2 == 0 { "sales" } else { "technical_support" });
        let client = app.anonymous();
        async move { client.post(PATH, body).await }
    })
    .await;
    assert_eq!((with_status(&replies, 201), with_status(&replies, 409)), (2, 48));
}

#[apply(both)]
async fn agents_claim_only_in_their_queues(app: TestApp) {
    agent_of(&app, "seller", 0, &[]).await;
    agent_of(&app, "helper", 1, &[]).await;
    let (seller, helper) = (worker(&app, "seller"), worker(&app, "helper"));
    let question = support_request(&app, 1, asap()).await;
    let next = format!("{PATH}/next");
    seller.act(&next).await.refused(404, "nothing_to_claim");
    let assign = format!("{PATH}/{}/assign", question.id());
    seller.act(&assign).await.refused(403, "forbidden");
    seller.act(&calls_of(&question)).await.refused(403, "forbidden");
    let id = agent_id(&app, "seller").await;
    helper.post(&assign, json!({"agent_id": id})).await.violates("/agent_id", "agent_not_in_queue");
    assert_eq!(helper.act(&next).await.expect(200).id(), question.id());
    // After rerouting it is a request of the other queue.
    let rerouted = helper.act(&format!("{PATH}/{}/reroute", question.id())).await.expect(201);
    helper.act(&format!("{PATH}/{}/assign", rerouted.id())).await.refused(403, "forbidden");
    helper.act(&next).await.refused(404, "nothing_to_claim");
    assert_eq!(seller.act(&next).await.expect(200).id(), rerouted.id());
    // An agent who leaves the queue keeps the request, but gets no other one.
    let path = format!("/v1/agents/{id}");
    let moved = in_queue(Value::Null, 1, &[])["queues"].clone();
    app.admin().patch(&path, "*", json!({"queues": moved})).await.expect(200);
    create_request(&app, 2, asap()).await.expect(201);
    seller.act(&next).await.refused(404, "nothing_to_claim");
    call(&seller, &rerouted, "reached").await;
}

#[apply(both)]
async fn the_most_urgent_request_of_all_queues_of_an_agent_is_first(app: TestApp) {
    let sale = create_request(&app, 1, window("10:00-11:00")).await.expect(201);
    let question = support_request(&app, 2, asap()).await;
    app.clock.set("2027-03-30T08:00:00Z".parse().unwrap());
    let both = agent(&app, "both").await;
    let next = format!("{PATH}/next");
    // The call as soon as possible is promised within half an hour, and the window ends in an hour.
    assert_eq!(both.act(&next).await.expect(200).id(), question.id());
    assert_eq!(both.act(&next).await.expect(200).id(), sale.id());
    both.act(&next).await.refused(404, "nothing_to_claim");
}

#[apply(both)]
async fn twenty_agents_who_claim_at_once_get_requests_of_their_queues_only(app: TestApp) {
    set_capacity(&app, 20).await;
    for number in 0..10 {
        create_request(&app, number, asap()).await.expect(201);
        support_request(&app, 100 + number, asap()).await;
    }
    for number in 0..20 {
        agent_of(&app, &format!("agent-{number}"), number % 2, &[]).await;
    }
    let replies = at_once(20, |number| {
        let client = worker(&app, &format!("agent-{number}"));
        async move { client.act(&format!("{PATH}/next")).await }
    })
    .await;
    assert_eq!(with_status(&replies, 200), 20);
    let mut ids: Vec<_> = replies.iter().map(Reply::id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 20);
    for (number, reply) in replies.iter().enumerate() {
        assert_eq!(reply.body["queue_id"], json!(queues()[number % 2]), "{number}");
    }
}

#[apply(both)]
async fn requests_are_assigned_to_agents_on_duty_in_their_queue(app: TestApp) {
    agent_of(&app, "seller", 0, &[("00:00", "23:59")]).await;
    let helper = agent_of(&app, "helper", 1, &[("00:00", "23:59")]).await;
    let path = helper.header("location").to_owned();
    app.admin().patch(&path, "*", json!({"max_open": 2})).await.expect(200);
    for number in 0..3 {
        support_request(&app, number, asap()).await;
    }
    tick(&app).await;
    let mine = |id: AgentId| format!("{PATH}?state=assigned&agent_id={id}");
    let reader = worker(&app, "reader");
    let of_helper = reader.get(&mine(agent_id(&app, "helper").await)).await.expect(200);
    assert_eq!(of_helper.body["data"].as_array().unwrap().len(), 2, "not more than the maximum");
    let of_seller = reader.get(&mine(agent_id(&app, "seller").await)).await.expect(200);
    assert_eq!(of_seller.body["data"], json!([]));
    // Without the maximum, the third one follows.
    app.admin().patch(&path, "*", json!({"max_open": null})).await.expect(200);
    tick(&app).await;
    let of_helper = reader.get(&mine(agent_id(&app, "helper").await)).await.expect(200);
    assert_eq!(of_helper.body["data"].as_array().unwrap().len(), 3);
}

#[apply(both)]
async fn an_absent_agent_gets_no_requests(app: TestApp) {
    let anna = agent_of(&app, "anna", 0, &[("00:00", "23:59")]).await;
    let path = anna.header("location").to_owned();
    let absence = |from: &str, to: &str| json!({"starts_at": from, "ends_at": to});
    let backwards = [absence("2027-03-30T09:00:00Z", "2027-03-30T06:00:00Z")];
    app.admin()
        .patch(&path, "*", json!({"absences": backwards}))
        .await
        .violates("/absences/0/ends_at", "not_after_start");
    let away = [absence("2027-03-30T06:00:00Z", "2027-03-30T09:00:00Z")];
    let changed = app.admin().patch(&path, "*", json!({"absences": away})).await.expect(200);
    assert_eq!(changed.body["absences"], json!(away));
    let receipt = create_request(&app, 1, asap()).await.expect(201);
    tick(&app).await;
    assert_eq!(read_request(&app, &receipt).await["agent_id"], Value::Null);
    app.clock.set("2027-03-30T09:00:00Z".parse().unwrap());
    tick(&app).await;
    assert_eq!(read_request(&app, &receipt).await["agent_id"], json!(agent_id(&app, "anna").await));
}

#[apply(both)]
async fn a_rescheduled_request_stays_with_an_agent_who_is_on_duty(app: TestApp) {
    agent_of(&app, "anna", 0, &[("10:00", "13:00")]).await;
    let receipt = create_request(&app, 1, window("10:00-11:00")).await.expect(201);
    tick(&app).await;
    let anna = json!(agent_id(&app, "anna").await);
    let path = format!("{PATH}/{}/reschedule", receipt.id());
    let move_to = |window: &str| json!({"preference": {"kind": "slot", "window": window, "date": "2027-03-30"}});
    worker(&app, "anna").post(&path, move_to("12:00-13:00")).await.expect(200);
    let stays = read_request(&app, &receipt).await;
    assert_eq!((&stays["state"], &stays["agent_id"]), (&json!("assigned"), &anna));
    worker(&app, "anna").post(&path, move_to("13:00-14:00")).await.expect(200);
    let leaves = read_request(&app, &receipt).await;
    assert_eq!((&leaves["state"], &leaves["agent_id"]), (&json!("scheduled"), &Value::Null));
}

#[apply(both)]
async fn rerouting_keeps_the_promise_even_above_the_capacity_of_the_other_queue(app: TestApp) {
    set_capacity(&app, 1).await;
    support_request(&app, 1, window("10:00-11:00")).await;
    let sale = create_request(&app, 2, window("10:00-11:00")).await.expect(201);
    let reader = agent(&app, "reader").await;
    let path = format!("{PATH}/{}/reroute", sale.id());
    let here = json!({"queue_id": queues()[0]});
    reader.post(&path, here).await.refused(409, "conflict");
    let moved = reader.act(&path).await.expect(201);
    assert_eq!(moved.body["promised_from"], "2027-03-30T08:00:00Z");
    // The place in sales is free again, and support has none.
    create_request(&app, 3, window("10:00-11:00")).await.expect(201);
    let mut other = request_body(4, window("10:00-11:00"));
    other["intent"] = json!("technical_support");
    app.anonymous().post(PATH, other).await.refused(409, "slot_full");
}

#[apply(both)]
async fn capacity_follows_the_roster(app: TestApp) {
    set_roster_capacity(&app, 20).await;
    create_request(&app, 1, asap()).await.refused(409, "no_agent_on_duty");
    create_request(&app, 1, window("10:00-11:00")).await.refused(409, "no_agent_on_duty");
    let slots = app.anonymous().get("/v1/slots").await.expect(200);
    assert!(slots.body["data"].as_array().unwrap().iter().all(|slot| slot["available"] == json!(false)));
    agent_of(&app, "anna", 0, &[("10:00", "12:00")]).await;
    agent_of(&app, "bara", 0, &[("11:30", "12:00")]).await;
    // A call of 20 minutes fits three times into an hour, and once into half an hour.
    for (slot, calls) in [("20270330T0800Z", 3), ("20270330T0900Z", 4), ("20270330T1000Z", 0)] {
        assert_eq!(capacity_remaining(&app, slot).await, calls, "{slot}");
    }
    let replies = at_once(20, |number| {
        let client = app.anonymous();
        async move { client.post(PATH, request_body(number, window("11:00-12:00"))).await }
    })
    .await;
    // The window is the next one in time, whose capacity the roster limits.
    assert_eq!((with_status(&replies, 201), with_status(&replies, 409)), (4, 16));
    create_request(&app, 90, window("14:00-15:00")).await.refused(409, "slot_full");
}

#[apply(both)]
async fn a_call_as_soon_as_possible_is_promised_when_the_roster_can_make_it(app: TestApp) {
    set_roster_capacity(&app, 20).await;
    agent_of(&app, "anna", 0, &[("10:00", "17:00")]).await;
    // 09:00 in Prague. The first two are within the target, the next ones wait for those ahead.
    for (number, expected) in [(1, "2027-03-30T08:30:00Z"), (2, "2027-03-30T08:40:00Z"), (3, "2027-03-30T09:00:00Z")] {
        let receipt = create_request(&app, number, asap()).await.expect(201);
        assert_eq!(receipt.body["promised_by"], expected, "{number}");
    }
    // Calls in windows that begin before count as well.
    // They leave no time in the next window.
    create_request(&app, 4, window("10:00-11:00")).await.refused(409, "slot_full");
    create_request(&app, 4, window("11:00-12:00")).await.expect(201);
    let receipt = create_request(&app, 5, asap()).await.expect(201);
    assert_eq!(receipt.body["promised_by"], "2027-03-30T09:40:00Z");
    // The other queue has a fixed capacity.
    let question = support_request(&app, 6, asap()).await;
    assert_eq!(question.body["promised_by"], "2027-03-30T08:30:00Z");
}

#[apply(both)]
async fn a_promise_at_risk_is_announced_once(app: TestApp) {
    let receipt = create_request(&app, 1, window("10:00-11:00")).await.expect(201);
    let called = create_request(&app, 2, window("10:00-11:00")).await.expect(201);
    app.clock.set("2027-03-30T08:00:00Z".parse().unwrap());
    let anna = agent(&app, "anna").await;
    anna.act(&format!("{PATH}/{}/assign", called.id())).await.expect(200);
    anna.act(&calls_of(&called)).await.expect(201);
    app.clock.set("2027-03-30T08:49:59Z".parse().unwrap());
    tick(&app).await;
    let at_risk = |feed: Vec<Value>| -> Vec<Value> {
        feed.into_iter()
            .filter(|event| event["type"] == "promise.at_risk")
            .map(|event| event["subject"].clone())
            .collect()
    };
    assert_eq!(at_risk(app.drained_feed().await), Vec::<Value>::new());
    app.clock.set("2027-03-30T08:50:00Z".parse().unwrap());
    // Three replicas.
    let rounds = (0..3).map(|_| entente::app::scheduler::run_once(&app.state.db, &app.state.environment));
    for round in futures_util::future::join_all(rounds).await {
        round.unwrap();
    }
    tick(&app).await;
    assert_eq!(at_risk(app.drained_feed().await), [json!(receipt.id())]);
    app.clock.set("2027-03-30T09:00:00Z".parse().unwrap());
    tick(&app).await;
    assert_eq!(at_risk(app.drained_feed().await).len(), 1);
    assert_eq!(read_request(&app, &receipt).await["state"], "missed");
    assert_eq!(read_request(&app, &called).await["state"], "calling");
}

#[apply(both)]
async fn parallel_calls_as_soon_as_possible_are_promised_one_after_the_other(app: TestApp) {
    set_roster_capacity(&app, 20).await;
    agent_of(&app, "anna", 0, &[("10:00", "17:00")]).await;
    let replies = at_once(20, |number| {
        let client = app.anonymous();
        async move { client.post(PATH, request_body(number, asap())).await }
    })
    .await;
    assert_eq!(with_status(&replies, 201), 20);
    let mut promised: Vec<_> = replies.iter().map(|reply| reply.body["promised_by"].as_str().unwrap()).collect();
    promised.sort_unstable();
    // The first is promised by the target, and each later one for the next 20 minutes.
    assert_eq!(
        (promised[0], promised[1], promised[19]),
        ("2027-03-30T08:30:00Z", "2027-03-30T08:40:00Z", "2027-03-30T14:40:00Z")
    );
    promised.dedup();
    assert_eq!(promised.len(), 20);
}

#[apply(both)]
async fn a_number_without_a_country_code_belongs_to_the_region_of_the_queue(app: TestApp) {
    let path = format!("/v1/queues/{}", queues()[0]);
    app.admin().patch(&path, "*", json!({"default_region": "DE"})).await.expect(200);
    let mut body = request_body(1, asap());
    body["phone"] = json!("030 901820");
    let german = app.anonymous().post(PATH, body.clone()).await.expect(201);
    assert_eq!(read_request(&app, &german).await["phone"], "+4930901820");
    body["intent"] = json!("technical_support");
    app.anonymous().post(PATH, body).await.violates("/phone", "phone_trunk_zero");
}
