//! Attacks on the rule that no side decides who represents another. The attacker is the sponsor of the first side, once
//! with every scope but `admin`, and once as an administrator.

use super::support::client::Client;
use super::support::draft::{Draft, codes, draft, proposal};
use super::support::team::{department, execute_sql, head, person};
use super::support::*;

pub const ALL_BUT_ADMIN: &str = "projects:read projects:write directory:write callbacks:create callbacks:read \
                                 callbacks:work webhooks:manage audit:read";

/// Returns the attacker, with and without the scope `admin`.
pub fn attackers(app: &TestApp, subject: &str) -> [Client; 2] {
    [app.caller(subject, ALL_BUT_ADMIN), app.caller(subject, &format!("{ALL_BUT_ADMIN} admin"))]
}

/// Fails unless the response says why the caller may not do this.
#[track_caller]
pub fn forbidden(reply: &Reply) {
    assert_eq!(reply.status, 403, "{}", reply.text);
    let code = reply.body["code"].as_str().unwrap();
    assert!(["forbidden", "conflict_of_interest"].contains(&code), "{}", reply.text);
    assert!(reply.body["detail"].as_str().is_some_and(|detail| detail.len() > 20), "{}", reply.text);
}

/// An application that may write the directory, which the attacker controls.
fn accomplice(app: &TestApp) -> Client {
    app.service("hr", "projects:read directory:write")
}

/// Changes the head of a department.
pub async fn make_head(app: &TestApp, department: &str, person: Option<&str>) {
    let (hr, path) = (accomplice(app), format!("/v1/departments/{department}"));
    let tag = hr.get(&path).await.expect(200).etag();
    hr.patch(&path, &tag, json!({"head_person_id": person})).await.expect(200);
}

/// Ends the regular position of a person today, and begins one in another department, if any.
pub async fn move_to(app: &TestApp, person: &str, department: Option<&str>) {
    let (hr, path) = (accomplice(app), format!("/v1/people/{person}/home-positions"));
    let positions = hr.get(&path).await.expect(200).body["data"].clone();
    let last = positions.as_array().unwrap().last().unwrap()["id"].as_str().unwrap().to_owned();
    let end = json!({"ends_on": "2027-03-30"});
    hr.post(&format!("/v1/home-positions/{last}/end"), end).await.expect(200);
    if let Some(department) = department {
        let new = json!({"department_id": department, "title": "Specialist", "valid_from": "2027-03-30"});
        hr.post(&path, new).await.expect(201);
    }
}

async fn name(client: &Client, draft: &Draft, person: &str) -> Reply {
    let path = draft.at(&format!("sides/{}/sponsor", draft.platform));
    client.put(&path, "*", json!({"person_id": person})).await
}

async fn state_of_platform(app: &TestApp, draft: &Draft) -> Value {
    app.person("cmo").get(&draft.path).await.expect(200).body["sides"][1].clone()
}

async fn accept(client: &Client, draft: &Draft) -> Reply {
    client.act(&draft.sponsor_of_platform("accept")).await
}

/// Returns the actions of the audit trail of a project.
async fn actions(app: &TestApp, draft: &Draft) -> Vec<String> {
    let project = draft.path.rsplit('/').next().unwrap();
    let path = format!("/v1/audit-entries?subject={project}&limit=100");
    let entries = app.admin().get(&path).await.expect(200).body["data"].clone();
    entries.as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap().to_owned()).collect()
}

#[apply(both)]
async fn no_side_replaces_the_sponsor_of_another(app: TestApp) {
    let draft = draft(&app).await;
    let third = department(&app, "finance").await;
    let own = person(&app, "bea", &draft.brand).await;
    let theirs = person(&app, "ivan", &draft.platform).await;
    let outsider = person(&app, "otto", &third).await;
    for attacker in attackers(&app, "cmo") {
        for person in [&own, &draft.cmo, &theirs, &outsider] {
            forbidden(&name(&attacker, &draft, person).await);
        }
        let reason = json!({"reason": "I would like that."});
        forbidden(&attacker.post(&draft.sponsor_of_platform("remove"), reason).await);
    }
    let side = state_of_platform(&app, &draft).await;
    assert_eq!((&side["sponsor_person_id"], &side["sponsor_state"]), (&json!(draft.cio), &json!("in_office")));
}

#[apply(both)]
async fn a_sponsor_works_in_the_department_of_the_side(app: TestApp) {
    let draft = proposal(&app).await;
    app.person("cio").act(&draft.sponsor_of_platform("decline")).await.expect(200);
    assert_eq!(state_of_platform(&app, &draft).await["sponsor_state"], "vacant");
    let third = department(&app, "finance").await;
    let own = person(&app, "bea", &draft.brand).await;
    let outsider = person(&app, "otto", &third).await;
    for attacker in attackers(&app, "cmo") {
        for person in [&own, &draft.cmo, &outsider] {
            name(&attacker, &draft, person)
                .await
                .refused(422, "validation_failed")
                .violates("/person_id", "wrong_side");
        }
    }
    let charter = |sponsor: &str| {
        let mut body = pair::charter(&draft.brand, &draft.platform, &draft.cmo, sponsor);
        body["name"] = json!("Another one");
        body
    };
    let refused = app.person("cmo").post("/v1/projects", charter(&own)).await.refused(422, "validation_failed");
    refused.violates("/sides/1/sponsor_person_id", "wrong_side");
}

#[apply(both)]
async fn a_person_moved_into_the_department_signs_nothing(app: TestApp) {
    let draft = proposal(&app).await;
    let bea = person(&app, "bea", &draft.brand).await;
    // A person cannot write the directory, whatever the scope; an application can.
    let end = json!({"department_id": draft.platform, "title": "CIO", "valid_from": "2028-01-01"});
    let path = format!("/v1/people/{bea}/home-positions");
    app.caller("cmo", ALL_BUT_ADMIN).post(&path, end).await.refused(403, "forbidden");
    move_to(&app, &bea, Some(&draft.platform)).await;
    for attacker in attackers(&app, "cmo") {
        name(&attacker, &draft, &bea).await.expect(200);
        // The name alone gives no rights, and neither does accepting it.
        app.person("bea").act(&draft.sponsor_of_platform("accept")).await.expect(200);
        assert_eq!(state_of_platform(&app, &draft).await["sponsor_state"], "proposed");
        let reason = json!({"reason": "She is one of us."});
        forbidden(&attacker.post(&draft.sponsor_of_platform("confirm"), reason.clone()).await);
        app.person("bea").post(&draft.sponsor_of_platform("confirm"), reason).await.refused(403, "forbidden");
        let refused = attacker.act(&draft.at("propose")).await.refused(409, "not_ready");
        assert!(codes(&refused).contains(&"sponsor_not_confirmed".to_owned()), "{}", refused.text);
        forbidden(&app.person("bea").act(&draft.at("propose")).await);
        name(&attacker, &draft, &draft.cio).await.expect(200);
    }
    // The head takes the role at any time.
    name(&app.person("cio"), &draft, &draft.cio).await.expect(200);
    app.person("cio").act(&draft.sponsor_of_platform("accept")).await.expect(200);
    assert_eq!(state_of_platform(&app, &draft).await["sponsor_state"], "in_office");
}

#[apply(both)]
async fn no_one_accepts_or_declines_for_another_person(app: TestApp) {
    let draft = proposal(&app).await;
    for attacker in attackers(&app, "cmo") {
        for verb in ["accept", "decline"] {
            forbidden(&attacker.act(&draft.sponsor_of_platform(verb)).await);
        }
    }
    app.admin().act(&draft.sponsor_of_platform("accept")).await.refused(403, "forbidden");
    assert_eq!(state_of_platform(&app, &draft).await["sponsor_accepted_at"], Value::Null);
}

#[apply(both)]
async fn a_new_head_confirms_only_after_three_business_days(app: TestApp) {
    let draft = proposal(&app).await;
    let ann = person(&app, "ann", &draft.platform).await;
    let bob = person(&app, "bob", &draft.platform).await;
    // The attacker becomes the head of both sides.
    make_head(&app, &draft.platform, Some(&draft.cmo)).await;
    name(&app.person("cmo"), &draft, &bob).await.expect(200);
    app.person("bob").act(&draft.sponsor_of_platform("accept")).await.expect(200);
    for attacker in attackers(&app, "cmo") {
        let reason = json!({"reason": "I am the head."});
        attacker.post(&draft.sponsor_of_platform("confirm"), reason).await.refused(409, "conflict");
    }
    // A subordinate becomes the head, and sponsor, too.
    make_head(&app, &draft.platform, Some(&ann)).await;
    app.person("ann").act(&draft.sponsor_of_platform("confirm")).await.refused(409, "conflict");
    name(&app.person("ann"), &draft, &ann).await.expect(200);
    let side = state_of_platform(&app, &draft).await;
    assert_eq!((&side["sponsor_state"], &side["sponsor_confirmed_at"]), (&json!("proposed"), &Value::Null));
    // The audit trail of the project has both changes.
    let announced = actions(&app, &draft).await.iter().filter(|action| *action == "sponsor.directory_changed").count();
    assert_eq!(announced, 2);
    app.clock.advance(std::time::Duration::from_secs(9 * 24 * 3600));
    app.person("ann").act(&draft.sponsor_of_platform("confirm")).await.expect(200);
    assert_eq!(state_of_platform(&app, &draft).await["sponsor_state"], "in_office");
}

#[apply(both)]
async fn a_new_head_does_not_replace_a_sponsor_at_once(app: TestApp) {
    let draft = draft(&app).await;
    let ann = person(&app, "ann", &draft.platform).await;
    make_head(&app, &draft.platform, Some(&ann)).await;
    name(&app.person("ann"), &draft, &ann).await.refused(409, "conflict");
    app.clock.advance(std::time::Duration::from_secs(9 * 24 * 3600));
    name(&app.person("ann"), &draft, &ann).await.expect(200);
    assert_eq!(state_of_platform(&app, &draft).await["sponsor_state"], "in_office");
    // The former sponsor has no rights left.
    app.person("cio").get(&draft.path).await.expect(404);
}

#[apply(both)]
async fn an_uninvolved_administrator_confirms_for_a_department_without_a_head(app: TestApp) {
    let draft = proposal(&app).await;
    make_head(&app, &draft.platform, None).await;
    app.person("cio").act(&draft.sponsor_of_platform("accept")).await.expect(200);
    let confirm = draft.sponsor_of_platform("confirm");
    let reason = json!({"reason": "The department has no head."});
    for attacker in attackers(&app, "cmo").into_iter().chain(attackers(&app, "cio")) {
        forbidden(&attacker.post(&confirm, reason.clone()).await);
    }
    // An administrator who works for one of the sides is involved.
    person(&app, "bea", &draft.brand).await;
    let insider = app.caller("bea", &format!("{ALL_BUT_ADMIN} admin"));
    insider.post(&confirm, reason.clone()).await.refused(403, "conflict_of_interest");
    // The head was removed a moment ago, which the other side has time to notice.
    app.admin().post(&confirm, reason.clone()).await.refused(409, "conflict");
    app.clock.advance(std::time::Duration::from_secs(9 * 24 * 3600));
    app.admin().act(&confirm).await.expect(422).violates("/reason", "required");
    app.admin().post(&confirm, reason.clone()).await.expect(200);
    app.admin().post(&confirm, reason).await.expect(200);
    assert_eq!(state_of_platform(&app, &draft).await["sponsor_state"], "in_office");
}

#[apply(both)]
async fn a_settled_head_is_not_bypassed_by_an_administrator(app: TestApp) {
    let draft = proposal(&app).await;
    let bob = person(&app, "bob", &draft.platform).await;
    name(&app.person("cmo"), &draft, &bob).await.expect(200);
    app.person("bob").act(&draft.sponsor_of_platform("accept")).await.expect(200);
    let reason = json!({"reason": "The head is busy."});
    app.admin().post(&draft.sponsor_of_platform("confirm"), reason).await.refused(403, "forbidden");
    app.person("cio").act(&draft.sponsor_of_platform("confirm")).await.expect(200);
    // The other side cannot replace a sponsor whom the department has confirmed.
    forbidden(&name(&app.person("cmo"), &draft, &draft.cio).await);
}

#[apply(both)]
async fn two_departments_with_one_head_are_not_two_sides(app: TestApp) {
    let draft = draft(&app).await;
    let third = department(&app, "finance").await;
    head(&app, &third, &draft.cmo).await;
    let otto = person(&app, "otto", &third).await;
    let body = pair::charter(&draft.brand, &third, &draft.cmo, &otto);
    app.person("cmo").post("/v1/projects", body).await.expect(422).violates("/sides/1/department_id", "same_head");
}

#[apply(both)]
async fn a_sponsor_who_leaves_the_department_has_no_rights(app: TestApp) {
    let draft = draft(&app).await.with_team(&app).await.proposed(&app).await;
    draft.sign(&app, "cmo").await.expect(200);
    let finance = department(&app, "finance").await;
    move_to(&app, &draft.cio, Some(&finance)).await;
    draft.sign(&app, "cio").await.refused(403, "forbidden");
    assert!(draft.blockers(&app).await.contains(&"sponsor_not_in_department".to_owned()));
    assert_eq!(state_of_platform(&app, &draft).await["sponsor_state"], "vacant");
    assert!(actions(&app, &draft).await.contains(&"sponsor.directory_changed".to_owned()));
}

#[apply(both)]
async fn parallel_acceptances_take_effect_once(app: TestApp) {
    let draft = proposal(&app).await;
    let cio = app.person("cio");
    for reply in at_once(20, |_| accept(&cio, &draft)).await {
        reply.expect(200);
    }
    let taken = actions(&app, &draft).await.iter().filter(|action| *action == "sponsor.assigned").count();
    assert_eq!(taken, 1);
}

#[apply(both)]
async fn parallel_confirmations_and_replacements_leave_one_consistent_sponsor(app: TestApp) {
    let draft = proposal(&app).await;
    let bob = person(&app, "bob", &draft.platform).await;
    name(&app.person("cmo"), &draft, &bob).await.expect(200);
    let (bobby, cio, cmo) = (app.person("bob"), app.person("cio"), app.person("cmo"));
    let path = draft.at(&format!("sides/{}/sponsor", draft.platform));
    let request = |number: usize| {
        let (accept, confirm) = (draft.sponsor_of_platform("accept"), draft.sponsor_of_platform("confirm"));
        let (bobby, cio, cmo, path) = (bobby.clone(), cio.clone(), cmo.clone(), path.clone());
        let (other, same) = (draft.cio.clone(), bob.clone());
        async move {
            match number % 4 {
                0 => bobby.act(&accept).await,
                1 => cio.act(&confirm).await,
                2 => cmo.put(&path, "*", json!({"person_id": other})).await,
                _ => cmo.put(&path, "*", json!({"person_id": same})).await,
            }
        }
    };
    for reply in at_once(20, request).await {
        assert!(matches!(reply.status, 200 | 403 | 404 | 409), "{}", reply.text);
    }
    let side = state_of_platform(&app, &draft).await;
    let is_complete = side["sponsor_accepted_at"].is_string() && side["sponsor_confirmed_at"].is_string();
    assert_eq!(side["sponsor_state"] == "in_office", is_complete, "{side}");
    assert_eq!(side["vacant_since"].is_null(), is_complete, "{side}");
}

#[apply(both)]
async fn the_database_refuses_an_office_without_acceptance(app: TestApp) {
    let draft = proposal(&app).await;
    let project = draft.path.rsplit('/').next().unwrap();
    let office =
        format!("UPDATE project_sides SET vacant_since = NULL WHERE project_id = '{project}' AND position = 1");
    let unnamed =
        format!("UPDATE project_sides SET sponsor_person_id = NULL WHERE project_id = '{project}' AND position = 0");
    let headless = format!("UPDATE departments SET head_since = NULL WHERE id = '{}'", draft.brand);
    for sql in [office, unnamed, headless] {
        execute_sql(&app, vec![sql]).await.unwrap_err();
    }
}
