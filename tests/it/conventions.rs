//! What every endpoint shares: ids, methods, preconditions, idempotency, paging, languages.

use std::collections::BTreeSet;

use super::support::desk;
use super::support::*;

async fn a_department(app: &TestApp, key: &str) -> Reply {
    app.admin().post("/v1/departments", json!({"key": key, "name": key})).await.expect(201)
}

#[apply(both)]
async fn the_callers_request_id_is_kept_when_it_is_harmless(app: TestApp) {
    let client = app.admin();
    let kept = client.request("GET", "/v1/departments").header("Request-Id", "checkout-0001").send().await;
    assert_eq!(kept.header("request-id"), "checkout-0001");
    let replaced = client.request("GET", "/v1/departments").header("Request-Id", "x\"y").send().await;
    assert_eq!(replaced.header("request-id").len(), 32);
    let problem = client.request("GET", "/v1/nothing").header("Request-Id", "checkout-0002").send().await;
    assert_eq!(problem.body["request_id"], "checkout-0002");
}

#[apply(both)]
async fn unrouted_requests_are_problems_too(app: TestApp) {
    let client = app.admin();
    client.get("/v1/nothing").await.refused(404, "not_found");
    let wrong = client.request("DELETE", "/v1/departments").send().await.refused(405, "method_not_allowed");
    assert_eq!(wrong.header("allow"), "GET, POST, HEAD, OPTIONS");
    // Beside each of them is a path with {id} that has the method.
    for path in ["/v1/people/import", "/v1/callback-requests/next", "/v1/calendars/default/closed-days/import"] {
        let wrong = client.request("DELETE", path).send().await.refused(405, "method_not_allowed");
        assert_eq!(wrong.header("allow"), "POST, OPTIONS");
    }
    // The same paths, written in another way.
    client.request("DELETE", "/v1/%70eople/import").send().await.refused(405, "method_not_allowed");
    let agent = desk::agent(&app, "agent").await;
    agent.request("POST", "/v1/callback-requests/%6Eext").send().await.refused(404, "nothing_to_claim");
    let options = client.request("OPTIONS", "/v1/departments").send().await.expect(204);
    assert_eq!(options.header("allow"), "GET, POST, HEAD, OPTIONS");
    let head = client.request("HEAD", "/v1/departments").send().await.expect(200);
    assert_eq!(head.text, "");
    assert!(head.header("content-length").parse::<u64>().unwrap() > 0);
}

#[apply(both)]
async fn a_page_for_every_problem(app: TestApp) {
    let client = app.anonymous();
    for code in entente::kernel::error::Code::ALL {
        let page = client.get(&format!("/problems/{}", code.as_str())).await.expect(200);
        assert!(page.header("content-type").starts_with("text/html"));
        assert!(page.text.contains(code.as_str()));
    }
    let czech = client.request("GET", "/problems/slot_full").header("Accept-Language", "cs").send().await.expect(200);
    assert!(czech.text.contains("Omlouváme se"));
}

#[apply(both)]
async fn problems_speak_the_callers_language(app: TestApp) {
    let czech = app.admin().get("/v1/nothing").await;
    assert_eq!((czech.header("content-language"), &czech.body["title"]), ("cs", &json!("Nic takového tu není")));
    let english = app.admin().request("GET", "/v1/nothing").header("Accept-Language", "en-GB, cs;q=0.5").send().await;
    assert_eq!((english.header("content-language"), &english.body["title"]), ("en", &json!("There is no such thing")));
    assert_eq!(czech.body["code"], english.body["code"]);
}

#[apply(both)]
async fn a_known_version_is_not_sent_again(app: TestApp) {
    let department = a_department(&app, "care").await;
    let path = department.header("location").to_owned();
    for condition in
        [department.etag(), format!("W/{}", department.etag()), "*".into(), format!("\"x\", {}", department.etag())]
    {
        let reply = app.admin().request("GET", &path).header("If-None-Match", &condition).send().await.expect(304);
        assert_eq!(reply.etag(), department.etag());
    }
    app.admin().request("GET", &path).header("If-None-Match", "\"v99\"").send().await.expect(200);
}

#[apply(both)]
async fn browsers_may_call_from_configured_origins_only(app: TestApp) {
    let from = |origin: &'static str, method: &'static str| {
        let client = app.admin();
        async move { client.request(method, "/v1/departments").header("Origin", origin).send().await }
    };
    let ours = from("https://www.example.com", "GET").await.expect(200);
    assert_eq!(ours.header("access-control-allow-origin"), "https://www.example.com");
    assert_eq!(ours.header("vary"), "Origin");
    let preflight = from("https://www.example.com", "OPTIONS").await.expect(204);
    assert_eq!(preflight.header("access-control-allow-methods"), "GET, POST, HEAD, OPTIONS");
    assert!(preflight.header("access-control-allow-headers").contains("Idempotency-Key"));
    for other in ["https://evil.example", "https://www.example.com.evil.example", "null"] {
        assert_eq!(from(other, "GET").await.header("access-control-allow-origin"), "", "{other}");
    }
}

#[apply(both)]
async fn nobodys_change_is_lost(app: TestApp) {
    let department = a_department(&app, "care").await;
    let path = department.header("location").to_owned();
    let admin = app.admin();
    admin.request("PATCH", &path).merge_patch(json!({"name": "A"})).send().await.refused(428, "precondition_required");
    let stale = admin.patch(&path, "\"v99\"", json!({"name": "A"})).await.refused(412, "stale_version");
    assert_eq!(stale.etag(), department.etag());
    admin
        .patch(&path, "nonsense", json!({"name": "A"}))
        .await
        .refused(400, "malformed_request")
        .violates("If-Match", "malformed_entity_tag");

    let etag = department.etag();
    let replies = at_once(20, |number| {
        let (admin, path, etag) = (app.admin(), path.clone(), etag.clone());
        async move { admin.patch(&path, &etag, json!({"name": format!("Name {number}")})).await }
    })
    .await;
    assert_eq!((with_status(&replies, 200), with_status(&replies, 412)), (1, 19));
}

#[apply(both)]
async fn a_change_that_changes_nothing_leaves_no_trace(app: TestApp) {
    let department = a_department(&app, "care").await;
    let path = department.header("location").to_owned();
    let same = app.admin().patch(&path, "*", json!({"name": "care"})).await.expect(200);
    assert_eq!(same.etag(), department.etag());
    assert_eq!(same.body, department.body);
}

#[apply(both)]
async fn the_same_key_gets_the_same_answer(app: TestApp) {
    let send = |key: &'static str, name: &'static str| {
        let admin = app.admin();
        async move {
            admin
                .request("POST", "/v1/departments")
                .header("Idempotency-Key", key)
                .json(json!({"key": "care", "name": name}))
                .send()
                .await
        }
    };
    let first = send("k-1", "Care").await.expect(201);
    let again = send("k-1", "Care").await.expect(201);
    assert_eq!((&again.body, again.etag()), (&first.body, first.etag()));
    assert_eq!((again.header("idempotent-replayed"), first.header("idempotent-replayed")), ("true", ""));
    assert_eq!(again.header("location"), first.header("location"));
    send("k-1", "Other").await.refused(422, "idempotency_mismatch");
    // Errors are not kept: the key is free for another try.
    send("k-2", "Care").await.refused(409, "already_exists");
    send("k-2", "Care").await.refused(409, "already_exists");
    // Who has lost the right does not get the kept answer.
    let stranger = app.caller("admin", "projects:read");
    let refused = stranger
        .request("POST", "/v1/departments")
        .header("Idempotency-Key", "k-1")
        .json(json!({"key": "care", "name": "Care"}))
        .send()
        .await;
    refused.refused(403, "forbidden");
}

#[apply(both)]
async fn parallel_repetitions_create_one_thing(app: TestApp) {
    let replies = at_once(30, |_| {
        let admin = app.admin();
        async move {
            admin
                .request("POST", "/v1/departments")
                .header("Idempotency-Key", "same")
                .json(json!({"key": "care", "name": "Care"}))
                .send()
                .await
        }
    })
    .await;
    let created: Vec<_> = replies.iter().filter(|reply| reply.status == 201).collect();
    assert_eq!(created.iter().filter(|reply| reply.header("idempotent-replayed").is_empty()).count(), 1);
    assert_eq!(created.iter().map(|reply| reply.id()).collect::<BTreeSet<_>>().len(), 1);
    // On PostgreSQL some may be told that the first one still runs.
    let waiting =
        replies.iter().filter(|reply| reply.status == 409).all(|reply| reply.body["code"] == "idempotency_in_progress");
    assert!(waiting && created.len() + with_status(&replies, 409) == 30);
    assert_eq!(app.admin().get("/v1/departments?key=care").await.body["data"].as_array().unwrap().len(), 1);
}

#[apply(both)]
async fn a_walk_sees_every_row_once(app: TestApp) {
    for number in 0..25 {
        a_department(&app, &format!("d{number}")).await;
    }
    let mut seen = Vec::new();
    let mut path = "/v1/departments?limit=10".to_owned();
    loop {
        let page = app.admin().get(&path).await.expect(200);
        seen.extend(page.body["data"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        let Some(link) = page.header("link").strip_suffix(">; rel=\"next\"") else {
            assert_eq!(page.body["next_cursor"], Value::Null);
            break;
        };
        path = link.trim_start_matches('<').to_owned();
        // New rows while walking must not disturb the walk.
        a_department(&app, &format!("new{}", seen.len())).await;
    }
    let distinct: BTreeSet<_> = seen.iter().collect();
    assert_eq!(distinct.len(), seen.len());
    assert!(seen.len() >= 25);
}

#[apply(both)]
async fn a_cursor_belongs_to_its_query(app: TestApp) {
    for number in 0..3 {
        a_department(&app, &format!("d{number}")).await;
    }
    let page = app.admin().get("/v1/departments?limit=1").await;
    let cursor = page.body["next_cursor"].as_str().unwrap().to_owned();
    app.admin().get(&format!("/v1/departments?limit=2&cursor={cursor}")).await.expect(200);
    app.admin()
        .get(&format!("/v1/departments?key=d1&cursor={cursor}"))
        .await
        .refused(400, "invalid_cursor")
        .violates("cursor", "invalid_cursor");
    app.admin().get("/v1/departments?cursor=AAAA").await.refused(400, "invalid_cursor");
}

#[apply(both)]
async fn a_write_and_its_event_come_together(app: TestApp) {
    a_department(&app, "care").await;
    app.admin().post("/v1/departments", json!({"key": "care", "name": "again"})).await.expect(409);
    let feed = app.drained_feed().await;
    assert_eq!(feed.iter().map(|event| event["type"].as_str().unwrap()).collect::<Vec<_>>(), ["department.created"]);
    assert_eq!(feed[0]["sequence"], 1);
    assert_eq!(feed[0]["data"]["key"], "care");
}

#[apply(both)]
async fn a_limit_is_told_and_kept(app: TestApp) {
    let limited = TestApp::start(app.engine, crate::support::database::TestDatabase::new(app.engine).unwrap(), 5);
    let client = limited.admin();
    let first = client.get("/v1/departments").await.expect(200);
    assert_eq!(first.header("ratelimit-policy"), "\"address\";q=5;w=60");
    assert!(first.header("ratelimit").starts_with("\"address\";r=4;"));
    let replies = at_once(10, |_| {
        let client = client.clone();
        async move { client.get("/v1/departments").await }
    })
    .await;
    assert_eq!(with_status(&replies, 200), 4);
    let refused = replies.into_iter().find(|reply| reply.status == 429).unwrap().refused(429, "too_many_requests");
    assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);
    client.get("/livez").await.expect(200);
}
