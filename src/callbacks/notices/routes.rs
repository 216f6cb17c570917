//! `/v1/privacy-notices`.

use actix_web::{HttpRequest, get, post, web};

use super::dto::{NewPrivacyNotice, NoticeBody, NoticeListQuery, NoticeQuery, PrivacyNoticeSha256};
use super::service;
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::list::{ListRequest, PageBody, PageQuery};
use crate::kernel::http::path::FromPath;
use crate::kernel::http::query::FromQuery;
use crate::kernel::http::response::Response;
use crate::kernel::http::routes::Routes;
use crate::kernel::request::{self, Call};
use crate::kernel::state::AppState;

pub fn configure(routes: &mut impl Routes) {
    routes
        .service(publish_privacy_notice)
        .service(list_privacy_notices)
        .service(get_current_privacy_notice)
        .service(get_privacy_notice);
}

/// Publish a privacy notice
///
/// Publishes a new text in one language. From then on it is the current notice that visitors are shown in this
/// language. Earlier notices remain available by their hash, so that you can prove years later which text a visitor
/// was shown. The text must not have been published before.
#[utoipa::path(
    tag = "Privacy",
    request_body = NewPrivacyNotice,
    responses(
        (status = 201, description = "The notice.", body = NoticeBody),
        (status = 409, description = "`already_exists`: the same text was published before."),
    ),
)]
#[post("/v1/privacy-notices")]
pub async fn publish_privacy_notice(
    app: web::Data<AppState>,
    Call { actor, body, meta }: Call<NewPrivacyNotice>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let notice = service::publish(tx, &body)?;
        Response::created(format!("/v1/privacy-notices/{}", notice.sha256), &NoticeBody::from(notice))
    })
    .await
}

/// List privacy notices
///
/// Returns every notice that was ever published, oldest first.
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

/// Get the current privacy notice
///
/// Returns the notice to show to visitors in a language. If you build your own form, show this text and send its
/// `sha256` with the callback request, so that you can prove later which text the visitor was shown.
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
    let locale = from.0.locale.unwrap_or_else(|| request::visitor_lang(&request));
    let notice = app.db.read(move |conn| service::current(conn, locale)).await?;
    Response::ok(&NoticeBody::from(notice))
}

/// Get a privacy notice
///
/// Returns the notice with this hash and its exact text, even if a newer notice has replaced it.
#[utoipa::path(
    tag = "Privacy",
    security(()),
    params(("sha256" = PrivacyNoticeSha256, Path, description = "SHA-256 of the text, in lower-case hexadecimal.")),
    responses(
        (status = 200, description = "The notice.", body = NoticeBody),
        (status = 404, description = "`not_found`: no notice with this hash was ever published."),
    ),
)]
#[get("/v1/privacy-notices/{sha256}")]
pub async fn get_privacy_notice(
    app: web::Data<AppState>,
    path: FromPath<(PrivacyNoticeSha256,)>,
) -> Result<Response, Error> {
    let FromPath((PrivacyNoticeSha256(sha256),)) = path;
    let notice = app.db.read(move |conn| service::by_hash(conn, &sha256)).await?;
    Response::ok(&NoticeBody::from(notice))
}
