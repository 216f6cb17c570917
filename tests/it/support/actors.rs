//! The actors of the audit trail.

use diesel::prelude::*;
use entente::kernel::db::schema::actors;

use super::{TestApp, Value};

/// Returns the pseudonyms of the people with this login; empty if the person has changed nothing.
pub async fn pseudonyms(app: &TestApp, subject: &str) -> Vec<String> {
    let subject = subject.to_owned();
    let read = app.state.db.read(move |conn| {
        Ok(actors::table.filter(actors::subject.eq(&subject)).select(actors::id).load::<String>(conn)?)
    });
    read.await.unwrap()
}

/// Returns the pseudonym of the person with this login.
pub async fn pseudonym(app: &TestApp, subject: &str) -> String {
    let found = pseudonyms(app, subject).await;
    assert_eq!(found.len(), 1, "{subject}: {found:?}");
    found[0].clone()
}

/// Returns the page of the audit trail for a query.
pub async fn trail(app: &TestApp, query: &str) -> Value {
    app.admin().get(&format!("/v1/audit-entries?limit=100&{query}")).await.expect(200).body
}
