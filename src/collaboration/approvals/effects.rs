//! What happens when the sides have answered, by the kind of the question.

use super::rules::Tally;
use super::state::ConsentKind;
use super::store::Consent;
use super::terms::Terms;
use crate::collaboration::decisions;
use crate::collaboration::memberships;
use crate::collaboration::ownership;
use crate::collaboration::projects;
use crate::collaboration::projects::service::Project;
use crate::kernel::error::Error;
use crate::kernel::tx::Tx;

/// Carries out what was agreed, or tells the asking slice that it was refused. Runs in the
/// transaction of the last answer.
///
/// # Errors
/// Those of the slice concerned; then the last answer is not taken either.
pub fn follow(tx: &mut Tx<'_>, project: &Project, consent: &Consent, tally: Tally) -> Result<(), Error> {
    let agreed = tally == Tally::Agreed;
    let terms = Terms::unseal(&consent.terms)?;
    match consent.kind {
        ConsentKind::Charter if agreed => projects::amendment::agreed(tx, project, consent.number),
        ConsentKind::Resume if agreed => projects::joint::resumed(tx, project),
        ConsentKind::Close if agreed => projects::joint::closing(tx, project),
        ConsentKind::Release if agreed => match &terms.release {
            Some(release) => memberships::service::released(tx, project, &consent.subject, release),
            None => Err(Error::internal("a release without terms")),
        },
        ConsentKind::Transfer => ownership::transfer::consented(tx, project, &consent.subject, agreed),
        ConsentKind::Settlement if agreed => match &terms.settlement {
            Some(outcome) => {
                ownership::dispute::settled(tx, project, &consent.subject, outcome, consent.reason.as_deref())
            }
            None => Err(Error::internal("a settlement without terms")),
        },
        ConsentKind::Decision => decisions::service::answered(tx, &consent.subject, tally),
        ConsentKind::Charter
        | ConsentKind::Resume
        | ConsentKind::Close
        | ConsentKind::Release
        | ConsentKind::Settlement => Ok(()),
    }
}
