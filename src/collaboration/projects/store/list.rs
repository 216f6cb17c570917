//! The list of projects. Each filter has an index in the order of the list; for several states, and for the blocks of
//! days around a day, the index is read once for each.

use std::cmp::Ordering;

use diesel::dsl::not;
use diesel::prelude::*;

use super::{Project, SideStanding};
use crate::collaboration::projects::day_blocks;
use crate::collaboration::projects::filter::ProjectQuery;
use crate::collaboration::projects::state::State;
use crate::kernel::db::schema::{project_days, project_sides, projects};
use crate::kernel::db::{CachedDsl, DbConn, any_of};
use crate::kernel::error::Error;
use crate::kernel::ids::{DepartmentId, ProjectId};
use crate::kernel::page::{Page, Sort, merged};
use crate::with_backend;

/// Orders a query by the id of the project in the column `$id`, and starts it after the last project of the page
/// before.
macro_rules! page_of {
    ($rows:expr, $id:expr, $query:expr, $page:expr) => {{
        let (rows, after) = ($rows, $page.after.as_deref());
        match $query.sort.unwrap_or_default() {
            Sort::OldestFirst => rows.order($id.asc()).filter($id.gt(after.unwrap_or_default())),
            // Every id sorts before the letter z.
            Sort::NewestFirst => rows.order($id.desc()).filter($id.lt(after.unwrap_or("z"))),
        }
    }};
}

/// Repeats the start of the page for the projects that are joined, so that PostgreSQL does not pass over those before
/// it.
macro_rules! joined_page_of {
    ($rows:expr, $id:expr, $query:expr, $page:expr) => {{
        let (rows, after) = (page_of!($rows, $id, $query, $page), $page.after.as_deref());
        match $query.sort.unwrap_or_default() {
            Sort::OldestFirst => rows.filter(projects::id.gt(after.unwrap_or_default())),
            Sort::NewestFirst => rows.filter(projects::id.lt(after.unwrap_or("z"))),
        }
    }};
}

/// Returns one page of projects, without `hidden`; with `own`, only of these. They are found by a statement of their
/// own, because in one statement, PostgreSQL passes over all projects to find those of a person.
pub fn list(
    conn: &mut DbConn,
    query: &ProjectQuery,
    own: Option<&[ProjectId]>,
    hidden: &[ProjectId],
    page: &Page,
) -> Result<Vec<Project>, Error> {
    if let Some(own) = own {
        return among(conn, own, query, page);
    }
    let newest_first = query.sort.unwrap_or_default() == Sort::NewestFirst;
    let order = move |one: &Project, other: &Project| -> Ordering {
        if newest_first { other.id.cmp(&one.id) } else { one.id.cmp(&other.id) }
    };
    let states: Vec<Option<State>> = match &query.state {
        Some(states) => states.iter().copied().map(Some).collect(),
        None => vec![None],
    };
    match (query.department_id, query.as_of) {
        (Some(department), _) => {
            merged(&states, page.fetch(), order, |state| of_department(conn, department, *state, query, hidden, page))
        }
        (None, Some(day)) => {
            merged(&day_blocks::around(day), page.fetch(), order, |block| in_block(conn, *block, query, hidden, page))
        }
        (None, None) => merged(&states, page.fetch(), order, |state| in_state(conn, *state, query, hidden, page)),
    }
}

/// Returns a page of the projects in this state, or in any state.
fn in_state(
    conn: &mut DbConn,
    state: Option<State>,
    query: &ProjectQuery,
    hidden: &[ProjectId],
    page: &Page,
) -> Result<Vec<Project>, Error> {
    Ok(with_backend!(conn, |conn| {
        let rows = projects::table.select(Project::as_select()).limit(page.fetch()).into_boxed();
        let mut rows = page_of!(rows, projects::id, query, page);
        if let Some(state) = state {
            rows = rows.filter(projects::state.eq(state));
        }
        if !hidden.is_empty() {
            rows = rows.filter(not(any_of(projects::id, hidden)?));
        }
        rows.cached().load(conn)
    })?)
}

/// Returns a page of the projects in this state, or in any state, of which this department is a side.
fn of_department(
    conn: &mut DbConn,
    department: DepartmentId,
    state: Option<State>,
    query: &ProjectQuery,
    hidden: &[ProjectId],
    page: &Page,
) -> Result<Vec<Project>, Error> {
    Ok(with_backend!(conn, |conn| {
        let rows = project_sides::table
            .inner_join(projects::table.on(projects::id.eq(project_sides::project_id)))
            .filter(project_sides::department_id.eq(department))
            .filter(project_sides::standing.eq(SideStanding::Current))
            .select(Project::as_select())
            .limit(page.fetch())
            .into_boxed();
        let mut rows = joined_page_of!(rows, project_sides::project_id, query, page);
        if let Some(state) = state {
            rows = rows.filter(project_sides::project_state.eq(state));
        }
        if let Some(day) = query.as_of {
            rows = rows.filter(projects::starts_on.le(day)).filter(projects::ends_on.gt(day));
        }
        if !hidden.is_empty() {
            rows = rows.filter(not(any_of(projects::id, hidden)?));
        }
        rows.cached().load(conn)
    })?)
}

/// Returns a page of the projects that have this block of days.
fn in_block(
    conn: &mut DbConn,
    block: i64,
    query: &ProjectQuery,
    hidden: &[ProjectId],
    page: &Page,
) -> Result<Vec<Project>, Error> {
    Ok(with_backend!(conn, |conn| {
        let rows = project_days::table
            .inner_join(projects::table.on(projects::id.eq(project_days::project_id)))
            .filter(project_days::block.eq(block))
            .select(Project::as_select())
            .limit(page.fetch())
            .into_boxed();
        let mut rows = joined_page_of!(rows, project_days::project_id, query, page);
        if let Some(states) = &query.state {
            // Not the column alone, for which SQLite reads all projects in these states and sorts them.
            rows = rows.filter(projects::state.concat("").eq_any(states));
        }
        if !hidden.is_empty() {
            rows = rows.filter(not(any_of(projects::id, hidden)?));
        }
        rows.cached().load(conn)
    })?)
}

/// Returns a page of those of the given projects that match the query.
fn among(conn: &mut DbConn, ids: &[ProjectId], query: &ProjectQuery, page: &Page) -> Result<Vec<Project>, Error> {
    Ok(with_backend!(conn, |conn| {
        let rows = projects::table.filter(any_of(projects::id, ids)?).select(Project::as_select()).limit(page.fetch());
        let mut rows = page_of!(rows.into_boxed(), projects::id, query, page);
        if let Some(states) = &query.state {
            rows = rows.filter(projects::state.eq_any(states));
        }
        if let Some(day) = query.as_of {
            rows = rows.filter(projects::starts_on.le(day)).filter(projects::ends_on.gt(day));
        }
        if let Some(department) = query.department_id {
            let with_side = project_sides::table
                .filter(project_sides::department_id.eq(department))
                .filter(project_sides::standing.eq(SideStanding::Current))
                .select(project_sides::project_id);
            rows = rows.filter(projects::id.eq_any(with_side));
        }
        rows.cached().load(conn)
    })?)
}
