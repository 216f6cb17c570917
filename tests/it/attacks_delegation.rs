//! Attacks: one person tries to respond for two sides by delegations, in every order and combination.

use super::support::app::ALL_SCOPES;
use super::support::client::Client;
use super::support::pair::{Pair, charter, respond, text};
use super::support::team::{accept_as, execute_sql, person};
use super::support::*;

const TODAY: &str = "2027-03-30";

/// Delegates in one project, or in all projects of the sponsor.
async fn delegate(sponsor: &Client, person: &str, project: Option<&str>, from: &str, to: &str) -> Reply {
    let body = json!({"delegate_person_id": person, "project_id": project, "valid_from": from, "valid_to": to});
    sponsor.post("/v1/delegations", body).await
}

/// Moves a person to another department today.
async fn move_to(app: &TestApp, person: &str, department: &str, day: &str) {
    let homes = app.admin().get(&format!("/v1/people/{person}/home-positions")).await.expect(200);
    let home = text(&homes.body["data"].as_array().unwrap().last().unwrap()["id"]).to_owned();
    app.admin().post(&format!("/v1/home-positions/{home}/end"), json!({"ends_on": day})).await.expect(200);
    let position = json!({"department_id": department, "title": "Specialist", "valid_from": day});
    app.admin().post(&format!("/v1/people/{person}/home-positions"), position).await.expect(201);
}

#[apply(both)]
async fn a_delegate_for_all_projects_responds_in_each_of_them(app: TestApp) {
    let pair = Pair::running(&app).await;
    let deputy = person(&app, "deputy", &pair.brand).await;
    let cmo = app.person("cmo");
    let created = delegate(&cmo, &deputy, None, TODAY, "2027-04-05").await.expect(201);
    assert_eq!((&created.body["project_id"], &created.body["department_id"]), (&Value::Null, &json!(pair.brand)));
    // A project that is created later is included.
    let body = charter(&pair.brand, &pair.platform, &pair.cmo, &pair.cio);
    let other = cmo.post("/v1/projects", body).await.expect(201).id();
    let deputy_client = app.person("deputy");
    let listed = deputy_client.get("/v1/projects").await.expect(200).body;
    assert_eq!(listed["data"].as_array().unwrap().len(), 2, "{listed}");
    deputy_client.get(&format!("/v1/projects/{other}")).await.expect(200);
    let grants = deputy_client.get(&format!("/v1/projects/{other}/delegations")).await.expect(200).body;
    assert_eq!(grants["data"][0]["id"], json!(created.id()));
    let close = app.person("cio").act(&pair.at("close")).await.expect(201).body;
    let inbox = deputy_client.get("/v1/me/inbox").await.expect(200).body;
    assert_eq!(inbox["data"][0]["id"], close["id"], "{inbox}");
    let responded = respond(&deputy_client, &close, "reject").await.expect(200).body;
    let response = responded["responses"].as_array().unwrap().iter().find(|one| one["person_id"] == json!(deputy));
    assert_eq!(response.unwrap()["delegation_id"], json!(created.id()));
    // Only the sponsor revokes it; others do not learn that it exists.
    let revoke = format!("/v1/delegations/{}/revoke", created.id());
    app.person("cio").act(&revoke).await.refused(404, "not_found");
    deputy_client.act(&revoke).await.refused(403, "forbidden");
    cmo.act(&revoke).await.expect(200);
    cmo.act(&revoke).await.refused(409, "illegal_transition");
    deputy_client.get(&pair.at("approvals")).await.refused(404, "not_found");
}

#[apply(both)]
async fn a_delegation_for_all_projects_expires(app: TestApp) {
    let pair = Pair::running(&app).await;
    let deputy = person(&app, "deputy", &pair.brand).await;
    delegate(&app.person("cmo"), &deputy, None, TODAY, "2027-07-01")
        .await
        .expect(422)
        .violates("/valid_to", "delegation_too_long");
    delegate(&app.person("cmo"), &deputy, None, "2027-03-31", "2027-04-05").await.expect(201);
    let close = app.person("cio").act(&pair.at("close")).await.expect(201).body;
    respond(&app.person("deputy"), &close, "approve").await.refused(404, "not_found");
    app.clock.set("2027-04-05T00:00:00Z".parse().unwrap());
    respond(&app.person("deputy"), &close, "approve").await.refused(404, "not_found");
}

#[apply(both)]
async fn two_sponsors_do_not_delegate_to_one_person(app: TestApp) {
    // Each in one project or in all projects, from today or from tomorrow.
    for (first, second) in [(false, true), (true, false), (true, true), (false, false)] {
        for from in [TODAY, "2027-03-31"] {
            let app = app.fresh();
            let pair = Pair::running(&app).await;
            let deputy = person(&app, "deputy", &pair.brand).await;
            let project = |all: bool| (!all).then_some(pair.project.as_str());
            delegate(&app.person("cmo"), &deputy, project(first), from, "2027-04-10").await.expect(201);
            // The delegate belongs to the other department.
            delegate(&app.person("cio"), &deputy, project(second), from, "2027-04-10")
                .await
                .expect(422)
                .violates("/delegate_person_id", "wrong_side");
            // After a move, the person is still the delegate of the first department.
            move_to(&app, &deputy, &pair.platform, TODAY).await;
            for sponsor in [app.person("cio"), app.caller("cio", ALL_SCOPES)] {
                delegate(&sponsor, &deputy, project(second), from, "2027-04-10").await.refused(409, "conflict");
                delegate(&sponsor, &deputy, project(second), "2027-04-09", "2027-04-20").await.refused(409, "conflict");
            }
            // A delegate who has moved no longer responds for the former department.
            app.clock.set("2027-03-31T08:00:00Z".parse().unwrap());
            let close = app.person("cio").act(&pair.at("close")).await.expect(201).body;
            respond(&app.person("deputy"), &close, "approve").await.refused(403, "forbidden");
            // The databases refuse the second delegation, too.
            let sql = format!(
                "INSERT INTO delegations (id, project_id, department_id, sponsor_person_id, delegate_person_id, \
                 valid_from, valid_to, version, created_at) VALUES ('dlg_x', NULL, '{}', '{}', '{deputy}', \
                 '2027-04-01', '2027-04-03', 1, '2027-03-30 07:00:00')",
                pair.platform, pair.cio
            );
            execute_sql(&app, vec![sql]).await.unwrap_err();
        }
    }
}

#[apply(both)]
async fn a_sponsor_is_not_the_delegate_of_another(app: TestApp) {
    let pair = Pair::running(&app).await;
    // The sponsors are in the same department for a moment: the department of the position is not the only rule.
    move_to(&app, &pair.cio, &pair.brand, TODAY).await;
    for project in [None, Some(pair.project.as_str())] {
        let refused = delegate(&app.person("cmo"), &pair.cio, project, TODAY, "2027-04-10").await;
        assert_eq!(refused.refused(409, "conflict").body["project_id"], json!(pair.project));
    }
}

#[apply(both)]
async fn a_delegate_who_becomes_a_sponsor_responds_for_the_own_side_only(app: TestApp) {
    let pair = Pair::running(&app).await;
    let deputy = person(&app, "deputy", &pair.brand).await;
    delegate(&app.person("cmo"), &deputy, None, TODAY, "2027-04-10").await.expect(201);
    let close = app.person("cmo").act(&pair.at("close")).await.expect(201).body;
    // The position moves with the role, as the department of a side requires.
    move_to(&app, &deputy, &pair.platform, TODAY).await;
    let path = pair.at(&format!("sides/{}/sponsor", pair.platform));
    app.person("cio").put(&path, "*", json!({"person_id": deputy})).await.expect(200);
    accept_as(&app, "deputy", &pair.project, &pair.platform).await.expect(200);
    let cancel = app.person("deputy").act(&pair.at("cancel")).await.expect(201).body;
    assert_eq!(cancel["waiting_for"], json!([pair.brand]));
    respond(&app.person("deputy"), &cancel, "approve").await.expect(200);
    let still = app.person("cmo").get(&format!("/v1/approvals/{}", text(&cancel["id"]))).await.expect(200).body;
    assert_eq!((&still["state"], &still["waiting_for"]), (&json!("open"), &json!([pair.brand])));
    let close = respond(&app.person("deputy"), &close, "reject").await.expect(200).body;
    assert_eq!(close["state"], "rejected");
}

#[apply(both)]
async fn a_delegate_does_not_delegate_further(app: TestApp) {
    let pair = Pair::running(&app).await;
    let deputy = person(&app, "deputy", &pair.brand).await;
    let third = person(&app, "third", &pair.brand).await;
    delegate(&app.person("cmo"), &deputy, None, TODAY, "2027-04-10").await.expect(201);
    for project in [None, Some(pair.project.as_str())] {
        for caller in [app.person("deputy"), app.person("mia"), app.admin()] {
            delegate(&caller, &third, project, TODAY, "2027-04-10").await.refused(403, "forbidden");
        }
    }
    let side = pair.at(&format!("sides/{}/delegations", pair.brand));
    let body = json!({"delegate_person_id": third, "valid_from": TODAY, "valid_to": "2027-04-10"});
    app.person("deputy").post(&side, body).await.refused(403, "forbidden");
}

#[apply(both)]
async fn the_delegate_of_a_side_comes_before_the_one_for_all_projects(app: TestApp) {
    let pair = Pair::running(&app).await;
    let general = person(&app, "general", &pair.brand).await;
    let special = person(&app, "special", &pair.brand).await;
    let cmo = app.person("cmo");
    delegate(&cmo, &general, None, TODAY, "2027-04-10").await.expect(201);
    delegate(&cmo, &special, None, TODAY, "2027-04-05").await.refused(409, "already_exists");
    delegate(&cmo, &special, Some(&pair.project), TODAY, "2027-04-02").await.expect(201);
    let close = app.person("cio").act(&pair.at("close")).await.expect(201).body;
    respond(&app.person("general"), &close, "approve").await.refused(403, "forbidden");
    // The same holds for the people of the side.
    let newcomer = person(&app, "newcomer", &pair.brand).await;
    let invitation = json!({"person_id": newcomer, "department_id": pair.brand, "project_role": "Steward"});
    app.person("general").post(&pair.at("memberships"), invitation.clone()).await.refused(403, "forbidden");
    app.clock.set("2027-04-02T08:00:00Z".parse().unwrap());
    respond(&app.person("special"), &close, "approve").await.refused(404, "not_found");
    app.person("general").post(&pair.at("memberships"), invitation).await.expect(201);
    respond(&app.person("general"), &close, "approve").await.expect(200);
    assert_eq!(pair.state(&app).await, "closing");
}

#[apply(both)]
async fn a_delegation_for_all_projects_does_not_count_where_the_delegate_is_the_lead(app: TestApp) {
    let pair = Pair::running(&app).await;
    let deputy = person(&app, "deputy", &pair.brand).await;
    delegate(&app.person("cmo"), &deputy, None, TODAY, "2027-04-10").await.expect(201);
    let lead = format!("UPDATE projects SET lead_person_id = '{deputy}' WHERE id = '{}'", pair.project);
    execute_sql(&app, vec![lead]).await.unwrap();
    // The lead represents no side: the request counts for none, and the lead responds for none.
    let close = app.person("deputy").act(&pair.at("close")).await.expect(201).body;
    assert_eq!(close["waiting_for"], json!([pair.brand, pair.platform]));
    respond(&app.person("deputy"), &close, "approve").await.refused(403, "forbidden");
    let inbox = app.person("deputy").get("/v1/me/inbox").await.expect(200).body;
    assert_eq!(inbox["data"], json!([]));
    delegate(&app.person("cmo"), &deputy, Some(&pair.project), TODAY, "2027-04-10").await.refused(409, "conflict");
}

#[apply(both)]
async fn parallel_delegations_and_responses_have_one_winner(app: TestApp) {
    let pair = Pair::running(&app).await;
    let mut people = Vec::new();
    for number in 0..20 {
        people.push(person(&app, &format!("deputy-{number}"), &pair.brand).await);
    }
    let created = at_once(20, |number| {
        let (client, person) = (app.person("cmo"), people[number].clone());
        async move { delegate(&client, &person, None, TODAY, "2027-04-10").await }
    })
    .await;
    assert_eq!((with_status(&created, 201), with_status(&created, 409)), (1, 19));
    let winner = created.iter().find(|reply| reply.status == 201).unwrap();
    let id = winner.id();
    let login =
        format!("deputy-{}", people.iter().position(|one| winner.body["delegate_person_id"] == json!(one)).unwrap());
    let close = app.person("cio").act(&pair.at("close")).await.expect(201).body;
    // The sponsor and the delegate respond for one side.
    let responses = at_once(20, |number| {
        let (client, close) = (app.person(["cmo", login.as_str()][number % 2]), close.clone());
        async move { respond(&client, &close, "approve").await }
    })
    .await;
    assert_eq!((with_status(&responses, 200), with_status(&responses, 409)), (1, 19));
    let revoked = at_once(20, |_| {
        let (client, path) = (app.person("cmo"), format!("/v1/delegations/{id}/revoke"));
        async move { client.act(&path).await }
    })
    .await;
    assert_eq!((with_status(&revoked, 200), with_status(&revoked, 409)), (1, 19));
}
