use proptest::prelude::*;
use serde_json::json;

use super::super::compare::{Comparison, compare};
use super::super::file::EvidenceFile;
use super::*;
use crate::kernel::evidence_key::EvidenceKey;

const PROJECT: &str = "prj_01kdvdna00e008000000000001";

fn key(byte: u8) -> EvidenceKey {
    EvidenceKey::from_seed(&[byte; 32]).unwrap()
}

/// Computes the hashes of an entry after another one.
fn sealed(mut entry: EvidenceEntry, previous: &str) -> EvidenceEntry {
    entry.previous_sha256 = previous.to_owned();
    if let Some(salt) = &entry.salt {
        let reason = entry.reason.as_deref();
        let content = Content { before: &entry.before, after: &entry.after, reason, salt };
        entry.content_sha256 = content.sha256().unwrap();
    }
    let link = Link {
        project_id: PROJECT,
        position: entry.position,
        previous_sha256: previous,
        id: &entry.id,
        recorded_at: &entry.recorded_at,
        actor: &entry.actor,
        issuer: entry.issuer.as_deref(),
        action: &entry.action,
        subject: &entry.subject,
        request_id: &entry.request_id,
        content_sha256: &entry.content_sha256,
    };
    entry.sha256 = link.sha256().unwrap();
    entry
}

/// Returns a chain with one entry for each text.
fn chain(texts: &[&str]) -> Vec<EvidenceEntry> {
    let mut entries: Vec<EvidenceEntry> = Vec::new();
    for (position, after) in (1_i64..).zip(texts) {
        let entry = EvidenceEntry {
            position,
            id: format!("aud_{position}"),
            recorded_at: "2027-03-30T07:00:00Z".to_owned(),
            actor: "act_1".to_owned(),
            issuer: None,
            action: "project.updated".to_owned(),
            subject: PROJECT.to_owned(),
            request_id: "r".to_owned(),
            before: "null".to_owned(),
            after: (*after).to_owned(),
            reason: (position % 2 == 0).then(|| "Because.".to_owned()),
            salt: Some(format!("{position:064x}")),
            content_sha256: String::new(),
            previous_sha256: String::new(),
            sha256: String::new(),
        };
        let previous = entries.last().map_or(START, |entry| &entry.sha256).to_owned();
        entries.push(sealed(entry, &previous));
    }
    entries
}

fn content() -> Value {
    json!({ "name": "Data", "target": 4.5 })
}

/// Returns the entries of a project with a charter, an approval, a decision, a dispute and a sponsor.
fn items_chain() -> Vec<EvidenceEntry> {
    let sha256 = hash(&content()).unwrap();
    let said = [
        (
            "project.created",
            PROJECT,
            json!({ "charter": { "version": 1, "sha256": sha256 }, "sides": [side("per_1")] }),
        ),
        ("approval.requested", "apr_1", approval("open")),
        ("decision.raised", "dcn_1", decision("open", None)),
        ("decision.decided", "dcn_1", decision("decided", Some("approved"))),
        ("decision.due_soon", "dcn_1", json!({ "about": "2027-03-30" })),
        ("dispute.raised", "dsp_1", dispute("open", None)),
        ("dispute.settled", "dsp_1", dispute("settled", Some("per_2"))),
        ("sponsor.assigned", PROJECT, side("per_3")),
        ("sponsor.directory_changed", PROJECT, json!({ "department_id": "dpt_1", "sponsor_person_id": "per_9" })),
    ];
    let texts: Vec<String> = said.iter().map(|(_, _, after)| after.to_string()).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    rechained(chain(&texts).into_iter().zip(said).map(|(entry, (action, subject, _))| EvidenceEntry {
        action: action.to_owned(),
        subject: subject.to_owned(),
        ..entry
    }))
}

/// Computes the hashes of entries that have changed, as the installation itself could.
fn rechained(entries: impl IntoIterator<Item = EvidenceEntry>) -> Vec<EvidenceEntry> {
    let mut all: Vec<EvidenceEntry> = Vec::new();
    for entry in entries {
        let previous = all.last().map_or(START, |entry| &entry.sha256).to_owned();
        all.push(sealed(entry, &previous));
    }
    all
}

fn approval(state: &str) -> Value {
    json!({ "id": "apr_1", "state": state, "terms": content(), "sha256": hash(&content()).unwrap() })
}

fn decision(state: &str, outcome: Option<&str>) -> Value {
    json!({ "id": "dcn_1", "question": "Where?", "state": state, "outcome": outcome })
}

fn dispute(state: &str, outcome: Option<&str>) -> Value {
    json!({ "id": "dsp_1", "claim": "Ours.", "state": state, "outcome_person_id": outcome })
}

fn side(sponsor: &str) -> Value {
    json!({ "department_id": "dpt_1", "sponsor_person_id": sponsor })
}

/// Returns the record that the entries of [`items_chain`] lead to.
fn items_record(entries: &[EvidenceEntry]) -> Value {
    let mut record = record(entries);
    record["charters"] = json!([{ "version": 1, "content": content(), "sha256": hash(&content()).unwrap() }]);
    record["approvals"] = json!([approval("open")]);
    record["decisions"] = json!([decision("decided", Some("approved"))]);
    record["disputes"] = json!([dispute("settled", Some("per_2"))]);
    record["project"]["sides"] = json!([side("per_3")]);
    record
}

fn record(entries: &[EvidenceEntry]) -> Value {
    json!({
        "format": FORMAT,
        "generated_at": "2027-03-30T08:00:00Z",
        "head": { "position": entries.len(), "sha256": entries.last().map_or(START, |entry| &entry.sha256) },
        "project": { "id": PROJECT },
    })
}

fn written(entries: &[EvidenceEntry], record: &Value, key: &EvidenceKey) -> Vec<u8> {
    let (mut file, mut text) = EvidenceFile::start();
    for page in entries.chunks(2) {
        text.extend(file.entries(page).unwrap());
    }
    text.extend(file.end(record, key).unwrap());
    text
}

/// Returns a file that the installation signs, whatever it contains.
fn signed(entries: &[EvidenceEntry]) -> Vec<u8> {
    written(entries, &record(entries), &key(1))
}

#[test]
fn a_file_is_verified() {
    for count in 0..5 {
        let entries = chain(&vec!["{}"; count]);
        let verified = verify(&signed(&entries)).unwrap();
        assert_eq!((verified.count(), verified.count_erased(), verified.project()), (count, 0, PROJECT));
        assert_eq!(verified.head(), entries.last().map_or(START, |entry| &entry.sha256));
        assert_eq!(verified.generated_at(), "2027-03-30T08:00:00Z");
        verified.require_key(&key(1).public_key()).unwrap();
        assert!(verified.require_key(&key(2).public_key()).is_err());
    }
}

#[test]
fn the_installation_itself_cannot_sign_a_changed_history() {
    let entries = chain(&["1", "2", "3"]);
    let fault = |change: &dyn Fn(&mut Vec<EvidenceEntry>)| {
        let mut changed = entries.clone();
        change(&mut changed);
        verify(&signed(&changed)).unwrap_err()
    };
    assert_eq!(fault(&|entries| entries[1].after = "4".to_owned()), Fault::Content(2));
    assert_eq!(fault(&|entries| entries[1].reason = None), Fault::Content(2));
    assert_eq!(fault(&|entries| entries[1].actor = "act_2".to_owned()), Fault::Hash(2));
    assert_eq!(fault(&|entries| entries[1].content_sha256 = START.to_owned()), Fault::Hash(2));
    assert_eq!(fault(&|entries| drop(entries.remove(1))), Fault::Position(2));
    assert_eq!(fault(&|entries| entries.swap(0, 1)), Fault::Position(1));
    // An entry with a new hash no longer precedes the next one.
    let replace = |entries: &mut Vec<EvidenceEntry>| {
        let changed = EvidenceEntry { after: "4".to_owned(), ..entries[1].clone() };
        entries[1] = sealed(changed, &entries[0].sha256.clone());
    };
    assert_eq!(fault(&replace), Fault::Previous(3));
    let mut record = record(&entries);
    let verified = |record: &Value| verify(&written(&entries, record, &key(1)));
    record["head"]["position"] = json!(2);
    assert_eq!(verified(&record), Err(Fault::Head));
    record["head"]["position"] = json!(3);
    record["charters"] = json!([{ "version": 1, "content": { "target": 5 }, "sha256": hash(&content()).unwrap() }]);
    assert_eq!(verified(&record), Err(Fault::Terms("charter version", "1".to_owned())));
    record["charters"] = json!([]);
    record["approvals"] = json!([{ "id": "apr_1", "terms": {}, "sha256": hash(&content()).unwrap() }]);
    assert_eq!(verified(&record), Err(Fault::Terms("approval", "apr_1".to_owned())));
    record["format"] = json!("entente-evidence-2");
    assert!(matches!(verified(&record), Err(Fault::UnknownFormat(_))));
}

#[test]
fn another_key_cannot_replace_the_signature() {
    let entries = chain(&["1", "2"]);
    let forged = written(&entries, &record(&entries), &key(2));
    let forged = verify(&forged).unwrap();
    assert!(matches!(forged.require_key(&key(1).public_key()), Err(Fault::AnotherKey { .. })));
    assert!(matches!(compare(&forged, &verify(&signed(&entries)).unwrap()), Err(Fault::AnotherKey { .. })));
}

#[test]
fn an_erasure_keeps_the_chain_and_nothing_else_is_forgiven() {
    let jana = r#"{"display_name":"Jana","title":"CMO"}"#;
    let entries = chain(&[jana, "2", "3"]);
    let older = verify(&signed(&entries)).unwrap();
    let mut erased = chain(&[jana, "2", "3", "4"]);
    (erased[0].after, erased[0].salt) = (jana.replace("Jana", "[erased]"), None);
    let newer = verify(&signed(&erased)).unwrap();
    assert_eq!((newer.count(), newer.count_erased()), (4, 1));
    assert_eq!(compare(&newer, &older), Ok(Comparison { added: 1, erased: 1 }));
    assert_eq!(compare(&older, &newer), Err(Fault::Shorter { older: 4, newer: 3 }));
    // Other content, marked as erased.
    for after in [jana.replace("CMO", "CIO"), jana.replace("Jana", "Jan"), "null".to_owned()] {
        let mut rewritten = erased.clone();
        rewritten[0].after = after;
        assert_eq!(compare(&verify(&signed(&rewritten)).unwrap(), &older), Err(Fault::Changed(1)));
    }
    let mut rewritten = erased.clone();
    (rewritten[1].reason, rewritten[1].salt) = (Some("Another reason.".to_owned()), None);
    assert_eq!(compare(&verify(&signed(&rewritten)).unwrap(), &older), Err(Fault::Changed(2)));
    // The salt is missing, but the digest is that of other content.
    let jan = jana.replace("Jana", "Jan");
    let mut rewritten = chain(&[jan.as_str(), "2", "3", "4"]);
    rewritten[0].salt = None;
    let rewritten = verify(&signed(&rewritten)).unwrap();
    assert_eq!(compare(&rewritten, &older), Err(Fault::Changed(1)));
}

#[test]
fn what_the_older_file_says_is_still_there() {
    let entries = items_chain();
    let file = |entries: &[EvidenceEntry], change: &dyn Fn(&mut Value)| {
        let mut record = items_record(entries);
        change(&mut record);
        verify(&written(entries, &record, &key(1)))
    };
    let older = file(&entries, &|_| ()).unwrap();
    assert_eq!(compare(&older, &older), Ok(Comparison { added: 0, erased: 0 }));
    // Another decision may follow, but this one stays as it was made.
    let with = |action: &str, after: &Value| {
        let more =
            EvidenceEntry { position: 10, after: after.to_string(), action: action.to_owned(), ..entries[3].clone() };
        rechained(entries.iter().cloned().chain([more]))
    };
    let again = decision("decided", Some("rejected"));
    let newer = file(&with("decision.decided", &again), &|record| record["decisions"] = json!([again])).unwrap();
    assert_eq!(compare(&newer, &older), Err(Fault::ItemChanged("decision", "dcn_1".to_owned(), "outcome")));
    let other = json!({ "id": "dcn_1", "question": "Why?", "state": "decided", "outcome": "approved" });
    let newer = file(&with("decision.decided", &other), &|record| record["decisions"] = json!([other])).unwrap();
    assert_eq!(compare(&newer, &older), Err(Fault::ItemChanged("decision", "dcn_1".to_owned(), "question")));
    // An open approval may end.
    let mut ended = with("approval.approved", &approval("approved"));
    ended[9].subject = "apr_1".to_owned();
    let newer = file(&rechained(ended), &|record| record["approvals"] = json!([approval("approved")])).unwrap();
    assert_eq!(compare(&newer, &older), Ok(Comparison { added: 1, erased: 0 }));
}

/// The installation itself can sign another record, but not one that its history does not lead to.
#[test]
fn the_record_is_what_the_history_leads_to() {
    let entries = items_chain();
    let fault = |change: &dyn Fn(&mut Value)| {
        let mut record = items_record(&entries);
        change(&mut record);
        verify(&written(&entries, &record, &key(1))).unwrap_err()
    };
    let not_recorded = |kind, name: &str| Fault::NotRecorded(kind, name.to_owned());
    let is = |fault: Fault, kind, name: &str| assert_eq!(fault, not_recorded(kind, name));
    is(fault(&|record| record["decisions"][0]["outcome"] = json!("rejected")), "decision", "dcn_1");
    is(fault(&|record| record["decisions"][0]["state"] = json!("open")), "decision", "dcn_1");
    is(fault(&|record| record["decisions"][0]["rationale"] = json!("Cheap.")), "decision", "dcn_1");
    is(fault(&|record| record["disputes"][0]["outcome_person_id"] = json!("per_1")), "dispute", "dsp_1");
    is(fault(&|record| record["approvals"][0]["state"] = json!("approved")), "approval", "apr_1");
    is(fault(&|record| record["project"]["sides"] = json!([side("per_1")])), "side", "dpt_1");
    let other = json!({ "name": "Others" });
    let sha256 = hash(&other).unwrap();
    let charter = json!({ "version": 1, "content": other, "sha256": sha256 });
    is(fault(&|record| record["charters"] = json!([charter])), "charter version", "1");
    let more = json!([decision("decided", Some("approved")), { "id": "dcn_2", "state": "open" }]);
    is(fault(&|record| record["decisions"] = more.clone()), "decision", "dcn_2");
    for (list, kind, name) in
        [("decisions", "decision", "dcn_1"), ("disputes", "dispute", "dsp_1"), ("approvals", "approval", "apr_1")]
    {
        assert_eq!(fault(&|record| record[list] = json!([])), Fault::Missing(kind, name.to_owned()));
    }
}

#[test]
fn a_response_is_the_one_that_was_recorded() {
    let salt = "5a".repeat(32);
    let text = ResponseText {
        approval_id: "apr_1",
        department_id: "dpt_1",
        person_id: "per_1",
        delegation_id: None,
        response: "reject",
        salt: &salt,
        reason: Some("No."),
    };
    let responded = |sha256: &str, salt: Option<String>| {
        let after = json!({ "id": "rsp_1", "sha256": sha256 }).to_string();
        let (action, subject) = (RESPONDED.to_owned(), "rsp_1".to_owned());
        let [entry] = <[EvidenceEntry; 1]>::try_from(chain(&["{}"])).unwrap();
        vec![sealed(EvidenceEntry { after, action, subject, salt, ..entry }, START)]
    };
    let response = json!({
        "id": "rsp_1", "approval_id": "apr_1", "department_id": "dpt_1", "person_id": "per_1", "delegation_id": null,
        "response": "reject", "reason": "No.", "salt": salt, "sha256": text.sha256(),
    });
    let verified = |entries: &[EvidenceEntry], response: &Value| {
        let mut record = record(entries);
        record["approval_responses"] = json!([response]);
        verify(&written(entries, &record, &key(1))).map(drop)
    };
    let changed = Err(Fault::Terms("response", "rsp_1".to_owned()));
    let recorded = responded(&text.sha256(), Some("1".repeat(64)));
    assert_eq!(verified(&recorded, &response), Ok(()));
    // Changed afterwards, with a digest that fits, and also without.
    let other = ResponseText { response: "approve", ..text };
    for sha256 in [other.sha256(), text.sha256()] {
        let mut rewritten = response.clone();
        rewritten["response"] = json!("approve");
        rewritten["sha256"] = json!(sha256);
        assert_eq!(verified(&recorded, &rewritten), changed);
    }
    assert_eq!(verified(&responded(&other.sha256(), Some("1".repeat(64))), &response), changed);
    assert_eq!(verified(&chain(&["{}"]), &response), changed);
    // A response has no personal data to erase.
    assert_eq!(verified(&responded(&text.sha256(), None), &response), Err(Fault::Content(1)));
}

#[test]
fn an_arbiter_follows_from_the_recorded_seed() {
    let candidates: Vec<PersonId> = (1..=5).map(PersonId::demo).collect();
    let seed = [7; SEED_BYTES];
    let arbiter = draw(&seed, &candidates).unwrap();
    let body = json!({
        "id": "drw_1", "project_id": PROJECT, "subject": "dsp_1", "person_id": arbiter, "candidates": candidates,
        "seed": HEXLOWER.encode(&seed), "drawn_at": "2027-03-30T07:00:00Z", "struck_by_department_id": "dpt_1",
        "struck_at": "2027-03-30T07:30:00Z", "waived_by_department_ids": [],
    });
    let recorded = |after: &Value, salt: Option<String>| {
        let (after, action, subject) = (after.to_string(), ARBITER_DRAWN.to_owned(), "drw_1".to_owned());
        let [entry] = <[EvidenceEntry; 1]>::try_from(chain(&["{}"])).unwrap();
        vec![sealed(EvidenceEntry { after, action, subject, salt, ..entry }, START)]
    };
    let verified = |entries: &[EvidenceEntry], draws: Value| {
        let mut record = record(entries);
        record["draws"] = draws;
        verify(&written(entries, &record, &key(1)))
    };
    let salt = Some("1".repeat(64));
    let (valid, fault) = (recorded(&body, salt.clone()), Fault::Draw("drw_1".to_owned()));
    let older = verified(&valid, json!([body])).unwrap();
    // Not the recorded draw, whatever follows from it.
    let other = candidates.iter().find(|one| **one != arbiter).copied().unwrap();
    for (field, value) in [
        ("person_id", json!(other)),
        ("candidates", json!([arbiter])),
        ("subject", json!("dsp_2")),
        ("seed", json!("0".repeat(64))),
        ("seed", json!("7")),
    ] {
        let mut changed = body.clone();
        changed[field] = value;
        assert_eq!(verified(&valid, json!([changed])), Err(fault.clone()), "{field}");
    }
    assert_eq!(verified(&chain(&["{}"]), json!([body])), Err(fault.clone()));
    // Recorded, but not drawn. An erased entry does not hide it.
    for (field, value) in [("person_id", json!(other)), ("candidates", json!([])), ("seed", json!("7"))] {
        let mut chosen = body.clone();
        chosen[field] = value;
        for salt in [salt.clone(), None] {
            assert_eq!(verified(&recorded(&chosen, salt), json!([chosen])), Err(fault.clone()), "{field}");
        }
    }
    let erased = verified(&recorded(&Value::Null, None), json!([body])).unwrap();
    assert_eq!(erased.count_erased(), 1);
    // A later file has the draw and its strike.
    assert_eq!(compare(&older, &older), Ok(Comparison { added: 0, erased: 0 }));
    let without = verified(&valid, json!([])).unwrap();
    assert_eq!(compare(&without, &older), Err(Fault::Missing("draw", "drw_1".to_owned())));
    let mut released = body.clone();
    released["struck_by_department_id"] = Value::Null;
    let released = verified(&valid, json!([released])).unwrap();
    let changed = Fault::ItemChanged("draw", "drw_1".to_owned(), "struck_by_department_id");
    assert_eq!(compare(&released, &older), Err(changed));
    assert!(compare(&older, &released).is_ok());
}

proptest! {
    #[test]
    fn one_flipped_bit_anywhere_is_found(count in 0..4_usize, at: prop::sample::Index, bit in 0..8_u8) {
        let mut file = signed(&chain(&vec!["{\"name\":\"Ž\"}"; count]));
        let place = at.index(file.len());
        file[place] ^= 1 << bit;
        prop_assert!(verify(&file).is_err());
    }

    #[test]
    fn one_replaced_inserted_or_removed_byte_is_found(at: prop::sample::Index, byte: u8, kind in 0..3_u8) {
        let original = signed(&chain(&["1", "2"]));
        let (mut file, place) = (original.clone(), at.index(original.len()));
        match kind {
            0 => file[place] = byte,
            1 => file.insert(place, byte),
            _ => drop(file.remove(place)),
        }
        prop_assert_eq!(verify(&file).is_ok(), file == original);
    }

    #[test]
    fn a_part_of_a_file_is_no_evidence(at: prop::sample::Index) {
        let file = signed(&chain(&["1", "2", "3"]));
        prop_assert!(verify(&file[..at.index(file.len())]).is_err());
    }

    #[test]
    fn a_file_is_the_start_of_every_later_one(
        texts in prop::collection::vec("[a-z]{0,5}", 1..6), part: prop::sample::Index, changed: prop::sample::Index,
    ) {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let older = verify(&signed(&chain(&texts[..part.index(texts.len()) + 1]))).unwrap();
        let newer = verify(&signed(&chain(&texts))).unwrap();
        let added = texts.len() - older.count();
        prop_assert_eq!(compare(&newer, &older), Ok(Comparison { added, erased: 0 }));
        let mut other = texts.clone();
        let place = changed.index(older.count());
        other[place] = "changed text";
        let other = verify(&signed(&chain(&other))).unwrap();
        prop_assert_eq!(compare(&other, &older), Err(Fault::Changed(place as i64 + 1)));
    }
}
