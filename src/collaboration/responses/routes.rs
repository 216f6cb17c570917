//! `/v1/consents/{id}/answers`.

use actix_web::{post, web};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::NewConsentAnswer;
use super::respond;
use crate::collaboration::approvals::ConsentBody;
use crate::kernel::error::Error;
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::ids::ConsentId;
use crate::kernel::request::Call;
use crate::kernel::state::AppState;

pub fn configure(config: &mut ServiceConfig) {
    config.service(answer_consent);
}

/// Answer for your side
///
/// The sponsor answers, or the sponsor's delegate of the day. Until the last side has answered,
/// another answer replaces yours. The last answer settles the matter, and what was asked happens
/// with it: a charter comes into force, a project resumes, an area changes hands.
#[utoipa::path(
    tag = "Consents",
    params(("id" = ConsentId, Path, description = "The consent.")),
    request_body = NewConsentAnswer,
    responses(
        (status = 200, description = "The consent as it is now.", body = ConsentBody),
        (status = 404, description = "There is no such consent, or you have no part in its project."),
        (status = 409, description = "`illegal_transition`: it is not open any more, or overdue; `conflict`: the hash is of something else; `not_ready`: a seat of the project is vacant."),
    ),
)]
#[post("/v1/consents/{id}/answers")]
pub async fn answer_consent(
    app: web::Data<AppState>,
    FromPath((id,)): FromPath<(ConsentId,)>,
    Call { actor, body, meta }: Call<NewConsentAnswer>,
) -> Result<Response, Error> {
    app.write(actor, meta, move |tx| {
        let asked = respond::respond(tx, id, &body)?;
        Ok(Response::ok(&ConsentBody::try_from(&asked)?)?.version(asked.row.version))
    })
    .await
}
