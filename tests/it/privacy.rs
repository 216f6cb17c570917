//! Data protection: export, erasure, retention and privacy notices.

use super::support::actors::{pseudonym, trail};
use super::support::desk::*;
use super::support::dump::{stored_rows, traces};
use super::support::team::person_without_position;
use super::support::*;

const NAME: &str = "Božena Němcová-Čapková";
const NUMBER: &str = "777 654 321";
const EMAIL: &str = "Bozena.Nemcova@example.com";

/// Texts that must not be stored anywhere after the erasure.
const TRACES: [&str; 7] =
    ["Němcová", "777654321", "777 654 321", "Bozena", "bozena", "about my divorce", "Talked to her"];

fn visitor_request(preference: Value) -> Value {
    json!({
        "full_name": NAME, "phone": NUMBER, "intent": "sales", "preference": preference, "email": EMAIL,
        "company": "Němcová s.r.o.", "notes": "It is about my divorce", "source": {"page": "https://example.com/?who=bozena"}
    })
}

async fn report(app: &TestApp) -> Value {
    agent(app, "a").await.get("/v1/reports/callbacks?from=2027-03-01&to=2027-05-01").await.expect(200).body
}

#[apply(both)]
async fn erasure_removes_all_personal_data_of_a_visitor(app: TestApp) {
    let worker = agent(&app, "a").await;
    // The form of an application can have the name of the visitor in the wording of a consent.
    let website = app.service("website", "callbacks:create");
    let consenting = |preference: Value| {
        let mut body = visitor_request(preference);
        body["consents"] = json!([{"purpose": "marketing", "wording": "I, Božena Němcová, agree"}]);
        body
    };
    let keyed = |body: Value| website.request("POST", PATH).header("Idempotency-Key", "form-1").json(body);
    let first = keyed(consenting(asap())).send().await.expect(201);
    let claimed =
        worker.request("POST", &format!("{PATH}/next")).header("Idempotency-Key", "claim-1").send().await.expect(200);
    assert_eq!(claimed.id(), first.id());
    let started = worker.act(&calls_of(&first)).await.expect(201);
    let end = json!({"outcome": "reached", "notes": "Talked to her"});
    worker.post(&format!("/v1/calls/{}/end", started.id()), end).await.expect(200);
    let second = website.post(PATH, consenting(window("11:00-12:00"))).await.expect(201);
    let moved = app
        .anonymous()
        .request("POST", &format!("{PATH}/{}/reschedule", second.id()))
        .header("Manage-Token", second.body["manage_token"].as_str().unwrap())
        .header("Idempotency-Key", "move-1")
        .json(json!({"preference": {"kind": "slot", "window": "12:00-13:00"}}));
    moved.send().await.expect(200);
    worker
        .post(&format!("{PATH}/{}/reroute", second.id()), json!({"reason": "She said about my divorce"}))
        .await
        .expect(201);
    let other = create_request(&app, 1, window("13:00-14:00")).await.expect(201);
    app.drained_feed().await;
    // The statistics of the query planner must not have samples of the data.
    app.state.db.update_statistics().await.unwrap();
    assert_eq!(traces(&app, &TRACES).len(), TRACES.len());

    let who = json!({"phone": NUMBER});
    let export = app.admin().post("/v1/data-subjects/export", who.clone()).await.expect(200);
    let held = export.body["requests"].as_array().unwrap();
    assert_eq!(
        (held.len(), &held[0]["phone_typed"], &held[0]["calls"][0]["notes"]),
        (3, &json!(NUMBER), &json!("Talked to her"))
    );
    assert_eq!(export.header("cache-control"), "no-store");

    let before = report(&app).await;
    let erased = app.admin().post("/v1/data-subjects/erase", who.clone()).await.expect(200);
    assert_eq!(erased.body["erased"].as_array().unwrap().len(), 3);
    assert_eq!(traces(&app, &TRACES), Vec::<String>::new());
    assert_eq!(stored_rows(&app, &TRACES).await, Vec::<String>::new());
    assert!(!traces(&app, &["Visitor 1"]).is_empty());

    let after = report(&app).await;
    assert_eq!((&after["promises"]["kept"], &after["response"]), (&before["promises"]["kept"], &before["response"]));
    let left = read_request(&app, &first).await;
    assert_eq!(
        (&left["state"], &left["phone"], &left["full_name"], &left["attempts"]),
        (&json!("completed"), &Value::Null, &Value::Null, &json!(1))
    );
    assert_eq!(capacity_remaining(&app, "20270330T1000Z").await, 3);
    assert_eq!(app.admin().post("/v1/data-subjects/erase", who.clone()).await.expect(200).body["erased"], json!([]));
    assert_eq!(app.admin().post("/v1/data-subjects/export", who).await.expect(200).body["requests"], json!([]));
    let gone = app
        .anonymous()
        .request("GET", &format!("{PATH}/{}/receipt", first.id()))
        .header("Manage-Token", first.body["manage_token"].as_str().unwrap());
    gone.send().await.refused(404, "not_found");
    // Other visitors are not affected, and the audit trail is protected again.
    assert_eq!(read_request(&app, &other).await["full_name"], "Visitor 1");
    assert!(tampering_is_refused(&app).await);
}

#[apply(both)]
async fn reads_of_personal_data_in_bulk_are_recorded(app: TestApp) {
    let stored = app.anonymous().post(PATH, visitor_request(asap())).await.expect(201).id();
    let mia = person_without_position(&app, "mia").await;
    let reader = app.caller("reader", crate::support::app::ALL_SCOPES);
    // Entries are listed by their ids, which sort by time.
    let tick = || app.clock.advance(std::time::Duration::from_secs(1));
    reader.get(&format!("{PATH}/export?intent=sales")).await.expect(200);
    tick();
    reader.post("/v1/data-subjects/export", json!({"email": EMAIL, "phone": NUMBER})).await.expect(200);
    tick();
    reader.get(&format!("/v1/people/{mia}/offboarding-report")).await.expect(200);
    // A read that fails and a read of one record have no entry.
    let nothing = "created_from=2027-01-02T00:00:00Z&created_to=2027-01-01T00:00:00Z";
    reader.get(&format!("{PATH}/export?{nothing}")).await.expect(422);
    reader.get(&format!("{PATH}/{stored}")).await.expect(200);

    let entries = trail(&app, &format!("actor={}", pseudonym(&app, "reader").await)).await["data"].clone();
    let entries = entries.as_array().unwrap();
    let recorded: Vec<_> = entries.iter().map(|entry| entry["after"].clone()).collect();
    assert_eq!(
        recorded,
        [
            json!({"operation": "export_callback_requests", "read": {"filter": "intent=sales"}}),
            json!({"operation": "export_data_subject", "read": {"callback_requests": [stored]}}),
            json!({"operation": "get_offboarding_report", "read": {"person": mia}}),
        ]
    );
    assert!(entries.iter().all(|entry| entry["action"] == "personal_data.read" && entry["before"].is_null()));
    assert_eq!((&entries[0]["subject"], &entries[2]["subject"]), (&entries[0]["id"], &json!(mia)));
}

#[apply(both)]
async fn an_email_address_identifies_all_its_requests(app: TestApp) {
    app.anonymous().post(PATH, visitor_request(asap())).await.expect(201);
    let mut other = visitor_request(asap());
    (other["phone"], other["email"]) = (json!("778 000 111"), json!(EMAIL.to_uppercase()));
    app.anonymous().post(PATH, other).await.expect(201);
    let who = json!({"email": EMAIL});
    assert_eq!(
        app.admin().post("/v1/data-subjects/export", who.clone()).await.expect(200).body["requests"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    assert_eq!(
        app.admin().post("/v1/data-subjects/erase", who).await.expect(200).body["erased"].as_array().unwrap().len(),
        2
    );
    app.admin().post("/v1/data-subjects/erase", json!({})).await.refused(422, "validation_failed");
    app.admin().post("/v1/data-subjects/erase", json!({"phone": "112"})).await.violates("/phone", "phone_emergency");
    agent(&app, "a").await.post("/v1/data-subjects/export", json!({"phone": NUMBER})).await.refused(403, "forbidden");
}

#[apply(both)]
async fn closed_requests_are_erased_after_the_retention_period(app: TestApp) {
    let worker = agent(&app, "a").await;
    let mut ended = Vec::new();
    for (number, outcome) in [(1, "reached"), (2, "wrong_number")] {
        let receipt = create_request(&app, number, asap()).await.expect(201);
        worker.act(&format!("{PATH}/{}/assign", receipt.id())).await.expect(200);
        call(&worker, &receipt, outcome).await;
        ended.push(receipt);
    }
    let open = create_request(&app, 3, asap()).await.expect(201);
    let periods = app.admin().get("/v1/retention").await.expect(200);
    assert_eq!((&periods.body["completed_days"], &periods.body["unreachable_days"]), (&json!(365), &json!(90)));
    let days = |days: u64| std::time::Duration::from_secs(days * 86_400);
    let erase_outdated =
        || app.state.db.write(entente::app::scheduler::unit(&app.state.environment, entente::privacy::erase_outdated));
    app.clock.advance(days(90));
    assert_eq!(erase_outdated().await.unwrap(), 0);
    app.clock.advance(days(1));
    assert_eq!(erase_outdated().await.unwrap(), 1);
    assert!(read_request(&app, &ended[1]).await["erased_at"].is_string());
    assert_eq!(read_request(&app, &ended[0]).await["erased_at"], Value::Null);
    let changed = app.admin().patch("/v1/retention", &periods.etag(), json!({"completed_days": 30})).await.expect(200);
    assert_eq!(changed.body["completed_days"], 30);
    assert_eq!(erase_outdated().await.unwrap(), 1);
    assert_eq!(read_request(&app, &open).await["erased_at"], Value::Null);
    app.admin()
        .patch("/v1/retention", &periods.etag(), json!({"completed_days": 31}))
        .await
        .refused(412, "stale_version");
    app.admin()
        .patch("/v1/retention", "*", json!({"completed_days": 0}))
        .await
        .violates("/completed_days", "too_small");
}

#[apply(both)]
async fn erasure_removes_all_personal_data_of_a_person(app: TestApp) {
    let person = json!({"display_name": NAME, "email": EMAIL, "login": "bozena", "employee_number": "HR-100421"});
    let created = app
        .admin()
        .request("POST", "/v1/people")
        .header("Idempotency-Key", "hr-1")
        .json(person)
        .send()
        .await
        .expect(201);
    let path = created.header("location").to_owned();
    app.admin().patch(&path, "*", json!({"display_name": format!("{NAME} II")})).await.expect(200);
    app.drained_feed().await;
    app.admin().act(&format!("{path}/erase")).await.refused(409, "illegal_transition");
    app.admin().post(&format!("{path}/deactivate"), json!({"reason": "Left"})).await.expect(200);
    app.drained_feed().await;
    let erased = app.admin().act(&format!("{path}/erase")).await.expect(200);
    assert_eq!((&erased.body["display_name"], &erased.body["login"]), (&json!("[erased]"), &Value::Null));
    assert_eq!((&erased.body["employee_number"], &erased.body["login_issuer"]), (&Value::Null, &Value::Null));
    assert_eq!(traces(&app, &["Němcová", "Bozena", "bozena", "HR-100421"]), Vec::<String>::new());
    app.admin().act(&format!("{path}/erase")).await.refused(409, "illegal_transition");
    let feed = app.drained_feed().await;
    assert!(
        feed.iter()
            .filter(|event| event["subject"] == created.body["id"])
            .all(|event| event["data"]["display_name"] == "[erased]" && event["data"]["login_issuer"].is_null())
    );
    assert!(tampering_is_refused(&app).await);
}

#[apply(both)]
async fn a_notice_is_found_by_its_hash(app: TestApp) {
    use sha2::{Digest, Sha256};

    let visitor = app.anonymous();
    for (number, locale) in ["cs", "de", "en"].into_iter().enumerate() {
        let notice = visitor.get(&format!("/v1/privacy-notices/current?locale={locale}")).await.expect(200);
        assert_eq!(notice.body["locale"], locale);
        let digest: String =
            Sha256::digest(notice.body["text"].as_str().unwrap()).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(notice.body["sha256"], digest);
        assert_eq!(visitor.get(&format!("/v1/privacy-notices/{digest}")).await.expect(200).body, notice.body);
        let mut body = request_body(10 + number, asap());
        body["notice"] = json!({"sha256": digest});
        assert_eq!(visitor.post(PATH, body).await.expect(201).body["notice_id"], notice.body["id"]);
    }
    visitor.get(&format!("/v1/privacy-notices/{}", "0".repeat(64))).await.refused(404, "not_found");
    visitor.get("/v1/privacy-notices/current?locale=tlh").await.refused(400, "invalid_parameter");
    let english = visitor
        .request("POST", PATH)
        .header("Accept-Language", "en")
        .json(request_body(2, asap()))
        .send()
        .await
        .expect(201);
    let shown = visitor.get("/v1/privacy-notices/current?locale=en").await.expect(200);
    assert_eq!((&english.body["locale"], &english.body["notice_id"]), (&json!("en"), &shown.body["id"]));
    assert_eq!(english.header("content-language"), "en");
}

#[apply(both)]
async fn a_new_notice_keeps_the_previous_ones(app: TestApp) {
    let old = app.anonymous().get("/v1/privacy-notices/current?locale=cs").await.expect(200);
    let text = json!({"locale": "cs", "text": "Nové znění."});
    let published = app.admin().post("/v1/privacy-notices", text.clone()).await.expect(201);
    assert_eq!(
        (&published.body["number"], published.header("location")),
        (&json!(2), format!("/v1/privacy-notices/{}", published.body["sha256"].as_str().unwrap()).as_str())
    );
    app.admin().post("/v1/privacy-notices", text).await.refused(409, "already_exists");
    assert_eq!(app.anonymous().get("/v1/privacy-notices/current?locale=cs").await.expect(200).body, published.body);
    let path = format!("/v1/privacy-notices/{}", old.body["sha256"].as_str().unwrap());
    assert_eq!(app.anonymous().get(&path).await.expect(200).body, old.body);
    let all = app.admin().get("/v1/privacy-notices?locale=cs").await.expect(200);
    assert_eq!(all.body["data"].as_array().unwrap().len(), 2);
    let mut body = request_body(1, asap());
    body["notice"] = json!({"sha256": "0".repeat(64)});
    app.anonymous().post(PATH, body).await.violates("/notice", "unknown_reference");
    agent(&app, "a")
        .await
        .post("/v1/privacy-notices", json!({"locale": "cs", "text": "x"}))
        .await
        .refused(403, "forbidden");
}

#[apply(both)]
async fn parallel_erasures_erase_each_request_once(app: TestApp) {
    let mut ids = Vec::new();
    set_capacity(&app, 20).await;
    let windows = ["11:00-12:00", "12:00-13:00"];
    for number in 0..10 {
        let receipt = create_request(&app, number, window(windows[number % 2])).await.expect(201);
        let reference = format!("{PATH}/{}/external-references/crm", receipt.id());
        app.admin().put(&reference, NEW, json!({"external_id": format!("lead-{number}")})).await.expect(201);
        ids.push(receipt.id().to_owned());
    }
    // All requests have the same email address.
    let worker = agent(&app, "a").await;
    let replies = at_once(30, |turn| {
        let number = turn / 3;
        let request = match turn % 3 {
            0 => app
                .admin()
                .request("POST", "/v1/data-subjects/erase")
                .json(json!({"phone": request_body(number, asap())["phone"]})),
            1 => worker
                .request("POST", &format!("{PATH}/{}/reschedule", ids[number]))
                .json(other_time(windows[(number + 1) % 2])),
            _ => app.admin().request("POST", "/v1/data-subjects/erase").json(json!({"email": "visitor@example.com"})),
        };
        async move { request.send().await }
    })
    .await;
    let mut erased = Vec::new();
    for (turn, reply) in replies.iter().enumerate() {
        if turn % 3 == 1 {
            assert!([200, 409].contains(&reply.status), "{:?}", reply.body);
            continue;
        }
        assert_eq!(reply.status, 200, "{:?}", reply.body);
        erased.extend(reply.body["erased"].as_array().unwrap().iter().map(|id| id.as_str().unwrap().to_owned()));
    }
    erased.sort();
    assert_eq!(erased, ids);
    for slot in ["20270330T0900Z", "20270330T1000Z"] {
        assert_eq!(capacity_remaining(&app, slot).await, 20);
    }
}

#[apply(both)]
async fn parallel_notices_are_numbered_without_gaps(app: TestApp) {
    let replies = at_once(20, |number| {
        let admin = app.admin();
        async move { admin.post("/v1/privacy-notices", json!({"locale": "en", "text": format!("Text {number}")})).await }
    })
    .await;
    let mut numbers: Vec<_> = replies
        .iter()
        .filter(|reply| reply.status == 201)
        .map(|reply| reply.body["number"].as_i64().unwrap())
        .collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (2..2 + numbers.len() as i64).collect::<Vec<_>>());
    assert!(!numbers.is_empty());
    assert!(replies.iter().all(|reply| [201, 503].contains(&reply.status)));
}

/// Returns whether the audit trail rejects changes outside an erasure.
async fn tampering_is_refused(app: &TestApp) -> bool {
    use diesel::connection::SimpleConnection;
    let attempt = app.state.db.write(|conn| Ok(conn.batch_execute("UPDATE audit_entries SET after = 'null'")?)).await;
    attempt.is_err()
}
