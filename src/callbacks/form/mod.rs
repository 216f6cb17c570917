//! The web pages for visitors: the form that requests a call, and the page that manages a request.
//!
//! `/callback` creates a request; `/callback/manage` shows, reschedules and cancels it. Both exist in every language
//! of `locales/` (`?lang=cs`, otherwise `Accept-Language`, otherwise `ENTENTE_DEFAULT_LOCALE`). They are small pages
//! without a framework, which use only the public API and never the database.
//!
//! Rules:
//! - The pages load and run only their own files: the content security policy allows neither external
//!   resources nor inline scripts and styles.
//! - Only the configured origins may embed the pages in a frame. The pages send their height to the embedding
//!   page: `{type: "entente:height", height}` by `postMessage`.
//! - The manage token of a request is in the fragment of the link, so that it never reaches a server or a log.
//! - URLs are relative, so that the service can be served under a path of a larger site.
//! - Texts are in `locales/*/form.ftl`. Texts from the API (violations, confirmations) are shown unchanged.

mod template;

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, REFERRER_POLICY, VARY,
};
use actix_web::{HttpRequest, HttpResponse, web};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use url::form_urlencoded;

use crate::kernel::config::is_origin;
use crate::kernel::http::etag::ETag;
use crate::kernel::locale::Lang;
use crate::kernel::request;
use template::Page;

/// Settings of the pages.
#[derive(Debug, Clone, Default)]
pub struct FormSettings {
    /// Origins that may embed the pages in a frame, such as `https://www.example.com`; see [`is_origin`].
    pub frame_origins: Vec<String>,
    /// Whether the browser must solve a proof-of-work challenge before it submits the form.
    pub proof_of_work: bool,
}

/// Registers the pages and their files. Needs [`FormSettings`] in the app's data.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/callback").get(read_form))
        .service(web::resource("/callback/manage").get(read_manage_page));
    for asset in assets() {
        let path = format!("/callback/{}", asset.name);
        config.service(web::resource(path).get(move |request: HttpRequest| {
            let response = asset.respond(&request);
            async move { response }
        }));
    }
}

async fn read_form(request: HttpRequest, settings: web::Data<FormSettings>) -> HttpResponse {
    let page = if settings.proof_of_work { &template::FORM_WITH_WORK } else { &template::FORM };
    // The URL of the form contains no secret, so other sites can get its origin as the referrer.
    respond(&request, &settings, page, "strict-origin-when-cross-origin")
}

async fn read_manage_page(request: HttpRequest, settings: web::Data<FormSettings>) -> HttpResponse {
    respond(&request, &settings, &template::MANAGE, "no-referrer")
}

fn respond(request: &HttpRequest, settings: &FormSettings, page: &Page, referrer: &str) -> HttpResponse {
    let lang = wanted_lang(request);
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((CONTENT_LANGUAGE, lang.as_str()))
        .insert_header((VARY, "Accept-Language"))
        .insert_header((CACHE_CONTROL, "no-cache"))
        .insert_header((CONTENT_SECURITY_POLICY, policy(settings)))
        .insert_header((REFERRER_POLICY, referrer))
        .insert_header(("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"))
        .body(page.of(lang))
}

/// Returns the language of the link, otherwise that of the browser.
fn wanted_lang(request: &HttpRequest) -> Lang {
    form_urlencoded::parse(request.query_string().as_bytes())
        .find(|(name, _)| name == "lang")
        .and_then(|(_, tag)| Lang::from_tag(&tag))
        .unwrap_or_else(|| request::visitor_lang(request))
}

fn policy(settings: &FormSettings) -> String {
    let mut policy = String::from(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
    );
    // Text that is not an origin could end the directive and start another one.
    for origin in settings.frame_origins.iter().filter(|origin| is_origin(origin)) {
        policy.push(' ');
        policy.push_str(origin);
    }
    policy
}

/// A static file that the pages load.
#[derive(Clone)]
struct Asset {
    name: &'static str,
    kind: &'static str,
    text: &'static str,
    etag: ETag,
}

fn assets() -> [Asset; 7] {
    const SCRIPT: &str = "text/javascript; charset=utf-8";
    [
        Asset::new("form.css", "text/css; charset=utf-8", include_str!("assets/form.css")),
        Asset::new("icon.svg", "image/svg+xml", include_str!("assets/icon.svg")),
        Asset::new("form.js", SCRIPT, include_str!("assets/form.js")),
        Asset::new("manage.js", SCRIPT, include_str!("assets/manage.js")),
        Asset::new("shared.js", SCRIPT, include_str!("assets/shared.js")),
        Asset::new("proof.js", SCRIPT, include_str!("assets/proof.js")),
        Asset::new("solver.js", SCRIPT, include_str!("assets/solver.js")),
    ]
}

impl Asset {
    fn new(name: &'static str, kind: &'static str, text: &'static str) -> Self {
        let digest = HEXLOWER.encode(&Sha256::digest(text)[..16]);
        Self { name, kind, text, etag: ETag::from_stored(format!("\"{digest}\"")) }
    }

    /// Responds with the file. Browsers cache it but revalidate it each time, so that files of different versions are
    /// never mixed.
    fn respond(&self, request: &HttpRequest) -> HttpResponse {
        let unchanged = self.etag.matches_none_of(request);
        let mut response = if unchanged { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        response.insert_header((ETAG, self.etag.to_string())).insert_header((CACHE_CONTROL, "public, no-cache"));
        if unchanged {
            return response.finish();
        }
        response.insert_header((CONTENT_TYPE, self.kind)).body(self.text)
    }
}

#[cfg(test)]
mod tests;
