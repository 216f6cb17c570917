//! `/v1/form-settings`.

use actix_web::{get, patch, web};

use super::dto::{FormSettingsBody, FormSettingsPatch};
use super::service;
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::response::Response;
use crate::kernel::http::routes::Routes;
use crate::kernel::request::Call;
use crate::kernel::state::AppState;

pub fn configure(routes: &mut impl Routes) {
    routes.service(get_form_settings).service(update_form_settings);
}

/// Get the form settings
///
/// Returns the branding and the content of the callback form at `/callback`: company name, logo, colour, texts in each
/// language, fields, topics and the page that visitors see afterwards.
#[utoipa::path(
    tag = "Callbacks",
    responses(
        (status = 200, description = "The settings.", body = FormSettingsBody),
        (status = 304, description = "Not modified: the resource still has the version in `If-None-Match`."),
    ),
)]
#[get("/v1/form-settings")]
pub async fn get_form_settings(app: web::Data<AppState>, actor: Actor) -> Result<Response, Error> {
    let (settings, version) = app.db.read(move |conn| service::get(conn, &actor)).await?;
    Ok(Response::ok(&settings)?.version(version))
}

/// Update the form settings
///
/// Changes the fields that you send (JSON Merge Patch), from now on. Send the `ETag` of the version you read in
/// `If-Match`. Texts are shown as they are, never as HTML. A wording of the consent to marketing stays recorded after
/// it was changed: visitors who opened the form before the change can still submit it, and each consent has the hash
/// of its exact text.
///
/// `email_field`, `company_field` and `intents` apply only to the form at `/callback`. Your own form, which calls the
/// API, can ask for other fields.
#[utoipa::path(
    tag = "Callbacks",
    request_body(content = FormSettingsPatch, content_type = "application/merge-patch+json"),
    responses(
        (status = 200, description = "The updated settings.", body = FormSettingsBody),
        (status = 413, description = "`payload_too_large`: the body is larger than 256 KiB."),
        (
            status = 422,
            description = "`validation_failed`, for example `contrast_too_low` for a colour on which white text cannot be \
                           read, and `image_format` for a logo that is neither PNG nor WebP.",
        ),
    ),
)]
#[patch("/v1/form-settings")]
pub async fn update_form_settings(
    app: web::Data<AppState>,
    Call { actor, body, meta }: Call<FormSettingsPatch>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let (settings, version) = service::update(tx, &body)?;
        Ok(Response::ok(&settings)?.version(version))
    })
    .await
}
