//! The served renderings of the API document: 3.1, 3.0.3, and the lean one of Swagger UI.
//!
//! Rules: a rendering is built and compressed once per process, at its first request. Its `ETag` is a hash of the bytes
//! that are sent, so the compressed and the plain form have different ones.

use std::io::Write;
use std::sync::LazyLock;

use actix_web::http::header::{
    AcceptEncoding, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, Encoding, Header, VARY,
};
use actix_web::{HttpRequest, HttpResponse, web};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use crate::app::openapi::{self, Rendering};
use crate::kernel::error::Error;
use crate::kernel::http::etag::ETag;

/// Registers the paths of the documents. Call it before Swagger UI, which takes all other paths under `/docs/`.
pub fn configure(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/openapi.json").get(get_v3_1))
        .service(web::resource("/openapi-3.0.json").get(get_v3_0))
        .service(web::resource("/docs/openapi.json").get(get_lean));
}

async fn get_v3_1(request: HttpRequest) -> Result<HttpResponse, Error> {
    static FORMS: LazyLock<Result<Forms, String>> = LazyLock::new(|| Forms::of(Rendering::V3_1));
    respond(&request, &FORMS)
}

async fn get_v3_0(request: HttpRequest) -> Result<HttpResponse, Error> {
    static FORMS: LazyLock<Result<Forms, String>> = LazyLock::new(|| Forms::of(Rendering::V3_0));
    respond(&request, &FORMS)
}

async fn get_lean(request: HttpRequest) -> Result<HttpResponse, Error> {
    static FORMS: LazyLock<Result<Forms, String>> = LazyLock::new(|| Forms::of(Rendering::Lean));
    respond(&request, &FORMS)
}

/// A rendering without white space, as it is and compressed.
struct Forms {
    plain: Form,
    gzip: Form,
}

struct Form {
    bytes: web::Bytes,
    etag: ETag,
}

impl Forms {
    fn of(rendering: Rendering) -> Result<Self, String> {
        let text = openapi::rendering(rendering)?.to_string();
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(text.as_bytes()).map_err(|error| error.to_string())?;
        let gzip = encoder.finish().map_err(|error| error.to_string())?;
        Ok(Self { plain: Form::new(text.into_bytes()), gzip: Form::new(gzip) })
    }
}

impl Form {
    fn new(bytes: Vec<u8>) -> Self {
        let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(&bytes)[..16]);
        Self { bytes: bytes.into(), etag: ETag::from_stored(format!("\"{hash}\"")) }
    }
}

fn respond(request: &HttpRequest, forms: &LazyLock<Result<Forms, String>>) -> Result<HttpResponse, Error> {
    let forms = forms.as_ref().map_err(Error::internal)?;
    let compressed = accepts_gzip(request);
    let form = if compressed { &forms.gzip } else { &forms.plain };
    let unchanged = form.etag.matches_none_of(request);
    let mut response = if unchanged { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header((ETAG, form.etag.to_string()))
        .insert_header((CACHE_CONTROL, "no-cache"))
        .insert_header((VARY, "Accept-Encoding"));
    if unchanged {
        return Ok(response.finish());
    }
    if compressed {
        response.insert_header((CONTENT_ENCODING, "gzip"));
    }
    Ok(response.insert_header((CONTENT_TYPE, "application/json")).body(form.bytes.clone()))
}

fn accepts_gzip(request: &HttpRequest) -> bool {
    // Without the header, any encoding is acceptable (RFC 9110 section 12.5.3), but the plain form is safe.
    let accepted = AcceptEncoding::parse(request).ok().filter(|accepted| !accepted.0.is_empty());
    accepted.is_some_and(|accepted| {
        accepted.negotiate([Encoding::gzip(), Encoding::identity()].iter()) == Some(Encoding::gzip())
    })
}
