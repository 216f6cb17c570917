//! The ownership coverage of a project.

use std::collections::{BTreeMap, HashMap};

use super::coverage::{self, Interval, PersonInterval, Stay};
use super::dto::{AreaCoverage, Coverage, CoverageQuery, PersonDays};
use super::{store, transfers};
use crate::collaboration::memberships::service as memberships;
use crate::collaboration::projects::{Project, service as projects};
use crate::kernel::auth::Actor;
use crate::kernel::db::DbConn;
use crate::kernel::error::{Error, Text, Violation};
use crate::kernel::ids::{AreaId, PersonId, ProjectId};
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
    coverage_of(conn, &project, query, now)
}

/// Does the same for a project that the caller has access to, for other slices; four statements.
///
/// # Errors
/// 422 when no day of the project is between `from` and `to`.
pub fn coverage_of(
    conn: &mut DbConn,
    project: &Project,
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
    let mut owners: HashMap<AreaId, Vec<PersonInterval>> = HashMap::new();
    for owner in store::accountable(conn, project.id)? {
        let days = Interval { from: owner.valid_from, to: owner.valid_to.unwrap_or(ends_on) };
        owners.entry(owner.area_id).or_default().push(PersonInterval { days, person: owner.person_id });
    }
    let stays = stays_by_person(conn, project.id)?;
    let proposals = transfers::service::proposals(conn, project.id, ends_on, now)?;
    let live = projects::areas(conn, project.id)?.into_iter().filter(|area| area.retired_at.is_none());
    let areas: Vec<_> = live
        .map(|area| {
            let owners = owners.get(&area.id).map_or(&[][..], Vec::as_slice);
            // Only the memberships of its owners matter for an area.
            let own: Vec<Stay> =
                owners.iter().flat_map(|owner| stays.get(&owner.person).into_iter().flatten().copied()).collect();
            let taken: Vec<_> = owners.iter().map(|owner| owner.days).collect();
            let proposed = proposals.get(&area.id).map_or(&[][..], Vec::as_slice);
            AreaCoverage {
                area_id: area.id,
                gaps: coverage::gaps(window, &taken).into_iter().map(Into::into).collect(),
                orphans: deduplicated(coverage::orphans(window, owners, &own)),
                side_mismatches: deduplicated(coverage::side_mismatches(window, area.department_id, owners, &own)),
                overlaps: coverage::overlaps(window, proposed).into_iter().map(Into::into).collect(),
                key: area.key,
                department_id: area.department_id,
            }
        })
        .collect();
    let complete = areas.iter().all(|area| area.gaps.is_empty());
    Ok(Coverage { project_id: project.id, starts_on: window.from, ends_on: window.to, complete, areas })
}

/// Removes duplicates: the memberships of an owner with several assignments are checked several times.
fn deduplicated(mut intervals: Vec<PersonInterval>) -> Vec<PersonDays> {
    intervals.dedup();
    intervals.into_iter().map(Into::into).collect()
}

fn stays_by_person(conn: &mut DbConn, project: ProjectId) -> Result<BTreeMap<PersonId, Vec<Stay>>, Error> {
    let mut stays: BTreeMap<PersonId, Vec<Stay>> = BTreeMap::new();
    for (person, side, from, to) in memberships::all_stays(conn, project)? {
        stays.entry(person).or_default().push(Stay { person, side, days: Interval { from, to } });
    }
    Ok(stays)
}

fn empty_window(starts_on: Day, ends_on: Day) -> Error {
    let text = Text::new("violation-no-common-day")
        .with("starts_on", starts_on.to_string())
        .with("ends_on", ends_on.to_string());
    Error::violation(Violation::parameter("to", "not_after_start", text))
}
