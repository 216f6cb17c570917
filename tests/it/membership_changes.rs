//! Changing the role and the working time of members, and memberships that end before they begin.

use super::support::pair::{Pair, drain, text};
use super::support::team::{execute_sql, team};
use super::support::*;

/// Returns the types of the events about a resource, oldest first.
async fn events_about(app: &TestApp, id: &str) -> Vec<String> {
    let feed = app.drained_feed().await.into_iter();
    feed.filter(|event| event["subject"] == id).map(|event| text(&event["type"]).to_owned()).collect()
}

#[apply(both)]
async fn a_side_changes_role_and_working_time_of_its_members(app: TestApp) {
    let pair = Pair::running(&app).await;
    let id = text(&pair.membership(&app, &pair.mia).await["id"]).to_owned();
    let path = format!("/v1/memberships/{id}");
    let cmo = app.person("cmo");
    let before = cmo.get(&path).await.expect(200);
    let patch = json!({"project_role": "Data owner", "fte_percent": 40});
    let after = cmo.patch(&path, &before.etag(), patch.clone()).await.expect(200);
    assert_eq!((&after.body["project_role"], &after.body["fte_percent"]), (&json!("Data owner"), &json!(40)));
    // Nothing else changes: the person agreed to the days.
    for field in ["state", "valid_from", "valid_to", "department_id", "counts_for_parity", "home"] {
        assert_eq!(after.body[field], before.body[field], "{field}");
    }
    assert_eq!(cmo.get(&path).await.expect(200).body, after.body);
    // The same values are no change, and an outdated version is refused.
    let same = cmo.patch(&path, &after.etag(), patch.clone()).await.expect(200);
    assert_eq!(same.etag(), after.etag());
    cmo.patch(&path, &before.etag(), patch.clone()).await.refused(412, "stale_version");
    cmo.request("PATCH", &path).merge_patch(patch).send().await.refused(428, "precondition_required");
    assert_eq!(
        events_about(&app, &id).await.iter().filter(|kind| *kind == "membership.updated").count(),
        1,
        "one event for one change"
    );
    for (wrong, place) in [
        (json!({"fte_percent": 0}), "/fte_percent"),
        (json!({"fte_percent": 101}), "/fte_percent"),
        (json!({"project_role": ""}), "/project_role"),
        (json!({"valid_to": "2027-06-01"}), "/valid_to"),
        (json!({"department_id": pair.platform}), "/department_id"),
    ] {
        let reply = cmo.patch(&path, &after.etag(), wrong).await.expect(422);
        assert_eq!(reply.violations()[0].0, place);
    }
}

#[apply(both)]
async fn only_the_own_side_changes_a_member(app: TestApp) {
    let pair = Pair::running(&app).await;
    let id = text(&pair.membership(&app, &pair.mia).await["id"]).to_owned();
    let path = format!("/v1/memberships/{id}");
    let patch = json!({"fte_percent": 10});
    // The member, a colleague, and the sponsor of the other side.
    for other in ["mia", "max", "cio"] {
        app.person(other).patch(&path, "*", patch.clone()).await.refused(403, "forbidden");
    }
    // The lead has no rights over the people of a side, even as the sponsor of the other side.
    for lead in [&pair.ina, &pair.cio] {
        let sql = format!("UPDATE projects SET lead_person_id = '{lead}' WHERE id = '{}'", pair.project);
        execute_sql(&app, vec![sql]).await.unwrap();
        for subject in ["ina", "cio"] {
            app.person(subject).patch(&path, "*", patch.clone()).await.refused(403, "forbidden");
        }
    }
    // An administrator acts for no side.
    app.admin().patch(&path, "*", patch.clone()).await.refused(403, "forbidden");
    team::person(&app, "outsider", &pair.platform).await;
    app.person("outsider").patch(&path, "*", patch.clone()).await.refused(404, "not_found");
    app.person("cmo").patch(&path, "*", patch).await.expect(200);
}

#[apply(both)]
async fn parallel_changes_of_one_version_succeed_once(app: TestApp) {
    let pair = Pair::running(&app).await;
    let id = text(&pair.membership(&app, &pair.mia).await["id"]).to_owned();
    let path = format!("/v1/memberships/{id}");
    let etag = app.person("cmo").get(&path).await.expect(200).etag();
    let replies = at_once(20, |turn| {
        let (client, path, etag) = (app.person("cmo"), path.clone(), etag.clone());
        async move { client.patch(&path, &etag, json!({"fte_percent": 10 + turn})).await }
    })
    .await;
    assert_eq!((with_status(&replies, 200), with_status(&replies, 412)), (1, 19));
}

#[apply(both)]
async fn an_ended_membership_does_not_change(app: TestApp) {
    let pair = Pair::running(&app).await;
    let id = text(&pair.membership(&app, &pair.max).await["id"]).to_owned();
    app.clock.set("2027-12-02T08:00:00Z".parse().unwrap());
    let reply = app.person("cmo").patch(&format!("/v1/memberships/{id}"), "*", json!({"fte_percent": 10})).await;
    assert_eq!(reply.refused(409, "illegal_transition").body["state"], "returning");
}

#[apply(both)]
async fn a_change_of_the_working_time_can_breach_parity(app: TestApp) {
    let pair = Pair::running(&app).await;
    let sql = format!("UPDATE projects SET parity_measure = 'fte' WHERE id = '{}'", pair.project);
    execute_sql(&app, vec![sql]).await.unwrap();
    drain(&app).await;
    assert_eq!(pair.read(&app).await["parity_breached_at"], Value::Null);
    let id = text(&pair.membership(&app, &pair.mia).await["id"]).to_owned();
    app.person("cmo").patch(&format!("/v1/memberships/{id}"), "*", json!({"fte_percent": 10})).await.expect(200);
    drain(&app).await;
    assert!(pair.read(&app).await["parity_breached_at"].is_string());
}

#[apply(both)]
async fn a_membership_that_ends_before_it_begins_is_withdrawn(app: TestApp) {
    let team = team(&app).await;
    // The last day on which each of three memberships from 1 June ends: before the first day, on it, and after it.
    for (subject, ends_on, valid_to, state, event) in [
        ("early", "2027-05-01", "2027-06-01", "withdrawn", "membership.withdrawn"),
        ("exact", "2027-06-01", "2027-06-01", "withdrawn", "membership.withdrawn"),
        ("later", "2027-06-02", "2027-06-02", "accepted", "membership.ended"),
    ] {
        let person = team::person(&app, subject, &team.marketing).await;
        let body = json!({
            "person_id": person, "department_id": team.marketing, "project_role": "Steward", "valid_from": "2027-06-01"
        });
        let id = app.person("cmo").post(&team.memberships(), body).await.expect(201).id();
        app.person(subject).act(&format!("/v1/memberships/{id}/accept")).await.expect(200);
        let end = json!({"ends_on": ends_on, "reason": "Plans have changed."});
        let ended = app.admin().post(&format!("/v1/memberships/{id}/end"), end.clone()).await.expect(200);
        assert_eq!((&ended.body["state"], &ended.body["valid_to"]), (&json!(state), &json!(valid_to)), "{subject}");
        assert_eq!(events_about(&app, &id).await.last().map(String::as_str), Some(event), "{subject}");
        // Who was withdrawn is not a member, and can be invited again for the same days.
        if state == "withdrawn" {
            app.admin().post(&format!("/v1/memberships/{id}/end"), end).await.refused(409, "illegal_transition");
            let invited = app
                .person("cmo")
                .post(
                    &team.memberships(),
                    json!({
                        "person_id": person, "department_id": team.marketing, "project_role": "Steward",
                        "valid_from": "2027-06-01"
                    }),
                )
                .await;
            invited.expect(201);
        }
    }
    // A day in the past is still refused.
    let (_, id) = team.member(&app, "mia", &team.marketing).await;
    let end = json!({"ends_on": "2027-03-29", "reason": "Plans have changed."});
    app.admin()
        .post(&format!("/v1/memberships/{id}/end"), end)
        .await
        .refused(422, "validation_failed")
        .violates("/ends_on", "dates_out_of_range");
}
