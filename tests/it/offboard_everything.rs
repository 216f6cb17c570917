//! The hand-over of everything that a person has, and what it leaves in the offboarding report.

use std::collections::{BTreeMap, BTreeSet};

use super::agents::{assigned_requests, on_duty, tick};
use super::support::desk;
use super::support::pair::{Pair, charter, text};
use super::support::team::{department, execute_sql, person, person_without_position};
use super::support::*;

/// The lists of the report that single queries can return, too.
const LISTS: [&str; 16] = [
    "agent_id",
    "approvals_as_delegate",
    "approvals_requested",
    "areas",
    "callback_requests",
    "decisions",
    "decisions_raised",
    "delegations_given",
    "delegations_received",
    "departments_headed",
    "memberships",
    "panels",
    "people_managed",
    "projects_led",
    "sponsor_roles",
    "transfers",
];

type Lists = BTreeMap<&'static str, BTreeSet<String>>;

fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

async fn list(app: &TestApp, path: &str) -> Vec<Value> {
    items(&app.admin().get(path).await.expect(200).body["data"]).to_vec()
}

/// Returns what names a person by the single queries.
async fn single_queries(app: &TestApp, person: &str) -> Lists {
    let mut found: Lists = LISTS.map(|name| (name, BTreeSet::new())).into();
    let mut add = |name: &'static str, item: &Value| found.get_mut(name).unwrap().insert(item.to_string());
    let is = |value: &Value| *value == json!(person);
    let today = app.now().day().to_string();
    let lasts = |one: &Value| {
        let end = one["valid_to"].as_str();
        end.is_none_or(|end| end > today.as_str() && end > text(&one["valid_from"]))
    };
    for project in list(app, "/v1/projects?limit=100").await {
        let at = |rest: &str| format!("/v1/projects/{}/{rest}", text(&project["id"]));
        for side in items(&project["sides"]) {
            if is(&side["sponsor_person_id"]) || is(&side["successor_person_id"]) {
                add("sponsor_roles", &json!([project["id"], side["department_id"]]));
            }
        }
        if is(&project["lead_person_id"]) {
            add("projects_led", &project["id"]);
        }
        let charter = app.admin().get(&at("charter")).await.expect(200).body;
        if items(&charter["content"]["panel"]).iter().any(is) {
            add("panels", &project["id"]);
        }
        let approvals = list(app, &at("approvals?state=open&limit=100")).await;
        for delegation in list(app, &at("delegations?limit=100")).await {
            if is(&delegation["sponsor_person_id"]) {
                add("delegations_given", &delegation);
            }
            if is(&delegation["delegate_person_id"]) {
                add("delegations_received", &delegation);
                let side = &delegation["department_id"];
                let pending = approvals.iter().filter(|one| items(&one["waiting_for"]).contains(side));
                pending.for_each(|one| {
                    add("approvals_as_delegate", &one["id"]);
                });
            }
        }
        for approval in approvals.iter().filter(|one| is(&one["requested_by"])) {
            add("approvals_requested", &approval["id"]);
        }
        for transfer in list(app, &at("transfers?limit=100")).await {
            let is_open = ["offered", "accepted"].contains(&text(&transfer["state"]));
            if is_open && ["from_person_id", "to_person_id", "offered_by"].iter().any(|name| is(&transfer[*name])) {
                add("transfers", &transfer);
            }
        }
        for decision in list(app, &at("decisions?limit=100")).await {
            let state = text(&decision["state"]);
            if ["open", "deadlocked", "escalated"].contains(&state) && is(&decision["raised_by"]) {
                add("decisions_raised", &decision["id"]);
            }
            if state == "escalated" && is(&decision["escalated_to"]) {
                add("decisions", &decision["id"]);
            }
        }
    }
    for assignment in
        list(app, &format!("/v1/people/{person}/assignments?limit=100")).await.iter().filter(|one| lasts(one))
    {
        add("areas", assignment);
    }
    for department in list(app, "/v1/departments?limit=100").await.iter().filter(|one| is(&one["head_person_id"])) {
        add("departments_headed", &department["id"]);
    }
    for other in list(app, "/v1/people?limit=100").await {
        let path = format!("/v1/people/{}/home-positions?limit=100", text(&other["id"]));
        if list(app, &path).await.iter().any(|one| is(&one["manager_person_id"]) && lasts(one)) {
            add("people_managed", &other["id"]);
        }
    }
    for agent in list(app, "/v1/agents?limit=100").await.iter().filter(|one| is(&one["person_id"])) {
        add("agent_id", &agent["id"]);
        let path = format!("/v1/callback-requests?state=assigned&limit=100&agent_id={}", text(&agent["id"]));
        list(app, &path).await.iter().for_each(|request| {
            add("callback_requests", &request["id"]);
        });
    }
    for membership in list(app, &format!("/v1/people/{person}/memberships?limit=100")).await {
        add("memberships", &membership);
    }
    found
}

/// Returns the report in the form of [`single_queries`].
fn listed(report: &Value) -> Lists {
    let item = |name: &str, one: &Value| match name {
        "sponsor_roles" => json!([one["project_id"], one["department_id"]]).to_string(),
        "areas" => one["assignment"].to_string(),
        "departments_headed" => one["department_id"].to_string(),
        _ => one.to_string(),
    };
    let of = |name: &'static str| -> BTreeSet<String> {
        match &report[name] {
            Value::Array(all) => all.iter().map(|one| item(name, one)).collect(),
            Value::Null => BTreeSet::new(),
            one => BTreeSet::from([one.to_string()]),
        }
    };
    LISTS.map(|name| (name, of(name))).into()
}

/// Mia, who has everything that a person can have, and her successors.
struct World {
    pair: Pair,
    /// A department that Mia heads.
    care: String,
    /// Works in that department.
    kim: String,
    /// Works in the department of Mia, and has no role.
    bea: String,
    /// A draft of which Mia is a sponsor.
    draft: String,
    callback: String,
    /// The people whose manager Mia is: since years; since today; from September; since years, and handed over later.
    managed: [String; 4],
}

/// Adds a person whose manager is Mia.
async fn managed(app: &TestApp, pair: &Pair, login: &str, from: &str) -> String {
    let id = person_without_position(app, login).await;
    let position = json!({
        "department_id": pair.brand, "title": "Analyst", "valid_from": from, "manager_person_id": pair.mia
    });
    app.admin().post(&format!("/v1/people/{id}/home-positions"), position).await.expect(201);
    id
}

impl World {
    async fn new(app: &TestApp) -> Self {
        let pair = Pair::running(app).await;
        let care = department(app, "care").await;
        let (kim, bea) = (person(app, "kim", &care).await, person(app, "bea", &pair.brand).await);
        let head = json!({"head_person_id": pair.mia});
        app.admin().patch(&format!("/v1/departments/{care}"), "*", head).await.expect(200);
        // Mia is a sponsor of a second project, and on the panel of a third one.
        let body = charter(&pair.brand, &pair.platform, &pair.mia, &pair.cio);
        let draft = app.person("mia").post("/v1/projects", body).await.expect(201).id();
        let confirm = format!("/v1/projects/{draft}/sides/{}/sponsor/confirm", pair.brand);
        app.person("cmo").act(&confirm).await.expect(200);
        let mut body = charter(&care, &pair.platform, &kim, &pair.cio);
        body["panel"] = json!([pair.mia]);
        app.person("kim").post("/v1/projects", body).await.expect(201);
        // In the first one, she is consulted, offers her area, is a delegate, has asked a question, and is the lead.
        let consulted = json!({"person_id": pair.mia, "responsibility": "consulted"});
        app.person("cio").post(&format!("/v1/areas/{}/assignments", pair.policy), consulted).await.expect(201);
        let offer = json!({"to_person_id": pair.max});
        app.person("mia").post(&format!("/v1/areas/{}/transfers", pair.databases), offer).await.expect(201);
        let days = json!({"delegate_person_id": pair.mia, "valid_from": "2027-03-30", "valid_to": "2027-05-01"});
        app.person("cmo").post(&pair.at(&format!("sides/{}/delegations", pair.brand)), days).await.expect(201);
        let question = json!({"question": "Shall we?", "due_at": "2027-05-01T08:00:00Z"});
        app.person("mia").post(&pair.at("decisions"), question).await.expect(201);
        app.person("cio").act(&pair.at("close")).await.expect(201);
        // A delegate does not become the lead over HTTP.
        let lead = format!("UPDATE projects SET lead_person_id = '{}' WHERE id = '{}'", pair.mia, pair.project);
        execute_sql(app, vec![lead]).await.unwrap();
        app.clock.set("2027-04-05T07:00:00Z".parse().unwrap());
        let managed = [
            managed(app, &pair, "ron", "2020-01-01").await,
            managed(app, &pair, "tom", "2027-04-05").await,
            managed(app, &pair, "pia", "2027-09-01").await,
            managed(app, &pair, "ned", "2020-01-01").await,
        ];
        let callback = desk::create_request(app, 1, desk::asap()).await.expect(201).id();
        app.clock.set("2027-04-05T09:00:00Z".parse().unwrap());
        desk::agent(app, "mia").await.act("/v1/callback-requests/next").await.expect(200);
        Self { pair, care, kim, bea, draft, callback, managed }
    }

    async fn assignment(&self, app: &TestApp, responsibility: &str) -> String {
        let path = format!("/v1/people/{}/assignments?responsibility={responsibility}", self.pair.mia);
        text(&list(app, &path).await[0]["id"]).to_owned()
    }

    /// Returns the request that hands everything over for which a successor can be named.
    async fn everything(&self, app: &TestApp) -> Value {
        let Self { pair, managed: [ron, tom, pia, ned], .. } = self;
        let to_cmo = |person: &str| json!({"managed_person_id": person, "person_id": pair.cmo});
        let mut later = to_cmo(ned);
        later["valid_from"] = json!("2027-04-30");
        json!({
            "reason": "The contract ends.",
            "areas": [
                {"assignment_id": self.assignment(app, "accountable").await, "person_id": pair.max},
                {"assignment_id": self.assignment(app, "consulted").await, "person_id": pair.ina},
            ],
            "departments": [{"department_id": self.care, "person_id": self.kim}],
            "sponsor_roles": [{"project_id": self.draft, "department_id": pair.brand, "person_id": self.bea}],
            "managed_people": [to_cmo(ron), to_cmo(tom), to_cmo(pia), later],
            "unassign_callback_requests": true,
        })
    }

    async fn offboard(&self, app: &TestApp, body: &Value) -> Reply {
        app.admin().post(&format!("/v1/people/{}/offboard", self.pair.mia), body.clone()).await
    }

    async fn report(&self, app: &TestApp) -> Value {
        let path = format!("/v1/people/{}/offboarding-report", self.pair.mia);
        app.admin().get(&path).await.expect(200).body
    }
}

/// Returns first day, end and manager of the positions of a person.
async fn positions(app: &TestApp, person: &str) -> Vec<[Value; 3]> {
    let all = list(app, &format!("/v1/people/{person}/home-positions")).await;
    all.iter().map(|one| ["valid_from", "valid_to", "manager_person_id"].map(|name| one[name].clone())).collect()
}

async fn last_sequence(app: &TestApp) -> Value {
    app.drained_feed().await;
    app.admin().get("/v1/events?limit=1").await.expect(200).body["last_sequence"].clone()
}

#[apply(both)]
async fn everything_that_has_a_successor_is_handed_over(app: TestApp) {
    let world = World::new(&app).await;
    let (pair, [ron, tom, pia, ned]) = (&world.pair, &world.managed);
    let before = world.report(&app).await;
    assert_eq!(listed(&before), single_queries(&app, &pair.mia).await);
    // Nothing is compared with nothing, except what Mia as a member cannot have.
    let empty: Vec<_> = listed(&before).into_iter().filter(|(_, all)| all.is_empty()).map(|(name, _)| name).collect();
    assert_eq!(empty, ["decisions", "delegations_given"]);

    let body = world.everything(&app).await;
    let result = world.offboard(&app, &body).await.expect(200).body;
    let after = world.report(&app).await;
    assert_eq!(listed(&after), single_queries(&app, &pair.mia).await);
    for list in ["areas", "departments_headed", "callback_requests"] {
        assert_eq!(after[list], json!([]), "{list}");
    }
    // Until the end of April, Ned still has Mia as the manager.
    assert_eq!(after["people_managed"], json!([ned]));
    let kinds: BTreeSet<_> =
        items(&result["remaining"]).iter().map(|one| (text(&one["kind"]), text(&one["needs"]))).collect();
    let expected = [
        ("agent", "administrator"),
        ("approval", "side"),
        ("decision", "all_sides"),
        ("delegation", "side"),
        ("membership", "all_sides"),
        ("panel", "all_sides"),
        ("project_led", "all_sides"),
        ("sponsor_role", "side"),
        ("transfer", "side"),
    ];
    assert!(expected.iter().all(|one| kinds.contains(one)), "{kinds:?}");
    assert!(kinds.iter().all(|(kind, _)| expected.iter().any(|one| one.0 == *kind)), "{kinds:?}");

    // The people keep the days that they had with Mia.
    let (mia, cmo) = (json!(pair.mia), json!(pair.cmo));
    let day = |text: &str| json!(text);
    for (person, on) in [(ron, "2027-04-05"), (ned, "2027-04-30")] {
        let expected = vec![[day("2020-01-01"), day(on), mia.clone()], [day(on), Value::Null, cmo.clone()]];
        assert_eq!(positions(&app, person).await, expected);
    }
    for (person, from) in [(tom, "2027-04-05"), (pia, "2027-09-01")] {
        assert_eq!(positions(&app, person).await, [[day(from), Value::Null, cmo.clone()]]);
        let position = list(&app, &format!("/v1/people/{person}/home-positions")).await[0]["id"].clone();
        let trail = list(&app, &format!("/v1/audit-entries?subject={}", text(&position))).await;
        let change = trail.iter().find(|one| one["action"] == "home_position.updated").unwrap();
        assert_eq!((&change["before"]["manager_person_id"], &change["reason"]), (&mia, &body["reason"]));
    }
    // The successor of the sponsor is proposed, and nothing more.
    let side = &result["sponsor_roles"][0];
    assert_eq!((&side["sponsor_person_id"], &side["sponsor_state"]), (&mia, &json!("in_office")));
    assert_eq!((&side["successor_person_id"], &side["successor_accepted_at"]), (&json!(world.bea), &Value::Null));
    // The request is in the queue, and the agent is inactive.
    assert_eq!(result["callback_requests"], json!([world.callback]));
    let request = app.admin().get(&format!("/v1/callback-requests/{}", world.callback)).await.expect(200).body;
    assert_eq!((&request["agent_id"], request["state"] == "assigned"), (&Value::Null, false));
    let agent = app.admin().get(&format!("/v1/agents/{}", text(&after["agent_id"]))).await.expect(200).body;
    assert_eq!(agent["active"], false);

    // Repeating it changes nothing, also on a later day.
    let path = format!("/v1/projects/{}", world.draft);
    let (sequence, version) = (last_sequence(&app).await, app.admin().get(&path).await.expect(200).etag());
    for day in ["2027-04-05T10:00:00Z", "2027-04-06T08:00:00Z"] {
        app.clock.set(day.parse().unwrap());
        let again = world.offboard(&app, &body).await.expect(200).body;
        for list in ["assignments", "departments", "home_positions", "sponsor_roles", "remaining"] {
            assert_eq!(again[list], result[list], "{list}");
        }
        assert_eq!(last_sequence(&app).await, sequence);
        assert_eq!(app.admin().get(&path).await.expect(200).etag(), version);
    }
}

#[apply(both)]
async fn if_the_last_part_fails_nothing_is_handed_over(app: TestApp) {
    let world = World::new(&app).await;
    let (before, sequence) = (world.report(&app).await, last_sequence(&app).await);
    let mut body = world.everything(&app).await;
    body["unassign_callback_requests"] = json!(false);
    // Not an active agent, which is the last thing that is checked.
    body["callback_agent_id"] = json!("agt_01m7fgq4e8f4r9v3zk8x2c6b7d");
    let refused = world.offboard(&app, &body).await.refused(422, "validation_failed");
    refused.violates("/callback_agent_id", "unknown_reference");
    assert_eq!(world.report(&app).await, before);
    assert_eq!(last_sequence(&app).await, sequence);
    for person in &world.managed {
        assert_eq!(positions(&app, person).await.len(), 1);
    }
    // Each other part on its own fails the whole, too.
    for (pointer, wrong) in [
        ("/areas/1/person_id", &world.bea),
        ("/departments/0/person_id", &world.bea),
        ("/sponsor_roles/0/person_id", &world.pair.ivan),
        ("/managed_people/3/managed_person_id", &world.pair.ivan),
    ] {
        let mut body = world.everything(&app).await;
        *body.pointer_mut(pointer).unwrap() = json!(wrong);
        let refused = world.offboard(&app, &body).await.refused(422, "validation_failed");
        assert_eq!(refused.violations()[0].0, pointer);
        assert_eq!(world.report(&app).await, before, "{pointer}");
    }
    assert_eq!(last_sequence(&app).await, sequence);
}

/// The queue does not give the requests back to the agent who leaves.
#[apply(both)]
async fn returned_requests_are_assigned_to_another_agent(app: TestApp) {
    app.clock.set("2027-03-30T09:00:00Z".parse().unwrap());
    let anna = on_duty(&app, "anna", "08:00", "18:00").await.id();
    let callback = desk::create_request(&app, 1, desk::asap()).await.expect(201).id();
    tick(&app).await;
    assert_eq!(assigned_requests(&app).await, BTreeMap::from([(anna.clone(), 1)]));
    let path = format!("/v1/people/{}/offboard", desk::person_id(&app, "anna").await);
    let body = json!({"reason": "The contract ends.", "unassign_callback_requests": true});
    let result = app.admin().post(&path, body).await.expect(200).body;
    assert_eq!(result["callback_requests"], json!([callback]));
    tick(&app).await;
    assert!(assigned_requests(&app).await.is_empty());
    let boris = on_duty(&app, "boris", "08:00", "18:00").await.id();
    tick(&app).await;
    assert_eq!(assigned_requests(&app).await, BTreeMap::from([(boris, 1)]));
}

#[apply(both)]
async fn parallel_hand_overs_leave_one_manager(app: TestApp) {
    let pair = Pair::running(&app).await;
    let ron = managed(&app, &pair, "ron", "2020-01-01").await;
    let replies = at_once(20, |number| {
        let client = app.admin();
        let manager = if number % 2 == 0 { &pair.cmo } else { &pair.max };
        let body = json!({
            "reason": "A new job.", "managed_people": [{"managed_person_id": ron, "person_id": manager}]
        });
        let path = format!("/v1/people/{}/offboard", pair.mia);
        async move { client.post(&path, body).await }
    })
    .await;
    assert_eq!((with_status(&replies, 200), with_status(&replies, 422)), (10, 10));
    let positions = positions(&app, &ron).await;
    assert_eq!(positions.len(), 2, "{positions:?}");
    assert_eq!((&positions[0][1], &positions[1][0]), (&json!("2027-03-30"), &json!("2027-03-30")));
}
