//! The statements that number a batch of events on PostgreSQL: one for all subjects and one for all events. They take
//! arrays, so that their text does not depend on the size of the batch and their prepared statements are kept.

use diesel::pg::{Pg, PgConnection};
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Nullable, Text};
use diesel::{QueryResult, RunQueryDsl};

/// Adds a number of events to the counter of each subject, and returns the subjects with their counters.
#[derive(Debug)]
pub struct Advance<'a> {
    pub subjects: Vec<&'a str>,
    pub counts: Vec<i64>,
}

impl QueryFragment<Pg> for Advance<'_> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        pass.push_sql("INSERT INTO event_subjects (subject, last_sequence) SELECT * FROM unnest(");
        pass.push_bind_param::<Array<Text>, _>(&self.subjects)?;
        pass.push_sql("::text[], ");
        pass.push_bind_param::<Array<BigInt>, _>(&self.counts)?;
        pass.push_sql(
            "::bigint[]) ON CONFLICT (subject) DO UPDATE \
             SET last_sequence = event_subjects.last_sequence + excluded.last_sequence \
             RETURNING subject, last_sequence",
        );
        Ok(())
    }
}

impl QueryId for Advance<'_> {
    type QueryId = Advance<'static>;

    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for Advance<'_> {
    type SqlType = (Text, BigInt);
}

impl RunQueryDsl<PgConnection> for Advance<'_> {}

/// Stores the sequences of the events at these positions, and the last assigned sequence.
#[derive(Debug)]
pub struct Number<'a> {
    pub positions: &'a [i64],
    pub sequences: Vec<Option<i64>>,
    pub of_subjects: Vec<Option<i64>>,
    pub last: i64,
}

impl QueryFragment<Pg> for Number<'_> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        pass.push_sql("WITH counter AS (UPDATE event_sequence SET last_sequence = ");
        pass.push_bind_param::<BigInt, _>(&self.last)?;
        pass.push_sql(
            " WHERE id = 1) UPDATE events SET sequence = numbered.sequence, subject_sequence = numbered.of_subject \
             FROM unnest(",
        );
        pass.push_bind_param::<Array<BigInt>, _>(self.positions)?;
        pass.push_sql("::bigint[], ");
        pass.push_bind_param::<Array<Nullable<BigInt>>, _>(&self.sequences)?;
        pass.push_sql("::bigint[], ");
        pass.push_bind_param::<Array<Nullable<BigInt>>, _>(&self.of_subjects)?;
        pass.push_sql(
            "::bigint[]) AS numbered (position, sequence, of_subject) WHERE events.position = numbered.position",
        );
        Ok(())
    }
}

impl QueryId for Number<'_> {
    type QueryId = Number<'static>;

    const HAS_STATIC_QUERY_ID: bool = true;
}

impl RunQueryDsl<PgConnection> for Number<'_> {}
