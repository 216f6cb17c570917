//! `/v1/departments`.

use actix_web::{get, patch, post, web};

use super::dto::{DepartmentBody, DepartmentPatch, DepartmentQuery, NewDepartment};
use super::service;
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::list::{ListRequest, PageBody, PageQuery};
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::http::routes::Routes;
use crate::kernel::ids::DepartmentId;
use crate::kernel::request::Call;
use crate::kernel::state::AppState;

pub fn configure(routes: &mut impl Routes) {
    routes.service(create_department).service(list_departments).service(get_department).service(update_department);
}

/// Create a department
///
/// Creates a department, which can then be a side of shared projects. The `key` must be unique and cannot be changed
/// later. The departments `marketing` and `it` exist from the start.
#[utoipa::path(
    tag = "Directory",
    request_body = NewDepartment,
    responses(
        (status = 201, description = "The new department.", body = DepartmentBody),
        (status = 409, description = "`already_exists`: another department has this `key`."),
    ),
)]
#[post("/v1/departments")]
pub async fn create_department(
    app: web::Data<AppState>,
    Call { actor, body, meta }: Call<NewDepartment>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let department = service::create(tx, &body)?;
        let location = format!("/v1/departments/{}", department.id);
        let version = department.version;
        Ok(Response::created(location, &DepartmentBody::from(department))?.version(version))
    })
    .await
}

/// List departments
///
/// Returns all departments, oldest first. Use `key` to find one department by its key.
#[utoipa::path(
    tag = "Directory",
    params(DepartmentQuery, PageQuery),
    responses((status = 200, description = "A page of departments.", body = PageBody<DepartmentBody>)),
)]
#[get("/v1/departments")]
pub async fn list_departments(
    app: web::Data<AppState>,
    actor: Actor,
    ListRequest { query, page, links }: ListRequest<DepartmentQuery>,
) -> Result<Response, Error> {
    let rows = app.db.read(move |conn| service::list(conn, &actor, query.key.as_deref(), &page)).await?;
    links.respond(rows, |row| row.id.to_string(), DepartmentBody::from)
}

/// Get a department
///
/// Returns a department with its `ETag`. Send the `ETag` in `If-Match` when you update the department.
#[utoipa::path(
    tag = "Directory",
    params(("id" = DepartmentId, Path, description = "Identifier of the department.")),
    responses(
        (status = 200, description = "The department.", body = DepartmentBody),
        (status = 304, description = "Not modified: the resource still has the version in `If-None-Match`."),
        (status = 404, description = "`not_found`: the department does not exist."),
    ),
)]
#[get("/v1/departments/{id}")]
pub async fn get_department(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(DepartmentId,)>,
) -> Result<Response, Error> {
    let department = app.db.read(move |conn| service::get(conn, &actor, id)).await?;
    let version = department.version;
    Ok(Response::ok(&DepartmentBody::from(department))?.version(version))
}

/// Update a department
///
/// Changes the fields that you send (JSON Merge Patch). Absent fields do not change; send null to clear a nullable
/// field. Send the `ETag` of the version you read in `If-Match`. The `key` of a department cannot be changed.
#[utoipa::path(
    tag = "Directory",
    params(("id" = DepartmentId, Path, description = "Identifier of the department.")),
    request_body(content = DepartmentPatch, content_type = "application/merge-patch+json"),
    responses(
        (status = 200, description = "The updated department.", body = DepartmentBody),
        (status = 404, description = "`not_found`: the department does not exist."),
    ),
)]
#[patch("/v1/departments/{id}")]
pub async fn update_department(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(DepartmentId,)>,
    Call { actor, body, meta }: Call<DepartmentPatch>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let department = service::update(tx, id, &body)?;
        let version = department.version;
        Ok(Response::ok(&DepartmentBody::from(department))?.version(version))
    })
    .await
}
