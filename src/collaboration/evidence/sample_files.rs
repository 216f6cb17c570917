//! Files of evidence for tests.

use serde_json::{Value, json};

use super::dto::{EvidenceEntry, FORMAT};
use super::file::EvidenceFile;
use super::verify::hash;
use crate::kernel::chain::{Content, Link, START};
use crate::kernel::evidence_key::EvidenceKey;

pub(super) const PROJECT: &str = "prj_01kdvdna00e008000000000001";

pub(super) fn key(byte: u8) -> EvidenceKey {
    EvidenceKey::from_seed(&[byte; 32]).unwrap()
}

/// Computes the hashes of an entry after another one.
pub(super) fn sealed(mut entry: EvidenceEntry, previous: &str) -> EvidenceEntry {
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
pub(super) fn chain(texts: &[&str]) -> Vec<EvidenceEntry> {
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

pub(super) fn content() -> Value {
    json!({ "name": "Data", "target": 4.5 })
}

/// Returns the entries of a project with a charter, an approval, a decision, a dispute and a sponsor.
pub(super) fn items_chain() -> Vec<EvidenceEntry> {
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
pub(super) fn rechained(entries: impl IntoIterator<Item = EvidenceEntry>) -> Vec<EvidenceEntry> {
    let mut all: Vec<EvidenceEntry> = Vec::new();
    for entry in entries {
        let previous = all.last().map_or(START, |entry| &entry.sha256).to_owned();
        all.push(sealed(entry, &previous));
    }
    all
}

pub(super) fn approval(state: &str) -> Value {
    json!({ "id": "apr_1", "state": state, "terms": content(), "sha256": hash(&content()).unwrap() })
}

pub(super) fn decision(state: &str, outcome: Option<&str>) -> Value {
    json!({ "id": "dcn_1", "question": "Where?", "state": state, "outcome": outcome })
}

pub(super) fn dispute(state: &str, outcome: Option<&str>) -> Value {
    json!({ "id": "dsp_1", "claim": "Ours.", "state": state, "outcome_person_id": outcome })
}

pub(super) fn side(sponsor: &str) -> Value {
    json!({ "department_id": "dpt_1", "sponsor_person_id": sponsor })
}

/// Returns the record that the entries of [`items_chain`] lead to.
pub(super) fn items_record(entries: &[EvidenceEntry]) -> Value {
    let mut record = record(entries);
    record["charters"] = json!([{ "version": 1, "content": content(), "sha256": hash(&content()).unwrap() }]);
    record["approvals"] = json!([approval("open")]);
    record["decisions"] = json!([decision("decided", Some("approved"))]);
    record["disputes"] = json!([dispute("settled", Some("per_2"))]);
    record["project"]["sides"] = json!([side("per_3")]);
    record
}

pub(super) fn record(entries: &[EvidenceEntry]) -> Value {
    json!({
        "format": FORMAT,
        "generated_at": "2027-03-30T08:00:00Z",
        "head": { "position": entries.len(), "sha256": entries.last().map_or(START, |entry| &entry.sha256) },
        "project": { "id": PROJECT },
    })
}

pub(super) fn written(entries: &[EvidenceEntry], record: &Value, key: &EvidenceKey) -> Vec<u8> {
    let (mut file, mut text) = EvidenceFile::start();
    for page in entries.chunks(2) {
        text.extend(file.entries(page).unwrap());
    }
    text.extend(file.end(record, key).unwrap());
    text
}

/// Returns a file that the installation signs, whatever it contains.
pub(super) fn signed(entries: &[EvidenceEntry]) -> Vec<u8> {
    written(entries, &record(entries), &key(1))
}
