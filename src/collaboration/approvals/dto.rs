//! Response bodies of approvals.

use serde::Serialize;
use utoipa::ToSchema;

use super::state::{ApprovalChoice, ApprovalKind, ApprovalState};
use super::terms::TermsDocument;
use crate::directory::expand::WithIncluded;
use crate::kernel::ids::{ApprovalId, ApprovalResponseId, DelegationId, DepartmentId, DrawId, PersonId, ProjectId};
use crate::kernel::time::UtcTime;

/// A request that all sides of a project have to approve. Each side has at most one response that counts, given by its
/// sponsor or a delegate, or by an arbiter if the side is silent. A side can change its response until the last side
/// has responded; a rejection does not end the approval.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Approval)]
pub struct ApprovalBody {
    /// Unique identifier of the approval.
    pub id: ApprovalId,
    /// The project whose sides respond.
    pub project_id: ProjectId,
    /// The kind of action that needs the approval.
    pub kind: ApprovalKind,
    /// Identifier of the project, membership, transfer, dispute or decision that the approval is about.
    #[schema(max_length = 40, pattern = "^[a-z]{2,4}_[0-9a-z]{26}$")]
    pub subject: String,
    /// The exact terms that the sides approve or reject.
    pub terms: TermsDocument,
    /// SHA-256 of the canonical JSON (RFC 8785) of `terms`, in lower-case hexadecimal. A response must repeat it.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub sha256: String,
    /// Current state of the approval.
    pub state: ApprovalState,
    /// The person who requested the approval; null if the caller was not a person in the directory.
    #[schema(required)]
    pub requested_by: Option<PersonId>,
    /// When the approval was requested.
    pub requested_at: UtcTime,
    /// Why the approval was requested; null if no reason was given.
    #[schema(required, min_length = 1, max_length = 500, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub reason: Option<String>,
    /// When the responses are due: after the `response_days` of the charter at the earliest. From then on, the approval
    /// is overdue: it stays open, and reminders are sent. An approval of the kind `decision` or `arbiter` lapses
    /// instead, and responses receive 409: the decision is deadlocked, and a dispute without an arbiter ends
    /// unresolved.
    pub due_at: UtcTime,
    /// When the approval ended: when it was approved, rejected or withdrawn, or lapsed. Null while it is open.
    #[schema(required)]
    pub ended_at: Option<UtcTime>,
    /// Whether responses are sealed: until all sides have responded, each side sees only its own response, and all
    /// callers see which sides have responded. The request itself is a visible approval of the side that requests it,
    /// unless `kind` is `charter` or `decision`. Responses to an approval that is withdrawn or lapses stay sealed. The
    /// value is that of `sealed` in the charter when the approval is requested.
    pub sealed: bool,
    /// When the sides that have not responded begin to count as silent: after twice the time to respond. From then on,
    /// the side or the lead that requested the approval can escalate it to the panel. Later if a side has had no
    /// sponsor because the head of its department changed before this time: `response_days` after someone can confirm
    /// its sponsor; the response to an earlier request says when. Null unless `kind` is `resume`, `close`, `cancel`,
    /// `release` or `transfer`.
    #[schema(required)]
    pub silent_from: Option<UtcTime>,
    /// The arbiter, drawn from the panel in the charter, who responds for the silent sides; null if there is none.
    #[schema(required)]
    pub arbiter_person_id: Option<PersonId>,
    /// The newest draw of an arbiter for this approval; null if none was drawn.
    #[schema(required)]
    pub draw_id: Option<DrawId>,
    /// Earliest time at which the arbiter can respond for the silent sides; null if there is no arbiter. Later in the
    /// same case as `silent_from`, and so is `ruling_until`.
    #[schema(required)]
    pub ruling_from: Option<UtcTime>,
    /// When the arbiter begins to count as silent, so that the approval can be escalated again; null if there is no
    /// arbiter.
    #[schema(required)]
    pub ruling_until: Option<UtcTime>,
    /// The responses that count and that you can see, at most one per side. Superseded responses are not included.
    #[schema(max_items = 8)]
    pub responses: Vec<ApprovalResponseBody>,
    /// Departments of the sides with a response that counts, even if you cannot see the response.
    #[schema(max_items = 8)]
    pub responded: Vec<DepartmentId>,
    /// Departments of the sides without a response that counts.
    #[schema(max_items = 8)]
    pub waiting_for: Vec<DepartmentId>,
}

/// An approval with the people and departments that it refers to.
pub type ApprovalWithIncluded = WithIncluded<ApprovalBody>;

/// The response of one side to an approval.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ApprovalResponse)]
pub struct ApprovalResponseBody {
    /// Unique identifier of the response.
    pub id: ApprovalResponseId,
    /// The approval that the response belongs to.
    pub approval_id: ApprovalId,
    /// The department of the side that responded.
    pub department_id: DepartmentId,
    /// The person who responded for the side: its sponsor, a delegate, or the arbiter if the side was silent.
    pub person_id: PersonId,
    /// The delegation under which the person responded; null if the sponsor responded.
    #[schema(required)]
    pub delegation_id: Option<DelegationId>,
    /// Whether the side approves or rejects.
    pub response: ApprovalChoice,
    /// Why the side responded this way; null if no reason was given. A rejection always has one.
    #[schema(required, min_length = 1, max_length = 500, pattern = r"^[^\x00-\x08\x0b-\x1f]+$")]
    pub reason: Option<String>,
    /// When the response was given.
    pub responded_at: UtcTime,
    /// When the response was superseded by a newer one, or by a change of the sponsor; null while it counts.
    #[schema(required)]
    pub superseded_at: Option<UtcTime>,
    /// The draw of the arbiter who responded for the side, because it was silent; null if the side responded.
    #[schema(required)]
    pub draw_id: Option<DrawId>,
    /// Digest of the response with a random salt, in lower-case hexadecimal. The audit entry of the response contains
    /// it, and the evidence of the project contains the salt, so that a change of the response is detected.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub sha256: String,
}

/// Notice that a side responded to an approval, without its response. `approval.approved` and `approval.rejected`
/// contain the responses of all sides.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ApprovalResponseNotice {
    /// Unique identifier of the response.
    pub id: ApprovalResponseId,
    /// The approval that the response belongs to.
    pub approval_id: ApprovalId,
    /// The project whose sides respond.
    pub project_id: ProjectId,
    /// The department of the side that responded.
    pub department_id: DepartmentId,
    /// When the response was given.
    pub responded_at: UtcTime,
    /// When the response was superseded by a newer one, or by a change of the sponsor; null while it counts.
    #[schema(required)]
    pub superseded_at: Option<UtcTime>,
    /// Digest of the response with a random salt, in lower-case hexadecimal. It does not reveal the response, and can
    /// later prove that the response was not changed.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub sha256: String,
}
