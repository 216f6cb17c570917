//! Permissions: every operation of the document rejects callers without a token, callers without the scope, and people
//! outside the project.

use super::examples::{operation_examples, with_demo};
use super::support::client::Client;
use super::support::pair::{Pair, charter};
use super::support::team::person_without_position;
use super::support::*;

/// Operations that a person without any relation to a project may use with these scopes.
const OPEN_TO_ALL_PEOPLE: [&str; 12] = [
    "create_project",
    "get_department",
    "get_inbox",
    "get_me",
    "get_person",
    "list_data_owners",
    "list_person_assignments",
    "list_departments",
    "list_home_positions",
    "list_person_memberships",
    "list_people",
    "list_projects",
];

#[apply(both)]
async fn a_request_without_a_token_is_401(app: TestApp) {
    let app = with_demo(app).await;
    for example in operation_examples().iter().filter(|example| example.secured) {
        let reply = example.execute(&app.anonymous()).await;
        assert_eq!(reply.status, 401, "{}: {}", example.operation, reply.text);
    }
}

#[apply(both)]
async fn a_token_without_the_scope_is_403_with_the_required_scope(app: TestApp) {
    let app = with_demo(app).await;
    let mut wrong = Vec::new();
    for example in operation_examples().iter().filter(|example| example.secured) {
        // The CMO has every relation to the projects, so that only the scope is missing.
        let reply = example.execute(&app.caller("cmo", "")).await;
        assert_eq!(reply.status, 403, "{}: {}", example.operation, reply.text);
        if reply.body["required_scope"].as_str() != example.scope.as_deref() {
            wrong.push(format!("{}: {:?}, not {:?}", example.operation, reply.body["required_scope"], example.scope));
        }
    }
    assert!(wrong.is_empty(), "the document names other scopes: {}", wrong.join("\n"));
    assert_eq!(
        app.drained_feed().await.len(),
        app.admin().get("/v1/events?limit=100").await.body["data"].as_array().unwrap().len()
    );
}

#[apply(both)]
async fn the_scope_is_checked_before_existence(app: TestApp) {
    // The database is empty: no resource of the examples exists.
    for example in operation_examples().iter().filter(|example| example.secured) {
        app.record_statements();
        let reply = example.execute(&app.caller("cmo", "")).await.refused(403, "forbidden");
        let scope = example.scope.as_deref().unwrap();
        let challenge = format!("Bearer realm=\"entente\", error=\"insufficient_scope\", scope=\"{scope}\"");
        assert_eq!(reply.header("www-authenticate"), challenge, "{}", example.operation);
        assert_eq!(app.statements(), Vec::<String>::new(), "{}", example.operation);
    }
}

#[apply(both)]
async fn an_outsider_changes_nothing_and_sees_no_projects(app: TestApp) {
    let app = with_demo(app).await;
    person_without_position(&app, "outsider").await;
    let outsider = app.person("outsider");
    for example in operation_examples()
        .iter()
        .filter(|example| example.secured && !OPEN_TO_ALL_PEOPLE.contains(&example.operation.as_str()))
    {
        let reply = example.execute(&outsider).await;
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
            "/v1/draws/",
        ]
        .iter()
        .any(|part| example.path.starts_with(part));
        let expected = if of_a_project { 404 } else { 403 };
        assert_eq!(reply.status, expected, "{}: {}", example.operation, reply.text);
    }
    let mine = outsider.get("/v1/projects").await.expect(200);
    assert_eq!(mine.body["data"], json!([]));
}

/// A missing login is not mistaken for a project that does not exist, or for an empty list.
#[apply(both)]
async fn a_person_who_is_not_in_the_directory_is_403_where_a_role_is_needed(app: TestApp) {
    let app = with_demo(app).await;
    let unknown = app.person("unknown");
    let of_projects: Vec<_> = operation_examples().into_iter().filter(|example| example.is_hidden).collect();
    assert!(of_projects.len() > 50, "{}", of_projects.len());
    for example in &of_projects {
        let reply = example.execute(&unknown).await;
        assert_eq!((reply.status, reply.body["code"].as_str()), (403, Some("person_unknown")), "{}", example.operation);
    }
    let missing = "/v1/projects/prj_01m7fgq4e8f4r9v3zk8x2c6b7d";
    let lists = ["list_projects", "list_person_memberships", "list_person_assignments", "get_inbox", "get_me"];
    unknown.get(missing).await.refused(403, "person_unknown");
    for example in operation_examples().iter().filter(|example| lists.contains(&example.operation.as_str())) {
        example.execute(&unknown).await.refused(403, "person_unknown");
    }
}

#[apply(both)]
async fn a_forbidden_problem_names_who_is_allowed(app: TestApp) {
    let pair = Pair::running(&app).await;
    let detail_of = async |caller: Client, path: String, body: Value| {
        let reply = caller.request("POST", &path).header("Accept-Language", "en").json(body).send().await;
        reply.refused(403, "forbidden").body["detail"].as_str().unwrap().to_owned()
    };
    let invitation = json!({"person_id": pair.mia, "department_id": pair.brand, "project_role": "Steward"});
    let detail = detail_of(app.person("cio"), pair.at("memberships"), invitation).await;
    assert_eq!(detail, "Only the sponsor of that side and their delegate can do this.");
    let reason = json!({"reason": "x"});
    assert_eq!(
        detail_of(app.person("mia"), pair.at("hold"), reason).await,
        "Only the sponsors can do this, each for their own side."
    );
    let endpoint = json!({"url": "https://crm.example.com/hook"});
    let caller = app.caller("mia", "webhooks:manage");
    let detail = detail_of(caller, "/v1/webhook-endpoints".into(), endpoint).await;
    assert_eq!(detail, "Only applications and administrators can do this, because events cover all projects.");
}

#[apply(both)]
async fn only_people_in_the_directory_create_projects(app: TestApp) {
    let pair = Pair::running(&app).await;
    let draft = charter(&pair.brand, &pair.platform, &pair.cmo, &pair.cio);
    let refused = app.person("unknown").post("/v1/projects", draft.clone()).await.refused(403, "person_unknown");
    assert_eq!(refused.body.get("required_scope"), None);
    app.person("mia").post("/v1/projects", draft.clone()).await.expect(201);
    app.admin().post("/v1/projects", draft).await.expect(201);
}
