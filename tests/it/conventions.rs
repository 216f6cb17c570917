//! Conventions of all endpoints: request ids, methods, preconditions, idempotency, pagination, languages, rate limits.

use std::collections::BTreeSet;

use entente::kernel::config::RateLimitSettings;

use super::support::desk;
use super::support::draft::draft;
use super::support::*;

async fn create_department(app: &TestApp, key: &str) -> Reply {
    app.admin().post("/v1/departments", json!({"key": key, "name": key})).await.expect(201)
}

#[apply(both)]
async fn a_valid_request_id_is_returned(app: TestApp) {
    let client = app.admin();
    let valid = client.request("GET", "/v1/departments").header("Request-Id", "checkout-0001").send().await;
    assert_eq!(valid.header("request-id"), "checkout-0001");
    let replaced = client.request("GET", "/v1/departments").header("Request-Id", "x\"y").send().await;
    assert_eq!(replaced.header("request-id").len(), 32);
    let problem = client.request("GET", "/v1/nothing").header("Request-Id", "checkout-0002").send().await;
    assert_eq!(problem.body["request_id"], "checkout-0002");
}

#[apply(both)]
async fn unknown_paths_and_methods_return_problems(app: TestApp) {
    let client = app.admin();
    client.get("/v1/nothing").await.refused(404, "not_found");
    let wrong = client.request("DELETE", "/v1/departments").send().await.refused(405, "method_not_allowed");
    assert_eq!(wrong.header("allow"), "GET, POST, HEAD, OPTIONS");
    // For each of these paths, a path with {id} at the same place has the method.
    for path in ["/v1/people/import", "/v1/callback-requests/next", "/v1/calendars/default/closed-days/import"] {
        let wrong = client.request("DELETE", path).send().await.refused(405, "method_not_allowed");
        assert_eq!(wrong.header("allow"), "POST, OPTIONS");
    }
    // The same paths, percent-encoded.
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
async fn every_problem_code_has_a_page(app: TestApp) {
    let client = app.anonymous();
    for code in entente::kernel::error::Code::ALL {
        let page = client.get(&format!("/problems/{}", code.as_str())).await.expect(200);
        assert!(page.header("content-type").starts_with("text/html"));
        assert!(page.text.contains(code.as_str()));
    }
    let czech = client.request("GET", "/problems/slot_full").header("Accept-Language", "cs").send().await.expect(200);
    assert!(czech.text.contains("Omlouváme se") && czech.text.contains("<h2>Co dělat</h2>"));
    let index = client.get("/problems").await.expect(200);
    for code in entente::kernel::error::Code::ALL {
        assert!(index.text.contains(&format!("href=\"problems/{}\"", code.as_str())), "{}", code.as_str());
    }
}

#[apply(both)]
async fn problems_are_english_unless_the_caller_prefers_another_language(app: TestApp) {
    let english = app.admin().get("/v1/nothing").await;
    assert_eq!((english.header("content-language"), &english.body["title"]), ("en", &json!("Resource not found")));
    let in_language = |tag: &'static str| {
        let admin = app.admin();
        async move { admin.request("GET", "/v1/nothing").header("Accept-Language", tag).send().await }
    };
    let czech = in_language("cs, en;q=0.5").await;
    assert_eq!((czech.header("content-language"), &czech.body["title"]), ("cs", &json!("Záznam nenalezen")));
    assert_eq!(czech.body["code"], english.body["code"]);
    let german = in_language("de").await;
    assert_eq!((german.header("content-language"), &german.body["title"]), ("de", &json!("Eintrag nicht gefunden")));
    // Also a problem that visitors cannot meet.
    let request = app.admin().request("GET", "/v1/departments?color=red").header("Accept-Language", "de, en;q=0.5");
    let reply = request.send().await.refused(400, "invalid_parameter");
    assert_eq!((reply.header("content-language"), &reply.body["title"]), ("de", &json!("Ungültiger Parameter")));
    assert_eq!(reply.body["errors"][0]["detail"], "Diesen Parameter gibt es nicht.");
}

#[apply(both)]
async fn violations_say_what_to_enter(app: TestApp) {
    let email = "jana@example.com";
    for (name, accepted, code, detail) in [
        ("", "en", "too_short", "Enter a name."),
        (" ", "en", "blank", "Enter a name."),
        ("\u{200b}", "cs", "blank", "Vyplňte jméno."),
        ("\u{1}", "en", "pattern_mismatch", "Enter a name."),
        ("Jana\nNováková", "en", "pattern_mismatch", "Use visible characters without line breaks."),
    ] {
        let body = json!({"display_name": name, "email": email});
        let request = app.admin().request("POST", "/v1/people").header("Accept-Language", accepted).json(body);
        let reply = request.send().await.expect(422);
        let violation = json!({"pointer": "/display_name", "code": code, "detail": detail});
        assert_eq!(reply.body["errors"], json!([violation]), "{name:?}");
    }
    let list = app.admin().post("/v1/people", json!([])).await.expect(422);
    assert_eq!(list.body["errors"][0]["detail"], "Send a JSON object.");
    let empty = app.admin().request("POST", "/v1/people").bytes("application/json", "").send().await.expect(400);
    assert_eq!(empty.body["detail"], "The body is empty. Send a JSON object.");
    let broken =
        app.admin().request("POST", "/v1/people").bytes("application/json", "{\"a\":").send().await.expect(400);
    assert_eq!(broken.body["detail"], "The body is not valid JSON: line 1, column 5.");
}

#[apply(both)]
async fn an_unmodified_resource_returns_304(app: TestApp) {
    let department = create_department(&app, "care").await;
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
async fn browsers_call_from_configured_origins_only(app: TestApp) {
    let from = |origin: &'static str, method: &'static str| {
        let client = app.admin();
        async move { client.request(method, "/v1/departments").header("Origin", origin).send().await }
    };
    let allowed = from("https://www.example.com", "GET").await.expect(200);
    assert_eq!(allowed.header("access-control-allow-origin"), "https://www.example.com");
    let preflight = from("https://www.example.com", "OPTIONS").await.expect(204);
    assert_eq!(preflight.header("access-control-allow-methods"), "GET, POST, HEAD, OPTIONS");
    assert!(preflight.header("access-control-allow-headers").contains("Idempotency-Key"));
    for other in ["https://evil.example", "https://www.example.com.evil.example", "null"] {
        assert_eq!(from(other, "GET").await.header("access-control-allow-origin"), "", "{other}");
    }
}

/// A cache must not give a response for one origin, or for none, to a page of another one.
#[apply(both)]
async fn every_response_varies_by_origin(app: TestApp) {
    let department = create_department(&app, "care").await;
    let path = department.header("location").to_owned();
    let (admin, anonymous) = (app.admin(), app.anonymous());
    let limited = app.limited(RateLimitSettings { requests: 1, ..RateLimitSettings::default() });
    limited.anonymous().get("/v1/departments").await.expect(401);
    for origin in [None, Some("https://www.example.com"), Some("https://evil.example"), Some("null")] {
        let requests = [
            (admin.request("GET", "/v1/departments"), 200, "Origin"),
            (admin.request("HEAD", "/v1/departments"), 200, "Origin"),
            (admin.request("GET", &path).header("If-None-Match", &department.etag()), 304, "Origin"),
            (admin.request("OPTIONS", &path), 204, "Origin"),
            (admin.request("OPTIONS", &path).header("Access-Control-Request-Method", "PATCH"), 204, "Origin"),
            (admin.request("GET", "/v1/departments?color=red"), 400, "Origin"),
            (anonymous.request("GET", "/v1/departments"), 401, "Origin"),
            (anonymous.request("GET", "/v1/nothing"), 404, "Origin"),
            (admin.request("DELETE", "/v1/departments"), 405, "Origin"),
            (admin.request("POST", "/v1/departments").json(json!({"key": "care", "name": "Care"})), 409, "Origin"),
            (admin.request("POST", "/v1/departments").json(json!({})), 422, "Origin"),
            (limited.anonymous().request("GET", "/v1/departments"), 429, "Origin"),
            (anonymous.request("GET", "/v1/slots"), 200, "Origin"),
            (anonymous.request("GET", "/livez"), 200, "Origin"),
            (anonymous.request("GET", "/docs/"), 200, "Origin"),
            (anonymous.request("GET", "/openapi.json"), 200, "Accept-Encoding, Origin"),
            (anonymous.request("GET", "/problems/not_found"), 200, "Accept-Language, Origin"),
            (anonymous.request("GET", "/callback"), 200, "Accept-Language, Origin"),
        ];
        for (request, status, expected) in requests {
            let request = match origin {
                Some(origin) => request.header("Origin", origin),
                None => request,
            };
            let reply = request.send().await.expect(status);
            let vary: Vec<_> = reply.headers.get_all("vary").iter().collect();
            assert_eq!(vary, [expected], "{status} {origin:?} {}", reply.text);
            let permitted = origin.filter(|origin| *origin == "https://www.example.com").unwrap_or_default();
            assert_eq!(reply.header("access-control-allow-origin"), permitted, "{status} {origin:?}");
        }
    }
}

#[apply(both)]
async fn a_stale_update_is_rejected(app: TestApp) {
    let department = create_department(&app, "care").await;
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
async fn an_update_without_changes_keeps_the_version(app: TestApp) {
    let department = create_department(&app, "care").await;
    let path = department.header("location").to_owned();
    let same = app.admin().patch(&path, "*", json!({"name": "care"})).await.expect(200);
    assert_eq!(same.etag(), department.etag());
    assert_eq!(same.body, department.body);
}

#[apply(both)]
async fn the_same_idempotency_key_returns_the_same_response(app: TestApp) {
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
    // Errors are not stored: the key can be used again.
    send("k-2", "Care").await.refused(409, "already_exists");
    send("k-2", "Care").await.refused(409, "already_exists");
    // A caller without the permission does not get the stored response.
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
async fn parallel_retries_create_one_resource(app: TestApp) {
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
    // On PostgreSQL, some retries may arrive while the first request is still running.
    let waiting =
        replies.iter().filter(|reply| reply.status == 409).all(|reply| reply.body["code"] == "idempotency_in_progress");
    assert!(waiting && created.len() + with_status(&replies, 409) == 30);
    assert_eq!(app.admin().get("/v1/departments?key=care").await.body["data"].as_array().unwrap().len(), 1);
}

#[apply(both)]
async fn pagination_returns_every_row_once(app: TestApp) {
    for number in 0..25 {
        create_department(&app, &format!("d{number}")).await;
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
        // Rows that are added between two pages must not change the result.
        create_department(&app, &format!("new{}", seen.len())).await;
    }
    let distinct: BTreeSet<_> = seen.iter().collect();
    assert_eq!(distinct.len(), seen.len());
    assert!(seen.len() >= 25);
}

#[apply(both)]
async fn several_values_of_a_parameter_are_repeated_or_separated_by_commas(app: TestApp) {
    draft(&app).await;
    let cmo = app.person("cmo");
    for (query, expected) in [
        ("state=active&state=draft", 1),
        ("state=active,draft", 1),
        ("state=active%2Cdraft", 1),
        ("state=active,closing&state=closed", 0),
    ] {
        let list = cmo.get(&format!("/v1/projects?{query}")).await.expect(200);
        assert_eq!(list.body["data"].as_array().unwrap().len(), expected, "{query}");
    }
    cmo.get("/v1/projects?state=draft,unknown")
        .await
        .refused(400, "invalid_parameter")
        .violates("state", "unknown_value");
}

#[apply(both)]
async fn a_cursor_is_valid_for_its_query_only(app: TestApp) {
    for number in 0..3 {
        create_department(&app, &format!("d{number}")).await;
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
async fn a_change_and_its_event_are_committed_together(app: TestApp) {
    create_department(&app, "care").await;
    app.admin().post("/v1/departments", json!({"key": "care", "name": "again"})).await.expect(409);
    let feed = app.drained_feed().await;
    assert_eq!(feed.iter().map(|event| event["type"].as_str().unwrap()).collect::<Vec<_>>(), ["department.created"]);
    assert_eq!(feed[0]["sequence"], 1);
    assert_eq!(feed[0]["data"]["key"], "care");
}

#[apply(both)]
async fn the_rate_limit_is_reported_and_enforced(app: TestApp) {
    let limited = app.limited(RateLimitSettings { requests: 5, ..RateLimitSettings::default() });
    let client = limited.caller("admin", "admin");
    let first = client.get("/v1/departments").await.expect(200);
    assert_eq!(first.header("ratelimit-policy"), "\"caller\";q=5;w=60");
    assert!(first.header("ratelimit").starts_with("\"caller\";r=4;"));
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
