//! Two inserts as one statement, which saves a round trip to PostgreSQL.

use diesel::pg::{Pg, PgConnection};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::{QueryResult, RunQueryDsl};

/// `WITH first AS (INSERT ...) INSERT ...`. Neither insert sees the row of the other; foreign keys are checked after
/// both.
#[derive(Debug, Clone, Copy)]
pub struct Together<A, B>(pub A, pub B);

impl<A: QueryFragment<Pg>, B: QueryFragment<Pg>> QueryFragment<Pg> for Together<A, B> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        pass.push_sql("WITH first AS (");
        self.0.walk_ast(pass.reborrow())?;
        pass.push_sql(") ");
        self.1.walk_ast(pass)
    }
}

impl<A: QueryId, B: QueryId> QueryId for Together<A, B> {
    type QueryId = Together<A::QueryId, B::QueryId>;

    const HAS_STATIC_QUERY_ID: bool = A::HAS_STATIC_QUERY_ID && B::HAS_STATIC_QUERY_ID;
}

impl<A, B> RunQueryDsl<PgConnection> for Together<A, B> {}
