//! Prepared statements for queries that diesel prepares at each call.
//!
//! diesel keeps no statement for updates and for `IN` lists, because their text can vary without limit.
//! - [`CachedDsl::cached`] keeps one statement per text. It is for queries whose text varies little: updates of all
//!   columns of a row, and lists of at most a page of ids. The text is written for each execution.
//! - [`fixed!`](crate::fixed) keeps one statement for a place in the code, whose query always has the same text. The
//!   text is written once per connection, which saves half of the time of a long query.

use std::marker::PhantomData;

use diesel::backend::Backend;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::query_dsl::LoadQuery;
use diesel::sql_types::Integer;
use diesel::sqlite::Sqlite;
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

impl<Q> Cached<Q> {
    /// Executes an insertion, update or deletion without `RETURNING`; returns the number of its rows.
    ///
    /// The statement returns a value for each row, because diesel keeps statements only of what it loads: when it
    /// executes a query, it asks a reference to it, which does not know that the statement may be kept.
    pub fn execute<'query, Conn>(self, conn: &mut Conn) -> QueryResult<usize>
    where
        Cached<Counted<Q>>: LoadQuery<'query, Conn, i32>,
    {
        let rows: Vec<i32> = Cached(Counted(self.0)).load(conn)?;
        Ok(rows.len())
    }
}

/// A change that returns 1 for each row.
#[derive(Debug, Clone, Copy)]
pub struct Counted<Q>(Q);

impl<Q, DB> QueryFragment<DB> for Counted<Q>
where
    DB: Backend,
    Q: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(pass.reborrow())?;
        pass.push_sql(" RETURNING 1");
        Ok(())
    }
}

impl<Q> Query for Counted<Q> {
    type SqlType = Integer;
}

/// Keeps one prepared statement for this place in the code. Only the bound values of the query may vary: the tests check
/// that its text is always the same. A generic function, whose instances would share the statement, names the places
/// itself by types: `Fixed::<_, Place<N>>::new(query)`.
#[macro_export]
macro_rules! fixed {
    ($query:expr) => {{
        enum Place {}
        $crate::kernel::db::Fixed::<_, Place>::new($query)
    }};
}

/// A query whose prepared statement is kept by its place in the code; see [`fixed!`](crate::fixed).
#[derive(Debug, Clone, Copy)]
pub struct Fixed<Q, Place> {
    query: Q,
    place: PhantomData<fn() -> Place>,
}

impl<Q, Place> Fixed<Q, Place> {
    /// Returns a query with its place, which no other query has.
    pub fn new(query: Q) -> Self {
        Self { query, place: PhantomData }
    }
}

macro_rules! fixed_on {
    ($backend:ident) => {
        impl<Q: QueryFragment<$backend>, Place: 'static> QueryFragment<$backend> for Fixed<Q, Place> {
            fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, $backend>) -> QueryResult<()> {
                self.query.walk_ast(pass)
            }

            fn is_safe_to_cache_prepared(&self, _: &$backend) -> QueryResult<bool> {
                #[cfg(debug_assertions)]
                check::text_of::<Place, $backend>(&self.query)?;
                Ok(true)
            }
        }
    };
}

fixed_on!(Pg);
fixed_on!(Sqlite);

impl<Q, Place: 'static> QueryId for Fixed<Q, Place> {
    type QueryId = Place;

    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<Q: Query, Place> Query for Fixed<Q, Place> {
    type SqlType = Q::SqlType;
}

impl<Q, Place, Conn> RunQueryDsl<Conn> for Fixed<Q, Place> {}

/// Checks in debug builds that the query of a place always has the same text.
#[cfg(debug_assertions)]
mod check {
    use std::any::TypeId;
    use std::collections::HashMap;
    use std::sync::{LazyLock, Mutex, PoisonError};

    use diesel::QueryResult;
    use diesel::backend::Backend;
    use diesel::query_builder::{QueryBuilder, QueryFragment};

    static TEXTS: LazyLock<Mutex<HashMap<(TypeId, TypeId), String>>> = LazyLock::new(Mutex::default);

    pub fn text_of<Place: 'static, DB>(query: &impl QueryFragment<DB>) -> QueryResult<()>
    where
        DB: Backend + Default + 'static,
        DB::QueryBuilder: Default,
    {
        let mut builder = DB::QueryBuilder::default();
        query.to_sql(&mut builder, &DB::default())?;
        let text = builder.finish();
        let place = (TypeId::of::<Place>(), TypeId::of::<DB>());
        let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
        let first = texts.entry(place).or_insert_with(|| text.clone());
        assert_eq!(*first, text, "a query in fixed! has two texts");
        Ok(())
    }
}
