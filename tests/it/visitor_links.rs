//! What visitors keep: the manage link, its renewal, the calendar entry, and the slots of their queue.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::support::client::Request;
use super::support::desk::*;
use super::support::*;

/// Builds a request with this manage token.
fn with_token(app: &TestApp, id: &str, verb: &str, token: &str) -> Request {
    let method = if ["cancel", "reschedule"].contains(&verb) { "POST" } else { "GET" };
    app.anonymous().request(method, &format!("{PATH}/{id}/{verb}")).header("Manage-Token", token)
}

fn token_of(reply: &Reply) -> String {
    reply.body["manage_token"].as_str().unwrap().to_owned()
}

/// Returns the lines of a calendar, unfolded.
fn lines(calendar: &Reply) -> Vec<String> {
    calendar.text.replace("\r\n ", "").lines().map(str::to_owned).collect()
}

#[apply(both)]
async fn a_calendar_entry_has_the_promise_and_the_manage_link(app: TestApp) {
    let receipt = create_request(&app, 1, window("10:00-11:00")).await.expect(201);
    let (id, token) = (receipt.id(), token_of(&receipt));
    let entry = with_secret(&app, &receipt, "receipt.ics").send().await.expect(200);
    assert_eq!(entry.header("content-type"), "text/calendar; charset=utf-8");
    assert_eq!((entry.header("cache-control"), entry.header("content-language")), ("no-store", "cs"));
    let fragment = format!("#id={id}&token={token}");
    for line in [
        "METHOD:PUBLISH".to_owned(),
        format!("UID:{id}@entente"),
        "DTSTAMP:20270330T070000Z".to_owned(),
        "DTSTART:20270330T080000Z".to_owned(),
        "DTEND:20270330T090000Z".to_owned(),
        "SUMMARY:Zavolá vám náš odborník: prodej".to_owned(),
        format!("DESCRIPTION:Změnit nebo zrušit: /callback/manage?lang=cs{fragment}"),
        "STATUS:CONFIRMED".to_owned(),
    ] {
        assert!(lines(&entry).contains(&line), "no {line} in {}", entry.text);
    }
    assert!(!entry.text.contains("Visitor") && !entry.text.contains("100001") && !entry.text.contains("URL:"));
    let page = "https://www.example.com/my-call?lang=cs";
    let own = with_secret(&app, &receipt, &format!("receipt.ics?manage_page={page}")).send().await.expect(200);
    assert!(lines(&own).contains(&format!("URL:{page}{fragment}")), "{}", own.text);

    // The entry of the moved call replaces the previous one.
    with_secret(&app, &receipt, "reschedule").json(other_time("12:00-13:00")).send().await.expect(200);
    let moved = lines(&with_secret(&app, &receipt, "receipt.ics").send().await.expect(200));
    for line in [format!("UID:{id}@entente"), "DTSTART:20270330T100000Z".to_owned()] {
        assert!(moved.contains(&line), "{moved:?}");
    }
    with_secret(&app, &receipt, "cancel").send().await.expect(200);
    let cancelled = lines(&with_secret(&app, &receipt, "receipt.ics").send().await.expect(200));
    assert!(cancelled.contains(&"STATUS:CANCELLED".to_owned()), "{cancelled:?}");
    let has_link = cancelled.iter().any(|line| line.contains("token=") || line.starts_with("DESCRIPTION"));
    assert!(!has_link, "{cancelled:?}");
    app.admin().post("/v1/data-subjects/erase", json!({"email": "visitor@example.com"})).await.expect(200);
    with_secret(&app, &receipt, "receipt.ics").send().await.refused(404, "not_found");
    with_secret(&app, &receipt, "slots").send().await.refused(404, "not_found");
}

#[apply(both)]
async fn a_call_as_soon_as_possible_is_entered_at_its_latest_time(app: TestApp) {
    let mut body = request_body(1, asap());
    body["locale"] = json!("en");
    let receipt = app.anonymous().post(PATH, body).await.expect(201);
    let entry = lines(&with_secret(&app, &receipt, "receipt.ics").send().await.expect(200));
    for line in ["DTSTART:20270330T081500Z", "DTEND:20270330T083000Z", "SUMMARY:Call from our expert: sales"] {
        assert!(entry.contains(&line.to_owned()), "{entry:?}");
    }
}

#[apply(both)]
async fn nothing_of_a_request_is_for_others(app: TestApp) {
    let mine = create_request(&app, 1, window("10:00-11:00")).await.expect(201);
    let other = create_request(&app, 2, asap()).await.expect(201);
    for verb in ["receipt.ics", "slots"] {
        for token in [token_of(&other), "short".to_owned(), "x".repeat(43)] {
            with_token(&app, &mine.id(), verb, &token).send().await.refused(404, "not_found");
        }
        let path = format!("{PATH}/{}/{verb}", mine.id());
        app.anonymous().get(&path).await.refused(401, "unauthenticated");
        app.caller("worker", "callbacks:work").get(&path).await.refused(403, "forbidden");
        agent(&app, "a").await.get(&path).await.expect(200);
    }
    // An agent does not learn the link.
    let entry = agent(&app, "a").await.get(&format!("{PATH}/{}/receipt.ics", mine.id())).await.expect(200);
    assert!(!entry.text.contains("token=") && !entry.text.contains("DESCRIPTION"), "{}", entry.text);
    for page in
        ["javascript:alert(1)", "https://user@evil.example/", "https://www.example.com/%23a#b", "https://a/%0d%0aX:1 b"]
    {
        let page = page.replace('%', "%25").replace('#', "%23").replace(' ', "%20");
        let verb = format!("receipt.ics?manage_page={page}");
        with_secret(&app, &mine, &verb).send().await.refused(400, "invalid_parameter");
    }
}

#[apply(both)]
async fn a_visitor_sees_the_slots_of_a_queue_that_is_not_public(app: TestApp) {
    let calendar = app.admin().get("/v1/calendars/default").await.expect(200).id();
    let queue = json!({"key": "partner", "name": "Partners", "intents": ["sales"], "public": false,
        "calendar_id": calendar, "window_capacity": 1});
    app.admin().post("/v1/queues", queue).await.expect(201);
    let mut body = request_body(1, window("10:00-11:00"));
    body["queue"] = json!("partner");
    let website = app.service("website", "callbacks:create");
    let receipt = website.post(PATH, body).await.expect(201);
    app.anonymous().get("/v1/slots?queue=partner").await.refused(422, "validation_failed");
    let slots = with_secret(&app, &receipt, "slots").send().await.expect(200);
    let of = |id: &str| {
        let data = slots.body["data"].as_array().unwrap();
        data.iter().find(|slot| slot["slot_id"] == id).unwrap()["capacity_remaining"].clone()
    };
    assert_eq!((of("20270330T0800Z"), of("20270330T0900Z")), (json!(0), json!(1)));
    with_secret(&app, &receipt, "reschedule").json(other_time("11:00-12:00")).send().await.expect(200);
    // After rerouting, they are those of the other queue.
    app.service("crm", "callbacks:work").act(&format!("{PATH}/{}/reroute", receipt.id())).await.expect(201);
    let slots = with_secret(&app, &receipt, "slots").send().await.expect(200);
    assert_eq!(slots.body["queue_id"], json!(queues()[1]));
}

/// Creates a queue and a calendar that only the company knows, with one call in each window.
async fn internal_queue(app: &TestApp) -> String {
    let calendar = json!({
        "name": "Lawyers on call", "zone": "Europe/Prague", "public_holidays": "none",
        "opening_hours": [{"weekday": "tuesday", "opens": "09:00", "closes": "17:00"}]
    });
    let calendar = app.admin().post("/v1/calendars", calendar).await.expect(201).id();
    let queue = json!({"key": "complaints-legal", "name": "Difficult customers", "intents": ["sales"],
        "calendar_id": calendar, "window_capacity": 1});
    app.admin().post("/v1/queues", queue).await.expect(201).id()
}

#[apply(both)]
async fn a_visitor_does_not_learn_a_queue_that_is_not_public(app: TestApp) {
    let receipt = create_request(&app, 1, window("10:00-11:00")).await.expect(201);
    let view = with_secret(&app, &receipt, "receipt").send().await.expect(200);
    assert_eq!(view.body["queue"], json!("sales"));
    let (internal, worker) = (internal_queue(&app).await, agent(&app, "a").await);
    let mut body = request_body(2, window("14:00-15:00"));
    body["queue"] = json!("complaints-legal");
    app.service("website", "callbacks:create").post(PATH, body.clone()).await.expect(201);
    let to = |queue: String| json!({ "queue_id": queue });
    let path = format!("{PATH}/{}/reroute", receipt.id());
    let second = worker.post(&path, to(internal.clone())).await.expect(201);
    assert_eq!((&second.body["queue"], &second.body["queue_id"]), (&json!("complaints-legal"), &json!(internal)));

    // Everything that the token opens, by both ids; also what refuses.
    let mut seen = Vec::new();
    for id in [receipt.id(), second.id()] {
        let request = |verb: &str| with_token(&app, &id, verb, &token_of(&receipt));
        let view = request("receipt").send().await.expect(200);
        let slots = request("slots").send().await.expect(200);
        assert_eq!((&view.body["queue"], &slots.body["queue_id"]), (&Value::Null, &Value::Null));
        let is_full = |slot: &Value| slot["slot_id"] == "20270330T1200Z" && slot["available"] == json!(false);
        assert!(slots.body["data"].as_array().unwrap().iter().any(is_full), "{}", slots.text);
        seen.extend([view, slots, request("receipt.ics").send().await.expect(200)]);
        let full = request("reschedule").json(other_time("14:00-15:00")).send().await;
        seen.push(full.refused(409, "slot_full"));
        let closed = request("reschedule").json(other_time("18:00-19:00")).send().await;
        seen.push(closed.refused(422, "validation_failed"));
        let moved = request("reschedule").json(other_time("15:00-16:00")).send().await.expect(200);
        assert_eq!((&moved.body["slot_id"], &moved.body["queue"]), (&json!("20270330T1300Z"), &Value::Null));
        seen.push(moved);
        let back = request("reschedule").json(other_time("11:00-12:00")).send().await.expect(200);
        seen.push(back);
        let early = with_secret(&app, &receipt, "feedback").json(json!({"called_on_time": true})).send().await;
        seen.push(early.refused(409, "conflict"));
    }
    seen.push(app.anonymous().get("/callback/manage?lang=en").await.expect(200));
    // It looks like a queue that does not exist.
    let refused = async |queue: &str| {
        let mut body = body.clone();
        body["queue"] = json!(queue);
        let slots = app.anonymous().get(&format!("/v1/slots?queue={queue}")).await;
        let created = app.anonymous().post(PATH, body).await;
        [slots, created].map(|reply| reply.refused(422, "validation_failed").violations())
    };
    assert_eq!(refused("complaints-legal").await, refused("no-such-queue").await);
    for reply in &seen {
        for secret in ["complaints", "Difficult", "Lawyers", internal.as_str()] {
            assert!(!reply.text.contains(secret), "{secret} in {}", reply.text);
        }
    }

    // A public queue is shown again.
    let path = format!("{PATH}/{}/reroute", second.id());
    app.service("crm", "callbacks:work").post(&path, to(queues()[0].to_string())).await.expect(201);
    let view = with_secret(&app, &receipt, "receipt").send().await.expect(200);
    assert_eq!(view.body["queue"], json!("sales"));
    let cancelled = with_secret(&app, &receipt, "cancel").send().await.expect(200);
    assert_eq!(cancelled.body["state"], "cancelled");
}

#[apply(both)]
async fn a_new_manage_link_ends_the_old_one(app: TestApp) {
    offer_consent(&app, "Yes, send me news.").await;
    let mut body = request_body(1, window("10:00-11:00"));
    body["consents"] = json!([{"purpose": "marketing", "wording": "Yes, send me news."}]);
    let receipt = app.anonymous().post(PATH, body).await.expect(201);
    let (id, old) = (receipt.id(), token_of(&receipt));
    let path = format!("{PATH}/{id}/manage-link");
    for (caller, status, code) in [
        (app.anonymous(), 401, "unauthenticated"),
        (app.caller("reader", "callbacks:read"), 403, "forbidden"),
        (app.service("website", "callbacks:create"), 403, "forbidden"),
    ] {
        caller.act(&path).await.refused(status, code);
    }
    // The visitor cannot renew it with the token.
    app.anonymous().request("POST", &path).header("Manage-Token", &old).send().await.refused(401, "unauthenticated");

    let link = app.service("mail", "callbacks:work").act(&path).await.expect(200);
    let new = token_of(&link);
    assert_eq!(link.header("cache-control"), "no-store");
    assert_eq!(
        link.body,
        json!({"id": id, "manage_token": new, "path": format!("/callback/manage?lang=cs#id={id}&token={new}")})
    );
    for verb in ["receipt", "receipt.ics", "slots", "cancel"] {
        with_token(&app, &id, verb, &old).send().await.refused(404, "not_found");
    }
    let consent = |token: String| {
        let withdraw = app.anonymous().request("DELETE", &format!("{PATH}/{id}/consents/marketing"));
        async move { withdraw.header("Manage-Token", &token).send().await }
    };
    consent(old.clone()).await.refused(404, "not_found");
    consent(new.clone()).await.expect(204);
    with_token(&app, &id, "receipt", &new).send().await.expect(200);
    // No event and no audit entry has a secret, or what is stored of it.
    let feed = app.drained_feed().await;
    let created = feed.iter().find(|event| event["type"] == "callback_request.manage_link_created").unwrap();
    assert_eq!(created["subject"], json!(id));
    let trail = app.admin().get("/v1/audit-entries?limit=100").await.expect(200).text;
    for secret in [&old, &new] {
        let stored = HEXLOWER.encode(&Sha256::digest(secret));
        for text in [format!("{feed:?}"), trail.clone()] {
            assert!(!text.contains(secret.as_str()) && !text.contains(&stored), "{text}");
        }
    }
    app.admin().post("/v1/data-subjects/erase", json!({"email": "visitor@example.com"})).await.expect(200);
    app.service("mail", "callbacks:work").act(&path).await.refused(409, "conflict");
}

#[apply(both)]
async fn parallel_new_links_leave_one(app: TestApp) {
    let receipt = create_request(&app, 1, window("10:00-11:00")).await.expect(201);
    let path = format!("{PATH}/{}/manage-link", receipt.id());
    let replies = at_once(20, |number| {
        // Agents and applications.
        let scopes = "callbacks:work";
        let client = if number % 2 == 0 { app.caller("a", scopes) } else { app.service("mail", scopes) };
        let path = path.clone();
        async move { client.act(&path).await }
    })
    .await;
    assert_eq!(with_status(&replies, 200), 20);
    let mut valid = 0;
    for token in replies.iter().chain([&receipt]).map(token_of) {
        let reply = with_token(&app, &receipt.id(), "receipt", &token).send().await;
        assert!([200, 404].contains(&reply.status), "{}", reply.text);
        valid += usize::from(reply.status == 200);
    }
    assert_eq!(valid, 1);
}

#[apply(both)]
async fn a_new_link_of_a_rerouted_request_ends_the_old_one_on_all_of_them(app: TestApp) {
    offer_consent(&app, "Yes, send me news.").await;
    let mut body = request_body(1, window("10:00-11:00"));
    body["consents"] = json!([{"purpose": "marketing", "wording": "Yes, send me news."}]);
    let receipt = app.anonymous().post(PATH, body).await.expect(201);
    let worker = agent(&app, "a").await;
    let second = worker.act(&format!("{PATH}/{}/reroute", receipt.id())).await.expect(201);
    let third = worker.act(&format!("{PATH}/{}/reroute", second.id())).await.expect(201);
    // Renewed in the middle of the chain: the link is that of the last one.
    let link = worker.act(&format!("{PATH}/{}/manage-link", second.id())).await.expect(200);
    assert_eq!(link.body["id"], third.body["id"]);
    let (old, new) = (token_of(&receipt), token_of(&link));
    for request in [&receipt, &second, &third] {
        with_token(&app, &request.id(), "receipt", &old).send().await.refused(404, "not_found");
        let withdraw = app.anonymous().request("DELETE", &format!("{PATH}/{}/consents/marketing", request.id()));
        withdraw.header("Manage-Token", &old).send().await.refused(404, "not_found");
        let view = with_token(&app, &request.id(), "receipt", &new).send().await.expect(200);
        assert_eq!(view.body["id"], third.body["id"]);
    }
    let withdraw = app.anonymous().request("DELETE", &format!("{PATH}/{}/consents/marketing", third.id()));
    withdraw.header("Manage-Token", &new).send().await.expect(204);
}
