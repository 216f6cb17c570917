//! Memberships: invitations, their responses, and ends.

use std::time::Duration;

use super::support::team::{execute_sql, person, person_without_position, team};
use super::support::*;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const UNKNOWN_PERSON: &str = "per_01m7fgq4e8f4r9v3zk8x2c6b7d";

async fn state(app: &TestApp, membership: &str) -> Value {
    app.person("lead").get(&format!("/v1/memberships/{membership}")).await.expect(200).body["state"].clone()
}

#[apply(both)]
async fn an_accepted_invitation_becomes_a_membership_with_the_regular_position(app: TestApp) {
    let team = team(&app).await;
    let mia = person_without_position(&app, "mia").await;
    let home = json!({
        "department_id": team.marketing, "title": "Specialist", "manager_person_id": team.cmo, "valid_from": "2020-01-01"
    });
    app.admin().post(&format!("/v1/people/{mia}/home-positions"), home).await.expect(201);
    let invited = team.invite(&app, &mia, &team.marketing).await.expect(201);
    assert_eq!(invited.body["state"], "invited");
    let home = json!({"department_id": team.marketing, "title": "Specialist", "manager_person_id": team.cmo});
    assert_eq!(invited.body["home"], home);
    assert_eq!(invited.body["answers_to"], json!([team.cmo, team.cio]));
    // The project has started, so the membership starts today; it ends with the project.
    assert_eq!(invited.body["valid_from"], "2027-03-30");
    assert_eq!(invited.body["valid_to"], "2027-12-01");
    let path = invited.header("location").to_owned();
    assert_eq!(app.person("mia").get(&path).await.expect(200).body, invited.body);

    let accepted = app.person("mia").act(&format!("{path}/accept")).await.expect(200);
    assert_eq!(accepted.body["state"], "active");
    assert_ne!(accepted.etag(), invited.etag());
    let again = app.person("mia").act(&format!("{path}/accept")).await.refused(409, "illegal_transition");
    assert_eq!(again.body["state"], "active");
    assert_eq!(again.body["allowed"], json!(["end_membership", "release_member", "update_membership"]));

    let feed = app.drained_feed().await;
    let types: Vec<_> = feed.iter().filter_map(|event| event["type"].as_str()).collect();
    assert!(types.ends_with(&["membership.invited", "membership.accepted"]), "{types:?}");
}

#[apply(both)]
async fn only_the_invitee_accepts_or_declines(app: TestApp) {
    let team = team(&app).await;
    let mia = person(&app, "mia", &team.marketing).await;
    person(&app, "stranger", &team.it).await;
    let path = format!("/v1/memberships/{}", team.invite(&app, &mia, &team.marketing).await.expect(201).id());
    for verb in ["accept", "decline"] {
        let path = format!("{path}/{verb}");
        for other in ["lead", "cmo"] {
            app.person(other).act(&path).await.refused(403, "forbidden");
        }
        app.admin().act(&path).await.refused(403, "forbidden");
        app.person("stranger").act(&path).await.refused(404, "not_found");
    }
    app.person("stranger").get(&path).await.refused(404, "not_found");
    app.person("stranger").get(&team.memberships()).await.refused(404, "not_found");
    app.person("mia").act(&format!("{path}/withdraw")).await.refused(403, "forbidden");
    let declined = app.person("mia").act(&format!("{path}/decline")).await.expect(200);
    assert_eq!(declined.body["state"], "declined");
    app.person("cmo").act(&format!("{path}/withdraw")).await.refused(409, "illegal_transition");
}

#[apply(both)]
async fn all_violations_of_invitations_are_reported_at_once(app: TestApp) {
    let team = team(&app).await;
    let mia = person(&app, "mia", &team.marketing).await;
    let ivan = person(&app, "ivan", &team.it).await;
    let unplaced = person_without_position(&app, "unplaced").await;
    let items = json!({"items": [
        {"person_id": ivan, "department_id": team.marketing, "project_role": "x"},
        {"person_id": unplaced, "department_id": team.marketing, "project_role": "x"},
        {"person_id": team.cmo, "department_id": team.marketing, "project_role": "x"},
        {"person_id": UNKNOWN_PERSON, "department_id": team.marketing, "project_role": "x"},
        {"person_id": mia, "department_id": team.marketing, "project_role": "x",
         "valid_from": "2027-02-28", "valid_to": "2027-12-02"},
        {"person_id": mia, "department_id": team.marketing, "project_role": "x"},
    ]});
    let path = format!("{}/batch-invite", team.memberships());
    let refused = app.person("cmo").post(&path, items).await.refused(422, "validation_failed");
    let refused = refused
        .violates("/items/0/department_id", "wrong_side")
        .violates("/items/1/person_id", "home_position_missing")
        .violates("/items/2/person_id", "is_sponsor")
        .violates("/items/3/person_id", "unknown_reference")
        .violates("/items/4/valid_from", "dates_out_of_range")
        .violates("/items/4/valid_to", "dates_out_of_range")
        .violates("/items/5/person_id", "already_member");
    assert_eq!(refused.violations().len(), 7, "{}", refused.text);
    let list = app.person("cmo").get(&team.memberships()).await.expect(200);
    assert_eq!(list.body["data"], json!([]));
}

#[apply(both)]
async fn a_batch_of_invitations_is_atomic(app: TestApp) {
    let team = team(&app).await;
    let (mia, ivan) = (person(&app, "mia", &team.marketing).await, person(&app, "ivan", &team.marketing).await);
    let path = format!("{}/batch-invite", team.memberships());
    let items = |people: &[(&str, &str)]| {
        let items: Vec<_> = people
            .iter()
            .map(|(person, side)| json!({"person_id": person, "department_id": side, "project_role": "x"}))
            .collect();
        json!({"items": items})
    };
    let both = items(&[(&mia, &team.marketing), (&ivan, &team.marketing)]);
    let sent = app.person("cmo").post(&path, both).await.expect(201);
    assert_eq!(sent.body["data"].as_array().unwrap().len(), 2);
    let kim = person(&app, "kim", &team.marketing).await;
    let clash = items(&[(&kim, &team.marketing), (&ivan, &team.marketing)]);
    let refused = app.person("cmo").post(&path, clash).await.refused(409, "already_exists");
    assert_eq!(refused.violations(), [("/items/1/person_id".to_owned(), "already_member".to_owned())]);
    let list = app.person("lead").get(&team.memberships()).await.expect(200);
    assert_eq!(list.body["data"].as_array().unwrap().len(), 2);
    let side = format!("{}?department_id={}", team.memberships(), team.marketing);
    let list = app.person("lead").get(&side).await.expect(200);
    assert_eq!(list.body["data"].as_array().unwrap().len(), 2);
}

#[apply(both)]
async fn parallel_invitations_of_a_person_succeed_once(app: TestApp) {
    let team = team(&app).await;
    let mia = person(&app, "mia", &team.marketing).await;
    let replies = at_once(30, |_| team.invite(&app, &mia, &team.marketing)).await;
    assert_eq!(with_status(&replies, 201), 1);
    assert_eq!(with_status(&replies, 409), 29);
}

#[apply(both)]
async fn the_database_rejects_overlapping_memberships(app: TestApp) {
    let team = team(&app).await;
    let mia = person(&app, "mia", &team.marketing).await;
    let mut ids = Vec::new();
    for (from, to) in [("2027-04-01", "2027-05-01"), ("2027-05-01", "2027-06-01")] {
        let body = json!({"person_id": mia, "department_id": team.marketing, "project_role": "x",
                          "valid_from": from, "valid_to": to});
        ids.push(app.person("cmo").post(&team.memberships(), body).await.expect(201).id());
    }
    let set = |id: &str, change: &str| vec![format!("UPDATE memberships SET {change} WHERE id = '{id}'")];
    execute_sql(&app, set(&ids[0], "valid_to = '2027-05-02'")).await.unwrap_err();
    execute_sql(&app, set(&ids[1], "valid_from = '2027-04-30'")).await.unwrap_err();
    // A withdrawn membership does not block others, and cannot be restored if it would overlap.
    execute_sql(&app, set(&ids[0], "state = 'withdrawn'")).await.unwrap();
    execute_sql(&app, set(&ids[1], "valid_from = '2027-04-01'")).await.unwrap();
    execute_sql(&app, set(&ids[0], "state = 'invited'")).await.unwrap_err();
}

#[apply(both)]
async fn parallel_responses_to_an_invitation_succeed_once(app: TestApp) {
    let team = team(&app).await;
    let mia = person(&app, "mia", &team.marketing).await;
    let membership = team.invite(&app, &mia, &team.marketing).await.expect(201).id();
    let replies = at_once(20, |number| {
        let (client, verb) = match number % 3 {
            0 => (app.person("mia"), "accept"),
            1 => (app.person("mia"), "decline"),
            _ => (app.person("cmo"), "withdraw"),
        };
        let path = format!("/v1/memberships/{membership}/{verb}");
        async move { client.act(&path).await }
    })
    .await;
    assert_eq!(with_status(&replies, 200), 1);
    // After declining or a withdrawal, the invitee has no access to the project.
    assert!(replies.iter().all(|reply| [200, 403, 404, 409].contains(&reply.status)));
}

#[apply(both)]
async fn a_membership_changes_its_state_with_time(app: TestApp) {
    let team = team(&app).await;
    let (mia, ivan) = (person(&app, "mia", &team.marketing).await, person(&app, "ivan", &team.it).await);
    let lapsed = team.invite(&app, &mia, &team.marketing).await.expect(201).id();
    let body = json!({"person_id": ivan, "department_id": team.it, "project_role": "x",
                      "valid_from": "2027-04-10", "valid_to": "2027-04-20"});
    let planned = app.person("cio").post(&team.memberships(), body).await.expect(201).id();
    app.person("ivan").act(&format!("/v1/memberships/{planned}/accept")).await.expect(200);
    let path = format!("/v1/memberships/{planned}");
    let tag = app.person("lead").get(&path).await.expect(200).etag();

    for (days, expected) in [(0, "accepted"), (10, "accepted"), (1, "active"), (9, "active"), (1, "returning")] {
        app.clock.advance(DAY * days);
        assert_eq!(state(&app, &planned).await, expected, "{}", app.now());
        let list = app.person("lead").get(&format!("{}?state={expected}", team.memberships())).await.expect(200);
        assert_eq!(list.body["data"][0]["id"], json!(planned), "{}", app.now());
    }
    // The ETag depends on the state, so a cached version is not used.
    app.person("lead").request("GET", &path).header("If-None-Match", &tag).send().await.expect(200);

    assert_eq!(state(&app, &lapsed).await, "expired");
    app.person("mia").act(&format!("/v1/memberships/{lapsed}/accept")).await.refused(409, "illegal_transition");
    let list = app.person("lead").get(&format!("{}?state=invited", team.memberships())).await.expect(200);
    assert_eq!(list.body["data"], json!([]));
    // After an invitation has expired, the person can be invited again.
    team.invite(&app, &mia, &team.marketing).await.expect(201);
    assert_eq!(state(&app, &lapsed).await, "expired");
}

#[apply(both)]
async fn a_former_member_can_be_invited_again(app: TestApp) {
    let team = team(&app).await;
    let (mia, membership) = team.member(&app, "mia", &team.marketing).await;
    let path = format!("/v1/memberships/{membership}/end");
    let cmo = app.person("cmo");
    let early = json!({"ends_on": "2027-03-29", "reason": "Needed in the department."});
    cmo.post(&path, early).await.refused(422, "validation_failed").violates("/ends_on", "dates_out_of_range");
    app.person("mia").post(&path, json!({"ends_on": "2027-05-01", "reason": "x"})).await.refused(403, "forbidden");
    // In an active project, a sponsor cannot end a membership without the approval of all sides.
    let leave = json!({"ends_on": "2027-03-30", "reason": "Needed in the department."});
    cmo.post(&path, leave.clone()).await.refused(409, "approval_required");
    let ended = app.admin().post(&path, leave).await.expect(200);
    assert_eq!(ended.body["state"], "withdrawn");
    cmo.post(&path, json!({"ends_on": "2027-03-30", "reason": "x"})).await.refused(409, "illegal_transition");
    team.invite(&app, &mia, &team.marketing).await.expect(201);
}

#[apply(both)]
async fn ending_a_membership_needs_successors_for_owned_areas(app: TestApp) {
    let team = team(&app).await;
    let (mia, membership) = team.member(&app, "mia", &team.marketing).await;
    let (max, _) = team.member(&app, "max", &team.marketing).await;
    let (ivan, _) = team.member(&app, "ivan", &team.it).await;
    let assignment = team.assign(&app, &team.databases, json!({}), &mia).await.expect(201).id();
    let path = format!("/v1/memberships/{membership}/end");
    let mut body = json!({"ends_on": "2027-06-01", "reason": "Needed in the department."});
    let refused = app.admin().post(&path, body.clone()).await.refused(409, "conflict");
    assert_eq!(refused.body["areas"], json!([{"id": team.databases, "key": "customer-databases"}]));
    let successor = |person: &str| json!([{"area_id": team.databases, "person_id": person}]);
    body["successors"] = successor(&ivan);
    app.admin().post(&path, body.clone()).await.expect(422).violates("/successors/0/person_id", "side_mismatch");
    body["successors"] = successor(&max);
    app.admin().post(&path, body).await.expect(200);
    // The old assignment ends on the day on which the new one starts.
    let old = app.person("lead").get(&format!("/v1/assignments/{assignment}")).await.expect(200);
    assert_eq!(old.body["valid_to"], "2027-06-01");
    let areas = |day: &str| format!("/v1/projects/{}/areas?as_of={day}", team.project);
    for (day, owner) in [("2027-05-31", &mia), ("2027-06-01", &max)] {
        let areas = app.person("lead").get(&areas(day)).await.expect(200);
        assert_eq!(areas.body["data"][0]["accountable"]["person_id"], json!(owner), "{day}");
    }
}

#[apply(both)]
async fn parity_counts_accepted_members_only(app: TestApp) {
    let team = team(&app).await;
    let path = format!("/v1/projects/{}/parity", team.project);
    let (_, membership) = team.member(&app, "mia", &team.marketing).await;
    let ivan = person(&app, "ivan", &team.it).await;
    let invited = team.invite(&app, &ivan, &team.it).await.expect(201).id();
    let uneven = app.person("mia").get(&path).await.expect(200);
    let sides = json!([
        {"department_id": team.marketing, "members": 1, "fte_percent": 100},
        {"department_id": team.it, "members": 0, "fte_percent": 0},
    ]);
    assert_eq!((&uneven.body["holds"], &uneven.body["sides"]), (&json!(false), &sides));
    app.person("ivan").act(&format!("/v1/memberships/{invited}/accept")).await.expect(200);
    assert_eq!(app.person("mia").get(&path).await.expect(200).body["holds"], true);
    let leave = json!({"ends_on": "2027-03-30", "reason": "Needed in the department."});
    app.admin().post(&format!("/v1/memberships/{membership}/end"), leave).await.expect(200);
    assert_eq!(app.person("lead").get(&path).await.expect(200).body["holds"], false);
}

#[apply(both)]
async fn a_closed_project_accepts_no_invitations(app: TestApp) {
    let team = team(&app).await;
    let (_, membership) = team.member(&app, "mia", &team.marketing).await;
    let ivan = person(&app, "ivan", &team.it).await;
    team.put_in_state(&app, "closed").await;
    team.invite(&app, &ivan, &team.it).await.refused(409, "illegal_transition");
    assert_eq!(state(&app, &membership).await, "returned");
    team.put_in_state(&app, "draft").await;
    assert_eq!(state(&app, &membership).await, "accepted");
}
