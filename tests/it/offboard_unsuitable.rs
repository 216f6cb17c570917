//! What the hand-over refuses: unsuitable successors, each with a pointer to the item.

use super::support::pair::{Pair, text};
use super::support::team::{department, person};
use super::support::*;

const NO_PROJECT: &str = "prj_01m7fgq4e8f4r9v3zk8x2c6b7d";
const NO_PERSON: &str = "per_01m7fgq4e8f4r9v3zk8x2c6b7d";

async fn offboard(app: &TestApp, person: &str, mut body: Value) -> Reply {
    body["reason"] = json!("A new job.");
    app.admin().post(&format!("/v1/people/{person}/offboard"), body).await
}

/// Sends a request with one list, of which the last item is wrong.
async fn refuse(app: &TestApp, person: &str, list: &str, items: Value, (field, code): (&str, &str)) {
    let last = items.as_array().unwrap().len() - 1;
    let refused = offboard(app, person, json!({list: items})).await.refused(422, "validation_failed");
    assert_eq!(refused.violations(), [(format!("/{list}/{last}/{field}"), code.to_owned())]);
}

fn role(project: &str, side: &str, successor: &str) -> Value {
    json!({"project_id": project, "department_id": side, "person_id": successor})
}

#[apply(both)]
async fn an_unsuitable_sponsor_is_refused(app: TestApp) {
    let pair = Pair::running(&app).await;
    let (bea, gone) = (person(&app, "bea", &pair.brand).await, person(&app, "gone", &pair.brand).await);
    app.admin().post(&format!("/v1/people/{gone}/deactivate"), json!({"reason": "A new job."})).await.expect(200);
    for (wrong, field, code) in [
        (role(&pair.project, &pair.brand, &pair.ivan), "person_id", "wrong_side"),
        (role(&pair.project, &pair.brand, &pair.cio), "person_id", "wrong_side"),
        (role(&pair.project, &pair.brand, &gone), "person_id", "person_deactivated"),
        (role(&pair.project, &pair.brand, &pair.cmo), "person_id", "same_person"),
        (role(&pair.project, &pair.brand, NO_PERSON), "person_id", "unknown_reference"),
        (role(&pair.project, &pair.platform, &bea), "department_id", "unknown_reference"),
        (role(NO_PROJECT, &pair.brand, &bea), "project_id", "unknown_reference"),
    ] {
        refuse(&app, &pair.cmo, "sponsor_roles", json!([wrong]), (field, code)).await;
    }
    let twice = json!([role(&pair.project, &pair.brand, &bea), role(&pair.project, &pair.brand, &bea)]);
    refuse(&app, &pair.cmo, "sponsor_roles", twice, ("department_id", "duplicate_item")).await;
    // A member represents no side.
    let member = json!({"sponsor_roles": [role(&pair.project, &pair.brand, &pair.max)]});
    let refused = offboard(&app, &pair.cmo, member).await.refused(409, "conflict");
    assert_eq!(refused.body["conflicting_field"], "/sponsor_roles/0");
    assert_eq!(pair.read(&app).await["sides"][0]["successor_person_id"], Value::Null);
}

#[apply(both)]
async fn an_unsuitable_manager_or_head_is_refused(app: TestApp) {
    let pair = Pair::running(&app).await;
    let gone = person(&app, "gone", &pair.brand).await;
    app.admin().post(&format!("/v1/people/{gone}/deactivate"), json!({"reason": "A new job."})).await.expect(200);
    let ron = team::person_without_position(&app, "ron").await;
    let position = json!({
        "department_id": pair.brand, "title": "Analyst", "valid_from": "2020-01-01", "manager_person_id": pair.mia
    });
    app.admin().post(&format!("/v1/people/{ron}/home-positions"), position).await.expect(201);
    let manager = |managed: &str, successor: &str| json!({"managed_person_id": managed, "person_id": successor});
    let mut past = manager(&ron, &pair.max);
    past["valid_from"] = json!("2027-03-29");
    for (wrong, field, code) in [
        (manager(&ron, &ron), "person_id", "same_person"),
        (manager(&ron, &pair.mia), "person_id", "same_person"),
        (manager(&ron, &gone), "person_id", "person_deactivated"),
        (manager(&ron, NO_PERSON), "person_id", "unknown_reference"),
        (manager(NO_PERSON, &pair.max), "managed_person_id", "unknown_reference"),
        (manager(&pair.ivan, &pair.max), "managed_person_id", "unknown_reference"),
        (past, "valid_from", "in_the_past"),
    ] {
        refuse(&app, &pair.mia, "managed_people", json!([wrong]), (field, code)).await;
    }
    let twice = json!([manager(&ron, &pair.max), manager(&ron, &pair.cmo)]);
    refuse(&app, &pair.mia, "managed_people", twice, ("managed_person_id", "duplicate_item")).await;
    let head = |successor: &str| json!([{"department_id": pair.brand, "person_id": successor}]);
    for (successor, code) in [(&pair.ivan, "wrong_department"), (&gone, "person_deactivated")] {
        refuse(&app, &pair.cmo, "departments", head(successor), ("person_id", code)).await;
    }
    let department = app.admin().get(&format!("/v1/departments/{}", pair.brand)).await.expect(200).body;
    assert_eq!(department["head_person_id"], json!(pair.cmo));
    let homes = app.admin().get(&format!("/v1/people/{ron}/home-positions")).await.expect(200).body["data"].clone();
    assert_eq!((homes.as_array().unwrap().len(), &homes[0]["manager_person_id"]), (1, &json!(pair.mia)));
}

#[apply(both)]
async fn callback_requests_go_to_one_place(app: TestApp) {
    let pair = Pair::running(&app).await;
    let agent = desk::agent_id(&app, "max").await;
    let body = json!({"callback_agent_id": agent, "unassign_callback_requests": true});
    let refused = offboard(&app, &pair.mia, body).await.refused(422, "validation_failed");
    refused.violates("/unassign_callback_requests", "one_of_several");
    // A person who is not an agent has no requests.
    let nothing = json!({"unassign_callback_requests": true});
    assert_eq!(offboard(&app, &pair.mia, nothing).await.expect(200).body["callback_requests"], json!([]));
    // No agent takes over from themselves.
    let refused =
        offboard(&app, &pair.max, json!({"callback_agent_id": agent})).await.refused(422, "validation_failed");
    refused.violates("/callback_agent_id", "unknown_reference");
}

#[apply(both)]
async fn the_problems_say_why_in_three_languages(app: TestApp) {
    let pair = Pair::running(&app).await;
    let care = department(&app, "care").await;
    let bodies = [
        json!({"departments": [{"department_id": care, "person_id": pair.max}]}),
        json!({"departments": [{"department_id": pair.platform, "person_id": pair.ivan}]}),
        json!({"managed_people": [{"managed_person_id": pair.max, "person_id": pair.max}]}),
        json!({"managed_people": [{"managed_person_id": pair.max, "person_id": pair.cmo}]}),
        json!({"sponsor_roles": [{"project_id": pair.project, "department_id": care, "person_id": pair.max}]}),
        json!({"callback_agent_id": desk::agent_id(&app, "max").await, "unassign_callback_requests": true}),
    ];
    let mut details = std::collections::BTreeSet::new();
    for mut body in bodies.clone() {
        body["reason"] = json!("A new job.");
        for language in ["en", "cs", "de"] {
            let path = format!("/v1/people/{}/offboard", pair.mia);
            let request = app.admin().request("POST", &path).header("Accept-Language", language);
            let refused = request.json(body.clone()).send().await.refused(422, "validation_failed");
            details.insert(text(&refused.body["errors"][0]["detail"]).to_owned());
        }
    }
    assert_eq!(details.len(), 3 * bodies.len(), "{details:?}");
}
