//! The record of a file of evidence: it shows one moment, and is what the history of the project leads to.

use entente::collaboration::evidence::compare::compare;
use entente::collaboration::evidence::fault::Fault;
use entente::collaboration::evidence::verify::verify;

use super::evidence::{file, verified};
use super::support::pair::{Pair, respond, text};
use super::support::team::{execute_sql, person};
use super::support::*;

/// A file that is read while the project changes shows one moment: its record is what its audit entries lead to.
#[apply(both)]
async fn evidence_shows_one_moment(app: TestApp) {
    let pair = Pair::running(&app).await;
    let replies = at_once(30, |number| {
        let (app, pair) = (&app, &pair);
        async move {
            if number % 2 == 0 {
                return app.person("cio").get(&pair.at("evidence")).await;
            }
            let question = json!({"question": format!("Number {number}?"), "due_at": "2027-05-01T08:00:00Z"});
            let raised = app.person("cmo").post(&pair.at("decisions"), question).await.expect(201).body;
            let path = format!("/v1/decisions/{}/withdraw", text(&raised["decision"]["id"]));
            app.person("cmo").act(&path).await
        }
    })
    .await;
    let mut read = 0;
    for reply in replies.iter().filter(|reply| reply.text.contains("audit_entries")) {
        verify(reply.text.as_bytes()).unwrap();
        read += 1;
    }
    assert!(read > 0);
    verified(&app, &pair.project).await;
}

/// The owner of the database changes what the sides decided, without a change of the audit trail.
#[apply(both)]
async fn the_record_of_a_file_is_bound_to_its_history(app: TestApp) {
    let pair = Pair::running(&app).await;
    let due = json!({"question": "Do we buy it?", "due_at": "2027-05-01T08:00:00Z"});
    let raised = app.person("cmo").post(&pair.at("decisions"), due).await.expect(201).body;
    let path = format!("/v1/decisions/{}/withdraw", text(&raised["decision"]["id"]));
    app.person("cmo").act(&path).await.expect(200);
    verified(&app, &pair.project).await;
    for (change, kind) in [
        ("UPDATE decisions SET question = 'Do we sell it?'", "decision"),
        (
            "UPDATE project_sides SET sponsor_confirmed_at = '2020-01-01 00:00:00' WHERE sponsor_confirmed_at IS NOT NULL",
            "side",
        ),
    ] {
        execute_sql(&app, vec![change.to_owned()]).await.unwrap();
        let changed = file(&app.person("cmo"), &pair.project).await;
        let fault = verify(changed.as_bytes()).unwrap_err();
        // The sides come first.
        assert!(matches!(fault, Fault::NotRecorded(of, _) if of == kind), "{fault:?}");
    }
}

/// A delegate for all projects responds, and the sponsor is replaced: the evidence still says who that was.
#[apply(both)]
async fn a_delegation_for_all_projects_is_in_the_evidence_of_each(app: TestApp) {
    let pair = Pair::running(&app).await;
    let (deputy, successor) = (person(&app, "deputy", &pair.brand).await, person(&app, "successor", &pair.brand).await);
    let body = json!({"delegate_person_id": deputy, "valid_from": "2027-03-30", "valid_to": "2027-04-10"});
    let delegation = app.person("cmo").post("/v1/delegations", body).await.expect(201).body;
    let question = json!({"question": "Where is the data?", "due_at": "2027-05-01T08:00:00Z"});
    let raised = app.person("cmo").post(&pair.at("decisions"), question).await.expect(201).body;
    let path = format!("/v1/approvals/{}", text(&raised["approval_id"]));
    let approval = app.person("cmo").get(&path).await.expect(200).body;
    for subject in ["deputy", "cio"] {
        respond(&app.person(subject), &approval, "approve").await.expect(200);
    }
    let older = verified(&app, &pair.project).await;
    let sponsor = pair.at(&format!("sides/{}/sponsor", pair.brand));
    app.person("cmo").put(&sponsor, "*", json!({"person_id": successor})).await.expect(200);
    app.person("successor").act(&format!("{sponsor}/accept")).await.expect(200);
    let read = app.person("cio").get(&pair.at("evidence")).await.expect(200);
    let newer = verify(read.text.as_bytes()).unwrap();
    compare(&newer, &older).unwrap();
    let listed = read.body["record"]["delegations"].as_array().unwrap();
    assert!(listed.iter().any(|one| one["id"] == delegation["id"]), "{listed:?}");
    let entries = read.body["audit_entries"].as_array().unwrap();
    let notices: Vec<_> = entries.iter().filter(|entry| entry["action"] == "project.delegate_changed").collect();
    assert_eq!(notices.len(), 1);
    assert!(text(&notices[0]["after"]).contains(text(&delegation["id"])));
    // Revoked, when the sponsor represents no side of this project any more.
    let revoke = format!("/v1/delegations/{}/revoke", text(&delegation["id"]));
    app.person("cmo").act(&revoke).await.expect(200);
}
