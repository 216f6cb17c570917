//! Prepared statements for queries that diesel prepares at each call.
//!
//! diesel keeps no statement for updates and for `IN` lists, because their text can vary without limit.
//! [`CachedDsl::cached`] keeps one statement per text. It is for queries whose text varies little: updates of all
//! columns of a row, and lists of at most a page of ids.

use diesel::backend::Backend;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::{QueryResult, RunQueryDsl};

/// A query whose prepared statement is kept by its text.
#[derive(Debug, Clone, Copy)]
pub struct Cached<Q>(Q);

/// Adds [`cached`](CachedDsl::cached) to queries.
pub trait CachedDsl: Sized {
    /// Keeps the prepared statement of this query.
    fn cached(self) -> Cached<Self> {
        Cached(self)
    }
}

impl<Q> CachedDsl for Q {}

impl<Q, DB> QueryFragment<DB> for Cached<Q>
where
    DB: Backend,
    Q: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }

    fn is_safe_to_cache_prepared(&self, _: &DB) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<Q> QueryId for Cached<Q> {
    type QueryId = ();

    // The text identifies the statement.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for Cached<Q> {
    type SqlType = Q::SqlType;
}

impl<Q, Conn> RunQueryDsl<Conn> for Cached<Q> {}
