//! Pages of lists whose plan PostgreSQL keeps.
//!
//! PostgreSQL expects a query with a bound `LIMIT` to return a tenth of the rows. In a large table, a plan for the bound
//! values then looks cheaper than one for all values, so PostgreSQL plans each execution, which takes longer than the
//! execution itself. A constant limit inside the bound one prevents this.
//!
//! Rule: the plan must be good for all values, also for rare ones. So the query has an order that only the index on its
//! filter has. PostgreSQL takes `NULLS FIRST` for another order, also if the column is never null, and SQLite for the
//! usual one.

use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::BigInt;
use diesel::sqlite::Sqlite;
use diesel::{QueryResult, RunQueryDsl};

/// The smallest constant limit: more than a page of a list. Limits are rounded up, so that the text varies little.
const LEAST: u64 = 128;

/// Adds [`first_planned_once`](FirstDsl::first_planned_once) to queries.
pub trait FirstDsl: Sized {
    /// Returns the first `most` rows of an ordered query without a limit, with a plan for all bound values.
    fn first_planned_once(self, most: i64) -> First<Self> {
        First { query: self, most }
    }
}

impl<Q> FirstDsl for Q {}

/// See [`FirstDsl`].
#[derive(Debug, Clone, Copy)]
pub struct First<Q> {
    query: Q,
    most: i64,
}

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for First<Q> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        pass.push_sql("SELECT * FROM (");
        self.query.walk_ast(pass.reborrow())?;
        let constant = self.most.unsigned_abs().max(LEAST).next_power_of_two();
        pass.push_sql(&format!(" LIMIT {constant}) AS page LIMIT "));
        pass.push_bind_param::<BigInt, _>(&self.most)
    }
}

/// SQLite plans a statement when it prepares it, and ignores the limit.
impl<Q: QueryFragment<Sqlite>> QueryFragment<Sqlite> for First<Q> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.query.walk_ast(pass.reborrow())?;
        pass.push_sql(" LIMIT ");
        pass.push_bind_param::<BigInt, _>(&self.most)
    }
}

impl<Q> QueryId for First<Q> {
    type QueryId = ();

    // The text identifies the statement.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for First<Q> {
    type SqlType = Q::SqlType;
}

impl<Q, Conn> RunQueryDsl<Conn> for First<Q> {}
