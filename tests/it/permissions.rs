//! Every operation of the document against callers who may not: nobody is answered 2xx, and what
//! a stranger may not know of is not there.

use super::examples::{presses, with_demo};
use super::support::client::Client;
use super::support::pair::{Pair, charter};
use super::support::*;

/// Operations that a person without any relation to a project may use with these scopes.
const OPEN_TO_ALL_PEOPLE: [&str; 11] = [
    "create_project",
    "get_department",
    "get_inbox",
    "get_me",
    "get_person",
    "list_person_assignments",
    "list_departments",
    "list_home_positions",
    "list_person_memberships",
    "list_people",
    "list_projects",
];

#[apply(both)]
async fn without_a_token_it_is_401(app: TestApp) {
    let app = with_demo(app).await;
    for press in presses().iter().filter(|press| press.secured) {
        let reply = press.by(&app.anonymous()).await;
        assert_eq!(reply.status, 401, "{}: {}", press.operation, reply.text);
    }
}

#[apply(both)]
async fn without_a_scope_it_is_403_that_names_the_scope(app: TestApp) {
    let app = with_demo(app).await;
    let mut wrong = Vec::new();
    for press in presses().iter().filter(|press| press.secured) {
        // The CMO has every relation there is, so that only the scope is missing.
        let reply = press.by(&app.caller("cmo", "")).await;
        assert_eq!(reply.status, 403, "{}: {}", press.operation, reply.text);
        if reply.body["required_scope"].as_str() != press.scope.as_deref() {
            wrong.push(format!("{}: {:?}, not {:?}", press.operation, reply.body["required_scope"], press.scope));
        }
    }
    assert!(wrong.is_empty(), "the document names other scopes: {}", wrong.join("\n"));
    assert_eq!(
        app.drained_feed().await.len(),
        app.admin().get("/v1/events?limit=100").await.body["data"].as_array().unwrap().len()
    );
}

#[apply(both)]
async fn a_stranger_changes_nothing_and_does_not_learn_of_projects(app: TestApp) {
    let app = with_demo(app).await;
    let newcomer = app.person("newcomer");
    for press in
        presses().iter().filter(|press| press.secured && !OPEN_TO_ALL_PEOPLE.contains(&press.operation.as_str()))
    {
        let reply = press.by(&newcomer).await;
        let of_a_project = [
            "/v1/projects/",
            "/v1/memberships/",
            "/v1/areas/",
            "/v1/assignments/",
            "/v1/approvals/",
            "/v1/delegations/",
            "/v1/transfers/",
            "/v1/disputes/",
            "/v1/decisions/",
        ]
        .iter()
        .any(|part| press.path.starts_with(part));
        let expected = if of_a_project { 404 } else { 403 };
        assert_eq!(reply.status, expected, "{}: {}", press.operation, reply.text);
    }
    let mine = newcomer.get("/v1/projects").await.expect(200);
    assert_eq!(mine.body["data"], json!([]));
}

#[apply(both)]
async fn whoever_is_refused_is_told_whom_it_is_for(app: TestApp) {
    let pair = Pair::running(&app).await;
    let said = async |caller: Client, path: String, body: Value| {
        let reply = caller.request("POST", &path).header("Accept-Language", "en").json(body).send().await;
        reply.refused(403, "forbidden").body["detail"].as_str().unwrap().to_owned()
    };
    let invitation = json!({"person_id": pair.mia, "department_id": pair.brand, "project_role": "Steward"});
    let told = said(app.person("cio"), pair.at("memberships"), invitation).await;
    assert_eq!(told, "This is for the lead, the sponsor of that side and administrators.");
    let reason = json!({"reason": "x"});
    assert_eq!(said(app.person("mia"), pair.at("hold"), reason).await, "This is for the sponsors and administrators.");
    let endpoint = json!({"url": "https://crm.example.com/hook"});
    let caller = app.caller("mia", "webhooks:manage");
    let told = said(caller, "/v1/webhook-endpoints".into(), endpoint).await;
    assert_eq!(told, "This is for software and administrators, because events tell of every project.");
}

#[apply(both)]
async fn only_somebody_in_the_directory_drafts_a_project(app: TestApp) {
    let pair = Pair::running(&app).await;
    let draft = charter(&pair.brand, &pair.platform, &pair.cmo, &pair.cio);
    let refused = app.person("nobody").post("/v1/projects", draft.clone()).await.refused(403, "forbidden");
    assert_eq!(refused.body.get("required_scope"), None);
    app.person("mia").post("/v1/projects", draft.clone()).await.expect(201);
    app.admin().post("/v1/projects", draft).await.expect(201);
}
