//! Compares a file of evidence with an older one of the same project, as a pure function: nothing that was recorded
//! before the older file may be changed.
//!
//! Rules:
//! - The chain of the older file is the start of the chain of the newer one. Equal hashes prove equal content, because
//!   they cover its digest.
//! - Personal data may have been erased since, but no other data ([`erased`]). An erased entry keeps its hash.
//! - What the sides signed, approved, responded and decided, and who was drawn to decide, is still there, unchanged.
//!   What was open may have ended; what has ended stays as it ended.

use serde_json::Value;

use super::dto::EvidenceEntry;
use super::erased;
use super::fault::Fault;
use super::verify::{Verified, items};

/// What a newer file has in addition to an older one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comparison {
    /// Number of audit entries that were added.
    pub added: usize,
    /// Number of audit entries from which personal data was erased.
    pub erased: usize,
}

/// A list of the record: what its items are, the field that names an item, and the fields that never change once they
/// are set. Items that are not `fixed` are not compared.
struct List {
    list: &'static str,
    kind: &'static str,
    key: &'static str,
    fields: &'static [&'static str],
    is_fixed: fn(&Value) -> bool,
    /// Whether a field that is null stays null.
    is_final: bool,
}

const LISTS: [List; 10] = [
    List {
        list: "charters",
        kind: "charter version",
        key: "version",
        fields: &["sha256", "content", "created_at"],
        is_fixed: |_| true,
        is_final: false,
    },
    List {
        list: "approvals",
        kind: "approval",
        key: "id",
        fields: &["kind", "subject", "sha256", "terms", "requested_by", "requested_at"],
        is_fixed: |_| true,
        is_final: false,
    },
    List {
        list: "approval_responses",
        kind: "response",
        key: "id",
        fields: &[
            "approval_id",
            "department_id",
            "person_id",
            "delegation_id",
            "draw_id",
            "response",
            "reason",
            "responded_at",
        ],
        is_fixed: |_| true,
        is_final: false,
    },
    List {
        list: "delegations",
        kind: "delegation",
        key: "id",
        fields: &["department_id", "sponsor_person_id", "delegate_person_id", "created_at"],
        // Those for all projects of a sponsor are not in the file any more after the sponsor was replaced.
        is_fixed: |delegation| delegation["project_id"].is_string(),
        is_final: false,
    },
    List {
        list: "decisions",
        kind: "decision",
        key: "id",
        fields: &["question", "department_id", "raised_by", "raised_at"],
        is_fixed: |_| true,
        is_final: false,
    },
    List {
        list: "decisions",
        kind: "decision",
        key: "id",
        fields: &["state", "outcome", "decided_by", "rationale", "decided_at", "escalated_to", "draw_id"],
        is_fixed: |decision| decision["state"] == "decided",
        is_final: true,
    },
    List {
        list: "disputes",
        kind: "dispute",
        key: "id",
        fields: &["area_id", "department_id", "claim", "raised_at"],
        is_fixed: |_| true,
        is_final: false,
    },
    List {
        list: "approvals",
        kind: "approval",
        key: "id",
        fields: &["state", "ended_at", "responses"],
        // The approval of a charter opens again if a side changes its sponsor before the project is activated.
        is_fixed: |approval| approval["state"] != "open" && approval["kind"] != "charter",
        is_final: true,
    },
    List {
        list: "disputes",
        kind: "dispute",
        key: "id",
        fields: &[
            "state",
            "ended_at",
            "outcome_person_id",
            "outcome_department_id",
            "decision_id",
            "arbiter_person_id",
            "draw_id",
        ],
        is_fixed: |dispute| dispute["state"] != "open",
        is_final: true,
    },
    List {
        list: "draws",
        kind: "draw",
        key: "id",
        fields: &["subject", "person_id", "candidates", "seed", "drawn_at", "struck_by_department_id", "struck_at"],
        is_fixed: |_| true,
        is_final: false,
    },
];

/// Compares two verified files.
///
/// # Errors
/// The first fault that is found.
pub fn compare(newer: &Verified, older: &Verified) -> Result<Comparison, Fault> {
    if newer.project() != older.project() {
        return Err(Fault::AnotherProject);
    }
    newer.require_key(older.public_key())?;
    let (count, before) = (newer.count(), older.count());
    if count < before {
        return Err(Fault::Shorter { older: before, newer: count });
    }
    let is_changed = |new: &EvidenceEntry, old: &EvidenceEntry| {
        let lost_salt = old.salt.is_some() && new.salt.is_none();
        new.sha256 != old.sha256 || (lost_salt && !erased::is_erasure(old, new))
    };
    let changed = newer.entries.iter().zip(&older.entries).find(|(new, old)| is_changed(new, old));
    if let Some((entry, _)) = changed {
        return Err(Fault::Changed(entry.position));
    }
    for list in &LISTS {
        compare_list(list, &newer.record, &older.record)?;
    }
    let erased = newer.entries.iter().zip(&older.entries).filter(|(new, old)| new.salt.is_none() && old.salt.is_some());
    Ok(Comparison { added: count - before, erased: erased.count() })
}

fn compare_list(list: &List, newer: &Value, older: &Value) -> Result<(), Fault> {
    let List { list, kind, key, fields, is_fixed, is_final } = *list;
    let mut found = items(newer, list);
    for old in items(older, list).filter(|item| is_fixed(item)) {
        let name = || old[key].as_str().map_or_else(|| old[key].to_string(), str::to_owned);
        // Both lists are in the same order.
        let new = found.find(|new| new[key] == old[key]).ok_or_else(|| Fault::Missing(kind, name()))?;
        // A field that was null may be set later.
        let differs = |field: &&&str| (is_final || !old[**field].is_null()) && new[**field] != old[**field];
        if let Some(field) = fields.iter().find(differs) {
            return Err(Fault::ItemChanged(kind, name(), field));
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "compare_tests.rs"]
mod tests;
