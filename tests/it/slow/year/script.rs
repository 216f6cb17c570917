//! The planned events of the simulated year, by day.

use super::{JUDGES, LEADS, PEOPLE, PROJECTS, SIDES, Year, text};
use crate::support::*;

const A: usize = 0;
const B: usize = 1;
const C: usize = 2;

impl Year {
    async fn draft(&mut self, project: usize) {
        let (sides, from, to, _) = PROJECTS[project];
        let of = |side: usize| json!({"department_id": self.departments[side], "sponsor_person_id": self.id(PEOPLE[side].1)});
        let area = |side: usize, n: usize| {
            let key = format!("{}-{n}", SIDES[side]);
            json!({"key": key, "name": key, "department_id": self.departments[side]})
        };
        let panel = JUDGES.map(|judge| self.id(judge));
        let areas = (0..sides).flat_map(|side| (1..=3).map(move |n| (side, n))).map(|(side, n)| area(side, n));
        let body = json!({
            "name": format!("Project {project}"), "purpose": "Work together.", "starts_on": from.to_string(), "ends_on": to.to_string(),
            "parity_tolerance": 5, "panel": panel, "sides": (0..sides).map(of).collect::<Vec<_>>(),
            "goals": [{"statement": "Sooner", "metric": "Median", "unit": "h", "baseline": 26, "target": 4, "due_on": to.to_string()}],
            "milestones": [{"name": "First", "due_on": "2027-08-02"}], "areas": areas.collect::<Vec<_>>(),
        });
        let id = text(&self.post("cmo", "/v1/projects", body).await["id"]).to_owned();
        self.projects.push(id);
        self.members.push(Vec::new());
        let sponsors: Vec<_> = PEOPLE.iter().map(|(_, sponsor, _)| *sponsor).zip(self.departments.clone()).collect();
        for (sponsor, department) in &sponsors[1..sides] {
            let path = self.at(project, &format!("/sides/{department}/sponsor/accept"));
            self.post(sponsor, &path, json!({})).await;
        }
        self.invite_team(project).await;
    }

    /// Invites seven people of each side: five accept, of whom three own areas; one declines, one does not respond.
    async fn invite_team(&mut self, project: usize) {
        let (sides, .., first) = PROJECTS[project];
        for side in 0..sides {
            let team: Vec<_> = (first..first + 7).map(|n| format!("{}{n}", PEOPLE[side].0)).collect();
            let member = |who: &String| json!({"person_id": self.id(who), "department_id": self.departments[side], "project_role": "Expert"});
            let items: Vec<_> = team.iter().map(member).collect();
            let sponsor = PEOPLE[side].1;
            let sent =
                self.post(sponsor, &self.at(project, "/memberships/batch-invite"), json!({"items": items})).await;
            for (n, who) in team.iter().enumerate().take(6) {
                let verb = if n == 5 { "decline" } else { "accept" };
                let path = format!("/v1/memberships/{}/{verb}", text(&sent["data"][n]["id"]));
                self.post(who, &path, json!({})).await;
            }
            for (n, who) in team.iter().enumerate().take(3) {
                let area = self.area(project, &format!("{}-{}", SIDES[side], n + 1)).await;
                let body = json!({"person_id": self.id(who), "responsibility": "accountable"});
                self.post(sponsor, &format!("/v1/areas/{area}/assignments"), body).await;
            }
        }
    }

    async fn area(&self, project: usize, key: &str) -> String {
        let areas = self.all(&self.at(project, "/areas")).await;
        areas.iter().find(|area| area["key"] == key).map(|area| text(&area["id"]).to_owned()).unwrap()
    }

    async fn owns(&self, project: usize, key: &str, subject: &str, side: usize) {
        let areas = self.all(&self.at(project, "/areas")).await;
        let area = areas.iter().find(|area| area["key"] == key).unwrap();
        let found = (text(&area["accountable"]["person_id"]), text(&area["department_id"]));
        assert_eq!(found, (self.id(subject), &*self.departments[side]), "{}: {key}", self.context());
    }

    async fn start(&self, project: usize) {
        self.post("cmo", &self.at(project, "/propose"), json!({})).await;
        self.respond_to_open(project, "charter", None).await;
        self.post("cio", &self.at(project, "/activate"), json!({})).await;
    }

    async fn offer(&self, project: usize, key: &str, from: &str, to: &str) -> String {
        let area = self.area(project, key).await;
        let offer = self.post(from, &format!("/v1/areas/{area}/transfers"), json!({"to_person_id": self.id(to)})).await;
        let path = format!("/v1/transfers/{}", text(&offer["id"]));
        self.post(to, &format!("{path}/accept"), json!({})).await;
        path
    }

    async fn create_decision(&self, who: &str, project: usize, due: &str) -> (String, String) {
        let body = json!({"question": "Shall we continue?", "due_at": due});
        let raised = self.post(who, &self.at(project, "/decisions"), body).await;
        (format!("/v1/decisions/{}", text(&raised["decision"]["id"])), text(&raised["approval_id"]).to_owned())
    }

    async fn raise_dispute(&self, who: &str, project: usize, key: &str, deadline: &str) {
        let body = json!({"claim": "It is ours.", "deadline": deadline});
        let area = self.area(project, key).await;
        self.post(who, &format!("/v1/areas/{area}/disputes"), body).await;
    }

    async fn dispute(&self, project: usize) -> String {
        let open = self.all(&self.at(project, "/disputes")).await;
        format!("/v1/disputes/{}", text(&open.last().unwrap()["id"]))
    }

    async fn newest(&self, project: usize, list: &str) -> Value {
        self.all(&self.at(project, list)).await.last().unwrap().clone()
    }

    async fn assign_sponsor(&self, who: &str, project: usize, side: usize, successor: &str) {
        let path = self.at(project, &format!("/sides/{}/sponsor", self.departments[side]));
        self.put(who, &path, json!({"person_id": self.id(successor)})).await;
        self.post(successor, &format!("{path}/accept"), json!({})).await;
        if self.sponsor(project, side).await.as_deref() != Some(successor) {
            let head = self.heads[side];
            let confirming = if self.deactivated.contains(self.id(head)) { "admin" } else { head };
            let reason = json!({"reason": "The department has no head."});
            self.post(confirming, &format!("{path}/confirm"), reason).await;
        }
    }

    async fn deactivate(&mut self, subject: &str) -> Value {
        let path = format!("/v1/people/{}", self.id(subject));
        let report = self.get(&format!("{path}/offboarding-report")).await;
        self.post("admin", &format!("{path}/deactivate"), json!({"reason": "The contract ended."})).await;
        self.deactivated.insert(self.id(subject).to_owned());
        report
    }

    async fn close(&self, project: usize) {
        let first = self.sponsor(project, 0).await.unwrap();
        self.post(&first, &self.at(project, "/close"), json!({})).await;
        self.respond_to_open(project, "close", None).await;
        self.state(project, "closing").await;
    }

    async fn report(&self, project: usize) {
        let body = json!({"goals": [{"met": true, "actual": 3.5}], "lessons": "Say who owns what."});
        let first = self.sponsor(project, 0).await.unwrap();
        self.put(&first, &self.at(project, "/closure-report"), body).await;
    }

    /// Runs the planned events of one day.
    pub async fn script(&mut self) {
        let today = self.today.to_string();
        self.spring(&today).await;
        self.summer(&today).await;
        self.second_half(&today).await;
    }

    /// Drafts, decisions and the first transfers.
    async fn spring(&mut self, today: &str) {
        let none = json!({});
        match today {
            "2027-03-30" => {
                for project in [A, B, C] {
                    self.draft(project).await;
                }
            }
            "2027-04-05" => self.start(B).await,
            "2027-04-13" => self.start(A).await,
            "2027-05-03" => self.start(C).await,
            // Three decisions: approved by both sides, escalated after different responses, without responses.
            "2027-04-20" => {
                let (path, approval) = self.create_decision("cmo", A, "2027-05-01T12:00:00Z").await;
                self.respond(&approval, None).await;
                assert_eq!(self.get(&path).await["outcome"], "approved", "{}", self.context());
            }
            "2027-05-04" => {
                let (path, approval) = self.create_decision("cio", A, "2027-06-01T12:00:00Z").await;
                self.respond(&approval, Some("cmo")).await;
                assert_eq!(self.get(&path).await["state"], "deadlocked", "{}", self.context());
                // Both sides waive striking, so that the arbiter can decide at once.
                let escalated = self.post("cio", &format!("{path}/escalate"), none).await;
                self.say(&["cmo", "cio"], &escalated, "waive").await;
                let ruling = json!({"outcome": "rejected", "rationale": "Too dear."});
                self.post(&self.arbiter(&escalated), &format!("{path}/decide"), ruling).await;
                self.create_decision("cmo", B, "2027-05-10T12:00:00Z").await;
            }
            "2027-05-12" => {
                let decision = self.newest(B, "/decisions").await;
                assert_eq!(decision["state"], "deadlocked", "{}", self.context());
                self.post("cmo", &format!("/v1/decisions/{}/withdraw", text(&decision["id"])), none).await;
            }
            // All sides are silent. Two of them strike an arbiter each, and the last one of the panel decides.
            "2027-05-17" => {
                self.create_decision("cmo", C, "2027-05-24T12:00:00Z").await;
            }
            "2027-05-26" => {
                let path = format!("/v1/decisions/{}", text(&self.newest(C, "/decisions").await["id"]));
                let first = self.post("clo", &format!("{path}/escalate"), none).await;
                self.say(&["cio"], &first, "strike").await;
                let second = self.get(&path).await;
                self.say(&["cmo"], &second, "strike").await;
                let third = self.get(&path).await;
                let drawn = [&first, &second, &third].map(|decision| self.arbiter(decision));
                assert!(drawn[0] != drawn[1] && drawn[1] != drawn[2] && drawn[0] != drawn[2], "{drawn:?}");
                self.say(&["cmo", "cio", "clo"], &third, "waive").await;
                let ruling = json!({"outcome": "approved", "rationale": "It helps."});
                self.post(&drawn[2], &format!("{path}/decide"), ruling).await;
            }
            // The sponsor assigns a successor.
            "2027-05-11" => self.assign_sponsor("cmo", A, 0, "cmo2").await,
            "2027-05-18" => {
                self.offer(A, "marketing-1", "m1", "i1").await;
            }
            "2027-05-20" => {
                self.respond_to_open(A, "transfer", None).await;
                self.owns(A, "marketing-1", "i1", 1).await;
            }
            "2027-05-25" => {
                let path = self.offer(B, "it-1", "i4", "m4").await;
                self.respond_to_open(B, "transfer", Some("cio")).await;
                assert_eq!(self.get(&path).await["state"], "not_approved", "{}", self.context());
            }
            _ => {}
        }
    }

    /// Disputes, an amendment, holds and vacant sponsors.
    async fn summer(&mut self, today: &str) {
        let none = json!({});
        match today {
            // One dispute is settled by the sides, the other by the arbiter.
            "2027-06-01" => self.raise_dispute("cmo2", A, "it-1", "2027-06-17T12:00:00Z").await,
            "2027-06-03" => {
                self.raise_dispute("cio", C, "legal-1", "2027-06-10T12:00:00Z").await;
                let dispute = self.newest(C, "/disputes").await;
                self.say(&["cmo"], &dispute, "strike").await;
                assert_ne!(self.arbiter(&self.newest(C, "/disputes").await), self.arbiter(&dispute));
            }
            "2027-06-05" => {
                let outcome = json!({"person_id": self.id("m1"), "reason": "In exchange."});
                self.post("cmo2", &format!("{}/settlements", self.dispute(A).await), outcome).await;
            }
            "2027-06-07" => {
                self.respond_to_open(A, "settlement", None).await;
                self.owns(A, "it-1", "m1", 0).await;
                let path = format!("{}/arbitrate", self.dispute(C).await);
                let early = json!({"person_id": self.id("i7"), "reason": "Soon."});
                let judge = self.arbiter(&self.newest(C, "/disputes").await);
                let refused = self.send(&judge, "POST", &path, early).await;
                assert_eq!(refused.status, 409, "{}: {}", self.context(), refused.text);
            }
            "2027-06-11" => {
                let path = format!("{}/arbitrate", self.dispute(C).await);
                let judge = self.arbiter(&self.newest(C, "/disputes").await);
                self.post(&judge, &path, json!({"person_id": self.id("i7"), "reason": "IT runs it."})).await;
                self.owns(C, "legal-1", "i7", 1).await;
            }
            "2027-06-08" => {
                let mut charter = self.get(&self.at(A, "/charter")).await["content"].clone();
                charter.as_object_mut().unwrap().remove("sides");
                charter["milestones"][0]["due_on"] = json!("2027-09-01");
                charter["lead_person_id"] = json!(self.id(LEADS[0]));
                self.put("cmo2", &self.at(A, "/charter"), charter).await;
            }
            "2027-06-10" => {
                let before = self.get(&self.at(A, "/milestones")).await;
                assert_eq!(before["data"][0]["slip_days"], 0, "{}", self.context());
                self.respond_to_open(A, "charter", None).await;
                let after = self.get(&self.at(A, "/milestones")).await;
                assert_eq!(after["data"][0]["slip_days"], 30, "{}", self.context());
                self.check_lead(A, LEADS[0]).await;
            }
            "2027-06-15" => {
                self.post("cio", &self.at(A, "/hold"), json!({"reason": "The budget."})).await;
            }
            "2027-06-22" => {
                self.post("cio", &self.at(A, "/resume"), none).await;
                self.state(A, "on_hold").await;
                self.respond_to_open(A, "resume", None).await;
                self.state(A, "active").await;
            }
            // A new sponsor is assigned on the tenth business day: 5 and 6 July are holidays.
            "2027-06-23" => {
                let path = self.at(B, &format!("/sides/{}/sponsor/remove", self.departments[1]));
                self.post("admin", &path, json!({"reason": "A long illness."})).await;
            }
            "2027-07-09" => self.assign_sponsor("admin", B, 1, "cio2").await,
            "2027-07-13" => self.state(B, "active").await,
            // A side that stays vacant puts its project on hold.
            "2027-06-28" => {
                let report = self.deactivate("clo").await;
                assert_eq!(report["sponsor_roles"][0]["project_id"], *self.projects[C], "{}", self.context());
            }
            "2027-07-14" => self.state(C, "active").await,
            "2027-07-15" => self.state(C, "on_hold").await,
            // The hold by the system ends with the vacancy.
            "2027-07-20" => {
                self.assign_sponsor("admin", C, 2, "clo2").await;
                self.state(C, "active").await;
            }
            "2027-07-21" => self.keep_evidence().await,
            _ => {}
        }
    }

    /// Deactivations, other heads, sides and leads, and the end of the projects.
    async fn second_half(&mut self, today: &str) {
        match today {
            "2027-08-02" => {
                self.change_head(0, "cmo2").await;
                self.change_head(2, "clo2").await;
            }
            // A side joins, without members, and leaves again.
            "2027-08-17" => {
                let joining = json!([{"department_id": self.departments[2], "sponsor_person_id": self.id("clo2")}]);
                self.amend("cmo2", A, "joining_sides", joining).await;
                let path = self.at(A, &format!("/sides/{}/sponsor/accept", self.departments[2]));
                self.post("clo2", &path, json!({})).await;
                let open = self.all(&self.at(A, "/approvals?kind=charter&state=open")).await;
                let id = text(&open[0]["id"]);
                let signed = json!({"response": "approve", "sha256": open[0]["sha256"]});
                self.post("clo2", &format!("/v1/approvals/{id}/responses"), signed).await;
                self.check_sides(A, 2).await;
                self.respond(id, None).await;
                self.check_sides(A, 3).await;
            }
            "2027-08-27" => {
                self.amend("cio", A, "leaving_department_ids", json!([self.departments[2]])).await;
                self.respond_to_open(A, "charter", None).await;
                self.check_sides(A, 2).await;
            }
            // The first amendment is rejected.
            "2027-10-05" => self.amend("cio", A, "lead_person_id", json!(self.id(LEADS[1]))).await,
            "2027-10-06" => {
                self.respond_to_open(A, "charter", Some("cmo2")).await;
                self.check_lead(A, LEADS[0]).await;
                self.amend("cmo2", A, "lead_person_id", json!(self.id(LEADS[1]))).await;
            }
            "2027-10-07" => {
                self.respond_to_open(A, "charter", None).await;
                self.check_lead(A, LEADS[1]).await;
            }
            // A deactivated person remains the owner of an area until it is transferred.
            "2027-08-10" => {
                let report = self.deactivate("m2").await;
                assert_eq!(report["areas"][0]["assignment"]["project_id"], *self.projects[A], "{}", self.context());
            }
            "2027-08-13" => {
                self.offer(A, "marketing-2", "cmo2", "m1").await;
                self.owns(A, "marketing-2", "m1", 0).await;
            }
            "2027-09-03" => self.close(B).await,
            "2027-09-06" => self.report(B).await,
            "2027-11-02" => self.assign_sponsor("admin", C, 0, "cmo2").await,
            // A side is silent about an approval. An arbiter responds for it, after both sides had time to strike.
            "2027-11-08" => {
                self.post("cmo2", &self.at(A, "/cancel"), json!({"reason": "The budget."})).await;
            }
            "2027-11-18" => {
                let asked = self.newest(A, "/approvals?kind=cancel").await;
                let path = format!("/v1/approvals/{}", text(&asked["id"]));
                let escalated = self.post("cmo2", &format!("{path}/escalate"), json!({})).await;
                self.say(&["cmo2"], &escalated, "strike").await;
                let second = self.get(&path).await;
                assert_ne!(self.arbiter(&second), self.arbiter(&escalated), "{}", self.context());
            }
            "2027-11-25" => {
                let asked = self.newest(A, "/approvals?kind=cancel").await;
                let ruling = json!({"response": "reject", "sha256": asked["sha256"], "reason": "The work goes on."});
                let path = format!("/v1/approvals/{}/responses", text(&asked["id"]));
                let ruled = self.post(&self.arbiter(&asked), &path, ruling).await;
                assert_eq!(ruled["state"], "rejected", "{}: {ruled}", self.context());
                self.state(A, "active").await;
            }
            "2028-01-10" => self.close(A).await,
            "2028-01-11" => self.report(A).await,
            "2028-03-01" => self.close(C).await,
            // All members have returned, so the report closes the project.
            "2028-03-27" => {
                self.state(C, "closing").await;
                self.report(C).await;
                self.state(C, "closed").await;
            }
            _ => {}
        }
    }
}
