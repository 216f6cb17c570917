//! Logins: an issuer and a subject; deactivated people and ended sessions.

use std::time::Duration;

use entente::kernel::auth::Claims;
use entente::kernel::ids::AgentId;

use super::support::app::{ALL_SCOPES, ISSUER, SECOND_ISSUER, claims, token};
use super::support::client::Client;
use super::support::desk;
use super::support::pair::{Pair, respond, text};
use super::support::team::{execute_sql, person_without_position};
use super::support::*;

const FIVE_SECONDS: Duration = Duration::from_secs(5);
const OF_PROJECTS: &str = "projects:read projects:write";

/// Creates a person with a login of the second issuer.
async fn namesake(app: &TestApp, login: &str) -> String {
    let email = format!("{login}@second.example.com");
    let body = json!({"display_name": login, "email": email, "login": login, "login_issuer": SECOND_ISSUER});
    let created = app.admin().post("/v1/people", body).await.expect(201);
    assert_eq!((&created.body["login"], &created.body["login_issuer"]), (&json!(login), &json!(SECOND_ISSUER)));
    created.id()
}

pub async fn set_deactivated(app: &TestApp, id: &str, verb: &str) {
    app.admin().post(&format!("/v1/people/{id}/{verb}"), json!({"reason": "The contract."})).await.expect(200);
}

#[apply(both)]
async fn the_same_subject_of_another_issuer_is_a_stranger_in_projects(app: TestApp) {
    let pair = Pair::running(&app).await;
    let second = app.replica(SECOND_ISSUER);
    let other = second.caller("cmo", OF_PROJECTS);
    let approval = app.person("cmo").act(&pair.at("close")).await.expect(201).body;
    let project = format!("/v1/projects/{}", pair.project);
    let of_person = ["memberships", "assignments"].map(|list| format!("/v1/people/{}/{list}", pair.mia));
    let personal = ["/v1/me".to_owned(), "/v1/me/inbox".to_owned(), "/v1/projects".to_owned()];
    for path in personal.iter().chain(&of_person).chain([&project]) {
        other.get(path).await.refused(403, "person_unknown");
    }
    respond(&other, &approval, "approve").await.refused(403, "person_unknown");

    // As another person in the directory, the caller still has nothing of the first one.
    let id = namesake(&app, "cmo").await;
    assert_eq!(other.get("/v1/me").await.expect(200).id(), id);
    assert_eq!(app.person("cmo").get("/v1/me").await.expect(200).id(), pair.cmo);
    for path in of_person.iter().chain([&"/v1/projects".to_owned(), &"/v1/me/inbox".to_owned()]) {
        assert_eq!(other.get(path).await.expect(200).body["data"], json!([]), "{path}");
    }
    for path in [project.clone(), pair.at("memberships"), pair.at("approvals"), pair.at("partnership")] {
        other.get(&path).await.refused(404, "not_found");
    }
    respond(&other, &approval, "approve").await.refused(404, "not_found");
    other.act(&format!("/v1/approvals/{}/withdraw", text(&approval["id"]))).await.refused(404, "not_found");
    // People see all of their own memberships; others do not.
    namesake(&app, "mia").await;
    let mia = second.caller("mia", OF_PROJECTS);
    assert_eq!(mia.get(&of_person[0]).await.expect(200).body["data"], json!([]));
    let own = app.person("mia").get(&of_person[0]).await.expect(200);
    assert_eq!(own.body["data"].as_array().unwrap().len(), 1);
    respond(&app.person("cio"), &approval, "approve").await.expect(200);
}

#[apply(both)]
async fn the_same_subject_of_another_issuer_is_not_the_agent(app: TestApp) {
    let anna = desk::agent(&app, "anna").await;
    let id: AgentId = desk::agent_id(&app, "anna").await;
    let request = desk::create_request(&app, 1, desk::asap()).await.expect(201);
    let (next, link) = (format!("{}/next", desk::PATH), format!("/v1/agents/{id}/calendar-link"));
    let other = app.replica(SECOND_ISSUER);
    let other = other.caller("anna", "callbacks:read callbacks:work");
    for path in [&next, &link] {
        other.act(path).await.refused(403, "person_unknown");
    }
    namesake(&app, "anna").await;
    for path in [&next, &link] {
        other.act(path).await.refused(403, "forbidden");
    }
    anna.act(&link).await.expect(200);
    assert_eq!(anna.act(&next).await.expect(200).id(), request.id());
    other.act(&desk::calls_of(&request)).await.refused(403, "forbidden");
}

#[apply(both)]
async fn equal_subjects_of_two_issuers_share_no_stored_response(app: TestApp) {
    let second = app.replica(SECOND_ISSUER);
    let create = |client: Client| {
        let request = client.request("POST", "/v1/departments").header("Idempotency-Key", "k-1");
        request.json(json!({"key": "care", "name": "Care"})).send()
    };
    let first = create(app.admin()).await.expect(201);
    create(second.caller("admin", ALL_SCOPES)).await.refused(409, "already_exists");
    let again = create(app.admin()).await.expect(201);
    assert_eq!((again.header("idempotent-replayed"), again.id()), ("true", first.id()));
}

#[apply(both)]
async fn a_login_is_unique_for_its_issuer_which_must_be_configured(app: TestApp) {
    let admin = app.admin();
    let new = |email: &str, fields: Value| {
        let mut body = json!({"display_name": "Jana", "email": email});
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        admin.post("/v1/people", body)
    };
    let jana = new("1@example.com", json!({"login": "jana"})).await.expect(201);
    assert_eq!(jana.body["login_issuer"], ISSUER);
    let other = new("2@example.com", json!({"login": "jana", "login_issuer": SECOND_ISSUER})).await.expect(201);
    for fields in [json!({"login": "jana"}), json!({"login": "jana", "login_issuer": SECOND_ISSUER})] {
        let refused = new("3@example.com", fields).await.refused(409, "already_exists");
        assert_eq!(refused.body["conflicting_field"], "/login");
    }
    let unknown = json!({"login": "eva", "login_issuer": "https://evil.example.com"});
    let refused = new("3@example.com", unknown.clone()).await.expect(422);
    assert!(refused.text.contains(SECOND_ISSUER), "{}", refused.text);
    refused.violates("/login_issuer", "unknown_reference");
    new("3@example.com", json!({"login_issuer": ISSUER})).await.expect(422).violates("/login", "required");
    let without = new("3@example.com", json!({})).await.expect(201);
    assert_eq!((&without.body["login"], &without.body["login_issuer"]), (&Value::Null, &Value::Null));

    let path = format!("/v1/people/{}", other.id());
    admin.patch(&path, "*", json!({"login_issuer": ISSUER})).await.refused(409, "already_exists");
    admin.patch(&path, "*", unknown).await.expect(422).violates("/login_issuer", "unknown_reference");
    let renamed = admin.patch(&path, "*", json!({"login": "nova"})).await.expect(200);
    assert_eq!(renamed.body["login_issuer"], SECOND_ISSUER);
    let moved = admin.patch(&path, "*", json!({"login_issuer": null})).await.expect(200);
    assert_eq!((&moved.body["login"], &moved.body["login_issuer"]), (&json!("nova"), &json!(ISSUER)));
    let removed = admin.patch(&path, "*", json!({"login": null})).await.expect(200);
    assert_eq!((&removed.body["login"], &removed.body["login_issuer"]), (&Value::Null, &Value::Null));
    let found = admin.get("/v1/people?login=jana").await.expect(200);
    assert_eq!(found.body["data"].as_array().unwrap().len(), 1);
}

#[apply(both)]
async fn an_import_finds_people_by_login_and_issuer(app: TestApp) {
    let id = namesake(&app, "jana").await;
    let import = async |items: Value| app.admin().post("/v1/people/import", json!({"items": items})).await;
    let of = |issuer: Value, email: &str| json!({"display_name": "Jana", "email": email, "login": "jana", "login_issuer": issuer});
    let items = json!([of(Value::Null, "new@example.com"), of(json!(SECOND_ISSUER), "moved@example.com")]);
    let imported = import(items.clone()).await.expect(200).body;
    assert_eq!(
        (&imported["data"][0]["outcome"], &imported["data"][1]["outcome"]),
        (&json!("created"), &json!("updated"))
    );
    assert_eq!(imported["data"][0]["person"]["login_issuer"], ISSUER);
    assert_eq!(imported["data"][1]["person"]["id"], json!(id));
    assert_eq!(import(items).await.expect(200).body["counts"]["unchanged"], 2);
    let twice = json!([of(Value::Null, "a@example.com"), of(json!(ISSUER), "b@example.com")]);
    import(twice).await.expect(422).violates("/items/1/login", "duplicate_item");
    let wrong = json!([
        of(json!("https://evil.example.com"), "a@example.com"),
        {"display_name": "Eva", "email": "eva@example.com", "login_issuer": ISSUER}
    ]);
    let refused = import(wrong).await.expect(422);
    refused.violates("/items/0/login_issuer", "unknown_reference").violates("/items/1/login", "required");
}

/// Every scope, with a request that needs only that scope. The last ones are refused for people in general.
const REQUESTS: [(&str, &str, &str, u16); 10] = [
    ("projects:read", "GET", "/v1/people", 200),
    ("projects:read", "GET", "/v1/projects", 200),
    ("projects:write", "POST", "/v1/projects", 422),
    ("callbacks:read", "GET", "/v1/callback-requests", 200),
    ("callbacks:read", "GET", "/v1/callback-requests/export", 200),
    ("callbacks:work", "POST", "/v1/callback-requests/next", 403),
    ("audit:read", "GET", "/v1/audit-entries", 200),
    ("admin", "GET", "/v1/api-keys", 200),
    ("directory:write", "POST", "/v1/departments", 422),
    ("webhooks:manage", "GET", "/v1/events", 403),
];

#[apply(both)]
async fn the_token_of_a_deactivated_person_is_refused_with_every_scope(app: TestApp) {
    let id = person_without_position(&app, "jana").await;
    let send = |client: Client, method: &'static str, path: &'static str| async move {
        let request = client.request(method, path);
        if method == "POST" { request.json(json!({})).send().await } else { request.send().await }
    };
    for (scope, method, path, status) in REQUESTS {
        let reply = send(app.caller("jana", scope), method, path).await;
        assert_eq!(reply.status, status, "{scope} {method} {path}: {}", reply.text);
    }
    set_deactivated(&app, &id, "deactivate").await;
    for (scope, method, path, _) in REQUESTS {
        let refused = send(app.caller("jana", scope), method, path).await.refused(401, "person_deactivated");
        let challenge = refused.header("www-authenticate");
        assert!(challenge.starts_with("Bearer ") && challenge.contains("error=\"invalid_token\""), "{challenge}");
    }
    // An application with the same subject is not the person, and neither is the subject of another issuer.
    app.service("jana", "projects:read").get("/v1/people").await.expect(200);
    app.replica(SECOND_ISSUER).caller("jana", "projects:read").get("/v1/people").await.expect(200);
    // No change of the login lets the person in again.
    let (admin, path) = (app.admin(), format!("/v1/people/{id}"));
    let person = admin.get(&path).await.expect(200).body;
    for login in [json!({"login": "jana.x"}), json!({"login": null}), json!({"login_issuer": SECOND_ISSUER})] {
        admin.patch(&path, "*", login).await.refused(409, "illegal_transition");
    }
    let numbered = json!({"employee_number": "10042"});
    admin.patch(&path, "*", numbered).await.expect(200);
    // An import changes the login of a person whom it finds by the number.
    let item = json!({
        "employee_number": "10042","display_name": person["display_name"], "email": person["email"], "login": "jana.x"});
    let refused = admin.post("/v1/people/import", json!({"items": [item]})).await.refused(409, "conflict");
    assert_eq!(
        (&refused.body["errors"][0]["code"], &refused.body["errors"][0]["pointer"]),
        (&json!("person_deactivated"), &json!("/items/0/login"))
    );
    app.caller("jana", ALL_SCOPES).get("/v1/people").await.refused(401, "person_deactivated");
    set_deactivated(&app, &id, "reactivate").await;
    for (scope, method, path, status) in REQUESTS {
        assert_eq!(send(app.caller("jana", scope), method, path).await.status, status, "{scope} {method} {path}");
    }
}

#[apply(both)]
async fn a_stored_response_is_not_returned_to_a_deactivated_person(app: TestApp) {
    let id = person_without_position(&app, "jana").await;
    let send = || {
        let request = app.caller("jana", ALL_SCOPES).request("POST", "/v1/departments");
        request.header("Idempotency-Key", "k-1").json(json!({"key": "care", "name": "Care"})).send()
    };
    send().await.expect(201);
    set_deactivated(&app, &id, "deactivate").await;
    send().await.refused(401, "person_deactivated");
}

#[apply(both)]
async fn other_processes_refuse_a_deactivated_person_within_five_seconds(app: TestApp) {
    let id = person_without_position(&app, "jana").await;
    let replica = app.replica(ISSUER);
    let clients = [app.caller("jana", "projects:read"), replica.caller("jana", "projects:read")];
    for client in &clients {
        client.get("/v1/me").await.expect(200);
    }
    app.record_statements();
    clients[1].get("/v1/people").await.expect(200);
    assert_eq!(app.statements().len(), 1, "what is known about the caller is read once in five seconds");
    set_deactivated(&app, &id, "deactivate").await;
    clients[0].get("/v1/people").await.refused(401, "person_deactivated");
    app.clock.advance(FIVE_SECONDS);
    clients[1].get("/v1/people").await.refused(401, "person_deactivated");
    // A refusal is never remembered.
    set_deactivated(&app, &id, "reactivate").await;
    for client in &clients {
        client.get("/v1/people").await.expect(200);
    }
}

#[apply(both)]
async fn the_sessions_of_a_person_are_ended(app: TestApp) {
    let path = format!("/v1/people/{}", person_without_position(&app, "jana").await);
    let issued = |iat: Option<i64>| {
        app.anonymous().with_token(token(&Claims { iat, ..claims("jana", "projects:read projects:write") }))
    };
    let replica = app.replica(ISSUER);
    let elsewhere = replica.caller("jana", "projects:read");
    let old = issued(Some(start_time().unix_seconds()));
    for client in [&old, &elsewhere, &issued(None)] {
        client.get("/v1/me").await.expect(200);
    }
    app.clock.advance(Duration::from_secs(10));
    let now = app.now().unix_seconds();
    let set = |value: Value| app.admin().request("PATCH", &path).header("If-Match", "*").merge_patch(value).send();
    let ended = set(json!({"tokens_not_before": app.now()})).await.expect(200);
    assert_eq!(ended.body["tokens_not_before"], json!(app.now()));
    for client in [&old, &issued(None), &issued(Some(now - 1))] {
        let refused = client.get("/v1/people").await.refused(401, "token_revoked");
        assert!(refused.header("www-authenticate").contains("error=\"invalid_token\""));
    }
    let new = issued(Some(now));
    new.get("/v1/people").await.expect(200);
    // A token that was accepted does not let an older one of the same person be accepted.
    old.get("/v1/people").await.refused(401, "token_revoked");
    app.clock.advance(FIVE_SECONDS);
    elsewhere.get("/v1/people").await.refused(401, "token_revoked");

    set(json!({"tokens_not_before": "2027-04-01T00:00:00Z"}))
        .await
        .expect(422)
        .violates("/tokens_not_before", "in_the_future");
    set(json!({"tokens_not_before": "yesterday"})).await.refused(422, "validation_failed");
    new.patch(&path, "*", json!({"tokens_not_before": null})).await.refused(403, "forbidden");
    set(json!({"tokens_not_before": null})).await.expect(200);
    old.get("/v1/people").await.expect(200);
    let kinds: Vec<_> = app.drained_feed().await.into_iter().map(|event| event["type"].clone()).collect();
    assert_eq!(kinds, ["person.created", "person.updated", "person.updated"]);
}

#[apply(both)]
async fn an_administrator_needs_no_entry_in_the_directory(app: TestApp) {
    let pair = Pair::running(&app).await;
    for path in ["/v1/projects", "/v1/people", &pair.at("approvals"), &format!("/v1/people/{}/memberships", pair.mia)] {
        app.admin().get(path).await.expect(200);
    }
    for path in ["/v1/me", "/v1/me/inbox", "/v1/projects?mine=true"] {
        app.admin().get(path).await.refused(403, "person_unknown");
    }
}

#[apply(both)]
async fn the_database_holds_a_login_with_its_issuer_only(app: TestApp) {
    let id = person_without_position(&app, "jana").await;
    for change in ["login = NULL", "login_issuer = NULL", "login_set_at = NULL"] {
        execute_sql(&app, vec![format!("UPDATE people SET {change} WHERE id = '{id}'")]).await.unwrap_err();
    }
    namesake(&app, "jana").await;
    let moved = format!("UPDATE people SET login_issuer = '{SECOND_ISSUER}' WHERE id = '{id}'");
    execute_sql(&app, vec![moved]).await.unwrap_err();
}
