//! Attacks through the wait of a new head. A caller who can write the directory moves the sponsor of a side to another
//! department, and changes the head again and again: to keep the side without a sponsor, so that the panel decides
//! without it; or, for the own side, to keep the panel from deciding at all. Three business days are the time to
//! respond.

use super::attacks_arbitration::{arbiter, read, say};
use super::attacks_on_sponsors::{attackers, forbidden, make_head, move_to};
use super::support::client::Client;
use super::support::pair::{Pair, respond, text};
use super::support::team::{department, person};
use super::support::*;

fn at(app: &TestApp, time: &str) {
    app.clock.set(time.parse().unwrap());
}

/// A project whose second side has lost its sponsor, and whose first side asks to cancel it.
struct Attack {
    pair: Pair,
    asked: Value,
    /// Works in the department of the second side, like the friend, who could be its sponsor.
    boss: String,
    friend: String,
}

impl Attack {
    async fn begin(app: &TestApp) -> Self {
        let pair = Pair::with_panel(app, &["ada", "bob"]).await;
        let (boss, friend) = (person(app, "boss", &pair.platform).await, person(app, "friend", &pair.platform).await);
        let reason = json!({"reason": "No budget."});
        let asked = app.person("cmo").post(&pair.at("cancel"), reason).await.expect(201).body;
        move_to(app, &pair.cio, Some(&department(app, "elsewhere").await)).await;
        Self { pair, asked, boss, friend }
    }

    fn sponsor(&self) -> String {
        self.pair.at(&format!("sides/{}/sponsor", self.pair.platform))
    }

    fn escalation(&self) -> String {
        format!("/v1/approvals/{}/escalate", text(&self.asked["id"]))
    }

    /// Makes the friend the sponsor of the second side, on behalf of its head with this login.
    async fn name_friend(&self, app: &TestApp, head: &str) {
        app.person(head).put(&self.sponsor(), "*", json!({"person_id": self.friend})).await.expect(200);
        app.person("friend").act(&format!("{}/accept", self.sponsor())).await.expect(200);
        let side = self.pair.read(app).await["sides"][1].clone();
        assert_eq!((&side["sponsor_person_id"], &side["sponsor_state"]), (&json!(self.friend), &json!("in_office")));
    }

    async fn rule(&self, judge: &Client) -> Reply {
        let body = json!({"response": "approve", "sha256": self.asked["sha256"], "reason": "There is no budget."});
        judge.post(&format!("/v1/approvals/{}/responses", text(&self.asked["id"])), body).await
    }
}

#[apply(both)]
async fn no_side_wins_by_keeping_another_without_a_sponsor(app: TestApp) {
    let attack = Attack::begin(&app).await;
    make_head(&app, &attack.pair.platform, Some(&attack.boss)).await;
    at(&app, "2027-04-05T08:00:00Z");
    make_head(&app, &attack.pair.platform, Some(&attack.pair.ivan)).await;
    // The head waits until the end of the 8th, and then the side has three business days.
    for late in [text(&attack.asked["silent_from"]), "2027-04-14T21:59:59Z"] {
        at(&app, late);
        for attacker in attackers(&app, "cmo") {
            let refused = attacker.act(&attack.escalation()).await.refused(409, "conflict");
            assert!(text(&refused.body["detail"]).contains("2027-04-14T22:00"), "{}", refused.text);
        }
    }
    attack.name_friend(&app, "ivan").await;
    respond(&app.person("friend"), &attack.asked, "reject").await.expect(200);
    assert_eq!(read(&app, &format!("/v1/approvals/{}", text(&attack.asked["id"]))).await["state"], "rejected");
    assert_eq!(attack.pair.state(&app).await, "active");
}

/// A new sponsor does not end the time that the side has.
#[apply(both)]
async fn a_side_has_its_time_to_respond_after_the_wait(app: TestApp) {
    let attack = Attack::begin(&app).await;
    at(&app, "2027-04-05T08:00:00Z");
    make_head(&app, &attack.pair.platform, Some(&attack.boss)).await;
    at(&app, "2027-04-08T22:00:00Z");
    attack.name_friend(&app, "boss").await;
    app.person("cmo").act(&attack.escalation()).await.refused(409, "conflict");
    at(&app, "2027-04-14T22:00:00Z");
    app.person("cmo").act(&attack.escalation()).await.expect(200);
}

/// The head changes just before the arbiter can decide: the arbiter waits, is not replaced for that, and does not wait
/// without end, no matter who changes the head.
#[apply(both)]
async fn changes_of_the_head_delay_a_ruling_and_do_not_prevent_it(app: TestApp) {
    let attack = Attack::begin(&app).await;
    at(&app, text(&attack.asked["silent_from"]));
    let escalated = app.person("cmo").act(&attack.escalation()).await.expect(200).body;
    let judge = arbiter(&app, &escalated["arbiter_person_id"]).await;
    at(&app, "2027-04-13T08:00:00Z");
    make_head(&app, &attack.pair.platform, Some(&attack.boss)).await;
    at(&app, text(&escalated["ruling_from"]));
    attack.rule(&judge).await.refused(409, "illegal_transition");
    for (time, head) in [
        ("2027-04-21T21:30:00Z", &attack.pair.ivan),
        ("2027-04-26T08:00:00Z", &attack.boss),
        ("2027-04-29T08:00:00Z", &attack.pair.ivan),
        ("2027-05-03T21:59:59Z", &attack.boss),
    ] {
        at(&app, time);
        make_head(&app, &attack.pair.platform, Some(head)).await;
        attack.rule(&judge).await.refused(409, "illegal_transition");
        // Nor does the side that asked get another arbiter.
        app.person("cmo").act(&attack.escalation()).await.refused(409, "conflict");
    }
    at(&app, "2027-05-03T22:00:00Z");
    make_head(&app, &attack.pair.platform, Some(&attack.pair.ivan)).await;
    attack.rule(&judge).await.expect(200);
    assert_eq!(attack.pair.state(&app).await, "cancelled");
}

/// Once a side counts as silent, a change of its head is too late.
#[apply(both)]
async fn a_silent_side_does_not_gain_time_by_a_new_head(app: TestApp) {
    let attack = Attack::begin(&app).await;
    at(&app, text(&attack.asked["silent_from"]));
    for head in [&attack.boss, &attack.pair.ivan] {
        make_head(&app, &attack.pair.platform, Some(head)).await;
    }
    app.person("cmo").act(&attack.escalation()).await.expect(200);
}

/// A change of the head does not concern a sponsor in office, so that their side is as silent as before.
#[apply(both)]
async fn a_side_with_a_sponsor_gains_no_time_by_a_new_head(app: TestApp) {
    let pair = Pair::with_panel(&app, &["ada"]).await;
    let asked = app.person("cmo").act(&pair.at("close")).await.expect(201).body;
    make_head(&app, &pair.platform, Some(&pair.ivan)).await;
    let side = pair.read(&app).await["sides"][1].clone();
    assert_eq!((&side["sponsor_person_id"], &side["sponsor_state"]), (&json!(pair.cio), &json!("in_office")));
    at(&app, text(&asked["silent_from"]));
    app.person("cmo").act(&format!("/v1/approvals/{}/escalate", text(&asked["id"]))).await.expect(200);
}

#[apply(both)]
async fn no_arbiter_decides_a_dispute_before_the_other_side_can_strike(app: TestApp) {
    let pair = Pair::with_panel(&app, &["ada", "bob"]).await;
    let friend = person(&app, "friend", &pair.platform).await;
    let claim = json!({"claim": "Ours."});
    let raised = app.person("cmo").post(&format!("/v1/areas/{}/disputes", pair.policy), claim).await.expect(201).body;
    move_to(&app, &pair.cio, Some(&department(&app, "elsewhere").await)).await;
    make_head(&app, &pair.platform, Some(&pair.ivan)).await;
    at(&app, text(&raised["ruling_from"]));
    let judge = arbiter(&app, &raised["arbiter_person_id"]).await;
    let arbitrate = format!("/v1/disputes/{}/arbitrate", text(&raised["id"]));
    let settlement = json!({"person_id": pair.mia, "reason": "It is about brands."});
    judge.post(&arbitrate, settlement.clone()).await.refused(409, "illegal_transition");
    let sponsor = pair.at(&format!("sides/{}/sponsor", pair.platform));
    app.person("ivan").put(&sponsor, "*", json!({"person_id": friend})).await.expect(200);
    app.person("friend").act(&format!("{sponsor}/accept")).await.expect(200);
    at(&app, "2027-04-07T21:59:59Z");
    judge.post(&arbitrate, settlement).await.refused(409, "illegal_transition");
    say(&app.person("friend"), &raised, "strike").await.expect(200);
    let struck = read(&app, &format!("/v1/disputes/{}", text(&raised["id"]))).await;
    assert_ne!(struck["arbiter_person_id"], raised["arbiter_person_id"]);
}

/// However often the head changes, someone who has no part in the project can act for the side.
#[apply(both)]
async fn repeated_changes_of_a_head_do_not_keep_a_side_without_a_sponsor(app: TestApp) {
    let attack = Attack::begin(&app).await;
    let (sponsor, friend) = (attack.sponsor(), json!({"person_id": attack.friend}));
    let department = format!("/v1/departments/{}", attack.pair.platform);
    let hr = app.service("hr", "projects:read directory:write");
    for time in ["2027-03-30T08:00:00Z", "2027-04-02T08:00:00Z", "2027-04-07T08:00:00Z", "2027-04-13T21:59:59Z"] {
        at(&app, time);
        let replies = at_once(20, |number| {
            let (hr, department) = (hr.clone(), department.clone());
            let head = [&attack.boss, &attack.pair.ivan][number % 2].clone();
            async move { hr.patch(&department, "*", json!({"head_person_id": head})).await }
        });
        assert_eq!(with_status(&replies.await, 200), 20);
        make_head(&app, &attack.pair.platform, Some(&attack.boss)).await;
        for client in [app.admin(), app.person("boss")] {
            client.put(&sponsor, "*", friend.clone()).await.refused(409, "conflict");
        }
    }
    // Three times three business days after the first change.
    at(&app, "2027-04-13T22:00:00Z");
    make_head(&app, &attack.pair.platform, Some(&attack.pair.ivan)).await;
    app.admin().put(&sponsor, "*", friend).await.expect(200);
    app.person("friend").act(&format!("{sponsor}/accept")).await.expect(200);
    let confirm = format!("{sponsor}/confirm");
    app.person("ivan").act(&confirm).await.refused(409, "conflict");
    for attacker in attackers(&app, "cmo") {
        forbidden(&attacker.post(&confirm, json!({"reason": "The head is new."})).await);
    }
    app.admin().act(&confirm).await.expect(422).violates("/reason", "required");
    let confirmed = app.admin().post(&confirm, json!({"reason": "The head changes again and again."})).await;
    let side = confirmed.expect(200).body["sides"][1].clone();
    assert_eq!((&side["sponsor_person_id"], &side["sponsor_state"]), (&json!(attack.friend), &json!("in_office")));
}
