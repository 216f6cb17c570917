//! People and their regular positions.

use super::support::team::{department, person_without_position};
use super::support::*;

const UNKNOWN: &str = "per_01m7fgq4e8f4r9v3zk8x2c6b7d";

#[apply(both)]
async fn a_person_is_created_read_and_updated(app: TestApp) {
    let admin = app.admin();
    let new = json!({"display_name": "Jana Nováková", "email": "Jana.Novakova@Example.com", "login": "jana"});
    let created = admin.post("/v1/people", new).await.expect(201);
    assert_eq!(created.body["email"], "jana.novakova@example.com");
    assert_eq!(created.header("cache-control"), "no-store");
    let path = created.header("location").to_owned();
    let read = app.person("reader").get(&path).await.expect(200);
    assert_eq!(read.body, created.body);
    let unmodified = admin.request("GET", &path).header("If-None-Match", &read.etag()).send().await;
    assert_eq!(unmodified.expect(304).header("cache-control"), "no-store");

    let same = json!({"email": "JANA.NOVAKOVA@example.com"});
    assert_eq!(admin.patch(&path, &read.etag(), same).await.expect(200).etag(), read.etag());
    let changed = admin.patch(&path, &read.etag(), json!({"login": null})).await.expect(200);
    assert_eq!(changed.body["login"], Value::Null);
    admin.patch(&path, &read.etag(), json!({"display_name": "Jana"})).await.refused(412, "stale_version");
    let types: Vec<_> = app.drained_feed().await.into_iter().map(|event| event["type"].clone()).collect();
    assert_eq!(types, ["person.created", "person.updated"]);
}

#[apply(both)]
async fn me_returns_the_person_of_the_caller(app: TestApp) {
    app.person("jana").get("/v1/me").await.refused(403, "person_unknown");
    let id = person_without_position(&app, "jana").await;
    assert_eq!(app.person("jana").get("/v1/me").await.expect(200).id(), id);
    app.person("petr").get("/v1/me").await.refused(403, "person_unknown");
    app.service("jana", "projects:read").get("/v1/me").await.refused(404, "not_found");
    app.anonymous().get("/v1/me").await.refused(401, "unauthenticated");
}

#[apply(both)]
async fn addresses_and_logins_are_unique(app: TestApp) {
    let replies = at_once(20, |number| {
        let admin = app.admin();
        let email = if number % 2 == 0 { "jana@example.com" } else { "JANA@example.com" };
        async move { admin.post("/v1/people", json!({"display_name": "Jana", "email": email})).await }
    })
    .await;
    assert_eq!(with_status(&replies, 201), 1);
    assert_eq!(with_status(&replies, 409), 19);
    person_without_position(&app, "petr").await;
    let again = json!({"display_name": "P", "email": "p@example.com", "login": "petr"});
    let refused = app.admin().post("/v1/people", again).await.refused(409, "already_exists");
    assert_eq!(refused.body["conflicting_field"], "/login");
    let path = format!("/v1/people/{}", person_without_position(&app, "eva").await);
    let etag = app.admin().get(&path).await.expect(200).etag();
    let clash = json!({"email": "jana@example.com"});
    let refused = app.admin().patch(&path, &etag, clash).await.refused(409, "already_exists");
    assert_eq!(refused.body["conflicting_field"], "/email");
}

#[apply(both)]
async fn people_are_filtered_by_their_current_department(app: TestApp) {
    let legal = department(&app, "legal").await;
    let (past, present, none) = (
        person_without_position(&app, "a").await,
        person_without_position(&app, "b").await,
        person_without_position(&app, "c").await,
    );
    for (person, from, to) in [(&past, "2020-01-01", Some("2027-03-30")), (&present, "2027-03-30", None)] {
        let position = json!({"department_id": legal, "title": "Lawyer", "valid_from": from, "valid_to": to});
        app.admin().post(&format!("/v1/people/{person}/home-positions"), position).await.expect(201);
    }
    let ids = async |query: &str| {
        let list = app.person("reader").get(&format!("/v1/people?{query}")).await.expect(200);
        assert_eq!(list.header("cache-control"), "no-store");
        list.body["data"].as_array().unwrap().iter().map(|row| row["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&format!("department_id={legal}")).await, [json!(present)]);
    assert_eq!(ids("login=c").await, [json!(none)]);
    // Addresses are personal data, which must not be in a URL.
    app.admin()
        .get("/v1/people?email=a@example.com")
        .await
        .refused(400, "invalid_parameter")
        .violates("email", "unknown_parameter");
}

#[apply(both)]
async fn regular_positions_never_overlap(app: TestApp) {
    let legal = department(&app, "legal").await;
    let path = format!("/v1/people/{}/home-positions", person_without_position(&app, "jana").await);
    let position =
        |from: &str, to: Value| json!({"department_id": legal, "title": "Lawyer", "valid_from": from, "valid_to": to});
    let replies = at_once(20, |number| {
        let (admin, path) = (app.admin(), path.clone());
        let body = position(&format!("2027-01-{:02}", number + 1), json!("2027-02-01"));
        async move { admin.post(&path, body).await }
    })
    .await;
    assert_eq!(with_status(&replies, 201), 1);
    assert_eq!(with_status(&replies, 409), 19);
    // Adjacent positions do not overlap.
    app.admin().post(&path, position("2027-02-01", Value::Null)).await.expect(201);
    app.admin().post(&path, position("2030-01-01", Value::Null)).await.refused(409, "conflict");
    assert_eq!(app.admin().get(&path).await.expect(200).body["data"].as_array().unwrap().len(), 2);
}

#[apply(both)]
async fn a_regular_position_needs_a_person_a_department_and_a_valid_period(app: TestApp) {
    let legal = department(&app, "legal").await;
    let path = format!("/v1/people/{}/home-positions", person_without_position(&app, "jana").await);
    let position = |department: &str, to: &str| json!({"department_id": department, "title": "Lawyer", "valid_from": "2027-01-01", "valid_to": to});
    let post = async |path: &str, body: Value| app.admin().post(path, body).await;
    post(&path, position("dpt_01m7fgq4e8f4r9v3zk8x2c6b7d", "2027-02-01"))
        .await
        .expect(422)
        .violates("/department_id", "unknown_reference");
    post(&path, position(&legal, "2027-01-01")).await.expect(422).violates("/valid_to", "not_after_start");
    let mut managed = position(&legal, "2027-02-01");
    managed["manager_person_id"] = json!(UNKNOWN);
    post(&path, managed.clone()).await.expect(422).violates("/manager_person_id", "unknown_reference");
    // A manager is a person, not a name.
    managed["manager"] = json!("Karel");
    post(&path, managed).await.expect(422).violates("/manager", "unknown_field");
    let unknown = format!("/v1/people/{UNKNOWN}/home-positions");
    post(&unknown, position(&legal, "2027-02-01")).await.refused(404, "not_found");
    app.admin().get(&unknown).await.refused(404, "not_found");
}

#[apply(both)]
async fn only_administrators_change_people(app: TestApp) {
    let path = format!("/v1/people/{}", person_without_position(&app, "jana").await);
    let jana = app.person("jana");
    jana.patch(&path, "*", json!({"display_name": "J"})).await.refused(403, "forbidden");
    jana.post("/v1/people", json!({"display_name": "X", "email": "x@example.com"})).await.refused(403, "forbidden");
    app.caller("unknown", "callbacks:read").get("/v1/people").await.refused(403, "forbidden");
}

/// A sponsor who could change logins could sign in as the sponsor of the other side.
#[apply(both)]
async fn a_person_with_the_scope_takes_no_login_over(app: TestApp) {
    let victim = format!("/v1/people/{}", person_without_position(&app, "cio").await);
    person_without_position(&app, "cmo").await;
    let sponsor = app.caller("cmo", "directory:write projects:read projects:write");
    sponsor.patch(&victim, "*", json!({"login": null})).await.refused(403, "forbidden");
    sponsor.post("/v1/people", json!({"display_name": "X", "email": "x@example.com"})).await.refused(403, "forbidden");
    let moved = json!({"display_name": "CIO", "email": "cio@example.com", "login": "mine"});
    sponsor.post("/v1/people/import", json!({"items": [moved]})).await.refused(403, "forbidden");
    assert_eq!(app.admin().get(&victim).await.expect(200).body["login"], "cio");
}
