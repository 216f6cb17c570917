//! Keyset pagination: lists are read in the order of their ids, which is the order of creation.

use serde::Deserialize;
use utoipa::ToSchema;

/// Order of a list, by the time of creation.
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

/// A page of a list: at most `limit` rows after the row with the ID `after`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    pub after: Option<String>,
    pub limit: usize,
}

impl Page {
    /// Returns the number of rows to read: one more than `limit`, to find out whether there is a next page.
    #[must_use]
    pub fn fetch(&self) -> i64 {
        self.limit as i64 + 1
    }
}
