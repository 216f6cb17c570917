//! A project with two sides that is not active yet.

use super::pair::{self, respond};
use super::team::{department, head, person};
use super::{Reply, TestApp, Value, json};

/// A project with two sides, and its people.
pub struct Draft {
    pub path: String,
    pub brand: String,
    pub platform: String,
    pub cmo: String,
    pub cio: String,
}

/// Returns a draft with two sides; each has a sponsor and one area.
pub async fn charter(app: &TestApp) -> (Value, Draft) {
    let (brand, platform) = (department(app, "brand").await, department(app, "platform").await);
    let (cmo, cio) = (person(app, "cmo", &brand).await, person(app, "cio", &platform).await);
    head(app, &brand, &cmo).await;
    head(app, &platform, &cio).await;
    let mut body = pair::charter(&brand, &platform, &cmo, &cio);
    body["ends_on"] = json!("2027-10-01");
    (body, Draft { path: String::new(), brand, platform, cmo, cio })
}

/// Creates a project from the draft, by the CMO. Both sponsors are in office.
pub async fn draft(app: &TestApp) -> Draft {
    let draft = proposal(app).await;
    app.person("cio").act(&draft.sponsor_of_platform("accept")).await.expect(200);
    draft
}

/// Creates a project from the draft, by the CMO. The CIO is proposed as the sponsor of the second side.
pub async fn proposal(app: &TestApp) -> Draft {
    let (body, draft) = charter(app).await;
    let created = app.person("cmo").post("/v1/projects", body).await.expect(201);
    Draft { path: created.header("location").to_owned(), ..draft }
}

impl Draft {
    /// Returns the path of an operation on the sponsor of the second side.
    pub fn sponsor_of_platform(&self, verb: &str) -> String {
        self.at(&format!("sides/{}/sponsor/{verb}", self.platform))
    }

    pub fn at(&self, rest: &str) -> String {
        format!("{}/{rest}", self.path)
    }

    /// Adds one accepted member per side, who is accountable for the area of the side.
    pub async fn with_team(self, app: &TestApp) -> Self {
        let areas = app.person("cmo").get(&self.at("areas")).await.expect(200).body["data"].clone();
        for (sponsor, subject, side) in [("cmo", "mia", &self.brand), ("cio", "ivan", &self.platform)] {
            let member = person(app, subject, side).await;
            let body = json!({"person_id": member, "department_id": side, "project_role": "Steward"});
            let invited = app.person(sponsor).post(&self.at("memberships"), body).await.expect(201).id();
            app.person(subject).act(&format!("/v1/memberships/{invited}/accept")).await.expect(200);
            let area = areas.as_array().unwrap().iter().find(|area| area["department_id"] == json!(side)).unwrap();
            let area = area["id"].as_str().unwrap();
            let body = json!({"person_id": member, "responsibility": "accountable"});
            app.person(sponsor).post(&format!("/v1/areas/{area}/assignments"), body).await.expect(201);
        }
        self
    }

    pub async fn proposed(self, app: &TestApp) -> Self {
        app.person("cmo").act(&self.at("propose")).await.expect(200);
        self
    }

    /// Returns the approval of the newest charter.
    pub async fn to_sign(&self, app: &TestApp) -> Value {
        let requested = app.person("cmo").get(&self.at("approvals?kind=charter")).await.expect(200);
        requested.body["data"].as_array().unwrap().last().unwrap().clone()
    }

    pub async fn sign(&self, app: &TestApp, subject: &str) -> Reply {
        let requested = self.to_sign(app).await;
        respond(&app.person(subject), &requested, "approve").await
    }

    pub async fn blockers(&self, app: &TestApp) -> Vec<String> {
        codes(&app.person("cmo").get(&self.at("readiness")).await.expect(200))
    }

    pub async fn etag(&self, app: &TestApp) -> String {
        app.person("cmo").get(&self.path).await.expect(200).etag()
    }
}

/// Returns the codes of the blockers.
pub fn codes(reply: &Reply) -> Vec<String> {
    let blockers = reply.body["blockers"].as_array().unwrap();
    blockers.iter().map(|blocker| blocker["code"].as_str().unwrap().to_owned()).collect()
}
