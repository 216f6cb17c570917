//! What exactly is agreed to, in the form that is hashed.

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::state::ConsentKind;
use crate::kernel::error::Error;
use crate::kernel::ids::{AreaId, DepartmentId, PersonId, ProjectId};
use crate::kernel::time::Day;

/// What exactly is agreed to. The member named after the kind has the particulars; `resume` and
/// `close` have none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = ConsentTerms)]
pub struct Terms {
    pub kind: ConsentKind,
    pub project_id: ProjectId,
    /// Id of the project, membership, transfer, dispute or decision it is about.
    #[schema(max_length = 40, pattern = "^[a-z]{2,4}_[0-9a-z]{26}$")]
    pub subject: String,
    /// The how-manieth asking about this subject; for a charter its version.
    #[schema(format = Int32, minimum = 1, maximum = 1_000_000)]
    pub number: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub charter: Option<CharterTerms>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub release: Option<ReleaseTerms>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub transfer: Option<HandoverTerms>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub settlement: Option<HandoverTerms>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub decision: Option<QuestionTerms>,
}

/// A version of the charter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CharterTerms {
    /// SHA-256 of the charter.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub sha256: String,
}

/// A member leaves before the agreed day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReleaseTerms {
    pub person_id: PersonId,
    /// First day on which they are no member any more.
    pub leaves_on: Day,
    /// Who takes over the areas they are accountable for.
    #[schema(max_items = 200)]
    pub successors: Vec<SuccessorTerms>,
}

/// Who takes over an area.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SuccessorTerms {
    pub area_id: AreaId,
    pub person_id: PersonId,
}

impl From<(AreaId, PersonId)> for SuccessorTerms {
    fn from((area_id, person_id): (AreaId, PersonId)) -> Self {
        Self { area_id, person_id }
    }
}

/// Who is accountable for an area from a day on, and which side owns it then.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct HandoverTerms {
    pub area_id: AreaId,
    pub person_id: PersonId,
    pub department_id: DepartmentId,
    /// First day; the day of the last answer if that is later.
    pub effective_on: Day,
}

/// A question to decide.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct QuestionTerms {
    #[schema(min_length = 1, max_length = 2000, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub question: String,
}

/// What differs from kind to kind.
#[derive(Debug, Clone, PartialEq)]
pub enum Particulars {
    Charter { sha256: String },
    Resume,
    Close,
    Release(ReleaseTerms),
    Transfer(HandoverTerms),
    Settlement(HandoverTerms),
    Decision { question: String },
}

impl Particulars {
    /// The kind they belong to.
    #[must_use]
    pub fn kind(&self) -> ConsentKind {
        match self {
            Self::Charter { .. } => ConsentKind::Charter,
            Self::Resume => ConsentKind::Resume,
            Self::Close => ConsentKind::Close,
            Self::Release(_) => ConsentKind::Release,
            Self::Transfer(_) => ConsentKind::Transfer,
            Self::Settlement(_) => ConsentKind::Settlement,
            Self::Decision { .. } => ConsentKind::Decision,
        }
    }
}

impl Terms {
    /// Puts the terms together.
    #[must_use]
    pub fn new(project_id: ProjectId, subject: &str, number: i32, particulars: Particulars) -> Self {
        let kind = particulars.kind();
        let (charter, release, transfer, settlement, decision) = (None, None, None, None, None);
        let subject = subject.to_owned();
        let blank = Self { kind, project_id, subject, number, charter, release, transfer, settlement, decision };
        match particulars {
            Particulars::Charter { sha256 } => Self { charter: Some(CharterTerms { sha256 }), ..blank },
            Particulars::Resume | Particulars::Close => blank,
            Particulars::Release(terms) => Self { release: Some(terms), ..blank },
            Particulars::Transfer(terms) => Self { transfer: Some(terms), ..blank },
            Particulars::Settlement(terms) => Self { settlement: Some(terms), ..blank },
            Particulars::Decision { question } => Self { decision: Some(QuestionTerms { question }), ..blank },
        }
    }

    /// Canonical JSON (RFC 8785) and its SHA-256 in hexadecimal.
    ///
    /// # Errors
    /// When it cannot be serialised, which is a fault of ours.
    pub fn seal(&self) -> Result<(String, String), Error> {
        let text = serde_json_canonicalizer::to_string(self).map_err(Error::internal)?;
        let sha256 = HEXLOWER.encode(&Sha256::digest(&text));
        Ok((text, sha256))
    }

    /// Reads back what [`Terms::seal`] wrote.
    ///
    /// # Errors
    /// When it is something else, which is a fault of ours.
    pub fn unseal(text: &str) -> Result<Self, Error> {
        serde_json::from_str(text).map_err(Error::internal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_asking_has_another_hash_and_nothing_is_lost() {
        let project = ProjectId::demo(1);
        let first = Terms::new(project, project.as_str(), 1, Particulars::Resume);
        let second = Terms { number: 2, ..first.clone() };
        let (text, sha256) = first.seal().unwrap();
        assert_ne!(sha256, second.seal().unwrap().1);
        assert_eq!(Terms::unseal(&text).unwrap(), first);
        assert!(!text.contains("charter"), "{text}");
    }
}
