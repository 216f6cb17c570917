//! What visitors say about their call: once, after the promised time, and only they.

use super::agents::tick;
use super::support::client::Request;
use super::support::desk::*;
use super::support::*;

/// Builds the request with the token of this reply.
fn feedback(app: &TestApp, receipt: &Reply, called_on_time: bool) -> Request {
    with_secret(app, receipt, "feedback").json(json!({"called_on_time": called_on_time}))
}

async fn can_give(app: &TestApp, receipt: &Reply) -> Value {
    with_secret(app, receipt, "receipt").send().await.expect(200).body["can_give_feedback"].clone()
}

/// Moves the clock to the end of the window 10:00-11:00.
fn pass_window(app: &TestApp) {
    app.clock.set("2027-03-30T09:00:00Z".parse().unwrap());
}

#[apply(both)]
async fn feedback_is_given_once_after_the_promised_time(app: TestApp) {
    let receipt = create_request(&app, 1, window("10:00-11:00")).await.expect(201);
    let early = feedback(&app, &receipt, true).send().await.refused(409, "conflict");
    assert_eq!(early.body["promised_by"], "2027-03-30T09:00:00Z");
    assert!(early.body["detail"].as_str().unwrap().starts_with("Sorry"), "{}", early.text);
    // A call without an answer changes nothing about it.
    app.clock.set("2027-03-30T08:59:59Z".parse().unwrap());
    let worker = agent(&app, "a").await;
    worker.act(&format!("{PATH}/{}/assign", receipt.id())).await.expect(200);
    call(&worker, &receipt, "busy").await;
    feedback(&app, &receipt, true).send().await.refused(409, "conflict");
    assert_eq!(can_give(&app, &receipt).await, false);

    pass_window(&app);
    assert_eq!(can_give(&app, &receipt).await, true);
    with_secret(&app, &receipt, "feedback").json(json!({})).send().await.violates("/called_on_time", "required");
    let given = feedback(&app, &receipt, false).send().await.expect(200);
    assert_eq!(given.body, json!({"id": receipt.id(), "called_on_time": false}));
    for again in [false, true] {
        let refused = feedback(&app, &receipt, again).send().await.refused(409, "conflict");
        assert!(refused.body["detail"].as_str().unwrap().starts_with("Sorry, you have already said"));
    }
    let view = with_secret(&app, &receipt, "receipt").send().await.expect(200).body;
    assert_eq!((&view["can_give_feedback"], &view["called_on_time"]), (&json!(false), &json!(false)));
    let request = read_request(&app, &receipt).await;
    assert_eq!((&request["called_on_time"], &request["promise"]), (&json!(false), &json!("kept")));
    let feed = app.drained_feed().await;
    let events: Vec<_> = feed.iter().filter(|event| event["type"] == "callback_request.feedback_given").collect();
    assert_eq!((events.len(), &events[0]["subject"]), (1, &json!(receipt.id())));
    assert!(!format!("{feed:?}").contains("called_on_time"));
}

#[apply(both)]
async fn an_agent_who_moves_a_call_does_not_delay_the_feedback(app: TestApp) {
    let receipt = create_request(&app, 1, window("10:00-11:00")).await.expect(201);
    let worker = agent(&app, "a").await;
    let later = other_time("16:00-17:00");
    worker.post(&format!("{PATH}/{}/reschedule", receipt.id()), later).await.expect(200);
    let early = feedback(&app, &receipt, false).send().await.refused(409, "conflict");
    assert_eq!(early.body["promised_by"], "2027-03-30T09:00:00Z");
    pass_window(&app);
    assert_eq!(can_give(&app, &receipt).await, true);
    feedback(&app, &receipt, false).send().await.expect(200);
}

#[apply(both)]
async fn feedback_is_possible_when_calling_has_ended(app: TestApp) {
    let worker = agent(&app, "a").await;
    for (number, outcome) in [(1, "reached"), (2, "wrong_number")] {
        let receipt = create_request(&app, number, window("10:00-11:00")).await.expect(201);
        call(&worker, &receipt, outcome).await;
        assert_eq!(can_give(&app, &receipt).await, true);
        feedback(&app, &receipt, false).send().await.expect(200);
    }
    // A visitor who cancels is not asked about a call.
    let receipt = create_request(&app, 3, window("10:00-11:00")).await.expect(201);
    with_secret(&app, &receipt, "cancel").send().await.expect(200);
    assert_eq!(can_give(&app, &receipt).await, false);
}

#[apply(both)]
async fn parallel_feedback_has_one_winner(app: TestApp) {
    let receipt = create_request(&app, 1, window("10:00-11:00")).await.expect(201);
    pass_window(&app);
    let replies = at_once(20, |number| {
        let request = feedback(&app, &receipt, number % 2 == 0);
        async move { request.send().await }
    })
    .await;
    assert_eq!((with_status(&replies, 200), with_status(&replies, 409)), (1, 19));
    let winner = replies.iter().find(|reply| reply.status == 200).unwrap();
    assert_eq!(read_request(&app, &receipt).await["called_on_time"], winner.body["called_on_time"]);
    let events = app.drained_feed().await;
    let given = events.iter().filter(|event| event["type"] == "callback_request.feedback_given").count();
    assert_eq!(given, 1);
}

#[apply(both)]
async fn only_the_visitor_gives_feedback(app: TestApp) {
    let receipt = create_request(&app, 1, window("10:00-11:00")).await.expect(201);
    let other = create_request(&app, 2, window("10:00-11:00")).await.expect(201);
    pass_window(&app);
    let path = format!("{PATH}/{}/feedback", receipt.id());
    let praise = json!({"called_on_time": true});
    app.anonymous().post(&path, praise.clone()).await.refused(401, "unauthenticated");
    for token in [other.body["manage_token"].as_str().unwrap(), "short", &"x".repeat(43)] {
        let sent = app.anonymous().request("POST", &path).header("Manage-Token", token).json(praise.clone());
        sent.send().await.refused(404, "not_found");
    }
    // Neither agents, nor administrators, nor applications.
    let application = app.service("crm", "callbacks:read callbacks:work");
    for caller in [agent(&app, "a").await, app.admin(), application] {
        let refused = caller.post(&path, praise.clone()).await.refused(401, "unauthenticated");
        let detail = "Send the manage token of the request in the header `Manage-Token`.";
        assert_eq!(refused.body["detail"], detail);
    }

    // An agent creates a link, and uses it as if they were the visitor.
    let linked = agent(&app, "a").await.act(&format!("{PATH}/{}/manage-link", receipt.id())).await.expect(200);
    assert_eq!(can_give(&app, &linked).await, false);
    feedback(&app, &linked, true).send().await.refused(409, "conflict");
    // The old link of the visitor has ended.
    feedback(&app, &receipt, false).send().await.refused(404, "not_found");
    // With the link that an application sends to the visitor, feedback is possible again.
    let sent = app.service("mail", "callbacks:work").act(&format!("{PATH}/{}/manage-link", receipt.id())).await;
    let sent = sent.expect(200);
    feedback(&app, &linked, true).send().await.refused(404, "not_found");
    assert_eq!(feedback(&app, &sent, false).send().await.expect(200).body["called_on_time"], false);
    assert_eq!(read_request(&app, &other).await["called_on_time"], Value::Null);
}

#[apply(both)]
async fn feedback_does_not_reveal_whether_a_request_is_quarantined(app: TestApp) {
    let accepted = create_request(&app, 1, window("10:00-11:00")).await.expect(201);
    let mut body = request_body(2, window("10:00-11:00"));
    body["form"] = json!({"honeypot": "x"});
    let quarantined = app.anonymous().post(PATH, body).await.expect(201);
    for time in ["2027-03-30T08:00:00Z", "2027-03-30T09:00:00Z"] {
        app.clock.set(time.parse().unwrap());
        assert_eq!(can_give(&app, &accepted).await, can_give(&app, &quarantined).await);
        let replies = [feedback(&app, &accepted, true).send().await, feedback(&app, &quarantined, true).send().await];
        assert_eq!(replies[0].status, replies[1].status);
    }
}

#[apply(both)]
async fn feedback_belongs_to_the_request_that_continues_a_rerouted_one(app: TestApp) {
    let receipt = create_request(&app, 1, window("10:00-11:00")).await.expect(201);
    let next = agent(&app, "a").await.act(&format!("{PATH}/{}/reroute", receipt.id())).await.expect(201);
    pass_window(&app);
    assert_eq!(feedback(&app, &receipt, false).send().await.expect(200).body["id"], next.body["id"]);
    feedback(&app, &receipt, false).send().await.refused(409, "conflict");
    assert_eq!(read_request(&app, &next).await["called_on_time"], false);
    // Rerouted again: the feedback moves, so that it is counted once and is not given again.
    let last = agent(&app, "a").await.act(&format!("{PATH}/{}/reroute", next.id())).await.expect(201);
    assert_eq!(last.body["called_on_time"], false);
    assert_eq!(read_request(&app, &next).await["called_on_time"], Value::Null);
    feedback(&app, &receipt, false).send().await.refused(409, "conflict");
    let report = agent(&app, "a").await.get("/v1/reports/callbacks?from=2027-03-01&to=2027-05-01").await.expect(200);
    assert_eq!(report.body["visitors"]["late"], 1);
}

#[apply(both)]
async fn feedback_is_exported_and_erased_with_the_visitor(app: TestApp) {
    let receipt = create_request(&app, 1, window("10:00-11:00")).await.expect(201);
    pass_window(&app);
    tick(&app).await;
    let keyed = feedback(&app, &receipt, false).header("Idempotency-Key", "feedback-1");
    keyed.send().await.expect(200);
    let again = feedback(&app, &receipt, false).header("Idempotency-Key", "feedback-1").send().await.expect(200);
    assert_eq!(again.header("idempotent-replayed"), "true");
    let who = json!({"email": "visitor@example.com"});
    let exported = app.admin().post("/v1/data-subjects/export", who.clone()).await.expect(200);
    assert_eq!(exported.body["requests"][0]["request"]["called_on_time"], false, "{}", exported.text);
    app.admin().post("/v1/data-subjects/erase", who).await.expect(200);
    assert_eq!(read_request(&app, &receipt).await["called_on_time"], Value::Null);
    feedback(&app, &receipt, true).send().await.refused(404, "not_found");
    let report = agent(&app, "a").await.get("/v1/reports/callbacks?from=2027-03-01&to=2027-05-01").await.expect(200);
    assert_eq!((&report.body["visitors"]["late"], &report.body["promises"]["broken"]), (&json!(0), &json!(1)));
}
