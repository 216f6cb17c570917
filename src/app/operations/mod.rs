//! Liveness, readiness and metrics for operators, and the pages that explain problems.
//!
//! Rules: `/livez` has no dependencies; `/readyz` returns the last result of the readiness probe. A failure names the
//! check only, because both endpoints are public. If there is an admin listener, only that one serves `/metrics`.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::kernel::error::{Code, Error, Problem, Text};
use crate::kernel::http::response::Response;
use crate::kernel::http::routes::Routes;
use crate::kernel::locale::Lang;
use crate::kernel::request;
use crate::kernel::state::AppState;

/// Whether a listener serves `/metrics`. Listeners without this setting do.
#[derive(Debug, Clone, Copy)]
pub struct ServesMetrics(pub bool);

/// Registers the checks and the metrics.
pub fn configure(routes: &mut impl Routes) {
    routes.service(check_liveness).service(check_readiness).service(get_metrics);
}

/// Registers the pages that are not part of the documented API.
pub fn configure_pages(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/problems").get(list_problem_pages))
        .service(web::resource("/problems/{code}").get(read_problem_page))
        .service(web::resource("/").get(read_start_page));
}

/// A health check that passed.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// Always `ok`. The response to a failed check is a problem.
    #[schema(max_length = 2, pattern = "^ok$", example = "ok")]
    pub status: &'static str,
}

/// Check liveness
///
/// Returns 200 while the process can respond to requests. Restart the process if this check fails.
#[utoipa::path(tag = "Monitoring", security(()), responses((status = 200, description = "The process is running.", body = Health)))]
#[get("/livez")]
pub async fn check_liveness() -> Result<Response, Error> {
    Response::ok(&Health { status: "ok" }).map(Response::no_store)
}

/// Check readiness
///
/// Returns 200 if the process is ready for requests: the database is available, all migrations are applied, and the
/// disk of an SQLite database accepts writes and has at least 64 MiB of free space. The service checks this once a
/// second in the background. Do not route traffic to the process while this check fails.
#[utoipa::path(
    tag = "Monitoring",
    security(()),
    responses(
        (status = 200, description = "The process is ready for requests.", body = Health),
        (status = 503, description = "`unavailable`: the process is not ready. `check` is `starting`, `database`, `migrations`, `disk`, `draining` (the process is shutting down) or `stale` (the check itself hangs).", body = crate::kernel::http::problem::ProblemBody, content_type = "application/problem+json"),
    ),
)]
#[get("/readyz")]
pub async fn check_readiness(app: web::Data<AppState>) -> Result<Response, Error> {
    match app.readiness.observe() {
        Ok(()) => Response::ok(&Health { status: "ok" }).map(Response::no_store),
        Err(check) => Err(not_ready(check.as_str())),
    }
}

/// Not logged for each request: load balancers repeat it, and the log has one line for each change of the readiness.
fn not_ready(check: &str) -> Error {
    Problem::new(Code::Unavailable).header("Retry-After", 1).with("check", check).unlogged().into()
}

/// Metrics in the Prometheus text format.
#[derive(ToSchema)]
#[schema(value_type = String, max_length = 10_000_000, pattern = r"^[^\x00]*$", example = "entente_database_waiting 0\n")]
pub struct MetricsText(#[allow(dead_code, reason = "only used as a schema")] String);

/// Get metrics
///
/// Returns the metrics of this process in the Prometheus text format. This endpoint needs no token, so do not expose it
/// outside your network.
#[utoipa::path(
    tag = "Monitoring",
    security(()),
    responses(
        (status = 200, description = "The metrics of this process.", body = MetricsText, content_type = "text/plain"),
        (status = 404, description = "`not_found`: the metrics are served at the admin address of the process."),
    ),
)]
#[get("/metrics")]
pub async fn get_metrics(app: web::Data<AppState>, request: HttpRequest) -> Result<HttpResponse, Error> {
    if request.app_data::<ServesMetrics>().is_some_and(|serves| !serves.0) {
        return Err(Error::not_found());
    }
    metrics::gauge!("entente_database_waiting").set(app.db.waiting() as f64);
    let is_ready = app.readiness.observe().is_ok();
    metrics::gauge!("entente_ready").set(if is_ready { 1.0 } else { 0.0 });
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(app.metrics.render()))
}

async fn read_start_page() -> HttpResponse {
    HttpResponse::SeeOther().insert_header(("Location", "/docs/")).finish()
}

async fn list_problem_pages(request: HttpRequest) -> HttpResponse {
    let lang = request::lang(&request);
    let row = |code: &Code| {
        let (name, status) = (code.as_str(), code.status().as_u16());
        let title = html(&code.title().in_lang(lang));
        format!("<tr><td>{status}<td><a href=\"problems/{name}\"><code>{name}</code></a><td>{title}")
    };
    let rows: String = Code::ALL.iter().map(row).collect();
    let intro = html(&Text::new("page-problems-intro").in_lang(lang));
    page(lang, &Text::new("page-problems"), &format!("<p>{intro}<table>{rows}</table>"), "docs/")
}

async fn read_problem_page(request: HttpRequest, code: web::Path<String>) -> Result<HttpResponse, Error> {
    let code = Code::parse(&code).ok_or_else(Error::not_found)?;
    let lang = request::lang(&request);
    let text = |text: Text| html(&text.in_lang(lang));
    let body = format!(
        "<p><code>{name}</code> &middot; {label} {status}<p>{detail}<h2>{heading}</h2><p>{remedy}\
         <p><a href=\"../problems\">{index}</a>",
        name = code.as_str(),
        label = text("page-status".into()),
        status = code.status().as_u16(),
        detail = text(code.detail()),
        heading = text("page-remedy".into()),
        remedy = text(code.remedy()),
        index = text("page-problems".into()),
    );
    Ok(page(lang, &code.title(), &body, "../docs/"))
}

fn page(lang: Lang, title: &Text, body: &str, docs: &str) -> HttpResponse {
    let title = html(&title.in_lang(lang));
    let tag = lang.as_str();
    let label = html(&Text::new("page-docs").in_lang(lang));
    let page = format!(
        "<!doctype html><html lang=\"{tag}\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><h1>{title}</h1>{body}<p><a href=\"{docs}\">{label}</a></html>"
    );
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header(("Content-Security-Policy", "default-src 'none'"))
        .insert_header(("Content-Language", tag))
        .insert_header(("Vary", "Accept-Language"))
        .body(page)
}

/// Escapes a text and marks what is in backticks as code.
fn html(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    let parts = escaped.split('`').enumerate();
    parts.map(|(n, part)| if n % 2 == 1 { format!("<code>{part}</code>") } else { part.to_owned() }).collect()
}
