//! Draw and waiver rows.

use diesel::prelude::*;

use super::topic::Topic;
use crate::kernel::db::errors::Constraint;
use crate::kernel::db::schema::{draw_waivers, draws};
use crate::kernel::db::{CachedDsl, DbConn};
use crate::kernel::error::Error;
use crate::kernel::ids::{DepartmentId, DrawId, PersonId, ProjectId};
use crate::kernel::page::Page;
use crate::kernel::time::UtcTime;

const ONE_STRIKE: Constraint = Constraint::new("draws_one_strike_per_side", "draws.series, draws.struck_by");

/// Row of a draw.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = draws, treat_none_as_null = true, treat_none_as_default_value = false)]
pub struct Draw {
    pub id: DrawId,
    pub project_id: ProjectId,
    /// The decision, dispute or approval.
    pub subject: String,
    /// What it is about, see [`super::topic`].
    pub topic: String,
    /// The first draw of the question. All draws of one series share their strikes.
    pub series: DrawId,
    /// Sequence number in the series, starting at 1.
    pub position: i32,
    pub person_id: PersonId,
    pub seed: String,
    pub candidates: String,
    pub drawn_at: UtcTime,
    /// Whether all sides approved the arbiter, instead of a draw from the panel.
    pub is_approved: bool,
    pub struck_by: Option<DepartmentId>,
    pub struck_by_person_id: Option<PersonId>,
    pub struck_at: Option<UtcTime>,
    /// When the decision, dispute or approval ended.
    pub ended_at: Option<UtcTime>,
    /// The side whose question it is.
    pub raised_for: Option<DepartmentId>,
    /// Whether the decision was made.
    pub ruled: bool,
}

impl Draw {
    /// Returns what the arbiter was drawn for.
    #[must_use]
    pub fn topic(&self) -> Topic {
        Topic { key: self.topic.clone(), raised_for: self.raised_for }
    }
}

pub fn insert(conn: &mut DbConn, row: &Draw) -> Result<(), Error> {
    diesel::insert_into(draws::table).values(row).execute(conn)?;
    Ok(())
}

/// The side has already struck an arbiter of the series.
#[derive(Debug)]
pub struct AlreadyStruck;

pub fn update(conn: &mut DbConn, row: &Draw) -> Result<Result<(), AlreadyStruck>, Error> {
    match diesel::update(draws::table.filter(draws::id.eq(row.id))).set(row).cached().execute(conn) {
        Ok(_) => Ok(Ok(())),
        Err(error) if ONE_STRIKE.violated_by(&error) => Ok(Err(AlreadyStruck)),
        Err(error) => Err(error.into()),
    }
}

pub fn find(conn: &mut DbConn, id: DrawId) -> Result<Option<Draw>, Error> {
    Ok(draws::table.filter(draws::id.eq(id)).select(Draw::as_select()).get_result(conn).optional()?)
}

/// Loads the newest draw about a topic in a project.
pub fn newest_about(conn: &mut DbConn, project: ProjectId, topic: &str) -> Result<Option<Draw>, Error> {
    Ok(draws::table
        .filter(draws::project_id.eq(project))
        .filter(draws::topic.eq(topic))
        .order((draws::drawn_at.desc(), draws::position.desc()))
        .select(Draw::as_select())
        .first(conn)
        .optional()?)
}

/// Loads the newest draw for a question of a side that was not decided.
pub fn newest_undecided_of(
    conn: &mut DbConn,
    project: ProjectId,
    raised_for: DepartmentId,
) -> Result<Option<Draw>, Error> {
    Ok(draws::table
        .filter(draws::project_id.eq(project))
        .filter(draws::raised_for.eq(raised_for))
        .filter(draws::ruled.eq(false))
        .order((draws::drawn_at.desc(), draws::position.desc()))
        .select(Draw::as_select())
        .first(conn)
        .optional()?)
}

/// Loads the draws of a series, the oldest first.
pub fn series(conn: &mut DbConn, series: DrawId) -> Result<Vec<Draw>, Error> {
    Ok(draws::table.filter(draws::series.eq(series)).order(draws::position).select(Draw::as_select()).load(conn)?)
}

/// Loads one page of the draws of a project, the oldest first.
pub fn of_project(conn: &mut DbConn, project: ProjectId, page: &Page) -> Result<Vec<Draw>, Error> {
    let mut rows = draws::table
        .filter(draws::project_id.eq(project))
        .order(draws::id)
        .limit(page.fetch())
        .select(Draw::as_select())
        .into_boxed();
    if let Some(after) = page.after.as_deref() {
        rows = rows.filter(draws::id.gt(after));
    }
    Ok(rows.load(conn)?)
}

/// Records when what an arbiter was drawn for ended, and whether the decision was made.
pub fn set_ended(conn: &mut DbConn, subject: &str, at: UtcTime, ruled: bool) -> Result<(), Error> {
    let ended = (draws::ended_at.eq(at), draws::ruled.eq(ruled));
    diesel::update(draws::table.filter(draws::subject.eq(subject.to_owned()))).set(ended).cached().execute(conn)?;
    Ok(())
}

/// Records that a side waives striking the arbiter of a draw.
pub fn insert_waiver(
    conn: &mut DbConn,
    draw: &Draw,
    side: DepartmentId,
    person: PersonId,
    now: UtcTime,
) -> Result<(), Error> {
    diesel::insert_into(draw_waivers::table)
        .values((
            draw_waivers::draw_id.eq(draw.id),
            draw_waivers::project_id.eq(draw.project_id),
            draw_waivers::department_id.eq(side),
            draw_waivers::person_id.eq(person),
            draw_waivers::waived_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// Returns the sides that waived striking the arbiter of a draw.
pub fn waivers(conn: &mut DbConn, draw: DrawId) -> Result<Vec<DepartmentId>, Error> {
    Ok(draw_waivers::table
        .filter(draw_waivers::draw_id.eq(draw))
        .order(draw_waivers::department_id)
        .select(draw_waivers::department_id)
        .load(conn)?)
}

/// Returns the waivers of a project as `(draw, side)`, sorted by side.
pub fn waivers_of_project(conn: &mut DbConn, project: ProjectId) -> Result<Vec<(DrawId, DepartmentId)>, Error> {
    Ok(draw_waivers::table
        .filter(draw_waivers::project_id.eq(project))
        .order(draw_waivers::department_id)
        .select((draw_waivers::draw_id, draw_waivers::department_id))
        .load(conn)?)
}
