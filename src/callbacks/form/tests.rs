//! Tests of the responses with pages and files.

use actix_web::body::to_bytes;
use actix_web::test::TestRequest;

use super::*;
use crate::callbacks::queues::{CallbackIntent, PhoneRegion};
use crate::kernel::config::is_origin;

/// Requests a page with an additional header.
fn get(path: &str, settings: &FormSettings, header: (&str, &str)) -> HttpResponse {
    let request = TestRequest::get().uri(path).insert_header(header).to_http_request();
    let content = FormContent::default();
    if path.starts_with("/callback/manage") {
        manage_page(&request, settings, &content)
    } else {
        let topics = [CallbackIntent::Sales, CallbackIntent::TechnicalSupport]
            .map(|intent| Topic { intent, region: PhoneRegion::CZ });
        form_page(&request, settings, &content, &topics)
    }
}

fn header<'a>(response: &'a HttpResponse, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

async fn text(response: HttpResponse) -> String {
    let bytes = to_bytes(response.into_body()).await.unwrap_or_default();
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[actix_web::test]
async fn the_language_is_that_of_the_link_else_of_the_browser() {
    for (path, accepted, expected) in [
        ("/callback", "", "cs"),
        ("/callback", "en-GB,en;q=0.9", "en"),
        ("/callback?lang=cs", "en", "cs"),
        ("/callback?utm_source=x&lang=en", "cs", "en"),
        ("/callback?lang=de", "en", "de"),
        ("/callback", "de-AT,en;q=0.5", "de"),
        ("/callback?lang=fr", "en", "en"),
        ("/callback/manage?lang=en", "cs", "en"),
        ("/callback/manage", "cs", "cs"),
    ] {
        let response = get(path, &FormSettings::default(), ("accept-language", accepted));
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(header(&response, "content-language"), expected, "{path} {accepted}");
        assert_eq!(header(&response, "vary"), "Accept-Language");
        assert_eq!(header(&response, "cache-control"), "no-cache");
        assert!(text(response).await.contains(&format!("<html lang=\"{expected}\">")), "{path} {accepted}");
    }
}

#[actix_web::test]
async fn only_own_files_run_and_only_configured_origins_may_embed() {
    let settings = FormSettings {
        frame_origins: vec![
            "https://www.example.com".into(),
            "http://127.0.0.1:18999".into(),
            "'none'; script-src *".into(),
        ],
        ..FormSettings::default()
    };
    for (path, referrer) in [("/callback", "strict-origin-when-cross-origin"), ("/callback/manage", "no-referrer")] {
        let response = get(path, &settings, ("accept", "*/*"));
        assert_eq!(
            header(&response, "content-security-policy"),
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; \
             base-uri 'none'; form-action 'none'; \
             frame-ancestors 'self' https://www.example.com http://127.0.0.1:18999"
        );
        assert_eq!(header(&response, "referrer-policy"), referrer);
        let origins = "data-origins=\"https://www.example.com http://127.0.0.1:18999\"";
        assert!(text(response).await.contains(origins), "{path}");
    }
}

#[actix_web::test]
async fn the_page_shows_whether_proof_of_work_is_required() {
    for proof_of_work in [false, true] {
        let settings = FormSettings { proof_of_work, ..FormSettings::default() };
        let page = text(get("/callback", &settings, ("accept", "*/*"))).await;
        assert!(page.contains(&format!("data-proof-of-work=\"{proof_of_work}\"")));
    }
}

#[actix_web::test]
async fn unchanged_files_are_not_sent_again() {
    for asset in assets() {
        let get = |name, value: &str| asset.respond(&TestRequest::get().insert_header((name, value)).to_http_request());
        let first = get("accept", "*/*");
        assert_eq!((first.status().as_u16(), header(&first, "content-type")), (200, asset.kind), "{}", asset.name);
        let etag = header(&first, "etag").to_owned();
        assert_eq!(text(first).await.as_bytes(), asset.text, "{}", asset.name);

        let second = get("if-none-match", &etag);
        assert_eq!((second.status().as_u16(), header(&second, "etag")), (304, etag.as_str()), "{}", asset.name);
        assert_eq!(text(second).await, "");
    }
}

#[actix_web::test]
async fn a_page_with_its_files_is_small() {
    let size =
        |name: &str| assets().iter().filter(|asset| asset.name == name).map(|asset| asset.text.len()).sum::<usize>();
    for (path, script) in [("/callback", "form.js"), ("/callback/manage", "manage.js")] {
        let page = text(get(path, &FormSettings::default(), ("accept-language", "cs"))).await;
        let files = [script, "shared.js", "proof.js", "solver.js", "form.css", "icon.svg"];
        let files: usize = files.into_iter().map(size).sum();
        assert!(page.len() + files < 50_000, "{path}: {} bytes", page.len() + files);
    }
}

#[test]
fn the_script_for_other_pages_has_the_titles_of_the_frame() {
    let asset = assets().into_iter().find(|asset| asset.name == "embed.js").unwrap();
    let script = std::str::from_utf8(&asset.text).unwrap().to_owned();
    assert!(script.contains("const TITLES = {\"cs\":") && script.contains("\"en\":\"Callback form\""), "{script}");
}

#[test]
fn colors_are_css_variables() {
    let css = variables(Palette::of("#175c9e".parse().unwrap()).light);
    assert!(css.starts_with(":root { --accent: #175c9e; --accent-strong: #"), "{css}");
}

#[test]
fn an_origin_is_scheme_host_and_port() {
    for origin in ["https://www.example.com", "http://127.0.0.1:18999", "https://example.com:8443"] {
        assert!(is_origin(origin), "{origin}");
    }
    for other in [
        "",
        "*",
        "'self'",
        "example.com",
        "https://example.com/",
        "https://a.cz https://b.cz",
        "https://a.cz;x",
        "data:,",
    ] {
        assert!(!is_origin(other), "{other}");
    }
}
