//! Conversion of approval rows to response bodies and terms.

use super::digest::ResponseText;
use super::dto::{ApprovalBody, ApprovalResponseBody, ApprovalResponseNotice};
use super::store::{Approval, ApprovalResponse, ApprovalRow};
use super::terms::{Terms, TermsDocument};
use crate::kernel::error::Error;
use crate::kernel::ids::DepartmentId;

impl TryFrom<&Approval> for ApprovalBody {
    type Error = Error;

    /// Returns an approval without its sealed responses.
    fn try_from(approval: &Approval) -> Result<Self, Error> {
        Self::seen_by(approval, None)
    }
}

impl ApprovalBody {
    /// Returns an approval as a caller sees it who represents the side `viewer`; `None` is any other caller.
    ///
    /// # Errors
    /// 500 when the stored terms cannot be parsed.
    pub fn seen_by(approval: &Approval, viewer: Option<DepartmentId>) -> Result<Self, Error> {
        let visible = approval.responses().filter(|response| response.is_visible_to(viewer));
        let row = approval.row.clone();
        Ok(Self {
            id: row.id,
            project_id: row.project_id,
            kind: row.kind,
            subject: row.subject,
            terms: TermsDocument::unseal(&row.terms)?,
            sha256: row.sha256,
            state: row.state,
            requested_by: row.requested_by,
            requested_at: row.requested_at,
            reason: row.reason,
            due_at: row.due_at,
            ended_at: row.ended_at,
            sealed: row.sealed,
            silent_from: row.silent_from,
            arbiter_person_id: row.arbiter_person_id,
            draw_id: row.draw_id,
            ruling_from: row.ruling_from,
            ruling_until: row.ruling_until,
            responses: visible.cloned().map(Into::into).collect(),
            responded: approval.responded(),
            waiting_for: approval.waiting_for(),
        })
    }
}

impl From<ApprovalResponse> for ApprovalResponseBody {
    fn from(row: ApprovalResponse) -> Self {
        let sha256 = row.sha256();
        let ApprovalResponse { id, approval_id, project_id: _, department_id, person_id, delegation_id, .. } = row;
        let ApprovalResponse { response, reason, responded_at, superseded_at, draw_id, .. } = row;
        Self {
            id,
            approval_id,
            department_id,
            person_id,
            delegation_id,
            response,
            reason,
            responded_at,
            superseded_at,
            sha256,
            draw_id,
        }
    }
}

impl ApprovalResponse {
    /// Returns the digest of the response.
    #[must_use]
    pub fn sha256(&self) -> String {
        ResponseText {
            approval_id: self.approval_id.as_str(),
            department_id: self.department_id.as_str(),
            person_id: self.person_id.as_str(),
            delegation_id: self.delegation_id.as_ref().map(|id| id.as_str()),
            response: self.response.as_str(),
            salt: &self.salt,
            reason: self.reason.as_deref(),
        }
        .sha256()
    }
}

impl From<&ApprovalResponse> for ApprovalResponseNotice {
    fn from(row: &ApprovalResponse) -> Self {
        Self {
            id: row.id,
            approval_id: row.approval_id,
            project_id: row.project_id,
            department_id: row.department_id,
            responded_at: row.responded_at,
            superseded_at: row.superseded_at,
            sha256: row.sha256(),
        }
    }
}

impl ApprovalRow {
    /// Returns the terms of the approval.
    ///
    /// # Errors
    /// 500 when the stored document cannot be parsed.
    pub fn terms(&self) -> Result<Terms, Error> {
        TermsDocument::unseal(&self.terms)?.into_terms()
    }
}
