//! The text of a file of evidence, as pure functions: it is written in parts, so that a long history needs little
//! memory.
//!
//! Rule: the parts together are the canonical JSON (RFC 8785) of the whole file. The names of its fields are in the
//! order of the alphabet, and the signature is the last one, because it covers all others.

use data_encoding::HEXLOWER;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::dto::{EvidenceEntry, EvidenceSignature, FORMAT};
use crate::kernel::error::Error;
use crate::kernel::evidence_key::EvidenceKey;

/// The name of the algorithm of the signature.
pub const ALGORITHM: &str = "ed25519";

/// A file that is being written.
pub struct EvidenceFile {
    /// Of everything that was returned.
    digest: Sha256,
    has_entries: bool,
}

impl EvidenceFile {
    /// Starts a file, and returns its first part.
    #[must_use]
    pub fn start() -> (Self, Vec<u8>) {
        let mut file = Self { digest: Sha256::new(), has_entries: false };
        let text = file.hashed(b"{\"audit_entries\":[".to_vec());
        (file, text)
    }

    /// Returns the part with the next entries.
    ///
    /// # Errors
    /// 500 when an entry cannot be serialised.
    pub fn entries(&mut self, entries: &[EvidenceEntry]) -> Result<Vec<u8>, Error> {
        let mut text = Vec::new();
        for entry in entries {
            if self.has_entries {
                text.push(b',');
            }
            self.has_entries = true;
            text.extend_from_slice(&canonical(entry)?);
        }
        Ok(self.hashed(text))
    }

    /// Returns the last part, with the signature.
    ///
    /// # Errors
    /// 500 when the record cannot be serialised.
    pub fn end(mut self, record: &impl Serialize, key: &EvidenceKey) -> Result<Vec<u8>, Error> {
        let mut text = b"],\"record\":".to_vec();
        text.extend_from_slice(&canonical(record)?);
        let mut text = self.hashed(text);
        let digest = HEXLOWER.encode(&self.digest.chain_update(b"}").finalize());
        let signature = EvidenceSignature {
            algorithm: ALGORITHM.to_owned(),
            public_key: key.public_key(),
            value: key.sign(message(&digest).as_bytes()),
        };
        text.extend_from_slice(b",\"signature\":");
        text.extend_from_slice(&canonical(&signature)?);
        text.push(b'}');
        Ok(text)
    }

    fn hashed(&mut self, text: Vec<u8>) -> Vec<u8> {
        self.digest.update(&text);
        text
    }
}

/// Returns what is signed, for the hash of a file without its signature.
#[must_use]
pub fn message(sha256: &str) -> String {
    format!("{FORMAT}\n{sha256}")
}

/// Returns canonical JSON.
///
/// # Errors
/// 500 when the value cannot be serialised.
pub fn canonical<T: Serialize>(value: &T) -> Result<Vec<u8>, Error> {
    Ok(serde_json_canonicalizer::to_string(value).map_err(Error::internal)?.into_bytes())
}
