//! Charter, seats and signatures.

use actix_web::{get, post, put, web};

use super::answer;
use crate::auth::Actor;
use crate::error::Error;
use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::http::page::{Page, PageRequest};
use crate::http::path::FromPath;
use crate::http::query::FromQuery;
use crate::ids::{DepartmentId, ProjectId};
use crate::projects::dto::{
    CharterBody, CharterQuery, CharterText, CharterToSign, ProjectBody, SeatTaker, SignatureBody, SignatureQuery,
};
use crate::projects::{agreement, service};
use crate::state::AppState;

/// Read the charter
///
/// The newest version, or the one you name. The `ETag` is that of the project.
#[utoipa::path(
    tag = "Projects",
    params(("id" = ProjectId, Path, description = "The project."), CharterQuery),
    responses(
        (status = 200, description = "The charter.", body = CharterBody),
        (status = 304, description = "You have the present version already."),
        (status = 404, description = "There is no such project or version."),
    ),
)]
#[get("/v1/projects/{id}/charter")]
pub async fn get_charter(
    app: web::Data<AppState>,
    actor: Actor,
    path: FromPath<(ProjectId,)>,
    from: FromQuery<CharterQuery>,
) -> Result<Answer, Error> {
    let FromPath((id,)) = path;
    let (wanted, now) = (from.query.version, app.world.now());
    let (charter, version) = app.db.read(move |conn| service::charter(conn, &actor, id, wanted, now)).await?;
    Ok(Answer::ok(&charter)?.version(version))
}

/// Revise the charter
///
/// Writes the next version, which all sides have to sign; the same text again changes nothing.
/// Possible until the project is activated. Send the `ETag` of the project in `If-Match`.
#[utoipa::path(
    tag = "Projects",
    params(("id" = ProjectId, Path, description = "The project.")),
    request_body = CharterText,
    responses(
        (status = 200, description = "The charter as it is now.", body = CharterBody),
        (status = 404, description = "There is no such project."),
        (status = 409, description = "`illegal_transition`: the project has been activated or is over."),
    ),
)]
#[put("/v1/projects/{id}/charter")]
pub async fn replace_charter(
    app: web::Data<AppState>,
    path: FromPath<(ProjectId,)>,
    call: Call<CharterText>,
) -> Result<Answer, Error> {
    let FromPath((id,)) = path;
    let Call { actor, body, meta } = call;
    app.write(actor, meta, move |tx| {
        let (charter, version) = agreement::revise(tx, id, &body)?;
        Ok(Answer::ok(&charter)?.version(version))
    })
    .await
}

/// Seat a sponsor
///
/// Fills the seat of a side, or gives it to somebody else; what the predecessor has signed has to
/// be signed again. One person never sits for two sides. Send the `ETag` of the project in
/// `If-Match`.
#[utoipa::path(
    tag = "Projects",
    params(
        ("id" = ProjectId, Path, description = "The project."),
        ("department_id" = DepartmentId, Path, description = "The side."),
    ),
    request_body = SeatTaker,
    responses(
        (status = 200, description = "The project as it is now.", body = ProjectBody),
        (status = 404, description = "There is no such project, or the department is no side of it."),
        (status = 409, description = "`conflict`: the person sits for another side; `illegal_transition`: the project has been activated or is over."),
    ),
)]
#[put("/v1/projects/{id}/sides/{department_id}/sponsor")]
pub async fn seat_sponsor(
    app: web::Data<AppState>,
    path: FromPath<(ProjectId, DepartmentId)>,
    call: Call<SeatTaker>,
) -> Result<Answer, Error> {
    let FromPath((id, side)) = path;
    let Call { actor, body, meta } = call;
    app.write(actor, meta, move |tx| answer(&agreement::seat(tx, id, side, body.person_id)?)).await
}

/// Sign the charter
///
/// For your side: only its sponsor can. Version and hash say what exactly you have read; when the
/// charter has moved on since, you sign nothing.
#[utoipa::path(
    tag = "Projects",
    params(("id" = ProjectId, Path, description = "The project.")),
    request_body = CharterToSign,
    responses(
        (status = 201, description = "Your signature.", body = SignatureBody),
        (status = 404, description = "There is no such project."),
        (status = 409, description = "`already_exists`: your side has signed; `conflict`: this is not the newest charter; `illegal_transition`: the project is not proposed."),
    ),
)]
#[post("/v1/projects/{id}/sign")]
pub async fn sign_charter(
    app: web::Data<AppState>,
    path: FromPath<(ProjectId,)>,
    call: Call<CharterToSign>,
) -> Result<Answer, Error> {
    let FromPath((id,)) = path;
    let Call { actor, body, meta } = call;
    app.write(actor, meta, move |tx| {
        let (signature, version) = agreement::sign(tx, id, &body)?;
        let location = format!("/v1/projects/{id}/signatures");
        Ok(Answer::created(location, &SignatureBody::from(signature))?.version(version))
    })
    .await
}

/// List signatures
///
/// Of all sides and versions, in the order in which they were given, with those that a new sponsor
/// has to give again.
#[utoipa::path(
    tag = "Projects",
    params(("id" = ProjectId, Path, description = "The project."), SignatureQuery),
    responses(
        (status = 200, description = "A page of signatures.", body = Page<SignatureBody>),
        (status = 404, description = "There is no such project."),
    ),
)]
#[get("/v1/projects/{id}/signatures")]
pub async fn list_signatures(
    app: web::Data<AppState>,
    actor: Actor,
    path: FromPath<(ProjectId,)>,
    from: FromQuery<SignatureQuery>,
) -> Result<Answer, Error> {
    let FromPath((id,)) = path;
    let page = PageRequest::new(&from, from.query.limit, from.query.cursor.as_deref())?;
    let (wanted, now) = (page.clone(), app.world.now());
    let rows = app.db.read(move |conn| service::signatures(conn, &actor, id, now, &wanted)).await?;
    page.answer(rows, |row| (String::new(), row.id.to_string()), SignatureBody::from)
}
