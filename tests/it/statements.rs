//! The number of SQL statements per operation: a read takes 2 at most, a change 8, whatever the
//! data. What needs more stands in the table below, which may only get shorter and smaller.

use super::examples;

const READ: usize = 2;
const CHANGE: usize = 8;

/// Operation and what it takes today.
const MORE: &[(&str, usize)] = &[
    ("accept_membership", 9),
    ("activate_project", 12),
    ("create_project", 9),
    ("decline_membership", 9),
    ("end_membership", 9),
    ("get_membership", 3),
    ("get_ownership_coverage", 4),
    ("get_parity", 3),
    ("get_readiness", 8),
    ("invite_members", 10),
    ("list_areas", 3),
    ("list_assignments", 3),
    ("list_memberships", 3),
    ("replace_charter", 12),
];

both! {
    async fn operations_keep_to_their_budget(app: TestApp) {
        let (_app, pressed) = examples::press_everything(app).await;
        let mut wrong = Vec::new();
        for pressed in &pressed {
            let general = if pressed.is_read { READ } else { CHANGE };
            let budget = MORE.iter().find(|(operation, _)| *operation == pressed.operation).map_or(general, |(_, budget)| *budget);
            let taken = pressed.statements.len();
            if taken > budget {
                wrong.push(format!("{} took {taken} statements, {budget} are allowed:\n  {}", pressed.operation, pressed.statements.join("\n  ")));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
