//! The world of the matrix: one project with a resource for every operation, and one caller per column.

use super::IDEMPOTENCY_KEY;
use crate::api_keys::{create_key, with_key};
use crate::support::client::Client;
use crate::support::desk;
use crate::support::pair::{charter, respond, text};
use crate::support::team::{accept_as, department, execute_sql, head, person, person_without_position};
use crate::support::{NEW, TestApp, Value, json};

/// All scopes but `admin`.
const ALL_BUT_ADMIN: &str = "projects:read projects:write directory:write callbacks:create callbacks:read \
                             callbacks:work webhooks:manage audit:read";

/// The callers, in the order of the columns:
/// - `no_scope`: the sponsor with a token without scopes.
/// - `stranger`: a person in the directory without a role, with all scopes but `admin`.
/// - `former`: a person whose membership has ended.
/// - `member`: accountable for an area, and offered another one.
/// - `sponsor`: the sponsor of the side that the resources belong to. `other_sponsor`: that of the other side.
/// - `arbiter`: decides the dispute and the decision.
/// - `agent`, `auditor`: a person with the scopes for callback requests, or for the audit trail.
/// - `service`: an application with all scopes but `admin`. `key`: one with an API key that has a single scope.
pub const COLUMNS: [&str; 15] = [
    "anonymous",
    "no_scope",
    "stranger",
    "former",
    "member",
    "lead",
    "sponsor",
    "other_sponsor",
    "delegate",
    "arbiter",
    "agent",
    "auditor",
    "admin",
    "service",
    "key",
];

/// The ids of the resources.
pub struct World {
    project: String,
    side: String,
    membership: String,
    /// Owned by the member.
    area: String,
    assignment: String,
    /// Requested by the sponsor.
    approval: String,
    delegation: String,
    /// To the member.
    transfer: String,
    dispute: String,
    decision: String,
    draw: String,
    agent: String,
    /// The application with an API key.
    key: Client,
}

/// Returns the caller of a column with a token.
fn caller_with_token(app: &TestApp, column: &str) -> Client {
    match column {
        "anonymous" => app.anonymous(),
        "no_scope" => app.caller("cmo", ""),
        "stranger" => app.caller("sam", ALL_BUT_ADMIN),
        "former" => app.person("fred"),
        "member" => app.person("mia"),
        "lead" => app.person("lead"),
        "sponsor" => app.person("cmo"),
        "other_sponsor" => app.person("cio"),
        "delegate" => app.person("dana"),
        "arbiter" => app.person("arne"),
        "agent" => app.caller("anna", "callbacks:read callbacks:work"),
        "auditor" => app.caller("audrey", "audit:read"),
        "admin" => app.admin(),
        "service" => app.service("crm", ALL_BUT_ADMIN),
        other => panic!("unknown column {other}"),
    }
}

/// Creates an API key, and uses it, because its first use on a day is recorded.
async fn application_with_key(app: &TestApp) -> Client {
    let key = with_key(app, &create_key(app, "key", "callbacks:read").await);
    key.get("/v1/agents").await.expect(200);
    key
}

impl World {
    /// Creates the world over HTTP.
    pub async fn new(app: &TestApp) -> Self {
        let (brand, platform) = (department(app, "brand").await, department(app, "platform").await);
        let (cmo, cio) = (person(app, "cmo", &brand).await, person(app, "cio", &platform).await);
        head(app, &brand, &cmo).await;
        head(app, &platform, &cio).await;
        let lead = person(app, "lead", &platform).await;
        let dana = person(app, "dana", &brand).await;
        for outsider in ["sam", "audrey"] {
            person_without_position(app, outsider).await;
        }
        let arne = person_without_position(app, "arne").await;

        let plain = charter(&brand, &platform, &cmo, &cio);
        let mut body = plain.clone();
        body["panel"] = json!([arne]);
        body["lead_person_id"] = json!(lead);
        let newsletter = json!({"key": "newsletter", "name": "Newsletter", "department_id": brand});
        body["areas"].as_array_mut().unwrap().push(newsletter);
        let project = app.admin().post("/v1/projects", body).await.expect(201).id();
        accept_as(app, "cmo", &project, &brand).await.expect(200);
        accept_as(app, "cio", &project, &platform).await.expect(200);
        let at = |rest: &str| format!("/v1/projects/{project}/{rest}");
        let (cmo, cio, lead) = (app.person("cmo"), app.person("cio"), app.person("lead"));

        let join = async |login: &str, side: &str| -> (String, String) {
            let person = person(app, login, side).await;
            let body = json!({"person_id": person, "department_id": side, "project_role": "Steward"});
            let sponsor = if side == brand { &cmo } else { &cio };
            let membership = sponsor.post(&at("memberships"), body).await.expect(201).id();
            app.person(login).act(&format!("/v1/memberships/{membership}/accept")).await.expect(200);
            (person, membership)
        };
        let (mia, membership) = join("mia", &brand).await;
        let (max, _) = join("max", &brand).await;
        let (ivan, _) = join("ivan", &platform).await;
        join("ina", &platform).await;
        let (_, ended) = join("fred", &brand).await;
        let end = json!({"ends_on": "2027-03-30", "reason": "Needed in the department."});
        cmo.post(&format!("/v1/memberships/{ended}/end"), end).await.expect(200);

        let areas = lead.get(&at("areas")).await.expect(200).body["data"].clone();
        let area = |key: &str| -> String {
            text(&areas.as_array().unwrap().iter().find(|area| area["key"] == key).unwrap()["id"]).to_owned()
        };
        let assign = async |key: &str, owner: &str| -> String {
            let body = json!({"person_id": owner, "responsibility": "accountable"});
            let sponsor = if key == "policy" { &cio } else { &cmo };
            sponsor.post(&format!("/v1/areas/{}/assignments", area(key)), body).await.expect(201).id()
        };
        assign("databases", &max).await;
        assign("policy", &ivan).await;
        let assignment = assign("newsletter", &mia).await;

        lead.act(&at("propose")).await.expect(200);
        let requested = lead.get(&at("approvals?state=open&kind=charter")).await.expect(200);
        for sponsor in [&cmo, &cio] {
            respond(sponsor, &requested.body["data"][0], "approve").await.expect(200);
        }
        lead.act(&at("activate")).await.expect(200);

        let holidays = json!({"delegate_person_id": dana, "valid_from": "2027-03-30", "valid_to": "2027-06-01"});
        let delegation = cmo.post(&at(&format!("sides/{brand}/delegations")), holidays).await.expect(201).id();
        let offer = json!({"to_person_id": mia});
        let transfer = cmo.post(&format!("/v1/areas/{}/transfers", area("databases")), offer).await.expect(201).id();
        let claim = json!({"claim": "We write it.", "deadline": "2027-04-12T12:00:00Z"});
        let dispute = cmo.post(&format!("/v1/areas/{}/disputes", area("policy")), claim).await.expect(201);
        let (dispute, draw) = (dispute.id(), text(&dispute.body["draw_id"]).to_owned());
        let approval = cmo.act(&at("close")).await.expect(201).id();

        let question = json!({"question": "Do we keep the data?", "due_at": "2027-05-01T12:00:00Z"});
        let raised = cmo.post(&at("decisions"), question).await.expect(201).body;
        let asked = cmo.get(&format!("/v1/approvals/{}", text(&raised["approval_id"]))).await.expect(200).body;
        respond(&cmo, &asked, "approve").await.expect(200);
        respond(&cio, &asked, "reject").await.expect(200);
        let decision = text(&raised["decision"]["id"]).to_owned();
        lead.act(&format!("/v1/decisions/{decision}/escalate")).await.expect(200);

        // A project has a closure report only while it is closing, when it has no members any more.
        let report = r#"{"goals":[{"met":true,"actual":null,"comment":null}],"lessons":"Decide early."}"#;
        let insert = format!(
            "INSERT INTO closure_reports (project_id, content, submitted_at, version) \
             VALUES ('{project}', '{report}', '2027-03-30 07:00:00', 1)"
        );
        execute_sql(app, vec![insert]).await.unwrap();

        let agent = desk::agent_id(app, "anna").await.to_string();
        let world = Self {
            project,
            side: brand,
            membership,
            area: area("newsletter"),
            assignment,
            approval,
            delegation,
            transfer,
            dispute,
            decision,
            draw,
            agent,
            key: application_with_key(app).await,
        };
        world.restore(app).await;
        world.use_keys(app, &plain).await;
        world
    }

    /// Returns the caller of a column.
    pub fn caller(&self, app: &TestApp, column: &str) -> Client {
        if column == "key" { self.key.clone() } else { caller_with_token(app, column) }
    }

    /// Creates what an allowed deletion has deleted.
    pub async fn restore(&self, app: &TestApp) {
        let path = format!("/v1/projects/{}/external-references/jira", self.project);
        self.caller(app, "service").put(&path, NEW, json!({"external_id": "MKT-17"})).await.expect(201);
    }

    /// Uses the idempotency key of every caller who can send a `POST`. From then on, every other request with the key
    /// is refused with 422 after the permission check, so that it changes nothing.
    async fn use_keys(&self, app: &TestApp, charter: &Value) {
        for column in COLUMNS {
            let (path, body) = match column {
                "anonymous" | "no_scope" | "auditor" | "key" => continue,
                "agent" => (format!("/v1/agents/{}/calendar-link", self.agent), json!({})),
                _ => ("/v1/projects".to_owned(), charter.clone()),
            };
            let request = self.caller(app, column).request("POST", &path).header("Idempotency-Key", IDEMPOTENCY_KEY);
            let reply = request.json(body).send().await;
            assert!((200..300).contains(&reply.status), "{column}: {}", reply.text);
        }
    }

    /// Returns the path of an operation with the ids of this world; `None` for a path whose example can be used,
    /// because callers with the scope do not get 404.
    pub fn path(&self, operation: &str, template: &str) -> Option<String> {
        let id = match template.split('/').nth(2).unwrap_or_default() {
            "projects" => &self.project,
            "memberships" => &self.membership,
            "areas" => &self.area,
            "assignments" => &self.assignment,
            "approvals" => &self.approval,
            "delegations" => &self.delegation,
            "transfers" => &self.transfer,
            "disputes" => &self.dispute,
            "decisions" => &self.decision,
            "draws" => &self.draw,
            "agents" if operation == "create_agent_calendar_link" => &self.agent,
            _ => return None,
        };
        let path = template.replace("{department_id}", &self.side).replace("{system}", "jira");
        Some(path.replace("{id}", id))
    }

    /// Returns the body of an operation whose permission depends on it; `None` if the example can be used.
    pub fn body(&self, operation: &str) -> Option<Value> {
        let invitation = || {
            // The person does not matter, because the request is refused before the person is looked up.
            let person = "per_01kdvdna00e008000000000001";
            json!({"person_id": person, "department_id": self.side, "project_role": "Steward"})
        };
        match operation {
            "invite_member" => Some(invitation()),
            "invite_members" => Some(json!({"items": [invitation()]})),
            // Refused after the permission check: visitors have no key.
            "create_callback_request" => Some(json!({
                "full_name": "Jana", "phone": "112", "intent": "sales", "preference": {"kind": "asap"}
            })),
            _ => None,
        }
    }
}
