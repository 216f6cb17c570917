//! The permission of each operation in the API document: the scope that the token needs, and the roles.
//!
//! Both come from the table in `authz`, which also decides at run time.

use serde_json::{Value, json};

use crate::kernel::authz::{Action, CONDITIONS, Others, Permission};

/// Adds the permission to the description, and as `x-required-scope` and `x-permissions`. The linters allow scopes in
/// `security` for OAuth 2 only.
///
/// # Errors
/// The operation that is not in the table.
pub fn add(operation: &mut Value) -> Result<(), String> {
    let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
    let action = Action::of_operation(&id).ok_or_else(|| format!("the operation {id} has no permission"))?;
    let is_public = operation["security"] == json!([{}]);
    let permission = action.permission();
    let Some(scope) = permission.scope.filter(|_| !is_public) else { return Ok(()) };
    let description = operation["description"].as_str().unwrap_or_default();
    operation["description"] = json!(format!("{description}\n\n{}", sentences(permission, &id)));
    operation["x-required-scope"] = json!(scope.as_str());
    operation["x-permissions"] = json!({
        "scope": scope.as_str(),
        "roles": permission.who.iter().map(|role| role.name()).collect::<Vec<_>>(),
        "otherwise": match permission.others {
            Others::Hidden => 404,
            Others::Refused => 403,
        },
    });
    Ok(())
}

fn sentences(permission: &Permission, operation: &str) -> String {
    let scope = permission.scope.map(|scope| format!("Required scope: `{}`.", scope.as_str()));
    let condition = CONDITIONS.iter().find(|(id, _)| *id == operation).map(|(_, condition)| (*condition).to_owned());
    [scope, roles(permission), condition].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// Returns the sentence about the roles; `None` if the scope is enough.
fn roles(permission: &Permission) -> Option<String> {
    if !permission.needs_role() {
        return None;
    }
    let others = match permission.others {
        Others::Hidden if permission.action == Action::ReadProject => "other callers receive 404",
        Others::Hidden => "other callers who can read the project receive 403, all others 404",
        Others::Refused => "other callers receive 403",
    };
    Some(format!("Allowed for {}; {others}.", permission.callers()))
}
