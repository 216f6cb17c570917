//! `/v1/data-subjects`, `/v1/retention` and `/v1/people/{id}/erase`.

use actix_web::{get, patch, post, web};
use serde_json::json;

use super::dto::{DataSubject, DataSubjectExport, DataSubjectToExport, ErasedDataSubject};
use super::retention::{self, Retention, RetentionPatch};
use super::{directory, visitors};
use crate::directory::people::PersonBody;
use crate::kernel::audit::{self, PersonalDataRead};
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::body::EmptyBody;
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::http::routes::Routes;
use crate::kernel::ids::PersonId;
use crate::kernel::installation_key::InstallationKey;
use crate::kernel::request::{Call, Meta};
use crate::kernel::state::AppState;

pub fn configure(routes: &mut impl Routes) {
    routes
        .service(export_data_subject)
        .service(erase_data_subject)
        .service(erase_person)
        .service(get_retention)
        .service(update_retention);
}

/// Export the data of a person
///
/// Returns every callback request with this phone number or e-mail address, with its calls and consents, and
/// for a person in the directory their record, positions, memberships, assignments, responses to approvals, delegations
/// and actions (GDPR, Article 15). The operation is a `POST`, so that no URL contains personal data. It changes no
/// data, ignores the `Idempotency-Key`, and every call has an entry in the audit trail with the identifiers of what was
/// read.
#[utoipa::path(
    tag = "Privacy",
    request_body = DataSubjectToExport,
    responses((status = 200, description = "All stored data of the visitor or the person.", body = DataSubjectExport)),
)]
#[post("/v1/data-subjects/export")]
pub async fn export_data_subject(
    app: web::Data<AppState>,
    Call { actor, body, meta }: Call<DataSubjectToExport>,
) -> Result<Response, Error> {
    let (caller, now, person) = (actor.clone(), app.environment.now(), body.person_id);
    let export = app.db.read_slowly(move |conn| visitors::export(conn, &actor, now, &body)).await?;
    let ids: Vec<_> = export.requests.iter().map(|stored| stored.request.id).collect();
    let mut read = json!({ "callback_requests": ids });
    if let Some(id) = person {
        read["person"] = json!(id);
    }
    let read = PersonalDataRead { operation: "export_data_subject", person: person.map(|id| id.to_string()), read };
    audit::record_read(&app, caller, meta.request_id, read).await?;
    Ok(Response::ok(&export)?.no_store())
}

/// Erase a visitor
///
/// Erases the personal data of every callback request with this phone number or e-mail address (GDPR, Article 17):
/// name, phone number, e-mail address, notes, external references, and responses stored for idempotency. Open and
/// quarantined requests are cancelled. The requests remain without personal data, so that reports stay correct. An
/// erasure cannot be undone. The operation ignores the `Idempotency-Key`: repeating it is harmless.
#[utoipa::path(
    tag = "Privacy",
    request_body = DataSubject,
    responses((status = 200, description = "The erased callback requests; empty when none was stored.", body = ErasedDataSubject)),
)]
#[post("/v1/data-subjects/erase")]
pub async fn erase_data_subject(
    app: web::Data<AppState>,
    Call { actor, body, meta }: Call<DataSubject>,
) -> Result<Response, Error> {
    // The response is not stored for replays, because the fingerprint of the request would reveal the phone number.
    // Erasing twice is harmless.
    let meta = Meta { idempotency: None, ..meta };
    let response = app.write(actor, meta, move |tx| Ok(Response::ok(&visitors::erase(tx, &body)?)?.no_store())).await?;
    app.db.scrub_soon().await;
    Ok(response)
}

/// Erase a person
///
/// Erases the name, e-mail address, login and employee number of a deactivated person in the directory, events, webhook
/// payloads, the audit trail and responses stored for idempotency, in their current form and in all earlier ones (GDPR,
/// Article 17). The person must be deactivated and must not be on the roster of agents. Signatures and assignments keep
/// the ID of the person. Audit entries keep the pseudonym of the person as their actor, and the login behind it is
/// erased. An erasure cannot be undone.
#[utoipa::path(
    tag = "Privacy",
    params(("id" = PersonId, Path, description = "Identifier of the person.")),
    request_body = EmptyBody,
    responses(
        (status = 200, description = "The person, without personal data.", body = PersonBody),
        (status = 409, description = "`illegal_transition`: the person is not deactivated, or is already erased. `conflict`: the person is on the roster of agents."),
    ),
)]
#[post("/v1/people/{id}/erase")]
pub async fn erase_person(
    app: web::Data<AppState>,
    key: web::Data<InstallationKey>,
    FromPath((id,)): FromPath<(PersonId,)>,
    Call { actor, body: _, meta }: Call<EmptyBody>,
) -> Result<Response, Error> {
    let response = key
        .write(&app, actor, meta, move |tx, key| {
            let person = directory::erase(tx, key, id)?;
            let version = person.version;
            Ok(Response::ok(&PersonBody::from(person))?.version(version).no_store())
        })
        .await?;
    app.pseudonyms.clear();
    app.discard_person(id);
    app.db.scrub_soon().await;
    Ok(response)
}

/// Get the retention periods
///
/// Returns the retention periods: for each state, the number of days from the last change of a callback request until
/// its personal data is erased.
#[utoipa::path(
    tag = "Privacy",
    responses(
        (status = 200, description = "The retention periods.", body = Retention),
        (status = 304, description = "Not modified: the resource still has the version in `If-None-Match`."),
    ),
)]
#[get("/v1/retention")]
pub async fn get_retention(app: web::Data<AppState>, actor: Actor) -> Result<Response, Error> {
    let (periods, version) = app.db.read(move |conn| retention::get(conn, &actor)).await?;
    Ok(Response::ok(&periods)?.version(version))
}

/// Update the retention periods
///
/// Changes the periods that you send (JSON Merge Patch). New periods also apply to existing callback requests: when you
/// shorten a period, personal data that is older than the new period is erased within minutes and cannot be restored.
/// Send the `ETag` of the version you read in `If-Match`.
#[utoipa::path(
    tag = "Privacy",
    request_body(content = RetentionPatch, content_type = "application/merge-patch+json"),
    responses((status = 200, description = "The updated retention periods.", body = Retention)),
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
