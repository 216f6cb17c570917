//! A successful response, either new or replayed for a repeated request.

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_TYPE, ETAG, LINK, LOCATION};
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::Serialize;

use crate::kernel::error::{Error, StoredResponse};
use crate::kernel::http::etag::ETag;
use crate::kernel::locale::Lang;

/// Status, headers and body of a successful response.
#[derive(Debug, Clone)]
pub struct Response {
    pub status: StatusCode,
    pub location: Option<String>,
    pub etag: Option<ETag>,
    /// Whether the body has more than the `ETag` covers. `If-None-Match` is then ignored: 304 could hide a change.
    pub beyond_etag: bool,
    pub link: Option<String>,
    /// JSON; empty for 204 and 304.
    pub body: String,
    /// Whether caches must not store the response, because it has personal data.
    pub no_store: bool,
    /// Id of the person's record, if the response has personal data. The stored response is deleted when that person is
    /// erased.
    pub about: Option<String>,
    /// Language of the texts in the body, if it has any.
    pub language: Option<Lang>,
    /// Whether this is the stored response to an earlier, identical request.
    pub replayed: bool,
}

impl Response {
    fn new(status: StatusCode, body: String) -> Self {
        Self {
            status,
            location: None,
            etag: None,
            beyond_etag: false,
            link: None,
            body,
            no_store: false,
            about: None,
            language: None,
            replayed: false,
        }
    }

    /// Returns the stored response to an earlier request.
    ///
    /// # Errors
    /// 500 when the stored status is not valid.
    pub fn replayed(stored: StoredResponse) -> Result<Self, Error> {
        let StoredResponse { status, location, etag, body } = stored;
        let status = StatusCode::from_u16(status).map_err(Error::internal)?;
        let etag = etag.map(ETag::from_stored);
        Ok(Self { location, etag, no_store: true, replayed: true, ..Self::new(status, body) })
    }

    /// Returns 200 with a JSON body.
    pub fn ok<T: Serialize>(body: &T) -> Result<Self, Error> {
        Ok(Self::new(StatusCode::OK, serde_json::to_string(body).map_err(Error::internal)?))
    }

    /// Returns 201 with a JSON body and the path of the new resource.
    pub fn created<T: Serialize>(location: String, body: &T) -> Result<Self, Error> {
        Ok(Self { status: StatusCode::CREATED, location: Some(location), ..Self::ok(body)? })
    }

    /// Turns the response into 201 for a resource that was created at this path.
    #[must_use]
    pub fn at(self, location: String) -> Self {
        Self { status: StatusCode::CREATED, location: Some(location), ..self }
    }

    /// Returns 204 without a body.
    #[must_use]
    pub fn no_content() -> Self {
        Self::new(StatusCode::NO_CONTENT, String::new())
    }

    /// Sets the `ETag` to a row version.
    #[must_use]
    pub fn version(mut self, version: i64) -> Self {
        self.etag = Some(ETag::of_version(version));
        self
    }

    /// Sets the `ETag` of a representation that depends on more than a row version.
    #[must_use]
    pub fn tag(mut self, etag: ETag) -> Self {
        self.etag = Some(etag);
        self
    }

    /// Returns the body whatever `If-None-Match` contains, because it has more than the `ETag` covers.
    #[must_use]
    pub fn beyond_etag(mut self) -> Self {
        self.beyond_etag = true;
        self
    }

    /// Sets the `Link` header.
    #[must_use]
    pub fn link(mut self, link: Option<String>) -> Self {
        self.link = link;
        self
    }

    /// Sets the id of the person's record that the response is about.
    #[must_use]
    pub fn about(mut self, id: impl ToString) -> Self {
        self.about = Some(id.to_string());
        self
    }

    /// Sets the language of the texts in the body.
    #[must_use]
    pub fn language(mut self, lang: Lang) -> Self {
        self.language = Some(lang);
        self
    }

    /// Forbids caching, because the response has personal data.
    #[must_use]
    pub fn no_store(mut self) -> Self {
        self.no_store = true;
        self
    }
}

impl Responder for Response {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        if let Some(etag) = &self.etag {
            response.insert_header((ETAG, etag.to_string()));
        }
        if let Some(location) = self.location {
            response.insert_header((LOCATION, location));
        }
        if let Some(link) = self.link {
            response.insert_header((LINK, link));
        }
        let cache = if self.no_store { "no-store" } else { "private, no-cache" };
        response.insert_header((CACHE_CONTROL, cache));
        if let Some(lang) = self.language {
            response.insert_header((CONTENT_LANGUAGE, lang.as_str()));
        }
        if self.replayed {
            response.insert_header(("Idempotent-Replayed", "true"));
        }
        let conditional = request.method().is_safe() && !self.beyond_etag;
        if conditional && self.etag.as_ref().is_some_and(|etag| etag.matches_none_of(request)) {
            return response.status(StatusCode::NOT_MODIFIED).finish();
        }
        if self.status == StatusCode::NO_CONTENT {
            return response.finish();
        }
        response.insert_header((CONTENT_TYPE, "application/json"));
        response.body(self.body)
    }
}
