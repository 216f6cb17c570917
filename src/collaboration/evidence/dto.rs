//! The evidence of a project in responses, and as it is read from a file.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::collaboration::approvals::delegations::DelegationBody;
use crate::collaboration::approvals::{ApprovalBody, ApprovalResponseBody};
use crate::collaboration::arbitration::DrawBody;
use crate::collaboration::decisions::DecisionBody;
use crate::collaboration::ownership::Coverage;
use crate::collaboration::ownership::disputes::DisputeBody;
use crate::collaboration::projects::dto::{CharterBody, ProjectBody};
use crate::kernel::events::ChainHead;
use crate::kernel::time::UtcTime;

/// The name of the format, which the signature covers.
pub const FORMAT: &str = "entente-evidence-1";

/// The evidence of a project: signed canonical JSON (RFC 8785). `entente verify` verifies it without the service.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "describes the file, which is written in parts")]
pub struct Evidence {
    /// All audit entries of the project, oldest first. They form a hash chain.
    #[schema(max_items = 10_000_000)]
    pub audit_entries: Vec<EvidenceEntry>,
    /// What the sides agreed.
    pub record: EvidenceRecord,
    /// The signature of the file without this field.
    pub signature: EvidenceSignature,
}

/// An audit entry in the hash chain of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EvidenceEntry {
    /// Position in the chain: 1, 2, 3, ... without gaps.
    #[schema(format = Int64, minimum = 1, maximum = 9_007_199_254_740_991i64)]
    pub position: i64,
    /// Unique identifier of the audit entry.
    #[schema(max_length = 40, pattern = "^[a-z]{2,4}_[0-9a-z]{26}$")]
    pub id: String,
    /// When the change was made.
    #[schema(format = DateTime, max_length = 40)]
    pub recorded_at: String,
    /// The caller who made the change, as in the audit trail.
    #[schema(
        min_length = 1,
        max_length = 300,
        pattern = r"^[^\x00-\x1f]+$",
        example = "act_01kdvdna00e008000000000001"
    )]
    pub actor: String,
    /// `iss` of the token of an application; null for other callers.
    #[schema(required, min_length = 1, max_length = 2000, pattern = r"^[^\x00-\x1f]+$")]
    pub issuer: Option<String>,
    /// Type of the event that the same change caused.
    #[schema(example = "project.activated", max_length = 60, pattern = "^[a-z_]+\\.[a-z_]+$")]
    pub action: String,
    /// Identifier of the changed resource.
    #[schema(max_length = 40, pattern = "^[a-z]{2,4}_[0-9a-z]{26}$")]
    pub subject: String,
    /// `Request-Id` of the request that made the change.
    #[schema(max_length = 64, pattern = "^[A-Za-z0-9._-]*$")]
    pub request_id: String,
    /// The resource before the change as JSON text, exactly as it was recorded.
    #[schema(max_length = 10_000_000, pattern = r"^[^\x00]*$", example = "null")]
    pub before: String,
    /// The resource after the change as JSON text, exactly as it was recorded.
    #[schema(max_length = 10_000_000, pattern = r"^[^\x00]*$", example = "{}")]
    pub after: String,
    /// The reason that the caller gave; null if there is none or it was erased.
    #[schema(required, max_length = 2000, pattern = r"^[^\x00]*$")]
    pub reason: Option<String>,
    /// Random value with which `content_sha256` was computed; null if personal data was erased from the entry.
    #[schema(required, min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub salt: Option<String>,
    /// SHA-256 of the canonical JSON of `{after, before, reason, salt}`, in lower-case hexadecimal.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub content_sha256: String,
    /// `sha256` of the previous entry; 64 zeros for the first entry.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub previous_sha256: String,
    /// SHA-256 of the canonical JSON of `{action, actor, content_sha256, id, issuer, position, previous_sha256,
    /// project_id, recorded_at, request_id, subject}`, in lower-case hexadecimal.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub sha256: String,
}

/// What the sides of a project had agreed when the file was written.
#[derive(Debug, Serialize, ToSchema)]
pub struct EvidenceRecord {
    /// Name of the format.
    #[schema(max_length = 40, pattern = "^entente-evidence-[0-9]+$", example = "entente-evidence-1")]
    pub format: String,
    /// When the file was written.
    pub generated_at: UtcTime,
    /// The last audit entry in this file.
    pub head: ChainHead,
    /// The project with its sides and sponsors.
    pub project: ProjectBody,
    /// Every version of the charter, oldest first.
    #[schema(value_type = Vec<CharterBody>, max_items = 1_000_000)]
    pub charters: Vec<Value>,
    /// Every approval with the responses that count, oldest first.
    #[schema(value_type = Vec<ApprovalBody>, max_items = 1_000_000)]
    pub approvals: Vec<Value>,
    /// Every response to these approvals, including superseded ones.
    #[schema(max_items = 10_000_000)]
    pub approval_responses: Vec<EvidenceResponse>,
    /// Delegations, oldest first, including those that have ended: all in the project, those of its current sponsors
    /// for all of their projects, and all others that a response names.
    #[schema(max_items = 1_000_000)]
    pub delegations: Vec<DelegationBody>,
    /// Every decision, oldest first. The outcome of a dispute is a decision, too.
    #[schema(max_items = 1_000_000)]
    pub decisions: Vec<DecisionBody>,
    /// Every dispute about an area, oldest first.
    #[schema(max_items = 1_000_000)]
    pub disputes: Vec<DisputeBody>,
    /// Every draw of an arbiter with its seed, candidates, strike and waivers, oldest first. `subject` is the decision,
    /// dispute or approval. The arbiter who decided is in `decided_by` of the decision, or in the responses with the
    /// `draw_id`.
    #[schema(max_items = 1_000_000)]
    pub draws: Vec<DrawBody>,
    /// The ownership coverage.
    pub coverage: Coverage,
}

/// A response to an approval, with the salt of its digest.
#[derive(Debug, Serialize, ToSchema)]
pub struct EvidenceResponse {
    #[serde(flatten)]
    pub response: ApprovalResponseBody,
    /// Random value with which `sha256` was computed.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub salt: String,
}

/// The signature of a file. Ed25519 (RFC 8032) signs the text `entente-evidence-1`, a line feed, and the SHA-256 of the
/// canonical JSON of `{audit_entries, record}` in lower-case hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EvidenceSignature {
    /// The algorithm: `ed25519`.
    #[schema(max_length = 20, pattern = "^ed25519$", example = "ed25519")]
    pub algorithm: String,
    /// The public key of the installation, in lower-case hexadecimal. Compare it with the key that you saved from
    /// `GET /v1/evidence-key`: a file that was signed with another key proves nothing.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub public_key: String,
    /// The signature, in lower-case hexadecimal.
    #[schema(min_length = 128, max_length = 128, pattern = "^[0-9a-f]{128}$")]
    pub value: String,
}

/// The public key that verifies evidence files.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EvidenceKey)]
pub struct EvidenceKeyBody {
    /// The algorithm: `ed25519`.
    #[schema(max_length = 20, pattern = "^ed25519$", example = "ed25519")]
    pub algorithm: String,
    /// The public key (32 bytes), in lower-case hexadecimal. It never changes.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub public_key: String,
}
