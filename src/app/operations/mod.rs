//! For operators: liveness, readiness, metrics; and the pages that problems and people point to.
//!
//! Rules: `/livez` needs nothing; `/readyz` needs the database with all migrations; neither says
//! why in public beyond the name of the check.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::kernel::db::migrate;
use crate::kernel::error::{Code, Error, Problem};
use crate::kernel::http::response::Response;
use crate::kernel::locale::Lang;
use crate::kernel::request;
use crate::kernel::state::AppState;

pub fn configure(config: &mut ServiceConfig) {
    config.service(check_liveness).service(check_readiness).service(read_metrics);
}

/// What is served beside the documented API.
pub fn configure_pages(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/openapi.json").get(read_document))
        .service(web::resource("/problems/{code}").get(read_problem_page))
        .service(web::resource("/").get(read_start_page));
}

/// A health check that passed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// Always `ok`; a failing check is a problem instead.
    #[schema(max_length = 2, pattern = "^ok$", example = "ok")]
    pub status: &'static str,
}

/// Check that the process runs
///
/// Answers as long as the process can answer at all; restart it when this fails.
#[utoipa::path(tag = "Operations", security(()), responses((status = 200, description = "It runs.", body = Health)))]
#[get("/livez")]
pub async fn check_liveness() -> Result<Response, Error> {
    Response::ok(&Health { status: "ok" }).map(Response::no_store)
}

/// Check that requests can be served
///
/// Needs the database with all migrations applied; send no traffic while this fails.
#[utoipa::path(
    tag = "Operations",
    security(()),
    responses(
        (status = 200, description = "Ready for requests.", body = Health),
        (status = 503, description = "Not ready; `check` names what is missing.", body = crate::kernel::http::problem::ProblemBody, content_type = "application/problem+json"),
    ),
)]
#[get("/readyz")]
pub async fn check_readiness(app: web::Data<AppState>) -> Result<Response, Error> {
    let current = app.db.read(|conn| migrate::is_current(conn).map_err(Error::internal)).await;
    match current {
        Ok(true) => Response::ok(&Health { status: "ok" }).map(Response::no_store),
        Ok(false) => Err(not_ready("migrations")),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            Err(not_ready("database"))
        }
    }
}

fn not_ready(check: &str) -> Error {
    Problem::new(Code::Unavailable).header("Retry-After", 1).with("check", check).into()
}

/// Lines of the text format of Prometheus.
#[derive(ToSchema)]
#[schema(value_type = String, max_length = 10_000_000, pattern = r"^[^\x00]*$", example = "entente_database_waiting 0\n")]
pub struct MetricsText(#[allow(dead_code, reason = "describes the text, never built")] String);

/// Read metrics
///
/// In the text format of Prometheus. Keep this path inside your network.
#[utoipa::path(
    tag = "Operations",
    security(()),
    responses((status = 200, description = "The metrics of this process.", body = MetricsText, content_type = "text/plain")),
)]
#[get("/metrics")]
pub async fn read_metrics(app: web::Data<AppState>) -> HttpResponse {
    metrics::gauge!("entente_database_waiting").set(app.db.waiting() as f64);
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(app.metrics.render())
}

/// The served document, built once.
pub struct Document(pub web::Bytes);

async fn read_document(document: web::Data<Document>) -> HttpResponse {
    HttpResponse::Ok().insert_header((CONTENT_TYPE, "application/json")).body(document.0.clone())
}

async fn read_start_page() -> HttpResponse {
    HttpResponse::SeeOther().insert_header(("Location", "/docs/")).finish()
}

async fn read_problem_page(request: HttpRequest, code: web::Path<String>) -> Result<HttpResponse, Error> {
    let code = Code::parse(&code).ok_or_else(Error::not_found)?;
    let lang = request::lang(&request);
    let (label, home) = match lang {
        Lang::En => ("HTTP status", "API documentation"),
        Lang::Cs => ("Stav HTTP", "Dokumentace API"),
    };
    // All parts are texts of ours without markup.
    let page = format!(
        "<!doctype html><html lang=\"{lang}\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><h1>{title}</h1><p><code>{name}</code> &middot; {label} {status}</p><p>{advice}</p><p><a href=\"/docs/\">{home}</a></p></html>",
        lang = lang.as_str(),
        title = code.title(lang),
        name = code.as_str(),
        status = code.status().as_u16(),
        advice = code.advice(lang),
    );
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header(("Content-Security-Policy", "default-src 'none'"))
        .insert_header(("Content-Language", lang.as_str()))
        .insert_header(("Vary", "Accept-Language"))
        .body(page))
}
