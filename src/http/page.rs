//! Pages of lists: keyset paging with an opaque cursor that is bound to its query, so that a row
//! that does not change during a walk is seen exactly once.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::{Code, Error, Problem, Text, Violation};
use crate::http::answer::Answer;
use crate::http::query::FromQuery;

/// Items of a page when `limit` is not given.
pub const DEFAULT_LIMIT: i64 = 20;
/// Most items of a page.
pub const MAX_LIMIT: i64 = 100;
/// Longest cursor.
pub const MAX_CURSOR: usize = 512;

/// Order of a list. Ids sort by the time of creation, so it is also the order of ids.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
pub enum Sort {
    /// Oldest first.
    #[default]
    #[serde(rename = "created_at")]
    OldestFirst,
    /// Newest first.
    #[serde(rename = "-created_at")]
    NewestFirst,
}

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items.
    #[schema(max_items = 100)]
    pub data: Vec<T>,
    /// Where the next page begins; null on the last one.
    #[schema(required, max_length = 512, pattern = "^[A-Za-z0-9_-]+$")]
    pub next_cursor: Option<String>,
}

/// Which page is wanted.
#[derive(Debug, Clone)]
pub struct PageRequest {
    /// Items to return.
    pub limit: usize,
    /// The sort key of the last item seen, and its id.
    pub after: Option<(String, String)>,
    fingerprint: String,
    base: String,
}

impl PageRequest {
    /// From the two parameters that every list has.
    ///
    /// # Errors
    /// 400 when the cursor was not made for this query.
    pub fn new<T>(from: &FromQuery<T>, limit: Option<i64>, cursor: Option<&str>) -> Result<Self, Error> {
        let after = cursor.map(|cursor| decode(&from.fingerprint, cursor).ok_or_else(invalid_cursor)).transpose()?;
        let limit = limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT) as usize;
        Ok(Self { limit, after, fingerprint: from.fingerprint.clone(), base: from.base.clone() })
    }

    /// How many rows to fetch: one more than wanted tells whether there is a next page.
    #[must_use]
    pub fn fetch(&self) -> i64 {
        self.limit as i64 + 1
    }

    /// The id to continue after, for lists ordered by id alone.
    #[must_use]
    pub fn after_id(&self) -> Option<&str> {
        self.after.as_ref().map(|(_, id)| id.as_str())
    }

    /// Builds the answer from the fetched rows; `key` gives sort key and id of a row.
    ///
    /// # Errors
    /// When the body cannot be serialised, which is a fault of ours.
    pub fn answer<R, T: Serialize>(
        &self,
        mut rows: Vec<R>,
        key: impl Fn(&R) -> (String, String),
        body: impl Fn(R) -> T,
    ) -> Result<Answer, Error> {
        let more = rows.len() > self.limit;
        rows.truncate(self.limit);
        let next_cursor = rows.last().filter(|_| more).map(|row| encode(&self.fingerprint, &key(row))).transpose()?;
        let link = next_cursor.as_ref().map(|cursor| {
            let joint = if self.base.ends_with('?') { "" } else { "&" };
            format!("<{}{joint}cursor={cursor}>; rel=\"next\"", self.base)
        });
        let page = Page { data: rows.into_iter().map(body).collect(), next_cursor };
        Ok(Answer::ok(&page)?.link(link))
    }
}

fn encode(fingerprint: &str, (key, id): &(String, String)) -> Result<String, Error> {
    let text = serde_json::to_string(&(fingerprint, key, id)).map_err(Error::internal)?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(text))
}

fn decode(fingerprint: &str, cursor: &str) -> Option<(String, String)> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (bound, key, id): (String, String, String) = serde_json::from_slice(&bytes).ok()?;
    (bound == fingerprint && !key.contains('\0') && !id.contains('\0')).then_some((key, id))
}

fn invalid_cursor() -> Error {
    let mut problem = Problem::new(Code::InvalidCursor);
    problem.violations.push(Violation::parameter(
        "cursor",
        "invalid_cursor",
        Text::new("This cursor does not belong to this query.", "Tento kurzor k tomuto dotazu nepatří."),
    ));
    problem.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_cursor_fits_its_own_query_only(key in "[^\0]{0,20}", id in "[a-z_0-9]{1,30}", other in "[0-9a-f]{16}") {
            let cursor = encode("0123456789abcdef", &(key.clone(), id.clone())).unwrap();
            prop_assert_eq!(decode("0123456789abcdef", &cursor), Some((key, id)));
            prop_assume!(other != "0123456789abcdef");
            prop_assert_eq!(decode(&other, &cursor), None);
        }

        #[test]
        fn any_text_is_refused_calmly(cursor in ".{0,60}") {
            prop_assert_eq!(decode("0123456789abcdef", &cursor), None);
        }
    }
}
