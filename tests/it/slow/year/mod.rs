//! A simulated year of three projects with two or three sides, day by day. `script` contains the planned events, and
//! `actions` what it does several times; `random_events` adds random changes of teams and areas, and `checks` verifies
//! every day and the end of the year.

mod actions;
mod checks;
mod random_events;
mod script;

use std::collections::{BTreeMap, HashMap, HashSet};

use entente::app::worker::{self, Parts};
use jiff::ToSpan;
use jiff::civil::{Date, date};

use crate::support::team::head;
use crate::support::*;

const SEED: u64 = 0x2027_0330;
const SIDES: [&str; 3] = ["marketing", "it", "legal"];
/// By side: the letter of its people, its first sponsor, and the successor.
const PEOPLE: [(&str, &str, &str); 3] = [("m", "cmo", "cmo2"), ("i", "cio", "cio2"), ("l", "clo", "clo2")];
/// The panel of arbiters of all projects.
const JUDGES: [&str; 3] = ["judge1", "judge2", "judge3"];
/// The leads of the first project, one after the other.
const LEADS: [&str; 2] = ["lead1", "lead2"];
/// Number of sides, first day, day after the last day, and number of the first person on the team.
pub const PROJECTS: [(usize, Date, Date, usize); 3] = [
    (2, date(2027, 4, 12), date(2028, 1, 31), 1),
    (2, date(2027, 4, 5), date(2027, 9, 1), 4),
    (3, date(2027, 5, 3), date(2028, 3, 15), 7),
];
/// People that the script needs, so random events do not affect them.
pub const RESERVED: [&str; 8] = ["m1", "m2", "i1", "m4", "i4", "m7", "i7", "l7"];

pub struct Year {
    pub app: TestApp,
    pub today: Date,
    pub projects: Vec<String>,
    /// Deactivated people.
    pub deactivated: HashSet<String>,
    pub random: u64,
    pub departments: Vec<String>,
    pub people: HashMap<String, String>,
    pub subjects: HashMap<String, String>,
    /// The side and the id of the regular position of each person; `None` for a person without one.
    pub positions: BTreeMap<String, Option<(usize, String)>>,
    pub moved: HashSet<String>,
    /// People and areas that random events must not affect, and until when.
    pub busy: HashMap<String, Date>,
    /// Requests to send on a day: login and path.
    pub plans: Vec<(Date, String, String)>,
    /// Approvals to respond to on a day, and the login of the sponsor who rejects.
    pub pending_responses: Vec<(Date, String, Option<String>)>,
    /// The memberships of each project, as last read.
    pub members: Vec<Vec<Value>>,
    /// The login of the head of each department.
    pub heads: [&'static str; 3],
    /// The evidence of each project in the middle of the year.
    pub evidence: Vec<String>,
}

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

impl Year {
    /// Returns what an assertion prints: the seed, the day and the database.
    pub fn context(&self) -> String {
        format!("seed {SEED:#x} on {} ({:?})", self.today, self.app.engine)
    }

    async fn send(&self, who: &str, method: &str, path: &str, body: Value) -> Reply {
        let client = if who == "admin" { self.app.admin() } else { self.app.person(who) };
        let request = client.request(method, path);
        let request = match method {
            "PUT" if path.ends_with("/closure-report") => request.header("If-None-Match", "*"),
            "PUT" => request.header("If-Match", "*"),
            _ => request,
        };
        if method == "GET" { request.send().await } else { request.json(body).send().await }
    }

    pub async fn post(&self, who: &str, path: &str, body: Value) -> Value {
        let reply = self.send(who, "POST", path, body.clone()).await;
        assert!(reply.status < 300, "{}: {who} POST {path} {body}: {} {}", self.context(), reply.status, reply.text);
        reply.body
    }

    async fn put(&self, who: &str, path: &str, body: Value) -> Value {
        let reply = self.send(who, "PUT", path, body.clone()).await;
        assert!(reply.status < 300, "{}: {who} PUT {path} {body}: {} {}", self.context(), reply.status, reply.text);
        reply.body
    }

    pub async fn get(&self, path: &str) -> Value {
        let reply = self.send("admin", "GET", path, Value::Null).await;
        assert_eq!(reply.status, 200, "{}: GET {path}: {}", self.context(), reply.text);
        reply.body
    }

    /// Returns all items of a list.
    pub async fn all(&self, path: &str) -> Vec<Value> {
        let mut rows = Vec::new();
        let mut cursor = String::new();
        loop {
            let separator = if path.contains('?') { '&' } else { '?' };
            let page = self.get(&format!("{path}{separator}limit=100{cursor}")).await;
            rows.extend(page["data"].as_array().unwrap().iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return rows,
            }
        }
    }

    pub fn at(&self, project: usize, rest: &str) -> String {
        format!("/v1/projects/{}{rest}", self.projects[project])
    }

    pub fn id(&self, subject: &str) -> &str {
        &self.people[subject]
    }

    async fn create_person(&mut self, subject: &str, side: Option<usize>) {
        let body = json!({"display_name": subject, "email": format!("{subject}@example.com"), "login": subject});
        let id = text(&self.post("admin", "/v1/people", body).await["id"]).to_owned();
        self.people.insert(subject.to_owned(), id.clone());
        self.subjects.insert(id, subject.to_owned());
        if let Some(side) = side {
            self.add_position(subject, side, "2020-01-01").await;
        }
    }

    pub async fn add_position(&mut self, subject: &str, side: usize, from: &str) {
        let body =
            json!({"department_id": self.departments[side], "title": format!("Since {from}"), "valid_from": from});
        let path = format!("/v1/people/{}/home-positions", self.id(subject));
        let position = text(&self.post("admin", &path, body).await["id"]).to_owned();
        self.positions.insert(subject.to_owned(), Some((side, position)));
    }

    /// Returns the login of the sponsor of a side; `None` if the side is vacant.
    pub async fn sponsor(&self, project: usize, side: usize) -> Option<String> {
        let found = self.get(&self.at(project, "")).await;
        let side = &found["sides"][side];
        let person = side["sponsor_person_id"].as_str().filter(|_| side["vacant_since"].is_null());
        person.map(|person| self.subjects[person].clone())
    }

    /// Responds for all sides that have not responded. Withdraws the approval if a side is vacant.
    pub async fn respond(&self, approval: &str, against: Option<&str>) {
        let path = format!("/v1/approvals/{approval}");
        let open = self.get(&path).await;
        if open["state"] != "open" {
            return;
        }
        let project = self.projects.iter().position(|id| *id == text(&open["project_id"])).unwrap();
        for side in open["waiting_for"].as_array().unwrap() {
            let side = self.departments.iter().position(|id| id == text(side)).unwrap();
            let Some(sponsor) = self.sponsor(project, side).await else {
                // Only the person who requested it can withdraw it.
                let requested_by = self.subjects[text(&open["requested_by"])].clone();
                self.post(&requested_by, &format!("{path}/withdraw"), json!({})).await;
                return;
            };
            let mut body = json!({"response": "approve", "sha256": open["sha256"]});
            if against == Some(&*sponsor) {
                body = json!({"response": "reject", "sha256": open["sha256"], "reason": "Not now."});
            }
            self.post(&sponsor, &format!("{path}/responses"), body).await;
        }
    }

    async fn respond_to_open(&self, project: usize, kind: &str, against: Option<&str>) {
        let open = self.all(&self.at(project, &format!("/approvals?kind={kind}&state=open"))).await;
        assert_eq!(open.len(), 1, "{}: {kind}", self.context());
        self.respond(text(&open[0]["id"]), against).await;
    }

    async fn state(&self, project: usize, wanted: &str) {
        let found = self.get(&self.at(project, "")).await;
        assert_eq!(found["state"], wanted, "{}: project {project}", self.context());
    }
}

async fn begin(app: TestApp) -> Year {
    let mut year = Year {
        app,
        today: PROJECTS[0].1,
        projects: Vec::new(),
        deactivated: HashSet::new(),
        random: SEED,
        departments: Vec::new(),
        people: HashMap::new(),
        subjects: HashMap::new(),
        positions: BTreeMap::new(),
        moved: HashSet::new(),
        busy: HashMap::new(),
        plans: Vec::new(),
        pending_responses: Vec::new(),
        members: Vec::new(),
        heads: PEOPLE.map(|(_, first, _)| first),
        evidence: Vec::new(),
    };
    for (side, (letter, ..)) in PEOPLE.iter().enumerate() {
        if side == 2 {
            year.post("admin", "/v1/departments", json!({"key": "legal", "name": "Legal"})).await;
        }
        let found = year.all(&format!("/v1/departments?key={}", SIDES[side])).await;
        year.departments.push(text(&found[0]["id"]).to_owned());
        for n in 1..=16 {
            year.create_person(&format!("{letter}{n}"), Some(side)).await;
        }
    }
    for (side, (_, first, second)) in PEOPLE.iter().enumerate() {
        for subject in [*first, *second] {
            year.create_person(subject, None).await;
            // Not among the positions that random events change.
            let position =
                json!({"department_id": year.departments[side], "title": "Head", "valid_from": "2020-01-01"});
            year.post("admin", &format!("/v1/people/{}/home-positions", year.id(subject)), position).await;
        }
        head(&year.app, &year.departments[side], year.id(first)).await;
    }
    for subject in JUDGES.iter().chain(&LEADS) {
        year.create_person(subject, None).await;
    }
    year
}

#[apply(both)]
async fn three_projects_are_simulated_for_a_year(app: TestApp) {
    let mut year = begin(app).await;
    let (first, last) = (date(2027, 3, 30), date(2028, 3, 29));
    for day in first.series(1.day()).take_while(|day| *day <= last) {
        year.today = day;
        year.app.clock.set(format!("{day}T09:00:00Z").parse().unwrap());
        worker::drain(&Parts::of(&year.app.context)).await.unwrap();
        year.script().await;
        year.random_events().await;
        worker::drain(&Parts::of(&year.app.context)).await.unwrap();
        checks::day(&mut year).await;
    }
    checks::end(&year).await;
}
