//! `/v1/departments`.

use actix_web::{get, patch, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{DepartmentBody, DepartmentPatch, DepartmentQuery, NewDepartment};
use super::service;
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::list::{ListRequest, PageBody, PageQuery};
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::ids::DepartmentId;
use crate::kernel::request::Call;
use crate::kernel::state::AppState;

pub fn configure(config: &mut ServiceConfig) {
    config.service(create_department).service(list_departments).service(get_department).service(update_department);
}

/// Add a department
///
/// Departments are the sides of shared projects. Marketing and IT are there from the start.
#[utoipa::path(
    tag = "Directory",
    request_body = NewDepartment,
    responses(
        (status = 201, description = "The new department.", body = DepartmentBody),
        (status = 409, description = "`already_exists`: the key is taken."),
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
/// In the order in which they were added.
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

/// Read a department
///
/// With its `ETag`, which a change has to name.
#[utoipa::path(
    tag = "Directory",
    params(("id" = DepartmentId, Path, description = "The department.")),
    responses(
        (status = 200, description = "The department.", body = DepartmentBody),
        (status = 304, description = "You have the present version already."),
        (status = 404, description = "There is no such department."),
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

/// Change a department
///
/// JSON Merge Patch: absent members stay, null clears. Send the ETag you have read in `If-Match`.
#[utoipa::path(
    tag = "Directory",
    params(("id" = DepartmentId, Path, description = "The department.")),
    request_body(content = DepartmentPatch, content_type = "application/merge-patch+json"),
    responses(
        (status = 200, description = "The department as it is now.", body = DepartmentBody),
        (status = 404, description = "There is no such department."),
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
