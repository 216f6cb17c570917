//! Consents in requests and answers.

use serde::Serialize;
use utoipa::ToSchema;

use super::state::{ConsentAnswer, ConsentKind, ConsentState};
use super::terms::TermsDocument;
use crate::kernel::ids::{ConsentAnswerId, ConsentId, DelegationId, DepartmentId, PersonId, ProjectId};
use crate::kernel::time::UtcTime;

/// Something that all sides of a project are asked for.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Consent)]
pub struct ConsentBody {
    pub id: ConsentId,
    pub project_id: ProjectId,
    pub kind: ConsentKind,
    /// Id of the project, membership, transfer, dispute or decision it is about.
    #[schema(max_length = 40, pattern = "^[a-z]{2,4}_[0-9a-z]{26}$")]
    pub subject: String,
    pub terms: TermsDocument,
    /// SHA-256 of the canonical JSON (RFC 8785) of `terms`; an answer names it.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub sha256: String,
    pub state: ConsentState,
    /// Who asked; null when it was an administrator or the clock.
    #[schema(required)]
    pub asked_by: Option<PersonId>,
    pub asked_at: UtcTime,
    #[schema(required, min_length = 1, max_length = 500, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub reason: Option<String>,
    /// No answer is taken from then on.
    #[schema(required)]
    pub due_at: Option<UtcTime>,
    /// When it stopped being open.
    #[schema(required)]
    pub settled_at: Option<UtcTime>,
    /// The answers that count, at most one for each side.
    #[schema(max_items = 8)]
    pub answers: Vec<ConsentAnswerBody>,
    /// The sides that have not answered.
    #[schema(max_items = 8)]
    pub waiting_for: Vec<DepartmentId>,
}

/// What a side has said.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ConsentAnswerGiven)]
pub struct ConsentAnswerBody {
    pub id: ConsentAnswerId,
    pub consent_id: ConsentId,
    /// The side.
    pub department_id: DepartmentId,
    /// Who spoke for it.
    pub person_id: PersonId,
    /// By which delegation; null for the sponsor.
    #[schema(required)]
    pub delegation_id: Option<DelegationId>,
    pub answer: ConsentAnswer,
    #[schema(required, min_length = 1, max_length = 500, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub reason: Option<String>,
    pub answered_at: UtcTime,
    /// When the side changed its answer or its sponsor; null while the answer counts.
    #[schema(required)]
    pub superseded_at: Option<UtcTime>,
}
