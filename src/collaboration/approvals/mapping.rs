//! Conversion of approval rows to response bodies and terms.

use super::dto::{ApprovalBody, ApprovalResponseBody};
use super::store::{Approval, ApprovalResponse, ApprovalRow};
use super::terms::{Terms, TermsDocument};
use crate::kernel::error::Error;

impl TryFrom<&Approval> for ApprovalBody {
    type Error = Error;

    fn try_from(approval: &Approval) -> Result<Self, Error> {
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
            responses: approval.responses().cloned().map(Into::into).collect(),
            waiting_for: approval.waiting_for(),
        })
    }
}

impl From<ApprovalResponse> for ApprovalResponseBody {
    fn from(row: ApprovalResponse) -> Self {
        let ApprovalResponse { id, approval_id, project_id: _, department_id, person_id, delegation_id, .. } = row;
        let ApprovalResponse { response, reason, responded_at, superseded_at, .. } = row;
        Self { id, approval_id, department_id, person_id, delegation_id, response, reason, responded_at, superseded_at }
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
