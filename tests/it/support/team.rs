//! An active project with two sides, sponsors, a lead and areas, but without members. It runs from 1 March to
//! 1 December 2027, so it has started before the test.

use std::sync::atomic::{AtomicU32, Ordering};

use diesel::RunQueryDsl;
use entente::kernel::db::DbConn;
use entente::kernel::ids::{AreaId, ProjectId};

use super::{Reply, TestApp, Value, json};

/// The ids of the project, its departments, people and areas.
pub struct Team {
    pub project: String,
    /// The department of the first side.
    pub marketing: String,
    /// The department of the second side.
    pub it: String,
    /// Sponsor of marketing, with the login `cmo`.
    pub cmo: String,
    /// Sponsor of IT, with the login `cio`.
    pub cio: String,
    /// The area `customer-databases` of marketing.
    pub databases: String,
    /// The area `data-policy` of IT.
    pub policy: String,
}

impl Team {
    /// Sets the state of the project in the database.
    pub async fn put_in_state(&self, app: &TestApp, state: &str) {
        put_in_state(app, &self.project, state).await;
    }

    pub fn memberships(&self) -> String {
        format!("/v1/projects/{}/memberships", self.project)
    }

    /// Returns the login of the sponsor of a side.
    pub fn sponsor_of(&self, side: &str) -> &'static str {
        if side == self.marketing { "cmo" } else { "cio" }
    }

    /// Invites a person to a side, as its sponsor.
    pub async fn invite(&self, app: &TestApp, person: &str, side: &str) -> Reply {
        let body = json!({"person_id": person, "department_id": side, "project_role": "Data steward"});
        app.person(self.sponsor_of(side)).post(&self.memberships(), body).await
    }

    /// Adds an accepted member to a side; returns the ids of the person and the membership.
    pub async fn member(&self, app: &TestApp, subject: &str, side: &str) -> (String, String) {
        let person = person(app, subject, side).await;
        let membership = self.invite(app, &person, side).await.expect(201).id();
        app.person(subject).act(&format!("/v1/memberships/{membership}/accept")).await.expect(200);
        (person, membership)
    }

    /// Assigns an area to a person, accountable by default, as the sponsor of the side that owns it.
    pub async fn assign(&self, app: &TestApp, area: &str, mut body: Value, person: &str) -> Reply {
        body["person_id"] = json!(person);
        if body["responsibility"].is_null() {
            body["responsibility"] = json!("accountable");
        }
        let sponsor = if area == self.databases { "cmo" } else { "cio" };
        app.person(sponsor).post(&format!("/v1/areas/{area}/assignments"), body).await
    }
}

/// Creates the project.
pub async fn team(app: &TestApp) -> Team {
    let marketing = department(app, "brand").await;
    let it = department(app, "platform").await;
    let (cmo, cio) = (person(app, "cmo", &marketing).await, person(app, "cio", &it).await);
    let lead = person(app, "lead", &it).await;
    head(app, &marketing, &cmo).await;
    head(app, &it, &cio).await;
    let environment = &app.state.environment;
    let project = environment.new_id::<entente::kernel::ids::ProjectKind>();
    // The clock does not advance, so the ids must be sorted.
    let mut areas: [AreaId; 2] = [environment.new_id(), environment.new_id()];
    areas.sort_unstable();
    let [databases, policy] = areas;
    let sql = statements(project, [(&marketing, &cmo), (&it, &cio)], &lead, [databases, policy]);
    run(app, sql).await;
    Team {
        project: project.to_string(),
        marketing,
        it,
        cmo,
        cio,
        databases: databases.to_string(),
        policy: policy.to_string(),
    }
}

fn statements(project: ProjectId, sides: [(&str, &str); 2], lead: &str, areas: [AreaId; 2]) -> Vec<String> {
    let sha = "0".repeat(64);
    let mut sql = vec![format!(
        "INSERT INTO projects (id, name, state, starts_on, ends_on, parity_tolerance, lead_person_id, charter_version, \
         charter_sha256, in_force_version, in_force_sha256, activated_at, version, created_at, updated_at) VALUES \
         ('{project}', 'One customer view', 'active', '2027-03-01', '2027-12-01', 0, '{lead}', 1, '{sha}', 1, '{sha}', \
         '2027-03-01 00:00:00', 1, '2027-02-01 00:00:00', '2027-02-01 00:00:00')"
    )];
    for (position, (department, sponsor)) in sides.iter().enumerate() {
        sql.push(format!(
            "INSERT INTO project_sides (project_id, department_id, position, sponsor_person_id, sponsor_accepted_at, \
             sponsor_confirmed_at, project_state) VALUES ('{project}', '{department}', {position}, '{sponsor}', \
             '2027-02-01 00:00:00', '2027-02-01 00:00:00', 'active')"
        ));
    }
    for (area, (key, (department, _))) in areas.iter().zip(["customer-databases", "data-policy"].iter().zip(sides)) {
        sql.push(format!(
            "INSERT INTO areas (id, project_id, key, name, department_id) \
             VALUES ('{area}', '{project}', '{key}', '{key}', '{department}')"
        ));
    }
    sql
}

/// Sets the state of a project in the database, with the timestamps that the state requires.
pub async fn put_in_state(app: &TestApp, project: &str, state: &str) {
    let at = "'2027-03-30 07:00:00'";
    let when =
        |states: &[&str], value: &str| if states.contains(&state) { value.to_owned() } else { "NULL".to_owned() };
    let ran = ["active", "on_hold", "closing", "closed"];
    let sha = format!("'{}'", "0".repeat(64));
    let first_side =
        format!("(SELECT department_id FROM project_sides WHERE project_id = '{project}' AND position = 0)");
    run(
        app,
        vec![format!(
            "UPDATE projects SET state = '{state}', held_since = {}, hold_ends_at = {}, held_by_department_id = {}, \
             closing_since = {}, closed_at = {}, activated_at = {}, in_force_version = {}, in_force_sha256 = {} WHERE id = '{project}'",
            when(&["on_hold"], at),
            when(&["on_hold"], "'2027-04-28 22:00:00'"),
            when(&["on_hold"], &first_side),
            when(&["closing", "closed"], at),
            when(&["closed"], at),
            when(&ran, at),
            when(&ran, "1"),
            when(&ran, &sha),
        )],
    )
    .await;
}

/// Executes statements directly in the database; returns the error of the database.
pub async fn execute_sql(app: &TestApp, sql: Vec<String>) -> Result<(), String> {
    let write = move |conn: &mut DbConn| {
        for statement in &sql {
            diesel::sql_query(statement).execute(conn)?;
        }
        Ok(())
    };
    app.state.db.write(write).await.map_err(|error| error.to_string())
}

async fn run(app: &TestApp, sql: Vec<String>) {
    execute_sql(app, sql).await.unwrap();
}

/// Creates a department.
pub async fn department(app: &TestApp, key: &str) -> String {
    app.admin().post("/v1/departments", json!({"key": key, "name": key})).await.expect(201).id()
}

/// Makes a person the head of a department since 2020, in the database, so that they can confirm sponsors at once.
pub async fn head(app: &TestApp, department: &str, person: &str) {
    let sql = format!(
        "UPDATE departments SET head_person_id = '{person}', head_since = '2020-01-01 00:00:00', \
         head_changed_at = '2020-01-01 00:00:00' WHERE id = '{department}'"
    );
    run(app, vec![sql]).await;
}

/// Accepts the role of the sponsor of a side as the person with this login.
pub async fn accept_as(app: &TestApp, subject: &str, project: &str, side: &str) -> Reply {
    app.person(subject).act(&format!("/v1/projects/{project}/sides/{side}/sponsor/accept")).await
}

/// Creates a person with this login and a regular position in a department since 2020.
pub async fn person(app: &TestApp, subject: &str, department: &str) -> String {
    let person = person_without_position(app, subject).await;
    let position = json!({"department_id": department, "title": "Specialist", "valid_from": "2020-01-01"});
    app.admin().post(&format!("/v1/people/{person}/home-positions"), position).await.expect(201);
    person
}

/// Creates a person without a regular position.
pub async fn person_without_position(app: &TestApp, subject: &str) -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let email = format!("{}@example.com", NUMBER.fetch_add(1, Ordering::SeqCst));
    let body = json!({"display_name": subject, "email": email, "login": subject});
    app.admin().post("/v1/people", body).await.expect(201).id()
}
