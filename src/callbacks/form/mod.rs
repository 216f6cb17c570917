//! The web pages for visitors: the form that requests a call, and the page that manages a request.
//!
//! `/callback` creates a request; `/callback/manage` shows, reschedules and cancels it, and withdraws a consent. Both
//! exist in every language of `locales/` (`?lang=cs`, otherwise `Accept-Language`, otherwise `ENTENTE_DEFAULT_LOCALE`).
//! They are small pages without a framework, which use only the public API. Their branding and content are in
//! `form_settings`.
//! `/callback/embed.js` shows the form in a frame on another page.
//!
//! Rules:
//! - The pages load and run only their own files: the content security policy allows neither external
//!   resources nor inline scripts and styles.
//! - Only the configured origins may embed the pages in a frame, and only they get messages by `postMessage`: the
//!   height (`{type: "entente:height", height}`), and that a request was submitted (`{type: "entente:submitted",
//!   intent}`). No message has personal data.
//! - The manage token of a request is in the fragment of the link, so that it never reaches a server or a log.
//! - URLs are relative, so that the service can be served under a path of a larger site.
//! - Texts are in `locales/*/form.ftl`. Texts from the API (violations, confirmations) are shown unchanged, and those
//!   of the settings as text, never as markup.

mod script_keys;
mod template;

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, REFERRER_POLICY, VARY,
};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use url::form_urlencoded;

use crate::callbacks::form_settings::{self, FormContent, Palette, Scheme};
use crate::callbacks::queues::{self, Topic};
use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::http::etag::ETag;
use crate::kernel::locale::Lang;
use crate::kernel::request;
use crate::kernel::state::AppState;
use template::Page;

/// Settings of the pages that the operator makes.
#[derive(Debug, Clone, Default)]
pub struct FormSettings {
    /// Origins that may embed the pages in a frame, such as `https://www.example.com`.
    pub frame_origins: Vec<String>,
    /// Whether the browser must solve a proof-of-work challenge before it submits the form.
    pub proof_of_work: bool,
}

/// Registers the pages and their files. Needs [`FormSettings`] in the app's data.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/callback").get(read_form))
        .service(web::resource("/callback/manage").get(read_manage_page))
        .service(web::resource("/callback/colors.css").get(read_colors))
        .service(web::resource("/callback/logo").get(read_logo));
    for asset in assets() {
        let path = format!("/callback/{}", asset.name);
        config.service(web::resource(path).get(move |request: HttpRequest| {
            let response = asset.respond(&request);
            async move { response }
        }));
    }
}

async fn read_form(request: HttpRequest, settings: web::Data<FormSettings>) -> Result<HttpResponse, Error> {
    let (content, topics) = AppState::of(&request)?.db.read(content_and_topics).await?;
    Ok(form_page(&request, &settings, &content, &topics))
}

/// Returns the content of the form, and those of its topics for which visitors can request a call.
fn content_and_topics(conn: &mut DbConn) -> Result<(FormContent, Vec<Topic>), Error> {
    let content = form_settings::content(conn)?;
    let mut topics = queues::topics(conn)?;
    topics.retain(|topic| content.intents.contains(&topic.intent));
    Ok((content, topics))
}

async fn read_manage_page(request: HttpRequest, settings: web::Data<FormSettings>) -> Result<HttpResponse, Error> {
    let content = AppState::of(&request)?.db.read(form_settings::content).await?;
    Ok(manage_page(&request, &settings, &content))
}

/// Responds with the colours that follow from the accent colour.
async fn read_colors(request: HttpRequest) -> Result<HttpResponse, Error> {
    let content = AppState::of(&request)?.db.read(form_settings::content).await?;
    let accent = content.accent_color.ok_or_else(Error::not_found)?;
    let Palette { light, dark } = Palette::of(accent);
    let dark = format!("@media (prefers-color-scheme: dark) {{\n{}}}\n", variables(dark));
    let text = variables(light) + &dark;
    let etag = tag_of(text.as_bytes());
    Ok(cached(&request, &etag, "text/css; charset=utf-8", text.into()))
}

fn variables(scheme: Scheme) -> String {
    let Scheme { accent, accent_strong, tint, on_accent } = scheme;
    format!(
        ":root {{ --accent: {accent}; --accent-strong: {accent_strong}; --tint: {tint}; --on-accent: {on_accent}; }}\n"
    )
}

/// Responds with the logo. Its type follows from its bytes, and browsers must not guess another one (`nosniff`).
async fn read_logo(request: HttpRequest) -> Result<HttpResponse, Error> {
    let found = AppState::of(&request)?.db.read(form_settings::logo_image).await?;
    let (logo, image) = found.ok_or_else(Error::not_found)?;
    let etag = ETag::from_stored(format!("\"{}\"", logo.sha256));
    Ok(cached(&request, &etag, logo.format.media_type(), image.into()))
}

fn form_page(request: &HttpRequest, settings: &FormSettings, content: &FormContent, topics: &[Topic]) -> HttpResponse {
    // The URL of the form contains no secret, so other sites can get its origin as the referrer.
    respond(request, &template::FORM, (settings, content, topics), "strict-origin-when-cross-origin")
}

fn manage_page(request: &HttpRequest, settings: &FormSettings, content: &FormContent) -> HttpResponse {
    respond(request, &template::MANAGE, (settings, content, &[]), "no-referrer")
}

fn respond(
    request: &HttpRequest,
    page: &Page,
    (settings, content, topics): (&FormSettings, &FormContent, &[Topic]),
    referrer: &str,
) -> HttpResponse {
    let lang = wanted_lang(request);
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((CONTENT_LANGUAGE, lang.as_str()))
        .insert_header((VARY, "Accept-Language"))
        .insert_header((CACHE_CONTROL, "no-cache"))
        .insert_header((CONTENT_SECURITY_POLICY, policy(settings)))
        .insert_header((REFERRER_POLICY, referrer))
        .insert_header(("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"))
        .body(page.render(lang, settings, content, topics))
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
    for origin in template::origins(settings) {
        policy.push(' ');
        policy.push_str(origin);
    }
    policy
}

/// A static file that the pages load, or the script that embeds them.
#[derive(Clone)]
struct Asset {
    name: &'static str,
    kind: &'static str,
    text: Bytes,
    etag: ETag,
}

fn assets() -> [Asset; 8] {
    const SCRIPT: &str = "text/javascript; charset=utf-8";
    let embed = include_str!("assets/embed.js").replace("const TITLES = {};", &titles());
    [
        Asset::new("form.css", "text/css; charset=utf-8", include_str!("assets/form.css")),
        Asset::new("icon.svg", "image/svg+xml", include_str!("assets/icon.svg")),
        Asset::new("form.js", SCRIPT, include_str!("assets/form.js")),
        Asset::new("manage.js", SCRIPT, include_str!("assets/manage.js")),
        Asset::new("shared.js", SCRIPT, include_str!("assets/shared.js")),
        Asset::new("proof.js", SCRIPT, include_str!("assets/proof.js")),
        Asset::new("solver.js", SCRIPT, include_str!("assets/solver.js")),
        Asset::new("embed.js", SCRIPT, embed),
    ]
}

/// Returns the line with the titles of the frame in each language.
fn titles() -> String {
    format!("const TITLES = {};", template::frame_titles())
}

impl Asset {
    fn new(name: &'static str, kind: &'static str, text: impl Into<Bytes>) -> Self {
        let text = text.into();
        let etag = tag_of(&text);
        Self { name, kind, text, etag }
    }

    fn respond(&self, request: &HttpRequest) -> HttpResponse {
        cached(request, &self.etag, self.kind, self.text.clone())
    }
}

fn tag_of(bytes: &[u8]) -> ETag {
    ETag::from_stored(format!("\"{}\"", HEXLOWER.encode(&Sha256::digest(bytes)[..16])))
}

/// Responds with a file. Browsers cache it but revalidate it each time, so that files of different versions are never
/// mixed.
fn cached(request: &HttpRequest, etag: &ETag, kind: &str, bytes: Bytes) -> HttpResponse {
    let unchanged = etag.matches_none_of(request);
    let mut response = if unchanged { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header((ETAG, etag.to_string())).insert_header((CACHE_CONTROL, "public, no-cache"));
    if unchanged {
        return response.finish();
    }
    response.insert_header((CONTENT_TYPE, kind)).body(bytes)
}

#[cfg(test)]
mod tests;
