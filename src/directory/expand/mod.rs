//! `expand`: the people and departments that a response refers to, in the same response.
//!
//! Rules: a person is included as `GET /v1/people/{id}` returns them, erased people in redacted form, and so is a
//! department; the same permission is needed as for reading them. Only the body is searched for ids, not what is
//! included (depth 1). Each kind takes at most one statement, and none if `expand` is absent. A body with `included`
//! has more than its `ETag` covers, so it is never 304, and it is not cached, because it has personal data.

mod dto;
mod references;
mod respond;

pub use dto::{ExpandQuery, Expansion, PageWithIncluded, WithIncluded};
pub use respond::{respond, respond_with_page};
