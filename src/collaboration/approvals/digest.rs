//! The digest of a response: its audit entry has it from the start, so that the response cannot be changed later
//! without notice. Pure.
//!
//! Rule: a random salt is part of it, so that the digest does not help to guess a response.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// Length of a salt, in bytes.
pub const SALT_BYTES: usize = 32;

/// What the digest of a response covers.
#[derive(Debug, Clone, Copy)]
pub struct ResponseText<'a> {
    pub approval_id: &'a str,
    pub department_id: &'a str,
    pub person_id: &'a str,
    pub delegation_id: Option<&'a str>,
    pub response: &'a str,
    /// In lower-case hexadecimal.
    pub salt: &'a str,
    pub reason: Option<&'a str>,
}

impl ResponseText<'_> {
    /// Returns the SHA-256 of the fields, in lower-case hexadecimal. Each is a line, empty if it is null; the reason,
    /// which can have several lines, is the last one.
    #[must_use]
    pub fn sha256(&self) -> String {
        let Self { approval_id, department_id, person_id, delegation_id, response, salt, reason } = self;
        let (delegation, reason) = (delegation_id.unwrap_or_default(), reason.unwrap_or_default());
        let text = format!("{approval_id}\n{department_id}\n{person_id}\n{delegation}\n{response}\n{salt}\n{reason}");
        HEXLOWER.encode(&Sha256::digest(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_changes_the_digest() {
        let text = ResponseText {
            approval_id: "apr_1",
            department_id: "dpt_1",
            person_id: "per_1",
            delegation_id: None,
            response: "reject",
            salt: "5a17",
            reason: Some("No.\nNever."),
        };
        let expected = HEXLOWER.encode(&Sha256::digest("apr_1\ndpt_1\nper_1\n\nreject\n5a17\nNo.\nNever."));
        assert_eq!(text.sha256(), expected);
        let others = [
            ResponseText { approval_id: "apr_2", ..text },
            ResponseText { department_id: "dpt_2", ..text },
            ResponseText { person_id: "per_2", ..text },
            ResponseText { delegation_id: Some("dlg_1"), ..text },
            ResponseText { response: "approve", ..text },
            ResponseText { salt: "5a18", ..text },
            ResponseText { reason: None, ..text },
        ];
        for other in others {
            assert_ne!(other.sha256(), expected, "{other:?}");
        }
    }
}
