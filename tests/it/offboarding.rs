//! The import of people, their regular positions, the offboarding report and deactivation.

use super::support::desk;
use super::support::pair::{Pair, drain, member, text};
use super::support::team::{department, execute_sql, person};
use super::support::*;

/// Returns a draft with two sides, of which the first one has a sponsor.
fn new_project(first: &str, second: &str, sponsor: &str) -> Value {
    json!({
        "name": "One customer view", "purpose": "One truth about every customer.", "starts_on": "2027-05-01", "ends_on": "2027-12-01",
        "sides": [{"department_id": first, "sponsor_person_id": sponsor}, {"department_id": second}]
    })
}

#[apply(both)]
async fn an_import_creates_and_updates_people_and_is_idempotent(app: TestApp) {
    let (care, lab) = (department(&app, "care").await, department(&app, "lab").await);
    let admin = app.admin();
    let item = |name: &str, email: &str, home: &str, from: &str| {
        json!({"display_name": name, "email": email, "login": name,
               "home_position": {"department_id": home, "title": "Expert", "valid_from": from}})
    };
    let first = json!({"items": [item("eva", "Eva@example.com", &care, "2026-01-01"), item("jan", "jan@example.com", &lab, "2026-01-01")]});
    let outcomes = |reply: &Reply| -> Vec<String> {
        reply.body["data"].as_array().unwrap().iter().map(|one| text(&one["outcome"]).to_owned()).collect()
    };
    let added = admin.post("/v1/people/import", first.clone()).await.expect(200);
    assert_eq!(outcomes(&added), ["created", "created"]);
    app.drained_feed().await;
    let events = admin.get("/v1/events?limit=100").await.expect(200).body["last_sequence"].clone();
    let again = admin.post("/v1/people/import", first).await.expect(200);
    assert_eq!(outcomes(&again), ["unchanged", "unchanged"]);
    app.drained_feed().await;
    assert_eq!(admin.get("/v1/events?limit=100").await.expect(200).body["last_sequence"], events);

    // Eva moves: the previous position ends on the day on which the new one starts.
    let moved = json!({"items": [item("eva", "eva@example.com", &lab, "2027-05-01")]});
    assert_eq!(outcomes(&admin.post("/v1/people/import", moved).await.expect(200)), ["updated"]);
    let eva = added.body["data"][0]["person"]["id"].clone();
    for (day, home) in [("2027-04-30", &care), ("2027-05-01", &lab)] {
        let path = format!("/v1/people/{}/home-positions?as_of={day}", text(&eva));
        assert_eq!(admin.get(&path).await.expect(200).body["data"][0]["department_id"], json!(home), "{day}");
    }
    // With one invalid item, nothing is imported.
    let wrong = json!({"items": [
        item("new", "new@example.com", &lab, "2027-01-01"), item("eva", "jan@example.com", &lab, "2027-05-01"),
    ]});
    let refused = admin.post("/v1/people/import", wrong).await.refused(409, "conflict");
    assert_eq!(refused.violations(), [("/items/1/email".to_owned(), "ambiguous_person".to_owned())]);
    let twice = json!({"items": [item("a", "a@example.com", &lab, "2027-01-01"), item("b", "A@example.com", &lab, "2027-01-01")]});
    admin.post("/v1/people/import", twice).await.expect(422).violates("/items/1/email", "duplicate_item");
    assert_eq!(admin.get("/v1/people?login=new").await.expect(200).body["data"], json!([]));
}

#[apply(both)]
async fn parallel_imports_create_each_person_once(app: TestApp) {
    let (eva, jan) = (
        json!({"display_name": "Eva", "email": "eva@example.com"}),
        json!({"display_name": "Jan", "email": "jan@example.com"}),
    );
    let replies = at_once(20, |turn| {
        let items = if turn % 2 == 0 { [eva.clone(), jan.clone()] } else { [jan.clone(), eva.clone()] };
        let client = app.admin();
        async move { client.post("/v1/people/import", json!({"items": items})).await }
    })
    .await;
    assert_eq!(with_status(&replies, 200), 20);
    // The later imports find the people and change nothing.
    let outcomes =
        replies.iter().flat_map(|reply| reply.body["data"].as_array().unwrap()).map(|one| text(&one["outcome"]));
    let (created, others): (Vec<_>, Vec<_>) = outcomes.partition(|outcome| *outcome == "created");
    assert_eq!((created.len(), others), (2, vec!["unchanged"; 38]));
    assert_eq!(app.admin().get("/v1/people").await.expect(200).body["data"].as_array().unwrap().len(), 2);
}

#[apply(both)]
async fn the_offboarding_report_matches_the_single_queries(app: TestApp) {
    let pair = Pair::running(&app).await;
    let admin = app.admin();
    let report =
        async |person: &str| admin.get(&format!("/v1/people/{person}/offboarding-report")).await.expect(200).body;
    // Mia owns an area and is a member of the project.
    let mia = report(&pair.mia).await;
    let owned = admin.get(&format!("/v1/people/{}/assignments?responsibility=accountable", pair.mia)).await.expect(200);
    assert_eq!(
        mia["areas"].as_array().unwrap().iter().map(|one| one["assignment"].clone()).collect::<Vec<_>>(),
        *owned.body["data"].as_array().unwrap()
    );
    assert_eq!(mia["areas"][0]["possible_successors"], json!([pair.max]));
    assert_eq!(
        mia["memberships"],
        admin.get(&format!("/v1/people/{}/memberships", pair.mia)).await.expect(200).body["data"]
    );
    assert_eq!(mia["sponsor_roles"], json!([]));
    // The CIO is a sponsor, has an open approval, and has an assigned callback request.
    let spare = person(&app, "spare", &pair.platform).await;
    let requested = app.person("cmo").act(&pair.at("close")).await.expect(201).id();
    let request =
        json!({"full_name": "Alena", "phone": "601 123 456", "intent": "sales", "preference": {"kind": "asap"}});
    let callback = app.anonymous().post("/v1/callback-requests", request).await.expect(201).id();
    app.clock.set("2027-03-30T09:00:00Z".parse().unwrap());
    desk::agent(&app, "cio").await.act("/v1/callback-requests/next").await.expect(200);
    let cio = report(&pair.cio).await;
    assert_eq!(
        cio["sponsor_roles"],
        json!([{"project_id": pair.project, "department_id": pair.platform, "possible_successors": [spare]}])
    );
    assert_eq!(cio["approvals"], json!([requested]));
    assert_eq!(cio["callback_requests"], json!([callback]));
    assert_eq!((&cio["areas"], &cio["memberships"]), (&json!([]), &json!([])));
    app.person("mia").get(&format!("/v1/people/{}/offboarding-report", pair.cio)).await.refused(403, "forbidden");
}

#[apply(both)]
async fn twenty_successors_are_listed_although_others_come_before_them(app: TestApp) {
    let pair = Pair::running(&app).await;
    // In the order of the list before those who are free.
    for subject in ["ann", "bob", "carl"] {
        member(&app, &pair.project, subject, &pair.platform).await;
    }
    let mut free = Vec::new();
    for number in 1..=22 {
        free.push(person(&app, &format!("spare-{number}"), &pair.platform).await);
    }
    let report = app.admin().get(&format!("/v1/people/{}/offboarding-report", pair.cio)).await.expect(200).body;
    assert_eq!(report["sponsor_roles"][0]["possible_successors"], json!(free[..20]));
}

/// Returns the items of a list that match, as the report has them.
fn matching(list: &Value, matches: impl Fn(&Value) -> bool) -> Value {
    list["data"].as_array().unwrap().iter().filter(|one| matches(one)).cloned().collect()
}

#[apply(both)]
async fn the_report_equals_the_union_of_the_single_queries(app: TestApp) {
    let pair = Pair::running(&app).await;
    let admin = app.admin();
    let cmo = app.person("cmo");
    // Mia leads the project, heads her department, manages Max, is an agent, is responsible and consulted, is a
    // delegate, has a transfer offered to and by her, has asked a question, and is to decide another one.
    admin.patch(&format!("/v1/departments/{}", pair.brand), "*", json!({"head_person_id": pair.mia})).await.expect(200);
    let homes = admin.get(&format!("/v1/people/{}/home-positions", pair.max)).await.expect(200);
    let home = text(&homes.body["data"][0]["id"]).to_owned();
    execute_sql(
        &app,
        vec![format!("UPDATE home_positions SET manager_person_id = '{}' WHERE id = '{home}'", pair.mia)],
    )
    .await
    .unwrap();
    let agent = desk::agent_id(&app, "mia").await;
    for (sponsor, area, responsibility) in
        [("cio", &pair.policy, "consulted"), ("cio", &pair.policy, "informed"), ("cmo", &pair.databases, "responsible")]
    {
        let body = json!({"person_id": pair.mia, "responsibility": responsibility});
        app.person(sponsor).post(&format!("/v1/areas/{area}/assignments"), body).await.expect(201);
    }
    let offer = json!({"to_person_id": pair.max});
    app.person("mia").post(&format!("/v1/areas/{}/transfers", pair.databases), offer).await.expect(201);
    let delegation = json!({"delegate_person_id": pair.mia, "valid_from": "2027-03-30", "valid_to": "2027-05-01"});
    cmo.post(&pair.at(&format!("sides/{}/delegations", pair.brand)), delegation).await.expect(201);
    let question = json!({"question": "Shall we?", "due_at": "2027-05-01T08:00:00Z"});
    app.person("mia").post(&pair.at("decisions"), question).await.expect(201);
    app.person("cio").act(&pair.at("close")).await.expect(201);
    // A delegate does not become the lead over HTTP.
    execute_sql(
        &app,
        vec![format!("UPDATE projects SET lead_person_id = '{}' WHERE id = '{}'", pair.mia, pair.project)],
    )
    .await
    .unwrap();

    let read = async |path: String| admin.get(&path).await.expect(200).body;
    for person in [&pair.mia, &pair.max, &pair.cmo, &pair.cio, &pair.ivan] {
        let report = read(format!("/v1/people/{person}/offboarding-report")).await;
        let is = |value: &Value| *value == json!(person);
        let is_open = |transfer: &Value| ["offered", "accepted"].contains(&text(&transfer["state"]));
        let project = read(format!("/v1/projects/{}", pair.project)).await;
        let sides = project["sides"].as_array().unwrap();
        let sponsored: Vec<_> = sides.iter().filter(|side| is(&side["sponsor_person_id"])).collect();
        let ids = |list: Value| list.as_array().unwrap().iter().map(|one| one["id"].clone()).collect::<Value>();
        assert_eq!(report["sponsor_roles"].as_array().unwrap().len(), sponsored.len());
        for (role, side) in report["sponsor_roles"].as_array().unwrap().iter().zip(sponsored) {
            assert_eq!(role["department_id"], side["department_id"]);
        }
        let led = if is(&project["lead_person_id"]) { json!([pair.project]) } else { json!([]) };
        assert_eq!(report["projects_led"], led);
        let delegations = read(pair.at("delegations")).await;
        assert_eq!(report["delegations_given"], matching(&delegations, |one| is(&one["sponsor_person_id"])));
        assert_eq!(report["delegations_received"], matching(&delegations, |one| is(&one["delegate_person_id"])));
        let owned = read(format!("/v1/people/{person}/assignments?limit=100")).await;
        let areas: Value = report["areas"].as_array().unwrap().iter().map(|one| one["assignment"].clone()).collect();
        assert_eq!(areas, owned["data"]);
        let transfers = read(pair.at("transfers?limit=100")).await;
        let named = |one: &Value| ["from_person_id", "to_person_id", "offered_by"].iter().any(|name| is(&one[*name]));
        assert_eq!(report["transfers"], matching(&transfers, |one| is_open(one) && named(one)));
        let approvals = read(pair.at("approvals?state=open&limit=100")).await;
        assert_eq!(report["approvals_requested"], ids(matching(&approvals, |one| is(&one["requested_by"]))));
        let decisions = read(pair.at("decisions?limit=100")).await;
        let undecided = |one: &Value| ["open", "deadlocked", "escalated"].contains(&text(&one["state"]));
        assert_eq!(
            report["decisions_raised"],
            ids(matching(&decisions, |one| undecided(one) && is(&one["raised_by"])))
        );
        let departments = read("/v1/departments?limit=100".to_owned()).await;
        let headed = ids(matching(&departments, |one| is(&one["head_person_id"])));
        let found: Value =
            report["departments_headed"].as_array().unwrap().iter().map(|one| one["department_id"].clone()).collect();
        assert_eq!(found, headed);
        let agents = read("/v1/agents?limit=100".to_owned()).await;
        let own = ids(matching(&agents, |one| is(&one["person_id"])));
        assert_eq!(report["agent_id"], own.get(0).cloned().unwrap_or_default());
        assert_eq!(report["memberships"], read(format!("/v1/people/{person}/memberships")).await["data"]);
    }
    // The lists without a query of their own; and no list that was compared is empty for Mia.
    let mia = read(format!("/v1/people/{}/offboarding-report", pair.mia)).await;
    assert_eq!((&mia["people_managed"], &mia["agent_id"]), (&json!([pair.max]), &json!(agent)));
    assert_eq!(mia["approvals_as_delegate"].as_array().unwrap().len(), 2, "{mia}");
    assert_eq!(mia["areas"].as_array().unwrap().len(), 4);
    for list in
        ["projects_led", "delegations_received", "transfers", "decisions_raised", "departments_headed", "memberships"]
    {
        assert_eq!(mia[list].as_array().unwrap().len(), 1, "{list}");
    }
}

#[apply(both)]
async fn deactivation_reassigns_nothing_but_is_visible_everywhere(app: TestApp) {
    let pair = Pair::running(&app).await;
    let admin = app.admin();
    let reason = json!({"reason": "A new job."});
    admin.post(&format!("/v1/people/{}/deactivate", pair.mia), reason.clone()).await.expect(200);
    admin.post(&format!("/v1/people/{}/deactivate", pair.mia), reason.clone()).await.refused(409, "illegal_transition");
    let membership = pair.membership(&app, &pair.mia).await;
    assert_eq!((&membership["state"], &membership["valid_to"]), (&json!("left_organisation"), &json!("2027-03-30")));
    // She still owns the area, and coverage reports that she is not a member.
    assert_eq!(pair.owner(&app, &pair.databases, "2027-05-01").await, json!(pair.mia));
    let coverage = app.person("cmo").get(&pair.at("ownership/coverage")).await.expect(200);
    assert_eq!(
        coverage.body["areas"][0]["orphans"],
        json!([{"person_id": pair.mia, "starts_on": "2027-03-30", "ends_on": "2027-12-01"}])
    );
    // Her token no longer gives access to anything.
    app.person("mia").get(&pair.at("areas")).await.refused(401, "person_deactivated");
    app.person("mia").get("/v1/me").await.refused(401, "person_deactivated");
    drain(&app).await;
    assert!(pair.read(&app).await["parity_breached_at"].is_string());

    admin.post(&format!("/v1/people/{}/deactivate", pair.cio), reason.clone()).await.expect(200);
    let side = pair.read(&app).await["sides"][1].clone();
    assert_eq!((&side["sponsor_person_id"], side["vacant_since"].is_string()), (&json!(pair.cio), true));
    let question = json!({"question": "Shall we?", "due_at": "2027-04-12T08:00:00Z"});
    app.person("cmo").post(&pair.at("decisions"), question).await.refused(409, "not_ready");
    admin.post(&format!("/v1/people/{}/reactivate", pair.cio), reason).await.expect(200);
    assert_eq!(pair.read(&app).await["sides"][1]["vacant_since"], Value::Null);
    app.person("cmo").act(&pair.at("close")).await.expect(201);
}

#[apply(both)]
async fn a_deactivated_person_cannot_become_sponsor_or_lead(app: TestApp) {
    let (care, lab) = (department(&app, "care").await, department(&app, "lab").await);
    let gone = person(&app, "gone", &care).await;
    let admin = app.admin();
    admin.post(&format!("/v1/people/{gone}/deactivate"), json!({"reason": "A new job."})).await.expect(200);
    let mut project = new_project(&care, &lab, &gone);
    project["lead_person_id"] = json!(gone);
    let refused = admin.post("/v1/projects", project).await.refused(422, "validation_failed");
    let places = ["/sides/0/sponsor_person_id", "/lead_person_id"]
        .map(|place| (place.to_owned(), "person_deactivated".to_owned()));
    assert_eq!(refused.violations(), places);
}

#[apply(both)]
async fn people_who_share_projects_are_deactivated_in_parallel(app: TestApp) {
    let (care, lab) = (department(&app, "care").await, department(&app, "lab").await);
    let admin = app.admin();
    let (mut people, mut projects) = (Vec::new(), Vec::new());
    for pair in 0..6 {
        let pair = [person(&app, &format!("{pair}-a"), &care).await, person(&app, &format!("{pair}-b"), &care).await];
        // Each of the two is the sponsor of a project to which the other one is invited.
        for sponsor in &pair {
            projects.push(admin.post("/v1/projects", new_project(&care, &lab, sponsor)).await.expect(201).id());
        }
        people.extend(pair);
    }
    let mut invitations = Vec::new();
    for (number, project) in projects.iter().enumerate() {
        let guest = number ^ 1;
        let body = json!({"person_id": people[guest], "department_id": care, "project_role": "Data steward"});
        let sponsor = format!("{}-{}", number / 2, ["a", "b"][number % 2]);
        let path = |rest: &str| format!("/v1/projects/{project}/{rest}");
        let sponsor = app.person(&sponsor);
        sponsor.act(&path(&format!("sides/{care}/sponsor/accept"))).await.expect(200);
        let reason = json!({"reason": "The department has no head."});
        admin.post(&path(&format!("sides/{care}/sponsor/confirm")), reason).await.expect(200);
        let invited = sponsor.post(&path("memberships"), body).await.expect(201);
        invitations.push((["a", "b"][guest % 2], guest / 2, invited.id()));
    }
    let replies = at_once(36, |turn| {
        let (number, kind) = (turn / 3, turn % 3);
        let (letter, pair, invitation) = &invitations[number];
        let request = match kind {
            0 => {
                app.person(&format!("{pair}-{letter}")).request("POST", &format!("/v1/memberships/{invitation}/accept"))
            }
            1 => {
                let assignment =
                    app.admin().request("PUT", &format!("/v1/projects/{}/sides/{lab}/sponsor", projects[number]));
                assignment.header("If-Match", "*").json(json!({"person_id": people[(number + 2) % 12]}))
            }
            _ => app
                .admin()
                .request("POST", &format!("/v1/people/{}/deactivate", people[number]))
                .json(json!({"reason": "A new job."})),
        };
        async move { request.send().await }
    })
    .await;
    for (turn, reply) in replies.iter().enumerate() {
        // Accepting an invitation or becoming a sponsor is rejected after the deactivation.
        let expected: &[u16] = if turn % 3 == 2 { &[200] } else { &[200, 401, 403, 404, 409, 412, 422] };
        assert!(expected.contains(&reply.status), "{turn}: {} {}", reply.status, reply.body);
    }
    // Some of the others are in time.
    assert!(replies.iter().enumerate().any(|(turn, reply)| turn % 3 != 2 && reply.status == 200));
    for project in &projects {
        let sides = admin.get(&format!("/v1/projects/{project}")).await.expect(200).body["sides"].clone();
        assert!(
            sides
                .as_array()
                .unwrap()
                .iter()
                .all(|side| side["sponsor_person_id"].is_null() || side["vacant_since"].is_string()),
            "{sides}"
        );
        let team = admin.get(&format!("/v1/projects/{project}/memberships")).await.expect(200);
        assert!(
            team.body["data"]
                .as_array()
                .unwrap()
                .iter()
                .all(|one| ["withdrawn", "left_organisation"].contains(&text(&one["state"]))),
            "{}",
            team.body
        );
    }
}
