//! The lookup of a data asset: who is accountable for it, in which project, and since when.
//!
//! Rules: everyone who can read projects learns who is accountable in activated projects, also in projects that they
//! cannot read. Of those, they learn nothing else: neither ids, which contain times, nor how many there are, nor who
//! will be accountable on a later day.

use std::collections::{BTreeMap, HashSet};

use super::dto::{DataOwner, DataOwnerList, DataOwnerProject, DataOwnerQuery};
use super::store::{self, AssetOwner};
use crate::collaboration::projects::{data_asset, service as projects};
use crate::kernel::auth::Actor;
use crate::kernel::authz::{self, Action, Relations};
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::ids::{DepartmentId, PersonId, ProjectId};
use crate::kernel::time::{Day, UtcTime};

/// Maximum number of assignments that are read.
const MOST: i64 = 1000;

/// Returns who is accountable for a data asset on a day, by default today.
///
/// # Errors
/// 403, also for a person who is not in the directory, unless they see every project.
pub fn owners(conn: &mut DbConn, actor: &Actor, query: &DataOwnerQuery, now: UtcTime) -> Result<DataOwnerList, Error> {
    authz::require(actor, Action::LookUpOwners, &Relations::default())?;
    let own = projects::accessible(conn, actor, now)?;
    let (asset, today) = (data_asset::normalized(&query.data_asset), now.day());
    let as_of = query.as_of.unwrap_or(today);
    let found = store::asset_owners(conn, &asset, as_of, MOST)?;
    let visible: HashSet<_> = match own {
        Some(own) => own.into_iter().collect(),
        // An administrator does not read the projects of their own department.
        None => {
            let ids = found.iter().map(|owner| owner.project_id).collect();
            projects::seen_by(conn, actor, ids, now)?.into_iter().collect()
        }
    };
    let is_visible = |project: ProjectId| visible.contains(&project);
    Ok(DataOwnerList { data_asset: asset, as_of, data: entries(found, is_visible, as_of <= today) })
}

/// Returns the entries of the visible projects, and then one for each person and department in all other projects, in
/// an order that does not depend on these projects; without the latter unless `with_hidden`.
fn entries(found: Vec<AssetOwner>, is_visible: impl Fn(ProjectId) -> bool, with_hidden: bool) -> Vec<DataOwner> {
    let (visible, hidden): (Vec<_>, Vec<_>) = found.into_iter().partition(|owner| is_visible(owner.project_id));
    let mut first_days: BTreeMap<(DepartmentId, PersonId), Day> = BTreeMap::new();
    for owner in hidden.into_iter().filter(|_| with_hidden) {
        let first = first_days.entry((owner.department_id, owner.person_id)).or_insert(owner.valid_from);
        *first = owner.valid_from.min(*first);
    }
    let merged = first_days.into_iter().map(|((department_id, person_id), valid_from)| DataOwner {
        person_id,
        department_id,
        valid_from,
        project: None,
    });
    visible.into_iter().map(DataOwner::from).chain(merged).collect()
}

impl From<AssetOwner> for DataOwner {
    fn from(row: AssetOwner) -> Self {
        let AssetOwner { assignment_id, person_id, valid_from, area_id, department_id, project_id, project_name } = row;
        let project = DataOwnerProject { id: project_id, name: project_name, area_id, assignment_id };
        Self { person_id, department_id, valid_from, project: Some(project) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::ids::{AreaId, AssignmentId};
    use proptest::prelude::*;

    prop_compose! {
        fn some_owner()(number in 0u64..1000, project in 0u64..4, person in 0u64..3, side in 0u64..2, day in 0i64..9)
            -> AssetOwner {
            AssetOwner {
                assignment_id: AssignmentId::demo(number),
                person_id: PersonId::demo(person),
                valid_from: "2027-01-01".parse::<Day>().unwrap().plus_days(day),
                area_id: AreaId::demo(number),
                department_id: DepartmentId::demo(side),
                project_id: ProjectId::demo(project),
                project_name: format!("Project {project}"),
            }
        }
    }

    proptest! {
        /// The number and the order of hidden projects change nothing in the response.
        #[test]
        fn hidden_projects_cannot_be_counted(found in prop::collection::vec(some_owner(), 0..12), copies in 1u64..4) {
            let is_visible = |project: ProjectId| project == ProjectId::demo(0);
            let mut more = found.clone();
            for copy in 1..=copies {
                let hidden = found.iter().filter(|owner| !is_visible(owner.project_id));
                more.extend(hidden.map(|owner| AssetOwner { project_id: ProjectId::demo(copy * 10), ..owner.clone() }));
            }
            let mut reversed = more.clone();
            reversed.reverse();
            let hidden = |owners| {
                let all = entries(owners, is_visible, true);
                all.into_iter().filter(|owner| owner.project.is_none()).collect::<Vec<_>>()
            };
            prop_assert_eq!(hidden(more), hidden(found.clone()));
            prop_assert_eq!(hidden(reversed), hidden(found.clone()));
            prop_assert!(entries(found, is_visible, false).iter().all(|owner| owner.project.is_some()));
        }
    }
}
