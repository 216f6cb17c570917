//! A simulated year: three projects, two and three sides, day by day. A script brings what must
//! happen once; `chance` brings the coming and going in between, from a seed; `checks` says
//! what has to hold on every day and at the end.

mod chance;
mod checks;
mod script;

use std::collections::{BTreeMap, HashMap, HashSet};

use entente::app::worker::{self, Parts};
use jiff::ToSpan;
use jiff::civil::{Date, date};

use crate::support::*;

const SEED: u64 = 0x2027_0330;
const SIDES: [&str; 3] = ["marketing", "it", "legal"];
/// By side: the letter of its people, who sits for it first, and who after.
const WHO: [(&str, &str, &str); 3] = [("m", "cmo", "cmo2"), ("i", "cio", "cio2"), ("l", "clo", "clo2")];
/// Sides, first day, first day after, and who is there first.
pub const PROJECTS: [(usize, Date, Date, usize); 3] = [
    (2, date(2027, 4, 12), date(2028, 1, 31), 1),
    (2, date(2027, 4, 5), date(2027, 9, 1), 4),
    (3, date(2027, 5, 3), date(2028, 3, 15), 7),
];
/// The script needs them where they are, so chance leaves them alone.
pub const KEPT: [&str; 8] = ["m1", "m2", "i1", "m4", "i4", "m7", "i7", "l7"];

pub struct Year {
    pub app: TestApp,
    pub today: Date,
    pub projects: Vec<String>,
    /// Who has left the company.
    pub gone: HashSet<String>,
    pub random: u64,
    pub departments: Vec<String>,
    pub people: HashMap<String, String>,
    pub subjects: HashMap<String, String>,
    /// Side and present home position of everybody; none while they have no home.
    pub homes: BTreeMap<String, Option<(usize, String)>>,
    pub moved: HashSet<String>,
    /// Until when chance leaves a person or an area alone.
    pub busy: HashMap<String, Date>,
    /// What people will do on a day: who, and the path.
    pub plans: Vec<(Date, String, String)>,
    /// Approvals that will be answered on a day, and who disagrees.
    pub asked: Vec<(Date, String, Option<String>)>,
    /// The memberships of each project as of the last look.
    pub members: Vec<Vec<Value>>,
}

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

impl Year {
    pub fn told(&self) -> String {
        format!("seed {SEED:#x} on {} ({:?})", self.today, self.app.engine)
    }

    async fn send(&self, who: &str, method: &str, path: &str, body: Value) -> Reply {
        let client = if who == "admin" { self.app.admin() } else { self.app.person(who) };
        let request = client.request(method, path);
        let request = if method == "PUT" { request.header("If-Match", "*") } else { request };
        if method == "GET" { request.send().await } else { request.json(body).send().await }
    }

    pub async fn post(&self, who: &str, path: &str, body: Value) -> Value {
        let reply = self.send(who, "POST", path, body.clone()).await;
        assert!(reply.status < 300, "{}: {who} POST {path} {body}: {} {}", self.told(), reply.status, reply.text);
        reply.body
    }

    async fn put(&self, who: &str, path: &str, body: Value) -> Value {
        let reply = self.send(who, "PUT", path, body.clone()).await;
        assert!(reply.status < 300, "{}: {who} PUT {path} {body}: {} {}", self.told(), reply.status, reply.text);
        reply.body
    }

    pub async fn get(&self, path: &str) -> Value {
        let reply = self.send("admin", "GET", path, Value::Null).await;
        assert_eq!(reply.status, 200, "{}: GET {path}: {}", self.told(), reply.text);
        reply.body
    }

    /// All pages of a list.
    pub async fn all(&self, path: &str) -> Vec<Value> {
        let mut rows = Vec::new();
        let mut cursor = String::new();
        loop {
            let mark = if path.contains('?') { '&' } else { '?' };
            let page = self.get(&format!("{path}{mark}limit=100{cursor}")).await;
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

    async fn employ(&mut self, subject: &str, side: Option<usize>) {
        let body = json!({"display_name": subject, "email": format!("{subject}@example.com"), "subject": subject});
        let id = text(&self.post("admin", "/v1/people", body).await["id"]).to_owned();
        self.people.insert(subject.to_owned(), id.clone());
        self.subjects.insert(id, subject.to_owned());
        if let Some(side) = side {
            self.settle_down(subject, side, "2020-01-01").await;
        }
    }

    pub async fn settle_down(&mut self, subject: &str, side: usize, from: &str) {
        let body =
            json!({"department_id": self.departments[side], "title": format!("Since {from}"), "valid_from": from});
        let path = format!("/v1/people/{}/home-positions", self.id(subject));
        let position = text(&self.post("admin", &path, body).await["id"]).to_owned();
        self.homes.insert(subject.to_owned(), Some((side, position)));
    }

    /// Who sits for a side, if anybody can speak for it.
    pub async fn sponsor(&self, project: usize, side: usize) -> Option<String> {
        let found = self.get(&self.at(project, "")).await;
        let seat = &found["sides"][side];
        let person = seat["sponsor_person_id"].as_str().filter(|_| seat["vacant_since"].is_null());
        person.map(|person| self.subjects[person].clone())
    }

    /// All sides that have not done so answer; what a vacant seat holds up is taken back.
    pub async fn answer(&self, approval: &str, against: Option<&str>) {
        let path = format!("/v1/approvals/{approval}");
        let asked = self.get(&path).await;
        if asked["state"] != "open" {
            return;
        }
        let project = self.projects.iter().position(|id| *id == text(&asked["project_id"])).unwrap();
        for side in asked["waiting_for"].as_array().unwrap() {
            let side = self.departments.iter().position(|id| id == text(side)).unwrap();
            let Some(sponsor) = self.sponsor(project, side).await else {
                self.post("cmo", &format!("{path}/withdraw"), json!({})).await;
                return;
            };
            let mut body = json!({"response": "approve", "sha256": asked["sha256"]});
            if against == Some(&*sponsor) {
                body = json!({"response": "reject", "sha256": asked["sha256"], "reason": "Not now."});
            }
            self.post(&sponsor, &format!("{path}/responses"), body).await;
        }
    }

    async fn answer_open(&self, project: usize, kind: &str, against: Option<&str>) {
        let open = self.all(&self.at(project, &format!("/approvals?kind={kind}&state=open"))).await;
        assert_eq!(open.len(), 1, "{}: {kind}", self.told());
        self.answer(text(&open[0]["id"]), against).await;
    }

    async fn state(&self, project: usize, wanted: &str) {
        let found = self.get(&self.at(project, "")).await;
        assert_eq!(found["state"], wanted, "{}: project {project}", self.told());
    }
}

async fn begin(app: TestApp) -> Year {
    let mut year = Year {
        app,
        today: PROJECTS[0].1,
        projects: Vec::new(),
        gone: HashSet::new(),
        random: SEED,
        departments: Vec::new(),
        people: HashMap::new(),
        subjects: HashMap::new(),
        homes: BTreeMap::new(),
        moved: HashSet::new(),
        busy: HashMap::new(),
        plans: Vec::new(),
        asked: Vec::new(),
        members: Vec::new(),
    };
    for (side, (letter, ..)) in WHO.iter().enumerate() {
        if side == 2 {
            year.post("admin", "/v1/departments", json!({"key": "legal", "name": "Legal"})).await;
        }
        let found = year.all(&format!("/v1/departments?key={}", SIDES[side])).await;
        year.departments.push(text(&found[0]["id"]).to_owned());
        for n in 1..=16 {
            year.employ(&format!("{letter}{n}"), Some(side)).await;
        }
    }
    for subject in WHO.iter().flat_map(|(_, first, second)| [*first, *second]).chain(["judge"]) {
        year.employ(subject, None).await;
    }
    year
}

#[apply(both)]
async fn three_projects_live_through_a_year(app: TestApp) {
    let mut year = begin(app).await;
    let (first, last) = (date(2027, 3, 30), date(2028, 3, 29));
    for day in first.series(1.day()).take_while(|day| *day <= last) {
        year.today = day;
        year.app.clock.set(format!("{day}T09:00:00Z").parse().unwrap());
        worker::drain(&Parts::of(&year.app.context)).await.unwrap();
        year.script().await;
        year.chance().await;
        worker::drain(&Parts::of(&year.app.context)).await.unwrap();
        checks::day(&mut year).await;
    }
    checks::end(&year).await;
}
