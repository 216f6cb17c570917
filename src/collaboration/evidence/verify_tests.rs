use proptest::prelude::*;
use serde_json::json;

use super::super::compare::{Comparison, compare};
use super::super::sample_files::{PROJECT, chain, content, key, record, sealed, signed, written};
use super::*;

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
}
