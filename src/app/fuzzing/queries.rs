//! Query strings and cursors of lists.

use std::borrow::Cow;

use actix_web::http::StatusCode;
use serde::Deserialize;
use url::form_urlencoded;
use utoipa::ToSchema;

use super::text;
use crate::callbacks::requests::CallbackState;
use crate::kernel::http::list::{self, ListRequest, MAX_LIMIT, NoFilter};
use crate::kernel::ids::AgentId;
use crate::kernel::time::{Day, UtcTime};

const PATH: &str = "/v1/people";
const OTHER_PATH: &str = "/v1/departments";
/// Maximum length of a cursor, as in the API document.
const MAX_CURSOR: usize = 512;

/// Filters of each kind that lists of the service have.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Filter {
    #[serde(default)]
    #[schema(nullable = false, max_items = 3)]
    state: Option<Vec<CallbackState>>,
    #[serde(default)]
    #[schema(nullable = false)]
    agent_id: Option<AgentId>,
    #[serde(default)]
    #[schema(nullable = false)]
    created_from: Option<UtcTime>,
    #[serde(default)]
    #[schema(nullable = false)]
    on: Option<Day>,
    #[serde(default)]
    #[schema(nullable = false, max_length = 20, pattern = "^[a-z][a-z0-9-]*$")]
    key: Option<String>,
    #[serde(default)]
    #[schema(nullable = false, format = Int32, minimum = 0, maximum = 9)]
    level: Option<i64>,
    #[serde(default)]
    #[schema(nullable = false)]
    active: Option<bool>,
}

/// Parameters that can be sent once.
const SINGLE: [&str; 8] = ["agent_id", "created_from", "on", "key", "level", "active", "limit", "cursor"];

/// A query has known parameters only, and the link to its next page is the same query at the new position.
pub fn query(bytes: &[u8]) -> bool {
    let sent = text(bytes);
    let request = match list::read::<Filter>(PATH, &sent) {
        Ok(request) => request,
        Err(refusal) => {
            assert_eq!(refusal.status(), StatusCode::BAD_REQUEST, "{refusal}");
            return false;
        }
    };
    let parameters: Vec<Parameter<'_>> = form_urlencoded::parse(sent.as_bytes()).collect();
    assert!(parameters.iter().all(|(name, _)| name == "state" || SINGLE.contains(&name.as_ref())), "{sent}");
    assert!(SINGLE.iter().all(|name| values(&parameters, name).count() <= 1), "{sent}");
    let states: Vec<&str> = request.query.state.iter().flatten().map(|state| state.as_str()).collect();
    assert_eq!(states, values(&parameters, "state").flat_map(|value| value.split(',')).collect::<Vec<_>>());
    assert!((1..=MAX_LIMIT as usize).contains(&request.page.limit), "{}", request.page.limit);

    let position = AgentId::demo(1).to_string();
    let next = next_link(&request, &position).and_then(|link| {
        let (path, query) = link.split_once('?')?;
        list::read::<Filter>(path, query).ok()
    });
    assert!(next.is_some_and(|next| {
        next.query == request.query && next.page.limit == request.page.limit && next.page.after == Some(position)
    }));
    true
}

type Parameter<'a> = (Cow<'a, str>, Cow<'a, str>);

fn values<'a>(parameters: &'a [Parameter<'a>], name: &'a str) -> impl Iterator<Item = &'a str> {
    parameters.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_ref())
}

/// Returns the URL of the page after `position`.
fn next_link<T>(request: &ListRequest<T>, position: &str) -> Option<String> {
    let rows = vec![(); request.page.limit + 1];
    let (_, link) = request.links.page(rows, |_| position.to_owned(), |_| ()).ok()?;
    let (url, _) = link.as_deref()?.strip_prefix('<')?.split_once(">;")?;
    Some(url.to_owned())
}

/// A cursor returns the position that it was created with, and is valid for its own query only.
pub fn cursor(bytes: &[u8]) -> bool {
    let sent = text(bytes);
    check_created(&sent);
    let query: String = form_urlencoded::Serializer::new(String::new()).append_pair("cursor", &sent).finish();
    match list::read::<NoFilter>(PATH, &query) {
        Ok(request) => {
            assert!(sent.len() <= MAX_CURSOR);
            assert!(request.page.after.is_some_and(|position| !position.contains('\0')));
            assert!(list::read::<NoFilter>(OTHER_PATH, &query).is_err(), "a cursor of another list is accepted");
            assert!(list::read::<Filter>(PATH, &format!("level=1&{query}")).is_err(), "other filters are accepted");
            true
        }
        Err(refusal) => {
            assert_eq!(refusal.status(), StatusCode::BAD_REQUEST, "{refusal}");
            false
        }
    }
}

fn check_created(position: &str) {
    let first = list::read::<NoFilter>(PATH, "limit=1").ok();
    let page = first.and_then(|first| first.links.page(vec![(), ()], |_| position.to_owned(), |_| ()).ok());
    let cursor = page.and_then(|(page, _)| page.next_cursor).unwrap_or_default();
    assert!(!cursor.is_empty());
    let after = list::read::<NoFilter>(PATH, &format!("cursor={cursor}")).ok().map(|request| request.page.after);
    let is_valid = cursor.len() <= MAX_CURSOR && !position.contains('\0');
    assert_eq!(after, is_valid.then(|| Some(position.to_owned())));
}
