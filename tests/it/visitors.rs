//! What visitors can do with the token of their request, and what responses must not reveal.

use entente::callbacks::requests::proof_of_work::solve;
use entente::kernel::config::{IntakeSettings, ProofOfWork};

use super::support::client::Client;
use super::support::desk::*;
use super::support::*;

#[apply(both)]
async fn a_visitor_reads_reschedules_and_cancels_with_the_token(app: TestApp) {
    let receipt = create_request(&app, 1, window("10:00-11:00")).await.expect(201);
    let view = with_secret(&app, &receipt, "receipt").send().await.expect(200);
    for field in ["id", "state", "slot_id", "promised_from", "promised_by", "confirmation", "locale"] {
        assert_eq!(view.body[field], receipt.body[field], "{field}");
    }
    assert_eq!((&view.body["can_change"], view.header("content-language")), (&json!(true), "cs"));

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
async fn a_receipt_describes_the_current_state(app: TestApp) {
    let receipt = create_request(&app, 1, window("10:00-11:00")).await.expect(201);
    let linked = create_request_from(&app, "192.0.2.9", 1, window("10:00-11:00")).await.expect(201);
    let confirmation = async |receipt: &Reply| {
        with_secret(&app, receipt, "receipt").send().await.expect(200).body["confirmation"].as_str().unwrap().to_owned()
    };
    assert!(confirmation(&receipt).await.starts_with("Děkujeme."));
    app.clock.set("2027-03-30T09:00:00Z".parse().unwrap());
    assert!(confirmation(&receipt).await.starts_with("Omlouváme se"));
    let worker = agent(&app, "a").await;
    worker.act(&format!("{PATH}/next")).await.expect(200);
    call(&worker, &receipt, "busy").await;
    for text in [confirmation(&receipt).await, confirmation(&linked).await] {
        assert!(text.ends_with("Zkusíme to znovu v úterý 30. března 2027 po 12:00."), "{text}");
    }
    worker.act(&format!("{PATH}/{}/assign", receipt.id())).await.expect(200);
    worker.act(&calls_of(&receipt)).await.refused(409, "conflict");
    app.clock.set("2027-03-30T10:00:00Z".parse().unwrap());
    call(&worker, &receipt, "reached").await;
    assert_eq!(confirmation(&linked).await, "Náš odborník s vámi už mluvil. Děkujeme.");
}

#[apply(both)]
async fn an_invalid_request_is_rejected_at_the_invalid_field(app: TestApp) {
    for (preference, place, code) in [
        (json!({"kind": "slot", "window": "9-10"}), "/preference/window", "pattern_mismatch"),
        (json!({"kind": "slot", "window": "10:00-11:00", "date": "2027-02-30"}), "/preference/date", "wrong_format"),
        (json!({"kind": "slot", "slot_id": "nonsense"}), "/preference/slot_id", "pattern_mismatch"),
        (json!({"kind": "asap", "window": "10:00-11:00"}), "/preference/window", "unknown_field"),
        (json!({"kind": "later"}), "/preference/kind", "unknown_value"),
        (json!({"window": "10:00-11:00"}), "/preference/kind", "required"),
        (json!("asap"), "/preference", "wrong_type"),
    ] {
        create_request(&app, 1, preference).await.violates(place, code);
    }
    for (name, code) in [(" ", "pattern_mismatch"), ("\u{a0}\u{200b}\u{202e}", "pattern_mismatch"), ("", "too_short")] {
        let mut body = request_body(1, asap());
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
async fn a_token_is_valid_for_one_request_only(app: TestApp) {
    let mine = create_request(&app, 1, asap()).await.expect(201);
    let other = create_request(&app, 2, asap()).await.expect(201);
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
async fn only_agents_change_a_request_after_its_window_has_started(app: TestApp) {
    let receipt = create_request(&app, 1, window("10:00-11:00")).await.expect(201);
    app.clock.set("2027-03-30T08:00:00Z".parse().unwrap());
    assert_eq!(with_secret(&app, &receipt, "receipt").send().await.expect(200).body["can_change"], false);
    with_secret(&app, &receipt, "cancel").send().await.refused(409, "illegal_transition");
    let late = with_secret(&app, &receipt, "reschedule")
        .json(other_time("12:00-13:00"))
        .send()
        .await
        .refused(409, "illegal_transition");
    assert!(late.body["detail"].as_str().unwrap().starts_with("Sorry, your call is already due"));
    let path = format!("{PATH}/{}", receipt.id());
    agent(&app, "a").await.post(&format!("{path}/reschedule"), other_time("12:00-13:00")).await.expect(200);
    agent(&app, "a").await.act(&format!("{path}/cancel")).await.expect(200);
}

#[apply(both)]
async fn rescheduling_into_a_full_slot_changes_nothing(app: TestApp) {
    set_capacity(&app, 1).await;
    create_request(&app, 1, window("11:00-12:00")).await.expect(201);
    let receipt = create_request(&app, 2, window("10:00-11:00")).await.expect(201);
    let full = with_secret(&app, &receipt, "reschedule")
        .json(other_time("11:00-12:00"))
        .send()
        .await
        .refused(409, "slot_full");
    assert_eq!(full.body["alternatives"][0]["slot_id"], "20270330T1000Z");
    assert_eq!(with_secret(&app, &receipt, "receipt").send().await.expect(200).body["slot_id"], "20270330T0800Z");
    // Rescheduling to the same slot uses no additional capacity.
    with_secret(&app, &receipt, "reschedule").json(other_time("10:00-11:00")).send().await.expect(200);
    assert_eq!(capacity_remaining(&app, "20270330T0800Z").await, 0);
    with_secret(&app, &receipt, "reschedule")
        .json(other_time("08:00-09:00"))
        .send()
        .await
        .violates("/preference/window", "slot_unknown_window");
}

#[apply(both)]
async fn parallel_cancelling_and_rescheduling_releases_all_capacity(app: TestApp) {
    for number in 0..10 {
        let receipt = create_request(&app, number, window("10:00-11:00")).await.expect(201);
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
async fn responses_do_not_reveal_whether_a_number_is_known(app: TestApp) {
    // Number 1 has two open requests of other visitors, number 2 has one, number 3 is new.
    for (address, preference) in [("192.0.2.1", asap()), ("192.0.2.2", window("11:00-12:00"))] {
        create_request_from(&app, address, 1, preference).await.expect(201);
    }
    create_request_from(&app, "192.0.2.1", 2, window("12:00-13:00")).await.expect(201);
    let mut responses = Vec::new();
    for number in 1..=3 {
        app.record_statements();
        let reply = create_request_from(&app, "198.51.100.7", number, window("10:00-11:00")).await;
        let statements: Vec<String> =
            app.statements().iter().map(|sql| sql.split(" -- binds:").next().unwrap().to_owned()).collect();
        let fields: Vec<String> = reply.body.as_object().unwrap().keys().cloned().collect();
        let headers: Vec<String> = reply.headers.keys().map(ToString::to_string).collect();
        let summary = (reply.status, reply.body["state"].clone(), reply.body["slot_id"].clone(), reply.text.len());
        responses.push((summary, fields, headers, statements));
    }
    assert_eq!(responses[0], responses[1]);
    assert_eq!(responses[1], responses[2]);
    // The remaining capacity does not reveal it either.
    assert_eq!(capacity_remaining(&app, "20270330T0800Z").await, 0);
    // Agents see the difference: the request of number 1 is quarantined.
    let quarantined = agent(&app, "a").await.get(&format!("{PATH}?state=quarantined")).await.expect(200);
    assert_eq!(
        (quarantined.body["data"].as_array().unwrap().len(), &quarantined.body["data"][0]["quarantine_reason"]),
        (1, &json!("number_limit"))
    );
    // The third request of a visitor is rejected for any number.
    for number in 1..=3 {
        create_request_from(&app, "198.51.100.7", number, window("15:00-16:00")).await.expect(201);
        create_request_from(&app, "198.51.100.7", number, asap()).await.refused(429, "too_many_for_number");
    }
}

#[apply(both)]
async fn receipts_do_not_reveal_whether_a_number_is_known(app: TestApp) {
    app.admin()
        .post(
            "/v1/agents",
            new_agent(
                person_id(&app, "anna").await,
                &json!([{"weekday": "tuesday", "starts": "00:00", "ends": "23:59"}]),
            ),
        )
        .await
        .expect(201);
    for (address, preference) in [("192.0.2.1", asap()), ("192.0.2.2", window("10:00-11:00"))] {
        create_request_from(&app, address, 1, preference).await.expect(201);
    }
    let mut receipts = Vec::new();
    for number in [1, 2] {
        let receipt = create_request_from(&app, "198.51.100.7", number, window("10:00-11:00")).await.expect(201);
        receipts.push(receipt);
    }
    while entente::app::scheduler::run_once(&app.state.db, &app.state.environment).await.unwrap() > 0 {}
    app.clock.set("2027-03-30T08:00:00Z".parse().unwrap());
    let mut views = Vec::new();
    for receipt in &receipts {
        let view = with_secret(&app, receipt, "receipt").send().await.expect(200);
        let late = with_secret(&app, receipt, "cancel").send().await.refused(409, "illegal_transition");
        views.push((
            view.etag(),
            view.body["state"].clone(),
            view.body["can_change"].clone(),
            late.body["state"].clone(),
        ));
    }
    assert_eq!(views[0], views[1]);
    assert_eq!(views[0], (String::new(), json!("scheduled"), json!(false), json!("scheduled")));
}

#[apply(both)]
async fn linked_requests_are_called_once(app: TestApp) {
    let first = create_request_from(&app, "192.0.2.1", 1, asap()).await.expect(201);
    let second = create_request_from(&app, "192.0.2.2", 1, asap()).await.expect(201);
    let worker = agent(&app, "a").await;
    assert_eq!(worker.act(&format!("{PATH}/next")).await.expect(200).id(), first.id());
    worker.act(&format!("{PATH}/next")).await.refused(404, "nothing_to_claim");
    app.clock.set("2027-03-30T08:00:00Z".parse().unwrap());
    call(&worker, &first, "reached").await;
    for receipt in [&first, &second] {
        assert_eq!(with_secret(&app, receipt, "receipt").send().await.expect(200).body["state"], "completed");
    }
    let report = worker.get("/v1/reports/callbacks").await.expect(200);
    assert_eq!((&report.body["promises"]["kept"], &report.body["promises"]["not_counted"]), (&json!(1), &json!(0)));
}

#[apply(both)]
async fn a_linked_request_is_unlinked_when_the_other_is_cancelled(app: TestApp) {
    let first = create_request_from(&app, "192.0.2.1", 1, window("10:00-11:00")).await.expect(201);
    let second = create_request_from(&app, "192.0.2.2", 1, window("10:00-11:00")).await.expect(201);
    assert_eq!(read_request(&app, &second).await["linked_to"], json!(first.id()));
    with_secret(&app, &first, "cancel").send().await.expect(200);
    assert_eq!(read_request(&app, &second).await["linked_to"], Value::Null);
    assert_eq!(capacity_remaining(&app, "20270330T0800Z").await, 2);
    app.clock.set("2027-03-30T08:00:00Z".parse().unwrap());
    assert_eq!(agent(&app, "a").await.act(&format!("{PATH}/next")).await.expect(200).id(), second.id());
}

#[apply(both)]
async fn requests_of_one_number_at_different_times_are_flagged(app: TestApp) {
    create_request(&app, 1, asap()).await.expect(201);
    let other = create_request(&app, 1, window("11:00-12:00")).await.expect(201);
    assert_eq!(read_request(&app, &other).await["flags"], json!(["same_number"]));
    let flagged = agent(&app, "a").await.get(&format!("{PATH}?flag=same_number")).await.expect(200);
    assert_eq!(flagged.body["data"].as_array().unwrap().len(), 1);
}

#[apply(both)]
async fn withdrawing_a_consent_does_not_change_the_request(app: TestApp) {
    offer_consent(&app, "Yes, send me news.").await;
    let mut body = request_body(1, asap());
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
async fn requests_of_programs_are_quarantined_without_notice(app: TestApp) {
    let app = app.with_intake(IntakeSettings { minimum_fill_ms: 2_000, ..IntakeSettings::default() });
    for (number, form, reason) in [
        (1, json!({"honeypot": "https://example.com"}), "honeypot"),
        (2, json!({"honeypot": "", "filled_in_ms": 1_999}), "too_fast"),
    ] {
        let mut body = request_body(number, window("10:00-11:00"));
        body["form"] = form;
        let receipt = app.anonymous().post(PATH, body).await.expect(201);
        // Programs get the same response as people, but use no capacity.
        assert_eq!(
            (&receipt.body["state"], capacity_remaining(&app, "20270330T0800Z").await),
            (&json!("scheduled"), json!(3))
        );
        assert_eq!(read_request(&app, &receipt).await["quarantine_reason"], reason);
    }
    let worker = agent(&app, "a").await;
    worker.act(&format!("{PATH}/next")).await.refused(404, "nothing_to_claim");
    let quarantined = worker.get(&format!("{PATH}?state=quarantined")).await.expect(200);
    let [first, second] = [0, 1].map(|index| quarantined.body["data"][index]["id"].as_str().unwrap().to_owned());
    worker.act(&format!("{PATH}/{first}/release")).await.expect(200);
    worker.act(&format!("{PATH}/{first}/release")).await.refused(409, "illegal_transition");
    assert_eq!(capacity_remaining(&app, "20270330T0800Z").await, 2);
    set_capacity(&app, 1).await;
    // A released request is added to its slot even if the slot is full.
    worker.act(&format!("{PATH}/{second}/release")).await.expect(200);
    assert_eq!(capacity_remaining(&app, "20270330T0800Z").await, 0);
    worker.post(&format!("{PATH}/{second}/cancel"), json!({"reason": "abuse"})).await.expect(200);
    app.clock.set("2027-03-30T08:00:00Z".parse().unwrap());
    assert_eq!(worker.act(&format!("{PATH}/next")).await.expect(200).id(), first);
    let kinds: Vec<_> = app
        .drained_feed()
        .await
        .iter()
        .map(|event| event["type"].clone())
        .filter(|kind| kind != "queue.updated")
        .collect();
    assert_eq!(
        kinds,
        [
            "callback_request.quarantined",
            "callback_request.quarantined",
            "callback_request.received",
            "callback_request.received",
            "callback_request.cancelled",
            "callback_request.assigned"
        ]
    );
}

#[apply(both)]
async fn callback_requests_are_limited_per_address_and_overall(app: TestApp) {
    let app = app.with_intake(IntakeSettings { per_address_per_minute: 2, per_minute: 3, ..IntakeSettings::default() });
    create_request_from(&app, "192.0.2.1", 1, asap()).await.expect(201);
    create_request_from(&app, "192.0.2.1", 2, asap()).await.expect(201);
    let refused = create_request_from(&app, "192.0.2.1", 3, asap()).await.refused(429, "too_many_requests");
    assert!(refused.header("retry-after").parse::<u32>().unwrap() > 0);
    create_request_from(&app, "192.0.2.2", 4, asap()).await.expect(201);
    create_request_from(&app, "192.0.2.3", 5, asap()).await.refused(429, "too_many_requests");
}

#[apply(both)]
async fn proof_of_work_is_required_and_accepted_once(app: TestApp) {
    app.anonymous().get("/v1/callback-challenge").await.expect(204);
    let work = ProofOfWork { keys: vec!["a key of at least thirty-two bytes".into()], max_number: 20 };
    let app = app.with_intake(IntakeSettings { proof_of_work: Some(work), ..IntakeSettings::default() });
    create_request(&app, 1, asap()).await.violates("/proof_of_work", "required");
    let challenge = app.anonymous().get("/v1/callback-challenge").await.expect(200).body;
    let mut body = request_body(1, asap());
    body["proof_of_work"] = json!(solve(&challenge));
    app.anonymous().post(PATH, body.clone()).await.expect(201);
    body["phone"] = json!("602 000 001");
    app.anonymous().post(PATH, body.clone()).await.violates("/proof_of_work", "proof_used");
    app.clock.advance(std::time::Duration::from_secs(3_601));
    let late = json!(solve(&challenge));
    body["proof_of_work"] = late;
    app.anonymous().post(PATH, body).await.violates("/proof_of_work", "proof_invalid");
}
