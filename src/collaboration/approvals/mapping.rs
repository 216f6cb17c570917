//! Rows of consents and answers as response bodies, and the terms in them.

use super::dto::{ConsentAnswerBody, ConsentBody};
use super::store::{Answer, Asked, Consent};
use super::terms::{Terms, TermsDocument};
use crate::kernel::error::Error;

impl TryFrom<&Asked> for ConsentBody {
    type Error = Error;

    fn try_from(asked: &Asked) -> Result<Self, Error> {
        let row = asked.row.clone();
        Ok(Self {
            id: row.id,
            project_id: row.project_id,
            kind: row.kind,
            subject: row.subject,
            terms: TermsDocument::unseal(&row.terms)?,
            sha256: row.sha256,
            state: row.state,
            asked_by: row.asked_by,
            asked_at: row.asked_at,
            reason: row.reason,
            due_at: row.due_at,
            settled_at: row.settled_at,
            answers: asked.answers().cloned().map(Into::into).collect(),
            waiting_for: asked.waiting_for(),
        })
    }
}

impl From<Answer> for ConsentAnswerBody {
    fn from(row: Answer) -> Self {
        let Answer { id, consent_id, project_id: _, department_id, person_id, delegation_id, .. } = row;
        let Answer { answer, reason, answered_at, superseded_at, .. } = row;
        Self { id, consent_id, department_id, person_id, delegation_id, answer, reason, answered_at, superseded_at }
    }
}

impl Consent {
    /// What exactly is agreed to.
    ///
    /// # Errors
    /// When the stored document cannot be read, which is a fault of the service.
    pub fn terms(&self) -> Result<Terms, Error> {
        TermsDocument::unseal(&self.terms)?.into_terms()
    }
}
