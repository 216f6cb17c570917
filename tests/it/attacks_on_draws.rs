//! Attacks: a side that has not drawn the arbiter it likes, or has used its strike, asks for the same in another way.

use super::attacks_arbitration::{read, say};
use super::attacks_on_sponsors::attackers;
use super::attacks_silence::{at, escalate, silence};
use super::support::pair::{Pair, text};
use super::support::*;

/// Requests to cancel the project on behalf of the first side.
async fn cancel(app: &TestApp, pair: &Pair) -> Value {
    app.person("cmo").post(&pair.at("cancel"), json!({"reason": "No budget."})).await.expect(201).body
}

async fn arbiter_of(app: &TestApp, approval: &Value) -> Value {
    read(app, &format!("/v1/approvals/{}", text(&approval["id"]))).await["arbiter_person_id"].clone()
}

#[apply(both)]
async fn cancelling_draws_no_other_arbiter_than_closing(app: TestApp) {
    for is_withdrawn in [false, true] {
        let app = app.fresh();
        let pair = Pair::with_panel(&app, &["ada", "bob", "eve", "dan"]).await;
        let close = silence(&app, &pair).await;
        let first = escalate(&app, &close).await;
        say(&app.person("cmo"), &first, "strike").await.expect(200);
        let second = arbiter_of(&app, &close).await;
        if is_withdrawn {
            app.person("cmo").act(&format!("/v1/approvals/{}/withdraw", text(&close["id"]))).await.expect(200);
        }
        let asked = cancel(&app, &pair).await;
        at(&app, &asked["silent_from"]);
        let escalated = escalate(&app, &asked).await;
        assert_eq!(escalated["arbiter_person_id"], second);
        for attacker in attackers(&app, "cmo") {
            say(&attacker, &escalated, "strike").await.refused(409, "conflict");
        }
        // The other side still has its strike.
        say(&app.person("cio"), &escalated, "strike").await.expect(200);
        let third = arbiter_of(&app, &asked).await;
        assert!(third.is_string() && ![&first["arbiter_person_id"], &second].contains(&&third), "{third}");
        // The arbiter of the earlier approval could decide before this strike.
        if !is_withdrawn {
            assert_eq!(arbiter_of(&app, &close).await, second);
        }
    }
}

/// One side asks for both, so that the other side has to use its strike for one of them.
#[apply(both)]
async fn a_strike_counts_for_closing_and_for_cancelling(app: TestApp) {
    let pair = Pair::with_panel(&app, &["ada", "bob", "eve"]).await;
    let asked = [app.person("cmo").act(&pair.at("close")).await.expect(201).body, cancel(&app, &pair).await];
    at(&app, &asked[0]["silent_from"]);
    let escalated = [escalate(&app, &asked[0]).await, escalate(&app, &asked[1]).await];
    let struck = &escalated[0]["arbiter_person_id"];
    assert_eq!(struck, &escalated[1]["arbiter_person_id"]);
    let replies = at_once(20, |number| {
        let (client, draw) = (app.person("cio"), escalated[number % 2].clone());
        async move { say(&client, &draw, "strike").await }
    })
    .await;
    assert_eq!((with_status(&replies, 200), with_status(&replies, 409)), (1, 19));
    let next = arbiter_of(&app, &asked[0]).await;
    assert_ne!(&next, struck);
    assert_eq!(arbiter_of(&app, &asked[1]).await, next);
    // The arbiter of both can be struck once more by the side that asked, and then the last of the panel decides.
    let current = read(&app, &format!("/v1/approvals/{}", text(&asked[1]["id"]))).await;
    say(&app.person("cio"), &current, "strike").await.refused(409, "conflict");
    say(&app.person("cmo"), &current, "strike").await.expect(200);
    let last = arbiter_of(&app, &asked[0]).await;
    assert!(last.is_string() && ![struck, &next].contains(&&last), "{last}");
    assert_eq!(arbiter_of(&app, &asked[1]).await, last);
}
