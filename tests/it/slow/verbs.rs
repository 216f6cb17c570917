//! Every verb of a project in every state: allowed verbs succeed, all others are rejected and change nothing.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::support::pair::Pair;
use crate::support::team::{person, put_in_state};
use crate::support::*;
use entente::collaboration::projects::{ProjectVerb, State};

/// Calls the operation of a verb on a project that meets all its other conditions.
async fn call_verb(app: &TestApp, pair: &Pair, verb: ProjectVerb) -> Option<Reply> {
    let admin = app.caller("cmo", support_scopes());
    let reason = json!({"reason": "Because."});
    let new_person = || async { person(app, &unique(), &pair.brand).await };
    let reply = match verb {
        ProjectVerb::ReplaceCharter => {
            let read = admin.get(&pair.at("charter")).await.expect(200);
            let mut body = read.body["content"].clone();
            body.as_object_mut().unwrap().remove("sides");
            body["purpose"] = json!("Another purpose.");
            admin.put(&pair.at("charter"), "*", body).await
        }
        ProjectVerb::AssignSponsor => {
            let successor = person(app, &unique(), &pair.platform).await;
            app.admin()
                .put(&pair.at(&format!("sides/{}/sponsor", pair.platform)), "*", json!({"person_id": successor}))
                .await
        }
        ProjectVerb::RemoveSponsor => {
            app.admin().post(&pair.at(&format!("sides/{}/sponsor/remove", pair.platform)), reason).await
        }
        ProjectVerb::ProposeProject => admin.act(&pair.at("propose")).await,
        ProjectVerb::ActivateProject => admin.act(&pair.at("activate")).await,
        ProjectVerb::HoldProject => admin.post(&pair.at("hold"), reason).await,
        ProjectVerb::ResumeProject => admin.act(&pair.at("resume")).await,
        ProjectVerb::ExtendHold => admin.act(&pair.at("extend-hold")).await,
        ProjectVerb::CloseProject => admin.act(&pair.at("close")).await,
        ProjectVerb::ReplaceClosureReport => {
            let body = json!({"goals": [{"met": true}], "lessons": "Talk sooner."});
            admin.put(&pair.at("closure-report"), NEW, body).await
        }
        ProjectVerb::CancelProject => admin.act(&pair.at("cancel")).await,
        ProjectVerb::CreateDelegation => {
            let deputy = new_person().await;
            let body = json!({"delegate_person_id": deputy, "valid_from": "2027-03-30", "valid_to": "2027-04-02"});
            admin.post(&pair.at(&format!("sides/{}/delegations", pair.brand)), body).await
        }
        ProjectVerb::InviteMember => {
            let body = json!({"person_id": new_person().await, "department_id": pair.brand, "project_role": "x"});
            admin.post(&pair.at("memberships"), body).await
        }
        // Closing and closed projects have no active members.
        ProjectVerb::EndMembership => return None,
        ProjectVerb::CreateAssignment => {
            let body = json!({"person_id": pair.max, "responsibility": "informed"});
            admin.post(&format!("/v1/areas/{}/assignments", pair.databases), body).await
        }
        ProjectVerb::OfferTransfer => {
            admin.post(&format!("/v1/areas/{}/transfers", pair.databases), json!({"to_person_id": pair.max})).await
        }
        ProjectVerb::RaiseDispute => {
            let body = json!({"claim": "Ours."});
            admin.post(&format!("/v1/areas/{}/disputes", pair.databases), body).await
        }
        ProjectVerb::CreateDecision => {
            let body = json!({"question": "Shall we?", "due_at": "2027-05-01T08:00:00Z"});
            admin.post(&pair.at("decisions"), body).await
        }
    };
    Some(reply)
}

/// Returns a login that is not used yet.
fn unique() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    format!("person-{}", NUMBER.fetch_add(1, Ordering::SeqCst))
}

fn support_scopes() -> &'static str {
    crate::support::app::ALL_SCOPES
}

/// The cases are generated from the state machine. The 409 contains the state and the allowed verbs.
#[apply(both)]
async fn verbs_that_a_state_does_not_allow_are_rejected(app: TestApp) {
    let pair = Pair::ready(&app).await;
    app.clock.advance(Duration::from_secs(60));
    let mut pairs = 0;
    for state in State::ALL.iter().copied() {
        for verb in ProjectVerb::ALL {
            if state.allows(*verb) {
                continue;
            }
            put_in_state(&app, &pair.project, state.as_str()).await;
            let before = pair.read(&app).await;
            app.drained_feed().await;
            let Some(reply) = call_verb(&app, &pair, *verb).await else { continue };
            let reply = reply.refused(409, "illegal_transition");
            assert_eq!(reply.body["state"], state.as_str(), "{verb:?}");
            let allowed: Vec<_> =
                ProjectVerb::ALL.iter().filter(|one| state.allows(**one)).map(|one| one.as_str()).collect();
            assert_eq!(reply.body["allowed"], json!(allowed), "{verb:?}");
            assert_eq!(pair.read(&app).await, before, "{verb:?} in {state:?} changed something");
            pairs += 1;
        }
    }
    assert!(pairs > 50, "{pairs}");
}

#[apply(both)]
async fn verbs_that_a_state_allows_succeed(app: TestApp) {
    // Each verb is tested in one of its states, because a project for every pair would take too long.
    for verb in ProjectVerb::ALL {
        let app = app.fresh();
        let state = State::ALL.iter().copied().find(|state| state.allows(*verb) && *state != State::Draft);
        let pair = if state.is_some() { Pair::ready(&app).await } else { Pair::prepared(&app).await };
        if let Some(state) = state.filter(|state| *state != State::Proposed) {
            put_in_state(&app, &pair.project, state.as_str()).await;
        }
        let Some(reply) = call_verb(&app, &pair, *verb).await else { continue };
        assert!([200, 201].contains(&reply.status), "{verb:?} in {state:?}: {}", reply.text);
    }
}
