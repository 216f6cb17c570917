use serde_json::json;

use super::super::sample_files::{decision, items_chain, items_record, key, side, written};
use super::super::verify::{hash, verify};
use super::*;

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
