//! Logs, metrics and traces have no personal data. The support of the tests watches all tests; here are the failures
//! that are most likely to log something, and the proof that the watch would notice it.

use super::api_keys::{create_key, with_key};
use super::support::app::ALL_SCOPES;
use super::support::desk::{self, asap};
use super::support::team::execute_sql;
use super::support::{self, *};

const NAME: &str = "Rozálie Tichá";
const EMAIL: &str = "rozalie.ticha@example.com";
const LOGIN: &str = "rozalie.ticha";
const NUMBER: &str = "+420 778 123 987";
const VISITOR: &str = "Květoslav Mlčoch";

fn person() -> Value {
    json!({"display_name": NAME, "email": EMAIL, "login": LOGIN, "employee_number": "HR-559120"})
}

fn visitor() -> Value {
    json!({
        "full_name": VISITOR, "phone": NUMBER, "email": "kveta.mlcoch@example.com", "intent": "sales",
        "preference": asap(), "notes": "Call Květoslav after lunch"
    })
}

/// Makes the service refuse requests for every kind of reason.
async fn refusals(app: &TestApp) {
    let (admin, visitors) = (app.admin(), app.anonymous());
    // 400 and 422: values that are not valid.
    let cut = format!(r#"{{"display_name": "{NAME}", "email": "{EMAIL}""#);
    admin.request("POST", "/v1/people").bytes("application/json", cut).send().await.expect(400);
    admin.post("/v1/people", json!({"display_name": NAME, "email": format!("{EMAIL}@")})).await.expect(422);
    let mut odd = visitor();
    odd["phone"] = json!("+420 778 123 987 0000");
    visitors.post(desk::PATH, odd).await.expect(422);
    admin.get(&format!("/v1/people?login={LOGIN}&email={EMAIL}")).await.expect(400);
    // 401: a token of another issuer, one with another signature, and an unknown key.
    let token = support::app::token(&support::app::claims(LOGIN, ALL_SCOPES));
    for wrong in [format!("{token}x"), format!("ent_{}", "0".repeat(60)), EMAIL.to_owned()] {
        visitors.with_token(wrong).get("/v1/me").await.refused(401, "unauthenticated");
    }
    // 403 and 404.
    app.caller(LOGIN, "projects:read").post("/v1/people", person()).await.refused(403, "forbidden");
    visitors.get(&format!("/v1/people/{EMAIL}/{NAME}")).await.expect(404);
    app.caller("no-such-person.ticha", "projects:read").get("/v1/me").await.refused(403, "person_unknown");
    // 409.
    admin.post("/v1/people", person()).await.refused(409, "already_exists");
}

/// Makes the database refuse statements with personal data.
async fn faults(app: &TestApp) {
    let rename = |from: &str, to: &str| vec![format!("ALTER TABLE {from} RENAME TO {to}")];
    execute_sql(app, rename("callback_contacts", "away")).await.unwrap();
    app.anonymous().post(desk::PATH, visitor()).await.refused(500, "internal_error");
    execute_sql(app, rename("away", "callback_contacts")).await.unwrap();
    execute_sql(app, rename("audit_entries", "away")).await.unwrap();
    let renamed = json!({"display_name": "Rozálie Hlasitá", "login": "rozalie.hlasita"});
    let people = app.admin().get(&format!("/v1/people?login={LOGIN}")).await.expect(200);
    let path = format!("/v1/people/{}", people.body["data"][0]["id"].as_str().unwrap());
    app.admin().patch(&path, "*", renamed).await.refused(500, "internal_error");
    execute_sql(app, rename("away", "audit_entries")).await.unwrap();
}

#[apply(both)]
async fn nothing_personal_is_logged_measured_or_traced(app: TestApp) {
    app.admin().post("/v1/people", person()).await.expect(201);
    app.caller(LOGIN, ALL_SCOPES).get("/v1/me").await.expect(200);
    let request = app.anonymous().post(desk::PATH, visitor()).await.expect(201);
    desk::with_secret(&app, &request, "receipt").send().await.expect(200);
    app.admin().post("/v1/data-subjects/export", json!({"phone": NUMBER})).await.expect(200);
    let key = create_key(&app, "website", "callbacks:create").await;
    with_key(&app, &key).get("/v1/me").await.expect(403);
    refusals(&app).await;
    faults(&app).await;
    app.admin().post("/v1/data-subjects/erase", json!({"phone": NUMBER})).await.expect(200);

    // The watch has seen all of it: it would have ended the process.
    for message in ["request completed", "request refused", "request failed with an internal error"] {
        assert!(support::telemetry::was_logged(message), "{message}");
    }
    assert!(support::telemetry::spans() > 10);
    let metrics = app.anonymous().get("/metrics").await.expect(200).text;
    assert!(metrics.contains("entente_http_request_seconds"));
    support::telemetry::check_metrics(&metrics);
    for value in [LOGIN, "rozalie", NAME, VISITOR, "778123987"] {
        assert!(!metrics.contains(value), "{value}");
    }
}

#[test]
fn the_watch_notices_what_the_test_client_sent() {
    use super::support::telemetry::{mark, mark_body, personal};

    mark_body(&json!({"items": [person(), {"home": {"login": "nested.login"}}], "visitor": visitor()}));
    mark("3kQ9-secret-of-the-visitor");
    for text in [
        NAME,
        "the person \"Rozálie Tichá\"",
        "any.address@example.org was refused",
        "login=rozalie.ticha",
        "HR-559120",
        "nested.login",
        "phone 778123987",
        "+420778123987",
        "[\"+420 778 123 987\"]",
        "Bearer eyJhbGciOiJIUzI1NiJ9.e30.x",
        "token 3kQ9-secret-of-the-visitor, expired",
    ] {
        assert!(personal(text).is_some(), "{text}");
    }
    for text in ["request completed", "dpt_01kdvdna00e008000000000001", "xHR-559120", "HR-5591201", "user @ host", ""] {
        assert_eq!(personal(text), None, "{text}");
    }
}
