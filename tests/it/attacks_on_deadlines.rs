//! Attacks on the rule that no side forces a decision or shortens a deadline that runs. The attacker is the sponsor of
//! the first side, once with every scope but `admin`, and once as an administrator.

use super::attacks_arbitration::{arbiter, raise, read};
use super::attacks_on_sponsors::{attackers, forbidden};
use super::support::pair::{Pair, drain, respond, text};
use super::support::*;

#[apply(both)]
async fn no_side_forces_a_decision(app: TestApp) {
    let pair = Pair::with_panel(&app, &["ada"]).await;
    let question = json!({"question": "Do we buy it?", "due_at": "2027-04-12T08:00:00Z"});
    let raised = app.person("cmo").post(&pair.at("decisions"), question).await.expect(201).body;
    let path = format!("/v1/decisions/{}", text(&raised["decision"]["id"]));
    let approval = format!("/v1/approvals/{}", text(&raised["approval_id"]));
    let asked = read(&app, &approval).await;
    let ruling = json!({"outcome": "approved", "rationale": "We want it."});
    // Responding twice counts once, and no arbiter is drawn before the other side has had its time.
    for attacker in attackers(&app, "cmo") {
        let responded = respond(&attacker, &asked, "approve").await.expect(200).body;
        assert_eq!((&responded["state"], &responded["waiting_for"]), (&json!("open"), &json!([pair.platform])));
        attacker.act(&format!("{path}/escalate")).await.refused(409, "illegal_transition");
        attacker.act(&format!("{approval}/escalate")).await.refused(409, "conflict");
        forbidden(&attacker.post(&format!("{path}/decide"), ruling.clone()).await);
    }
    // Silence decides nothing.
    app.clock.set("2027-04-12T08:00:00Z".parse().unwrap());
    drain(&app).await;
    let left = read(&app, &path).await;
    assert_eq!((&left["state"], &left["outcome"]), (&json!("deadlocked"), &Value::Null));
    for attacker in attackers(&app, "cmo") {
        respond(&attacker, &asked, "approve").await.refused(409, "illegal_transition");
        forbidden(&attacker.post(&format!("{path}/decide"), ruling.clone()).await);
    }
    let escalated = app.person("cmo").act(&format!("{path}/escalate")).await.expect(200).body;
    for from_then_on in [false, true] {
        if from_then_on {
            app.clock.set(text(&escalated["ruling_from"]).parse().unwrap());
        }
        for attacker in attackers(&app, "cmo") {
            forbidden(&attacker.post(&format!("{path}/decide"), ruling.clone()).await);
        }
    }
    let left = read(&app, &path).await;
    assert_eq!((&left["state"], &left["outcome"]), (&json!("escalated"), &Value::Null));
}

/// A sponsor who may change the calendar makes every day a business day, and lets the days end earlier.
#[apply(both)]
async fn the_calendar_shortens_no_deadline_that_runs(app: TestApp) {
    let pair = Pair::with_panel(&app, &["ada"]).await;
    // A Thursday.
    app.clock.set("2027-04-01T08:00:00Z".parse().unwrap());
    let close = app.person("cmo").act(&pair.at("close")).await.expect(201).body;
    let dispute = raise(&app, &pair).await;
    let question = json!({"question": "Do we keep it?", "due_at": "2027-04-06T22:00:00Z"});
    let raised = app.person("cmo").post(&pair.at("decisions"), question).await.expect(201).body;
    let due = [
        (format!("/v1/approvals/{}", text(&close["id"])), ["due_at", "silent_from"], close.clone()),
        (format!("/v1/disputes/{}", text(&dispute["id"])), ["deadline", "ruling_from"], dispute.clone()),
        (format!("/v1/decisions/{}", text(&raised["decision"]["id"])), ["due_at", "state"], raised["decision"].clone()),
    ];
    assert_eq!((&close["silent_from"], &dispute["ruling_from"]), (&json!("2027-04-09T22:00:00Z"), &due[0].2["due_at"]));
    let every_day = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let [scoped, admin] = attackers(&app, "cmo");
    let hours = |opens: &str| every_day.map(|day| json!({"weekday": day, "opens": opens, "closes": "17:00"}));
    let earlier = json!({"opening_hours": hours("06:00"), "zone": "Asia/Tokyo"});
    for change in [json!({"opening_hours": hours("10:00")}), earlier] {
        scoped.patch("/v1/calendars/default", "*", change.clone()).await.refused(403, "forbidden");
        admin.patch("/v1/calendars/default", "*", change).await.expect(200);
        for (path, fields, before) in &due {
            let after = read(&app, path).await;
            for field in fields {
                assert_eq!(after[*field], before[*field], "{path}: {field}");
            }
        }
    }
    // By the new calendar, three business days have passed, and then six.
    app.clock.set("2027-04-05T08:00:00Z".parse().unwrap());
    let settlement = json!({"person_id": pair.mia, "reason": "It is about brands."});
    let judge = arbiter(&app, &dispute["arbiter_person_id"]).await;
    judge.post(&format!("{}/arbitrate", due[1].0), settlement).await.refused(409, "illegal_transition");
    assert_eq!(read(&app, &due[2].0).await["state"], "open");
    app.clock.set("2027-04-08T08:00:00Z".parse().unwrap());
    for attacker in attackers(&app, "cmo") {
        attacker.act(&format!("{}/escalate", due[0].0)).await.refused(409, "conflict");
    }
    app.clock.set(text(&close["silent_from"]).parse().unwrap());
    app.person("cmo").act(&format!("{}/escalate", due[0].0)).await.expect(200);
    // Every change is recorded in the project, so that the other side can see it.
    let trail = app.admin().get(&format!("/v1/audit-entries?subject={}&limit=100", pair.project)).await.expect(200);
    let entries = trail.body["data"].as_array().unwrap();
    assert_eq!(entries.iter().filter(|entry| entry["action"] == "project.calendar_changed").count(), 2);
}
