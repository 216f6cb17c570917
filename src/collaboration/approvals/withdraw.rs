//! Withdrawing what the sides are asked.

use super::change;
use super::state::{ConsentKind, ConsentState};
use super::store::Asked;
use crate::kernel::auth::Scope;
use crate::kernel::authz::Action;
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::events::types;
use crate::kernel::ids::ConsentId;
use crate::kernel::tx::Tx;

/// Takes a question back.
///
/// # Errors
/// 403, 404; 409 when it is not open, or belongs to something else that is taken back instead.
pub fn withdraw(tx: &mut Tx<'_>, id: ConsentId) -> Result<Asked, Error> {
    let (project, facts) = change::take(tx, id, Action::AskJointly)?;
    let mut asked = change::find(tx.conn, id)?;
    // Another side that does not want it disagrees, and says why.
    if asked.row.asked_by != facts.person && !facts.lead && !tx.actor.has(Scope::Admin) {
        return Err(Error::forbidden(
            "Whoever asked, the lead or an administrator takes it back; another side disagrees, and says why.",
            "Zpět to bere ten, kdo se ptal, vedoucí projektu nebo správce; jiná strana nesouhlasí a uvede důvod.",
        ));
    }
    change::require_open(&asked, tx.now, "withdraw")?;
    let by_itself = match asked.row.kind {
        ConsentKind::Resume | ConsentKind::Close | ConsentKind::Release | ConsentKind::Settlement => true,
        ConsentKind::Charter => project.in_force_version.is_some(),
        ConsentKind::Transfer | ConsentKind::Decision => false,
    };
    if !by_itself {
        return Err(Problem::new(Code::Conflict)
            .because(
                "This question belongs to a proposal, a transfer or a decision; withdraw or revise that.",
                "Tato otázka patří k návrhu, předání nebo rozhodnutí; vezměte zpět nebo upravte to.",
            )
            .into());
    }
    change::end(tx, &mut asked, ConsentState::Withdrawn, types::CONSENT_WITHDRAWN)?;
    Ok(asked)
}
