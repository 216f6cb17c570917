//! State machines other than that of projects (see `slow/verbs.rs`): in every state, each verb that is not allowed
//! returns 409 with the state and the allowed verbs, and changes nothing.

use super::support::client::Client;
use super::support::pair::{Pair, text};
use super::support::team::{execute_sql, person_without_position};
use super::support::*;
use entente::collaboration::decisions::DecisionState;
use entente::collaboration::memberships::state::MembershipState;
use entente::collaboration::ownership::transfers::TransferState;

/// Those who may call the verbs, so that only the state forbids them: the person concerned, and the sponsor of the
/// first side for all others.
struct Callers {
    concerned: Client,
    sponsor: Client,
}

impl Callers {
    fn new(app: &TestApp, concerned: &str) -> Self {
        Self { concerned: app.person(concerned), sponsor: app.person("cmo") }
    }

    fn of(&self, verb: &str) -> &Client {
        match verb {
            "accept" | "decline" | "reject" | "decide" | "arbitrate" | "responses" => &self.concerned,
            _ => &self.sponsor,
        }
    }
}

/// Returns the operationId of a verb in a path.
fn operation(at: &str, verb: &str) -> String {
    match verb {
        "release" | "return" => format!("{verb}_member"),
        "settlements" => "propose_settlement".into(),
        "responses" => "respond_to_approval".into(),
        _ => format!("{verb}_{}", at.split('/').nth(2).unwrap().trim_end_matches('s')),
    }
}

/// Calls the operations that the state does not allow, and returns their number.
async fn expect_rejections(
    callers: &Callers,
    at: &str,
    state: &str,
    allowed: &[&str],
    verbs: &[(&str, Value)],
) -> usize {
    let mut rejected = 0;
    let before = callers.sponsor.get(at).await.expect(200);
    assert_eq!(before.body["state"], state);
    for (verb, body) in verbs.iter().filter(|(verb, _)| !allowed.contains(&operation(at, verb).as_str())) {
        let reply =
            callers.of(verb).post(&format!("{at}/{verb}"), body.clone()).await.refused(409, "illegal_transition");
        assert_eq!((&reply.body["state"], &reply.body["allowed"]), (&json!(state), &json!(allowed)), "{verb}");
        let detail = text(&reply.body["detail"]);
        // A member without a regular position cannot return; that text says what to do.
        let named = detail.starts_with(&format!("\"{}\" is not possible", operation(at, verb)));
        assert!(named || state == "return_blocked", "{detail}");
        assert_eq!(callers.sponsor.get(at).await.expect(200).body, before.body, "{verb} in {state}");
        rejected += 1;
    }
    rejected
}

#[apply(both)]
async fn memberships_reject_verbs_that_their_state_does_not_allow(app: TestApp) {
    let pair = Pair::running(&app).await;
    app.clock.set("2027-05-10T08:00:00Z".parse().unwrap());
    let mia = Callers::new(&app, "mia");
    let id = text(&pair.membership(&app, &pair.mia).await["id"]).to_owned();
    let homes = app.admin().get(&format!("/v1/people/{}/home-positions", pair.mia)).await.expect(200);
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
    let mut rejected = 0;
    for state in MembershipState::ALL.iter().copied() {
        // The stored state, the dates, and the end of the regular position.
        let (stored, from, to, position) = match state {
            MembershipState::Accepted => ("accepted", "2027-06-01", "2027-12-01", "NULL"),
            MembershipState::Returning => ("accepted", "2027-03-30", "2027-05-10", "NULL"),
            MembershipState::ReturnBlocked => ("accepted", "2027-03-30", "2027-05-10", "'2027-05-01'"),
            MembershipState::Active => ("accepted", "2027-03-30", "2027-12-01", "NULL"),
            other => (other.as_str(), "2027-03-30", "2027-12-01", "NULL"),
        };
        let responded = ["accepted", "declined", "returned", "left_organisation"].contains(&stored);
        let returned = stored == "returned";
        let at = "'2027-03-30 07:00:00'";
        let or_null = |yes: bool, value: &str| if yes { value.to_owned() } else { "NULL".to_owned() };
        execute_sql(
            &app,
            vec![
                format!("UPDATE home_positions SET valid_to = {position} WHERE id = '{home}'"),
                format!(
                    "UPDATE memberships SET state = '{stored}', valid_from = '{from}', valid_to = '{to}', \
                 responded_at = {}, returned_on = {}, returned_home_id = {}, expires_at = '2027-06-30 07:00:00' \
                 WHERE id = '{id}'",
                    or_null(responded, at),
                    or_null(returned, "'2027-05-01'"),
                    or_null(returned, &format!("'{home}'")),
                ),
            ],
        )
        .await
        .unwrap();
        rejected +=
            expect_rejections(&mia, &format!("/v1/memberships/{id}"), state.as_str(), state.verbs(), &verbs).await;
    }
    assert_eq!(rejected, 10 * 6 - 3 - 2 * 2 - 1);
}

#[apply(both)]
async fn transfers_reject_verbs_that_their_state_does_not_allow(app: TestApp) {
    let pair = Pair::running(&app).await;
    let offer = json!({"to_person_id": pair.max});
    let id = app.person("cmo").post(&format!("/v1/areas/{}/transfers", pair.databases), offer).await.expect(201).id();
    let max = Callers::new(&app, "max");
    let verbs = [("accept", json!({})), ("reject", json!({})), ("withdraw", json!({}))];
    let mut rejected = 0;
    for state in TransferState::ALL.iter().copied() {
        let ended = !matches!(state, TransferState::Offered | TransferState::Accepted);
        let at = if ended { "'2027-03-30 07:00:00'" } else { "NULL" };
        let sql = format!("UPDATE transfers SET state = '{}', ended_at = {at} WHERE id = '{id}'", state.as_str());
        execute_sql(&app, vec![sql]).await.unwrap();
        rejected +=
            expect_rejections(&max, &format!("/v1/transfers/{id}"), state.as_str(), state.verbs(), &verbs).await;
    }
    assert_eq!(rejected, 8 * 3 - 3 - 1);
}

#[apply(both)]
async fn decisions_reject_verbs_that_their_state_does_not_allow(app: TestApp) {
    let pair = Pair::running(&app).await;
    let judge = person_without_position(&app, "judge").await;
    let body = json!({"question": "Shall we?", "due_at": "2027-05-01T08:00:00Z"});
    let raised = app.person("cmo").post(&pair.at("decisions"), body).await.expect(201);
    let id = text(&raised.body["decision"]["id"]).to_owned();
    let verbs = [
        ("escalate", json!({})),
        ("decide", json!({"outcome": "approved", "rationale": "x"})),
        ("withdraw", json!({})),
    ];
    let caller = Callers::new(&app, "judge");
    let mut rejected = 0;
    for state in DecisionState::ALL.iter().copied() {
        let at = "'2027-03-30 07:00:00'";
        let when = |yes: bool, value: &str| if yes { value.to_owned() } else { "NULL".to_owned() };
        let decided = state == DecisionState::Decided;
        // The decision is escalated to the caller in every state, so that only the state forbids `decide`.
        execute_sql(
            &app,
            vec![format!(
                "UPDATE decisions SET state = '{}', outcome = {}, decided_at = {}, deadlocked_at = {at}, \
             escalated_to = '{judge}', escalated_at = {at}, ruling_from = {at}, ruling_until = {at} WHERE id = '{id}'",
                state.as_str(),
                when(decided, "'approved'"),
                when(decided, at),
            )],
        )
        .await
        .unwrap();
        rejected +=
            expect_rejections(&caller, &format!("/v1/decisions/{id}"), state.as_str(), state.verbs(), &verbs).await;
    }
    assert_eq!(rejected, 5 * 3 - 1 - 2 - 2);
}

#[apply(both)]
async fn disputes_reject_verbs_that_their_state_does_not_allow(app: TestApp) {
    let pair = Pair::with_panel(&app, &["judge"]).await;
    let body = json!({"claim": "Ours.", "deadline": "2027-04-10T08:00:00Z"});
    let id = app.person("cmo").post(&format!("/v1/areas/{}/disputes", pair.policy), body).await.expect(201).id();
    let caller = Callers::new(&app, "judge");
    let settle = json!({"person_id": pair.mia, "reason": "x"});
    // The arbiter cannot decide before the deadline.
    expect_rejections(&caller, &format!("/v1/disputes/{id}"), "open", &["settlements", "withdraw"], &[]).await;
    caller
        .concerned
        .post(&format!("/v1/disputes/{id}/arbitrate"), settle.clone())
        .await
        .refused(409, "illegal_transition");
    let verbs = [("settlements", settle.clone()), ("arbitrate", settle), ("withdraw", json!({}))];
    for state in ["unresolved", "withdrawn", "lapsed"] {
        let sql = format!("UPDATE disputes SET state = '{state}', ended_at = '2027-03-30 07:00:00' WHERE id = '{id}'");
        execute_sql(&app, vec![sql]).await.unwrap();
        assert_eq!(expect_rejections(&caller, &format!("/v1/disputes/{id}"), state, &[], &verbs).await, 3);
    }
    // A settled dispute needs an outcome and a decision, so it is settled through the API.
    execute_sql(&app, vec![format!("UPDATE disputes SET state = 'open', ended_at = NULL WHERE id = '{id}'")])
        .await
        .unwrap();
    app.clock.set("2027-04-10T08:00:00Z".parse().unwrap());
    caller
        .concerned
        .post(&format!("/v1/disputes/{id}/arbitrate"), json!({"person_id": pair.mia, "reason": "x"}))
        .await
        .expect(200);
    assert_eq!(expect_rejections(&caller, &format!("/v1/disputes/{id}"), "settled", &[], &verbs).await, 3);
}

#[apply(both)]
async fn approvals_reject_verbs_that_their_state_does_not_allow(app: TestApp) {
    let pair = Pair::running(&app).await;
    let requested = app.person("cmo").act(&pair.at("close")).await.expect(201);
    let approve = json!({"response": "approve", "sha256": requested.body["sha256"]});
    let cio = Callers::new(&app, "cio");
    for state in ["approved", "rejected", "withdrawn", "lapsed"] {
        let sql = format!(
            "UPDATE approvals SET state = '{state}', ended_at = '2027-03-30 07:00:00' WHERE id = '{}'",
            requested.id()
        );
        execute_sql(&app, vec![sql]).await.unwrap();
        let verbs = [("responses", approve.clone()), ("withdraw", json!({})), ("escalate", json!({}))];
        assert_eq!(expect_rejections(&cio, &format!("/v1/approvals/{}", requested.id()), state, &[], &verbs).await, 3);
    }
}
