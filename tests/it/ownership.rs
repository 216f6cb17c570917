//! Ownership: one accountable person per area, and the days without one.

use super::support::team::{execute_sql, person, team};
use super::support::*;

#[apply(both)]
async fn an_area_is_assigned_an_owner(app: TestApp) {
    let team = team(&app).await;
    let (mia, _) = team.member(&app, "mia", &team.marketing).await;
    let assigned = team.assign(&app, &team.databases, json!({}), &mia).await.expect(201);
    assert_eq!(assigned.body["valid_from"], "2027-03-30");
    assert_eq!(assigned.body["valid_to"], Value::Null);
    let read = app.person("mia").get(assigned.header("location")).await.expect(200);
    assert_eq!((&read.body, read.etag()), (&assigned.body, assigned.etag()));

    let areas = app.person("mia").get(&format!("/v1/projects/{}/areas", team.project)).await.expect(200);
    assert_eq!(areas.body["data"][0]["accountable"], assigned.body);
    assert_eq!(areas.body["data"][1]["accountable"], Value::Null);
    let page = app.person("mia").get(&format!("/v1/projects/{}/areas?limit=1", team.project)).await.expect(200);
    let cursor = page.body["next_cursor"].as_str().unwrap();
    let next = app.person("mia").get(&format!("/v1/projects/{}/areas?limit=1&cursor={cursor}", team.project)).await;
    assert_eq!(next.expect(200).body["data"][0]["id"], json!(team.policy));
}

#[apply(both)]
async fn parallel_assignments_leave_one_accountable_person(app: TestApp) {
    let team = team(&app).await;
    let (mia, _) = team.member(&app, "mia", &team.marketing).await;
    let (max, _) = team.member(&app, "max", &team.marketing).await;
    let replies =
        at_once(30, |number| team.assign(&app, &team.databases, json!({}), if number % 2 == 0 { &mia } else { &max }))
            .await;
    assert_eq!(with_status(&replies, 201), 1);
    assert_eq!(with_status(&replies, 409), 29);
    let winner = replies.iter().find(|reply| reply.status == 201).unwrap();
    for reply in replies.iter().filter(|reply| reply.status == 409) {
        assert_eq!(reply.body["code"], "conflict");
        assert_eq!(reply.body["owner"]["assignment_id"], winner.body["id"]);
        assert_eq!(reply.body["owner"]["person_id"], winner.body["person_id"]);
    }
}

#[apply(both)]
async fn an_owner_must_be_an_accepted_member_of_the_owning_side(app: TestApp) {
    let team = team(&app).await;
    let (ivan, _) = team.member(&app, "ivan", &team.it).await;
    let mia = person(&app, "mia", &team.marketing).await;
    let refuse = async |body: Value, person: &str, place: &str, code: &str| {
        team.assign(&app, &team.databases, body, person).await.refused(422, "validation_failed").violates(place, code);
    };
    refuse(json!({}), &mia, "/person_id", "owner_not_member").await;
    team.invite(&app, &mia, &team.marketing).await.expect(201);
    refuse(json!({}), &mia, "/person_id", "owner_not_member").await;
    refuse(json!({}), &ivan, "/person_id", "side_mismatch").await;
    refuse(json!({}), "per_01m7fgq4e8f4r9v3zk8x2c6b7d", "/person_id", "unknown_reference").await;
    // A membership that starts today does not cover earlier days.
    refuse(json!({"valid_from": "2027-03-01"}), &ivan, "/person_id", "owner_not_member").await;
    refuse(json!({"valid_from": "2027-12-01"}), &ivan, "/valid_from", "dates_out_of_range").await;
    // Members of the other side can be consulted and informed.
    let consulted = json!({"responsibility": "consulted"});
    team.assign(&app, &team.databases, consulted.clone(), &ivan).await.expect(201);
    team.assign(&app, &team.databases, consulted, &ivan).await.refused(409, "already_exists");
}

#[apply(both)]
async fn a_handover_leaves_no_day_without_an_owner(app: TestApp) {
    let team = team(&app).await;
    let (mia, _) = team.member(&app, "mia", &team.marketing).await;
    let (max, _) = team.member(&app, "max", &team.marketing).await;
    let first = team.assign(&app, &team.databases, json!({}), &mia).await.expect(201);
    let next = json!({"valid_from": "2027-06-01"});
    team.assign(&app, &team.databases, next.clone(), &max).await.refused(409, "conflict");
    let end = format!("/v1/assignments/{}/end", first.id());
    let cmo = app.person("cmo");
    cmo.post(&end, json!({"ends_on": "2027-03-29"}))
        .await
        .refused(422, "validation_failed")
        .violates("/ends_on", "dates_out_of_range");
    app.person("mia").post(&end, json!({"ends_on": "2027-06-01"})).await.refused(403, "forbidden");
    // In an active project, an end needs a successor.
    cmo.post(&end, json!({"ends_on": "2027-06-01"})).await.refused(409, "conflict");
    let ended = cmo.post(&end, json!({"ends_on": "2027-06-01", "successor_person_id": max})).await.expect(200);
    assert_eq!(cmo.post(&end, json!({"ends_on": "2027-06-01"})).await.expect(200).etag(), ended.etag());

    let history = format!("/v1/areas/{}/assignments", team.databases);
    let all = cmo.get(&history).await.expect(200);
    assert_eq!(all.body["data"].as_array().unwrap().len(), 2);
    assert_eq!(all.body["data"][0], ended.body);
    for (day, owner) in [("2027-05-31", &mia), ("2027-06-01", &max)] {
        let then = cmo.get(&format!("{history}?responsibility=accountable&as_of={day}")).await.expect(200);
        assert_eq!(then.body["data"].as_array().unwrap().len(), 1, "{day}");
        assert_eq!(then.body["data"][0]["person_id"], json!(owner), "{day}");
    }

    let coverage = format!("/v1/projects/{}/ownership/coverage", team.project);
    let found = cmo.get(&coverage).await.expect(200);
    assert_eq!(found.body["complete"], false);
    // The first area has no owner before the first assignment; the other area never has one.
    assert_eq!(found.body["areas"][0]["gaps"], json!([{"starts_on": "2027-03-01", "ends_on": "2027-03-30"}]));
    assert_eq!(found.body["areas"][1]["gaps"], json!([{"starts_on": "2027-03-01", "ends_on": "2027-12-01"}]));
    let later = cmo.get(&format!("{coverage}?from=2027-05-01&to=2030-01-01")).await.expect(200);
    assert_eq!(later.body["areas"][0]["gaps"], json!([]));
    assert_eq!(later.body["ends_on"], "2027-12-01");
    cmo.get(&format!("{coverage}?from=2028-01-01"))
        .await
        .refused(422, "validation_failed")
        .violates("to", "not_after_start");
}

#[apply(both)]
async fn an_assignment_that_never_started_does_not_block_others(app: TestApp) {
    let team = team(&app).await;
    let (mia, _) = team.member(&app, "mia", &team.marketing).await;
    let (max, membership) = team.member(&app, "max", &team.marketing).await;
    team.put_in_state(&app, "proposed").await;
    let body = json!({"valid_from": "2027-06-01"});
    let planned = team.assign(&app, &team.databases, body, &max).await.expect(201).id();
    let end = format!("/v1/assignments/{planned}/end");
    app.person("cmo").post(&end, json!({"ends_on": "2027-06-01"})).await.expect(200);
    app.person("cmo").post(&end, json!({"ends_on": "2027-06-01"})).await.refused(409, "illegal_transition");
    team.assign(&app, &team.databases, json!({}), &mia).await.expect(201);
    let leave = json!({"ends_on": "2027-04-30", "reason": "Needed in the department."});
    app.person("cmo").post(&format!("/v1/memberships/{membership}/end"), leave).await.expect(200);
}

#[apply(both)]
async fn the_database_rejects_a_second_owner(app: TestApp) {
    let team = team(&app).await;
    let (mia, _) = team.member(&app, "mia", &team.marketing).await;
    let insert = |responsibility: &str, from: &str, to: &str| {
        let id = app.state.environment.new_id::<entente::kernel::ids::AssignmentKind>();
        format!(
            "INSERT INTO assignments (id, area_id, project_id, person_id, responsibility, valid_from, valid_to, \
             version, created_at, recorded_at) VALUES ('{id}', '{}', '{}', '{mia}', '{responsibility}', '{from}', \
             {to}, 1, '2027-03-30 07:00:00', '2027-03-30 07:00:00')",
            team.databases, team.project
        )
    };
    let twice = async |first: String, second: String| execute_sql(&app, vec![first, second]).await;
    let (open, closed) = ("NULL", "'2027-06-01'");
    for kind in ["accountable", "informed"] {
        let first = || insert(kind, "2027-04-01", closed);
        twice(first(), insert(kind, "2027-05-31", open)).await.unwrap_err();
        twice(first(), insert(kind, "2027-03-01", open)).await.unwrap_err();
        twice(insert(kind, "2027-04-01", open), insert(kind, "2027-08-01", closed)).await.unwrap_err();
        twice(insert(kind, "2027-04-01", open), insert(kind, "2027-08-01", open)).await.unwrap_err();
        // Recorded assignments are never overwritten.
        for moved in ["UPDATE assignments SET valid_to = NULL", "DELETE FROM assignments"] {
            execute_sql(&app, vec![first(), moved.into()]).await.unwrap_err();
        }
        // Adjacent and empty intervals do not overlap.
        execute_sql(&app, vec![first(), insert(kind, "2027-06-01", closed), insert(kind, "2027-06-01", open)])
            .await
            .unwrap();
    }
}

#[apply(both)]
async fn areas_are_hidden_from_outsiders(app: TestApp) {
    let team = team(&app).await;
    let (mia, _) = team.member(&app, "mia", &team.marketing).await;
    let assignment = team.assign(&app, &team.databases, json!({}), &mia).await.expect(201).id();
    person(&app, "stranger", &team.it).await;
    let stranger = app.person("stranger");
    for path in [
        format!("/v1/projects/{}/areas", team.project),
        format!("/v1/projects/{}/ownership/coverage", team.project),
        format!("/v1/areas/{}/assignments", team.databases),
        format!("/v1/assignments/{assignment}"),
    ] {
        stranger.get(&path).await.refused(404, "not_found");
    }
    let body = json!({"person_id": mia, "responsibility": "informed"});
    let path = format!("/v1/areas/{}/assignments", team.databases);
    stranger.post(&path, body.clone()).await.refused(404, "not_found");
    stranger
        .post(&format!("/v1/assignments/{assignment}/end"), json!({"ends_on": "2027-06-01"}))
        .await
        .refused(404, "not_found");
    app.person("mia").post(&path, body).await.refused(403, "forbidden");
}
