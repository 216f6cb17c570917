//! The required scope of each operation in the API document.
//!
//! Rule: `authz` enforces scopes; this file only documents them, by path and method. A test calls every operation
//! without scopes and checks that both match.

use serde_json::{Value, json};

use crate::kernel::auth::Scope;

/// Adds the required scope to the description and as `x-required-scope`. The linters allow scopes in `security` for
/// OAuth 2 only.
pub fn add(path: &str, method: &str, operation: &mut Value) {
    let public = operation["security"] == json!([{}]);
    let Some(scope) = needed(path, method).filter(|_| !public) else { return };
    let scope = scope.as_str();
    let description = operation["description"].as_str().unwrap_or_default();
    operation["description"] = json!(format!("{description}\n\nRequired scope: `{scope}`."));
    operation["x-required-scope"] = json!(scope);
}

fn needed(path: &str, method: &str) -> Option<Scope> {
    let read = method == "get";
    let mut parts = path.strip_prefix("/v1/")?.split('/');
    let (kind, last) = (parts.next()?, parts.next_back().unwrap_or_default());
    Some(match kind {
        "projects" | "memberships" | "areas" | "assignments" | "approvals" | "decisions" | "delegations"
        | "disputes" | "transfers" => {
            if read {
                Scope::ProjectsRead
            } else {
                Scope::ProjectsWrite
            }
        }
        "people" if last == "offboarding-report" => Scope::Admin,
        "departments" | "people" | "home-positions" | "me" => {
            if read {
                Scope::ProjectsRead
            } else {
                Scope::Admin
            }
        }
        "agents" if last == "calendar-link" => Scope::CallbacksRead,
        "agents" | "calendars" => {
            if read {
                Scope::CallbacksRead
            } else {
                Scope::Admin
            }
        }
        "callback-requests" => {
            if read {
                Scope::CallbacksRead
            } else {
                Scope::CallbacksWork
            }
        }
        "reports" => Scope::CallbacksRead,
        "privacy-notices" | "data-subjects" | "retention" => Scope::Admin,
        "events" | "webhook-endpoints" | "webhook-deliveries" => Scope::WebhooksManage,
        "audit-entries" => Scope::AuditRead,
        _ => return None,
    })
}
