//! Projects from the draft to activation: charter, signatures, sponsors, readiness, access.

use super::support::app::ALL_SCOPES;
use super::support::client::Client;
use super::support::draft::*;
use super::support::pair::respond;
use super::support::team::{person, person_without_position};
use super::support::*;

#[apply(both)]
async fn a_project_goes_from_draft_to_active(app: TestApp) {
    let project = draft(&app).await.with_team(&app).await;
    assert_eq!(project.blockers(&app).await, ["signature_missing", "signature_missing"]);
    let project = project.proposed(&app).await;
    project.sign(&app, "cmo").await.expect(200);
    let refused = app.person("cmo").act(&project.at("activate")).await.refused(409, "not_ready");
    // The signature is sealed: otherwise a missing one would tell a rejection.
    assert_eq!(codes(&refused), ["signature_missing", "signature_missing"]);
    project.sign(&app, "cio").await.expect(200);
    assert_eq!(project.blockers(&app).await, Vec::<String>::new());

    let active = app.person("cio").act(&project.at("activate")).await.expect(200);
    assert_eq!(active.body["state"], "active");
    assert_eq!(active.body["charter_in_force"], active.body["charter"]);
    let read = app.person("mia").get(&project.path).await.expect(200);
    assert_eq!((&read.body, read.etag()), (&active.body, active.etag()));

    let feed = app.drained_feed().await;
    let own = |event: &&Value| {
        let kind = event["type"].as_str().unwrap();
        kind.starts_with("project.") || kind.starts_with("charter.")
    };
    let types: Vec<_> = feed.iter().filter(own).map(|event| event["type"].as_str().unwrap()).collect();
    let expected = ["project.created", "project.proposed", "project.activated"];
    assert_eq!(types, expected);
}

#[apply(both)]
async fn parallel_activations_succeed_once(app: TestApp) {
    let project = draft(&app).await.with_team(&app).await.proposed(&app).await;
    project.sign(&app, "cmo").await.expect(200);
    project.sign(&app, "cio").await.expect(200);
    let replies = at_once(20, |number| {
        let (client, path) = (app.person(["cmo", "cio"][number % 2]), project.at("activate"));
        async move { client.act(&path).await }
    })
    .await;
    assert_eq!(with_status(&replies, 200), 1);
    assert_eq!(with_status(&replies, 409), 19);
    let refused = replies.iter().find(|reply| reply.status == 409).unwrap();
    assert_eq!(refused.body["code"], "illegal_transition");
    assert_eq!(refused.body["state"], "active");
    let feed = app.drained_feed().await;
    assert_eq!(feed.iter().filter(|event| event["type"] == "project.activated").count(), 1);
}

#[apply(both)]
async fn repeated_responses_are_recorded_once(app: TestApp) {
    let project = draft(&app).await.proposed(&app).await;
    let requested = project.to_sign(&app).await;
    let replies = at_once(20, |_| {
        let (client, requested) = (app.person("cmo"), requested.clone());
        async move { respond(&client, &requested, "approve").await }
    })
    .await;
    // A repeated response changes nothing.
    assert_eq!(with_status(&replies, 200), 20);
    let path = format!("/v1/approvals/{}/responses", requested["id"].as_str().unwrap());
    let list = app.person("cmo").get(&path).await.expect(200);
    assert_eq!(list.body["data"].as_array().unwrap().len(), 1);
    assert_eq!(list.body["data"][0]["department_id"], json!(project.brand));
    assert_eq!(list.body["data"][0]["person_id"], json!(project.cmo));
    let feed = app.drained_feed().await;
    assert_eq!(feed.iter().filter(|event| event["type"] == "approval.responded").count(), 1);
}

#[apply(both)]
async fn a_signature_needs_the_current_hash_and_a_sponsor(app: TestApp) {
    let project = draft(&app).await;
    let none = app.person("cmo").get(&project.at("approvals")).await.expect(200);
    assert_eq!(none.body["data"], json!([]));
    let project = project.proposed(&app).await;
    let requested = project.to_sign(&app).await;
    let mut other = requested.clone();
    other["sha256"] = json!("0".repeat(64));
    let refused = respond(&app.person("cmo"), &other, "approve").await.refused(409, "conflict");
    assert_eq!(refused.body["sha256"], requested["sha256"]);
    project.sign(&app, "cmo").await.expect(200);
    person_without_position(&app, "stranger").await;
    respond(&app.person("stranger"), &requested, "approve").await.refused(404, "not_found");
    respond(&app.admin(), &requested, "approve").await.refused(403, "forbidden");
}

#[apply(both)]
async fn a_changed_charter_makes_signatures_stale(app: TestApp) {
    let project = draft(&app).await.with_team(&app).await.proposed(&app).await;
    project.sign(&app, "cmo").await.expect(200);
    project.sign(&app, "cio").await.expect(200);
    let cmo = app.person("cmo");
    let read = cmo.get(&project.at("charter")).await.expect(200);
    let mut text = read.body["content"].clone();
    text.as_object_mut().unwrap().remove("sides");
    let same = cmo.put(&project.at("charter"), &read.etag(), text.clone()).await.expect(200);
    assert_eq!((&same.body, same.etag()), (&read.body, read.etag()));

    let areas = cmo.get(&project.at("areas")).await.expect(200).body["data"].clone();
    text["ends_on"] = json!("2027-11-01");
    text["areas"] = json!([
        {"key": "policy", "name": "Rules", "department_id": project.platform},
        {"key": "databases", "name": "Databases", "department_id": project.brand},
    ]);
    let put = |etag: String, text: Value| {
        let (client, path) = (cmo.clone(), project.at("charter"));
        async move { client.put(&path, &etag, text).await }
    };
    let second = put(read.etag(), text.clone()).await.expect(200);
    assert_eq!(second.body["version"], 2);
    assert_ne!(second.body["sha256"], read.body["sha256"]);
    put(read.etag(), text.clone()).await.refused(412, "stale_version");
    cmo.request("PUT", &project.at("charter")).json(text).send().await.refused(428, "precondition_required");

    // Areas with the same key keep their ids.
    let after = cmo.get(&project.at("areas")).await.expect(200).body["data"].clone();
    for (old, new) in areas.as_array().unwrap().iter().zip(after.as_array().unwrap()) {
        assert_eq!((&old["id"], &old["key"]), (&new["id"], &new["key"]));
    }
    let names: Vec<_> = after.as_array().unwrap().iter().map(|area| area["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"Rules") && !names.contains(&"Policy"), "{names:?}");
    assert_eq!(cmo.get(&project.path).await.expect(200).body["ends_on"], "2027-11-01");
    assert_eq!(cmo.get(&project.at("charter?version=1")).await.expect(200).body, read.body);
    cmo.get(&project.at("charter?version=3")).await.refused(404, "not_found");
    let blockers = project.blockers(&app).await;
    assert!(blockers.contains(&"signature_stale".to_owned()), "{blockers:?}");
    project.sign(&app, "cmo").await.expect(200);
    project.sign(&app, "cio").await.expect(200);
    assert!(!project.blockers(&app).await.iter().any(|code| code.starts_with("signature")));
}

#[apply(both)]
async fn a_new_sponsor_has_to_sign(app: TestApp) {
    let project = draft(&app).await.proposed(&app).await;
    project.sign(&app, "cmo").await.expect(200);
    let successor = person(&app, "successor", &project.brand).await;
    let sponsor_path = project.at(&format!("sides/{}/sponsor", project.brand));
    let cio = app.person("cio");
    let etag = project.etag(&app).await;
    // A sponsor cannot assign the sponsor of another side.
    cio.put(&sponsor_path, &etag, json!({"person_id": successor})).await.refused(403, "forbidden");
    let cmo = app.person("cmo");
    let other = cmo.put(&sponsor_path, &etag, json!({"person_id": project.cio})).await;
    other.refused(422, "validation_failed").violates("/person_id", "wrong_side");
    let unchanged = cmo.put(&sponsor_path, &etag, json!({"person_id": project.cmo})).await.expect(200);
    assert_eq!(unchanged.etag(), etag);
    let assigned = cmo.put(&sponsor_path, &etag, json!({"person_id": successor})).await.expect(200);
    let side = &assigned.body["sides"][0];
    assert_eq!((&side["sponsor_person_id"], &side["successor_person_id"]), (&json!(project.cmo), &json!(successor)));
    assert_ne!(assigned.etag(), etag);
    cmo.put(&sponsor_path, &etag, json!({"person_id": successor})).await.refused(412, "stale_version");
    // The CMO is the head of the department, so the successor has to accept only.
    project.sign(&app, "successor").await.refused(403, "forbidden");
    app.person("successor").act(&format!("{sponsor_path}/accept")).await.expect(200);
    let unknown = json!({"person_id": "per_01m7fgq4e8f4r9v3zk8x2c6b7d"});
    app.person("successor")
        .put(&sponsor_path, "*", unknown.clone())
        .await
        .expect(422)
        .violates("/person_id", "unknown_reference");
    let elsewhere = project.at("sides/dpt_01m7fgq4e8f4r9v3zk8x2c6b7d/sponsor");
    cio.put(&elsewhere, "*", unknown).await.refused(404, "not_found");

    let requested = project.to_sign(&app).await;
    let path = format!("/v1/approvals/{}/responses", requested["id"].as_str().unwrap());
    let all = app.person("successor").get(&path).await.expect(200);
    assert!(all.body["data"][0]["superseded_at"].is_string());
    assert_eq!(cio.get(&path).await.expect(200).body["data"], json!([]));
    assert_eq!((&requested["responses"], &requested["responded"]), (&json!([]), &json!([])));
    let blockers = codes(&cio.get(&project.at("readiness")).await.expect(200));
    assert_eq!(blockers.iter().filter(|code| *code == "signature_missing").count(), 2, "{blockers:?}");
    // The former sponsor still sees the project as the head of the department, but cannot sign.
    project.sign(&app, "cmo").await.refused(403, "forbidden");
    project.sign(&app, "successor").await.expect(200);
}

#[apply(both)]
async fn an_incomplete_draft_lists_its_blockers(app: TestApp) {
    let (mut body, _) = charter(&app).await;
    body["goals"] = json!([]);
    body["milestones"][0]["due_on"] = json!("2028-01-01");
    body["sides"][1]["sponsor_person_id"] = Value::Null;
    let created = app.person("cmo").post("/v1/projects", body).await.expect(201);
    let propose = format!("{}/propose", created.header("location"));
    let refused = app.person("cmo").act(&propose).await.refused(409, "not_ready");
    assert_eq!(codes(&refused), ["sponsor_vacant", "goal_missing", "dates_out_of_range"]);
    let english = app.person("cmo").request("POST", &propose).header("Accept-Language", "en").send().await;
    assert_eq!(english.body["blockers"][0]["detail"], "This side has no sponsor. Propose one.");
    let ready = format!("{}/readiness", created.header("location"));
    let all = codes(&app.person("cmo").get(&ready).await.expect(200));
    let expected = [
        "sponsor_vacant",
        "goal_missing",
        "dates_out_of_range",
        "signature_missing",
        "signature_missing",
        "side_empty",
        "side_empty",
        "ownership_gap",
        "ownership_gap",
    ];
    assert_eq!(all, expected);
}

#[apply(both)]
async fn an_inconsistent_draft_is_rejected_with_all_violations(app: TestApp) {
    let (mut body, draft) = charter(&app).await;
    body["ends_on"] = body["starts_on"].clone();
    body["sides"][1]["sponsor_person_id"] = json!(draft.cmo);
    body["lead_person_id"] = json!("per_01m7fgq4e8f4r9v3zk8x2c6b7d");
    body["areas"][1]["key"] = json!("databases");
    body["areas"][0]["department_id"] = json!("dpt_01m7fgq4e8f4r9v3zk8x2c6b7d");
    app.person("cmo")
        .post("/v1/projects", body.clone())
        .await
        .refused(422, "validation_failed")
        .violates("/ends_on", "not_after_start")
        .violates("/sides/1/sponsor_person_id", "duplicate_item")
        .violates("/lead_person_id", "unknown_reference")
        .violates("/areas/1/key", "duplicate_item")
        .violates("/areas/0/department_id", "not_a_side");
    body["sides"] = json!([{"department_id": draft.brand}]);
    app.person("cmo").post("/v1/projects", body).await.expect(422).violates("/sides", "too_few_items");
    let list = app.admin().get("/v1/projects").await.expect(200);
    assert_eq!(list.body["data"], json!([]));
}

#[apply(both)]
async fn the_data_ownership_template_assigns_the_areas_to_the_sides(app: TestApp) {
    let departments = app.admin().get("/v1/departments").await.expect(200).body["data"].clone();
    let id = |key: &str| {
        let rows = departments.as_array().unwrap();
        rows.iter().find(|row| row["key"] == key).unwrap()["id"].clone()
    };
    let (mut body, _) = charter(&app).await;
    body.as_object_mut().unwrap().remove("areas");
    body["template"] = json!("data-ownership");
    app.person("cmo").post("/v1/projects", body.clone()).await.expect(422).violates("/template", "template_mismatch");
    body["sides"] = json!([
        {"department_id": id("marketing")}, {"department_id": id("it")}
    ]);
    let created = app.person("cmo").post("/v1/projects", body).await.expect(201);
    let charter = app.person("cmo").get(&format!("{}/charter", created.header("location"))).await.expect(200);
    let areas: Vec<_> = charter.body["content"]["areas"]
        .as_array()
        .unwrap()
        .iter()
        .map(|area| (area["key"].as_str().unwrap(), area["department_id"].clone()))
        .collect();
    let expected = [("data-processing", id("it")), ("data-policy", id("it")), ("customer-databases", id("marketing"))];
    assert_eq!(areas, expected);
}

#[apply(both)]
async fn people_see_their_projects_and_services_see_all(app: TestApp) {
    let project = draft(&app).await;
    let id = project.path.rsplit('/').next().unwrap().to_owned();
    let second = {
        let body = json!({
            "name": "Other", "purpose": "P", "starts_on": "2027-04-01", "ends_on": "2027-05-01",
            "sides": [{"department_id": project.brand}, {"department_id": project.platform}]
        });
        for login in ["lead", "stranger"] {
            person_without_position(&app, login).await;
        }
        // Lists are ordered by the time of creation.
        app.clock.advance(std::time::Duration::from_millis(1));
        app.person("lead").post("/v1/projects", body).await.expect(201)
    };
    let visible = async |client: Client, query: &str| {
        let list = client.get(&format!("/v1/projects{query}")).await.expect(200);
        let rows = list.body["data"].as_array().unwrap().clone();
        rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let both = [id.clone(), second.id()];
    // The head of a department sees every project in which it is a side.
    assert_eq!(visible(app.person("cio"), "").await, both);
    assert_eq!(visible(app.person("lead"), "").await, both[1..]);
    assert_eq!(visible(app.person("stranger"), "").await, both[..0]);
    assert_eq!(visible(app.admin(), "").await, both);
    assert_eq!(visible(app.caller("cio", ALL_SCOPES), "?mine=true").await, both);
    app.admin().get("/v1/projects?mine=true").await.refused(403, "person_unknown");
    assert_eq!(visible(app.service("reports", "projects:read"), "").await, both);
    assert_eq!(visible(app.admin(), &format!("?department_id={}", project.brand)).await, both);
    app.person("cmo").act(&project.at("cancel")).await.expect(200);
    assert_eq!(visible(app.admin(), "?state=cancelled").await, both[..1]);
    assert_eq!(visible(app.admin(), "?state=cancelled&state=draft").await, both);
    assert_eq!(visible(app.admin(), "?state=active").await, both[..0]);

    for path in [project.path.clone(), project.at("charter"), project.at("approvals"), project.at("readiness")] {
        app.person("stranger").get(&path).await.refused(404, "not_found");
        app.person("cio").get(&path).await.expect(200);
    }
    for verb in ["propose", "activate", "cancel"] {
        app.person("stranger").act(&project.at(verb)).await.refused(404, "not_found");
    }
    app.service("reports", "projects:read projects:write").act(&project.at("propose")).await.refused(403, "forbidden");
    let etag = project.etag(&app).await;
    app.person("cmo").request("GET", &project.path).header("If-None-Match", &etag).send().await.expect(304);
}

#[apply(both)]
async fn former_members_and_invitees_lose_access(app: TestApp) {
    let project = draft(&app).await;
    let invite = async |subject: &str, last: Value| {
        let member = person(&app, subject, &project.brand).await;
        let body = json!({"person_id": member, "department_id": project.brand, "project_role": "Steward",
                          "valid_to": last});
        app.person("cmo").post(&project.at("memberships"), body).await.expect(201).id()
    };
    let accepted = invite("mia", json!("2027-04-02")).await;
    app.person("mia").act(&format!("/v1/memberships/{accepted}/accept")).await.expect(200);
    invite("ivan", json!("2027-09-01")).await;
    let sees = async |subject: &str| {
        let status = app.person(subject).get(&project.path).await.status;
        let list = app.person(subject).get("/v1/projects").await.expect(200);
        assert_eq!(list.body["data"].as_array().unwrap().len(), usize::from(status == 200));
        status
    };
    assert_eq!((sees("mia").await, sees("ivan").await), (200, 200));
    app.clock.advance(std::time::Duration::from_secs(3 * 86_400));
    assert_eq!((sees("mia").await, sees("ivan").await), (404, 200));
    // An invitation expires after 14 days.
    app.clock.advance(std::time::Duration::from_secs(11 * 86_400));
    assert_eq!((sees("mia").await, sees("ivan").await), (404, 404));
}

#[apply(both)]
async fn a_cancelled_project_is_read_only(app: TestApp) {
    let project = draft(&app).await;
    let reason = json!({"reason": "Later."});
    let cancelled = app.person("cmo").post(&project.at("cancel"), reason).await.expect(200);
    assert_eq!(cancelled.body["state"], "cancelled");
    let cmo = app.person("cmo");
    for verb in ["propose", "activate", "cancel"] {
        let refused = cmo.act(&project.at(verb)).await.refused(409, "illegal_transition");
        assert_eq!(refused.body["state"], "cancelled");
        assert_eq!(refused.body["allowed"], json!([]));
    }
    let sponsor_path = project.at(&format!("sides/{}/sponsor", project.brand));
    cmo.put(&sponsor_path, "*", json!({"person_id": project.cmo})).await.refused(409, "illegal_transition");
    cmo.get(&project.at("charter")).await.expect(200);
}
