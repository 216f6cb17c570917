//! Query on the drawn arbiters that a side can still strike.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Date, Text, Timestamp};

use crate::collaboration::projects::{SideStanding, in_projects_of};
use crate::kernel::db::DbConn;
use crate::kernel::db::schema::{draws, project_sides, projects};
use crate::kernel::error::Error;
use crate::kernel::ids::{DepartmentId, DrawId, PersonId, ProjectId};
use crate::kernel::time::UtcTime;
use crate::{fixed, with_backend};

/// A drawn arbiter whom a side can still strike.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct PendingDraw {
    pub id: DrawId,
    pub project_id: ProjectId,
    /// The arbiter.
    pub person_id: PersonId,
    pub drawn_at: UtcTime,
    /// From when the arbiter can decide, and no side can strike them any more.
    pub ruling_from: UtcTime,
    /// The side that can strike the arbiter.
    pub department_id: DepartmentId,
    pub project_name: String,
}

/// From when the arbiter of a draw can decide: the draw is the newest one of a decision or dispute.
macro_rules! ruling_from {
    () => {
        "COALESCE((SELECT decided.ruling_from FROM decisions AS decided WHERE decided.id = draws.subject \
         AND decided.draw_id = draws.id), (SELECT disputed.ruling_from FROM disputes AS disputed \
         WHERE disputed.id = draws.subject AND disputed.draw_id = draws.id))"
    };
}

/// Returns the drawn arbiters whom a person, as the sponsor or today's delegate of a side, can still strike or waive
/// striking, each with the name of its project; one statement. A delegation for all projects does not count for a side
/// that has a delegate of its own, or if the delegate is the lead.
pub fn pending_for(conn: &mut DbConn, person: PersonId, now: UtcTime, most: i64) -> Result<Vec<PendingDraw>, Error> {
    let today = now.day();
    let in_own_projects = in_projects_of!("draws", person);
    let of_own_side = sql::<Bool>("(project_sides.vacant_since IS NULL AND (project_sides.sponsor_person_id = ")
        .bind::<Text, _>(person)
        .sql(
            " OR EXISTS (SELECT 1 FROM delegations AS delegated WHERE delegated.revoked_at IS NULL \
             AND delegated.department_id = project_sides.department_id AND delegated.delegate_person_id = ",
        )
        .bind::<Text, _>(person)
        .sql(" AND delegated.valid_from <= ")
        .bind::<Date, _>(today)
        .sql(" AND delegated.valid_to > ")
        .bind::<Date, _>(today)
        .sql(
            " AND (delegated.project_id = project_sides.project_id OR (delegated.project_id IS NULL \
             AND delegated.sponsor_person_id = project_sides.sponsor_person_id \
             AND (projects.lead_person_id IS NULL OR projects.lead_person_id <> delegated.delegate_person_id) \
             AND NOT EXISTS (SELECT 1 FROM delegations AS nearer WHERE nearer.project_id = project_sides.project_id \
             AND nearer.department_id = project_sides.department_id AND nearer.revoked_at IS NULL \
             AND nearer.valid_from <= ",
        )
        .bind::<Date, _>(today)
        .sql(" AND nearer.valid_to > ")
        .bind::<Date, _>(today)
        .sql("))))))");
    let is_open = sql::<Bool>(concat!(
        "draws.struck_by IS NULL AND draws.ended_at IS NULL AND NOT EXISTS (SELECT 1 FROM draw_waivers AS waived \
         WHERE waived.draw_id = draws.id AND waived.department_id = project_sides.department_id) AND ",
        ruling_from!(),
        " > ",
    ))
    .bind::<Timestamp, _>(now);
    let pending = draws::table
        .inner_join(project_sides::table.on(project_sides::project_id.eq(draws::project_id)))
        .inner_join(projects::table.on(projects::id.eq(draws::project_id)))
        .filter(in_own_projects)
        .filter(of_own_side)
        .filter(project_sides::standing.eq(SideStanding::Current))
        .filter(is_open)
        .order(draws::id)
        .limit(most)
        .select((
            draws::id,
            draws::project_id,
            draws::person_id,
            draws::drawn_at,
            sql::<Timestamp>(ruling_from!()),
            project_sides::department_id,
            projects::name,
        ));
    Ok(with_backend!(conn, |conn| fixed!(pending).load(conn))?)
}
