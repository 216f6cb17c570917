//! Who sees the draw of an arbiter, until when the sides can act on it, and what the evidence proves about it.

use entente::collaboration::evidence::compare::compare;
use entente::collaboration::evidence::fault::Fault;
use entente::collaboration::evidence::verify::verify;

use super::attacks_arbitration::{raise, read, say};
use super::evidence::{file, verified};
use super::support::client::Client;
use super::support::pair::{Pair, respond, text};
use super::support::team::{execute_sql, person};
use super::support::*;

#[apply(both)]
async fn the_sides_see_the_draw_until_the_arbiter_can_decide(app: TestApp) {
    let pair = Pair::with_panel(&app, &["ada", "bob", "eve"]).await;
    let deputy = person(&app, "deputy", &pair.platform).await;
    let days = json!({"delegate_person_id": deputy, "valid_from": "2027-03-30", "valid_to": "2027-04-30"});
    app.person("cio").post(&pair.at(&format!("sides/{}/delegations", pair.platform)), days).await.expect(201);
    let pending = async |login: &str| -> Vec<Value> {
        let inbox = app.person(login).get("/v1/me/inbox").await.expect(200).body;
        inbox["data"].as_array().unwrap().iter().filter(|one| one["kind"] == "draw").cloned().collect()
    };
    let raised = raise(&app, &pair).await;
    for (login, side) in [("cmo", &pair.brand), ("cio", &pair.platform), ("deputy", &pair.platform)] {
        let found = pending(login).await;
        assert_eq!(found.len(), 1, "{login}: {found:?}");
        assert_eq!((&found[0]["id"], &found[0]["department_id"]), (&raised["draw_id"], &json!(side)));
        assert_eq!(found[0]["person_id"], raised["arbiter_person_id"]);
        assert_eq!(found[0]["due_at"], raised["ruling_from"]);
    }
    assert!(pending("mia").await.is_empty());
    let path = format!("/v1/disputes/{}", text(&raised["id"]));
    let first = app.person("mia").get(&path).await.expect(200);
    let draw = &first.body["draw"];
    assert_eq!((&draw["id"], &draw["waived_by_department_ids"]), (&raised["draw_id"], &json!([])));
    assert_eq!((draw["candidates"].as_array().unwrap().len(), text(&draw["seed"]).len()), (3, 64));

    say(&app.person("deputy"), &raised, "waive").await.expect(200);
    assert!(pending("cio").await.is_empty() && pending("deputy").await.is_empty());
    assert_eq!(pending("cmo").await.len(), 1);
    // A cached response does not hide the waiver.
    let again = app.person("mia").request("GET", &path).header("If-None-Match", &first.etag()).send().await.expect(200);
    assert_eq!(again.body["draw"]["waived_by_department_ids"], json!([pair.platform]));
    say(&app.person("cmo"), &raised, "strike").await.expect(200);
    let second = read(&app, &path).await;
    for login in ["cmo", "cio", "deputy"] {
        let found = pending(login).await;
        assert_eq!((found.len(), &found[0]["id"]), (1, &second["draw_id"]), "{login}");
    }
    app.clock.set(text(&second["ruling_from"]).parse().unwrap());
    for login in ["cmo", "cio", "deputy"] {
        assert!(pending(login).await.is_empty(), "{login}");
    }
    // A decision shows its draw, too.
    let body = json!({"question": "Do we buy it?", "due_at": "2027-04-12T22:00:00Z"});
    let raised = app.person("cmo").post(&pair.at("decisions"), body).await.expect(201).body;
    let asked = app.person("cmo").get(&format!("/v1/approvals/{}", text(&raised["approval_id"]))).await.expect(200);
    respond(&app.person("cmo"), &asked.body, "approve").await.expect(200);
    respond(&app.person("cio"), &asked.body, "reject").await.expect(200);
    let path = format!("/v1/decisions/{}", text(&raised["decision"]["id"]));
    assert_eq!(read(&app, &path).await.get("draw"), None);
    let escalated = app.person("cio").act(&format!("{path}/escalate")).await.expect(200).body;
    let shown = read(&app, &path).await;
    assert_eq!(shown["draw"]["id"], escalated["draw_id"]);
    assert_eq!(shown["draw"]["person_id"], escalated["escalated_to"]);
    assert_eq!(pending("cio").await[0]["id"], escalated["draw_id"]);
    app.person("cmo").act(&format!("{path}/withdraw")).await.expect(200);
    assert!(pending("cio").await.is_empty());
}

/// Returns the arbiter of a dispute as a caller.
async fn arbiter_of(app: &TestApp, dispute: &Value) -> Client {
    let path = format!("/v1/people/{}", text(&dispute["arbiter_person_id"]));
    app.person(text(&app.admin().get(&path).await.expect(200).body["login"]))
}

#[apply(both)]
async fn a_ruling_is_in_the_evidence_with_its_draws(app: TestApp) {
    let pair = Pair::with_panel(&app, &["ada", "bob", "eve"]).await;
    let (cmo, cio) = (app.person("cmo"), app.person("cio"));
    let raised = raise(&app, &pair).await;
    let path = format!("/v1/disputes/{}", text(&raised["id"]));
    let drawn = verified(&app, &pair.project).await;
    say(&cio, &raised, "strike").await.expect(200);
    let second = cmo.get(&path).await.expect(200).body;
    say(&cmo, &second, "waive").await.expect(200);
    let waived = verified(&app, &pair.project).await;
    say(&cio, &second, "waive").await.expect(200);
    let settlement = json!({"person_id": pair.mia, "reason": "It is about brands."});
    arbiter_of(&app, &second).await.post(&format!("{path}/arbitrate"), settlement).await.expect(200);

    let read = cmo.get(&pair.at("evidence")).await.expect(200);
    let ruled = verify(read.text.as_bytes()).unwrap();
    for older in [&drawn, &waived] {
        compare(&ruled, older).unwrap();
    }
    let record = &read.body["record"];
    let draws = record["draws"].as_array().unwrap();
    let of = |draw: &Value| {
        let sides = draw["waived_by_department_ids"].as_array().unwrap().len();
        (draw["subject"].clone(), draw["person_id"].clone(), draw["struck_by_department_id"].clone(), sides)
    };
    let expected = [
        (raised["id"].clone(), raised["arbiter_person_id"].clone(), json!(pair.platform), 0),
        (raised["id"].clone(), second["arbiter_person_id"].clone(), Value::Null, 2),
    ];
    assert_eq!(draws.iter().map(of).collect::<Vec<_>>(), expected);
    let candidates = |draw: &Value| draw["candidates"].as_array().unwrap().len();
    assert_eq!((candidates(&draws[0]), candidates(&draws[1])), (3, 2));
    let (dispute, decision) = (&record["disputes"][0], &record["decisions"][0]);
    assert_eq!(dispute["decision_id"], decision["id"]);
    assert_eq!(decision["decided_by"], draws[1]["person_id"]);

    // The owner of the database cannot choose the arbiter afterwards.
    let forge = format!("UPDATE draws SET candidates = person_id WHERE id = '{}'", text(&second["draw_id"]));
    execute_sql(&app, vec![forge]).await.unwrap();
    let forged = file(&cmo, &pair.project).await;
    assert_eq!(verify(forged.as_bytes()), Err(Fault::Draw(text(&second["draw_id"]).to_owned())));
}
