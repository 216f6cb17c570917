//! Callback requests, from their creation to the last call.

use std::collections::BTreeSet;
use std::time::Duration;

use diesel::prelude::*;

use super::support::desk::*;
use super::support::*;

#[apply(both)]
async fn confirmations_are_in_the_language_of_the_visitor(app: TestApp) {
    let body_of = |number: u32| {
        let phone = format!("601 123 45{number}");
        json!({"full_name": "Visitor", "phone": phone, "intent": "sales", "preference": window("10:00-11:00")})
    };
    let german = app.anonymous().request("POST", PATH).header("Accept-Language", "de-DE, en;q=0.5").json(body_of(1));
    let german = german.send().await.expect(201);
    assert_eq!((&german.body["locale"], german.header("content-language")), (&json!("de"), "de"));
    assert_eq!(
        german.body["confirmation"],
        "Vielen Dank. Unser Fachteam ruft Sie am Dienstag, dem 30. März 2027, zwischen 10:00 und 11:00 Uhr (Prager Zeit) unter +420 601 123 451 an. Auf Wiederhören."
    );
    let mut body = body_of(2);
    body["locale"] = json!("de");
    assert_eq!(app.anonymous().post(PATH, body.clone()).await.expect(201).body["locale"], "de");
    body["locale"] = json!("tlh");
    let unknown = app.anonymous().post(PATH, body).await.expect(422);
    assert_eq!(unknown.body["errors"][0]["code"], "unknown_value");
}

#[apply(both)]
async fn problems_are_in_the_language_of_the_visitor(app: TestApp) {
    let send = |changes: Value| {
        let mut body = json!({
            "full_name": "Jana Novak", "phone": "601 123 456", "intent": "sales", "preference": {"kind": "asap"}
        });
        for (field, value) in changes.as_object().unwrap() {
            body[field] = value.clone();
        }
        app.anonymous().request("POST", PATH).header("Accept-Language", "de-AT, en;q=0.5").json(body).send()
    };
    let detail_of = |reply: &Reply, pointer: &str| {
        let errors = reply.body["errors"].as_array().unwrap();
        errors.iter().find(|error| error["pointer"] == pointer).map(|error| error["detail"].clone())
    };

    let blank = send(json!({"full_name": " ", "phone": "", "email": "jana"})).await.refused(422, "validation_failed");
    assert_eq!((blank.header("content-language"), &blank.body["title"]), ("de", &json!("Ungültige Werte")));
    for (pointer, expected) in [
        ("/full_name", "Geben Sie einen Namen ein."),
        ("/phone", "Geben Sie einen Text mit mindestens einem sichtbaren Zeichen ein."),
        ("/email", "Geben Sie eine E-Mail-Adresse ein, zum Beispiel „jana@example.com“."),
    ] {
        assert_eq!(detail_of(&blank, pointer), Some(json!(expected)), "{}", blank.text);
    }

    let emergency = send(json!({"phone": "112"})).await.refused(422, "validation_failed");
    assert!(emergency.body["detail"].as_str().unwrap().starts_with("Entschuldigung, "), "{}", emergency.text);
    assert_eq!(detail_of(&emergency, "/phone"), Some(json!("Notrufnummern rufen wir nicht an.")));

    let unknown = send(json!({"full_name": " ", "nickname": "J"})).await.refused(422, "validation_failed");
    assert_eq!((unknown.header("content-language"), &unknown.body["title"]), ("de", &json!("Ungültige Werte")));
    assert_eq!(detail_of(&unknown, "/nickname"), Some(json!("Dieses Feld gibt es nicht.")));
}

#[apply(both)]
async fn a_window_is_confirmed_with_its_date(app: TestApp) {
    let body = json!({
        "full_name": "Alena Procházková", "phone": "601 123 456", "intent": "sales", "preference": window("10:00-11:00")
    });
    let receipt = app.anonymous().post(PATH, body).await.expect(201);
    assert_eq!(
        receipt.body["confirmation"],
        "Děkujeme. Jeden z našich odborníků vám zavolá v úterý 30. března 2027 mezi 10:00 a 11:00 (pražského času) na číslo +420 601 123 456. Na shledanou."
    );
    assert_eq!(
        (&receipt.body["state"], &receipt.body["slot_id"], &receipt.body["rolled"]),
        (&json!("scheduled"), &json!("20270330T0800Z"), &json!(false))
    );
    assert_eq!(receipt.header("cache-control"), "no-store");
    assert_eq!(capacity_remaining(&app, "20270330T0800Z").await, 2);

    let request = agent(&app, "a").await.get(&format!("{PATH}/{}", receipt.id())).await.expect(200);
    assert_eq!(
        (&request.body["phone"], &request.body["phone_display"]),
        (&json!("+420601123456"), &json!("+420 601 123 456"))
    );
    assert_eq!(request.body["full_name"], "Alena Procházková");
    assert_eq!(request.header("cache-control"), "no-store");
}

#[apply(both)]
async fn a_window_that_started_rolls_to_the_next_day(app: TestApp) {
    app.clock.set("2027-03-30T07:46:00Z".parse().unwrap());
    let receipt = create_request(&app, 1, window("10:00-11:00")).await.expect(201);
    assert_eq!((&receipt.body["slot_id"], &receipt.body["rolled"]), (&json!("20270331T0800Z"), &json!(true)));
    let by_id = create_request(&app, 2, json!({"kind": "slot", "slot_id": "20270331T0800Z"})).await.expect(201);
    assert_eq!((&by_id.body["slot_id"], &by_id.body["rolled"]), (&json!("20270331T0800Z"), &json!(false)));
    let on_day = create_request(&app, 3, json!({"kind": "slot", "window": "10:00-11:00", "date": "2027-04-01"}))
        .await
        .expect(201);
    assert_eq!(on_day.body["slot_id"], "20270401T0800Z");
}

#[apply(both)]
async fn an_asap_call_is_promised_within_opening_hours(app: TestApp) {
    let mut body = request_body(1, asap());
    body["locale"] = json!("en");
    let receipt = app.anonymous().post(PATH, body).await.expect(201);
    assert_eq!(
        (&receipt.body["state"], &receipt.body["promised_by"]),
        (&json!("queued_asap"), &json!("2027-03-30T08:30:00Z"))
    );
    assert_eq!(
        receipt.body["confirmation"],
        "Thank you. One of our experts will call you on +420 601 100 001 as soon as possible, on Tuesday 30 March 2027 by 10:30 at the latest. Goodbye."
    );
    // On Friday evening, the promise is on Monday morning.
    app.clock.set("2027-04-02T14:50:00Z".parse().unwrap());
    assert_eq!(create_request(&app, 2, asap()).await.expect(201).body["promised_by"], "2027-04-05T08:20:00Z");
}

#[apply(both)]
async fn all_violations_of_a_request_are_reported_at_once(app: TestApp) {
    let mut body = request_body(1, window("08:00-09:00"));
    body["phone"] = json!("0601 123 456");
    body["notice"] = json!({"id": "ntc_01m7fgq4e8f4r9v3zk8x2c6b7d"});
    let refused = app
        .anonymous()
        .request("POST", PATH)
        .header("Accept-Language", "cs")
        .json(body)
        .send()
        .await
        .refused(422, "validation_failed");
    let mut found = refused.violations();
    found.sort();
    let expected = [
        ("/notice", "unknown_reference"),
        ("/phone", "phone_trunk_zero"),
        ("/preference/window", "slot_unknown_window"),
    ];
    assert_eq!(found, expected.map(|(place, code)| (place.to_owned(), code.to_owned())));

    app.clock.set("2027-03-30T10:00:00Z".parse().unwrap());
    for (preference, place, code) in [
        (json!({"kind": "slot", "slot_id": "20270330T0800Z"}), "/preference/slot_id", "slot_past"),
        (
            json!({"kind": "slot", "window": "10:00-11:00", "date": "2027-04-03"}),
            "/preference/date",
            "slot_not_a_business_day",
        ),
        (json!({"kind": "slot", "window": "10:00-11:00", "date": "2027-06-01"}), "/preference/date", "slot_too_far"),
        (json!({"kind": "slot"}), "/preference", "ambiguous_slot"),
        (
            json!({"kind": "slot", "slot_id": "20270331T0800Z", "window": "10:00-11:00"}),
            "/preference",
            "ambiguous_slot",
        ),
        (json!({"kind": "later"}), "/preference/kind", "unknown_value"),
        (json!({"kind": "asap", "date": "2027-03-31"}), "/preference/date", "unknown_field"),
    ] {
        create_request(&app, 1, preference).await.refused(422, "validation_failed").violates(place, code);
    }
    assert_eq!(app.drained_feed().await, Vec::<Value>::new());
}

#[apply(both)]
async fn the_capacity_of_a_slot_is_never_exceeded(app: TestApp) {
    set_capacity(&app, 1).await;
    let replies = at_once(50, |number| {
        let visitor = app.anonymous();
        async move { visitor.post(PATH, request_body(number, window("10:00-11:00"))).await }
    })
    .await;
    assert_eq!((with_status(&replies, 201), with_status(&replies, 409)), (1, 49));
    for refused in replies.iter().filter(|reply| reply.status == 409) {
        assert_eq!(refused.body["code"], "slot_full");
        let offered: Vec<_> =
            refused.body["alternatives"].as_array().unwrap().iter().map(|slot| slot["slot_id"].clone()).collect();
        assert_eq!(offered, ["20270330T0900Z", "20270330T1000Z", "20270330T1100Z"]);
    }
    assert_eq!(capacity_remaining(&app, "20270330T0800Z").await, 0);
    assert_eq!(agent(&app, "a").await.get(PATH).await.expect(200).body["data"].as_array().unwrap().len(), 1);
}

#[apply(both)]
async fn a_changed_capacity_applies_to_new_requests(app: TestApp) {
    set_capacity(&app, 1).await;
    create_request(&app, 1, window("10:00-11:00")).await.expect(201);
    set_capacity(&app, 2).await;
    create_request(&app, 2, window("10:00-11:00")).await.expect(201);
    create_request(&app, 3, window("10:00-11:00")).await.refused(409, "slot_full");
    set_capacity(&app, 1).await;
    assert_eq!(capacity_remaining(&app, "20270330T0800Z").await, 0);
    create_request(&app, 4, window("10:00-11:00")).await.refused(409, "slot_full");
}

#[apply(both)]
async fn a_number_has_at_most_two_open_requests(app: TestApp) {
    let first = create_request(&app, 1, asap()).await.expect(201);
    create_request(&app, 1, window("10:00-11:00")).await.expect(201);
    let refused = create_request(&app, 1, window("11:00-12:00")).await.refused(429, "too_many_for_number");
    assert_eq!(refused.header("retry-after"), "3600");
    assert_eq!(capacity_remaining(&app, "20270330T0900Z").await, 3);
    create_request(&app, 2, asap()).await.expect(201);
    agent(&app, "a").await.act(&format!("{PATH}/{}/cancel", first.id())).await.expect(200);
    create_request(&app, 1, asap()).await.expect(201);
}

#[apply(both)]
async fn parallel_requests_never_exceed_the_limit_of_a_number(app: TestApp) {
    let replies = at_once(30, |_| {
        let visitor = app.anonymous();
        async move { visitor.post(PATH, request_body(1, asap())).await }
    })
    .await;
    assert_eq!((with_status(&replies, 201), with_status(&replies, 429)), (2, 28));
    let both = agent(&app, "a").await.get(PATH).await.expect(200);
    let [first, second] = [&both.body["data"][0], &both.body["data"][1]];
    assert_eq!((&first["linked_to"], &second["linked_to"]), (&Value::Null, &first["id"]));
}

#[apply(both)]
async fn an_idempotent_retry_returns_the_same_token(app: TestApp) {
    let send = || {
        app.anonymous()
            .request("POST", PATH)
            .header("Idempotency-Key", "form-1")
            .json(request_body(1, window("10:00-11:00")))
            .send()
    };
    let first = send().await.expect(201);
    let again = send().await.expect(201);
    assert_eq!(first.body, again.body);
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(again.header("cache-control"), "no-store");
    assert_eq!(capacity_remaining(&app, "20270330T0800Z").await, 2);
}

#[apply(both)]
async fn parallel_claims_never_assign_a_request_twice(app: TestApp) {
    for number in 0..20 {
        create_request(&app, number, asap()).await.expect(201);
    }
    let replies = at_once(25, |number| {
        let app = &app;
        async move { agent(app, &format!("agent-{number}")).await.act(&format!("{PATH}/next")).await }
    })
    .await;
    assert_eq!(with_status(&replies, 404), 5);
    let claimed: Vec<_> = replies.into_iter().filter(|reply| reply.status == 200).collect();
    assert_eq!(claimed.iter().map(Reply::id).collect::<BTreeSet<_>>().len(), 20);
    let agents: BTreeSet<_> = claimed.iter().map(|reply| reply.body["agent_id"].to_string()).collect();
    assert_eq!(agents.len(), 20);
    agent(&app, "late").await.act(&format!("{PATH}/next")).await.refused(404, "nothing_to_claim");
}

#[apply(both)]
async fn the_most_urgent_request_is_claimed_first(app: TestApp) {
    let tomorrow = create_request(&app, 1, json!({"kind": "slot", "window": "10:00-11:00", "date": "2027-03-31"}))
        .await
        .expect(201);
    let at_eleven = create_request(&app, 2, window("11:00-12:00")).await.expect(201);
    app.clock.set("2027-03-30T08:40:00Z".parse().unwrap());
    // Promised by 11:10, while the window lasts until 12:00.
    let soon = create_request(&app, 3, asap()).await.expect(201);
    app.clock.set("2027-03-30T09:00:00Z".parse().unwrap());
    let worker = agent(&app, "a").await;
    let next = || worker.act("/v1/callback-requests/next");
    assert_eq!(next().await.expect(200).id(), soon.id());
    assert_eq!(next().await.expect(200).id(), at_eleven.id());
    next().await.refused(404, "nothing_to_claim");
    app.clock.set("2027-03-31T08:00:00Z".parse().unwrap());
    assert_eq!(next().await.expect(200).id(), tomorrow.id());
}

#[apply(both)]
async fn three_failed_calls_close_a_request(app: TestApp) {
    let request = create_request(&app, 1, asap()).await.expect(201);
    let worker = agent(&app, "a").await;
    app.clock.set("2027-03-30T14:30:00Z".parse().unwrap());
    let next = format!("{PATH}/next");
    worker.act(&next).await.expect(200);
    agent(&app, "b").await.act(&calls_of(&request)).await.refused(403, "forbidden");
    // One hour later is after closing time, so the retry is due tomorrow at 10:00.
    let first = call(&worker, &request, "busy").await;
    assert_eq!(
        (&first.body["request_state"], &first.body["next_call_from"]),
        (&json!("retry_scheduled"), &json!("2027-03-31T08:00:00Z"))
    );
    worker.act(&next).await.refused(404, "nothing_to_claim");
    app.clock.set("2027-03-31T08:00:00Z".parse().unwrap());
    worker.act(&next).await.expect(200);
    let second = call(&worker, &request, "voicemail").await;
    assert_eq!(second.body["next_call_from"], "2027-03-31T09:00:00Z");
    app.clock.advance(Duration::from_secs(3600));
    worker.act(&next).await.expect(200);
    let third = call(&worker, &request, "no_answer").await;
    assert_eq!((&third.body["request_state"], &third.body["next_call_from"]), (&json!("unreachable"), &Value::Null));
    let list = worker.get(&calls_of(&request)).await.expect(200);
    let numbers: Vec<_> = list.body["data"].as_array().unwrap().iter().map(|call| call["number"].clone()).collect();
    assert_eq!(numbers, [1, 2, 3]);
    // The number can be used for new requests.
    create_request(&app, 1, asap()).await.expect(201);
    create_request(&app, 1, asap()).await.expect(201);
}

#[apply(both)]
async fn a_conclusive_call_closes_a_request(app: TestApp) {
    for (number, outcome, state) in [(1, "reached", "completed"), (2, "wrong_number", "unreachable")] {
        let request = create_request(&app, number, asap()).await.expect(201);
        let worker = agent(&app, "a").await;
        assert_eq!(worker.act(&format!("{PATH}/next")).await.expect(200).id(), request.id());
        let ended = call(&worker, &request, outcome).await;
        assert_eq!(ended.body["request_state"], state);
        worker.act(&format!("{PATH}/{}/cancel", request.id())).await.refused(409, "illegal_transition");
    }
    let list =
        agent(&app, "a").await.get(&format!("{PATH}?state=completed&state=unreachable&intent=sales")).await.expect(200);
    assert_eq!(list.body["data"].as_array().unwrap().len(), 2);
    let none = agent(&app, "a").await.get(&format!("{PATH}?intent=technical_support")).await.expect(200);
    assert_eq!(none.body["data"], json!([]));
}

#[apply(both)]
async fn events_and_audit_entries_contain_no_personal_data(app: TestApp) {
    let request = create_request(&app, 1, window("10:00-11:00")).await.expect(201);
    app.clock.set("2027-03-30T08:00:00Z".parse().unwrap());
    let worker = agent(&app, "a").await;
    worker.act(&format!("{PATH}/next")).await.expect(200);
    let started = worker.act(&calls_of(&request)).await.expect(201);
    let end = json!({"outcome": "reached", "notes": "Visitor wants two"});
    worker.post(&format!("/v1/calls/{}/end", started.id()), end).await.expect(200);
    let feed = app.drained_feed().await;
    let kinds: Vec<_> = feed.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(
        kinds,
        [
            "callback_request.received",
            "callback_request.assigned",
            "call.started",
            "callback_request.calling",
            "call.ended",
            "callback_request.completed"
        ]
    );
    let audit = app
        .state
        .db
        .read(|conn| {
            use entente::kernel::db::schema::audit_entries::dsl;
            Ok(dsl::audit_entries.order(dsl::id).select((dsl::before, dsl::after)).load::<(String, String)>(conn)?)
        })
        .await
        .unwrap();
    assert_eq!(audit.len(), 6);
    let recorded = format!("{feed:?} {audit:?}");
    let secret = request.body["manage_token"].as_str().unwrap();
    for text in ["Visitor", "601100001", "601 100 001", "100001", "example.com", "Please", secret] {
        assert!(!recorded.contains(text), "{text} in {recorded}");
    }
}

#[apply(both)]
async fn the_number_of_statements_is_limited(app: TestApp) {
    // The key of the hashes is created once, and then remembered.
    create_request(&app, 9, window("11:00-12:00")).await.expect(201);
    app.record_statements();
    create_request(&app, 1, window("10:00-11:00")).await.expect(201);
    // PostgreSQL locks the number, and SQLite inserts each row in a statement of its own.
    assert!(app.statements().len() <= 9, "{:#?}", app.statements());
    app.clock.set("2027-03-30T08:00:00Z".parse().unwrap());
    let worker = agent(&app, "a").await;
    let request = worker.act(&format!("{PATH}/next")).await.expect(200);
    app.record_statements();
    call(&worker, &request, "busy").await;
    // Two operations: the start and the end.
    assert!(app.statements().len() <= 18, "{:#?}", app.statements());
    app.record_statements();
    worker.get(PATH).await.expect(200);
    assert_eq!(app.statements().len(), 1);
}

#[apply(both)]
async fn agents_need_their_scopes(app: TestApp) {
    let reader = app.caller("reader", "callbacks:read");
    reader.act(&format!("{PATH}/next")).await.refused(403, "forbidden");
    app.person("reader").get(PATH).await.refused(403, "forbidden");
    app.anonymous().get(PATH).await.refused(401, "unauthenticated");
}
