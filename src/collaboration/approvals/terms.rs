//! What exactly is agreed to, in the form that is hashed.

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::state::ConsentKind;
use crate::kernel::error::Error;
use crate::kernel::ids::{AreaId, DepartmentId, PersonId, ProjectId};
use crate::kernel::time::Day;

/// What exactly is agreed to, by the kind of the approval.
#[derive(Debug, Clone, PartialEq)]
pub enum Terms {
    /// To sign a version of the charter.
    Charter(CharterTerms),
    /// To resume the project.
    Resume,
    /// To close the project.
    Close,
    /// To release a member before the agreed day.
    Release(ReleaseTerms),
    /// To give an area to another side.
    Transfer(HandoverTerms),
    /// To settle a dispute.
    Settlement(HandoverTerms),
    /// To decide a question.
    Decision(QuestionTerms),
}

// The JSON document that is hashed, stored and shown. The next comment is its description in the API.
/// What exactly is agreed to. The member named after the kind has the particulars; `resume` and
/// `close` have none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = ConsentTerms)]
pub struct TermsDocument {
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

impl Terms {
    /// The kind they belong to.
    #[must_use]
    pub fn kind(&self) -> ConsentKind {
        match self {
            Self::Charter(_) => ConsentKind::Charter,
            Self::Resume => ConsentKind::Resume,
            Self::Close => ConsentKind::Close,
            Self::Release(_) => ConsentKind::Release,
            Self::Transfer(_) => ConsentKind::Transfer,
            Self::Settlement(_) => ConsentKind::Settlement,
            Self::Decision(_) => ConsentKind::Decision,
        }
    }
}

impl TermsDocument {
    /// Puts terms and what they are about together.
    #[must_use]
    pub fn new(project_id: ProjectId, subject: &str, number: i32, terms: Terms) -> Self {
        let kind = terms.kind();
        let (charter, release, transfer, settlement, decision) = (None, None, None, None, None);
        let subject = subject.to_owned();
        let blank = Self { kind, project_id, subject, number, charter, release, transfer, settlement, decision };
        match terms {
            Terms::Charter(terms) => Self { charter: Some(terms), ..blank },
            Terms::Resume | Terms::Close => blank,
            Terms::Release(terms) => Self { release: Some(terms), ..blank },
            Terms::Transfer(terms) => Self { transfer: Some(terms), ..blank },
            Terms::Settlement(terms) => Self { settlement: Some(terms), ..blank },
            Terms::Decision(terms) => Self { decision: Some(terms), ..blank },
        }
    }

    /// The terms in it.
    ///
    /// # Errors
    /// When the field that is named after the kind is missing, which is a fault of the service.
    pub fn into_terms(self) -> Result<Terms, Error> {
        let terms = match self.kind {
            ConsentKind::Charter => self.charter.map(Terms::Charter),
            ConsentKind::Resume => Some(Terms::Resume),
            ConsentKind::Close => Some(Terms::Close),
            ConsentKind::Release => self.release.map(Terms::Release),
            ConsentKind::Transfer => self.transfer.map(Terms::Transfer),
            ConsentKind::Settlement => self.settlement.map(Terms::Settlement),
            ConsentKind::Decision => self.decision.map(Terms::Decision),
        };
        terms.ok_or_else(|| Error::internal(format!("a {} without its terms", self.kind.as_str())))
    }

    /// Canonical JSON (RFC 8785) and its SHA-256 in hexadecimal.
    ///
    /// # Errors
    /// When it cannot be serialised, which is a fault of the service.
    pub fn seal(&self) -> Result<(String, String), Error> {
        let text = serde_json_canonicalizer::to_string(self).map_err(Error::internal)?;
        let sha256 = HEXLOWER.encode(&Sha256::digest(&text));
        Ok((text, sha256))
    }

    /// Reads back what [`TermsDocument::seal`] wrote.
    ///
    /// # Errors
    /// When it is something else, which is a fault of the service.
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
        let first = TermsDocument::new(project, project.as_str(), 1, Terms::Resume);
        let second = TermsDocument { number: 2, ..first.clone() };
        let (text, sha256) = first.seal().unwrap();
        assert_ne!(sha256, second.seal().unwrap().1);
        assert_eq!(TermsDocument::unseal(&text).unwrap(), first);
        assert!(!text.contains("charter"), "{text}");
    }

    #[test]
    fn terms_are_read_back_by_their_kind() {
        let handover = HandoverTerms {
            area_id: AreaId::demo(1),
            person_id: PersonId::demo(1),
            department_id: DepartmentId::demo(1),
            effective_on: Day::default(),
        };
        let release = ReleaseTerms { person_id: PersonId::demo(1), leaves_on: Day::default(), successors: Vec::new() };
        let all = [
            Terms::Charter(CharterTerms { sha256: "0".repeat(64) }),
            Terms::Resume,
            Terms::Close,
            Terms::Release(release),
            Terms::Transfer(handover.clone()),
            Terms::Settlement(handover),
            Terms::Decision(QuestionTerms { question: "Shall we?".to_owned() }),
        ];
        for terms in all {
            let (text, _) = TermsDocument::new(ProjectId::demo(1), "prj", 1, terms.clone()).seal().unwrap();
            assert_eq!(TermsDocument::unseal(&text).unwrap().into_terms().unwrap(), terms);
        }
    }

    #[test]
    fn a_document_without_the_field_of_its_kind_has_no_terms() {
        let whole = TermsDocument::new(ProjectId::demo(1), "prj", 1, Terms::Resume);
        assert!(TermsDocument { kind: ConsentKind::Charter, ..whole }.into_terms().is_err());
    }
}
