//! `/v1/data-subjects`, `/v1/retention`, and erasing people of the directory.

use actix_web::{get, patch, post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{DataSubject, DataSubjectExport, ErasedDataSubject};
use super::retention::{self, Retention, RetentionPatch};
use super::{directory, visitors};
use crate::directory::people::PersonBody;
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::body::Nothing;
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::ids::PersonId;
use crate::kernel::request::{Call, Meta};
use crate::kernel::state::AppState;

pub fn configure(config: &mut ServiceConfig) {
    config
        .service(export_data_subject)
        .service(erase_data_subject)
        .service(erase_person)
        .service(get_retention)
        .service(update_retention);
}

/// Export what is held of a visitor
///
/// Every callback request of the number or the address, with attempts and consents (GDPR, Article
/// 15). A POST, so that nothing personal stands in an address; it changes nothing.
#[utoipa::path(
    tag = "Privacy",
    request_body = DataSubject,
    responses((status = 200, description = "Everything that is held.", body = DataSubjectExport)),
)]
#[post("/v1/data-subjects/export")]
pub async fn export_data_subject(
    app: web::Data<AppState>,
    Call { actor, body, meta: _ }: Call<DataSubject>,
) -> Result<Response, Error> {
    let now = app.environment.now();
    let held = app.db.read(move |conn| visitors::export(conn, &actor, now, &body)).await?;
    Ok(Response::ok(&held)?.no_store())
}

/// Erase a visitor
///
/// What is open is cancelled; name, number, address, notes and attempts' notes are deleted, from
/// kept answers, too (GDPR, Article 17). The requests stay as numbers for the reports. It cannot be
/// undone.
#[utoipa::path(
    tag = "Privacy",
    request_body = DataSubject,
    responses((status = 200, description = "What was erased; nothing, when nothing was held.", body = ErasedDataSubject)),
)]
#[post("/v1/data-subjects/erase")]
pub async fn erase_data_subject(
    app: web::Data<AppState>,
    Call { actor, body, meta }: Call<DataSubject>,
) -> Result<Response, Error> {
    // No response is stored, because the fingerprint of the request would reveal the phone number. Erasing twice does no harm.
    let meta = Meta { idempotency: None, ..meta };
    let answer = app.write(actor, meta, move |tx| Ok(Response::ok(&visitors::erase(tx, &body)?)?.no_store())).await?;
    app.db.scrub().await?;
    Ok(answer)
}

/// Erase a person from the directory
///
/// Somebody who has left (`deactivate`). Name, address and subject are replaced, in events, payloads
/// of webhooks, the audit trail and kept answers, too. What the person signed and owned stays under
/// the id, and what they did under the subject of their tokens. It cannot be undone.
#[utoipa::path(
    tag = "Privacy",
    params(("id" = PersonId, Path, description = "The person.")),
    request_body = Nothing,
    responses(
        (status = 200, description = "What is left.", body = PersonBody),
        (status = 409, description = "`illegal_transition`: the person has not left, or was erased before. `conflict`: they are on the roster of agents."),
    ),
)]
#[post("/v1/people/{id}/erase")]
pub async fn erase_person(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(PersonId,)>,
    Call { actor, body: _, meta }: Call<Nothing>,
) -> Result<Response, Error> {
    let answer = app
        .write(actor, meta, move |tx| {
            let person = directory::erase(tx, id)?;
            let version = person.version;
            Ok(Response::ok(&PersonBody::from(person))?.version(version).no_store())
        })
        .await?;
    app.db.scrub().await?;
    Ok(answer)
}

/// Read the retention periods
///
/// How many days after its last change a closed callback request is erased, by state.
#[utoipa::path(
    tag = "Privacy",
    responses(
        (status = 200, description = "The periods.", body = Retention),
        (status = 304, description = "You have the present version already."),
    ),
)]
#[get("/v1/retention")]
pub async fn get_retention(app: web::Data<AppState>, actor: Actor) -> Result<Response, Error> {
    let (periods, version) = app.db.read(move |conn| retention::get(conn, &actor)).await?;
    Ok(Response::ok(&periods)?.version(version))
}

/// Change the retention periods
///
/// JSON Merge Patch. They hold for what is there already, too: what is over its period is erased
/// within minutes, and cannot be brought back.
#[utoipa::path(
    tag = "Privacy",
    request_body(content = RetentionPatch, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The periods as they are now.", body = Retention)),
)]
#[patch("/v1/retention")]
pub async fn update_retention(
    app: web::Data<AppState>,
    Call { actor, body, meta }: Call<RetentionPatch>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let (periods, version) = retention::update(tx, &body)?;
        Ok(Response::ok(&periods)?.version(version))
    })
    .await
}
