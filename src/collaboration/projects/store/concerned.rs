//! The projects in which people have a role, for changes of the directory.

use diesel::prelude::*;
use diesel::sql_types::{Array, Date, Nullable, Text};

use crate::collaboration::projects::dto::NoticeRole;
use crate::collaboration::projects::state::State;
use crate::kernel::db::DbConn;
use crate::kernel::db::schema::projects;
use crate::kernel::error::Error;
use crate::kernel::ids::{DepartmentId, PersonId, ProjectId};
use crate::kernel::time::Day;

/// A role of a person in a project that has not ended.
#[derive(Debug, Clone, Copy, QueryableByName)]
pub struct Concerned {
    #[diesel(sql_type = Text)]
    pub project_id: ProjectId,
    /// The side of the role; `None` for the lead and arbiters.
    #[diesel(sql_type = Nullable<Text>)]
    pub department_id: Option<DepartmentId>,
    /// The sponsor of this side.
    #[diesel(sql_type = Nullable<Text>)]
    pub sponsor_person_id: Option<PersonId>,
    #[diesel(sql_type = Text)]
    pub person_id: PersonId,
    #[diesel(sql_type = Text)]
    pub role: NoticeRole,
}

/// Returns the query. `people` is the condition that a person is one of those in the first parameter; the second one is
/// the day. Each part finds its rows by the people.
fn query(people: &str) -> String {
    const SIDE: &str = "side.standing <> 'left' AND side.project_state NOT IN ('closed', 'cancelled')";
    const PROJECT: &str = "project.state NOT IN ('closed', 'cancelled')";
    // Before the activation, the newest charter counts.
    const IN_FORCE: &str = "COALESCE(project.in_force_version, project.charter_version)";
    const DELEGATION: &str = "delegation.revoked_at IS NULL AND delegation.valid_to > $2";
    const OF_SIDE: &str = "SELECT side.project_id, side.department_id, side.sponsor_person_id";
    const OF_PROJECT: &str = "NULL AS department_id, NULL AS sponsor_person_id";
    format!(
        "{OF_SIDE}, side.sponsor_person_id AS person_id, 'sponsor' AS role FROM project_sides AS side \
         WHERE side.sponsor_person_id {people} AND {SIDE} \
         UNION {OF_SIDE}, side.successor_person_id, 'sponsor' FROM project_sides AS side \
         WHERE side.successor_person_id {people} AND {SIDE} \
         UNION {OF_SIDE}, department.head_person_id, 'head' FROM departments AS department \
         INNER JOIN project_sides AS side ON side.department_id = department.id \
         WHERE department.head_person_id {people} AND {SIDE} \
         UNION {OF_SIDE}, delegation.delegate_person_id, 'delegate' FROM delegations AS delegation \
         INNER JOIN project_sides AS side ON side.project_id = delegation.project_id \
         AND side.department_id = delegation.department_id \
         WHERE delegation.delegate_person_id {people} AND {DELEGATION} AND {SIDE} \
         UNION {OF_SIDE}, delegation.delegate_person_id, 'delegate' FROM delegations AS delegation \
         INNER JOIN project_sides AS side ON side.sponsor_person_id = delegation.sponsor_person_id \
         AND side.department_id = delegation.department_id \
         WHERE delegation.delegate_person_id {people} AND delegation.project_id IS NULL AND {DELEGATION} AND {SIDE} \
         UNION SELECT project.id, {OF_PROJECT}, project.lead_person_id, 'lead' FROM projects AS project \
         WHERE project.lead_person_id {people} AND {PROJECT} \
         UNION SELECT project.id, {OF_PROJECT}, panel.person_id, 'panel' FROM charter_panels AS panel \
         INNER JOIN projects AS project ON project.id = panel.project_id \
         WHERE panel.person_id {people} AND panel.version = {IN_FORCE} AND {PROJECT} \
         UNION SELECT dispute.project_id, {OF_PROJECT}, dispute.arbiter_person_id, 'arbiter' FROM disputes AS dispute \
         WHERE dispute.arbiter_person_id {people} AND dispute.state = 'open' \
         UNION SELECT decision.project_id, {OF_PROJECT}, decision.escalated_to, 'arbiter' FROM decisions AS decision \
         WHERE decision.escalated_to {people} AND decision.state = 'escalated'"
    )
}

/// Returns the roles of people in projects that have not ended; one statement, and none without people.
pub fn concerned(conn: &mut DbConn, people: &[PersonId], today: Day) -> Result<Vec<Concerned>, Error> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    Ok(match conn {
        DbConn::Postgres(conn) => diesel::sql_query(query("= ANY($1)"))
            .bind::<Array<Text>, _>(people.to_vec())
            .bind::<Date, _>(today)
            .load(conn)?,
        DbConn::Sqlite(conn) => {
            let json = serde_json::to_string(people).map_err(Error::internal)?;
            diesel::sql_query(query("IN (SELECT value FROM json_each($1))"))
                .bind::<Text, _>(json)
                .bind::<Date, _>(today)
                .load(conn)?
        }
    })
}

/// Returns the projects that are running.
pub fn running(conn: &mut DbConn) -> Result<Vec<ProjectId>, Error> {
    let running: Vec<_> = State::ALL.iter().copied().filter(|state| state.is_running()).collect();
    Ok(projects::table.filter(projects::state.eq_any(running)).order(projects::id).select(projects::id).load(conn)?)
}
