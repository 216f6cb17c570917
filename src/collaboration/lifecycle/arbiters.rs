//! Arbiters whom all sides are asked to approve, because no one of the panel can decide.
//!
//! Rules: each side can have one proposal at a time; the first one that all sides approve counts. If none is left that
//! the sides can approve in time, a dispute ends unresolved, and a decision is deadlocked. The approved arbiter waits
//! like one who was drawn, unless all sides waive it.

use crate::collaboration::approvals::silence::{self, SilenceArbiter};
use crate::collaboration::approvals::{ApprovalKind, lapse, service as approvals};
use crate::collaboration::arbitration::Arbiter;
use crate::collaboration::arbitration::service::{self as arbitration, Terms};
use crate::collaboration::decisions;
use crate::collaboration::memberships::neutrality;
use crate::collaboration::ownership::disputes;
use crate::collaboration::projects::Project;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::ids::{ApprovalId, DecisionId, DisputeId, PersonId, ProjectId};
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// What an arbiter decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    Decision(DecisionId),
    Dispute(DisputeId),
    /// For the sides that do not respond to it.
    Approval(ApprovalId),
}

impl Subject {
    /// Parses the id of a decision, dispute or approval; `None` for another text.
    #[must_use]
    pub fn parse(id: &str) -> Option<Self> {
        let question = id.parse().map(Self::Decision).or_else(|_| id.parse().map(Self::Dispute)).ok();
        question.or_else(|| id.parse().map(Self::Approval).ok())
    }

    /// Returns the project and the arbiter; `None` if the subject is not stuck between the sides.
    pub fn arbiter(self, conn: &mut DbConn, now: UtcTime) -> Result<Option<(ProjectId, Arbiter)>, Error> {
        match self {
            Self::Decision(id) => decisions::service::arbiter(conn, id, now),
            Self::Dispute(id) => disputes::service::arbiter(conn, id),
            Self::Approval(id) => Ok(silence::arbiter(conn, id)?.map(|(project, arbiter)| (project, arbiter.into()))),
        }
    }

    /// Saves another arbiter, or another time to decide.
    pub fn change_arbiter(self, tx: &mut Tx<'_>, arbiter: Arbiter) -> Result<(), Error> {
        match self {
            Self::Decision(id) => decisions::service::change_arbiter(tx, id, arbiter),
            Self::Dispute(id) => disputes::service::change_arbiter(tx, id, arbiter),
            Self::Approval(id) => silence::change_arbiter(tx, id, arbiter.into()),
        }
    }
}

impl From<SilenceArbiter> for Arbiter {
    fn from(arbiter: SilenceArbiter) -> Self {
        let SilenceArbiter { person_id, draw_id, ruling_from, ruling_until } = arbiter;
        Self { person_id, draw_id, ruling_from, ruling_until }
    }
}

impl From<Arbiter> for SilenceArbiter {
    fn from(arbiter: Arbiter) -> Self {
        let Arbiter { person_id, draw_id, ruling_from, ruling_until } = arbiter;
        Self { person_id, draw_id, ruling_from, ruling_until }
    }
}

/// Gives a decision or dispute the arbiter whom all sides have approved. Other proposals lapse.
///
/// # Errors
/// 409 when the person is no longer neutral.
pub fn approved(tx: &mut Tx<'_>, project: &Project, id: &str, person: PersonId) -> Result<(), Error> {
    let Some(subject) = Subject::parse(id) else { return Ok(()) };
    let Some((_, before)) = subject.arbiter(tx.conn, tx.now)? else { return Ok(()) };
    neutrality::refuse_unless_neutral(tx, project, person)?;
    if before.draw_id.is_some() {
        arbitration::ended(tx, id, false)?;
    }
    let terms = Terms::read(tx.conn, project.id, tx.now)?;
    let arbiter = arbitration::approved(tx, project, &terms, (id, before.draw_id), person)?;
    subject.change_arbiter(tx, arbiter)?;
    lapse::lapse_where(tx, project.id, |row| row.kind == ApprovalKind::Arbiter && row.subject == id)
}

/// Ends what the sides did not approve an arbiter for, unless they can still approve another one: a dispute is
/// unresolved, and a decision deadlocked.
pub fn not_approved(tx: &mut Tx<'_>, project: ProjectId, id: &str) -> Result<(), Error> {
    let open = approvals::due_of_kind(tx.conn, project, ApprovalKind::Arbiter)?;
    if open.iter().any(|(about, due_at)| about == id && *due_at > tx.now) {
        return Ok(());
    }
    let Some(subject) = Subject::parse(id) else { return Ok(()) };
    let Some((_, before)) = subject.arbiter(tx.conn, tx.now)? else { return Ok(()) };
    match subject {
        Subject::Dispute(dispute) => disputes::service::unresolved(tx, dispute),
        // The arbiter has been silent, or is no longer neutral.
        Subject::Decision(_) if before.person_id.is_some() => {
            if before.draw_id.is_some() {
                arbitration::ended(tx, id, false)?;
            }
            subject.change_arbiter(tx, Arbiter { draw_id: before.draw_id, ..Arbiter::default() })
        }
        // No arbiter is proposed for an approval: the sides could approve that instead.
        Subject::Decision(_) | Subject::Approval(_) => Ok(()),
    }
}

/// Ends overdue approvals of arbiters. Returns the next instant at which one is due.
pub fn by_time(tx: &mut Tx<'_>, project: &Project) -> Result<Option<UtcTime>, Error> {
    let mut next: Option<UtcTime> = None;
    for (subject, due_at) in approvals::due_of_kind(tx.conn, project.id, ApprovalKind::Arbiter)? {
        if due_at > tx.now {
            next = Some(next.map_or(due_at, |next| next.min(due_at)));
            continue;
        }
        let now = tx.now;
        lapse::lapse_where(tx, project.id, |row| {
            let is_overdue = row.due_at <= now;
            row.kind == ApprovalKind::Arbiter && row.subject == subject && is_overdue
        })?;
        not_approved(tx, project.id, &subject)?;
    }
    Ok(next)
}
