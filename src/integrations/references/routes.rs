//! `/v1/callback-requests/{id}/external-references` and `/v1/projects/{id}/external-references`.

use actix_web::{delete, get, put, web};

use super::dto::{ExternalReferenceList, NewExternalReference, ReferenceBody};
use super::referable::Referable;
use super::rows::Reference;
use super::service;
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::body::EmptyBody;
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::http::routes::Routes;
use crate::kernel::ids::{CallbackRequestId, ProjectId};
use crate::kernel::request::Call;
use crate::kernel::state::AppState;
use crate::kernel::system_name::SystemName;

pub fn configure(routes: &mut impl Routes) {
    routes
        .service(list_callback_references)
        .service(get_callback_reference)
        .service(replace_callback_reference)
        .service(delete_callback_reference)
        .service(list_project_references)
        .service(get_project_reference)
        .service(replace_project_reference)
        .service(delete_project_reference);
}

/// List the external references of a callback request
///
/// Returns the ID, link and status of the callback request in every system that has written a reference, for example
/// the contact in your CRM.
#[utoipa::path(
    tag = "Callbacks",
    params(("id" = CallbackRequestId, Path, description = "Identifier of the callback request.")),
    responses(
        (status = 200, description = "The references.", body = ExternalReferenceList),
        (status = 404, description = "`not_found`: the callback request does not exist."),
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

/// Get an external reference of a callback request
///
/// Returns the ID, link and status of the callback request in one other system, with the `ETag`. Send the `ETag` in
/// `If-Match` when you replace the reference.
#[utoipa::path(
    tag = "Callbacks",
    params(
        ("id" = CallbackRequestId, Path, description = "Identifier of the callback request."),
        ("system" = inline(SystemName), Path, description = "Short name of the other system.", example = "salesforce"),
    ),
    responses(
        (status = 200, description = "The reference.", body = ReferenceBody),
        (status = 304, description = "Not modified: the resource still has the version in `If-None-Match`."),
        (status = 404, description = "`not_found`: the callback request does not exist, or the system has no reference to it."),
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

/// Replace an external reference of a callback request
///
/// Creates or replaces the reference of one system. The other system calls this operation to write back the ID, link
/// and status of the record that it keeps for this callback request. Every change creates the event
/// `external_reference.recorded`; when an application makes the change, webhook endpoints with the same `system` do not
/// receive the event, which prevents loops. Send the `ETag` of the version you read in `If-Match` to replace it, or
/// `If-None-Match: *` to create it.
#[utoipa::path(
    tag = "Callbacks",
    params(
        ("id" = CallbackRequestId, Path, description = "Identifier of the callback request."),
        ("system" = inline(SystemName), Path, description = "Short name of the other system.", example = "salesforce"),
    ),
    request_body = NewExternalReference,
    responses(
        (status = 200, description = "The reference was replaced.", body = ReferenceBody),
        (status = 201, description = "The reference was created.", body = ReferenceBody),
        (status = 404, description = "`not_found`: the callback request does not exist."),
        (status = 409, description = "`conflict`: the personal data of the request was erased, or 50 systems already have a reference to it."),
    ),
)]
#[put("/v1/callback-requests/{id}/external-references/{system}")]
pub async fn replace_callback_reference(
    app: web::Data<AppState>,
    FromPath((id, system)): FromPath<(CallbackRequestId, SystemName)>,
    call: Call<NewExternalReference>,
) -> Result<Response, Error> {
    let path = format!("/v1/callback-requests/{id}/external-references/{system}");
    put_one(app, call, id, system, path).await
}

/// Delete an external reference of a callback request
///
/// Deletes the reference of one system, for example because the record was deleted there. Nothing is changed in the
/// other system.
#[utoipa::path(
    tag = "Callbacks",
    params(
        ("id" = CallbackRequestId, Path, description = "Identifier of the callback request."),
        ("system" = inline(SystemName), Path, description = "Short name of the other system.", example = "salesforce"),
    ),
    responses(
        (status = 204, description = "The reference was deleted."),
        (status = 404, description = "`not_found`: the callback request does not exist, or the system has no reference to it."),
        (status = 409, description = "`conflict`: the personal data of the request was erased."),
    ),
)]
#[delete("/v1/callback-requests/{id}/external-references/{system}")]
pub async fn delete_callback_reference(
    app: web::Data<AppState>,
    FromPath((id, system)): FromPath<(CallbackRequestId, SystemName)>,
    call: Call<EmptyBody>,
) -> Result<Response, Error> {
    delete_one(app, call, id, system).await
}

/// List the external references of a project
///
/// Returns the ID, link and status of the project in every system that has written a reference, for example the epic in
/// your issue tracker.
#[utoipa::path(
    tag = "Projects",
    params(("id" = ProjectId, Path, description = "Identifier of the project.")),
    responses(
        (status = 200, description = "The references.", body = ExternalReferenceList),
        (status = 404, description = "`not_found`: the project does not exist, or you do not have access to it."),
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

/// Get an external reference of a project
///
/// Returns the ID, link and status of the project in one other system, with the `ETag`. Send the `ETag` in `If-Match`
/// when you replace the reference.
#[utoipa::path(
    tag = "Projects",
    params(
        ("id" = ProjectId, Path, description = "Identifier of the project."),
        ("system" = inline(SystemName), Path, description = "Short name of the other system.", example = "jira"),
    ),
    responses(
        (status = 200, description = "The reference.", body = ReferenceBody),
        (status = 304, description = "Not modified: the resource still has the version in `If-None-Match`."),
        (status = 404, description = "`not_found`: the project does not exist, you do not have access to it, or the system has no reference to it."),
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

/// Replace an external reference of a project
///
/// Creates or replaces the reference of one system. The other system calls this operation to write back the ID, link
/// and status of the record that it keeps for this project; the project lead and the sponsors can call it, too.
/// Every change creates the event `external_reference.recorded`; when an application makes the change, webhook
/// endpoints with the same `system` do not receive the event, which prevents loops. Send the `ETag` of the version you
/// read in `If-Match` to replace it, or `If-None-Match: *` to create it.
#[utoipa::path(
    tag = "Projects",
    params(
        ("id" = ProjectId, Path, description = "Identifier of the project."),
        ("system" = inline(SystemName), Path, description = "Short name of the other system.", example = "jira"),
    ),
    request_body = NewExternalReference,
    responses(
        (status = 200, description = "The reference was replaced.", body = ReferenceBody),
        (status = 201, description = "The reference was created.", body = ReferenceBody),
        (status = 404, description = "`not_found`: the project does not exist, or you do not have access to it."),
        (status = 409, description = "`conflict`: 50 systems already have a reference to the project."),
    ),
)]
#[put("/v1/projects/{id}/external-references/{system}")]
pub async fn replace_project_reference(
    app: web::Data<AppState>,
    FromPath((id, system)): FromPath<(ProjectId, SystemName)>,
    call: Call<NewExternalReference>,
) -> Result<Response, Error> {
    let path = format!("/v1/projects/{id}/external-references/{system}");
    put_one(app, call, id, system, path).await
}

/// Delete an external reference of a project
///
/// Deletes the reference of one system, for example because the record was deleted there. Nothing is changed in the
/// other system.
#[utoipa::path(
    tag = "Projects",
    params(
        ("id" = ProjectId, Path, description = "Identifier of the project."),
        ("system" = inline(SystemName), Path, description = "Short name of the other system.", example = "jira"),
    ),
    responses(
        (status = 204, description = "The reference was deleted."),
        (status = 404, description = "`not_found`: the project does not exist, you do not have access to it, or the system has no reference to it."),
    ),
)]
#[delete("/v1/projects/{id}/external-references/{system}")]
pub async fn delete_project_reference(
    app: web::Data<AppState>,
    FromPath((id, system)): FromPath<(ProjectId, SystemName)>,
    call: Call<EmptyBody>,
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
    respond(app.db.read(move |conn| service::get(conn, &actor, record, &system, now)).await?)
}

async fn put_one(
    app: web::Data<AppState>,
    Call { actor, body, meta }: Call<NewExternalReference>,
    record: impl Into<Referable>,
    system: SystemName,
    path: String,
) -> Result<Response, Error> {
    let record = record.into();
    app.write(actor, meta, move |tx| {
        let (reference, is_new) = service::put(tx, record, &system, &body)?;
        let response = respond(reference)?;
        Ok(if is_new { response.at(path.clone()) } else { response })
    })
    .await
}

async fn delete_one(
    app: web::Data<AppState>,
    Call { actor, meta, .. }: Call<EmptyBody>,
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

fn respond(reference: Reference) -> Result<Response, Error> {
    let version = reference.version;
    Ok(Response::ok(&ReferenceBody::from(reference))?.version(version).no_store())
}
