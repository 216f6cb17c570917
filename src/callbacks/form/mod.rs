//! The form with which visitors ask to be called, and the page where they change their mind.
//!
//! `/callback` asks for a call, `/callback/manage` shows, moves and cancels it; both in Czech and
//! English (`?lang=cs`, else `Accept-Language`). They are small pages without a framework that
//! call the documented API like anybody else; nothing here touches the database.
//!
//! Rules:
//! - Nothing is loaded from elsewhere and nothing runs that is not one of our files: the content
//!   security policy allows neither inline scripts nor inline styles.
//! - Only the configured origins may show the pages in a frame. The pages tell the frame's owner
//!   their height: `{type: "entente:height", height}` by `postMessage`.
//! - The secret of a request travels in the fragment of the link, which no server and no log sees.
//! - Addresses are relative, so that the service may live below a path of a larger site.
//! - Texts are in `texts`, in both languages side by side; the server's own texts (what is
//!   wrong with a number, what is promised) are shown as they come.

mod template;
mod texts;

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
use template::Bilingual;

/// What the configuration says of the form.
#[derive(Debug, Clone, Default)]
pub struct FormSettings {
    /// Whose pages may show the form in a frame (`https://www.example.com`); see [`is_origin`].
    pub frame_origins: Vec<String>,
    /// Whether the browser is to solve a challenge before it sends.
    pub proof_of_work: bool,
}

/// The pages and their files. Needs [`FormSettings`] in the app's data.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/callback").get(read_form))
        .service(web::resource("/callback/manage").get(read_manage_page));
    for asset in assets() {
        let path = format!("/callback/{}", asset.name);
        config.service(web::resource(path).get(move |request: HttpRequest| {
            let answer = asset.answer(&request);
            async move { answer }
        }));
    }
}

async fn read_form(request: HttpRequest, settings: web::Data<FormSettings>) -> HttpResponse {
    let page = if settings.proof_of_work { &template::FORM_WITH_WORK } else { &template::FORM };
    // The origin of the embedding page is no secret; ours is needed there for nothing else.
    answer(&request, &settings, page, "strict-origin-when-cross-origin")
}

async fn read_manage_page(request: HttpRequest, settings: web::Data<FormSettings>) -> HttpResponse {
    answer(&request, &settings, &template::MANAGE, "no-referrer")
}

fn answer(request: &HttpRequest, settings: &FormSettings, page: &Bilingual, referrer: &str) -> HttpResponse {
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

/// What the link asks for, else what the browser prefers.
fn wanted_lang(request: &HttpRequest) -> Lang {
    form_urlencoded::parse(request.query_string().as_bytes())
        .find(|(name, _)| name == "lang")
        .and_then(|(_, tag)| Lang::from_tag(&tag))
        .unwrap_or_else(|| request::lang(request))
}

fn policy(settings: &FormSettings) -> String {
    let mut policy = String::from(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
    );
    // A word that is no origin could end the directive and begin another.
    for origin in settings.frame_origins.iter().filter(|origin| is_origin(origin)) {
        policy.push(' ');
        policy.push_str(origin);
    }
    policy
}

/// A file that the pages load.
#[derive(Clone)]
struct Asset {
    name: &'static str,
    kind: &'static str,
    text: &'static str,
    etag: ETag,
}

fn assets() -> [Asset; 6] {
    const SCRIPT: &str = "text/javascript; charset=utf-8";
    [
        Asset::new("form.css", "text/css; charset=utf-8", include_str!("assets/form.css")),
        Asset::new("icon.svg", "image/svg+xml", include_str!("assets/icon.svg")),
        Asset::new("form.js", SCRIPT, include_str!("assets/form.js")),
        Asset::new("manage.js", SCRIPT, include_str!("assets/manage.js")),
        Asset::new("shared.js", SCRIPT, include_str!("assets/shared.js")),
        Asset::new("proof.js", SCRIPT, include_str!("assets/proof.js")),
    ]
}

impl Asset {
    fn new(name: &'static str, kind: &'static str, text: &'static str) -> Self {
        let digest = HEXLOWER.encode(&Sha256::digest(text)[..16]);
        Self { name, kind, text, etag: ETag::from_kept(format!("\"{digest}\"")) }
    }

    /// Browsers keep the file, but ask each time: the files of two versions must never mix.
    fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let known = self.etag.matches_none_of(request);
        let mut answer = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        answer.insert_header((ETAG, self.etag.to_string())).insert_header((CACHE_CONTROL, "public, no-cache"));
        if known {
            return answer.finish();
        }
        answer.insert_header((CONTENT_TYPE, self.kind)).body(self.text)
    }
}

#[cfg(test)]
mod tests;
