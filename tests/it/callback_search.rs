//! The search for callback requests, where the requests came from, and the numbers of the CSV export.

use super::support::desk::*;
use super::support::*;

const SEARCH: &str = "/v1/callback-requests/search";

async fn create(app: &TestApp, number: usize, name: &str, email: &str) -> Reply {
    let mut body = request_body(number, asap());
    (body["full_name"], body["email"]) = (json!(name), json!(email));
    app.anonymous().post(PATH, body).await.expect(201)
}

async fn found(app: &TestApp, criteria: Value) -> Vec<String> {
    let reply = agent(app, "a").await.post(SEARCH, criteria).await.expect(200);
    assert_eq!((&reply.body["complete"], reply.header("cache-control")), (&json!(true), "no-store"));
    let data = reply.body["data"].as_array().unwrap();
    data.iter().map(|request| request["full_name"].as_str().unwrap().to_owned()).collect()
}

#[apply(both)]
async fn agents_find_requests_by_phone_email_and_name(app: TestApp) {
    create(&app, 1, "Alena Procházková", "Alena@example.com").await;
    create(&app, 2, "Alena Marie Dvořáková", "alena.d@example.com").await;
    create(&app, 3, "Petr Prochazka", "petr@example.com").await;
    for (criteria, names) in [
        (json!({"phone": "+420 601 100 001"}), &["Alena Procházková"][..]),
        (json!({"phone": "601100009"}), &[]),
        (json!({"email": "alena@EXAMPLE.com"}), &["Alena Procházková"]),
        (json!({"name": "prochazk"}), &["Petr Prochazka", "Alena Procházková"]),
        (json!({"name": "PROCHÁZKOVÁ  Al"}), &["Alena Procházková"]),
        (json!({"name": "alena m"}), &["Alena Marie Dvořáková"]),
        (json!({"name": "ova"}), &[]),
        (json!({"name": "prochazk", "email": "petr@example.com"}), &["Petr Prochazka"]),
        (json!({"name": "petr", "phone": "601 100 001"}), &[]),
        // No wildcards.
        (json!({"name": "%"}), &[]),
    ] {
        assert_eq!(found(&app, criteria.clone()).await, names, "{criteria}");
    }
}

#[apply(both)]
async fn a_search_is_newest_first_and_says_whether_there_is_more(app: TestApp) {
    let mut ids: Vec<String> = Vec::new();
    for number in 0..51 {
        ids.push(create(&app, number, &format!("Jan Novák {number}"), "jan@example.com").await.id());
    }
    let reply = agent(&app, "a").await.post(SEARCH, json!({"name": "jan"})).await.expect(200);
    assert_eq!(reply.body["complete"], false);
    let data: Vec<String> =
        reply.body["data"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(data, ids.iter().rev().take(50).cloned().collect::<Vec<_>>());
}

#[apply(both)]
async fn a_search_needs_the_scope_and_a_criterion(app: TestApp) {
    app.anonymous().post(SEARCH, json!({"name": "jan"})).await.refused(401, "unauthenticated");
    app.caller("x", "projects:read").post(SEARCH, json!({"name": "jan"})).await.refused(403, "forbidden");
    let agent = agent(&app, "a").await;
    agent.post(SEARCH, json!({})).await.expect(422);
    agent.post(SEARCH, json!({"name": "\u{200b}"})).await.violates("/name", "blank");
    agent.post(SEARCH, json!({"phone": "112"})).await.violates("/phone", "phone_emergency");
    agent.post(SEARCH, json!({"notes": "x"})).await.violates("/notes", "unknown_field");
    // Criteria in the address are refused, so that no personal data gets there.
    let in_address = agent.request("POST", &format!("{SEARCH}?name=jan")).json(json!({"name": "jan"}));
    in_address.send().await.refused(400, "invalid_parameter");
    // A repetition finds what has been created since.
    let search = |key: &'static str| {
        agent.request("POST", SEARCH).header("Idempotency-Key", key).json(json!({"name": "jan"})).send()
    };
    assert_eq!(search("the-same-key-of-a-search").await.expect(200).body["data"], json!([]));
    create(&app, 1, "Jan Novák", "jan@example.com").await;
    assert_eq!(search("the-same-key-of-a-search").await.expect(200).body["data"].as_array().unwrap().len(), 1);
}

#[apply(both)]
async fn an_erased_visitor_is_not_found(app: TestApp) {
    create(&app, 1, "Alena Procházková", "alena@example.com").await;
    app.admin().post("/v1/data-subjects/erase", json!({"email": "alena@example.com"})).await.expect(200);
    for criteria in [json!({"name": "alena"}), json!({"phone": "601 100 001"}), json!({"email": "alena@example.com"})] {
        assert_eq!(found(&app, criteria).await, Vec::<String>::new());
    }
    assert_eq!(dump::stored_rows(&app, &["procházková", "prochazkova"]).await, Vec::<String>::new());
}

#[apply(both)]
async fn a_rerouted_request_is_found_by_name(app: TestApp) {
    let receipt = create(&app, 1, "Alena Procházková", "jan@example.com").await;
    agent(&app, "a").await.act(&format!("{PATH}/{}/reroute", receipt.id())).await.expect(201);
    assert_eq!(found(&app, json!({"name": "prochazkova"})).await.len(), 2);
}

#[apply(both)]
async fn the_source_of_a_request_is_kept_and_exported(app: TestApp) {
    let source = json!({
        "page": "https://www.example.com/pricing", "campaign": "spring", "utm_source": "newsletter", "utm_medium": "email",
        "utm_campaign": "spring-2027", "utm_term": "=HYPERLINK(\"https://evil.example\")", "utm_content": "button"
    });
    let mut body = request_body(1, asap());
    body["source"] = source.clone();
    let receipt = app.anonymous().post(PATH, body.clone()).await.expect(201);
    let stored = read_request(&app, &receipt).await;
    for field in ["utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"] {
        assert_eq!(stored[field], source[field], "{field}");
    }
    assert_eq!((&stored["source_page"], &stored["source_campaign"]), (&source["page"], &source["campaign"]));
    let file = agent(&app, "a").await.get(&format!("{PATH}/export")).await.expect(200);
    assert!(file.text.contains(",+420601100001,"), "{}", file.text);
    assert!(file.text.contains("\"'=HYPERLINK(\"\"https://evil.example\"\")\""), "{}", file.text);

    for (value, code) in
        [(json!(""), "too_short"), (json!("x".repeat(121)), "too_long"), (json!("a\nb"), "pattern_mismatch")]
    {
        body["source"] = json!({ "utm_source": value });
        app.anonymous().post(PATH, body.clone()).await.violates("/source/utm_source", code);
    }
    body["source"] = json!({"utm_id": "7"});
    app.anonymous().post(PATH, body).await.violates("/source/utm_id", "unknown_field");
}
