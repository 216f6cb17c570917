//! The data of people in the directory: what an erasure removes, and what an export contains.

use super::support::actors::{pseudonym, pseudonyms, trail};
use super::support::desk::{self, asap, call};
use super::support::dump::{stored_rows, traces};
use super::support::pair::{Pair, drain, respond, text};
use super::support::receiver::Receiver;
use super::support::*;

/// Names, e-mail addresses, logins and the employee number that the person ever had.
const VALUES: [&str; 8] = [
    "Hedvika Novotná",
    "Hedvika Součková",
    "Hedvika Hrušková",
    "hedvika.novotna",
    "hedvika.souckova",
    "hedvika.hruskova",
    "hedvika",
    "HR-774411",
];

fn identity(name: &str, login: &str) -> Value {
    json!({"display_name": name, "email": format!("{login}@example.com"), "login": login})
}

/// Makes a sponsor of the project a person with her own name and login, a manager, and an agent, whose name changes
/// twice. Returns her id and her last login.
async fn eventful_life(app: &TestApp, pair: &Pair) -> (String, &'static str) {
    let (admin, path) = (app.admin(), format!("/v1/people/{}", pair.cmo));
    admin.patch(&path, "*", identity(VALUES[0], VALUES[3])).await.expect(200);
    // The import finds her by her login. She is the manager of a new person.
    let mut herself = identity(VALUES[0], VALUES[3]);
    herself["employee_number"] = json!(VALUES[7]);
    let home = json!({
        "department_id": pair.brand, "title": "Analyst", "manager_login": VALUES[3], "valid_from": "2026-01-01"
    });
    let managed = json!({"display_name": "Otto", "email": "otto@example.com", "home_position": home});
    let import = admin.request("POST", "/v1/people/import").header("Idempotency-Key", "import-1");
    import.json(json!({"items": [herself, managed]})).send().await.expect(200);

    // She raises a question, approves it, and delegates.
    let her = app.person(VALUES[3]);
    let question = json!({"question": "Shall we?", "due_at": "2027-05-01T08:00:00Z"});
    let raise = her.request("POST", &pair.at("decisions")).header("Idempotency-Key", "question-1");
    let raised = raise.json(question).send().await.expect(201).body;
    let approval = her.get(&format!("/v1/approvals/{}", text(&raised["approval_id"]))).await.expect(200).body;
    respond(&her, &approval, "approve").await.expect(200);
    admin.patch(&path, "*", identity(VALUES[1], VALUES[4])).await.expect(200);
    let her = app.person(VALUES[4]);
    let delegation = json!({"delegate_person_id": pair.max, "valid_from": "2027-04-01", "valid_to": "2027-04-05"});
    her.post(&pair.at(&format!("sides/{}/delegations", pair.brand)), delegation).await.expect(201);

    // She calls a visitor back.
    let agent = admin.post("/v1/agents", desk::new_agent(&pair.cmo, &json!([]))).await.expect(201);
    let request = desk::create_request(app, 1, asap()).await.expect(201);
    let calling = app.caller(VALUES[4], "callbacks:read callbacks:work");
    calling.act(&format!("{}/next", desk::PATH)).await.expect(200);
    call(&calling, &request, "reached").await;
    admin.delete(agent.header("location")).await.expect(204);

    // The administrator reads about her; her name changes again.
    admin.get(&format!("{path}/offboarding-report")).await.expect(200);
    admin.post("/v1/data-subjects/export", json!({"person_id": pair.cmo})).await.expect(200);
    admin.patch(&path, "*", identity(VALUES[2], VALUES[5])).await.expect(200);
    app.person(VALUES[5]).get(&pair.at("approvals")).await.expect(200);
    (pair.cmo.clone(), VALUES[4])
}

#[apply(both)]
async fn an_erased_person_is_in_no_record(app: TestApp) {
    let receiver = Receiver::start();
    let endpoint = json!({"url": receiver.url, "event_types": ["person.updated", "person.deactivated"]});
    app.admin().post("/v1/webhook-endpoints", endpoint).await.expect(201);
    // The receiver repeats what it got.
    for _ in 0..10 {
        receiver.will_respond_with(200, &json!({"received": VALUES}));
    }
    let pair = Pair::running(&app).await;
    let (person, login) = eventful_life(&app, &pair).await;
    let path = format!("/v1/people/{person}");
    let her_actor = pseudonym(&app, login).await;
    app.admin().post(&format!("{path}/deactivate"), json!({"reason": "Left"})).await.expect(200);
    drain(&app).await;
    app.state.db.update_statistics().await.unwrap();
    assert_eq!(traces(&app, &VALUES).len(), VALUES.len());
    for table in ["people", "actors", "events", "audit_entries", "webhook_deliveries", "webhook_attempts"] {
        let found = stored_rows(&app, &VALUES).await;
        assert!(found.iter().any(|row| row.starts_with(&format!("{table}: "))), "{table}");
    }

    app.admin().act(&format!("{path}/erase")).await.expect(200);
    assert_eq!(stored_rows(&app, &VALUES).await, Vec::<String>::new());
    assert_eq!(traces(&app, &VALUES), Vec::<String>::new());

    // What she did is still there, by an actor who cannot be found out.
    let hers = trail(&app, &format!("actor={her_actor}&expand=actors")).await;
    let actions: Vec<&str> = hers["data"].as_array().unwrap().iter().map(|entry| text(&entry["action"])).collect();
    assert!(actions.contains(&"delegation.created"), "{actions:?}");
    let unknown = json!({"id": her_actor, "person_id": null, "issuer": null, "subject": null});
    assert_eq!(hers["included"]["actors"][&her_actor], unknown);
    assert_eq!(trail(&app, &format!("actor={person}")).await["data"], json!([]));
    assert_eq!(pseudonyms(&app, login).await, Vec::<String>::new());
    // Other people are not affected: their keys and pseudonyms are kept.
    assert_eq!(pseudonyms(&app, "cio").await.len(), 1);
}

#[apply(both)]
async fn another_person_with_the_login_gets_a_new_pseudonym(app: TestApp) {
    let scopes = crate::support::app::ALL_SCOPES;
    let create = async |key: &str| {
        app.caller("shared", scopes).post("/v1/departments", json!({"key": key, "name": key})).await.expect(201)
    };
    let first = app.admin().post("/v1/people", identity("First", "shared")).await.expect(201).id();
    create("care").await;
    let before = pseudonym(&app, "shared").await;
    app.admin().post(&format!("/v1/people/{first}/deactivate"), json!({"reason": "Left"})).await.expect(200);
    app.admin().act(&format!("/v1/people/{first}/erase")).await.expect(200);
    // The token of a person who has left stays refused, until another person has the login.
    app.caller("shared", scopes).get("/v1/departments").await.refused(401, "person_deactivated");
    app.admin().post("/v1/people", identity("Second", "shared")).await.expect(201);
    create("lab").await;
    let after = pseudonym(&app, "shared").await;
    assert_ne!(before, after);
    for actor in [before, after] {
        assert_eq!(trail(&app, &format!("actor={actor}")).await["data"].as_array().unwrap().len(), 1);
    }
}

#[apply(both)]
async fn an_erasure_keeps_the_pseudonym_of_the_person_who_has_the_login_now(app: TestApp) {
    let admin = app.admin();
    let first = json!({"display_name": "First", "email": "first@example.com", "login": "shared"});
    let first = admin.post("/v1/people", first).await.expect(201).id();
    admin.patch(&format!("/v1/people/{first}"), "*", json!({"login": null})).await.expect(200);
    admin.post("/v1/people", identity("Second", "shared")).await.expect(201);
    let second = app.caller("shared", crate::support::app::ALL_SCOPES);
    second.post("/v1/departments", json!({"key": "care", "name": "Care"})).await.expect(201);
    let before = pseudonym(&app, "shared").await;
    admin.post(&format!("/v1/people/{first}/deactivate"), json!({"reason": "Left"})).await.expect(200);
    admin.act(&format!("/v1/people/{first}/erase")).await.expect(200);
    assert_eq!(pseudonym(&app, "shared").await, before);
    second.get("/v1/departments").await.expect(200);
}

#[apply(both)]
async fn an_erased_person_cannot_come_back(app: TestApp) {
    let admin = app.admin();
    let path = format!("/v1/people/{}", admin.post("/v1/people", identity("Eva", "eva")).await.expect(201).id());
    admin.post(&format!("{path}/deactivate"), json!({"reason": "Left"})).await.expect(200);
    admin.act(&format!("{path}/erase")).await.expect(200);
    admin.patch(&path, "*", json!({"display_name": "Eva"})).await.refused(409, "illegal_transition");
    let again = admin.post(&format!("{path}/reactivate"), json!({"reason": "Back"})).await;
    again.refused(409, "illegal_transition");
}

#[apply(both)]
async fn an_erasure_deletes_the_stored_responses_to_the_person(app: TestApp) {
    use diesel::prelude::*;
    use entente::kernel::db::schema::idempotency_records as records;

    let person = app.admin().post("/v1/people", identity("Eva", "eva.mala")).await.expect(201).id();
    let post = |caller: &str, key: &str| {
        let caller = app.caller(caller, crate::support::app::ALL_SCOPES);
        caller.request("POST", "/v1/departments").header("Idempotency-Key", key).json(json!({"key": key, "name": key}))
    };
    post("eva.mala", "care").send().await.expect(201);
    post("cio", "lab").send().await.expect(201);
    app.admin().post(&format!("/v1/people/{person}/deactivate"), json!({"reason": "Left"})).await.expect(200);
    app.admin().act(&format!("/v1/people/{person}/erase")).await.expect(200);
    let keys: Vec<String> =
        app.state.db.read(|conn| Ok(records::table.select(records::key).load(conn)?)).await.unwrap();
    assert_eq!(keys, ["lab"]);
}

#[apply(both)]
async fn people_receive_what_is_stored_about_them(app: TestApp) {
    let pair = Pair::running(&app).await;
    let export = async |body: Value| app.admin().post("/v1/data-subjects/export", body).await;
    let mia = export(json!({"person_id": pair.mia})).await.expect(200).body;
    assert_eq!((&mia["complete"], &mia["requests"]), (&json!(true), &json!([])));
    let data = &mia["person"];
    assert_eq!((&data["person"]["id"], &data["person"]["login"]), (&json!(pair.mia), &json!("mia")));
    let count = |list: &str| data[list].as_array().unwrap().len();
    let lists = ["home_positions", "memberships", "assignments", "approval_responses", "delegations", "actors"];
    assert_eq!(lists.map(count), [1, 1, 1, 0, 0, 1]);
    assert_eq!((&data["agent"], &data["actors"][0]["subject"]), (&Value::Null, &json!("mia")));
    assert_eq!(data["memberships"][0]["id"], pair.membership(&app, &pair.mia).await["id"]);
    let actions = data["actions"].as_array().unwrap();
    assert!(actions.iter().any(|action| action["subject"] == data["memberships"][0]["id"]), "{actions:?}");

    let delegation = json!({"delegate_person_id": pair.max, "valid_from": "2027-04-01", "valid_to": "2027-04-05"});
    let side = pair.at(&format!("sides/{}/delegations", pair.brand));
    let delegation = app.person("cmo").post(&side, delegation).await.expect(201).id();
    let agent = app.admin().post("/v1/agents", desk::new_agent(&pair.max, &json!([]))).await.expect(201).id();
    let cmo = export(json!({"person_id": pair.cmo})).await.expect(200).body["person"].clone();
    assert_eq!(cmo["approval_responses"][0]["person_id"], json!(pair.cmo));
    let max = export(json!({"person_id": pair.max})).await.expect(200).body["person"].clone();
    assert_eq!(max["agent"]["id"], json!(agent));
    for person in [&cmo, &max] {
        assert_eq!(person["delegations"][0]["id"], json!(delegation));
    }

    // A person can also have been a visitor.
    let request = desk::create_request(&app, 1, asap()).await.expect(201).id();
    let both = export(json!({"person_id": pair.mia, "email": "visitor@example.com"})).await.expect(200).body;
    assert_eq!(
        (&both["requests"][0]["request"]["id"], &both["person"]["person"]["id"]),
        (&json!(request), &json!(pair.mia))
    );
    let visitor = export(json!({"email": "visitor@example.com"})).await.expect(200).body;
    assert_eq!(visitor["person"], Value::Null);
}

#[apply(both)]
async fn an_export_of_a_person_is_recorded_and_needs_the_scope(app: TestApp) {
    let pair = Pair::running(&app).await;
    let who = json!({"person_id": pair.mia});
    app.caller("reader", crate::support::app::ALL_SCOPES)
        .post("/v1/data-subjects/export", who.clone())
        .await
        .expect(200);
    let entries = trail(&app, &format!("actor={}", pseudonym(&app, "reader").await)).await["data"].clone();
    let after = json!({"operation": "export_data_subject", "read": {"callback_requests": [], "person": pair.mia}});
    assert_eq!((entries.as_array().unwrap().len(), &entries[0]["after"]), (1, &after));
    assert_eq!((&entries[0]["action"], &entries[0]["subject"]), (&json!("personal_data.read"), &json!(pair.mia)));
    for caller in ["mia", "cmo"] {
        app.person(caller).post("/v1/data-subjects/export", who.clone()).await.refused(403, "forbidden");
    }
    let admin = app.admin();
    let unknown = json!({"person_id": "per_01kdvdna00e008000000000001"});
    admin.post("/v1/data-subjects/export", unknown).await.expect(422).violates("/person_id", "unknown_reference");
    admin.post("/v1/data-subjects/export", json!({"person_id": "mia"})).await.expect(422);
    admin.post("/v1/data-subjects/export", json!({})).await.refused(422, "validation_failed");
    // Erasing a person needs the deactivation of the person first, so it has its own operation.
    admin.post("/v1/data-subjects/erase", who).await.expect(422).violates("/person_id", "unknown_field");
}
