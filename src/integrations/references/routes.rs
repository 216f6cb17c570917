//! `/v1/callback-requests/{id}/external-references` and `/v1/projects/{id}/external-references`.

use actix_web::{delete, get, put, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{ExternalReferenceList, NewExternalReference, ReferenceBody};
use super::referable::Referable;
use super::rows::Reference;
use super::service;
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::body::Nothing;
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::ids::{CallbackRequestId, ProjectId};
use crate::kernel::request::Call;
use crate::kernel::state::AppState;
use crate::kernel::system_name::SystemName;

pub fn configure(config: &mut ServiceConfig) {
    config
        .service(list_callback_references)
        .service(get_callback_reference)
        .service(put_callback_reference)
        .service(delete_callback_reference)
        .service(list_project_references)
        .service(get_project_reference)
        .service(put_project_reference)
        .service(delete_project_reference);
}

/// List the external references of a callback request
///
/// What other systems call it.
#[utoipa::path(
    tag = "Callbacks",
    params(("id" = CallbackRequestId, Path, description = "The callback request.")),
    responses(
        (status = 200, description = "Its references.", body = ExternalReferenceList),
        (status = 404, description = "There is no such callback request."),
    ),
)]
#[get("/v1/callback-requests/{id}/external-references")]
pub async fn list_callback_references(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(CallbackRequestId,)>,
) -> Result<Response, Error> {
    list(app, actor, id).await
}

/// Read the external reference of a callback request
///
/// What one other system calls it. The `ETag` is for `If-Match` when you write it.
#[utoipa::path(
    tag = "Callbacks",
    params(
        ("id" = CallbackRequestId, Path, description = "The callback request."),
        ("system" = inline(SystemName), Path, description = "The short name of the other system.", example = "salesforce"),
    ),
    responses(
        (status = 200, description = "The reference.", body = ReferenceBody),
        (status = 304, description = "You have the present version already."),
        (status = 404, description = "There is no such callback request, or no such reference."),
    ),
)]
#[get("/v1/callback-requests/{id}/external-references/{system}")]
pub async fn get_callback_reference(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id, system)): FromPath<(CallbackRequestId, SystemName)>,
) -> Result<Response, Error> {
    get_one(app, actor, id, system).await
}

/// Write the external reference of a callback request
///
/// For the other system: its id, link and status of what it keeps about this callback request. Events tell others of it; webhook
/// endpoints of that `system` are not told. Send `*` in `If-Match` unless you mean one version.
#[utoipa::path(
    tag = "Callbacks",
    params(
        ("id" = CallbackRequestId, Path, description = "The callback request."),
        ("system" = inline(SystemName), Path, description = "The short name of the other system.", example = "salesforce"),
    ),
    request_body = NewExternalReference,
    responses(
        (status = 200, description = "The reference.", body = ReferenceBody),
        (status = 404, description = "There is no such callback request."),
        (status = 409, description = "`conflict`: the person was erased, or too many systems know the record."),
    ),
)]
#[put("/v1/callback-requests/{id}/external-references/{system}")]
pub async fn put_callback_reference(
    app: web::Data<AppState>,
    FromPath((id, system)): FromPath<(CallbackRequestId, SystemName)>,
    call: Call<NewExternalReference>,
) -> Result<Response, Error> {
    put_one(app, call, id, system).await
}

/// Remove the external reference of a callback request
///
/// The other system keeps nothing about it any more.
#[utoipa::path(
    tag = "Callbacks",
    params(
        ("id" = CallbackRequestId, Path, description = "The callback request."),
        ("system" = inline(SystemName), Path, description = "The short name of the other system.", example = "salesforce"),
    ),
    responses(
        (status = 204, description = "It is gone."),
        (status = 404, description = "There is no such callback request, or no such reference."),
        (status = 409, description = "`conflict`: the person was erased."),
    ),
)]
#[delete("/v1/callback-requests/{id}/external-references/{system}")]
pub async fn delete_callback_reference(
    app: web::Data<AppState>,
    FromPath((id, system)): FromPath<(CallbackRequestId, SystemName)>,
    call: Call<Nothing>,
) -> Result<Response, Error> {
    delete_one(app, call, id, system).await
}

/// List the external references of a project
///
/// What other systems call it.
#[utoipa::path(
    tag = "Projects",
    params(("id" = ProjectId, Path, description = "The project.")),
    responses(
        (status = 200, description = "Its references.", body = ExternalReferenceList),
        (status = 404, description = "There is no such project."),
    ),
)]
#[get("/v1/projects/{id}/external-references")]
pub async fn list_project_references(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(ProjectId,)>,
) -> Result<Response, Error> {
    list(app, actor, id).await
}

/// Read the external reference of a project
///
/// What one other system calls it. The `ETag` is for `If-Match` when you write it.
#[utoipa::path(
    tag = "Projects",
    params(
        ("id" = ProjectId, Path, description = "The project."),
        ("system" = inline(SystemName), Path, description = "The short name of the other system.", example = "jira"),
    ),
    responses(
        (status = 200, description = "The reference.", body = ReferenceBody),
        (status = 304, description = "You have the present version already."),
        (status = 404, description = "There is no such project, or no such reference."),
    ),
)]
#[get("/v1/projects/{id}/external-references/{system}")]
pub async fn get_project_reference(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id, system)): FromPath<(ProjectId, SystemName)>,
) -> Result<Response, Error> {
    get_one(app, actor, id, system).await
}

/// Write the external reference of a project
///
/// For the other system: its id, link and status of what it keeps about this project. Events tell others of it; webhook
/// endpoints of that `system` are not told. Send `*` in `If-Match` unless you mean one version.
#[utoipa::path(
    tag = "Projects",
    params(
        ("id" = ProjectId, Path, description = "The project."),
        ("system" = inline(SystemName), Path, description = "The short name of the other system.", example = "jira"),
    ),
    request_body = NewExternalReference,
    responses(
        (status = 200, description = "The reference.", body = ReferenceBody),
        (status = 404, description = "There is no such project."),
        (status = 409, description = "`conflict`: too many systems know the record."),
    ),
)]
#[put("/v1/projects/{id}/external-references/{system}")]
pub async fn put_project_reference(
    app: web::Data<AppState>,
    FromPath((id, system)): FromPath<(ProjectId, SystemName)>,
    call: Call<NewExternalReference>,
) -> Result<Response, Error> {
    put_one(app, call, id, system).await
}

/// Remove the external reference of a project
///
/// The other system keeps nothing about it any more.
#[utoipa::path(
    tag = "Projects",
    params(
        ("id" = ProjectId, Path, description = "The project."),
        ("system" = inline(SystemName), Path, description = "The short name of the other system.", example = "jira"),
    ),
    responses(
        (status = 204, description = "It is gone."),
        (status = 404, description = "There is no such project, or no such reference."),
    ),
)]
#[delete("/v1/projects/{id}/external-references/{system}")]
pub async fn delete_project_reference(
    app: web::Data<AppState>,
    FromPath((id, system)): FromPath<(ProjectId, SystemName)>,
    call: Call<Nothing>,
) -> Result<Response, Error> {
    delete_one(app, call, id, system).await
}

async fn list(app: web::Data<AppState>, actor: Actor, record: impl Into<Referable>) -> Result<Response, Error> {
    let (record, now) = (record.into(), app.environment.now());
    let rows = app.db.read(move |conn| service::list(conn, &actor, record, now)).await?;
    Ok(Response::ok(&ExternalReferenceList { data: rows.into_iter().map(ReferenceBody::from).collect() })?.no_store())
}

async fn get_one(
    app: web::Data<AppState>,
    actor: Actor,
    record: impl Into<Referable>,
    system: SystemName,
) -> Result<Response, Error> {
    let (record, now) = (record.into(), app.environment.now());
    answer(app.db.read(move |conn| service::get(conn, &actor, record, &system, now)).await?)
}

async fn put_one(
    app: web::Data<AppState>,
    Call { actor, body, meta }: Call<NewExternalReference>,
    record: impl Into<Referable>,
    system: SystemName,
) -> Result<Response, Error> {
    let record = record.into();
    app.write(actor, meta, move |tx| answer(service::put(tx, record, &system, &body)?)).await
}

async fn delete_one(
    app: web::Data<AppState>,
    Call { actor, meta, .. }: Call<Nothing>,
    record: impl Into<Referable>,
    system: SystemName,
) -> Result<Response, Error> {
    let record = record.into();
    app.write(actor, meta, move |tx| {
        service::delete(tx, record, &system)?;
        Ok(Response::no_content())
    })
    .await
}

fn answer(reference: Reference) -> Result<Response, Error> {
    let version = reference.version;
    Ok(Response::ok(&ReferenceBody::from(reference))?.version(version).no_store())
}
