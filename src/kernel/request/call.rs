//! Extractors that give a handler the caller, the parsed body and the request metadata.

use std::future::Future;
use std::pin::Pin;

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev, web};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::counted;
use crate::kernel::auth::Actor;
use crate::kernel::authz;
use crate::kernel::error::{Code, Error, Problem, Violation};
use crate::kernel::http::body::{self, MAX_BODY, Media, RequestBody};
use crate::kernel::http::etag::IfMatch;
use crate::kernel::http::idempotency::Key;
use crate::kernel::http::route_table;
use crate::kernel::locale::Lang;
use crate::kernel::state::{AppState, has_bearer};
use crate::kernel::system_name::SystemName;
pub use crate::kernel::tx::Meta;

/// The id of a request, taken from `Request-Id` or generated. It appears in every log line, problem, event and audit
/// entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(pub String);

fn meta(request: &HttpRequest, body: &[u8]) -> Result<Meta, Error> {
    Ok(Meta {
        request_id: request_id(request),
        lang: lang(request),
        visitor_lang: visitor_lang(request),
        if_match: IfMatch::from_request(request)?,
        idempotency: Key::from_request(request, || digest(request, body))?,
        caused_by: caused_by(request)?,
    })
}

/// Reads `Caused-By`, the external system that the caller acts for.
fn caused_by(request: &HttpRequest) -> Result<Option<SystemName>, Error> {
    const HEADER: &str = "Caused-By";
    let Some(value) = request.headers().get(HEADER) else { return Ok(None) };
    let name = value.to_str().unwrap_or_default().parse();
    name.map(Some).map_err(|_: String| {
        let mut problem = Problem::new(Code::MalformedRequest);
        problem.violations.push(Violation::header(HEADER, "malformed_system_name", "violation-system-name"));
        problem.into()
    })
}

/// Returns the id that the middleware assigned to this request.
#[must_use]
pub fn request_id(request: &HttpRequest) -> String {
    request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default()
}

/// The language of texts for visitors who do not ask for another one.
#[derive(Debug, Clone, Copy)]
pub struct DefaultLocale(pub Lang);

/// Returns the language of problems and other texts for developers.
#[must_use]
pub fn lang(request: &HttpRequest) -> Lang {
    Lang::of_developer(accept_language(request))
}

/// Returns the language of texts for visitors.
#[must_use]
pub fn visitor_lang(request: &HttpRequest) -> Lang {
    let default = request.app_data::<web::Data<DefaultLocale>>().map_or(Lang::CS, |default| default.0);
    Lang::negotiate(accept_language(request), Lang::all(), default)
}

fn accept_language(request: &HttpRequest) -> Option<&str> {
    request.headers().get("accept-language").and_then(|value| value.to_str().ok())
}

/// Hashes method, target and body. Two requests with the same digest are the same request.
fn digest(request: &HttpRequest, body: &[u8]) -> String {
    let mut hash = Sha256::new();
    hash.update(request.method().as_str());
    hash.update([0]);
    hash.update(request.uri().to_string());
    hash.update([0]);
    hash.update(body);
    HEXLOWER.encode(&hash.finalize())
}

/// Authenticates the caller and checks that the token has the scope of the operation: before the body is received, and
/// before anything is read, so that a token without the scope does not learn what exists. Then checks the person.
///
/// # Errors
/// 401; 429 when a rate limit of the caller is exceeded; 403 without the scope, or for a person who is not in the
/// directory if the operation needs a relation.
pub async fn caller(request: &HttpRequest) -> Result<Actor, Error> {
    let app = AppState::of(request)?;
    let actor = app.authenticate(request).await?;
    counted::for_caller(request, &actor)?;
    let action = route_table::of_request(request).and_then(|route| route.action(request.method().as_str()));
    action.map_or(Ok(()), |action| authz::require_scope(&actor, action))?;
    app.check_person(&actor, action, &request_id(request)).await?;
    Ok(actor)
}

/// Returns the caller of an operation that needs no credentials, if `matters` for this caller; `None` for all others,
/// who count as visitors. A bearer token or API key that is not valid is refused, so that an application notices it.
///
/// # Errors
/// 401 for a token or key that is not valid; 429; 503.
pub async fn caller_if(request: &HttpRequest, matters: impl Fn(&Actor) -> bool) -> Result<Option<Actor>, Error> {
    if !has_bearer(request) {
        return Ok(None);
    }
    let actor = caller(request).await?;
    Ok(matters(&actor).then_some(actor))
}

/// Returns the actor of a visitor. Credentials that the request has do not count as those of a caller.
///
/// # Errors
/// 429 when a rate limit of the network is exceeded.
pub fn visitor(request: &HttpRequest) -> Result<Actor, Error> {
    counted::for_visitor(request)?;
    Ok(Actor::anonymous())
}

/// An authenticated write.
pub struct Call<T> {
    pub actor: Actor,
    pub body: T,
    pub meta: Meta,
}

/// A write that needs no credentials. Credentials that are sent are ignored.
pub struct PublicCall<T>(pub Call<T>);

type CallFuture<T> = Pin<Box<dyn Future<Output = Result<T, Error>>>>;

impl<T: RequestBody> FromRequest for Call<T> {
    type Error = Error;
    type Future = CallFuture<Self>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            // Authenticate first, so that the body of an unauthenticated request is never read.
            let actor = caller(&request).await?;
            read(&request, payload, actor).await
        })
    }
}

impl<T: RequestBody> FromRequest for PublicCall<T> {
    type Error = Error;
    type Future = CallFuture<Self>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move { read(&request, payload, Actor::anonymous()).await.map(PublicCall) })
    }
}

async fn read<T: RequestBody>(
    request: &HttpRequest,
    mut payload: dev::Payload,
    actor: Actor,
) -> Result<Call<T>, Error> {
    let bytes = body::receive(request, &mut payload, Media::Json, T::MAX_SIZE).await?;
    let meta = meta(request, &bytes)?;
    Ok(Call { actor, body: body::read(&bytes)?, meta })
}

/// An authenticated write whose body is a calendar (RFC 5545).
pub struct CalendarCall(pub Call<String>);

impl FromRequest for CalendarCall {
    type Error = Error;
    type Future = CallFuture<Self>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let actor = caller(&request).await?;
            let bytes = body::receive(&request, &mut payload, Media::Calendar, MAX_BODY).await?;
            let meta = meta(&request, &bytes)?;
            let text = String::from_utf8(bytes.into()).map_err(|_| Error::from(Code::MalformedRequest))?;
            Ok(Self(Call { actor, body: text, meta }))
        })
    }
}

impl FromRequest for Actor {
    type Error = Error;
    type Future = CallFuture<Self>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { caller(&request).await })
    }
}
