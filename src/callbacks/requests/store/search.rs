//! Finds requests by the contact data of their visitors.

use diesel::prelude::*;

use crate::callbacks::requests::filter::Criteria;
use crate::callbacks::requests::rows::{CallbackRequest, Contact, RequestAndContact};
use crate::kernel::db::DbConn;
use crate::kernel::db::schema::callback_contacts;
use crate::kernel::db::schema::callback_requests::dsl;
use crate::kernel::error::Error;
use crate::kernel::page::merged;
use crate::with_backend;

/// The character that sorts after all others.
const LAST: char = '\u{10ffff}';

/// The key of a name that is searched.
#[derive(Debug, Clone, Copy)]
enum NameOrder {
    AsWritten,
    LastNameFirst,
}

/// Returns requests that match all criteria, newest first; at most `most`. Erased requests do not match.
pub fn search(conn: &mut DbConn, criteria: &Criteria, most: i64) -> Result<Vec<RequestAndContact>, Error> {
    let newest_first = |(one, _): &RequestAndContact, (other, _): &RequestAndContact| other.id.cmp(&one.id);
    let orders: &[Option<NameOrder>] = match criteria.name_key {
        Some(_) => &[Some(NameOrder::AsWritten), Some(NameOrder::LastNameFirst)],
        None => &[None],
    };
    merged(orders, most, newest_first, |order| in_order(conn, criteria, *order, most))
}

fn in_order(
    conn: &mut DbConn,
    criteria: &Criteria,
    order: Option<NameOrder>,
    most: i64,
) -> Result<Vec<RequestAndContact>, Error> {
    let rows: Vec<(CallbackRequest, Contact)> = with_backend!(conn, |conn| {
        let mut query = dsl::callback_requests
            .inner_join(callback_contacts::table)
            .select((CallbackRequest::as_select(), Contact::as_select()))
            .order(dsl::id.desc())
            .limit(most)
            .into_boxed();
        if let Some(phone) = criteria.phone_e164.as_deref() {
            query = query.filter(dsl::phone_e164.eq(phone));
        }
        if let Some(email) = criteria.email_key.as_deref() {
            query = query.filter(callback_contacts::email_key.eq(email));
        }
        if let Some(name) = criteria.name_key.as_deref() {
            let end = format!("{name}{LAST}");
            query = match order {
                Some(NameOrder::LastNameFirst) => query
                    .filter(callback_contacts::last_name_key.ge(name))
                    .filter(callback_contacts::last_name_key.lt(end)),
                _ => query.filter(callback_contacts::name_key.ge(name)).filter(callback_contacts::name_key.lt(end)),
            };
        }
        query.load(conn)
    })?;
    Ok(rows.into_iter().map(|(request, contact)| (request, Some(contact))).collect())
}
