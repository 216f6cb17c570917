//! Checks and effects that every early end of a membership shares.

use crate::collaboration::approvals::lapse;
use crate::collaboration::memberships::change;
use crate::collaboration::memberships::member::Member;
use crate::collaboration::memberships::state::MembershipState;
use crate::collaboration::ownership::{Successor, handover, service as ownership};
use crate::collaboration::projects::{Project, ProjectVerb};
use crate::kernel::error::{Code, Error, Problem, Text, Violation};
use crate::kernel::time::Day;
use crate::kernel::tx::Tx;

/// Checks that the membership can end on a day. A day before its first one is possible: it then never begins.
///
/// # Errors
/// 409 when the project has ended or the membership is neither accepted nor active; 422 for a day that is past or after
/// the membership.
pub fn possible(
    tx: &Tx<'_>,
    project: &Project,
    member: &Member,
    on: Day,
    verb: &str,
    place: &str,
) -> Result<(), Error> {
    project.state.require_for(ProjectVerb::EndMembership, verb)?;
    if !matches!(member.state, MembershipState::Accepted | MembershipState::Active) {
        return Err(change::illegal(member, verb));
    }
    let earliest = tx.now.day();
    if on < earliest || on > member.row.valid_to {
        let latest = member.row.valid_to;
        let detail = Text::new("violation-between-days")
            .with("earliest", earliest.to_string())
            .with("latest", latest.to_string());
        return Err(Error::violation(Violation::at(format!("{place}/ends_on"), "dates_out_of_range", detail)));
    }
    Ok(())
}

/// Checks that every area the member is accountable for has a named successor.
///
/// # Errors
/// 409 `conflict` with the areas that have none.
pub fn refuse_orphans(
    tx: &mut Tx<'_>,
    project: &Project,
    member: &Member,
    on: Day,
    successors: &[Successor],
) -> Result<(), Error> {
    let areas = ownership::areas_owned_after(tx.conn, project.id, member.row.person_id, on)?;
    let named = |area| successors.iter().any(|one| one.area_id == area);
    let orphans: Vec<_> = areas.iter().filter(|area| !named(area.id)).collect();
    if orphans.is_empty() {
        return Ok(());
    }
    let areas: Vec<_> = orphans.iter().map(|area| serde_json::json!({"id": area.id, "key": area.key})).collect();
    Err(Problem::new(Code::Conflict).because("detail-areas-orphaned").with("areas", areas).into())
}

/// Ends a membership; the successors become accountable for its areas. It is withdrawn if it ends on or before its
/// first day.
///
/// # Errors
/// 409 when an area would lose its accountable person or is disputed; 422 for a successor who is not eligible.
pub fn leave(
    tx: &mut Tx<'_>,
    project: &Project,
    before: &Member,
    on: Day,
    successors: &[Successor],
    reason: &str,
) -> Result<Member, Error> {
    let on = on.max(before.row.valid_from);
    refuse_orphans(tx, project, before, on, successors)?;
    lapse::lapse_about(tx, project.id, before.row.id.as_str())?;
    handover::succeed(tx, project, before.row.person_id, on, successors)?;
    let mut row = before.row.clone();
    row.valid_to = on;
    change::save_end(tx, project, before, row, reason)
}
