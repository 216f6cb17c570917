//! Attacks with the hand-over of a person who leaves: by an administrator with a part in the project, and by one
//! without a part who wants a friend in office, or hands what belongs to one side over to the other one.

use std::time::Duration;

use super::attacks_arbitration::employ;
use super::attacks_on_sponsors::{attackers, forbidden};
use super::support::client::Client;
use super::support::pair::{Pair, respond, text};
use super::support::team::{department, head, person, person_without_position};
use super::support::*;

const NINE_DAYS: Duration = Duration::from_secs(9 * 24 * 3600);

async fn offboard(client: &Client, person: &str, mut body: Value) -> Reply {
    body["reason"] = json!("The contract ends.");
    client.post(&format!("/v1/people/{person}/offboard"), body).await
}

/// The sponsor of the second side is to be replaced by this person.
fn sponsor(pair: &Pair, successor: &str) -> Value {
    json!([{"project_id": pair.project, "department_id": pair.platform, "person_id": successor}])
}

fn head_of_platform(pair: &Pair, successor: &str) -> Value {
    json!([{"department_id": pair.platform, "person_id": successor}])
}

async fn owned_by_ivan(app: &TestApp, pair: &Pair) -> String {
    let path = format!("/v1/people/{}/assignments?responsibility=accountable", pair.ivan);
    text(&app.admin().get(&path).await.expect(200).body["data"][0]["id"]).to_owned()
}

/// Returns the second side as all sponsors see it.
async fn platform(app: &TestApp, pair: &Pair) -> Value {
    pair.read(app).await["sides"][1].clone()
}

/// Returns how many changes of the directory the project has recorded about a person.
async fn announced(app: &TestApp, pair: &Pair, person: &str) -> usize {
    let query = format!("/v1/audit-entries?subject={}&limit=100", pair.project);
    let trail = app.admin().get(&query).await.expect(200).body["data"].clone();
    let is_notice =
        |entry: &&Value| entry["action"] == "sponsor.directory_changed" && entry["after"]["person_id"] == json!(person);
    trail.as_array().unwrap().iter().filter(is_notice).count()
}

#[apply(both)]
async fn an_administrator_with_a_part_hands_nothing_of_the_project_over(app: TestApp) {
    let pair = Pair::with_panel(&app, &["ada"]).await;
    let friend = person(&app, "friend", &pair.platform).await;
    person(&app, "bea", &pair.brand).await;
    let chief = person_without_position(&app, "chief").await;
    head(&app, &pair.brand, &chief).await;
    let owned = owned_by_ivan(&app, &pair).await;
    let before = pair.read(&app).await;
    // A sponsor of each side, a member, a colleague without a role, an arbiter, and the head of a department.
    for subject in ["cmo", "cio", "mia", "bea", "ada", "chief"] {
        let [scoped, admin] = attackers(&app, subject);
        let role = json!({"sponsor_roles": sponsor(&pair, &friend)});
        let area = json!({"areas": [{"assignment_id": owned, "person_id": pair.ina}]});
        forbidden(&offboard(&scoped, &pair.cio, role.clone()).await);
        offboard(&admin, &pair.cio, role.clone()).await.refused(403, "conflict_of_interest");
        offboard(&admin, &pair.ivan, area).await.refused(403, "conflict_of_interest");
        // Nor together with what the administrator may do.
        let mut both = role;
        both["unassign_callback_requests"] = json!(true);
        offboard(&admin, &pair.cio, both).await.refused(403, "conflict_of_interest");
    }
    assert_eq!(pair.read(&app).await, before);
    assert_eq!(pair.owner(&app, &pair.policy, "2027-05-01").await, json!(pair.ivan));
}

/// The head and sponsor of a side, who is an administrator, hands over both in one request.
#[apply(both)]
async fn an_administrator_does_not_hand_over_their_part_first(app: TestApp) {
    let pair = Pair::running(&app).await;
    let friend = person(&app, "friend", &pair.platform).await;
    let [_, admin] = attackers(&app, "cio");
    let before = platform(&app, &pair).await;
    let body = json!({"departments": head_of_platform(&pair, &friend), "sponsor_roles": sponsor(&pair, &friend)});
    offboard(&admin, &pair.cio, body).await.refused(403, "conflict_of_interest");
    let department = app.admin().get(&format!("/v1/departments/{}", pair.platform)).await.expect(200).body;
    assert_eq!(department["head_person_id"], json!(pair.cio));
    assert_eq!(platform(&app, &pair).await, before);
}

/// An administrator without a part hands the sponsor and the head over to a friend, who still is not in office.
#[apply(both)]
async fn a_successor_is_not_in_office_without_the_head(app: TestApp) {
    let pair = Pair::running(&app).await;
    let finance = department(&app, "finance").await;
    person(&app, "fin", &finance).await;
    let friend = person(&app, "friend", &pair.platform).await;
    let [_, admin] = attackers(&app, "fin");
    let path = pair.at(&format!("sides/{}/sponsor", pair.platform));
    let close = app.person("cmo").act(&pair.at("close")).await.expect(201).body;
    let result = offboard(&admin, &pair.cio, json!({"sponsor_roles": sponsor(&pair, &friend)})).await.expect(200).body;
    assert_eq!(result["sponsor_roles"], json!([platform(&app, &pair).await]));
    let is_listed = |result: &Value| {
        let remaining = result["remaining"].as_array().unwrap();
        remaining.iter().any(|one| one["kind"] == "sponsor_role" && one["needs"] == "side")
    };
    assert!(is_listed(&result), "{result}");
    // The successor cannot respond, also after accepting; the administrator cannot confirm for the head.
    forbidden(&respond(&app.person("friend"), &close, "approve").await);
    app.person("friend").act(&format!("{path}/accept")).await.expect(200);
    forbidden(&respond(&app.person("friend"), &close, "approve").await);
    forbidden(&admin.post(&format!("{path}/confirm"), json!({"reason": "I would like that."})).await);
    forbidden(&app.person("friend").act(&format!("{path}/confirm")).await);
    let side = platform(&app, &pair).await;
    assert_eq!((&side["sponsor_person_id"], &side["sponsor_state"]), (&json!(pair.cio), &json!("in_office")));

    // The friend becomes the head by a hand-over, too. All sponsors learn of it, and have time.
    let known = announced(&app, &pair, &friend).await;
    offboard(&admin, &pair.cio, json!({"departments": head_of_platform(&pair, &friend)})).await.expect(200);
    assert_eq!(announced(&app, &pair, &friend).await, known + 1);
    app.person("friend").act(&format!("{path}/confirm")).await.refused(409, "conflict");
    admin.post(&format!("{path}/confirm"), json!({"reason": "I would like that."})).await.refused(409, "conflict");
    // While the head is new, no other successor is proposed for the sponsor.
    let other = person(&app, "other", &pair.platform).await;
    let refused = offboard(&admin, &pair.cio, json!({"sponsor_roles": sponsor(&pair, &other)})).await;
    assert_eq!(refused.refused(409, "conflict").body["conflicting_field"], "/sponsor_roles/0");
    assert_eq!(platform(&app, &pair).await["sponsor_person_id"], json!(pair.cio));
    app.clock.advance(NINE_DAYS);
    app.person("friend").act(&format!("{path}/confirm")).await.expect(200);
    assert_eq!(platform(&app, &pair).await["sponsor_person_id"], json!(friend));
}

/// An administrator without a part hands what belongs to one side over to a person of the other.
#[apply(both)]
async fn nothing_of_a_side_is_handed_over_to_the_other(app: TestApp) {
    let pair = Pair::running(&app).await;
    let finance = department(&app, "finance").await;
    person(&app, "fin", &finance).await;
    let bea = person(&app, "bea", &pair.brand).await;
    let [_, admin] = attackers(&app, "fin");
    let owned = owned_by_ivan(&app, &pair).await;
    let before = pair.read(&app).await;
    for successor in [&bea, &pair.cmo, &pair.max] {
        let role = offboard(&admin, &pair.cio, json!({"sponsor_roles": sponsor(&pair, successor)})).await;
        role.refused(422, "validation_failed").violates("/sponsor_roles/0/person_id", "wrong_side");
        let head = offboard(&admin, &pair.cio, json!({"departments": head_of_platform(&pair, successor)})).await;
        head.refused(422, "validation_failed").violates("/departments/0/person_id", "wrong_department");
    }
    let area = json!({"areas": [{"assignment_id": owned, "person_id": pair.max}]});
    let area = offboard(&admin, &pair.ivan, area).await.refused(422, "validation_failed");
    area.violates("/areas/0/person_id", "side_mismatch");
    assert_eq!(pair.read(&app).await, before);
    assert_eq!(pair.owner(&app, &pair.policy, "2027-05-01").await, json!(pair.ivan));
}

/// A sponsor who is an administrator makes the other sponsor the manager of an arbiter, who is not neutral any more.
/// The directory permits it, and the project records it.
#[apply(both)]
async fn another_manager_of_an_arbiter_is_announced(app: TestApp) {
    let pair = Pair::with_panel(&app, &["ada"]).await;
    let finance = department(&app, "finance").await;
    let boss = person(&app, "boss", &finance).await;
    let ada = app.admin().get("/v1/people?login=ada").await.expect(200).body["data"][0]["id"].clone();
    employ(&app, text(&ada), &finance, Some(&boss)).await;
    let known = announced(&app, &pair, text(&ada)).await;
    let [scoped, admin] = attackers(&app, "cmo");
    let body = json!({"managed_people": [{"managed_person_id": ada, "person_id": pair.cio}]});
    forbidden(&offboard(&scoped, &boss, body.clone()).await);
    offboard(&admin, &boss, body).await.expect(200);
    assert_eq!(announced(&app, &pair, text(&ada)).await, known + 1);
}
