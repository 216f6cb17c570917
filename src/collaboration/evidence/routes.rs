//! `GET /v1/projects/{id}/evidence` and `GET /v1/evidence-key`.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::{HttpResponse, get, web};

use super::dto::{Evidence, EvidenceKeyBody};
use super::{entries, file};
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::evidence_key::EvidenceKey;
use crate::kernel::http::path::FromPath;
use crate::kernel::http::response::Response;
use crate::kernel::http::routes::Routes;
use crate::kernel::ids::ProjectId;
use crate::kernel::state::AppState;

pub fn configure(routes: &mut impl Routes) {
    routes.service(get_evidence).service(get_evidence_key);
}

/// Get the evidence of a project
///
/// Returns one signed file with every version of the charter, the approvals with their responses, the delegations,
/// decisions, disputes, draws of arbiters, the ownership coverage, and all audit entries of the project. Save the
/// response exactly as it is: one changed byte makes the signature invalid.
///
/// `entente verify FILE --key KEY` verifies the signature, the hashes and the chain without the service.
/// `entente verify NEW --against OLD --key KEY` also proves that nothing in the older file was changed. The response is
/// streamed: if the connection closes before the end, the file is incomplete and has no signature.
#[utoipa::path(
    tag = "Partnership",
    params(("id" = ProjectId, Path, description = "Identifier of the project.")),
    responses(
        (status = 200, description = "The signed file.", body = Evidence),
        (status = 404, description = "`not_found`: the project does not exist, or you do not have access to it."),
    ),
)]
#[get("/v1/projects/{id}/evidence")]
pub async fn get_evidence(
    app: web::Data<AppState>,
    actor: Actor,
    FromPath((id,)): FromPath<(ProjectId,)>,
) -> Result<HttpResponse, Error> {
    let parts = entries::stream(&app, actor, id).await?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/json"))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"evidence-{id}.json\"")))
        .insert_header((CACHE_CONTROL, "no-store"))
        .streaming(parts))
}

/// Get the public key of the evidence
///
/// Returns the public key that verifies the signatures of all evidence files of this installation. Keep it in a
/// different place from the files, so that no one can replace both.
#[utoipa::path(
    tag = "Partnership",
    security(()),
    responses((status = 200, description = "The public key.", body = EvidenceKeyBody)),
)]
#[get("/v1/evidence-key")]
pub async fn get_evidence_key(app: web::Data<AppState>) -> Result<Response, Error> {
    let key = EvidenceKey::of(&app).await?;
    Response::ok(&EvidenceKeyBody { algorithm: file::ALGORITHM.to_owned(), public_key: key.public_key() })
}
