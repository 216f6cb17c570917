//! The ownership coverage of a project.

use std::collections::BTreeMap;

use super::coverage::{self, Interval, PersonInterval, Stay};
use super::dto::{AreaCoverage, Coverage, CoverageQuery, PersonDays};
use super::store::{self, OwnedArea, Owner};
use super::transfers::TransferState;
use crate::collaboration::approvals::service as approvals;
use crate::collaboration::memberships::team::Team;
use crate::collaboration::memberships::{TeamMember, service as memberships};
use crate::collaboration::projects::{Project, service as projects};
use crate::kernel::auth::Actor;
use crate::kernel::db::DbConn;
use crate::kernel::error::{Error, Text, Violation};
use crate::kernel::ids::{PersonId, ProjectId};
use crate::kernel::time::{Day, UtcTime};

/// Returns the ownership problems of each area of the charter, in the past and in the future.
///
/// # Errors
/// 403, 404; 422 when no day of the project is between `from` and `to`.
pub fn coverage(
    conn: &mut DbConn,
    actor: &Actor,
    project: ProjectId,
    query: &CoverageQuery,
    now: UtcTime,
) -> Result<Coverage, Error> {
    let project = projects::visible(conn, actor, project, now)?;
    let team = memberships::team(conn, project.id)?;
    coverage_of(conn, &project, &team, query, now)
}

/// Does the same for a loaded project and its team, for other slices; one statement.
///
/// # Errors
/// 422 when no day of the project is between `from` and `to`.
pub fn coverage_of(
    conn: &mut DbConn,
    project: &Project,
    team: &Team,
    query: &CoverageQuery,
    now: UtcTime,
) -> Result<Coverage, Error> {
    let (starts_on, ends_on) = (project.starts_on, project.ends_on);
    let window = Interval {
        from: query.from.map_or(starts_on, |from| from.max(starts_on)),
        to: query.to.map_or(ends_on, |to| to.min(ends_on)),
    };
    if window.from >= window.to {
        return Err(empty_window(starts_on, ends_on));
    }
    let stays = stays_by_person(&team.members);
    let rows = store::owned_areas(conn, project.id)?;
    let areas = rows.chunk_by(|one, next| one.id == next.id).filter_map(<[OwnedArea]>::split_first);
    let areas = areas.map(|(area, more)| {
        let owners = area.owner.iter().chain(more.iter().filter_map(|row| row.owner.as_ref()));
        let owners: Vec<_> = owners.map(|owner| interval_of(owner, ends_on)).collect();
        // Only the memberships of its owners matter for an area.
        let own: Vec<Stay> =
            owners.iter().flat_map(|owner| stays.get(&owner.person).into_iter().flatten().copied()).collect();
        let taken: Vec<_> = owners.iter().map(|owner| owner.days).collect();
        let proposed = proposals(area, ends_on, now)?;
        Ok(AreaCoverage {
            area_id: area.id,
            gaps: coverage::gaps(window, &taken).into_iter().map(Into::into).collect(),
            orphans: deduplicated(coverage::orphans(window, &owners, &own)),
            side_mismatches: deduplicated(coverage::side_mismatches(window, area.department_id, &owners, &own)),
            overlaps: coverage::overlaps(window, &proposed).into_iter().map(Into::into).collect(),
            key: area.key.clone(),
            department_id: area.department_id,
        })
    });
    let areas: Vec<_> = areas.collect::<Result<_, Error>>()?;
    let complete = areas.iter().all(|area| area.gaps.is_empty());
    Ok(Coverage { project_id: project.id, starts_on: window.from, ends_on: window.to, complete, areas })
}

fn interval_of(owner: &Owner, ends_on: Day) -> PersonInterval {
    let days = Interval { from: owner.valid_from, to: owner.valid_to.unwrap_or(ends_on) };
    PersonInterval { days, person: owner.person_id }
}

/// Returns the people that the open transfer and the proposed settlement of an area name, with the days.
fn proposals(area: &OwnedArea, ends_on: Day, now: UtcTime) -> Result<Vec<PersonInterval>, Error> {
    let proposal = |person, from| PersonInterval { days: Interval { from, to: ends_on }, person };
    let transfer = area.transfer.filter(|row| row.state.at(row.expires_at, now) != TransferState::Expired);
    let settlement = area.settlement.as_deref().map(approvals::settlement).transpose()?.flatten();
    let transfer = transfer.map(|row| proposal(row.to_person_id, row.effective_on));
    let settlement = settlement.map(|terms| proposal(terms.person_id, terms.effective_on));
    Ok(transfer.into_iter().chain(settlement).collect())
}

/// Removes duplicates: the memberships of an owner with several assignments are checked several times.
fn deduplicated(mut intervals: Vec<PersonInterval>) -> Vec<PersonDays> {
    intervals.dedup();
    intervals.into_iter().map(Into::into).collect()
}

fn stays_by_person(members: &[TeamMember]) -> BTreeMap<PersonId, Vec<Stay>> {
    let mut stays: BTreeMap<PersonId, Vec<Stay>> = BTreeMap::new();
    for member in members {
        let days = Interval { from: member.valid_from, to: member.valid_to };
        let stay = Stay { person: member.person_id, side: member.department_id, days };
        stays.entry(member.person_id).or_default().push(stay);
    }
    stays
}

fn empty_window(starts_on: Day, ends_on: Day) -> Error {
    let text = Text::new("violation-no-common-day")
        .with("starts_on", starts_on.to_string())
        .with("ends_on", ends_on.to_string());
    Error::violation(Violation::parameter("to", "not_after_start", text))
}
