//! Which scope of the token an operation needs, as the document says it.
//!
//! Rule: what is enforced stands in `authz`; this only tells it, by path and method, and a test presses every operation
//! without scopes to see that both say the same.

use serde_json::{Value, json};

use crate::kernel::auth::Scope;

/// Says it in the description, and for programs as `x-required-scope`: `security` has room for scopes of OAuth 2 only,
/// as the linters read the specification.
pub fn add(path: &str, method: &str, operation: &mut Value) {
    let public = operation["security"] == json!([{}]);
    let Some(scope) = needed(path, method).filter(|_| !public) else { return };
    let scope = scope.as_str();
    let description = operation["description"].as_str().unwrap_or_default();
    operation["description"] = json!(format!("{description}\n\nScope: `{scope}`."));
    operation["x-required-scope"] = json!(scope);
}

fn needed(path: &str, method: &str) -> Option<Scope> {
    let read = method == "get";
    let mut parts = path.strip_prefix("/v1/")?.split('/');
    let (kind, last) = (parts.next()?, parts.next_back().unwrap_or_default());
    Some(match kind {
        "projects" | "memberships" | "areas" | "assignments" | "consents" | "decisions" | "delegations"
        | "disputes" | "transfers" => {
            if read {
                Scope::ProjectsRead
            } else {
                Scope::ProjectsWrite
            }
        }
        "people" if last == "leaver-report" => Scope::Admin,
        "departments" | "people" | "home-positions" | "me" => {
            if read {
                Scope::ProjectsRead
            } else {
                Scope::Admin
            }
        }
        "agents" if last == "calendar-link" => Scope::CallbacksRead,
        "agents" | "calendar" => {
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
