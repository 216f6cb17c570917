use proptest::prelude::*;
use serde_json::json;

use super::super::sample_files::{
    approval, chain, decision, items_chain, items_record, key, rechained, signed, written,
};
use super::super::verify::verify;
use super::*;

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

proptest! {
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
