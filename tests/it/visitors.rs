//! What visitors do by the secret of their request, and what they cannot learn.

use entente::callbacks::requests::proof_of_work::solve;
use entente::kernel::config::{IntakeSettings, ProofOfWork};

use super::support::client::Client;
use super::support::desk::*;
use super::support::*;

#[apply(both)]
async fn a_visitor_sees_moves_and_cancels_with_the_secret(app: TestApp) {
    let receipt = ask(&app, 1, window("10:00-11:00")).await.expect(201);
    let seen = with_secret(&app, &receipt, "receipt").send().await.expect(200);
    for member in ["id", "state", "slot_id", "promised_from", "promised_by", "confirmation", "locale"] {
        assert_eq!(seen.body[member], receipt.body[member], "{member}");
    }
    assert_eq!((&seen.body["can_change"], seen.header("content-language")), (&json!(true), "cs"));

    let moved = with_secret(&app, &receipt, "reschedule").json(other_time("12:00-13:00")).send().await.expect(200);
    assert_eq!(moved.body["slot_id"], "20270330T1000Z");
    assert!(moved.body["confirmation"].as_str().unwrap().contains("mezi 12:00 a 13:00"));
    assert_eq!(
        (capacity_remaining(&app, "20270330T0800Z").await, capacity_remaining(&app, "20270330T1000Z").await),
        (json!(3), json!(2))
    );
    let soon = json!({"preference": {"kind": "asap"}});
    assert_eq!(
        with_secret(&app, &receipt, "reschedule").json(soon).send().await.expect(200).body["state"],
        "queued_asap"
    );
    assert_eq!(capacity_remaining(&app, "20270330T1000Z").await, 3);

    let cancelled = with_secret(&app, &receipt, "cancel").send().await.expect(200);
    assert_eq!(cancelled.body, json!({"id": receipt.id(), "state": "cancelled"}));
    assert_eq!(with_secret(&app, &receipt, "receipt").send().await.expect(200).body["can_change"], false);
    with_secret(&app, &receipt, "cancel").send().await.refused(409, "illegal_transition");
    with_secret(&app, &receipt, "reschedule")
        .json(other_time("12:00-13:00"))
        .send()
        .await
        .refused(409, "illegal_transition");
}

#[apply(both)]
async fn a_receipt_tells_how_it_stands(app: TestApp) {
    let receipt = ask(&app, 1, window("10:00-11:00")).await.expect(201);
    let linked = ask_from(&app, "192.0.2.9", 1, window("10:00-11:00")).await.expect(201);
    let words = async |receipt: &Reply| {
        with_secret(&app, receipt, "receipt").send().await.expect(200).body["confirmation"].as_str().unwrap().to_owned()
    };
    assert!(words(&receipt).await.starts_with("Děkujeme."));
    app.clock.set("2027-03-30T09:00:00Z".parse().unwrap());
    assert!(words(&receipt).await.starts_with("Omlouváme se"));
    let worker = agent(&app, "a").await;
    worker.act(&format!("{PATH}/next")).await.expect(200);
    worker.post(&attempts_of(&receipt), json!({"outcome": "busy"})).await.expect(201);
    for told in [words(&receipt).await, words(&linked).await] {
        assert!(told.ends_with("Zkusíme to znovu v úterý 30. března 2027 po 12:00."), "{told}");
    }
    // Whoever rings back is reached at any time.
    worker.act(&format!("{PATH}/{}/assign", receipt.id())).await.expect(200);
    worker.post(&attempts_of(&receipt), json!({"outcome": "no_answer"})).await.violates("/started_at", "too_soon");
    worker.post(&attempts_of(&receipt), json!({"outcome": "reached"})).await.expect(201);
    assert_eq!(words(&linked).await, "Náš odborník s vámi už mluvil. Děkujeme.");
}

#[apply(both)]
async fn a_wish_is_refused_at_the_member_that_is_wrong(app: TestApp) {
    for (preference, place, code) in [
        (json!({"kind": "slot", "window": "9-10"}), "/preference/window", "wrong_form"),
        (json!({"kind": "slot", "window": "10:00-11:00", "date": "2027-02-30"}), "/preference/date", "wrong_format"),
        (json!({"kind": "slot", "slot_id": "nonsense"}), "/preference/slot_id", "wrong_form"),
        (json!({"kind": "asap", "window": "10:00-11:00"}), "/preference/window", "unknown_field"),
        (json!({"kind": "later"}), "/preference/kind", "unknown_value"),
        (json!({"window": "10:00-11:00"}), "/preference/kind", "required"),
        (json!("asap"), "/preference", "wrong_type"),
    ] {
        ask(&app, 1, preference).await.violates(place, code);
    }
    for (name, code) in [(" ", "wrong_form"), ("\u{a0}\u{200b}\u{202e}", "wrong_form"), ("", "too_short")] {
        let mut body = wish(1, asap());
        body["full_name"] = json!(name);
        app.anonymous().post(PATH, body).await.violates("/full_name", code);
    }
    agent(&app, "a")
        .await
        .get("/v1/reports/callbacks?from=9999-12-31")
        .await
        .refused(422, "validation_failed")
        .violates("to", "too_far");
    agent(&app, "a")
        .await
        .get(&format!("{PATH}?created_from=9999-12-31T23:59:59-14:00"))
        .await
        .refused(400, "invalid_parameter");
    agent(&app, "a").await.get(&format!("{PATH}?promise=broken")).await.expect(200);
}

#[apply(both)]
async fn a_secret_opens_one_request_only(app: TestApp) {
    let mine = ask(&app, 1, asap()).await.expect(201);
    let other = ask(&app, 2, asap()).await.expect(201);
    let path = format!("{PATH}/{}", other.id());
    let visitor = app.anonymous();
    for secret in [mine.body["manage_token"].as_str().unwrap(), "short", &"x".repeat(43)] {
        for (method, verb) in [("GET", "receipt"), ("POST", "cancel")] {
            let sent = visitor.request(method, &format!("{path}/{verb}")).header("Manage-Token", secret).send().await;
            sent.refused(404, "not_found");
        }
        let consent = visitor
            .request("DELETE", &format!("{path}/consents/marketing"))
            .header("Manage-Token", secret)
            .send()
            .await;
        consent.refused(404, "not_found");
    }
    visitor.act(&format!("{path}/cancel")).await.refused(401, "unauthenticated");
    app.caller("reader", "callbacks:read").act(&format!("{path}/cancel")).await.refused(403, "forbidden");
    agent(&app, "a").await.get(&format!("{path}/receipt")).await.expect(200);
}

#[apply(both)]
async fn after_the_window_began_only_agents_change_it(app: TestApp) {
    let receipt = ask(&app, 1, window("10:00-11:00")).await.expect(201);
    app.clock.set("2027-03-30T08:00:00Z".parse().unwrap());
    assert_eq!(with_secret(&app, &receipt, "receipt").send().await.expect(200).body["can_change"], false);
    with_secret(&app, &receipt, "cancel").send().await.refused(409, "illegal_transition");
    let late = with_secret(&app, &receipt, "reschedule")
        .json(other_time("12:00-13:00"))
        .send()
        .await
        .refused(409, "illegal_transition");
    assert!(late.body["detail"].as_str().unwrap().starts_with("Omlouváme se"));
    let path = format!("{PATH}/{}", receipt.id());
    agent(&app, "a").await.post(&format!("{path}/reschedule"), other_time("12:00-13:00")).await.expect(200);
    agent(&app, "a").await.act(&format!("{path}/cancel")).await.expect(200);
}

#[apply(both)]
async fn moving_into_a_full_window_changes_nothing(app: TestApp) {
    set_capacity(&app, 1).await;
    ask(&app, 1, window("11:00-12:00")).await.expect(201);
    let receipt = ask(&app, 2, window("10:00-11:00")).await.expect(201);
    let full = with_secret(&app, &receipt, "reschedule")
        .json(other_time("11:00-12:00"))
        .send()
        .await
        .refused(409, "slot_full");
    assert_eq!(full.body["alternatives"][0]["slot_id"], "20270330T1000Z");
    assert_eq!(with_secret(&app, &receipt, "receipt").send().await.expect(200).body["slot_id"], "20270330T0800Z");
    // The same window again is no second seat.
    with_secret(&app, &receipt, "reschedule").json(other_time("10:00-11:00")).send().await.expect(200);
    assert_eq!(capacity_remaining(&app, "20270330T0800Z").await, 0);
    with_secret(&app, &receipt, "reschedule")
        .json(other_time("08:00-09:00"))
        .send()
        .await
        .violates("/preference/window", "slot_unknown_window");
}

#[apply(both)]
async fn cancelling_against_moving_leaves_no_seat_behind(app: TestApp) {
    for number in 0..10 {
        let receipt = ask(&app, number, window("10:00-11:00")).await.expect(201);
        let replies = at_once(4, |turn| {
            let verb = if turn % 2 == 0 { "cancel" } else { "reschedule" };
            let body = if turn % 2 == 0 { json!({}) } else { other_time("11:00-12:00") };
            let request = with_secret(&app, &receipt, verb).json(body);
            async move { request.send().await }
        })
        .await;
        let cancelled =
            replies.iter().filter(|reply| reply.body["state"] == "cancelled" && reply.status == 200).count();
        assert_eq!(cancelled, 1);
        assert!(replies.iter().all(|reply| [200, 409].contains(&reply.status)));
        let left = (capacity_remaining(&app, "20270330T0800Z").await, capacity_remaining(&app, "20270330T0900Z").await);
        assert_eq!(left, (json!(3), json!(3)), "{number}");
    }
}

#[apply(both)]
async fn a_known_number_is_answered_like_an_unknown_one(app: TestApp) {
    // Number 1 has two open requests of others, number 2 was called before, number 3 is new.
    for (address, preference) in [("192.0.2.1", asap()), ("192.0.2.2", window("11:00-12:00"))] {
        ask_from(&app, address, 1, preference).await.expect(201);
    }
    ask_from(&app, "192.0.2.1", 2, window("12:00-13:00")).await.expect(201);
    let mut answers = Vec::new();
    for number in 1..=3 {
        app.forget_statements();
        let reply = ask_from(&app, "198.51.100.7", number, window("10:00-11:00")).await;
        let statements: Vec<String> =
            app.statements().iter().map(|sql| sql.split(" -- binds:").next().unwrap().to_owned()).collect();
        let members: Vec<String> = reply.body.as_object().unwrap().keys().cloned().collect();
        let headers: Vec<String> = reply.headers.keys().map(ToString::to_string).collect();
        let told = (reply.status, reply.body["state"].clone(), reply.body["slot_id"].clone(), reply.text.len());
        answers.push((told, members, headers, statements));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[1], answers[2]);
    // Not even the seats tell.
    assert_eq!(capacity_remaining(&app, "20270330T0800Z").await, 0);
    // What is behind it differs: number 1 is kept back.
    let kept = agent(&app, "a").await.get(&format!("{PATH}?state=quarantined")).await.expect(200);
    assert_eq!(
        (kept.body["data"].as_array().unwrap().len(), &kept.body["data"][0]["quarantined_for"]),
        (1, &json!("number_limit"))
    );
    // Whoever asks for a third time is told so, whatever the number has.
    for number in 1..=3 {
        ask_from(&app, "198.51.100.7", number, window("15:00-16:00")).await.expect(201);
        ask_from(&app, "198.51.100.7", number, asap()).await.refused(429, "too_many_for_number");
    }
}

#[apply(both)]
async fn nothing_that_visitors_read_tells_what_is_known_of_a_number(app: TestApp) {
    app.admin()
        .post(
            "/v1/agents",
            json!({"person_id": person_id(&app, "anna").await, "duties": [{"weekday": "tuesday", "starts": "00:00", "ends": "23:59"}]}),
        )
        .await
        .expect(201);
    for (address, preference) in [("192.0.2.1", asap()), ("192.0.2.2", window("10:00-11:00"))] {
        ask_from(&app, address, 1, preference).await.expect(201);
    }
    let mut told = Vec::new();
    for number in [1, 2] {
        let receipt = ask_from(&app, "198.51.100.7", number, window("10:00-11:00")).await.expect(201);
        told.push(receipt);
    }
    while entente::app::scheduler::run_once(&app.state.db, &app.state.environment).await.unwrap() > 0 {}
    app.clock.set("2027-03-30T08:00:00Z".parse().unwrap());
    let mut seen = Vec::new();
    for receipt in &told {
        let view = with_secret(&app, receipt, "receipt").send().await.expect(200);
        let late = with_secret(&app, receipt, "cancel").send().await.refused(409, "illegal_transition");
        seen.push((
            view.etag(),
            view.body["state"].clone(),
            view.body["can_change"].clone(),
            late.body["state"].clone(),
        ));
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[0], (String::new(), json!("scheduled"), json!(false), json!("scheduled")));
}

#[apply(both)]
async fn the_same_call_is_made_once(app: TestApp) {
    let first = ask_from(&app, "192.0.2.1", 1, asap()).await.expect(201);
    let second = ask_from(&app, "192.0.2.2", 1, asap()).await.expect(201);
    let worker = agent(&app, "a").await;
    assert_eq!(worker.act(&format!("{PATH}/next")).await.expect(200).id(), first.id());
    worker.act(&format!("{PATH}/next")).await.refused(404, "nothing_to_claim");
    worker.post(&attempts_of(&first), json!({"outcome": "reached"})).await.expect(201);
    for receipt in [&first, &second] {
        assert_eq!(with_secret(&app, receipt, "receipt").send().await.expect(200).body["state"], "completed");
    }
    let report = worker.get("/v1/reports/callbacks").await.expect(200);
    assert_eq!((&report.body["promises"]["kept"], &report.body["promises"]["not_counted"]), (&json!(1), &json!(0)));
}

#[apply(both)]
async fn a_linked_request_is_called_itself_when_the_other_is_cancelled(app: TestApp) {
    let first = ask_from(&app, "192.0.2.1", 1, window("10:00-11:00")).await.expect(201);
    let second = ask_from(&app, "192.0.2.2", 1, window("10:00-11:00")).await.expect(201);
    assert_eq!(seen(&app, &second).await["linked_to"], json!(first.id()));
    with_secret(&app, &first, "cancel").send().await.expect(200);
    assert_eq!(seen(&app, &second).await["linked_to"], Value::Null);
    assert_eq!(capacity_remaining(&app, "20270330T0800Z").await, 2);
    app.clock.set("2027-03-30T08:00:00Z".parse().unwrap());
    assert_eq!(agent(&app, "a").await.act(&format!("{PATH}/next")).await.expect(200).id(), second.id());
}

#[apply(both)]
async fn another_time_of_the_same_number_is_flagged(app: TestApp) {
    ask(&app, 1, asap()).await.expect(201);
    let other = ask(&app, 1, window("11:00-12:00")).await.expect(201);
    assert_eq!(seen(&app, &other).await["flags"], json!(["same_number"]));
    let flagged = agent(&app, "a").await.get(&format!("{PATH}?flag=same_number")).await.expect(200);
    assert_eq!(flagged.body["data"].as_array().unwrap().len(), 1);
}

#[apply(both)]
async fn a_consent_is_apart_from_the_call(app: TestApp) {
    let mut body = wish(1, asap());
    body["consents"] = json!([{"purpose": "marketing", "wording": "Yes, send me news."}]);
    let receipt = app.anonymous().post(PATH, body).await.expect(201);
    let consent = with_secret(&app, &receipt, "receipt").send().await.expect(200).body["consents"][0].clone();
    assert_eq!((&consent["wording"], &consent["withdrawn_at"]), (&json!("Yes, send me news."), &Value::Null));
    let withdraw = |client: Client| {
        let secret = receipt.body["manage_token"].as_str().unwrap().to_owned();
        let path = format!("{PATH}/{}/consents/marketing", receipt.id());
        async move { client.request("DELETE", &path).header("Manage-Token", &secret).send().await }
    };
    withdraw(app.anonymous()).await.expect(204);
    withdraw(app.anonymous()).await.refused(404, "not_found");
    let after = with_secret(&app, &receipt, "receipt").send().await.expect(200);
    assert_eq!(
        (&after.body["state"], &after.body["consents"][0]["withdrawn_at"]),
        (&json!("queued_asap"), &json!("2027-03-30T07:00:00Z"))
    );
}

#[apply(both)]
async fn programs_are_kept_back_and_not_told(app: TestApp) {
    let app = app.with_intake(IntakeSettings { minimum_fill_ms: 2_000, ..IntakeSettings::default() });
    for (number, form, reason) in [
        (1, json!({"honeypot": "https://example.com"}), "honeypot"),
        (2, json!({"honeypot": "", "filled_in_ms": 1_999}), "too_fast"),
    ] {
        let mut body = wish(number, window("10:00-11:00"));
        body["form"] = form;
        let receipt = app.anonymous().post(PATH, body).await.expect(201);
        // Programs are told what people are, and take no seat from them.
        assert_eq!(
            (&receipt.body["state"], capacity_remaining(&app, "20270330T0800Z").await),
            (&json!("scheduled"), json!(3))
        );
        assert_eq!(seen(&app, &receipt).await["quarantined_for"], reason);
    }
    let worker = agent(&app, "a").await;
    worker.act(&format!("{PATH}/next")).await.refused(404, "nothing_to_claim");
    let kept = worker.get(&format!("{PATH}?state=quarantined")).await.expect(200);
    let [first, second] = [0, 1].map(|index| kept.body["data"][index]["id"].as_str().unwrap().to_owned());
    worker.act(&format!("{PATH}/{first}/release")).await.expect(200);
    worker.act(&format!("{PATH}/{first}/release")).await.refused(409, "illegal_transition");
    assert_eq!(capacity_remaining(&app, "20270330T0800Z").await, 2);
    set_capacity(&app, 1).await;
    worker.act(&format!("{PATH}/{second}/release")).await.refused(409, "slot_full");
    worker.post(&format!("{PATH}/{second}/cancel"), json!({"reason": "abuse"})).await.expect(200);
    app.clock.set("2027-03-30T08:00:00Z".parse().unwrap());
    assert_eq!(worker.act(&format!("{PATH}/next")).await.expect(200).id(), first);
    let kinds: Vec<_> = app
        .drained_feed()
        .await
        .iter()
        .map(|event| event["type"].clone())
        .filter(|kind| kind != "calendar.updated")
        .collect();
    assert_eq!(
        kinds,
        [
            "callback_request.quarantined",
            "callback_request.quarantined",
            "callback_request.received",
            "callback_request.cancelled",
            "callback_request.assigned"
        ]
    );
}

#[apply(both)]
async fn intake_is_limited_per_address_and_overall(app: TestApp) {
    let app = app.with_intake(IntakeSettings { per_address_per_minute: 2, per_minute: 3, ..IntakeSettings::default() });
    ask_from(&app, "192.0.2.1", 1, asap()).await.expect(201);
    ask_from(&app, "192.0.2.1", 2, asap()).await.expect(201);
    let refused = ask_from(&app, "192.0.2.1", 3, asap()).await.refused(429, "too_many_requests");
    assert!(refused.header("retry-after").parse::<u32>().unwrap() > 0);
    ask_from(&app, "192.0.2.2", 4, asap()).await.expect(201);
    ask_from(&app, "192.0.2.3", 5, asap()).await.refused(429, "too_many_requests");
}

#[apply(both)]
async fn work_is_asked_for_and_good_once(app: TestApp) {
    app.anonymous().get("/v1/callback-challenge").await.expect(204);
    let work = ProofOfWork { key: "a key of at least thirty-two bytes".into(), max_number: 1_000 };
    let app = app.with_intake(IntakeSettings { proof_of_work: Some(work), ..IntakeSettings::default() });
    ask(&app, 1, asap()).await.violates("/proof_of_work", "required");
    let challenge = app.anonymous().get("/v1/callback-challenge").await.expect(200).body;
    let mut body = wish(1, asap());
    body["proof_of_work"] = json!(solve(&challenge));
    app.anonymous().post(PATH, body.clone()).await.expect(201);
    body["phone"] = json!("602 000 001");
    app.anonymous().post(PATH, body.clone()).await.violates("/proof_of_work", "spent_proof");
    app.clock.advance(std::time::Duration::from_secs(3_601));
    let late = json!(solve(&challenge));
    body["proof_of_work"] = late;
    app.anonymous().post(PATH, body).await.violates("/proof_of_work", "wrong_proof");
}
