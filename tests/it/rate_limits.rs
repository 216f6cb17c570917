//! Rate limits: budgets per caller, per network and per class of operation, and attempts to get around them.

use std::time::Duration;

use entente::kernel::config::{ForwardedHeader, RateLimitSettings};

use super::support::app::Replica;
use super::support::client::{Client, Request};
use super::support::desk::{self, asap, request_body};
use super::support::edge::EdgeOptions;
use super::support::*;

const NONE: RateLimitSettings = RateLimitSettings { requests: 0, writes: 0, expensive: 0 };

fn requests(per_minute: u32) -> RateLimitSettings {
    RateLimitSettings { requests: per_minute, ..NONE }
}

/// Returns a request from this address, through the trusted proxy.
fn from(client: &Client, address: &str, path: &str) -> Request {
    client.request("GET", path).header("X-Forwarded-For", address)
}

fn guess(process: &Replica, address: &str, path: &str) -> Request {
    from(&process.anonymous(), address, path).header("Authorization", "Bearer guess")
}

#[apply(both)]
async fn callers_behind_one_address_have_budgets_of_their_own(app: TestApp) {
    let process = app.limited(requests(3));
    let (jana, petr) = (process.caller("jana", "admin"), process.caller("petr", "admin"));
    for _ in 0..3 {
        jana.get("/v1/departments").await.expect(200);
    }
    let refused = jana.get("/v1/departments").await.refused(429, "too_many_requests");
    assert_eq!(refused.header("retry-after"), "21");
    assert_eq!(refused.header("ratelimit"), "\"caller\";r=0;t=21");
    // Another address does not help; other callers and visitors are not affected.
    from(&jana, "203.0.113.7", "/v1/departments").send().await.expect(429);
    petr.get("/v1/departments").await.expect(200);
    process.anonymous().get("/v1/slots").await.expect(200);
    app.clock.advance(Duration::from_secs(20));
    jana.get("/v1/departments").await.expect(200);
    jana.get("/v1/departments").await.expect(429);
}

#[apply(both)]
async fn anonymous_requests_count_for_the_network(app: TestApp) {
    let process = app.limited(requests(3));
    let visitor = process.anonymous();
    let slots = |address: &str| from(&visitor, address, "/v1/slots").send();
    for address in ["2001:db8:12:3400::1", "2001:db8:12:34ff::2", "[2001:db8:12:3456::3]:443"] {
        slots(address).await.expect(200);
    }
    let refused = slots("2001:db8:12:3499::4").await.refused(429, "too_many_requests");
    assert_eq!(refused.header("ratelimit"), "\"address\";r=0;t=21");
    slots("2001:db8:12:3500::1").await.expect(200);
    // The address that a client writes before that of the proxy is not used.
    for forged in 0..3 {
        slots(&format!("198.51.100.{forged}, 192.0.2.1:4711")).await.expect(200);
    }
    slots("198.51.100.9, ::ffff:192.0.2.1").await.expect(429);
}

#[apply(both)]
async fn guessing_credentials_is_limited_per_network(app: TestApp) {
    let process = app.limited(requests(5));
    let jana = process.caller("jana", "admin");
    for number in 0..5 {
        let token = ["Bearer guess", "Bearer ent_01kdvdna00e008_secretsecret", "Basic eDp5"][number % 3];
        let request = from(&process.anonymous(), "192.0.2.1", "/v1/departments").header("Authorization", token);
        request.send().await.expect(401);
    }
    let refused = guess(&process, "192.0.2.1", "/v1/departments").send().await.refused(429, "too_many_requests");
    assert_eq!(refused.header("ratelimit"), "\"credentials\";r=0;t=13");
    assert_eq!(refused.header("retry-after"), "13");
    // A correct guess is not checked either.
    from(&jana, "192.0.2.1", "/v1/departments").send().await.expect(429);
    // Requests without credentials, and those from other networks, are not affected.
    from(&process.anonymous(), "192.0.2.1", "/v1/slots").send().await.expect(200);
    from(&jana, "203.0.113.7", "/v1/departments").send().await.expect(200);
    app.clock.advance(Duration::from_secs(12));
    from(&jana, "192.0.2.1", "/v1/departments").send().await.expect(200);
    guess(&process, "192.0.2.1", "/v1/departments").send().await.expect(401);
    guess(&process, "192.0.2.1", "/v1/departments").send().await.expect(429);
}

#[apply(both)]
async fn requests_that_are_refused_before_authentication_are_limited_too(app: TestApp) {
    let process = app.limited(requests(4));
    for path in ["/v1/departments/x", "/v1/departments?limit=0", "/v1/departments?x=1", "/v1/people"] {
        let status = guess(&process, "192.0.2.1", path).send().await.status;
        assert!((400..=404).contains(&status), "{path}: {status}");
    }
    guess(&process, "192.0.2.1", "/v1/departments/x").send().await.expect(429);
}

#[apply(both)]
async fn credentials_that_are_ignored_do_not_change_for_whom_a_request_counts(app: TestApp) {
    let process = app.limited(RateLimitSettings { requests: 6, writes: 2, expensive: 0 });
    let submit = |number: usize, token: String| {
        let request = process.anonymous().request("POST", desk::PATH).header("Authorization", &token);
        request.json(request_body(number, asap())).send()
    };
    for number in 0..2 {
        submit(number, format!("Basic guess{number}")).await.expect(201);
    }
    let refused = submit(2, "Basic other".into()).await.refused(429, "too_many_requests");
    assert_eq!(refused.header("ratelimit"), "\"writes\";r=0;t=31");
    // A manage token takes precedence over other credentials.
    let path = format!("{}/cbr_01m7fgq4e8f4r9v3zk8x2c6b7d/cancel", desk::PATH);
    let cancel = process.anonymous().request("POST", &path).header("Manage-Token", "guess");
    cancel.header("Authorization", "Bearer guess").send().await.expect(429);
    for number in 0..4 {
        let slots = process.anonymous().request("GET", "/v1/slots");
        slots.header("Authorization", &format!("Bearer guess{number}")).send().await.expect(200);
    }
    process.anonymous().get("/v1/slots").await.expect(429);
}

#[apply(both)]
async fn a_caller_does_not_get_around_its_budget_as_a_visitor(app: TestApp) {
    let process = app.limited(RateLimitSettings { writes: 2, ..NONE });
    let person = process.caller("jana", "callbacks:create");
    for number in 0..2 {
        person.post(desk::PATH, request_body(number, asap())).await.expect(201);
    }
    person.post(desk::PATH, request_body(3, asap())).await.refused(429, "too_many_requests");
    process.anonymous().post(desk::PATH, request_body(4, asap())).await.expect(201);
}

#[apply(both)]
async fn writes_and_expensive_operations_have_budgets_of_their_own(app: TestApp) {
    let process = app.limited(RateLimitSettings { requests: 20, writes: 2, expensive: 1 });
    let admin = process.caller("admin", "admin");
    let create = |key: &'static str| admin.post("/v1/departments", json!({"key": key, "name": key}));
    let created = create("a").await.expect(201);
    assert_eq!(created.header("ratelimit-policy"), "\"caller\";q=20;w=60, \"writes\";q=2;w=60");
    assert_eq!(created.header("ratelimit"), "\"caller\";r=19;t=1, \"writes\";r=1;t=1");
    admin.patch(created.header("location"), "*", json!({"name": "A"})).await.expect(200);
    create("b").await.refused(429, "too_many_requests");
    let report = || admin.get("/v1/reports/callbacks?from=2027-03-01&to=2027-03-02");
    report().await.expect(200);
    let refused = report().await.refused(429, "too_many_requests");
    assert_eq!(refused.header("ratelimit"), "\"expensive\";r=0;t=61");
    admin.get("/v1/departments").await.expect(200);
    app.clock.advance(Duration::from_secs(30));
    create("b").await.expect(201);
    report().await.expect(429);
    app.clock.advance(Duration::from_secs(30));
    report().await.expect(200);
}

#[apply(both)]
async fn parallel_requests_never_exceed_a_budget(app: TestApp) {
    let process = app.limited(RateLimitSettings { requests: 100, writes: 10, expensive: 0 });
    let admin = process.caller("admin", "admin");
    let replies = at_once(50, |number| {
        let (admin, key) = (admin.clone(), format!("d{number}"));
        async move { admin.post("/v1/departments", json!({"key": key, "name": key})).await }
    })
    .await;
    assert_eq!((with_status(&replies, 201), with_status(&replies, 429)), (10, 40));
    let departments = app.admin().get("/v1/departments?limit=100").await.expect(200);
    let created =
        departments.body["data"].as_array().unwrap().iter().filter(|one| one["key"].as_str().unwrap().starts_with('d'));
    assert_eq!(created.count(), 10);
}

#[apply(both)]
async fn only_the_configured_header_of_a_proxy_is_read(app: TestApp) {
    let process =
        app.behind(EdgeOptions { limits: requests(1), header: ForwardedHeader::Forwarded, ..EdgeOptions::default() });
    let slots = |x_forwarded_for: &str, forwarded: &str| {
        let request = from(&process.anonymous(), x_forwarded_for, "/v1/slots");
        request.header("Forwarded", forwarded).send()
    };
    slots("198.51.100.1", "for=\"[2001:db8::1]:4711\";proto=https").await.expect(200);
    // The proxy passes the other header on as the client sent it, and appends its entry to what the client sent.
    slots("198.51.100.2", "for=198.51.100.3;host=\", for=\"[2001:db8::2]\"").await.expect(429);
    slots("198.51.100.2", "for=192.0.2.1").await.expect(200);
    slots("198.51.100.4", "for=192.0.2.1:80;by=_proxy").await.expect(429);
    let process = app.limited(requests(1));
    let slots =
        |forwarded: &str| from(&process.anonymous(), "192.0.2.1", "/v1/slots").header("Forwarded", forwarded).send();
    slots("for=198.51.100.1").await.expect(200);
    slots("for=198.51.100.2").await.expect(429);
}

/// The operations that are heavy by their nature are in the table of expensive ones.
#[test]
fn every_operation_has_the_class_of_its_work() {
    use entente::kernel::http::operation_class::OperationClass;
    let document = entente::app::openapi::document().unwrap();
    let mut counted = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        let route = entente::app::routes::table().unwrap().find(path).unwrap();
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            let Some(operation) = item.get(method.to_lowercase()) else { continue };
            let is_heavy =
                path.split('/').any(|part| ["reports", "export", "import", "replay", "evidence"].contains(&part));
            let expected = match method {
                _ if is_heavy => OperationClass::Expensive,
                "GET" => OperationClass::Read,
                _ => OperationClass::Write,
            };
            assert_eq!(route.class(method), Some(expected), "{}", operation["operationId"]);
            counted += 1;
        }
    }
    assert!(counted > 150, "{counted}");
}
