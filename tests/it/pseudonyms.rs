//! The audit trail names people by pseudonyms.

use super::support::actors::{pseudonym, pseudonyms, trail};
use super::support::app::{ALL_SCOPES, claims, token};
use super::support::desk::{asap, create_request};
use super::support::pair::text;
use super::support::team::{execute_sql, person_without_position};
use super::support::*;

const DEPARTMENTS: &str = "/v1/departments";

fn department(key: &str) -> Value {
    json!({"key": key, "name": key})
}

/// Returns the actors of the entries about a resource, oldest first.
async fn actors_of(app: &TestApp, subject: &str) -> Vec<String> {
    let entries = trail(app, &format!("subject={subject}")).await["data"].clone();
    entries.as_array().unwrap().iter().map(|entry| text(&entry["actor"]).to_owned()).collect()
}

#[apply(both)]
async fn people_are_pseudonyms_and_other_callers_have_names(app: TestApp) {
    let jana = person_without_position(&app, "jana.novakova").await;
    let by_jana = app.caller("jana.novakova", ALL_SCOPES).post(DEPARTMENTS, department("care")).await.expect(201).id();
    let by_crm = app.service("crm", ALL_SCOPES).post(DEPARTMENTS, department("lab")).await.expect(201).id();
    let by_visitor = create_request(&app, 1, asap()).await.expect(201).id();
    let actor = pseudonym(&app, "jana.novakova").await;
    assert!(actor.starts_with("act_"), "{actor}");
    assert_eq!(actors_of(&app, &by_jana).await, std::slice::from_ref(&actor));
    assert_eq!(actors_of(&app, &by_crm).await, ["crm"]);
    assert_eq!(actors_of(&app, &by_visitor).await, ["anonymous"]);

    // Auditors can see who it is.
    let plain = trail(&app, &format!("actor={actor}")).await;
    assert_eq!((plain["data"].as_array().unwrap().len(), plain.get("included")), (1, None));
    let auditor = app.caller("auditor", "audit:read");
    let expanded = auditor.get(&format!("/v1/audit-entries?actor={actor}&expand=actors")).await.expect(200);
    assert_eq!(expanded.body["data"], plain["data"]);
    let known = json!({"id": actor, "person_id": jana, "issuer": "entente", "subject": "jana.novakova"});
    assert_eq!(expanded.body["included"], json!({"actors": {actor.as_str(): known}}));
    assert_eq!(expanded.header("cache-control"), "no-store");
    // The administrator of the tests is not in the directory.
    let admin = pseudonym(&app, "admin").await;
    let all = trail(&app, "expand=actors").await;
    assert_eq!(all["included"]["actors"].as_object().unwrap().len(), 2);
    assert_eq!(all["included"]["actors"][&admin]["person_id"], Value::Null);
    assert_eq!(all["included"]["actors"][&admin]["subject"], "admin");
    // The identifier of a person finds the entries of the person.
    assert_eq!(trail(&app, &format!("actor={jana}")).await["data"], plain["data"]);
    for unknown in ["jana.novakova", "act_01kdvdna00e008000000000001", "per_01kdvdna00e008000000000001"] {
        assert_eq!(trail(&app, &format!("actor={unknown}")).await["data"], json!([]), "{unknown}");
    }
    auditor.get("/v1/audit-entries?expand=people").await.refused(400, "invalid_parameter");
    app.person("jana.novakova").get("/v1/audit-entries?expand=actors").await.refused(403, "forbidden");
}

#[apply(both)]
async fn only_the_first_change_of_a_person_reads_the_pseudonym(app: TestApp) {
    let eva = app.caller("eva", ALL_SCOPES);
    let mut counts = Vec::new();
    for key in ["care", "lab", "shop"] {
        app.record_statements();
        eva.post(DEPARTMENTS, department(key)).await.expect(201);
        counts.push(app.statements().iter().filter(|sql| sql.contains("actors")).count());
    }
    assert_eq!(counts, [1, 0, 0]);
    // A read needs none, and neither does a change that changes nothing.
    app.record_statements();
    app.caller("new", ALL_SCOPES).get(DEPARTMENTS).await.expect(200);
    assert!(app.statements().iter().all(|sql| !sql.contains("actors")));
    assert_eq!(pseudonyms(&app, "new").await, Vec::<String>::new());
}

#[apply(both)]
async fn parallel_first_changes_have_one_pseudonym(app: TestApp) {
    let replies = at_once(30, |number| {
        let eva = app.caller("eva", ALL_SCOPES);
        async move { eva.post(DEPARTMENTS, department(&format!("d{number}"))).await }
    })
    .await;
    assert_eq!(with_status(&replies, 201), 30);
    let actor = pseudonym(&app, "eva").await;
    assert_eq!(trail(&app, &format!("actor={actor}")).await["data"].as_array().unwrap().len(), 30);
}

#[apply(both)]
async fn a_change_that_fails_leaves_no_pseudonym(app: TestApp) {
    let eva = app.caller("eva", ALL_SCOPES);
    let rename = |from: &str, to: &str| vec![format!("ALTER TABLE {from} RENAME TO {to}")];
    // Entries are written after the pseudonym, in the same transaction.
    execute_sql(&app, rename("audit_entries", "away")).await.unwrap();
    eva.post(DEPARTMENTS, department("care")).await.refused(500, "internal_error");
    execute_sql(&app, rename("away", "audit_entries")).await.unwrap();
    assert_eq!(pseudonyms(&app, "eva").await, Vec::<String>::new());
    let created = eva.post(DEPARTMENTS, department("care")).await.expect(201).id();
    assert_eq!(actors_of(&app, &created).await, [pseudonym(&app, "eva").await]);
}

#[apply(both)]
async fn a_caller_cannot_use_the_pseudonym_of_another(app: TestApp) {
    app.caller("eva", ALL_SCOPES).post(DEPARTMENTS, department("care")).await.expect(201);
    let actor = pseudonym(&app, "eva").await;
    for client_id in [None, Some(actor.clone())] {
        let claims = entente::kernel::auth::Claims { client_id, ..claims(&actor, ALL_SCOPES) };
        let forged = app.anonymous().with_token(token(&claims));
        forged.post(DEPARTMENTS, department("lab")).await.refused(401, "unauthenticated");
    }
}

#[apply(both)]
async fn the_key_of_a_request_is_stored_without_the_login(app: TestApp) {
    use diesel::prelude::*;
    use entente::kernel::db::schema::idempotency_records as records;

    let eva = app.caller("eva.dvorakova", ALL_SCOPES);
    let send = || eva.request("POST", DEPARTMENTS).header("Idempotency-Key", "k1").json(department("care")).send();
    send().await.expect(201);
    assert_eq!(send().await.expect(201).header("idempotent-replayed"), "true");
    let callers: Vec<String> =
        app.state.db.read(|conn| Ok(records::table.select(records::caller).load(conn)?)).await.unwrap();
    assert_eq!(callers.len(), 1);
    assert!(callers[0].starts_with("person:") && !callers[0].contains("eva"), "{callers:?}");
}
