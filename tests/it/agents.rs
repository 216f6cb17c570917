//! The desk: who gets which request, what was missed, what goes on elsewhere, and whether we kept
//! our word.

use std::collections::BTreeMap;

use entente::kernel::ids::AgentId;

use super::support::desk::*;
use super::support::*;

/// Does what the scheduler does, until nothing is due.
pub async fn tick(app: &TestApp) {
    while entente::app::scheduler::run_once(&app.state.db, &app.state.environment).await.unwrap() > 0 {}
}

/// Puts somebody on the roster for these hours of every business day.
pub async fn on_duty(app: &TestApp, name: &str, starts: &str, ends: &str) -> Reply {
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday"];
    let duties: Vec<Value> = days.iter().map(|day| json!({"weekday": day, "starts": starts, "ends": ends})).collect();
    let person = person_id(app, name).await;
    app.admin().post("/v1/agents", json!({"person_id": person, "duties": duties})).await.expect(201)
}

async fn in_hand(app: &TestApp) -> BTreeMap<String, usize> {
    let assigned = agent(app, "a").await.get(&format!("{PATH}?state=assigned&limit=100")).await.expect(200);
    let mut counts = BTreeMap::new();
    for request in assigned.body["data"].as_array().unwrap() {
        *counts.entry(request["agent_id"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    counts
}

async fn report(app: &TestApp) -> Value {
    agent(app, "a").await.get("/v1/reports/callbacks?from=2027-03-01&to=2027-05-01").await.expect(200).body
}

#[apply(both)]
async fn requests_are_handed_out_in_turn(app: TestApp) {
    for subject in ["anna", "bara", "cyril"] {
        on_duty(&app, subject, "10:00", "17:00").await;
    }
    on_duty(&app, "night", "00:00", "06:00").await;
    for number in 0..10 {
        ask(&app, number, window("10:00-11:00")).await;
        ask(&app, 100 + number, window("11:00-12:00")).await;
    }
    tick(&app).await;
    // Three seats in each of two windows.
    let mut expected = BTreeMap::new();
    for name in ["anna", "bara", "cyril"] {
        expected.insert(agent_id(&app, name).await.to_string(), 2);
    }
    assert_eq!(in_hand(&app).await, expected);
    agent(&app, "anna").await.act(&format!("{PATH}/next")).await.refused(404, "nothing_to_claim");
    let anna = agent_id(&app, "anna").await;
    let mine = agent(&app, "anna").await.get(&format!("{PATH}?state=assigned&agent_id={anna}")).await.expect(200);
    assert_eq!(mine.body["data"].as_array().unwrap().len(), 2);
}

#[apply(both)]
async fn many_schedulers_hand_out_once(app: TestApp) {
    for subject in ["anna", "bara"] {
        on_duty(&app, subject, "00:00", "23:59").await;
    }
    for number in 0..30 {
        ask(&app, number, asap()).await.expect(201);
    }
    let rounds = (0..8).map(|_| entente::app::scheduler::run_once(&app.state.db, &app.state.environment));
    let handed: usize = futures_util::future::join_all(rounds).await.into_iter().map(Result::unwrap).sum();
    assert_eq!(handed, 30);
    assert_eq!(in_hand(&app).await.values().sum::<usize>(), 30);
    let kinds: Vec<_> =
        app.drained_feed().await.into_iter().filter(|event| event["type"] == "callback_request.assigned").collect();
    assert_eq!(kinds.len(), 30);
}

#[apply(both)]
async fn nobody_on_duty_is_told_once_and_the_next_on_duty_gets_it(app: TestApp) {
    on_duty(&app, "anna", "12:00", "17:00").await;
    let receipt = ask(&app, 1, window("10:00-11:00")).await.expect(201);
    tick(&app).await;
    tick(&app).await;
    app.clock.set("2027-03-30T08:30:00Z".parse().unwrap());
    tick(&app).await;
    let told = app.drained_feed().await.iter().filter(|event| event["type"] == "callback_request.unassigned").count();
    assert_eq!((told, &seen(&app, &receipt).await["agent_id"]), (1, &Value::Null));
    app.clock.set("2027-03-30T10:00:00Z".parse().unwrap());
    tick(&app).await;
    assert_eq!(seen(&app, &receipt).await["agent_id"], json!(agent_id(&app, "anna").await));
}

#[apply(both)]
async fn without_a_roster_the_queue_waits_for_whoever_claims(app: TestApp) {
    ask(&app, 1, asap()).await.expect(201);
    tick(&app).await;
    agent(&app, "a").await.act(&format!("{PATH}/next")).await.expect(200);
}

#[apply(both)]
async fn a_missed_call_goes_first_and_counts_as_broken(app: TestApp) {
    on_duty(&app, "anna", "10:00", "11:00").await;
    let missed = ask(&app, 1, window("10:00-11:00")).await.expect(201);
    tick(&app).await;
    assert_eq!(seen(&app, &missed).await["agent_id"], json!(agent_id(&app, "anna").await));
    app.clock.set("2027-03-30T09:00:00Z".parse().unwrap());
    ask(&app, 2, asap()).await.expect(201);
    tick(&app).await;
    let state = seen(&app, &missed).await;
    assert_eq!(
        (&state["state"], &state["promise"], &state["agent_id"]),
        (&json!("missed"), &json!("broken"), &Value::Null)
    );
    let worker = agent(&app, "b").await;
    assert_eq!(worker.act(&format!("{PATH}/next")).await.expect(200).id(), missed.id());
    worker.post(&attempts_of(&missed), json!({"outcome": "reached"})).await.expect(201);
    let promises = report(&app).await["promises"].clone();
    assert_eq!((&promises["kept"], &promises["broken"], &promises["pending"]), (&json!(0), &json!(1), &json!(1)));
}

#[apply(both)]
async fn what_somebody_took_home_comes_back(app: TestApp) {
    let receipt = ask(&app, 1, asap()).await.expect(201);
    agent(&app, "a").await.act(&format!("{PATH}/next")).await.expect(200);
    app.clock.set("2027-03-30T09:00:00Z".parse().unwrap());
    tick(&app).await;
    assert_eq!(seen(&app, &receipt).await["state"], "missed");
    agent(&app, "a").await.act(&format!("{PATH}/next")).await.expect(200);
    let take_back = || {
        app.state.db.write(entente::app::scheduler::unit(
            &app.state.environment,
            entente::callbacks::requests::scheduled::unassign_silent,
        ))
    };
    app.clock.set("2027-03-30T17:00:00Z".parse().unwrap());
    assert_eq!(take_back().await.unwrap(), 0);
    app.clock.set("2027-03-30T17:00:01Z".parse().unwrap());
    assert_eq!(take_back().await.unwrap(), 1);
    let back = seen(&app, &receipt).await;
    assert_eq!((&back["state"], &back["agent_id"]), (&json!("missed"), &Value::Null));
}

#[apply(both)]
async fn a_support_question_leaves_sales(app: TestApp) {
    let receipt = ask(&app, 1, window("10:00-11:00")).await.expect(201);
    let path = format!("{PATH}/{}/reroute", receipt.id());
    let next = agent(&app, "a").await.post(&path, json!({"reason": "A fault"})).await.expect(201);
    assert_eq!(
        (&next.body["intent"], &next.body["rerouted_from"], &next.body["slot_id"]),
        (&json!("technical_support"), &json!(receipt.id()), &json!("20270330T0800Z"))
    );
    let old = seen(&app, &receipt).await;
    assert_eq!(
        (&old["state"], &old["rerouted_to"], &old["promise"]),
        (&json!("rerouted"), &next.body["id"], &json!("void"))
    );
    assert_eq!(capacity_remaining(&app, "20270330T0800Z").await, 2);
    // The visitor's link still works.
    let secret = receipt.body["manage_token"].as_str().unwrap();
    let manage = format!("{PATH}/{}", receipt.id());
    let view = app
        .anonymous()
        .request("GET", &format!("{manage}/receipt"))
        .header("Manage-Token", secret)
        .send()
        .await
        .expect(200);
    assert_eq!((&view.body["id"], &view.body["intent"]), (&next.body["id"], &json!("technical_support")));
    app.anonymous()
        .request("POST", &format!("{manage}/cancel"))
        .header("Manage-Token", secret)
        .send()
        .await
        .expect(200);
    assert_eq!(capacity_remaining(&app, "20270330T0800Z").await, 3);
    assert_eq!(agent(&app, "a").await.get(next.header("location")).await.expect(200).body["state"], "cancelled");
    agent(&app, "a").await.act(&path).await.refused(409, "illegal_transition");
}

#[apply(both)]
async fn who_was_called_is_called_again_by_the_others(app: TestApp) {
    let receipt = ask(&app, 1, asap()).await.expect(201);
    let worker = agent(&app, "a").await;
    app.clock.set("2027-03-30T08:00:00Z".parse().unwrap());
    worker.act(&format!("{PATH}/next")).await.expect(200);
    worker.post(&attempts_of(&receipt), json!({"outcome": "busy"})).await.expect(201);
    let next = worker.act(&format!("{PATH}/{}/reroute", receipt.id())).await.expect(201);
    assert_eq!(
        (&next.body["state"], &next.body["attempts"], &next.body["promised_by"]),
        (&json!("queued_asap"), &json!(0), &json!("2027-03-30T08:30:00Z"))
    );
    // The promise of the first one was kept by the first call.
    assert_eq!(report(&app).await["promises"]["kept"], 1);
}

#[apply(both)]
async fn sales_and_support_never_see_the_requests_of_the_other(app: TestApp) {
    const CRM: [&str; 2] = ["salesforce-lead", "hubspot-contact"];
    const ITSM: [&str; 4] = ["hubspot-ticket", "servicenow-incident", "jira-request", "zammad-ticket"];
    let worker = agent(&app, "a").await;
    for (number, intent, own, foreign) in
        [(1, "sales", &CRM[..], &ITSM[..]), (2, "technical_support", &ITSM[..], &CRM[..])]
    {
        let mut body = wish(number, asap());
        body["intent"] = json!(intent);
        let receipt = app.anonymous().post(PATH, body).await.expect(201);
        let path = |id: &str, format: &str| format!("{PATH}/{id}/projections/{format}");
        for format in own {
            let shown = worker.get(&path(&receipt.id(), format)).await.expect(200);
            assert!(shown.text.contains(&receipt.id()) && shown.text.contains("+42060110000"), "{}", shown.text);
        }
        for format in foreign {
            let refused = worker.get(&path(&receipt.id(), format)).await.refused(409, "wrong_intent");
            assert_eq!(refused.body["formats"], json!(own));
            assert!(!refused.text.contains("Visitor") && !refused.text.contains("60110000"));
        }
        // What goes on elsewhere is seen there, and here no more.
        let next = worker.act(&format!("{PATH}/{}/reroute", receipt.id())).await.expect(201);
        worker.get(&path(&next.id(), foreign[0])).await.expect(200);
        worker.get(&path(&next.id(), own[0])).await.refused(409, "wrong_intent");
    }
    // Events tell nobody's name, whatever the intent.
    let feed = format!("{:?}", app.drained_feed().await);
    assert!(!feed.contains("Visitor") && !feed.contains("60110000"));
    app.anonymous()
        .get(&format!("{PATH}/cbr_01kdvdna00e008000000000001/projections/salesforce-lead"))
        .await
        .refused(401, "unauthenticated");
    worker.get(&format!("{PATH}/cbr_01kdvdna00e008000000000001/projections/fax")).await.refused(404, "not_found");
}

#[apply(both)]
async fn a_request_that_is_kept_back_is_nobodys_lead(app: TestApp) {
    let mut body = wish(1, asap());
    body["form"] = json!({"honeypot": "x"});
    let receipt = app.anonymous().post(PATH, body).await.expect(201);
    let path = format!("{PATH}/{}/projections/salesforce-lead", receipt.id());
    agent(&app, "a").await.get(&path).await.refused(409, "conflict");
    agent(&app, "a").await.act(&format!("{PATH}/{}/release", receipt.id())).await.expect(200);
    agent(&app, "a").await.get(&path).await.expect(200);
}

#[apply(both)]
async fn agents_hand_over_and_put_back(app: TestApp) {
    on_duty(&app, "anna", "00:00", "00:01").await;
    let receipt = ask(&app, 1, asap()).await.expect(201);
    let path = format!("{PATH}/{}", receipt.id());
    let worker = agent(&app, "a").await;
    worker
        .post(&format!("{path}/assign"), json!({"agent_id": AgentId::demo(1)}))
        .await
        .violates("/agent_id", "unknown_reference");
    worker.post(&format!("{path}/assign"), json!({"agent_id": agent_id(&app, "anna").await})).await.expect(200);
    worker.post(&attempts_of(&receipt), json!({"outcome": "busy"})).await.refused(403, "forbidden");
    worker.act(&format!("{path}/assign")).await.expect(200);
    worker
        .post(&attempts_of(&receipt), json!({"outcome": "busy", "started_at": "2027-03-30T07:00:00Z"}))
        .await
        .expect(201);
    worker.act(&format!("{path}/assign")).await.expect(200);
    worker.post(&attempts_of(&receipt), json!({"outcome": "busy"})).await.violates("/started_at", "too_soon");
    assert_eq!(worker.act(&format!("{path}/unassign")).await.expect(200).body["state"], "retry_scheduled");
    worker.act(&format!("{path}/unassign")).await.refused(409, "illegal_transition");
}

#[apply(both)]
async fn one_of_many_gets_it(app: TestApp) {
    let receipt = ask(&app, 1, asap()).await.expect(201);
    let path = format!("{PATH}/{}/reroute", receipt.id());
    let replies = at_once(20, |number| {
        let (app, path) = (&app, path.clone());
        async move { agent(app, &format!("agent-{number}")).await.act(&path).await }
    })
    .await;
    assert_eq!((with_status(&replies, 201), with_status(&replies, 409)), (1, 19));
}

#[apply(both)]
async fn a_day_closed_over_bookings_flags_them(app: TestApp) {
    let receipt =
        ask(&app, 1, json!({"kind": "slot", "window": "10:00-11:00", "date": "2027-03-31"})).await.expect(201);
    let other = ask(&app, 2, json!({"kind": "slot", "window": "10:00-11:00", "date": "2027-04-01"})).await.expect(201);
    let closed = app
        .admin()
        .post("/v1/calendars/default/closed-days", json!({"date": "2027-03-31", "reason": "Rest"}))
        .await
        .expect(201);
    let flagged = agent(&app, "a").await.get(&format!("{PATH}?flag=closed_day")).await.expect(200);
    assert_eq!(
        flagged.body["data"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect::<Vec<_>>(),
        [json!(receipt.id())]
    );
    let after = seen(&app, &receipt).await;
    assert_eq!((&after["slot_id"], &after["state"]), (&json!("20270331T0800Z"), &json!("scheduled")));
    assert_eq!(seen(&app, &other).await["flags"], json!([]));
    app.admin().delete(closed.header("location")).await.expect(204);
    assert_eq!(seen(&app, &receipt).await["flags"], json!([]));
    // An agent moves it, and the first promise counts.
    app.admin()
        .post("/v1/calendars/default/closed-days", json!({"date": "2027-03-31", "reason": "Rest"}))
        .await
        .expect(201);
    let elsewhere = json!({"preference": {"kind": "slot", "window": "10:00-11:00", "date": "2027-04-02"}});
    agent(&app, "a").await.post(&format!("{PATH}/{}/reschedule", receipt.id()), elsewhere).await.expect(200);
    let moved = seen(&app, &receipt).await;
    assert_eq!(
        (&moved["flags"], &moved["first_promised_from"], &moved["promised_from"]),
        (&json!([]), &json!("2027-03-31T08:00:00Z"), &json!("2027-04-02T08:00:00Z"))
    );
}

#[apply(both)]
async fn the_roster_is_kept_by_administrators(app: TestApp) {
    let anna = on_duty(&app, "anna", "10:00", "14:00").await;
    let path = anna.header("location").to_owned();
    let person = person_id(&app, "anna").await;
    app.admin().post("/v1/agents", json!({"person_id": person, "duties": []})).await.refused(409, "already_exists");
    for (duties, place, code) in [
        (json!([{"weekday": "monday", "starts": "12:00", "ends": "12:00"}]), "/duties/0/ends", "not_after_start"),
        (
            json!([{"weekday": "monday", "starts": "10:00", "ends": "12:00"}, {"weekday": "monday", "starts": "11:59", "ends": "13:00"}]),
            "/duties/1",
            "overlapping_duties",
        ),
        (json!([{"weekday": "monday", "starts": "9:00", "ends": "12:00"}]), "/duties/0/starts", "wrong_form"),
    ] {
        app.admin().patch(&path, "*", json!({"duties": duties})).await.violates(place, code);
    }
    let changed = app.admin().patch(&path, &anna.etag(), json!({"active": false})).await.expect(200);
    assert_eq!((&changed.body["active"], changed.body["duties"].as_array().unwrap().len()), (&json!(false), 5));
    app.admin().patch(&path, &anna.etag(), json!({"active": true})).await.refused(412, "stale_version");
    assert_eq!(
        app.admin().patch(&path, &changed.etag(), json!({"active": false})).await.expect(200).etag(),
        changed.etag()
    );
    ask(&app, 1, asap()).await.expect(201);
    tick(&app).await;
    assert!(in_hand(&app).await.is_empty());
    agent(&app, "anna").await.patch(&path, "*", json!({"active": true})).await.refused(403, "forbidden");
    assert_eq!(agent(&app, "anna").await.get("/v1/agents").await.expect(200).body["data"][0], changed.body);
    app.admin().delete(&path).await.expect(204);
    app.admin().get(&path).await.refused(404, "not_found");
}
