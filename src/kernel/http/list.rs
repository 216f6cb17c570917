//! Lists: keyset pagination with an opaque cursor that is bound to its query. A row that does not change while a client
//! reads all pages is returned exactly once.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::kernel::error::{Code, Error, Problem, Violation};
use crate::kernel::http::query::{self, Parsed};
use crate::kernel::http::response::Response;
use crate::kernel::page::Page;

/// Items per page if `limit` is absent.
pub const DEFAULT_LIMIT: i64 = 20;
/// Maximum number of items per page.
pub const MAX_LIMIT: i64 = 100;

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Page)]
pub struct PageBody<T> {
    /// The items of this page.
    #[schema(max_items = 100)]
    pub data: Vec<T>,
    /// Cursor of the next page; null on the last page. Send it back as `cursor`.
    #[schema(required, max_length = 512, pattern = "^[A-Za-z0-9_-]+$")]
    pub next_cursor: Option<String>,
}

/// The parameters that every list has in addition to its filters.
#[derive(Debug, Clone, Default, Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Maximum number of items per page, from 1 to 100.
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 1, maximum = 100, default = 20)]
    #[param(nullable = false, format = Int32, minimum = 1, maximum = 100, default = 20)]
    pub limit: Option<i64>,
    /// `next_cursor` of the previous page; absent for the first page. A cursor is only valid for the query that
    /// returned it.
    #[serde(default)]
    #[schema(nullable = false, max_length = 512, pattern = "^[A-Za-z0-9_-]+$")]
    #[param(nullable = false, max_length = 512, pattern = "^[A-Za-z0-9_-]+$")]
    pub cursor: Option<String>,
}

/// The filters of a list without filters.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoFilter {}

/// A request for one page of a list. `T` has the filters.
pub struct ListRequest<T> {
    pub query: T,
    pub page: Page,
    pub links: Links,
}

impl<T: DeserializeOwned + ToSchema + 'static> FromRequest for ListRequest<T> {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(read(request.path(), request.query_string()))
    }
}

/// Reads the request for a page from the query string `text` of a request for `path`.
///
/// # Errors
/// 400 with every parameter that is unknown, repeated or invalid.
pub(crate) fn read<T: DeserializeOwned + ToSchema + 'static>(path: &str, text: &str) -> Result<ListRequest<T>, Error> {
    let Parsed { query, rest: PageQuery { limit, cursor }, pairs } = query::parse::<T, PageQuery>(text)?;
    let limit = limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT) as usize;
    let links = Links::new(path, pairs, limit)?;
    let after = cursor.map(|cursor| links.decode(&cursor).ok_or_else(invalid_cursor)).transpose()?;
    Ok(ListRequest { query, page: Page { after, limit }, links })
}

/// The parts of the link to the next page.
pub struct Links {
    limit: usize,
    /// Hash of the path and the parameters without cursor and limit, to which a cursor is bound.
    fingerprint: String,
    /// Path and parameters without the cursor.
    base: String,
}

impl Links {
    fn new(path: &str, pairs: Vec<(String, String)>, limit: usize) -> Result<Self, Error> {
        let parameters: Vec<_> = pairs.into_iter().filter(|(name, _)| name != "cursor").collect();
        let base = format!("{path}?{}", serde_urlencoded::to_string(&parameters).map_err(Error::internal)?);
        let bound: Vec<_> = parameters.into_iter().filter(|(name, _)| name != "limit").collect();
        Ok(Self { limit, fingerprint: query::fingerprint(path, &bound)?, base })
    }

    /// Returns the response for a page of `rows`. `position` returns the value that the list is ordered by.
    pub fn respond<R, T: Serialize>(
        &self,
        rows: Vec<R>,
        position: impl Fn(&R) -> String,
        body: impl Fn(R) -> T,
    ) -> Result<Response, Error> {
        let (page, link) = self.page(rows, position, body)?;
        Ok(Response::ok(&page)?.link(link))
    }

    /// Returns a page of `rows` and its `Link` header. `position` returns the value that the list is ordered by.
    pub fn page<R, T>(
        &self,
        mut rows: Vec<R>,
        position: impl Fn(&R) -> String,
        body: impl Fn(R) -> T,
    ) -> Result<(PageBody<T>, Option<String>), Error> {
        let more = rows.len() > self.limit;
        rows.truncate(self.limit);
        let next = rows.last().filter(|_| more).map(position);
        self.page_before(rows, next.as_deref(), body)
    }

    /// Returns a page of all these rows and its `Link` header. The next page starts after the position `next`; `None`
    /// on the last page.
    pub fn page_before<R, T>(
        &self,
        rows: Vec<R>,
        next: Option<&str>,
        body: impl Fn(R) -> T,
    ) -> Result<(PageBody<T>, Option<String>), Error> {
        let next_cursor = next.map(|position| self.encode(position)).transpose()?;
        let link = next_cursor.as_ref().map(|cursor| {
            let separator = if self.base.ends_with('?') { "" } else { "&" };
            format!("<{}{separator}cursor={cursor}>; rel=\"next\"", self.base)
        });
        Ok((PageBody { data: rows.into_iter().map(body).collect(), next_cursor }, link))
    }

    fn encode(&self, position: &str) -> Result<String, Error> {
        let text = serde_json::to_string(&(&self.fingerprint, position)).map_err(Error::internal)?;
        Ok(BASE64_URL_SAFE_NO_PAD.encode(text))
    }

    fn decode(&self, cursor: &str) -> Option<String> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (bound, position): (String, String) = serde_json::from_slice(&bytes).ok()?;
        (bound == self.fingerprint && !position.contains('\0')).then_some(position)
    }
}

/// Returns the problem for a cursor that this service did not create.
#[must_use]
pub fn invalid_cursor() -> Error {
    let mut problem = Problem::new(Code::InvalidCursor);
    problem.violations.push(Violation::parameter("cursor", "invalid_cursor", "violation-invalid-cursor"));
    problem.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn links(fingerprint: &str) -> Links {
        Links { limit: 20, fingerprint: fingerprint.to_owned(), base: "/v1/people?".to_owned() }
    }

    proptest! {
        #[test]
        fn a_cursor_is_valid_for_its_own_query_only(id in "[a-z_0-9]{1,30}", other in "[0-9a-f]{16}") {
            let cursor = links("0123456789abcdef").encode(&id).unwrap();
            prop_assert_eq!(links("0123456789abcdef").decode(&cursor), Some(id));
            prop_assume!(other != "0123456789abcdef");
            prop_assert_eq!(links(&other).decode(&cursor), None);
        }

        #[test]
        fn malformed_cursors_are_rejected(cursor in ".{0,60}") {
            prop_assert_eq!(links("0123456789abcdef").decode(&cursor), None);
        }
    }
}
