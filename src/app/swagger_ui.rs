//! Swagger UI at `/docs/`, with headers that limit what its page can do.
//!
//! Rules: the page runs only its own files and sends requests only to this service. It keeps the token in memory,
//! because other pages of the origin, such as the callback form, can read its storage.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_FRAME_OPTIONS};
use actix_web::middleware::DefaultHeaders;
use actix_web::web;
use utoipa_swagger_ui::{Config, SwaggerUi};

/// The hash is that of the style in the logo of Swagger UI; it changes only with that file. The images of its style
/// sheet are `data:` URLs.
const POLICY: &str = "default-src 'none'; script-src 'self'; \
                      style-src 'self' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='; img-src 'self' data:; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Registers the page and its files. It takes all paths under `/docs/`, so register others before.
pub fn configure(services: &mut web::ServiceConfig) {
    let headers = DefaultHeaders::new()
        .add((CONTENT_SECURITY_POLICY, POLICY))
        .add((REFERRER_POLICY, "no-referrer"))
        .add((X_FRAME_OPTIONS, "DENY"));
    services
        .service(web::redirect("/docs", "/docs/").using_status_code(StatusCode::PERMANENT_REDIRECT))
        .service(web::scope("/docs").wrap(headers).service(SwaggerUi::new("/{_:.*}").config(config())));
}

fn config() -> Config<'static> {
    Config::new(["/docs/openapi.json"])
        .filter(true)
        .try_it_out_enabled(true)
        .persist_authorization(false)
        // Otherwise, the page sends the address of the document to validator.swagger.io.
        .validator_url("none")
        .display_request_duration(true)
        .default_models_expand_depth(-1)
        .doc_expansion("none")
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use actix_web::App;
    use actix_web::test::{TestRequest, call_and_read_body, init_service};
    use flate2::read::GzDecoder;

    use super::*;

    #[actix_web::test]
    async fn the_page_has_no_inline_script_or_style() {
        let app = init_service(App::new().configure(configure)).await;
        let packed = call_and_read_body(&app, TestRequest::get().uri("/docs/").to_request()).await;
        let mut page = String::new();
        GzDecoder::new(&packed[..]).read_to_string(&mut page).unwrap();
        assert!(!page.contains("<style") && !page.contains(" style="), "{page}");
        let scripts: Vec<_> = page.split("<script").skip(1).collect();
        assert!(scripts.len() >= 3 && scripts.iter().all(|script| script.starts_with(" src=\"./")), "{page}");
    }
}
