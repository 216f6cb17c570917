//! Synchronisation of area rows with a charter. Rule: an area is identified by its key, so it keeps its id and its
//! history through every version that contains it; an area that is left out is retired, not deleted.

use std::collections::HashMap;

use super::charter::CharterArea;
use super::store::Area;
use crate::kernel::ids::{AreaId, ProjectId};
use crate::kernel::time::UtcTime;

/// Area rows to insert and to update.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Plan {
    pub added: Vec<Area>,
    pub changed: Vec<Area>,
}

/// Compares the existing areas with those of a charter and returns the rows to write.
#[must_use]
pub fn plan(
    project_id: ProjectId,
    existing: &[Area],
    wanted: &[CharterArea],
    now: UtcTime,
    mut new_id: impl FnMut() -> AreaId,
) -> Plan {
    let mut missing: HashMap<&str, &Area> = existing.iter().map(|area| (area.key.as_str(), area)).collect();
    let mut plan = Plan::default();
    for CharterArea { key, name, description, department_id, data_asset } in wanted {
        let before = missing.remove(key.as_str());
        let after = Area {
            id: before.map_or_else(&mut new_id, |area| area.id),
            project_id,
            key: key.clone(),
            name: name.clone(),
            description: description.clone(),
            department_id: *department_id,
            retired_at: None,
            data_asset: data_asset.clone(),
        };
        match before {
            None => plan.added.push(after),
            Some(before) if *before != after => plan.changed.push(after),
            Some(_) => {}
        }
    }
    let dropped = existing.iter().filter(|area| missing.contains_key(area.key.as_str()) && area.retired_at.is_none());
    plan.changed.extend(dropped.map(|area| Area { retired_at: Some(now), ..area.clone() }));
    plan
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::ids::DepartmentId;
    use proptest::prelude::*;

    fn wanted(items: &[(String, u64)]) -> Vec<CharterArea> {
        let mut seen = std::collections::HashSet::new();
        let items = items.iter().filter(|(key, _)| seen.insert(key));
        items
            .map(|(key, side)| CharterArea {
                key: key.clone(),
                name: key.clone(),
                description: None,
                department_id: DepartmentId::demo(*side),
                data_asset: None,
            })
            .collect()
    }

    fn apply(areas: &mut Vec<Area>, plan: Plan) {
        for after in plan.changed {
            let row = areas.iter_mut().find(|area| area.id == after.id).unwrap();
            *row = after;
        }
        areas.extend(plan.added);
    }

    proptest! {
        /// For any sequence of charters: exactly the areas of the last one are live, every key keeps its id, no row is
        /// lost, and planning again changes nothing.
        #[test]
        fn areas_match_the_charter_and_keep_their_history(
            charters in prop::collection::vec(prop::collection::vec(("[abc]", 1u64..3), 0..4), 1..5)
        ) {
            let (project, now) = (ProjectId::demo(1), UtcTime::from_unix_micros(0));
            let mut areas: Vec<Area> = Vec::new();
            let mut count = 0;
            for charter in charters {
                let wanted = wanted(&charter);
                let before = areas.clone();
                let mut id = || { count += 1; AreaId::demo(count) };
                let first = plan(project, &areas, &wanted, now, &mut id);
                apply(&mut areas, first);
                for area in &before {
                    prop_assert!(areas.iter().any(|after| after.id == area.id && after.key == area.key));
                }
                let mut live: Vec<_> = areas.iter().filter(|area| area.retired_at.is_none())
                    .map(|area| (area.key.clone(), area.department_id)).collect();
                let mut expected: Vec<_> = wanted.iter().map(|area| (area.key.clone(), area.department_id)).collect();
                live.sort();
                expected.sort();
                prop_assert_eq!(live, expected);
                prop_assert_eq!(plan(project, &areas, &wanted, now, id), Plan::default());
            }
        }
    }
}
