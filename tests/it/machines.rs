//! The other state machines: in every state each verb that it does not allow is 409, names the state
//! and what is possible, and changes nothing. States and verbs come from the machines themselves where
//! they have a list of them.

use super::support::client::Client;
use super::support::pair::{Pair, text};
use super::support::team::{person, taken_by_the_database};
use super::support::*;
use entente::collaboration::decisions::DecisionState;
use entente::collaboration::memberships::state::MembershipState;
use entente::collaboration::ownership::transfers::TransferState;

/// Everybody who could be asked for, under one name: the caller has every relation and every scope.
fn everybody(app: &TestApp, subject: &str) -> Client {
    app.caller(subject, super::support::app::ALL_SCOPES)
}

/// Presses the verbs that a state does not allow.
async fn press(caller: &Client, at: &str, state: &str, allowed: &[&str], verbs: &[(&str, Value)]) -> usize {
    let mut pressed = 0;
    let before = caller.get(at).await.expect(200);
    assert_eq!(before.body["state"], state);
    for (verb, body) in verbs.iter().filter(|(verb, _)| !allowed.contains(verb)) {
        let reply = caller.post(&format!("{at}/{verb}"), body.clone()).await.refused(409, "illegal_transition");
        assert_eq!((&reply.body["state"], &reply.body["allowed"]), (&json!(state), &json!(allowed)), "{verb}");
        assert_eq!(caller.get(at).await.expect(200).body, before.body, "{verb} in {state}");
        pressed += 1;
    }
    pressed
}

#[apply(both)]
async fn memberships(app: TestApp) {
    let pair = Pair::running(&app).await;
    app.clock.set("2027-05-10T08:00:00Z".parse().unwrap());
    // Mia is an administrator here, so that only the state is in the way.
    let mia = everybody(&app, "mia");
    let id = text(&pair.membership(&app, &pair.mia).await["id"]).to_owned();
    let homes = mia.get(&format!("/v1/people/{}/home-positions", pair.mia)).await.expect(200);
    let home = text(&homes.body["data"][0]["id"]).to_owned();
    let end = json!({"ends_on": "2027-06-01", "reason": "x"});
    let verbs = [
        ("accept", json!({})),
        ("decline", json!({})),
        ("withdraw", json!({})),
        ("end", end.clone()),
        ("release", end),
        ("return", json!({})),
    ];
    let mut pressed = 0;
    for state in MembershipState::ALL.iter().copied() {
        // What is stored, from when to when, and whether there is a home position.
        let (stored, from, to, position) = match state {
            MembershipState::Accepted => ("accepted", "2027-06-01", "2027-12-01", "NULL"),
            MembershipState::Returning => ("accepted", "2027-03-30", "2027-05-10", "NULL"),
            MembershipState::ReturnBlocked => ("accepted", "2027-03-30", "2027-05-10", "'2027-05-01'"),
            MembershipState::Active => ("accepted", "2027-03-30", "2027-12-01", "NULL"),
            other => (other.as_str(), "2027-03-30", "2027-12-01", "NULL"),
        };
        let answered = ["accepted", "declined", "returned", "left_organisation"].contains(&stored);
        let returned = stored == "returned";
        let at = "'2027-03-30 07:00:00'";
        let or_null = |yes: bool, value: &str| if yes { value.to_owned() } else { "NULL".to_owned() };
        taken_by_the_database(
            &app,
            vec![
                format!("UPDATE home_positions SET valid_to = {position} WHERE id = '{home}'"),
                format!(
                    "UPDATE memberships SET state = '{stored}', valid_from = '{from}', valid_to = '{to}', \
                 responded_at = {}, returned_on = {}, returned_home_id = {}, expires_at = '2027-06-30 07:00:00' \
                 WHERE id = '{id}'",
                    or_null(answered, at),
                    or_null(returned, "'2027-05-01'"),
                    or_null(returned, &format!("'{home}'")),
                ),
            ],
        )
        .await
        .unwrap();
        pressed += press(&mia, &format!("/v1/memberships/{id}"), state.as_str(), state.verbs(), &verbs).await;
    }
    assert_eq!(pressed, 10 * 6 - 3 - 2 * 2 - 1);
}

#[apply(both)]
async fn transfers(app: TestApp) {
    let pair = Pair::running(&app).await;
    let offer = json!({"to_person_id": pair.max});
    let id = app.person("cmo").post(&format!("/v1/areas/{}/transfers", pair.databases), offer).await.expect(201).id();
    let max = everybody(&app, "max");
    let verbs = [("accept", json!({})), ("reject", json!({})), ("withdraw", json!({}))];
    let mut pressed = 0;
    for state in TransferState::ALL.iter().copied() {
        let settled = !matches!(state, TransferState::Offered | TransferState::Accepted);
        let at = if settled { "'2027-03-30 07:00:00'" } else { "NULL" };
        let sql = format!("UPDATE transfers SET state = '{}', settled_at = {at} WHERE id = '{id}'", state.as_str());
        taken_by_the_database(&app, vec![sql]).await.unwrap();
        pressed += press(&max, &format!("/v1/transfers/{id}"), state.as_str(), state.verbs(), &verbs).await;
    }
    assert_eq!(pressed, 8 * 3 - 3 - 1);
}

#[apply(both)]
async fn decisions(app: TestApp) {
    let pair = Pair::running(&app).await;
    let judge = person(&app, "judge", &pair.brand).await;
    let body = json!({"question": "Shall we?", "due_at": "2027-05-01T08:00:00Z"});
    let raised = app.person("cmo").post(&pair.at("decisions"), body).await.expect(201);
    let id = text(&raised.body["decision"]["id"]).to_owned();
    let verbs = [
        ("escalate", json!({"person_id": judge})),
        ("decide", json!({"outcome": "approved", "rationale": "x"})),
        ("withdraw", json!({})),
    ];
    let caller = everybody(&app, "judge");
    let mut pressed = 0;
    for state in DecisionState::ALL.iter().copied() {
        let at = "'2027-03-30 07:00:00'";
        let when = |yes: bool, value: &str| if yes { value.to_owned() } else { "NULL".to_owned() };
        let decided = state == DecisionState::Decided;
        // The judge is who it was escalated to, in every state, so that the rule of `decide` lets them through.
        taken_by_the_database(
            &app,
            vec![format!(
                "UPDATE decisions SET state = '{}', outcome = {}, decided_at = {}, deadlocked_at = {at}, \
             escalated_to = '{judge}', escalated_at = {at} WHERE id = '{id}'",
                state.as_str(),
                when(decided, "'approved'"),
                when(decided, at),
            )],
        )
        .await
        .unwrap();
        pressed += press(&caller, &format!("/v1/decisions/{id}"), state.as_str(), state.verbs(), &verbs).await;
    }
    assert_eq!(pressed, 5 * 3 - 1 - 2 - 2);
}

#[apply(both)]
async fn disputes(app: TestApp) {
    let pair = Pair::running(&app).await;
    let judge = person(&app, "judge", &pair.brand).await;
    let body = json!({"claim": "Ours.", "arbiter_person_id": judge, "deadline": "2027-04-10T08:00:00Z"});
    let id = app.person("cmo").post(&format!("/v1/areas/{}/disputes", pair.policy), body).await.expect(201).id();
    let caller = everybody(&app, "judge");
    let settle = json!({"person_id": pair.mia, "reason": "x"});
    // Before the deadline the arbiter waits, whatever they think.
    press(&caller, &format!("/v1/disputes/{id}"), "open", &["settlements", "withdraw"], &[]).await;
    caller.post(&format!("/v1/disputes/{id}/arbitrate"), settle.clone()).await.refused(409, "illegal_transition");
    let verbs = [("settlements", settle.clone()), ("arbitrate", settle), ("withdraw", json!({}))];
    for state in ["withdrawn", "lapsed"] {
        let sql =
            format!("UPDATE disputes SET state = '{state}', settled_at = '2027-03-30 07:00:00' WHERE id = '{id}'");
        taken_by_the_database(&app, vec![sql]).await.unwrap();
        assert_eq!(press(&caller, &format!("/v1/disputes/{id}"), state, &[], &verbs).await, 3);
    }
    // A settled one names its outcome and its decision, so it is settled as it would be.
    taken_by_the_database(
        &app,
        vec![format!("UPDATE disputes SET state = 'open', settled_at = NULL WHERE id = '{id}'")],
    )
    .await
    .unwrap();
    app.clock.set("2027-04-10T08:00:00Z".parse().unwrap());
    caller
        .post(&format!("/v1/disputes/{id}/arbitrate"), json!({"person_id": pair.mia, "reason": "x"}))
        .await
        .expect(200);
    assert_eq!(press(&caller, &format!("/v1/disputes/{id}"), "settled", &[], &verbs).await, 3);
}

#[apply(both)]
async fn approvals(app: TestApp) {
    let pair = Pair::running(&app).await;
    let asked = app.person("cmo").act(&pair.at("close")).await.expect(201);
    let answer = json!({"response": "approve", "sha256": asked.body["sha256"]});
    let cio = everybody(&app, "cio");
    for state in ["approved", "rejected", "withdrawn", "lapsed"] {
        let sql = format!(
            "UPDATE approvals SET state = '{state}', settled_at = '2027-03-30 07:00:00' WHERE id = '{}'",
            asked.id()
        );
        taken_by_the_database(&app, vec![sql]).await.unwrap();
        let verbs = [("responses", answer.clone()), ("withdraw", json!({}))];
        assert_eq!(press(&cio, &format!("/v1/approvals/{}", asked.id()), state, &[], &verbs).await, 2);
    }
}
