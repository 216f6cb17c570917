//! Verifies a file of evidence, as pure functions: signature, hashes and chain, without the service and its database.
//!
//! Rule: every byte of a file counts. The file must be canonical JSON, so no byte can be changed without a change of
//! its content, and the signature covers the content.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use ring::signature::{ED25519, UnparsedPublicKey};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::binding::verify_binding;
use super::dto::{EvidenceEntry, EvidenceSignature, FORMAT};
use super::fault::Fault;
use super::file::{self, ALGORITHM};
use crate::collaboration::approvals::digest::ResponseText;
use crate::collaboration::arbitration::draw::{SEED_BYTES, draw};
use crate::kernel::chain::{Content, Link, START};
use crate::kernel::events::types::{APPROVAL_RESPONDED as RESPONDED, ARBITER_DRAWN};
use crate::kernel::ids::PersonId;

/// A file whose signature, hashes and chain are valid.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified {
    pub(super) entries: Vec<EvidenceEntry>,
    pub(super) record: Value,
    pub(super) public_key: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    audit_entries: Vec<EvidenceEntry>,
    record: Value,
    signature: EvidenceSignature,
}

impl Verified {
    /// Returns the number of audit entries.
    #[must_use]
    pub fn count(&self) -> usize {
        self.entries.len()
    }

    /// Returns the number of entries from which personal data was erased. Their content cannot be verified any more.
    #[must_use]
    pub fn count_erased(&self) -> usize {
        self.entries.iter().filter(|entry| entry.salt.is_none()).count()
    }

    /// Returns the hash of the last entry.
    #[must_use]
    pub fn head(&self) -> &str {
        self.entries.last().map_or(START, |entry| &entry.sha256)
    }

    /// Returns the id of the project.
    #[must_use]
    pub fn project(&self) -> &str {
        text(&self.record["project"], "id")
    }

    /// Returns when the file was written.
    #[must_use]
    pub fn generated_at(&self) -> &str {
        text(&self.record, "generated_at")
    }

    /// Returns the public key of the installation that signed the file, in lower-case hexadecimal.
    #[must_use]
    pub fn public_key(&self) -> &str {
        &self.public_key
    }

    /// Checks that the file is signed with the expected key.
    ///
    /// # Errors
    /// [`Fault::AnotherKey`].
    pub fn require_key(&self, expected: &str) -> Result<(), Fault> {
        if self.public_key == expected {
            return Ok(());
        }
        Err(Fault::AnotherKey { expected: expected.to_owned(), found: self.public_key.clone() })
    }
}

/// Verifies the bytes of a file.
///
/// # Errors
/// The first fault that is found.
pub fn verify(bytes: &[u8]) -> Result<Verified, Fault> {
    let mut value: Value = serde_json::from_slice(bytes).map_err(not_evidence)?;
    if canonical(&value)? != bytes {
        return Err(Fault::NotCanonical);
    }
    let File { audit_entries, record, signature } = File::deserialize(&value).map_err(not_evidence)?;
    if record["format"] != FORMAT {
        return Err(Fault::UnknownFormat(record["format"].to_string()));
    }
    if let Some(fields) = value.as_object_mut() {
        fields.remove("signature");
    }
    verify_signature(&signature, &canonical(&value)?)?;
    verify_chain(text(&record["project"], "id"), &audit_entries)?;
    verify_head(&record, &audit_entries)?;
    verify_terms(&record)?;
    verify_responses(&record, &audit_entries)?;
    verify_draws(&record, &audit_entries)?;
    verify_binding(&record, &audit_entries)?;
    Ok(Verified { entries: audit_entries, record, public_key: signature.public_key })
}

fn verify_signature(signature: &EvidenceSignature, signed: &[u8]) -> Result<(), Fault> {
    let bytes = |text: &str| HEXLOWER.decode(text.as_bytes()).map_err(|_| Fault::Signature);
    if signature.algorithm != ALGORITHM {
        return Err(Fault::Signature);
    }
    let message = file::message(&HEXLOWER.encode(&Sha256::digest(signed)));
    let key = UnparsedPublicKey::new(&ED25519, bytes(&signature.public_key)?);
    key.verify(message.as_bytes(), &bytes(&signature.value)?).map_err(|_| Fault::Signature)
}

/// Verifies that the entries of a project are a whole chain, and the content of those from which nothing was erased.
fn verify_chain(project: &str, entries: &[EvidenceEntry]) -> Result<(), Fault> {
    let mut previous = START;
    for (position, entry) in (1..).zip(entries) {
        if entry.position != position {
            return Err(Fault::Position(position));
        }
        if entry.previous_sha256 != previous {
            return Err(Fault::Previous(position));
        }
        let link = Link {
            project_id: project,
            position,
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
        if link.sha256().ok().as_ref() != Some(&entry.sha256) {
            return Err(Fault::Hash(position));
        }
        // A response has no personal data that an erasure replaces.
        if entry.salt.is_none() && entry.action == RESPONDED {
            return Err(Fault::Content(position));
        }
        if let Some(salt) = &entry.salt {
            let reason = entry.reason.as_deref();
            let content = Content { before: &entry.before, after: &entry.after, reason, salt };
            if content.sha256().ok().as_ref() != Some(&entry.content_sha256) {
                return Err(Fault::Content(position));
            }
        }
        previous = &entry.sha256;
    }
    Ok(())
}

fn verify_head(record: &Value, entries: &[EvidenceEntry]) -> Result<(), Fault> {
    let last = entries.last().map_or(START, |entry| &entry.sha256);
    let (position, sha256) = (&record["head"]["position"], &record["head"]["sha256"]);
    if position.as_u64() == Some(entries.len() as u64) && sha256 == last { Ok(()) } else { Err(Fault::Head) }
}

/// Verifies the hashes of what the sides signed and approved.
fn verify_terms(record: &Value) -> Result<(), Fault> {
    for charter in items(record, "charters") {
        if hash(&charter["content"])? != text(charter, "sha256") {
            return Err(Fault::Terms("charter version", charter["version"].to_string()));
        }
    }
    for approval in items(record, "approvals") {
        if hash(&approval["terms"])? != text(approval, "sha256") {
            return Err(Fault::Terms("approval", text(approval, "id").to_owned()));
        }
    }
    Ok(())
}

/// Verifies that each response is the one that its audit entry recorded when it was given.
fn verify_responses(record: &Value, entries: &[EvidenceEntry]) -> Result<(), Fault> {
    let mut recorded: BTreeMap<&str, String> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| entry.action == RESPONDED) {
        let after: Value = serde_json::from_str(&entry.after).unwrap_or_default();
        recorded.insert(&entry.subject, text(&after, "sha256").to_owned());
    }
    for response in items(record, "approval_responses") {
        let id = text(response, "id");
        let said = ResponseText {
            approval_id: text(response, "approval_id"),
            department_id: text(response, "department_id"),
            person_id: text(response, "person_id"),
            delegation_id: response["delegation_id"].as_str(),
            response: text(response, "response"),
            salt: text(response, "salt"),
            reason: response["reason"].as_str(),
        };
        let is_recorded = recorded.get(id).is_some_and(|sha256| *sha256 == said.sha256());
        if !is_recorded || text(response, "sha256") != said.sha256() {
            return Err(Fault::Terms("response", id.to_owned()));
        }
    }
    Ok(())
}

/// Verifies that each draw is the one that its audit entry recorded when it was made, and that its arbiter follows from
/// its seed. Entries from which personal data was erased do not show the draw any more.
fn verify_draws(record: &Value, entries: &[EvidenceEntry]) -> Result<(), Fault> {
    const FIELDS: [&str; 6] = ["project_id", "subject", "person_id", "candidates", "seed", "drawn_at"];
    let mut recorded: BTreeMap<&str, Option<Value>> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| entry.action == ARBITER_DRAWN) {
        let after = entry.salt.as_ref().map(|_| serde_json::from_str(&entry.after).unwrap_or_default());
        recorded.insert(&entry.subject, after);
    }
    for body in items(record, "draws") {
        let id = text(body, "id");
        let is_recorded = match recorded.get(id) {
            Some(Some(after)) => FIELDS.iter().all(|field| after[*field] == body[*field]),
            Some(None) => true,
            None => false,
        };
        let arbiter = drawn(body).map(|person| person.to_string());
        if !is_recorded || arbiter.is_none() || arbiter.as_deref() != body["person_id"].as_str() {
            return Err(Fault::Draw(id.to_owned()));
        }
    }
    Ok(())
}

/// Repeats a draw; `None` if its seed or its candidates are invalid.
fn drawn(body: &Value) -> Option<PersonId> {
    let seed = HEXLOWER.decode(text(body, "seed").as_bytes()).ok()?;
    let seed = <[u8; SEED_BYTES]>::try_from(seed).ok()?;
    let candidates: Option<Vec<PersonId>> =
        items(body, "candidates").map(|id| id.as_str()?.parse::<PersonId>().ok()).collect();
    draw(&seed, &candidates?)
}

pub(super) fn hash(value: &Value) -> Result<String, Fault> {
    Ok(HEXLOWER.encode(&Sha256::digest(canonical(value)?)))
}

/// Returns the items of a list of the record; none if there is no such list.
pub(super) fn items<'a>(record: &'a Value, list: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    record[list].as_array().into_iter().flatten()
}

/// Returns a text field; empty if there is no such text.
pub(super) fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_default()
}

fn canonical(value: &Value) -> Result<Vec<u8>, Fault> {
    file::canonical(value).map_err(|error| Fault::NotEvidence(error.to_string()))
}

fn not_evidence(error: serde_json::Error) -> Fault {
    Fault::NotEvidence(error.to_string())
}

#[cfg(test)]
#[path = "verify_tests.rs"]
mod tests;
