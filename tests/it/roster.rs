//! The roster: who may change it, and who can claim requests or be assigned to them.

use super::agents::{assigned_requests, on_duty, tick};
use super::support::desk::*;
use super::support::*;

#[apply(both)]
async fn only_administrators_change_the_roster(app: TestApp) {
    let anna = on_duty(&app, "anna", "10:00", "14:00").await;
    let path = anna.header("location").to_owned();
    let person = person_id(&app, "anna").await;
    app.admin().post("/v1/agents", new_agent(person, &json!([]))).await.refused(409, "already_exists");
    for (duties, place, code) in [
        (
            json!([{"weekday": "monday", "starts": "12:00", "ends": "12:00"}]),
            "/queues/0/duties/0/ends",
            "not_after_start",
        ),
        (
            json!([{"weekday": "monday", "starts": "10:00", "ends": "12:00"}, {"weekday": "monday", "starts": "11:59", "ends": "13:00"}]),
            "/queues/0/duties/1",
            "overlapping_duties",
        ),
        (
            json!([{"weekday": "monday", "starts": "9:00", "ends": "12:00"}]),
            "/queues/0/duties/0/starts",
            "pattern_mismatch",
        ),
    ] {
        let queues = json!([{"queue_id": queues()[0], "duties": duties}]);
        app.admin().patch(&path, "*", json!({"queues": queues})).await.violates(place, code);
    }
    let changed = app.admin().patch(&path, &anna.etag(), json!({"active": false})).await.expect(200);
    assert_eq!(
        (&changed.body["active"], changed.body["queues"][0]["duties"].as_array().unwrap().len()),
        (&json!(false), 5)
    );
    app.admin().patch(&path, &anna.etag(), json!({"active": true})).await.refused(412, "stale_version");
    assert_eq!(
        app.admin().patch(&path, &changed.etag(), json!({"active": false})).await.expect(200).etag(),
        changed.etag()
    );
    create_request(&app, 1, asap()).await.expect(201);
    tick(&app).await;
    assert!(assigned_requests(&app).await.is_empty());
    agent(&app, "anna").await.patch(&path, "*", json!({"active": true})).await.refused(403, "forbidden");
    assert_eq!(agent(&app, "anna").await.get("/v1/agents").await.expect(200).body["data"][0], changed.body);
    app.admin().delete(&path).await.expect(204);
    app.admin().get(&path).await.refused(404, "not_found");
}

#[apply(both)]
async fn deleting_an_agent_with_open_requests_is_refused(app: TestApp) {
    let worker = agent(&app, "anna").await;
    let path = format!("/v1/agents/{}", agent_id(&app, "anna").await);
    let receipt = create_request(&app, 1, asap()).await.expect(201);
    let before = app.admin().get(&path).await.expect(200);
    worker.act(&format!("{PATH}/next")).await.expect(200);
    worker.delete(&path).await.refused(403, "forbidden");
    app.admin().delete(&path).await.refused(409, "conflict");
    assert_eq!(app.admin().get(&path).await.expect(200).body, before.body);
    worker.act(&format!("{PATH}/{}/unassign", receipt.id())).await.expect(200);
    app.admin().delete(&path).await.expect(204);
    // The person still has the scope, but is not on the roster any more.
    worker.act(&format!("{PATH}/next")).await.refused(403, "forbidden");
}

#[apply(both)]
async fn only_agents_on_the_roster_claim_requests_and_call(app: TestApp) {
    let assign = |receipt: &Reply| format!("{PATH}/{}/assign", receipt.id());
    let queued = create_request(&app, 1, asap()).await.expect(201);
    let assigned = create_request(&app, 2, asap()).await.expect(201);
    agent(&app, "anna").await.act(&assign(&assigned)).await.expect(200);
    person_id(&app, "petr").await;
    let scopes = "callbacks:read callbacks:work";
    for (caller, code) in [
        (app.caller("petr", scopes), "forbidden"),
        (app.caller("not-in-the-directory", scopes), "person_unknown"),
        (app.caller("petr", &format!("{scopes} admin")), "forbidden"),
        (app.service("crm", scopes), "forbidden"),
        // An application is never an agent, even if its name is the login of one.
        (app.service("anna", scopes), "forbidden"),
    ] {
        caller.act(&format!("{PATH}/next")).await.refused(403, code);
        for receipt in [&queued, &assigned] {
            caller.act(&assign(receipt)).await.refused(403, code);
            caller.act(&calls_of(receipt)).await.refused(403, code);
        }
    }
    assert_eq!(read_request(&app, &queued).await["agent_id"], Value::Null);
    let unchanged = read_request(&app, &assigned).await;
    let anna = agent_id(&app, "anna").await;
    assert_eq!((&unchanged["agent_id"], &unchanged["attempts"]), (&json!(anna), &json!(0)));
    // Assigning a request to an agent needs only the scope.
    app.service("crm", scopes).post(&assign(&queued), json!({"agent_id": anna})).await.expect(200);
}

#[apply(both)]
async fn a_deactivated_agent_cannot_claim_requests(app: TestApp) {
    let worker = agent(&app, "anna").await;
    let receipt = create_request(&app, 1, asap()).await.expect(201);
    let (next, person) = (format!("{PATH}/next"), person_id(&app, "anna").await);
    let reason = json!({"reason": "The contract ended."});
    app.admin().post(&format!("/v1/people/{person}/deactivate"), reason).await.expect(200);
    worker.act(&next).await.refused(401, "person_deactivated");
    worker.act(&format!("{PATH}/{}/assign", receipt.id())).await.refused(401, "person_deactivated");
    assert_eq!(read_request(&app, &receipt).await["agent_id"], Value::Null);
    let petr = person_id(&app, "petr").await;
    app.admin().post(&format!("/v1/people/{petr}/deactivate"), json!({"reason": "A new job."})).await.expect(200);
    app.admin()
        .post("/v1/agents", new_agent(petr, &json!([])))
        .await
        .refused(422, "validation_failed")
        .violates("/person_id", "person_deactivated");
    let reason = json!({"reason": "A new contract."});
    app.admin().post(&format!("/v1/people/{person}/reactivate"), reason).await.expect(200);
    assert_eq!(worker.act(&next).await.expect(200).id(), receipt.id());
}

#[apply(both)]
async fn parallel_creations_of_an_agent_succeed_once(app: TestApp) {
    let person = person_id(&app, "anna").await;
    let replies = at_once(20, |_| {
        let admin = app.admin();
        async move { admin.post("/v1/agents", new_agent(person, &json!([]))).await }
    })
    .await;
    assert_eq!((with_status(&replies, 201), with_status(&replies, 409)), (1, 19));
    assert!(replies.iter().filter(|reply| reply.status == 409).all(|reply| reply.body["code"] == "already_exists"));
    assert_eq!(app.admin().get("/v1/agents").await.expect(200).body["data"].as_array().unwrap().len(), 1);
}

#[apply(both)]
async fn an_agent_is_never_deleted_while_claiming_a_request(app: TestApp) {
    for round in 0..10 {
        let name = format!("agent-{round}");
        let worker = agent(&app, &name).await;
        let path = format!("/v1/agents/{}", agent_id(&app, &name).await);
        let receipt = create_request(&app, round, asap()).await.expect(201);
        let (admin, next) = (app.admin(), format!("{PATH}/next"));
        let (claimed, deleted) = tokio::join!(worker.act(&next), admin.delete(&path));
        match (claimed.status, deleted.status) {
            (200, 409) => {
                call(&worker, &receipt, "reached").await;
            }
            (403, 204) => {
                assert_eq!(read_request(&app, &receipt).await["agent_id"], Value::Null);
                agent(&app, "other").await.act(&next).await.expect(200);
                call(&agent(&app, "other").await, &receipt, "reached").await;
            }
            other => panic!("claimed and deleted: {other:?}"),
        }
    }
}

#[apply(both)]
async fn no_request_is_assigned_to_an_agent_who_was_deactivated(app: TestApp) {
    on_duty(&app, "anna", "00:00", "23:59").await;
    let receipt = create_request(&app, 1, asap()).await.expect(201);
    let person = person_id(&app, "anna").await;
    let reason = json!({"reason": "The contract ended."});
    app.admin().post(&format!("/v1/people/{person}/deactivate"), reason).await.expect(200);
    let body = json!({"agent_id": agent_id(&app, "anna").await});
    let assign = format!("{PATH}/{}/assign", receipt.id());
    agent(&app, "petr").await.post(&assign, body).await.violates("/agent_id", "unknown_reference");
    tick(&app).await;
    assert_eq!(read_request(&app, &receipt).await["agent_id"], Value::Null);
}

#[apply(both)]
async fn an_application_gets_no_calendar_of_an_agent_whose_login_it_uses(app: TestApp) {
    agent(&app, "anna").await;
    let path = format!("/v1/agents/{}/calendar-link", agent_id(&app, "anna").await);
    app.service("anna", "callbacks:read callbacks:work").act(&path).await.refused(403, "forbidden");
    agent(&app, "petr").await.act(&path).await.refused(403, "forbidden");
    agent(&app, "anna").await.act(&path).await.expect(200);
}

#[apply(both)]
async fn an_agent_in_queues_of_two_time_zones_is_counted_once(app: TestApp) {
    // 15:00 in Prague is 09:00 in New York.
    let times = [("prague", "Europe/Prague", "15:00", "17:00"), ("new-york", "America/New_York", "09:00", "11:00")];
    let mut of_agent = Vec::new();
    for (key, zone, opens, closes) in times {
        let hours = json!([{"weekday": "wednesday", "opens": opens, "closes": closes}]);
        let calendar = json!({"name": key, "zone": zone, "public_holidays": "none", "opening_hours": hours});
        let calendar = app.admin().post("/v1/calendars", calendar).await.expect(201).id();
        let queue = json!({"key": key, "name": key, "intents": ["sales"], "calendar_id": calendar,
            "capacity_source": "roster", "handling_minutes": 15});
        let queue = app.admin().post("/v1/queues", queue).await.expect(201).id();
        let duty = json!({"weekday": "wednesday", "starts": opens, "ends": closes});
        of_agent.push(json!({"queue_id": queue, "duties": [duty]}));
    }
    let person = person_id(&app, "anna").await;
    app.admin().post("/v1/agents", json!({"person_id": person, "queues": of_agent})).await.expect(201);
    for (key, ..) in times {
        let path = format!("/v1/slots?queue={key}&from=2027-03-31&days=1");
        let slots = app.service("website", "callbacks:create").get(&path).await.expect(200);
        // Of the four calls in an hour, two are left for each queue.
        assert_eq!(slots.body["data"][0]["starts_at"], "2027-03-31T13:00:00Z", "{key}");
        assert_eq!(slots.body["data"][0]["capacity_remaining"], 2, "{key}");
    }
}
