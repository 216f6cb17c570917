//! Property tests of the comparison of announced and existing conflicts.

use proptest::prelude::*;

use super::*;
use crate::kernel::ids::{OwnershipConflictId, ProjectId};
use crate::kernel::time::{Day, UtcTime};

prop_compose! {
    fn some_counterpart()(area in 0u64..3, other in 2u64..5, project in 10u64..14, asset in "[ab]") -> Counterpart {
        Counterpart {
            data_asset: Some(asset),
            area_id: AreaId::demo(area),
            department_id: DepartmentId::demo(1),
            other_department_id: DepartmentId::demo(other),
            other_project_id: ProjectId::demo(project),
            starts_on: Day::default(),
            ends_on: Day::default(),
        }
    }
}

fn announced(open: &[ConflictRow], changes: &Changes<'_>, first_id: u64) -> Vec<ConflictRow> {
    let kept = open.iter().filter(|row| !changes.ended.contains(row)).cloned();
    let begun = (first_id..).zip(&changes.begun).map(|(number, conflict)| ConflictRow {
        id: OwnershipConflictId::demo(number),
        project_id: ProjectId::demo(1),
        area_id: conflict.area,
        data_asset: conflict.asset.to_owned(),
        department_id: conflict.department,
        other_department_id: conflict.other_department,
        found_at: UtcTime::from_unix_micros(0),
        resolved_at: None,
    });
    kept.chain(begun).collect()
}

proptest! {
    /// After each check, exactly the existing conflicts are announced, and a second check announces nothing.
    #[test]
    fn every_conflict_is_announced_once(
        checks in prop::collection::vec(prop::collection::vec(some_counterpart(), 0..8), 1..6)
    ) {
        let mut open = Vec::new();
        for (number, found) in (1u64..).zip(&checks) {
            let after = announced(&open, &compare(&open, found), number * 100);
            prop_assert_eq!(compare(&after, found), Changes { begun: vec![], ended: vec![] });
            let mut keys: Vec<_> = after.iter().map(Key::of_row).collect();
            let mut expected: Vec<_> = found.iter().filter_map(Key::of_counterpart).collect();
            expected.sort_unstable();
            expected.dedup();
            keys.sort_unstable();
            prop_assert_eq!(keys, expected);
            open = after;
        }
    }

    /// It makes no difference in how many projects the other department owns the data.
    #[test]
    fn other_projects_cannot_be_counted(found in prop::collection::vec(some_counterpart(), 0..8), copies in 1u64..4) {
        let copy = |number: u64| {
            found.iter().map(move |one| Counterpart { other_project_id: ProjectId::demo(20 + number), ..one.clone() })
        };
        let more: Vec<_> = found.iter().cloned().chain((0..copies).flat_map(copy)).collect();
        prop_assert_eq!(compare(&[], &more).begun, compare(&[], &found).begun);
    }
}
