//! `column IN (...)` with a list of any length in one prepared statement.

use diesel::QueryResult;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{Array, Bool, Text};
use diesel::sqlite::Sqlite;
use serde::Serialize;

use crate::kernel::error::Error;

/// Whether the column is one of `values`. The list is bound as one value. With `eq_any`, SQLite needs a statement for
/// each length of the list, and diesel prepares it at each call.
///
/// # Errors
/// When a value cannot be written as JSON.
pub fn any_of<C, T: Clone + Serialize>(column: C, values: &[T]) -> Result<AnyOf<C, T>, Error> {
    let json = serde_json::to_string(values).map_err(Error::internal)?;
    Ok(AnyOf { column, values: values.to_vec(), json })
}

/// See [`any_of`].
#[derive(Debug, Clone)]
pub struct AnyOf<C, T> {
    column: C,
    /// For PostgreSQL.
    values: Vec<T>,
    /// For SQLite, which has no arrays.
    json: String,
}

impl<C, T> Expression for AnyOf<C, T> {
    type SqlType = Bool;
}

impl<C: QueryFragment<Pg>, T: ToSql<Text, Pg>> QueryFragment<Pg> for AnyOf<C, T>
where
    Vec<T>: ToSql<Array<Text>, Pg>,
{
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.column.walk_ast(pass.reborrow())?;
        pass.push_sql(" = ANY(");
        pass.push_bind_param::<Array<Text>, _>(&self.values)?;
        pass.push_sql(")");
        Ok(())
    }
}

impl<C: QueryFragment<Sqlite>, T> QueryFragment<Sqlite> for AnyOf<C, T> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.column.walk_ast(pass.reborrow())?;
        pass.push_sql(" IN (SELECT value FROM json_each(");
        pass.push_bind_param::<Text, _>(&self.json)?;
        pass.push_sql("))");
        Ok(())
    }
}

impl<C: QueryId, T> QueryId for AnyOf<C, T> {
    type QueryId = AnyOf<C::QueryId, ()>;

    const HAS_STATIC_QUERY_ID: bool = C::HAS_STATIC_QUERY_ID;
}

impl<C: ValidGrouping<()>, T> ValidGrouping<()> for AnyOf<C, T> {
    type IsAggregate = is_aggregate::No;
}

impl<C: AppearsOnTable<S>, T, S> AppearsOnTable<S> for AnyOf<C, T> {}

impl<C: SelectableExpression<S>, T, S> SelectableExpression<S> for AnyOf<C, T> {}
