//! The permission table, with the operations of each row.

use crate::kernel::authz::{CONDITIONS, Others, Permission, TABLE};

const INTRODUCTION: &str = include_str!("permissions.md");

pub fn render() -> String {
    let rows: String = TABLE.iter().map(row).collect();
    let conditions: String =
        CONDITIONS.iter().map(|(operation, condition)| format!("| `{operation}` | {condition} |\n")).collect();
    format!(
        "{INTRODUCTION}
## Table

| action | scope | allowed for | other callers | operations |
|---|---|---|---|---|
{rows}
Where other callers receive 404, those who can read the project receive 403.

## Further conditions

| operation | condition |
|---|---|
{conditions}"
    )
}

fn row(permission: &Permission) -> String {
    let scope = permission.scope.map_or("none".to_owned(), |scope| format!("`{}`", scope.as_str()));
    let others = match permission.others {
        _ if !permission.needs_role() => "",
        Others::Hidden => "404",
        Others::Refused => "403",
    };
    let operations: Vec<_> = permission.operations.iter().map(|id| format!("`{id}`")).collect();
    let (action, callers) = (permission.description, permission.callers());
    format!("| {action} | {scope} | {callers} | {others} | {} |\n", operations.join(", "))
}
