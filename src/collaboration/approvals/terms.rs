//! Terms of approvals, in the form that is hashed.

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::state::ApprovalKind;
use crate::kernel::error::Error;
use crate::kernel::ids::{AreaId, DepartmentId, PersonId, ProjectId};
use crate::kernel::time::{Day, UtcTime};

/// Terms of an approval, by kind.
#[derive(Debug, Clone, PartialEq)]
pub enum Terms {
    /// Signs a version of the charter.
    Charter(CharterTerms),
    /// Resumes the project.
    Resume,
    /// Extends the hold of the project.
    ExtendHold(ExtendHoldTerms),
    /// Closes the project.
    Close,
    /// Cancels the project.
    Cancel,
    /// Releases a member early.
    Release(ReleaseTerms),
    /// Transfers an area to another side.
    Transfer(HandoverTerms),
    /// Settles a dispute.
    Settlement(HandoverTerms),
    /// Decides a question.
    Decision(QuestionTerms),
    /// Names an arbiter.
    Arbiter(ArbiterTerms),
}

// The JSON document that is hashed, stored and returned. Changing its fields would change the hashes.
/// The exact terms of an approval. The field named after `kind` holds the details; `resume`, `close` and `cancel` have
/// none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = ApprovalTerms)]
pub struct TermsDocument {
    /// The kind of action that needs the approval.
    pub kind: ApprovalKind,
    /// The project whose sides respond.
    pub project_id: ProjectId,
    /// Identifier of the project, membership, transfer, dispute or decision that the approval is about.
    #[schema(max_length = 40, pattern = "^[a-z]{2,4}_[0-9a-z]{26}$")]
    pub subject: String,
    /// Sequence number of this approval for its subject, starting at 1; for a charter, its version.
    #[schema(format = Int32, minimum = 1, maximum = 1_000_000)]
    pub number: i32,
    /// Version of the charter to sign; absent unless `kind` is `charter`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub charter: Option<CharterTerms>,
    /// Hold to extend; absent unless `kind` is `extend_hold`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub extend_hold: Option<ExtendHoldTerms>,
    /// Membership to end; absent unless `kind` is `release`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub release: Option<ReleaseTerms>,
    /// Area to transfer to another side; absent unless `kind` is `transfer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub transfer: Option<HandoverTerms>,
    /// Proposed outcome of the dispute; absent unless `kind` is `settlement`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub settlement: Option<HandoverTerms>,
    /// Question to decide; absent unless `kind` is `decision`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub decision: Option<QuestionTerms>,
    /// Arbiter to name for a question or a dispute; absent unless `kind` is `arbiter`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub arbiter: Option<ArbiterTerms>,
}

/// Terms of signing a version of the charter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CharterTerms {
    /// SHA-256 of the canonical JSON of the charter version, in lower-case hexadecimal.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub sha256: String,
}

/// Terms of extending the hold of a project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ExtendHoldTerms {
    /// The department of the side that put the project on hold.
    pub department_id: DepartmentId,
    /// When the hold ends now.
    pub ends_at: UtcTime,
    /// When the hold ends if all sides approve.
    pub extended_to: UtcTime,
}

/// Terms of releasing a member early.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReleaseTerms {
    /// The member to release.
    pub person_id: PersonId,
    /// First day on which the person is no longer a member (exclusive end).
    pub leaves_on: Day,
    /// Successors for the areas that the person is accountable for.
    #[schema(max_items = 200)]
    pub successors: Vec<SuccessorTerms>,
}

/// The successor for one area.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SuccessorTerms {
    /// The area to take over.
    pub area_id: AreaId,
    /// The person who becomes accountable for it.
    pub person_id: PersonId,
}

impl From<(AreaId, PersonId)> for SuccessorTerms {
    fn from((area_id, person_id): (AreaId, PersonId)) -> Self {
        Self { area_id, person_id }
    }
}

/// Terms of a change in ownership: the new accountable person, and the side that owns the area from then on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct HandoverTerms {
    /// The area whose ownership changes.
    pub area_id: AreaId,
    /// The person who becomes accountable.
    pub person_id: PersonId,
    /// The department of the side that owns the area from then on.
    pub department_id: DepartmentId,
    /// First day on which the person is accountable; the day of the last response if that is later.
    pub effective_on: Day,
}

/// Terms of deciding a question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct QuestionTerms {
    /// The question to decide. Each side approves or rejects it.
    #[schema(min_length = 1, max_length = 2000, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub question: String,
}

/// Terms of naming an arbiter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ArbiterTerms {
    /// The person who decides the question or the dispute in place of the sides.
    pub person_id: PersonId,
}

impl Terms {
    /// Returns the kind of approval these terms belong to.
    #[must_use]
    pub fn kind(&self) -> ApprovalKind {
        match self {
            Self::Charter(_) => ApprovalKind::Charter,
            Self::Resume => ApprovalKind::Resume,
            Self::ExtendHold(_) => ApprovalKind::ExtendHold,
            Self::Close => ApprovalKind::Close,
            Self::Cancel => ApprovalKind::Cancel,
            Self::Release(_) => ApprovalKind::Release,
            Self::Transfer(_) => ApprovalKind::Transfer,
            Self::Settlement(_) => ApprovalKind::Settlement,
            Self::Decision(_) => ApprovalKind::Decision,
            Self::Arbiter(_) => ApprovalKind::Arbiter,
        }
    }
}

impl TermsDocument {
    /// Combines terms with their project, subject and number.
    #[must_use]
    pub fn new(project_id: ProjectId, subject: &str, number: i32, terms: Terms) -> Self {
        let kind = terms.kind();
        let blank = Self {
            kind,
            project_id,
            subject: subject.to_owned(),
            number,
            charter: None,
            extend_hold: None,
            release: None,
            transfer: None,
            settlement: None,
            decision: None,
            arbiter: None,
        };
        match terms {
            Terms::Charter(terms) => Self { charter: Some(terms), ..blank },
            Terms::Resume | Terms::Close | Terms::Cancel => blank,
            Terms::ExtendHold(terms) => Self { extend_hold: Some(terms), ..blank },
            Terms::Release(terms) => Self { release: Some(terms), ..blank },
            Terms::Transfer(terms) => Self { transfer: Some(terms), ..blank },
            Terms::Settlement(terms) => Self { settlement: Some(terms), ..blank },
            Terms::Decision(terms) => Self { decision: Some(terms), ..blank },
            Terms::Arbiter(terms) => Self { arbiter: Some(terms), ..blank },
        }
    }

    /// Returns the terms of the document.
    ///
    /// # Errors
    /// 500 when the field named after the kind is missing.
    pub fn into_terms(self) -> Result<Terms, Error> {
        let terms = match self.kind {
            ApprovalKind::Charter => self.charter.map(Terms::Charter),
            ApprovalKind::Resume => Some(Terms::Resume),
            ApprovalKind::ExtendHold => self.extend_hold.map(Terms::ExtendHold),
            ApprovalKind::Close => Some(Terms::Close),
            ApprovalKind::Cancel => Some(Terms::Cancel),
            ApprovalKind::Release => self.release.map(Terms::Release),
            ApprovalKind::Transfer => self.transfer.map(Terms::Transfer),
            ApprovalKind::Settlement => self.settlement.map(Terms::Settlement),
            ApprovalKind::Decision => self.decision.map(Terms::Decision),
            ApprovalKind::Arbiter => self.arbiter.map(Terms::Arbiter),
        };
        terms.ok_or_else(|| Error::internal(format!("terms of kind {} are missing", self.kind.as_str())))
    }

    /// Returns the canonical JSON (RFC 8785) and its SHA-256 in lower-case hexadecimal.
    ///
    /// # Errors
    /// 500 when the document cannot be serialised.
    pub fn seal(&self) -> Result<(String, String), Error> {
        let text = serde_json_canonicalizer::to_string(self).map_err(Error::internal)?;
        let sha256 = HEXLOWER.encode(&Sha256::digest(&text));
        Ok((text, sha256))
    }

    /// Parses the canonical JSON written by [`TermsDocument::seal`].
    ///
    /// # Errors
    /// 500 when the text cannot be parsed.
    pub fn unseal(text: &str) -> Result<Self, Error> {
        serde_json::from_str(text).map_err(Error::internal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_number_changes_the_hash_and_the_document_round_trips() {
        let project = ProjectId::demo(1);
        let first = TermsDocument::new(project, project.as_str(), 1, Terms::Resume);
        let second = TermsDocument { number: 2, ..first.clone() };
        let (text, sha256) = first.seal().unwrap();
        assert_ne!(sha256, second.seal().unwrap().1);
        assert_eq!(TermsDocument::unseal(&text).unwrap(), first);
        assert!(!text.contains("charter"), "{text}");
    }

    #[test]
    fn terms_of_every_kind_round_trip() {
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
            Terms::ExtendHold(ExtendHoldTerms {
                department_id: DepartmentId::demo(1),
                ends_at: UtcTime::from_unix_micros(0),
                extended_to: UtcTime::from_unix_micros(1_000_000),
            }),
            Terms::Close,
            Terms::Cancel,
            Terms::Release(release),
            Terms::Transfer(handover.clone()),
            Terms::Settlement(handover),
            Terms::Decision(QuestionTerms { question: "Shall we?".to_owned() }),
            Terms::Arbiter(ArbiterTerms { person_id: PersonId::demo(1) }),
        ];
        for terms in all {
            let (text, _) = TermsDocument::new(ProjectId::demo(1), "prj", 1, terms.clone()).seal().unwrap();
            assert_eq!(TermsDocument::unseal(&text).unwrap().into_terms().unwrap(), terms);
        }
    }

    #[test]
    fn a_document_without_the_field_of_its_kind_has_no_terms() {
        let whole = TermsDocument::new(ProjectId::demo(1), "prj", 1, Terms::Resume);
        assert!(TermsDocument { kind: ApprovalKind::Charter, ..whole }.into_terms().is_err());
    }
}
