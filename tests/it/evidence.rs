//! The evidence of a project: the file verifies, the chain has no forks, an erasure keeps it valid, and a person with
//! access to the database cannot change it without a trace.

use std::process::Command;

use entente::collaboration::evidence::compare::{Comparison, compare};
use entente::collaboration::evidence::fault::Fault;
use entente::collaboration::evidence::verify::{Verified, verify};

use super::support::client::Client;
use super::support::pair::{Pair, charter, respond, text};
use super::support::team::{department, execute_sql, head, person, person_without_position};
use super::support::*;

/// Returns the file as it was sent.
pub async fn file(client: &Client, project: &str) -> String {
    client.get(&format!("/v1/projects/{project}/evidence")).await.expect(200).text
}

pub async fn verified(app: &TestApp, project: &str) -> Verified {
    verify(file(&app.person("cmo"), project).await.as_bytes()).unwrap()
}

async fn public_key(app: &TestApp) -> String {
    text(&app.anonymous().get("/v1/evidence-key").await.expect(200).body["public_key"]).to_owned()
}

/// Adds a decision, an approval and a delegation to the history.
async fn eventful(app: &TestApp) -> Pair {
    let pair = Pair::running(app).await;
    let (cmo, cio) = (app.person("cmo"), app.person("cio"));
    let delegation = json!({"delegate_person_id": pair.max, "valid_from": "2027-04-01", "valid_to": "2027-04-05"});
    cmo.post(&pair.at(&format!("sides/{}/delegations", pair.brand)), delegation).await.expect(201);
    let question = json!({"question": "Where is the data?", "due_at": "2027-05-01T08:00:00Z"});
    let raised = cmo.post(&pair.at("decisions"), question).await.expect(201).body;
    let approval = cmo.get(&format!("/v1/approvals/{}", text(&raised["approval_id"]))).await.expect(200).body;
    for (sponsor, choice) in [(&cmo, "reject"), (&cmo, "approve"), (&cio, "approve")] {
        respond(sponsor, &approval, choice).await.expect(200);
    }
    pair
}

#[apply(both)]
async fn the_evidence_of_a_history_verifies(app: TestApp) {
    let pair = eventful(&app).await;
    let read = app.person("cio").get(&pair.at("evidence")).await.expect(200);
    assert!(read.header("content-disposition").contains(&pair.project));
    assert_eq!(read.header("cache-control"), "no-store");
    let evidence = verify(read.text.as_bytes()).unwrap();
    evidence.require_key(&public_key(&app).await).unwrap();
    assert_eq!((evidence.project(), evidence.count_erased()), (pair.project.as_str(), 0));

    let record = &read.body["record"];
    let count = |list: &str| record[list].as_array().unwrap().len();
    assert_eq!((count("charters"), count("approvals"), count("decisions"), count("delegations")), (1, 2, 1, 1));
    // The two signatures; the rejection that was changed, and the two responses that count.
    assert_eq!(count("approval_responses"), 5);
    assert_eq!(record["decisions"][0]["outcome"], "approved");
    assert_eq!(record["coverage"]["complete"], true);

    // Everything about the project is in its chain: each event of its slices has an entry.
    let entries = read.body["audit_entries"].as_array().unwrap();
    let actions: Vec<&str> = entries.iter().map(|entry| text(&entry["action"])).collect();
    for action in [
        "project.created",
        "sponsor.assigned",
        "membership.invited",
        "membership.accepted",
        "ownership.assigned",
        "project.proposed",
        "approval.requested",
        "approval.responded",
        "approval.approved",
        "project.activated",
        "delegation.created",
        "decision.raised",
        "decision.decided",
    ] {
        assert!(actions.contains(&action), "{action}: {actions:?}");
    }
    // A read does not change the chain, so two files at the same time have the same head.
    assert_eq!(verified(&app, &pair.project).await.head(), evidence.head());
}

#[apply(both)]
async fn every_changed_byte_of_a_file_is_found(app: TestApp) {
    let pair = Pair::prepared(&app).await;
    let original = file(&app.person("cmo"), &pair.project).await.into_bytes();
    verify(&original).unwrap();
    let mut changed = original.clone();
    // Places all over the file, and the whole signature. The unit tests change every place of a short file.
    let signature = original.len() - 300;
    for place in (0..signature).step_by(211).chain(signature..original.len()) {
        changed[place] ^= 1;
        assert!(verify(&changed).is_err(), "at {place}");
        changed[place] = original[place];
    }
    assert!(verify(&original[..original.len() - 1]).is_err());
    assert!(verify(&[original.as_slice(), b"\n"].concat()).is_err());
}

#[apply(both)]
async fn parallel_changes_of_a_project_are_one_chain(app: TestApp) {
    let pair = Pair::running(&app).await;
    let before = verified(&app, &pair.project).await;
    let replies = at_once(30, |number| {
        let (app, pair) = (&app, &pair);
        async move {
            let question = json!({"question": format!("Number {number}?"), "due_at": "2027-05-01T08:00:00Z"});
            match number % 3 {
                0 => app.person("cmo").post(&pair.at("decisions"), question).await,
                1 => app.person("cio").post(&pair.at("decisions"), question).await,
                // Announced in the project, without a lock of the project.
                _ => {
                    let next = if number % 2 == 0 { &pair.mia } else { &pair.max };
                    let path = format!("/v1/departments/{}", pair.brand);
                    app.admin().patch(&path, "*", json!({"head_person_id": next})).await
                }
            }
        }
    })
    .await;
    assert_eq!(with_status(&replies, 201), 20);
    assert_eq!(with_status(&replies, 200), 10);
    let after = verified(&app, &pair.project).await;
    let Comparison { added, erased } = compare(&after, &before).unwrap();
    // Each decision has its own entry and that of its approval.
    assert!(added >= 40 && erased == 0, "{added}");
}

#[apply(both)]
async fn two_projects_have_two_chains(app: TestApp) {
    let pair = Pair::prepared(&app).await;
    let body = charter(&pair.brand, &pair.platform, &pair.cmo, &pair.cio);
    let other = app.person("cmo").post("/v1/projects", body).await.expect(201).id();
    let (one, two) = (verified(&app, &pair.project).await, verified(&app, &other).await);
    assert_eq!(two.project(), other);
    assert!(one.head() != two.head() && two.count() < one.count());
    assert_eq!(compare(&one, &two), Err(Fault::AnotherProject));
    assert_eq!(one.public_key(), two.public_key());
}

#[apply(both)]
async fn an_erased_person_leaves_the_chain_valid(app: TestApp) {
    let pair = eventful(&app).await;
    let older = verified(&app, &pair.project).await;
    let path = format!("/v1/people/{}", pair.max);
    app.admin().post(&format!("{path}/deactivate"), json!({"reason": "Left"})).await.expect(200);
    app.admin().act(&format!("{path}/erase")).await.expect(200);
    let newer = verified(&app, &pair.project).await;
    let compared = compare(&newer, &older).unwrap();
    assert!(compared.added > 0, "{compared:?}");
}

/// What an erasure does with an entry that has personal data.
fn redaction(project: &str, content: &str) -> Vec<String> {
    vec![
        "INSERT INTO erasure_lock (id) VALUES (1)".to_owned(),
        format!("UPDATE audit_entries SET {content} WHERE project_id = '{project}' AND chain_position = 2"),
        "DELETE FROM erasure_lock".to_owned(),
    ]
}

#[apply(both)]
async fn a_redacted_entry_keeps_its_hash_and_loses_its_salt(app: TestApp) {
    let pair = Pair::prepared(&app).await;
    let older = verified(&app, &pair.project).await;
    // Nothing in the entry is personal data, so only its reason and its salt go.
    let redacted = "reason = NULL, salt = NULL";
    execute_sql(&app, redaction(&pair.project, redacted)).await.unwrap();
    let read = app.person("cmo").get(&pair.at("evidence")).await.expect(200);
    let newer = verify(read.text.as_bytes()).unwrap();
    assert_eq!(read.body["audit_entries"][1]["salt"], Value::Null);
    assert_eq!((newer.count_erased(), newer.head()), (1, older.head()));
    assert_eq!(compare(&newer, &older), Ok(Comparison { added: 0, erased: 1 }));
    // Other content, marked as erased.
    let replaced = "after = replace(after, '{', '{\"x\":1,'), salt = NULL";
    let statements =
        redaction(&pair.project, replaced).into_iter().map(|sql| sql.replace("position = 2", "position = 4"));
    execute_sql(&app, statements.collect()).await.unwrap();
    let read = app.person("cmo").get(&pair.at("evidence")).await.expect(200);
    let rewritten = verify(read.text.as_bytes()).unwrap();
    assert_eq!(compare(&rewritten, &older), Err(Fault::Changed(4)));

    // Not even an erasure can change anything else.
    for refused in [
        "after = '{}'",
        "sha256 = previous_sha256, salt = NULL",
        "content_sha256 = sha256, salt = NULL",
        "previous_sha256 = sha256, salt = NULL",
        "chain_position = 1000, salt = NULL",
        "project_id = 'prj_other', salt = NULL",
        "salt = content_sha256",
    ] {
        let statements =
            redaction(&pair.project, refused).into_iter().map(|sql| sql.replace("position = 2", "position = 3"));
        let error = execute_sql(&app, statements.collect()).await.unwrap_err();
        assert!(error.contains("audit_entries_append_only"), "{refused}: {error}");
    }
}

#[apply(both)]
async fn the_database_refuses_forks_and_a_shorter_chain(app: TestApp) {
    let pair = Pair::prepared(&app).await;
    let project = &pair.project;
    let fork = format!(
        "INSERT INTO audit_entries (id, recorded_at, actor, action, subject, before, after, request_id, project_id, \
         chain_position, previous_sha256, content_sha256, sha256, salt) \
         SELECT 'aud_fork', recorded_at, actor, action, subject, before, after, request_id, project_id, chain_position, \
         previous_sha256, content_sha256, sha256, salt FROM audit_entries \
         WHERE project_id = '{project}' AND chain_position = 2"
    );
    assert!(execute_sql(&app, vec![fork]).await.is_err());
    for refused in [
        format!("UPDATE audit_chains SET length = length - 1 WHERE project_id = '{project}'"),
        format!("UPDATE audit_chains SET sha256 = '{}' WHERE project_id = '{project}'", "1".repeat(64)),
        format!("UPDATE audit_chains SET project_id = 'prj_other' WHERE project_id = '{project}'"),
        format!("DELETE FROM audit_chains WHERE project_id = '{project}'"),
    ] {
        let error = execute_sql(&app, vec![refused.clone()]).await.unwrap_err();
        assert!(error.contains("audit_chains_append_only"), "{refused}: {error}");
    }
    verified(&app, &pair.project).await;
}

/// Removes the protection of the trail, as the owner of the database can.
fn without_protection(app: &TestApp, change: &str) -> Vec<String> {
    let (off, on) = match app.engine {
        Engine::Sqlite => ("DROP TRIGGER audit_entries_no_update", "DELETE FROM erasure_lock"),
        Engine::Postgres => (
            "ALTER TABLE audit_entries DISABLE TRIGGER audit_entries_append_only",
            "ALTER TABLE audit_entries ENABLE TRIGGER audit_entries_append_only",
        ),
    };
    vec![off.to_owned(), change.to_owned(), on.to_owned()]
}

#[apply(both)]
async fn the_owner_of_the_database_cannot_rewrite_the_history(app: TestApp) {
    let pair = Pair::running(&app).await;
    let older = verified(&app, &pair.project).await;
    let entry = format!("WHERE project_id = '{}' AND chain_position = 3", pair.project);
    let change = format!("UPDATE audit_entries SET actor = 'act_other' {entry}");
    execute_sql(&app, without_protection(&app, &change)).await.unwrap();
    let changed = file(&app.person("cmo"), &pair.project).await;
    assert_eq!(verify(changed.as_bytes()), Err(Fault::Hash(3)));
    assert!(older.count() > 3);
}

#[apply(both)]
async fn the_owner_of_the_database_cannot_change_a_response(app: TestApp) {
    let pair = eventful(&app).await;
    let forge = format!(
        "UPDATE approval_responses SET response = 'approve', reason = NULL \
         WHERE project_id = '{}' AND response = 'reject'",
        pair.project
    );
    execute_sql(&app, vec![forge]).await.unwrap();
    let changed = file(&app.person("cmo"), &pair.project).await;
    assert!(matches!(verify(changed.as_bytes()), Err(Fault::Terms("response", _))));
}

#[apply(both)]
async fn events_of_a_project_carry_the_head_of_its_chain(app: TestApp) {
    let pair = Pair::running(&app).await;
    let read = app.person("cmo").get(&pair.at("evidence")).await.expect(200);
    let entries = read.body["audit_entries"].as_array().unwrap();
    let feed = app.drained_feed().await;
    let of_project = |event: &&Value| text(&event["type"]).starts_with("project.");
    let heads: Vec<&Value> = feed.iter().filter(of_project).map(|event| &event["chain_head"]).collect();
    assert_eq!(heads.len(), 3);
    for head in heads {
        let position = usize::try_from(head["position"].as_u64().unwrap()).unwrap();
        assert_eq!(entries[position - 1]["sha256"], head["sha256"]);
        assert!(text(&entries[position - 1]["action"]).starts_with("project."));
    }
    assert!(feed.iter().filter(|event| !of_project(event)).all(|event| event.get("chain_head").is_none()));
}

#[apply(both)]
async fn sponsors_heads_auditors_and_administrators_read_the_evidence(app: TestApp) {
    let pair = Pair::running(&app).await;
    let helen = person(&app, "helen", &pair.brand).await;
    head(&app, &pair.brand, &helen).await;
    person(&app, "bea", &pair.brand).await;
    let path = pair.at("evidence");
    let auditor = "projects:read audit:read";
    for caller in [
        app.person("cmo"),
        app.person("cio"),
        app.person("helen"),
        app.admin(),
        app.caller("bea", auditor),
        app.service("audit", auditor),
    ] {
        caller.get(&path).await.expect(200);
    }
    // Members see the project, but not who did what in it.
    for member in ["mia", "max", "ivan"] {
        app.person(member).get(&path).await.refused(403, "forbidden");
    }
    app.service("crm", "projects:read projects:write").get(&path).await.refused(403, "forbidden");
    // Others do not learn that the project exists, not even colleagues of a sponsor.
    let finance = department(&app, "finance").await;
    let fin = person(&app, "fin", &finance).await;
    head(&app, &finance, &fin).await;
    person_without_position(&app, "sam").await;
    for outsider in ["bea", "fin", "sam"] {
        app.person(outsider).get(&path).await.refused(404, "not_found");
    }
    app.caller("bea", "projects:read admin").get(&path).await.refused(403, "conflict_of_interest");
    app.caller("cmo", "audit:read").get(&path).await.expect(403);
    app.anonymous().get(&path).await.expect(401);
    app.admin().get("/v1/projects/prj_01kdvdna00e008000000000999/evidence").await.expect(404);
}

#[apply(both)]
async fn the_key_is_created_once_and_stored_encrypted(app: TestApp) {
    let replies = at_once(20, |_| {
        let app = &app;
        async move { app.anonymous().get("/v1/evidence-key").await }
    })
    .await;
    let keys: std::collections::BTreeSet<&str> =
        replies.iter().map(|reply| reply.body["public_key"].as_str().unwrap_or_default()).collect();
    assert_eq!((with_status(&replies, 200), keys.len()), (20, 1));
    use diesel::prelude::*;
    use entente::kernel::db::schema::installation_secrets::dsl;
    let stored: String = app
        .state
        .db
        .read(|conn| {
            let key = dsl::installation_secrets.filter(dsl::name.eq("evidence_key"));
            Ok(key.select(dsl::value).get_result(conn)?)
        })
        .await
        .unwrap();
    assert!(stored.starts_with("sealed:"), "{stored}");
}

#[apply(both)]
async fn the_command_line_verifies_files_offline(app: TestApp) {
    let pair = Pair::prepared(&app).await;
    let folder = std::env::temp_dir().join(format!("entente-evidence-{:?}-{}", app.engine, std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let old = write("old.json", &file(&app.person("cmo"), &pair.project).await);
    app.person("cmo").act(&pair.at("propose")).await.expect(200);
    let text = file(&app.person("cio"), &pair.project).await;
    let (new, changed) =
        (write("new.json", &text), write("changed.json", &text.replacen("One customer", "Two customer", 1)));
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_entente"));
        let output = command.env_clear().current_dir(&folder).arg("verify").args(arguments).output().unwrap();
        let streams = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        (output.status.success(), streams.concat())
    };
    // A file can be signed with any key, so without the key that was kept it is not valid.
    let key = public_key(&app).await;
    for arguments in [&[new.as_str()][..], &[new.as_str(), "--against", &old]] {
        let (valid, printed) = run(arguments);
        assert!(!valid && printed.contains(&pair.project) && printed.contains(&key), "{printed}");
        assert!(printed.contains("the signer was not checked") && !printed.contains(": valid."), "{printed}");
    }
    let (valid, printed) = run(&[new.as_str(), "--key", &key]);
    assert!(valid && printed.contains(": valid."), "{printed}");
    let (valid, printed) = run(&[new.as_str(), "--against", &old, "--key", &key]);
    assert!(valid && printed.contains("Nothing recorded before the older file was changed."), "{printed}");
    let (valid, printed) = run(&[old.as_str(), "--against", &new]);
    assert!(!valid && printed.contains("the newer file has"), "{printed}");
    let (valid, printed) = run(&[changed.as_str()]);
    assert!(!valid && printed.contains("the signature is not valid"), "{printed}");
    let (valid, printed) = run(&[new.as_str(), "--key", &"0".repeat(64)]);
    assert!(!valid && printed.contains("was expected"), "{printed}");
    let (valid, printed) = run(&["missing.json"]);
    assert!(!valid && printed.contains("missing.json"), "{printed}");
    std::fs::remove_dir_all(&folder).unwrap();
}
