//! Assigning responsibilities for areas.

use super::coverage::Interval;
use super::disputes::guard;
use super::dto::{AssignmentBody, NewAssignment};
use super::owners;
use super::responsibility::Responsibility;
use super::store::{self, Assignment};
use crate::collaboration::projects::permit::{Standing, permit};
use crate::collaboration::projects::{Project, ProjectVerb};
use crate::kernel::authz::Action;
use crate::kernel::error::{Code, Error, Problem, Text, Violation, refuse_if_any};
use crate::kernel::events::types;
use crate::kernel::ids::AreaId;
use crate::kernel::record::Change;
use crate::kernel::time::Day;
use crate::kernel::tx::Tx;

/// Assigns a responsibility for an area to a person.
///
/// # Errors
/// 403, 404; 422 `owner_not_member` or `side_mismatch` when the person is not a suitable member, and for days outside
/// the project; 409 with `owner` when another person is accountable, or while the area is disputed.
pub fn assign(tx: &mut Tx<'_>, area: AreaId, new: &NewAssignment) -> Result<Assignment, Error> {
    let permitted = permit(tx, Action::AssignOwner, |tx| {
        let area = store::area(tx.conn, area)?.ok_or_else(Error::not_found)?;
        let standing = Standing::read(tx, area.project_id)?.of_side(tx, area.department_id)?;
        Ok(standing.about(area))
    })?;
    let Standing { project, about: area, .. } = permitted.lock_and_raise(tx)?;
    if area.retired_at.is_some() {
        return Err(Problem::new(Code::Conflict).because("detail-area-removed").into());
    }
    project.state.require(ProjectVerb::CreateAssignment)?;
    let from = new.valid_from.unwrap_or(project.starts_on.max(tx.now.day()));
    let wanted = Interval { from, to: new.valid_to.unwrap_or(project.ends_on) };
    let mut violations = outside_project(wanted, &project);
    if violations.is_empty() {
        violations.extend(owners::unfit_member(tx, &area, new.person_id, new.responsibility, wanted, "/person_id")?);
    }
    refuse_if_any(violations)?;
    if new.responsibility == Responsibility::Accountable {
        guard::refuse_while_disputed(tx.conn, area.id)?;
        refuse_second_owner(tx, area.id, from, new.valid_to)?;
    }
    let row = Assignment {
        id: tx.new_id(),
        area_id: area.id,
        project_id: project.id,
        person_id: new.person_id,
        responsibility: new.responsibility,
        valid_from: from,
        valid_to: new.valid_to,
        version: 1,
        created_at: tx.now,
        recorded_at: tx.now,
        superseded_at: None,
    };
    store::insert(tx.conn, &row)?.map_err(owners::refusal)?;
    let body = AssignmentBody::from(row.clone());
    tx.record_change(&Change::created(types::OWNERSHIP_ASSIGNED, row.id.as_str(), &body)?)?;
    Ok(row)
}

/// Returns a violation for each day that is outside the project or out of order.
fn outside_project(wanted: Interval, project: &Project) -> Vec<Violation> {
    let outside = Text::new("violation-outside-project");
    let mut violations = Vec::new();
    if wanted.from < project.starts_on || wanted.from >= project.ends_on {
        violations.push(Violation::at("/valid_from", "dates_out_of_range", outside.clone()));
    }
    if wanted.to > project.ends_on || wanted.to <= project.starts_on {
        violations.push(Violation::at("/valid_to", "dates_out_of_range", outside));
    } else if wanted.to <= wanted.from {
        let detail = Text::new("violation-must-be-after").with("field", "valid_to").with("other", "valid_from");
        violations.push(Violation::at("/valid_to", "not_after_start", detail));
    }
    violations
}

fn refuse_second_owner(tx: &mut Tx<'_>, area: AreaId, from: Day, to: Option<Day>) -> Result<(), Error> {
    let owners = store::owners_between(tx.conn, area, from, to)?;
    let Some(owner) = owners.into_iter().next() else { return Ok(()) };
    let owner = serde_json::json!({
        "assignment_id": owner.id,
        "person_id": owner.person_id,
        "valid_from": owner.valid_from,
        "valid_to": owner.valid_to,
    });
    Err(owners::already_owned().with("owner", owner).into())
}
