//! Checks that the record of a file is what the chain of its audit entries leads to, as a pure function.
//!
//! Rule: the last audit entry of a decision, dispute, approval, side or charter version says what the record says. The
//! signature alone proves only that the installation wrote the file, not that the record follows from its history.

use std::collections::BTreeMap;

use serde_json::Value;

use super::dto::EvidenceEntry;
use super::fault::Fault;
use super::verify::{items, text};
use crate::kernel::events::types::{
    APPROVAL_RESPONDED, PROJECT_CALENDAR_CHANGED, PROJECT_DELEGATE_CHANGED, SPONSOR_DIRECTORY_CHANGED,
};

/// A list of the record: the first part of the actions of its entries, what its items are, and the fields that no entry
/// changes without saying so.
struct List {
    list: &'static str,
    kind: &'static str,
    fields: &'static [&'static str],
    /// States that do not end with time.
    lasting: &'static [&'static str],
}

const LISTS: [List; 3] = [
    List {
        list: "approvals",
        kind: "approval",
        fields: &["kind", "subject", "sha256", "requested_by", "requested_at", "reason", "ended_at", "sealed"],
        lasting: &["approved", "rejected", "withdrawn", "lapsed"],
    },
    List {
        list: "decisions",
        kind: "decision",
        fields: &["question", "department_id", "raised_by", "outcome", "decided_by", "rationale", "decided_at"],
        lasting: &["decided", "withdrawn"],
    },
    List {
        list: "disputes",
        kind: "dispute",
        fields: &[
            "area_id",
            "department_id",
            "raised_by",
            "claim",
            "outcome_person_id",
            "outcome_department_id",
            "decision_id",
            "ended_at",
        ],
        lasting: &["settled", "unresolved", "withdrawn", "lapsed"],
    },
];

const OF_SIDE: [&str; 5] =
    ["sponsor_person_id", "sponsor_accepted_at", "sponsor_confirmed_at", "sponsor_confirmed_by", "vacant_since"];

/// What the entries of a chain lead to.
#[derive(Default)]
struct Last<'a> {
    /// The kind and the last content of each decision, dispute and approval.
    items: BTreeMap<&'a str, (&'static str, Value)>,
    /// The last content of each side, by its department.
    sides: BTreeMap<String, Value>,
    /// The hash of each version of the charter.
    charters: BTreeMap<String, Value>,
}

impl<'a> Last<'a> {
    fn of(entries: &'a [EvidenceEntry]) -> Self {
        let mut last = Self::default();
        for entry in entries {
            let after: Value = serde_json::from_str(&entry.after).unwrap_or_default();
            // A reminder or a notice changes nothing.
            let notices =
                [APPROVAL_RESPONDED, PROJECT_CALENDAR_CHANGED, PROJECT_DELEGATE_CHANGED, SPONSOR_DIRECTORY_CHANGED];
            if after["about"].is_string() || notices.contains(&entry.action.as_str()) {
                continue;
            }
            last.add(entry, after);
        }
        last
    }

    fn add(&mut self, entry: &'a EvidenceEntry, after: Value) {
        let shape = entry.action.split('.').next().unwrap_or_default();
        match shape {
            "sponsor" => drop(self.sides.insert(text(&after, "department_id").to_owned(), after)),
            "charter" => drop(self.charters.insert(after["version"].to_string(), after["sha256"].clone())),
            "project" => {
                for side in items(&after, "sides") {
                    self.sides.insert(text(side, "department_id").to_owned(), side.clone());
                }
                let charter = &after["charter"];
                if charter.is_object() {
                    self.charters.entry(charter["version"].to_string()).or_insert_with(|| charter["sha256"].clone());
                }
            }
            _ => {
                if let Some(List { kind, .. }) = LISTS.iter().find(|list| list.kind == shape) {
                    self.items.insert(&entry.subject, (*kind, after));
                }
            }
        }
    }
}

/// Checks that the record is what the entries lead to.
///
/// # Errors
/// The first item that is another one, is not in the entries, or is in the entries only.
pub(super) fn verify_binding(record: &Value, entries: &[EvidenceEntry]) -> Result<(), Fault> {
    let mut last = Last::of(entries);
    for charter in items(record, "charters") {
        let version = charter["version"].to_string();
        if last.charters.get(&version) != Some(&charter["sha256"]) {
            return Err(Fault::NotRecorded("charter version", version));
        }
    }
    for side in items(&record["project"], "sides") {
        let department = text(side, "department_id");
        let is_recorded = last.sides.get(department).is_some_and(|after| are_equal(side, after, &OF_SIDE));
        if !is_recorded {
            return Err(Fault::NotRecorded("side", department.to_owned()));
        }
    }
    for List { list, kind, fields, lasting } in &LISTS {
        for item in items(record, list) {
            let id = text(item, "id");
            let after = last.items.remove(id).map(|(_, after)| after);
            let is_recorded = after.is_some_and(|after| {
                let ends = [item, &after].iter().any(|one| lasting.contains(&text(one, "state")));
                are_equal(item, &after, fields) && (!ends || item["state"] == after["state"])
            });
            if !is_recorded {
                return Err(Fault::NotRecorded(kind, id.to_owned()));
            }
        }
    }
    match last.items.into_iter().next() {
        Some((id, (kind, _))) => Err(Fault::Missing(kind, id.to_owned())),
        None => Ok(()),
    }
}

fn are_equal(one: &Value, other: &Value, fields: &[&str]) -> bool {
    fields.iter().all(|field| one[*field] == other[*field])
}

#[cfg(test)]
#[path = "binding_tests.rs"]
mod tests;
