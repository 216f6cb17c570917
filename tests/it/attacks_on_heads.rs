//! Attacks through the office: a successor who never accepts, and changes of the head of a department, after which
//! another side would name the sponsor.

use super::attacks_on_sponsors::{attackers, make_head};
use super::support::pair::{Pair, charter, drain, text};
use super::support::team::{department, person, person_without_position};
use super::support::*;

/// A sponsor names a friend who never accepts, so that the other side can ask for nothing.
#[apply(both)]
async fn a_successor_who_never_accepts_does_not_stop_a_project(app: TestApp) {
    let pair = Pair::running(&app).await;
    let friend = person(&app, "friend", &pair.brand).await;
    let sponsor = pair.at(&format!("sides/{}/sponsor", pair.brand));
    for attacker in attackers(&app, "cmo") {
        let named = attacker.put(&sponsor, "*", json!({"person_id": friend})).await.expect(200).body;
        let side = &named["sides"][0];
        assert_eq!((&side["sponsor_person_id"], &side["sponsor_state"]), (&json!(pair.cmo), &json!("in_office")));
        assert_eq!((&side["successor_person_id"], &side["vacant_since"]), (&json!(friend), &Value::Null));
    }
    // The successor can read the project, and has no rights.
    app.person("friend").get(&pair.at("charter")).await.expect(200);
    app.person("friend").act(&pair.at("close")).await.refused(403, "forbidden");
    // The other side still asks, and the sponsor in office has to respond.
    let close = app.person("cio").act(&pair.at("close")).await.expect(201).body;
    assert_eq!(close["waiting_for"], json!([pair.brand]));
    app.clock.set("2027-04-20T08:00:00Z".parse().unwrap());
    drain(&app).await;
    assert_eq!(pair.state(&app).await, "active");
    // Naming the sponsor in office withdraws the proposal; so does the person who is proposed.
    app.person("cmo").put(&sponsor, "*", json!({"person_id": pair.cmo})).await.expect(200);
    assert_eq!(pair.read(&app).await["sides"][0]["successor_person_id"], Value::Null);
    app.person("cmo").put(&sponsor, "*", json!({"person_id": friend})).await.expect(200);
    app.person("friend").act(&format!("{sponsor}/decline")).await.expect(200);
    assert_eq!(pair.read(&app).await["sides"][0]["successor_person_id"], Value::Null);
    app.person("friend").act(&format!("{sponsor}/accept")).await.expect(404);
    app.person("cmo").put(&sponsor, "*", json!({"person_id": friend})).await.expect(200);
    app.person("friend").act(&format!("{sponsor}/accept")).await.expect(200);
    let side =
        app.person("cio").get(&format!("/v1/projects/{}", pair.project)).await.expect(200).body["sides"][0].clone();
    assert_eq!((&side["sponsor_person_id"], &side["successor_person_id"]), (&json!(friend), &Value::Null));
    app.person("cmo").post(&pair.at("hold"), json!({"reason": "x"})).await.refused(403, "forbidden");
}

#[apply(both)]
async fn parallel_responses_of_a_successor_leave_one_sponsor(app: TestApp) {
    let pair = Pair::running(&app).await;
    let friend = person(&app, "friend", &pair.platform).await;
    let sponsor = pair.at(&format!("sides/{}/sponsor", pair.platform));
    app.person("cio").put(&sponsor, "*", json!({"person_id": friend})).await.expect(200);
    let replies = at_once(20, |number| {
        let (successor, cio, sponsor) = (app.person("friend"), app.person("cio"), sponsor.clone());
        let same = json!({"person_id": friend});
        async move {
            match number % 3 {
                0 => successor.act(&format!("{sponsor}/accept")).await,
                1 => cio.put(&sponsor, "*", same).await,
                _ => cio.act(&format!("{sponsor}/confirm")).await,
            }
        }
    });
    for reply in replies.await {
        assert!(matches!(reply.status, 200 | 403 | 404 | 409), "{}", reply.text);
    }
    let side = pair.read(&app).await["sides"][1].clone();
    assert_eq!((&side["sponsor_person_id"], &side["sponsor_state"]), (&json!(friend), &json!("in_office")));
    assert_eq!(side["successor_person_id"], Value::Null);
}

/// An administrator without a part in the project removes or replaces the head, or gives the head another login, and
/// then confirms a friend as the sponsor of the other side.
#[apply(both)]
async fn no_administrator_names_a_sponsor_right_after_the_head_has_changed(app: TestApp) {
    let pair = Pair::running(&app).await;
    let friend = person(&app, "friend", &pair.platform).await;
    let boss = person(&app, "boss", &pair.platform).await;
    let sponsor = pair.at(&format!("sides/{}/sponsor", pair.platform));
    let reason = json!({"reason": "The department has no head."});
    let nine_days = std::time::Duration::from_secs(9 * 24 * 3600);
    let login = |login: &str| json!({"login": login});
    for change in 0..5 {
        match change {
            0 => make_head(&app, &pair.platform, Some(&boss)).await,
            1 => make_head(&app, &pair.platform, None).await,
            2 => make_head(&app, &pair.platform, Some(&pair.cmo)).await,
            3 => {
                make_head(&app, &pair.platform, Some(&boss)).await;
                app.clock.advance(nine_days);
                app.admin().patch(&format!("/v1/people/{boss}"), "*", login("other-boss")).await.expect(200);
            }
            _ => {
                let left = json!({"reason": "A new job."});
                app.admin().post(&format!("/v1/people/{boss}/deactivate"), left).await.expect(200);
            }
        }
        app.admin().put(&sponsor, "*", json!({"person_id": friend})).await.refused(409, "conflict");
        // Also with a vacant role, for which anyone who may propose names the friend.
        let confirmed = app.admin().post(&format!("{sponsor}/confirm"), reason.clone()).await;
        assert!([200, 409].contains(&confirmed.status), "{change}: {}", confirmed.text);
        let side = pair.read(&app).await["sides"][1].clone();
        assert_eq!((&side["sponsor_person_id"], &side["successor_person_id"]), (&json!(pair.cio), &Value::Null));
        app.clock.advance(nine_days);
    }
    let left = json!({"reason": "The sponsor does not respond."});
    make_head(&app, &pair.platform, Some(&pair.ivan)).await;
    app.admin().post(&format!("{sponsor}/remove"), left).await.expect(200);
    app.admin().put(&sponsor, "*", json!({"person_id": friend})).await.expect(200);
    app.person("friend").act(&format!("{sponsor}/accept")).await.expect(200);
    app.admin().post(&format!("{sponsor}/confirm"), reason).await.refused(409, "conflict");
}

/// The wait that a change has begun does not become shorter by a change of the calendar, which all running projects
/// record.
#[apply(both)]
async fn the_calendar_does_not_shorten_the_wait_of_a_new_head(app: TestApp) {
    let pair = Pair::running(&app).await;
    let boss = person(&app, "boss", &pair.platform).await;
    let friend = person(&app, "friend", &pair.platform).await;
    app.clock.set("2027-04-01T08:00:00Z".parse().unwrap());
    make_head(&app, &pair.platform, Some(&boss)).await;
    let sponsor = pair.at(&format!("sides/{}/sponsor", pair.platform));
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let hours = days.map(|day| json!({"weekday": day, "opens": "10:00", "closes": "17:00"}));
    let every_day = json!({"opening_hours": hours});
    app.admin().patch("/v1/calendars/default", "*", every_day).await.expect(200);
    // After a weekend, three business days have passed by the new calendar, and one by the one before.
    app.clock.set("2027-04-05T08:00:00Z".parse().unwrap());
    app.person("boss").put(&sponsor, "*", json!({"person_id": friend})).await.refused(409, "conflict");
    let trail = app.admin().get(&format!("/v1/audit-entries?subject={}&limit=100", pair.project)).await.expect(200);
    let entries = trail.body["data"].as_array().unwrap();
    let notice = entries.iter().find(|entry| entry["action"] == "project.calendar_changed").unwrap();
    assert_eq!(notice["after"]["event"], "calendar.updated");
}

/// Everyone through whom a side could act for another is watched, not only sponsors.
#[apply(both)]
async fn a_change_of_the_login_is_announced_for_every_role(app: TestApp) {
    let pair = Pair::with_panel(&app, &["ada"]).await;
    let ada = app.admin().get("/v1/people?login=ada").await.expect(200).body["data"][0]["id"].clone();
    let deputy = person(&app, "deputy", &pair.brand).await;
    let days = json!({"delegate_person_id": deputy, "valid_from": "2027-03-30", "valid_to": "2027-04-05"});
    app.person("cmo").post(&pair.at(&format!("sides/{}/delegations", pair.brand)), days).await.expect(201);
    make_head(&app, &pair.platform, Some(&pair.ivan)).await;
    let people = [
        (text(&ada), "panel"),
        (deputy.as_str(), "delegate"),
        (pair.cio.as_str(), "sponsor"),
        (pair.ivan.as_str(), "head"),
    ];
    for (person, role) in people {
        let path = format!("/v1/people/{person}");
        app.admin().patch(&path, "*", json!({"login": format!("other-{role}")})).await.expect(200);
        app.admin().patch(&path, "*", json!({"tokens_not_before": "2027-03-30T06:00:00Z"})).await.expect(200);
        let reason = json!({"reason": "Left."});
        app.admin().post(&format!("{path}/deactivate"), reason.clone()).await.expect(200);
        app.admin().post(&format!("{path}/reactivate"), reason).await.expect(200);
        let query = format!("/v1/audit-entries?subject={}&limit=100", pair.project);
        let trail = app.admin().get(&query).await.expect(200).body["data"].clone();
        let found =
            trail.as_array().unwrap().iter().filter(|entry| {
                entry["action"] == "sponsor.directory_changed" && entry["after"]["person_id"] == person
            });
        let mut changes: Vec<_> = found
            .filter(|entry| entry["after"]["change"] != "head")
            .map(|entry| (text(&entry["after"]["role"]).to_owned(), text(&entry["after"]["change"]).to_owned()))
            .collect();
        changes.sort();
        let expected =
            ["deactivated", "login", "reactivated", "tokens"].map(|change| (role.to_owned(), change.to_owned()));
        assert_eq!(changes, expected);
    }
}

/// The panel of the newest charter counts before the activation, and that of the charter in force from then on.
#[apply(both)]
async fn a_change_of_an_arbiter_is_announced_for_the_panel_that_counts(app: TestApp) {
    let (ada, bob) = (person_without_position(&app, "ada").await, person_without_position(&app, "bob").await);
    let pair = Pair::prepared_with(&app, json!({"panel": [ada]})).await;
    let announced = async |login: &str| {
        for person in [&ada, &bob] {
            let changed = json!({"login": format!("{login}-{person}")});
            app.admin().patch(&format!("/v1/people/{person}"), "*", changed).await.expect(200);
        }
        let query = format!("/v1/audit-entries?subject={}&limit=100", pair.project);
        let trail = app.admin().get(&query).await.expect(200).body["data"].clone();
        let count = |person: &String| {
            let of = |entry: &&Value| {
                entry["action"] == "sponsor.directory_changed" && entry["after"]["person_id"] == json!(person)
            };
            trail.as_array().unwrap().iter().filter(of).count()
        };
        (count(&ada), count(&bob))
    };
    assert_eq!(announced("draft").await, (1, 0));
    app.person("cmo").act(&pair.at("propose")).await.expect(200);
    pair.approve_by_both(&app, &pair.open(&app, "charter").await).await;
    app.person("cio").act(&pair.at("activate")).await.expect(200);
    let mut amended = app.person("cmo").get(&pair.at("charter")).await.expect(200).body["content"].clone();
    amended.as_object_mut().unwrap().remove("sides");
    amended["panel"] = json!([bob]);
    app.person("cmo").put(&pair.at("charter"), "*", amended).await.expect(200);
    // The amendment of one side changes nothing yet.
    assert_eq!(announced("asked").await, (2, 0));
    pair.approve_by_both(&app, &pair.open(&app, "charter").await).await;
    assert_eq!(announced("signed").await, (2, 1));
}

/// Setting up the directory takes no rights away: while its first head waits, an administrator confirms as before.
#[apply(both)]
async fn an_administrator_confirms_while_the_first_head_waits(app: TestApp) {
    let (care, lab) = (department(&app, "care").await, department(&app, "lab").await);
    let (ann, bob) = (person(&app, "ann", &care).await, person(&app, "bob", &lab).await);
    make_head(&app, &care, Some(&ann)).await;
    let body = charter(&care, &lab, &ann, &bob);
    let project = app.person("ann").post("/v1/projects", body).await.expect(201).id();
    let confirm = format!("/v1/projects/{project}/sides/{care}/sponsor/confirm");
    app.person("ann").act(&confirm).await.refused(409, "conflict");
    app.admin().post(&confirm, json!({"reason": "The head is new."})).await.expect(200);
    // Another head is not the first one.
    make_head(&app, &lab, Some(&bob)).await;
    make_head(&app, &lab, None).await;
    let confirm = format!("/v1/projects/{project}/sides/{lab}/sponsor/confirm");
    app.person("bob").act(&format!("/v1/projects/{project}/sides/{lab}/sponsor/accept")).await.expect(200);
    app.admin().post(&confirm, json!({"reason": "There is no head."})).await.refused(409, "conflict");
}
