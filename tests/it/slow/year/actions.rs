//! Actions of the simulated year that the script needs several times: arbitration, amendments and heads.

use super::{Year, text};
use crate::support::*;

impl Year {
    /// Strikes the arbiter of a decision or dispute, or waives it, as each of these sponsors.
    pub async fn say(&self, sponsors: &[&str], subject: &Value, response: &str) {
        let path = format!("/v1/draws/{}/responses", text(&subject["draw_id"]));
        for sponsor in sponsors {
            self.post(sponsor, &path, json!({"response": response})).await;
        }
    }

    /// Returns the login of the arbiter of a decision or dispute.
    pub fn arbiter(&self, subject: &Value) -> String {
        let arbiter = subject.get("escalated_to").or_else(|| subject.get("arbiter_person_id"));
        self.subjects[text(arbiter.unwrap())].clone()
    }

    /// Amends the charter of a project. The signatures are still missing.
    pub async fn amend(&self, who: &str, project: usize, field: &str, value: Value) {
        let mut charter = self.get(&self.at(project, "/charter")).await["content"].clone();
        charter.as_object_mut().unwrap().remove("sides");
        charter[field] = value;
        self.put(who, &self.at(project, "/charter"), charter).await;
    }

    pub async fn check_lead(&self, project: usize, lead: &str) {
        let found = self.get(&self.at(project, "")).await;
        assert_eq!(found["lead_person_id"], *self.id(lead), "{}: {found}", self.context());
    }

    pub async fn check_sides(&self, project: usize, count: usize) {
        let found = self.get(&self.at(project, "")).await;
        assert_eq!(found["sides"].as_array().unwrap().len(), count, "{}: {found}", self.context());
    }

    pub async fn change_head(&mut self, side: usize, successor: &'static str) {
        let (path, body) = (format!("/v1/departments/{}", self.departments[side]), self.id(successor));
        self.app.admin().patch(&path, "*", json!({"head_person_id": body})).await.expect(200);
        self.heads[side] = successor;
    }

    /// Keeps the evidence of each project, to compare it with that of the whole year.
    pub async fn keep_evidence(&mut self) {
        for project in 0..self.projects.len() {
            let file = self.app.admin().get(&self.at(project, "/evidence")).await.expect(200).text;
            self.evidence.push(file);
        }
    }
}
