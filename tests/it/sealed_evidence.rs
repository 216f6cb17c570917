//! What a sealed response leaves in the evidence, and in the work that the service does for it.

use entente::collaboration::evidence::compare::compare;
use entente::collaboration::evidence::verify::verify;

use super::attacks_on_sponsors::attackers;
use super::attacks_sealed::{REASON, amend, decision, respond};
use super::support::pair::{Pair, text};
use super::support::*;

/// Returns the texts of the statements since the last [`TestApp::record_statements`], without their values.
fn statements(app: &TestApp) -> Vec<String> {
    app.statements().iter().map(|sql| sql.split(" -- binds").next().unwrap_or_default().to_owned()).collect()
}

/// Returns the file as the sponsor of the first side reads it.
async fn evidence(app: &TestApp, pair: &Pair) -> Reply {
    app.person("cmo").get(&pair.at("evidence")).await.expect(200)
}

/// Returns the audit entries of responses in a file.
fn responded(file: &Reply) -> Vec<Value> {
    let entries = file.body["audit_entries"].as_array().unwrap().iter();
    entries.filter(|entry| entry["action"] == "approval.responded").cloned().collect()
}

#[apply(both)]
async fn the_evidence_has_a_sealed_response_as_a_digest_only(app: TestApp) {
    let pair = Pair::running(&app).await;
    let (_, asked) = decision(&app, &pair).await;
    let before = evidence(&app, &pair).await;
    respond(&app.person("cio"), &asked, "reject").await.expect(200);
    let sealed = evidence(&app, &pair).await;
    let older = verify(sealed.text.as_bytes()).unwrap();
    assert!(!sealed.text.contains(REASON));
    let of_decision = |file: &Reply| {
        let approvals = file.body["record"]["approvals"].as_array().unwrap();
        approvals.iter().find(|one| one["id"] == asked["id"]).unwrap().clone()
    };
    let found = of_decision(&sealed);
    assert_eq!((&found["responses"], &found["responded"]), (&json!([]), &json!([pair.platform])));
    // The list of responses has those to the charter only, so no salt with which the digest could be guessed.
    assert_eq!(sealed.body["record"]["approval_responses"], before.body["record"]["approval_responses"]);
    let entry = responded(&sealed).pop().unwrap();
    let notice: Value = serde_json::from_str(text(&entry["after"])).unwrap();
    assert_eq!(notice["department_id"], json!(pair.platform));
    assert!(notice.get("response").is_none() && notice.get("reason").is_none() && notice.get("salt").is_none());

    // After the last response, the file shows that it is the response that was given.
    respond(&app.person("cmo"), &asked, "approve").await.expect(200);
    let opened = evidence(&app, &pair).await;
    compare(&verify(opened.text.as_bytes()).unwrap(), &older).unwrap();
    let responses = opened.body["record"]["approval_responses"].as_array().unwrap().clone();
    let shown = responses.iter().find(|one| one["id"] == notice["id"]).unwrap();
    assert_eq!((&shown["sha256"], &shown["reason"]), (&notice["sha256"], &json!(REASON)));
}

#[apply(both)]
async fn an_approval_and_a_rejection_need_the_same_statements(app: TestApp) {
    let mut worlds = Vec::new();
    for choice in ["approve", "reject"] {
        let app = app.fresh();
        let pair = Pair::running(&app).await;
        let (_, question) = decision(&app, &pair).await;
        let charter = amend(&app, &pair, "ends_on", json!("2027-11-01")).await;
        let close = app.person("cmo").act(&pair.at("close")).await.expect(201).body;
        let other = if choice == "approve" { "reject" } else { "approve" };
        let mut counts = Vec::new();
        for asked in [&question, &charter] {
            // The first response, one that replaces it, and a repetition.
            for choice in [choice, other, choice, choice] {
                app.record_statements();
                respond(&app.person("cio"), asked, choice).await.expect(200);
                counts.push(statements(&app));
            }
        }
        // Reads of the other side, while the responses are sealed.
        for path in [format!("/v1/approvals/{}", text(&question["id"])), pair.at("partnership"), pair.at("readiness")] {
            for caller in attackers(&app, "cmo") {
                app.record_statements();
                caller.get(&path).await.expect(200);
                counts.push(statements(&app));
            }
        }
        // What the side that asked sees of a change of its visible response is sealed, too.
        app.record_statements();
        respond(&app.person("cmo"), &close, "reject").await.expect(200);
        counts.push(statements(&app));
        worlds.push(counts);
    }
    let [approved, rejected] = <[_; 2]>::try_from(worlds).unwrap();
    for (step, (one, other)) in approved.iter().zip(&rejected).enumerate() {
        assert_eq!(one.len(), other.len(), "step {step}:\n  {}\n\n  {}", one.join("\n  "), other.join("\n  "));
        assert_eq!(one, other, "step {step}");
    }
    assert!(approved.iter().all(|statements| !statements.is_empty()));
}

#[apply(both)]
async fn a_last_approval_that_fails_needs_the_same_statements_whatever_the_others_responded(app: TestApp) {
    let mut worlds = Vec::new();
    for choice in ["approve", "reject"] {
        let app = app.fresh();
        let pair = Pair::running(&app).await;
        let lena = team::person(&app, "lena", &pair.brand).await;
        let asked = amend(&app, &pair, "lead_person_id", json!(lena)).await;
        respond(&app.person("cio"), &asked, choice).await.expect(200);
        // The last side makes the amendment impossible, and tries to approve it.
        let days = json!({"delegate_person_id": lena, "valid_from": "2027-03-30", "valid_to": "2027-04-30"});
        app.person("cmo").post(&pair.at(&format!("sides/{}/delegations", pair.brand)), days).await.expect(201);
        app.record_statements();
        respond(&app.person("cmo"), &asked, "approve").await.refused(409, "conflict");
        worlds.push(statements(&app));
    }
    assert_eq!(worlds[0], worlds[1]);
}
