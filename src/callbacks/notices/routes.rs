//! `/v1/privacy-notices`.

use actix_web::{HttpRequest, get, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{NewNotice, NoticeBody, NoticeListQuery, NoticeQuery, NoticeSha256};
use super::service;
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::list::{ListRequest, PageBody, PageQuery};
use crate::kernel::http::path::FromPath;
use crate::kernel::http::query::FromQuery;
use crate::kernel::http::response::Response;
use crate::kernel::request::{self, Call};
use crate::kernel::state::AppState;

pub fn configure(config: &mut ServiceConfig) {
    config
        .service(publish_privacy_notice)
        .service(list_privacy_notices)
        .service(get_current_privacy_notice)
        .service(get_privacy_notice);
}

/// Publish a privacy notice
///
/// Visitors who use this language read the new text from now on. The texts before stay, so that
/// what somebody was shown can be proved years later.
#[utoipa::path(
    tag = "Privacy",
    request_body = NewNotice,
    responses(
        (status = 201, description = "The notice.", body = NoticeBody),
        (status = 409, description = "`already_exists`: this very text was published before."),
    ),
)]
#[post("/v1/privacy-notices")]
pub async fn publish_privacy_notice(
    app: web::Data<AppState>,
    Call { actor, body, meta }: Call<NewNotice>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let notice = service::publish(tx, &body)?;
        Response::created(format!("/v1/privacy-notices/{}", notice.sha256), &NoticeBody::from(notice))
    })
    .await
}

/// List privacy notices
///
/// Every text that was ever shown, oldest first.
#[utoipa::path(
    tag = "Privacy",
    params(NoticeListQuery, PageQuery),
    responses((status = 200, description = "A page of notices.", body = PageBody<NoticeBody>)),
)]
#[get("/v1/privacy-notices")]
pub async fn list_privacy_notices(
    app: web::Data<AppState>,
    actor: Actor,
    ListRequest { query, page, links }: ListRequest<NoticeListQuery>,
) -> Result<Response, Error> {
    let locale = query.locale;
    let rows = app.db.read(move |conn| service::list(conn, &actor, locale, &page)).await?;
    links.respond(rows, |row| row.id.to_string(), NoticeBody::from)
}

/// Read the present privacy notice
///
/// Show it with the form, and name its `sha256` in the request, so that it can be proved later
/// which text was read.
#[utoipa::path(
    tag = "Privacy",
    security(()),
    params(NoticeQuery),
    responses((status = 200, description = "The notice.", body = NoticeBody)),
)]
#[get("/v1/privacy-notices/current")]
pub async fn get_current_privacy_notice(
    app: web::Data<AppState>,
    request: HttpRequest,
    from: FromQuery<NoticeQuery>,
) -> Result<Response, Error> {
    let locale = from.0.locale.unwrap_or_else(|| request::lang(&request));
    let notice = app.db.read(move |conn| service::current(conn, locale)).await?;
    Response::ok(&NoticeBody::from(notice))
}

/// Read a privacy notice by its hash
///
/// The exact text, however old.
#[utoipa::path(
    tag = "Privacy",
    security(()),
    params(("sha256" = NoticeSha256, Path, description = "SHA-256 of the text.")),
    responses(
        (status = 200, description = "The notice.", body = NoticeBody),
        (status = 404, description = "No notice with this text was ever shown."),
    ),
)]
#[get("/v1/privacy-notices/{sha256}")]
pub async fn get_privacy_notice(app: web::Data<AppState>, path: FromPath<(NoticeSha256,)>) -> Result<Response, Error> {
    let FromPath((NoticeSha256(sha256),)) = path;
    let notice = app.db.read(move |conn| service::by_hash(conn, &sha256)).await?;
    Response::ok(&NoticeBody::from(notice))
}
