//! The export of callback requests as CSV.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, get, web};
use futures_util::TryStreamExt;
use serde_json::json;
use utoipa::ToSchema;

use crate::callbacks::requests::dto::CallbackRequestExportQuery;
use crate::callbacks::requests::export;
use crate::kernel::audit::{self, PersonalDataRead};
use crate::kernel::auth::Actor;
use crate::kernel::error::Error;
use crate::kernel::http::query::FromQuery;
use crate::kernel::request;
use crate::kernel::state::AppState;

/// A CSV file (RFC 4180). The first line contains the column names.
#[derive(ToSchema)]
#[schema(value_type = String, max_length = 1_000_000_000, pattern = r"^[^\x00]*$", example = "id,created_at,state\r\n")]
pub struct CsvText(#[allow(dead_code, reason = "describes the text, never constructed")] String);

/// Export callback requests
///
/// Exports callback requests as CSV, oldest first, with the same filters as the list. The file is in UTF-8 with a byte
/// order mark, so that spreadsheet programs detect the encoding. Fields that a spreadsheet program would interpret as
/// formulas are prefixed with an apostrophe. Phone numbers are not: they are in E.164 format (`+420601123456`), so that
/// a CRM imports them as they are. The response is streamed: if the connection closes before the end, the export is
/// incomplete. Every export has an entry in the audit trail.
#[utoipa::path(
    tag = "Callbacks",
    params(CallbackRequestExportQuery),
    responses(
        (status = 200, description = "The requests that match the filters.", body = CsvText, content_type = "text/csv"),
        (status = 422, description = "`validation_failed`: `created_to` is not after `created_from`."),
    ),
)]
#[get("/v1/callback-requests/export")]
pub async fn export_callback_requests(
    app: web::Data<AppState>,
    request: HttpRequest,
    actor: Actor,
    from: FromQuery<CallbackRequestExportQuery>,
) -> Result<HttpResponse, Error> {
    let pages = export::export(app.db.clone(), &actor, &from.0).await?;
    let read = PersonalDataRead {
        operation: "export_callback_requests",
        person: None,
        read: json!({ "filter": request.query_string() }),
    };
    audit::record_read(&app, actor, request::request_id(&request), read).await?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/csv; charset=utf-8; header=present"))
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"callback-requests.csv\""))
        .insert_header((CACHE_CONTROL, "no-store"))
        .streaming(pages.map_ok(Bytes::from)))
}
