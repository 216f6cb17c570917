//! Handing over what a person who leaves is responsible for.

use super::support::app::ALL_SCOPES;
use super::support::desk;
use super::support::pair::{Pair, text};
use super::support::team::{execute_sql, person};
use super::support::*;

async fn assignment_of(app: &TestApp, person: &str, responsibility: &str) -> String {
    let path = format!("/v1/people/{person}/assignments?responsibility={responsibility}");
    let found = app.admin().get(&path).await.expect(200);
    text(&found.body["data"][0]["id"]).to_owned()
}

fn kinds(result: &Reply) -> Vec<(String, String)> {
    let items = result.body["remaining"].as_array().unwrap().iter();
    items.map(|one| (text(&one["kind"]).to_owned(), text(&one["needs"]).to_owned())).collect()
}

#[apply(both)]
async fn what_has_a_successor_is_handed_over_at_once(app: TestApp) {
    let pair = Pair::running(&app).await;
    let admin = app.admin();
    let path = format!("/v1/departments/{}", pair.brand);
    admin.patch(&path, "*", json!({"head_person_id": pair.mia})).await.expect(200);
    let consulted = json!({"person_id": pair.mia, "responsibility": "consulted"});
    app.person("cio").post(&format!("/v1/areas/{}/assignments", pair.policy), consulted).await.expect(201);
    let callback = desk::create_request(&app, 1, desk::asap()).await.expect(201).id();
    app.clock.set("2027-03-30T09:00:00Z".parse().unwrap());
    desk::agent(&app, "mia").await.act("/v1/callback-requests/next").await.expect(200);
    let agent = desk::agent_id(&app, "max").await;
    let body = json!({
        "reason": "The contract ends.",
        "areas": [
            {"assignment_id": assignment_of(&app, &pair.mia, "accountable").await, "person_id": pair.max},
            {"assignment_id": assignment_of(&app, &pair.mia, "consulted").await, "person_id": pair.ina},
        ],
        "departments": [{"department_id": pair.brand, "person_id": pair.max}],
        "callback_agent_id": agent,
    });
    let result = admin.post(&format!("/v1/people/{}/offboard", pair.mia), body).await.expect(200);
    assert_eq!(result.body["assignments"].as_array().unwrap().len(), 2);
    assert_eq!(result.body["departments"][0]["head_person_id"], json!(pair.max));
    assert_eq!(result.body["callback_requests"], json!([callback]));
    assert_eq!(pair.owner(&app, &pair.databases, "2027-03-30").await, json!(pair.max));
    // No day without an owner: the coverage is complete.
    let coverage = app.person("cmo").get(&pair.at("ownership/coverage")).await.expect(200);
    assert_eq!(coverage.body["areas"][0]["gaps"], json!([]));
    // The end of the membership is joint, and the roster is not a matter of successors.
    let expected = [("agent", "administrator"), ("membership", "all_sides")];
    assert_eq!(kinds(&result), expected.map(|(kind, needs)| (kind.to_owned(), needs.to_owned())));
    let report = admin.get(&format!("/v1/people/{}/offboarding-report", pair.mia)).await.expect(200);
    assert_eq!(report.body["memberships"][0]["state"], "active");
    // Handing over again with nothing named changes nothing.
    app.drained_feed().await;
    let before = admin.get("/v1/events?limit=1").await.expect(200).body["last_sequence"].clone();
    let nothing = json!({"reason": "The contract ends."});
    let again = admin.post(&format!("/v1/people/{}/offboard", pair.mia), nothing).await.expect(200);
    assert_eq!(kinds(&again), kinds(&result));
    app.drained_feed().await;
    assert_eq!(admin.get("/v1/events?limit=1").await.expect(200).body["last_sequence"], before);
}

#[apply(both)]
async fn what_the_sides_decide_together_is_only_listed(app: TestApp) {
    let pair = Pair::running(&app).await;
    let sql = format!("UPDATE projects SET lead_person_id = '{}' WHERE id = '{}'", pair.max, pair.project);
    execute_sql(&app, vec![sql]).await.unwrap();
    app.person("cio").act(&pair.at("close")).await.expect(201);
    let before = pair.read(&app).await;
    let offboard = async |person: &str| {
        app.admin().post(&format!("/v1/people/{person}/offboard"), json!({"reason": "A new job."})).await.expect(200)
    };
    let sponsor = offboard(&pair.cmo).await;
    assert!(kinds(&sponsor).contains(&("sponsor_role".to_owned(), "side".to_owned())));
    assert!(kinds(&sponsor).contains(&("approval".to_owned(), "side".to_owned())));
    let lead = offboard(&pair.max).await;
    assert!(kinds(&lead).contains(&("project_led".to_owned(), "all_sides".to_owned())));
    // Neither the sponsors nor the lead, the state or the approval have changed.
    assert_eq!(pair.read(&app).await, before);
    assert_eq!(pair.open(&app, "close").await["state"], "open");
    // What remains is what the report lists.
    let report = app.admin().get(&format!("/v1/people/{}/offboarding-report", pair.cmo)).await.expect(200).body;
    let listed: usize = report.as_object().unwrap().values().filter_map(Value::as_array).map(Vec::len).sum();
    assert_eq!(sponsor.body["remaining"].as_array().unwrap().len(), listed);
}

#[apply(both)]
async fn one_unsuitable_successor_changes_nothing(app: TestApp) {
    let pair = Pair::running(&app).await;
    let gone = person(&app, "gone", &pair.brand).await;
    app.admin().post(&format!("/v1/people/{gone}/deactivate"), json!({"reason": "A new job."})).await.expect(200);
    let own = assignment_of(&app, &pair.mia, "accountable").await;
    let other = assignment_of(&app, &pair.ivan, "accountable").await;
    let department = |person: &str| json!([{"department_id": pair.brand, "person_id": person}]);
    let area = |assignment: &str, person: &str| json!([{"assignment_id": assignment, "person_id": person}]);
    app.admin()
        .patch(&format!("/v1/departments/{}", pair.brand), "*", json!({"head_person_id": pair.mia}))
        .await
        .expect(200);
    for (areas, place, code) in [
        (area(&own, &pair.ivan), "/areas/0/person_id", "side_mismatch"),
        (area(&own, &gone), "/areas/0/person_id", "person_deactivated"),
        (area(&own, &pair.mia), "/areas/0/person_id", "same_person"),
        (area(&own, "per_01m7fgq4e8f4r9v3zk8x2c6b7d"), "/areas/0/person_id", "unknown_reference"),
        (area(&other, &pair.max), "/areas/0/assignment_id", "unknown_reference"),
    ] {
        let body = json!({"reason": "A new job.", "areas": areas, "departments": department(&pair.max)});
        let reply = app.admin().post(&format!("/v1/people/{}/offboard", pair.mia), body).await;
        reply.refused(422, "validation_failed").violates(place, code);
    }
    // The department still has its head.
    let head = app.admin().get(&format!("/v1/departments/{}", pair.brand)).await.expect(200);
    assert_eq!(head.body["head_person_id"], json!(pair.mia));
    assert_eq!(pair.owner(&app, &pair.databases, "2027-05-01").await, json!(pair.mia));
    // A department that another person heads cannot be handed over.
    let body = json!({"reason": "A new job.", "departments": department(&pair.max)});
    let reply = app.admin().post(&format!("/v1/people/{}/offboard", pair.max), body).await;
    reply.expect(422).violates("/departments/0/person_id", "same_person");
    let bea = person(&app, "bea", &pair.brand).await;
    let body = json!({"reason": "A new job.", "departments": department(&bea)});
    let reply = app.admin().post(&format!("/v1/people/{}/offboard", pair.max), body).await;
    reply.expect(422).violates("/departments/0/department_id", "unknown_reference");
}

#[apply(both)]
async fn parallel_hand_overs_leave_one_owner(app: TestApp) {
    let pair = Pair::running(&app).await;
    let assignment = assignment_of(&app, &pair.mia, "accountable").await;
    let replies = at_once(20, |_| {
        let client = app.admin();
        let path = format!("/v1/people/{}/offboard", pair.mia);
        let body = json!({
            "reason": "A new job.", "areas": [{"assignment_id": assignment, "person_id": pair.max}]
        });
        async move { client.post(&path, body).await }
    })
    .await;
    // The first one hands the area over, and the others find that done.
    assert_eq!(with_status(&replies, 200), 20);
    assert!(replies.iter().all(|reply| reply.body["assignments"] == replies[0].body["assignments"]));
    // To another successor, nothing is left to hand over.
    let body = json!({"reason": "A new job.", "areas": [{"assignment_id": assignment, "person_id": pair.cmo}]});
    let late = app.admin().post(&format!("/v1/people/{}/offboard", pair.mia), body).await;
    late.refused(422, "validation_failed").violates("/areas/0/person_id", "nothing_to_hand_over");
    let owners =
        app.admin().get(&format!("/v1/areas/{}/assignments?as_of=2027-06-01", pair.databases)).await.expect(200);
    assert_eq!(owners.body["data"].as_array().unwrap().len(), 1);
}

#[apply(both)]
async fn only_administrators_hand_over(app: TestApp) {
    let pair = Pair::running(&app).await;
    let body = json!({"reason": "A new job."});
    let path = format!("/v1/people/{}/offboard", pair.mia);
    for subject in ["cmo", "cio", "mia"] {
        app.person(subject).post(&path, body.clone()).await.refused(403, "forbidden");
    }
    // An administrator whose department is a side, or who has a role, hands over no area of the project.
    let own = assignment_of(&app, &pair.mia, "accountable").await;
    let areas = json!({"reason": "A new job.", "areas": [{"assignment_id": own, "person_id": pair.max}]});
    for subject in ["cmo", "cio", "ina"] {
        let both = app.caller(subject, ALL_SCOPES);
        both.post(&path, areas.clone()).await.refused(403, "conflict_of_interest");
        both.post(&path, body.clone()).await.expect(200);
    }
    assert_eq!(pair.owner(&app, &pair.databases, "2027-05-01").await, json!(pair.mia));
    app.service("hr", "directory:write projects:write").post(&path, body.clone()).await.refused(403, "forbidden");
    app.admin().post("/v1/people/per_01m7fgq4e8f4r9v3zk8x2c6b7d/offboard", body).await.refused(404, "not_found");
}
