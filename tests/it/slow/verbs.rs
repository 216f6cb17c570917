//! Every verb of a project in every state: those that the state allows work, all others are refused and change nothing.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::support::pair::Pair;
use crate::support::team::{person, put_in_state};
use crate::support::*;
use entente::collaboration::projects::{ProjectVerb, State};

/// Calls the operation of a verb on a project that has everything the verb could ask for.
async fn say(app: &TestApp, pair: &Pair, verb: ProjectVerb) -> Option<Reply> {
    let admin = app.caller("cmo", support_scopes());
    let reason = json!({"reason": "Because."});
    let newcomer = || async { person(app, &unique(), &pair.brand).await };
    let reply = match verb {
        ProjectVerb::ReviseCharter => {
            let read = admin.get(&pair.at("charter")).await.expect(200);
            let mut body = read.body["content"].clone();
            body.as_object_mut().unwrap().remove("sides");
            body["purpose"] = json!("Another purpose.");
            admin.put(&pair.at("charter"), "*", body).await
        }
        ProjectVerb::AssignSponsor => {
            let heir = newcomer().await;
            admin.put(&pair.at(&format!("sides/{}/sponsor", pair.platform)), "*", json!({"person_id": heir})).await
        }
        ProjectVerb::RemoveSponsor => {
            admin.post(&pair.at(&format!("sides/{}/sponsor/remove", pair.platform)), reason).await
        }
        ProjectVerb::Propose => admin.act(&pair.at("propose")).await,
        ProjectVerb::Activate => admin.act(&pair.at("activate")).await,
        ProjectVerb::Hold => admin.post(&pair.at("hold"), reason).await,
        ProjectVerb::Resume => admin.act(&pair.at("resume")).await,
        ProjectVerb::Close => admin.act(&pair.at("close")).await,
        ProjectVerb::WriteClosureReport => {
            let body = json!({"goals": [{"met": true}], "lessons": "Talk sooner."});
            admin.put(&pair.at("closure-report"), "*", body).await
        }
        ProjectVerb::Cancel => admin.act(&pair.at("cancel")).await,
        ProjectVerb::GrantDelegation => {
            let deputy = newcomer().await;
            let body = json!({"delegate_person_id": deputy, "valid_from": "2027-03-30", "valid_to": "2027-04-02"});
            admin.post(&pair.at(&format!("sides/{}/delegations", pair.brand)), body).await
        }
        ProjectVerb::Invite => {
            let body = json!({"person_id": newcomer().await, "department_id": pair.brand, "project_role": "x"});
            admin.post(&pair.at("memberships"), body).await
        }
        // In a project that goes home, or is over, nobody is active any more.
        ProjectVerb::ChangeTeam => return None,
        ProjectVerb::Assign => {
            let body = json!({"person_id": pair.max, "responsibility": "informed"});
            admin.post(&format!("/v1/areas/{}/assignments", pair.databases), body).await
        }
        ProjectVerb::OfferTransfer => {
            admin.post(&format!("/v1/areas/{}/transfers", pair.databases), json!({"to_person_id": pair.max})).await
        }
        ProjectVerb::RaiseDispute => {
            let outsider = person(app, &unique(), &pair.platform).await;
            let body = json!({"claim": "Ours.", "arbiter_person_id": outsider, "deadline": "2027-05-01T08:00:00Z"});
            admin.post(&format!("/v1/areas/{}/disputes", pair.databases), body).await
        }
        ProjectVerb::RaiseDecision => {
            let body = json!({"question": "Shall we?", "due_at": "2027-05-01T08:00:00Z"});
            admin.post(&pair.at("decisions"), body).await
        }
    };
    Some(reply)
}

/// A name that nobody has yet.
fn unique() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    format!("newcomer-{}", NUMBER.fetch_add(1, Ordering::SeqCst))
}

fn support_scopes() -> &'static str {
    crate::support::app::ALL_SCOPES
}

/// Generated from the state machine: what it does not allow is 409 that names the state and what
/// is possible, and leaves the project as it was; what it allows is not that.
#[apply(both)]
async fn every_verb_in_every_state(app: TestApp) {
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
            let Some(reply) = say(&app, &pair, *verb).await else { continue };
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
async fn every_verb_that_is_allowed_works_in_its_state(app: TestApp) {
    // One project per state and verb would take long; one of each verb in one of its states does.
    for verb in ProjectVerb::ALL {
        let app = app.fresh();
        let state = State::ALL.iter().copied().find(|state| state.allows(*verb) && *state != State::Draft);
        let pair = if state.is_some() { Pair::ready(&app).await } else { Pair::prepared(&app).await };
        if let Some(state) = state.filter(|state| *state != State::Proposed) {
            put_in_state(&app, &pair.project, state.as_str()).await;
        }
        let Some(reply) = say(&app, &pair, *verb).await else { continue };
        assert!([200, 201].contains(&reply.status), "{verb:?} in {state:?}: {}", reply.text);
    }
}
