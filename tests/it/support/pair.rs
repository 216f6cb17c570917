//! An active project with two sides, created over HTTP like a user would do.

use super::client::Client;
use super::team::{accept_as, department, head, person, person_without_position};
use super::{Reply, TestApp, Value, json};

/// An active project. `mia` and `max` are members of the first side, `ivan` and `ina` of the second; `mia` and `ivan`
/// own the areas of their sides. The sponsors have the logins `cmo` and `cio`.
pub struct Pair {
    pub project: String,
    pub brand: String,
    pub platform: String,
    pub cmo: String,
    pub cio: String,
    pub mia: String,
    pub max: String,
    pub ivan: String,
    pub ina: String,
    /// The area of the first side.
    pub databases: String,
    /// The area of the second side.
    pub policy: String,
}

/// Returns the body that creates the project of a [`Pair`].
pub fn charter(brand: &str, platform: &str, cmo: &str, cio: &str) -> Value {
    json!({
        "name": "One customer", "purpose": "Both sides know the same customer.",
        "starts_on": "2027-03-30", "ends_on": "2027-12-01",
        "sides": [
            {"department_id": brand, "sponsor_person_id": cmo},
            {"department_id": platform, "sponsor_person_id": cio}
        ],
        "goals": [{
            "statement": "Respond sooner", "metric": "Median", "unit": "h", "baseline": 26.5, "target": 4,
            "due_on": "2027-09-01"
        }],
        "milestones": [{"name": "One database", "due_on": "2027-06-01"}],
        "areas": [
            {"key": "databases", "name": "Databases", "department_id": brand, "data_asset": "crm.customers"},
            {"key": "policy", "name": "Policy", "department_id": platform}
        ]
    })
}

/// Responds to an approval.
pub async fn respond(client: &Client, approval: &Value, choice: &str) -> Reply {
    let mut body = json!({"response": choice, "sha256": approval["sha256"]});
    if choice == "reject" {
        body["reason"] = json!("Not like this.");
    }
    client.post(&format!("/v1/approvals/{}/responses", text(&approval["id"])), body).await
}

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

/// Returns the login of the sponsor of a side of a project whose first side has the sponsor `cmo` and the second `cio`.
pub async fn sponsor_of(app: &TestApp, project: &str, side: &str) -> &'static str {
    let read = app.person("cmo").get(&format!("/v1/projects/{project}")).await.expect(200);
    if read.body["sides"][0]["department_id"] == side { "cmo" } else { "cio" }
}

/// Adds a member to a side, who is invited by its sponsor and accepts; returns the ids of the person and the
/// membership.
pub async fn member(app: &TestApp, project: &str, subject: &str, side: &str) -> (String, String) {
    let person = person(app, subject, side).await;
    let body = json!({"person_id": person, "department_id": side, "project_role": "Steward"});
    let sponsor = app.person(sponsor_of(app, project, side).await);
    let invited = sponsor.post(&format!("/v1/projects/{project}/memberships"), body).await.expect(201).id();
    app.person(subject).act(&format!("/v1/memberships/{invited}/accept")).await.expect(200);
    (person, invited)
}

impl Pair {
    /// Creates a draft with members and owners.
    pub async fn prepared(app: &TestApp) -> Self {
        Self::prepared_with(app, json!({})).await
    }

    /// Creates a draft with members and owners, and with more fields of the charter.
    pub async fn prepared_with(app: &TestApp, more: Value) -> Self {
        let (brand, platform) = (department(app, "brand").await, department(app, "platform").await);
        let (cmo, cio) = (person(app, "cmo", &brand).await, person(app, "cio", &platform).await);
        head(app, &brand, &cmo).await;
        head(app, &platform, &cio).await;
        let mut body = charter(&brand, &platform, &cmo, &cio);
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let project = app.person("cmo").post("/v1/projects", body).await.expect(201).id();
        accept_as(app, "cio", &project, &platform).await.expect(200);
        let (mia, _) = member(app, &project, "mia", &brand).await;
        let (max, _) = member(app, &project, "max", &brand).await;
        let (ivan, _) = member(app, &project, "ivan", &platform).await;
        let (ina, _) = member(app, &project, "ina", &platform).await;
        let areas =
            app.person("cmo").get(&format!("/v1/projects/{project}/areas")).await.expect(200).body["data"].clone();
        let id = |key: &str| {
            let area = areas.as_array().unwrap().iter().find(|area| area["key"] == key).unwrap();
            text(&area["id"]).to_owned()
        };
        let (databases, policy) = (id("databases"), id("policy"));
        for (sponsor, area, owner) in [("cmo", &databases, &mia), ("cio", &policy, &ivan)] {
            let body = json!({"person_id": owner, "responsibility": "accountable"});
            app.person(sponsor).post(&format!("/v1/areas/{area}/assignments"), body).await.expect(201);
        }
        Self { project, brand, platform, cmo, cio, mia, max, ivan, ina, databases, policy }
    }

    /// Creates a proposed project that both sides have signed, ready to be activated.
    pub async fn ready(app: &TestApp) -> Self {
        Self::signed(app, Self::prepared(app).await).await
    }

    async fn signed(app: &TestApp, pair: Self) -> Self {
        app.person("cmo").act(&pair.at("propose")).await.expect(200);
        let approval = pair.open(app, "charter").await;
        respond(&app.person("cmo"), &approval, "approve").await.expect(200);
        respond(&app.person("cio"), &approval, "approve").await.expect(200);
        pair
    }

    /// Creates an active project.
    pub async fn running(app: &TestApp) -> Self {
        let pair = Self::ready(app).await;
        app.person("cio").act(&pair.at("activate")).await.expect(200);
        pair
    }

    /// Creates an active project with a panel of people with these logins, who work for no side.
    pub async fn with_panel(app: &TestApp, logins: &[&str]) -> Self {
        let mut panel = Vec::new();
        for login in logins {
            panel.push(person_without_position(app, login).await);
        }
        Self::running_with(app, json!({"panel": panel})).await
    }

    /// Creates an active project with more fields of the charter.
    pub async fn running_with(app: &TestApp, more: Value) -> Self {
        let pair = Self::signed(app, Self::prepared_with(app, more).await).await;
        app.person("cio").act(&pair.at("activate")).await.expect(200);
        pair
    }

    pub fn at(&self, rest: &str) -> String {
        format!("/v1/projects/{}/{rest}", self.project)
    }

    pub async fn read(&self, app: &TestApp) -> Value {
        app.person("cmo").get(&format!("/v1/projects/{}", self.project)).await.expect(200).body
    }

    pub async fn state(&self, app: &TestApp) -> String {
        text(&self.read(app).await["state"]).to_owned()
    }

    /// Returns the only open approval of a kind.
    pub async fn open(&self, app: &TestApp, kind: &str) -> Value {
        let path = self.at(&format!("approvals?state=open&kind={kind}"));
        let open = app.person("cmo").get(&path).await.expect(200).body["data"].clone();
        assert_eq!(open.as_array().unwrap().len(), 1, "{open}");
        open[0].clone()
    }

    /// Approves for both sides.
    pub async fn approve_by_both(&self, app: &TestApp, approval: &Value) {
        for sponsor in ["cmo", "cio"] {
            respond(&app.person(sponsor), approval, "approve").await.expect(200);
        }
    }

    /// Returns the latest membership of a person.
    pub async fn membership(&self, app: &TestApp, person: &str) -> Value {
        let all = app.admin().get(&format!("/v1/people/{person}/memberships")).await.expect(200);
        all.body["data"].as_array().unwrap().last().unwrap().clone()
    }

    /// Returns the person who is accountable for an area on a day.
    pub async fn owner(&self, app: &TestApp, area: &str, day: &str) -> Value {
        let areas = app.person("cmo").get(&self.at(&format!("areas?as_of={day}"))).await.expect(200);
        let area = areas.body["data"].as_array().unwrap().iter().find(|one| one["id"] == area).unwrap().clone();
        area["accountable"]["person_id"].clone()
    }
}

/// Runs the worker until nothing is due.
pub async fn drain(app: &TestApp) {
    entente::app::worker::drain(&entente::app::worker::Parts::of(&app.context)).await.unwrap();
}
