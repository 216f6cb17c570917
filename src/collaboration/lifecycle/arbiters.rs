//! Arbiters whom all sides are asked to approve, because no one of the panel can decide.
//!
//! Rules: if the sides do not approve the arbiter in time, a dispute ends unresolved, and a decision is deadlocked.

use crate::collaboration::approvals::{ApprovalKind, lapse, service as approvals};
use crate::collaboration::arbitration::Arbiter;
use crate::collaboration::arbitration::service::{self as arbitration, Terms};
use crate::collaboration::decisions;
use crate::collaboration::memberships::neutrality;
use crate::collaboration::ownership::disputes;
use crate::collaboration::projects::Project;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::ids::{DecisionId, DisputeId, PersonId, ProjectId};
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// What an arbiter decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    Decision(DecisionId),
    Dispute(DisputeId),
}

impl Subject {
    /// Parses the id of a decision or dispute; `None` for another text.
    #[must_use]
    pub fn parse(id: &str) -> Option<Self> {
        id.parse().map(Self::Decision).or_else(|_| id.parse().map(Self::Dispute)).ok()
    }

    /// Returns the project and the arbiter; `None` if the subject is not stuck between the sides.
    pub fn arbiter(self, conn: &mut DbConn, now: UtcTime) -> Result<Option<(ProjectId, Arbiter)>, Error> {
        match self {
            Self::Decision(id) => decisions::service::arbiter(conn, id, now),
            Self::Dispute(id) => disputes::service::arbiter(conn, id),
        }
    }

    /// Saves another arbiter, or another time to decide.
    pub fn change_arbiter(self, tx: &mut Tx<'_>, arbiter: Arbiter) -> Result<(), Error> {
        match self {
            Self::Decision(id) => decisions::service::change_arbiter(tx, id, arbiter),
            Self::Dispute(id) => disputes::service::change_arbiter(tx, id, arbiter),
        }
    }
}

/// Gives a decision or dispute the arbiter whom all sides have approved, who can decide at once.
///
/// # Errors
/// 409 when the person is no longer neutral.
pub fn approved(tx: &mut Tx<'_>, project: &Project, subject: &str, person: PersonId) -> Result<(), Error> {
    let Some(subject) = Subject::parse(subject) else { return Ok(()) };
    let Some((_, before)) = subject.arbiter(tx.conn, tx.now)? else { return Ok(()) };
    neutrality::refuse_unless_neutral(tx, project, person)?;
    arbitration::ended(tx, before.draw_id)?;
    let terms = Terms::read(tx.conn, project.id, tx.now)?;
    let arbiter = terms.ruling(Arbiter { person_id: Some(person), ..Arbiter::default() }, tx.now);
    subject.change_arbiter(tx, arbiter)
}

/// Ends what the sides did not approve an arbiter for: a dispute is unresolved, and a decision deadlocked.
pub fn not_approved(tx: &mut Tx<'_>, subject: &str) -> Result<(), Error> {
    let Some(subject) = Subject::parse(subject) else { return Ok(()) };
    let Some((_, before)) = subject.arbiter(tx.conn, tx.now)? else { return Ok(()) };
    match subject {
        Subject::Dispute(id) => disputes::service::unresolved(tx, id),
        // The arbiter has been silent, or is no longer neutral.
        Subject::Decision(_) if before.person_id.is_some() => {
            arbitration::ended(tx, before.draw_id)?;
            subject.change_arbiter(tx, Arbiter { draw_id: before.draw_id, ..Arbiter::default() })
        }
        Subject::Decision(_) => Ok(()),
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
        lapse::lapse_where(tx, project.id, |row| row.kind == ApprovalKind::Arbiter && row.subject == subject)?;
        not_approved(tx, &subject)?;
    }
    Ok(next)
}
