//! Responses to reads with the parameter `expand`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::dto::{Expansion, Included, PageWithIncluded, WithIncluded};
use super::references::References;
use crate::directory::departments::{self, DepartmentBody};
use crate::directory::people::{self, PersonBody};
use crate::kernel::auth::Actor;
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::http::list::PageBody;
use crate::kernel::http::response::Response;
use crate::kernel::ids::{DepartmentId, PersonId};

/// Returns 200 with a body and, if `expand` was sent, with what it refers to.
///
/// # Errors
/// 403 when the caller cannot read the directory.
pub fn respond<T: Serialize>(
    conn: &mut DbConn,
    actor: &Actor,
    expand: Option<&[Expansion]>,
    body: T,
) -> Result<Response, Error> {
    let Some(expand) = expand else { return Response::ok(&body) };
    let included = load(conn, actor, expand, &body)?;
    Ok(Response::ok(&WithIncluded { body, included })?.beyond_etag().no_store())
}

/// Does the same for a page of a list and its `Link` header.
///
/// # Errors
/// 403 when the caller cannot read the directory.
pub fn respond_with_page<T: Serialize>(
    conn: &mut DbConn,
    actor: &Actor,
    expand: Option<&[Expansion]>,
    (page, link): (PageBody<T>, Option<String>),
) -> Result<Response, Error> {
    let Some(expand) = expand else { return Ok(Response::ok(&page)?.link(link)) };
    let PageBody { data, next_cursor } = page;
    let included = Some(load(conn, actor, expand, &data)?);
    Ok(Response::ok(&PageWithIncluded { data, next_cursor, included })?.link(link).no_store())
}

/// Loads what a body refers to; at most one statement per kind.
fn load<T: Serialize>(conn: &mut DbConn, actor: &Actor, expand: &[Expansion], body: &T) -> Result<Included, Error> {
    let References { people, departments } = References::of(&serde_json::to_value(body).map_err(Error::internal)?);
    let mut included = Included { people: None, departments: None };
    if expand.contains(&Expansion::People) {
        let ids: Vec<_> = people.into_iter().collect();
        included.people = Some(load_people(conn, actor, &ids)?);
    }
    if expand.contains(&Expansion::Departments) {
        let ids: Vec<_> = departments.into_iter().collect();
        included.departments = Some(load_departments(conn, actor, &ids)?);
    }
    Ok(included)
}

fn load_people(conn: &mut DbConn, actor: &Actor, ids: &[PersonId]) -> Result<BTreeMap<PersonId, PersonBody>, Error> {
    let rows = people::service::get_many(conn, actor, ids)?;
    Ok(rows.into_iter().map(|row| (row.id, row.into())).collect())
}

fn load_departments(
    conn: &mut DbConn,
    actor: &Actor,
    ids: &[DepartmentId],
) -> Result<BTreeMap<DepartmentId, DepartmentBody>, Error> {
    let rows = departments::service::get_many(conn, actor, ids)?;
    Ok(rows.into_iter().map(|row| (row.id, row.into())).collect())
}
