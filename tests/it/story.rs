//! The whole story over HTTP: two departments set up a project together, and a visitor is called back.

use std::time::Duration;

use entente::app::worker::{self, Parts};

use super::support::receiver::{Received, Receiver};
use super::support::team::{accept_as, head};
use super::support::*;

/// The result of the story.
pub struct Story {
    pub project: String,
    pub callback: String,
    pub secret: String,
    pub received: Vec<Received>,
}

async fn employ(app: &TestApp, subject: &str, department: &str, title: &str) -> String {
    let body = json!({"display_name": subject, "email": format!("{subject}@example.com"), "login": subject});
    let person = app.admin().post("/v1/people", body).await.expect(201).id();
    let position =
        json!({"department_id": department, "title": title, "manager_person_id": person, "valid_from": "2020-01-01"});
    app.admin().post(&format!("/v1/people/{person}/home-positions"), position).await.expect(201);
    person
}

async fn department(app: &TestApp, key: &str) -> String {
    let found = app.admin().get(&format!("/v1/departments?key={key}")).await.expect(200);
    found.body["data"][0]["id"].as_str().unwrap().to_owned()
}

/// Runs the whole story and checks every step.
pub async fn run(app: &TestApp) -> Story {
    let mut receiver = Receiver::start();
    let endpoint = app.admin().post("/v1/webhook-endpoints", json!({"url": receiver.url})).await.expect(201);
    let secret = endpoint.body["secret"].as_str().unwrap().to_owned();

    let project = activate_a_project(app).await;
    let callback = call_a_visitor(app).await;

    worker::drain(&Parts::of(&app.context)).await.unwrap();
    Story { project, callback, secret, received: receiver.received() }
}

async fn activate_a_project(app: &TestApp) -> String {
    let (marketing, it) = (department(app, "marketing").await, department(app, "it").await);
    let cmo = employ(app, "cmo", &marketing, "CMO").await;
    let cio = employ(app, "cio", &it, "CIO").await;
    head(app, &marketing, &cmo).await;
    head(app, &it, &cio).await;
    let team = ["m1", "m2", "m3", "i1", "i2", "i3"];
    let mut people = Vec::new();
    for subject in team {
        let side = if subject.starts_with('m') { &marketing } else { &it };
        people.push(employ(app, subject, side, "Specialist").await);
    }

    // A draft with goals, milestones and the areas of the template.
    let draft = json!({
        "name": "One view of the customer",
        "purpose": "Find out together what customers need.",
        "starts_on": "2027-03-30",
        "ends_on": "2027-12-31",
        "sides": [
            {"department_id": marketing, "sponsor_person_id": cmo},
            {"department_id": it, "sponsor_person_id": cio}
        ],
        "goals": [{"statement": "Respond sooner", "metric": "Median time", "unit": "hours", "baseline": 26, "target": 4, "due_on": "2027-11-30"}],
        "milestones": [{"name": "One customer database", "due_on": "2027-06-30"}],
        "template": "data-ownership"
    });
    let project = app.person("cmo").post("/v1/projects", draft).await.expect(201);
    assert_eq!(project.body["state"], "draft");
    let project = project.id();
    accept_as(app, "cio", &project, &it).await.expect(200);
    let path = |rest: &str| format!("/v1/projects/{project}{rest}");

    // Three people of each side are invited by its sponsor and accept; they report to both sponsors.
    let items: Vec<Value> = people
        .iter()
        .zip(team)
        .map(|(person, subject)| json!({"person_id": person, "department_id": if subject.starts_with('m') { &marketing } else { &it }, "project_role": "Expert"}))
        .collect();
    let mut invited = Vec::new();
    for (sponsor, items) in [("cmo", &items[..3]), ("cio", &items[3..])] {
        let batch = json!({"items": items});
        let sent = app.person(sponsor).post(&path("/memberships/batch-invite"), batch).await.expect(201);
        invited.extend(sent.body["data"].as_array().unwrap().clone());
    }
    for (membership, subject) in invited.iter().zip(team) {
        let accept = format!("/v1/memberships/{}/accept", membership["id"].as_str().unwrap());
        app.person("cio").act(&accept).await.refused(403, "forbidden");
        let accepted = app.person(subject).act(&accept).await.expect(200);
        assert_eq!(accepted.body["answers_to"].as_array().unwrap().len(), 2);
        assert_eq!(accepted.body["home"]["title"], "Specialist");
    }

    // The project cannot be activated while there are blockers.
    app.person("cmo").act(&path("/propose")).await.expect(200);
    let early = app.person("cmo").act(&path("/activate")).await.refused(409, "not_ready");
    assert!(early.body["blockers"].as_array().unwrap().iter().any(|blocker| blocker["code"] == "ownership_gap"));

    // Every area gets exactly one owner, from the side that owns it.
    let areas = app.person("cio").get(&path("/areas")).await.expect(200);
    for area in areas.body["data"].as_array().unwrap() {
        let (owner, sponsor) =
            if area["department_id"] == json!(marketing) { (&people[0], "cmo") } else { (&people[3], "cio") };
        let body = json!({"person_id": owner, "responsibility": "accountable"});
        app.person(sponsor)
            .post(&format!("/v1/areas/{}/assignments", area["id"].as_str().unwrap()), body)
            .await
            .expect(201);
    }
    let coverage = app.person("m1").get(&path("/ownership/coverage")).await.expect(200);
    assert_eq!(coverage.body["complete"], true);

    // Both sides sign the same charter.
    let open = app.person("cio").get(&path("/approvals?kind=charter&state=open")).await.expect(200);
    let approval = &open.body["data"][0];
    let responses = format!("/v1/approvals/{}/responses", approval["id"].as_str().unwrap());
    let approve = json!({"response": "approve", "sha256": approval["sha256"]});
    for sponsor in ["cmo", "cio"] {
        app.person(sponsor).post(&responses, approve.clone()).await.expect(200);
    }
    app.person("m1").post(&responses, approve).await.refused(403, "forbidden");
    assert_eq!(app.person("cio").get(&path("/readiness")).await.expect(200).body["blockers"], json!([]));
    assert_eq!(app.person("cio").act(&path("/activate")).await.expect(200).body["state"], "active");
    app.person("stranger").get(&path("")).await.refused(403, "person_unknown");
    project
}

async fn call_a_visitor(app: &TestApp) -> String {
    let slots = app.anonymous().get("/v1/slots").await.expect(200);
    assert!(!slots.body["data"].as_array().unwrap().is_empty());
    let request = json!({
        "full_name": "Alena Procházková", "phone": "601 123 456", "intent": "sales",
        "preference": {"kind": "slot", "window": "10:00-11:00"}
    });
    let booked = app.anonymous().post("/v1/callback-requests", request).await.expect(201);
    assert_eq!(
        booked.body["confirmation"],
        "Děkujeme. Jeden z našich odborníků vám zavolá v úterý 30. března 2027 mezi 10:00 a 11:00 (pražského času) na číslo +420 601 123 456. Na shledanou."
    );
    app.clock.set("2027-03-30T08:00:00Z".parse().unwrap());
    let agent = super::support::desk::agent(app, "agent").await;
    let claimed = agent.act("/v1/callback-requests/next").await.expect(200);
    assert_eq!(claimed.body["id"], booked.body["id"]);
    app.clock.advance(Duration::from_secs(60));
    let path = format!("/v1/callback-requests/{}", booked.id());
    super::support::desk::call(&agent, &booked, "reached").await;
    assert_eq!(agent.get(&path).await.expect(200).body["state"], "completed");
    booked.id()
}

#[apply(both)]
async fn the_story_is_complete_in_the_feed_and_in_webhooks(app: TestApp) {
    let story = run(&app).await;

    // The feed contains all events, in order and without gaps.
    let mut feed = Vec::new();
    loop {
        let after = feed.len();
        let page = app.admin().get(&format!("/v1/events?after={after}&limit=50")).await.expect(200);
        let events = page.body["data"].as_array().unwrap().clone();
        if events.is_empty() {
            break;
        }
        feed.extend(events);
    }
    let sequences: Vec<u64> = feed.iter().map(|event| event["sequence"].as_u64().unwrap()).collect();
    assert_eq!(sequences, (1..=feed.len() as u64).collect::<Vec<_>>());
    let about = |subject: &str| -> Vec<String> {
        feed.iter()
            .filter(|event| event["subject"] == subject)
            .map(|event| event["type"].as_str().unwrap().to_owned())
            .collect()
    };
    let project = about(&story.project);
    assert_eq!(project.first().map(String::as_str), Some("project.created"));
    assert_eq!(project.last().map(String::as_str), Some("project.activated"));
    assert_eq!(about(&story.callback).last().map(String::as_str), Some("callback_request.completed"));

    // Every event was also delivered as a webhook, once, identical and signed: the endpoint was created first.
    let delivered: Vec<Value> = story.received.iter().map(Received::body).collect();
    assert_eq!(delivered.len(), feed.len());
    for event in &feed {
        assert_eq!(delivered.iter().filter(|body| body["id"] == event["id"]).collect::<Vec<_>>(), [event]);
    }
    for received in &story.received {
        assert_eq!(received.header("webhook-signature"), received.signature(&story.secret));
    }

    // Events contain no names and no telephone numbers.
    let everything = format!("{feed:?}");
    assert!(!everything.contains("601123456") && !everything.contains("Procházková"));
}
