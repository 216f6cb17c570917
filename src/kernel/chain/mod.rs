//! The hash chain of the audit entries of a project. Pure, except for [`heads`].
//!
//! Rules:
//! - The hash of an entry covers its position, the hash of the entry before it, and everything that the entry says.
//! - The content (`before`, `after` and `reason`) is covered by a salted digest. An erasure removes personal data and
//!   the salt; the digest stays, so the chain stays valid, and what was erased cannot be guessed from the digest.
//! - What is hashed is canonical JSON (RFC 8785), so that anyone can compute the hashes again.

pub mod heads;

use data_encoding::HEXLOWER;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::kernel::error::Error;

/// The hash before the first entry of a chain.
pub const START: &str = "0000000000000000000000000000000000000000000000000000000000000000";
/// Length of a salt, in bytes.
pub const SALT_BYTES: usize = 32;

/// The last entry of a chain: the number of its entries, and the hash of the last one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub position: i64,
    pub sha256: String,
}

/// The content of an entry, as its digest covers it.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Content<'a> {
    /// The texts of the entry, exactly as they are stored.
    pub before: &'a str,
    pub after: &'a str,
    pub reason: Option<&'a str>,
    /// Random, in lower-case hexadecimal.
    pub salt: &'a str,
}

/// An entry without its content, as its hash covers it.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Link<'a> {
    pub project_id: &'a str,
    /// 1 for the first entry.
    pub position: i64,
    /// Hash of the entry before; [`START`] for the first one.
    pub previous_sha256: &'a str,
    pub id: &'a str,
    pub recorded_at: &'a str,
    pub actor: &'a str,
    pub issuer: Option<&'a str>,
    pub action: &'a str,
    pub subject: &'a str,
    pub request_id: &'a str,
    pub content_sha256: &'a str,
}

impl Content<'_> {
    /// Returns the digest in lower-case hexadecimal.
    ///
    /// # Errors
    /// 500 when the content cannot be serialised.
    pub fn sha256(&self) -> Result<String, Error> {
        sha256(self)
    }
}

impl Link<'_> {
    /// Returns the hash of the entry in lower-case hexadecimal.
    ///
    /// # Errors
    /// 500 when the entry cannot be serialised.
    pub fn sha256(&self) -> Result<String, Error> {
        sha256(self)
    }
}

fn sha256<T: Serialize>(value: &T) -> Result<String, Error> {
    let text = serde_json_canonicalizer::to_string(value).map_err(Error::internal)?;
    Ok(HEXLOWER.encode(&Sha256::digest(&text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SALT: &str = "5a17";

    fn link(content_sha256: &str) -> Link<'_> {
        Link {
            project_id: "prj_1",
            position: 1,
            previous_sha256: START,
            id: "aud_1",
            recorded_at: "2026-03-02T09:00:00Z",
            actor: "act_1",
            issuer: None,
            action: "project.created",
            subject: "prj_1",
            request_id: "r1",
            content_sha256,
        }
    }

    #[test]
    fn a_hash_is_that_of_the_canonical_json() {
        let content = Content { before: "null", after: "{}", reason: None, salt: SALT };
        let text = r#"{"after":"{}","before":"null","reason":null,"salt":"5a17"}"#;
        assert_eq!(content.sha256().unwrap(), HEXLOWER.encode(&Sha256::digest(text)));
        let text = r#"{"action":"project.created","actor":"act_1","content_sha256":"c","id":"aud_1","issuer":null,"position":1,"previous_sha256":"PREVIOUS","project_id":"prj_1","recorded_at":"2026-03-02T09:00:00Z","request_id":"r1","subject":"prj_1"}"#;
        let text = text.replace("PREVIOUS", START);
        assert_eq!(link("c").sha256().unwrap(), HEXLOWER.encode(&Sha256::digest(text)));
    }

    #[test]
    fn every_field_changes_the_hash() {
        let hash = link("c").sha256().unwrap();
        let others = [
            Link { project_id: "prj_2", ..link("c") },
            Link { position: 2, ..link("c") },
            Link { previous_sha256: "p", ..link("c") },
            Link { id: "aud_2", ..link("c") },
            Link { recorded_at: "2026-03-02T09:00:01Z", ..link("c") },
            Link { actor: "act_2", ..link("c") },
            Link { issuer: Some("i"), ..link("c") },
            Link { action: "project.updated", ..link("c") },
            Link { subject: "prj_2", ..link("c") },
            Link { request_id: "r2", ..link("c") },
            link("d"),
        ];
        for other in others {
            assert_ne!(other.sha256().unwrap(), hash, "{other:?}");
        }
        let content = Content { before: "null", after: "{}", reason: None, salt: SALT };
        let others = [
            Content { before: "{}", ..content },
            Content { after: "null", ..content },
            Content { reason: Some(""), ..content },
            Content { salt: "5a18", ..content },
        ];
        for other in others {
            assert_ne!(other.sha256().unwrap(), content.sha256().unwrap(), "{other:?}");
        }
    }
}
