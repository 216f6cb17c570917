//! Pseudonyms: how the audit trail names the people who act.
//!
//! Rules: an audit entry of a person has the id of a row of `actors`, and only that row has the login. Erasing a person
//! empties the row: all entries of the person still have the same actor, and no one can find out who it was. The id is
//! random, because a person could be found again by an id that is computed from the login. Applications, visitors and
//! the parts of the service are not people, so entries have their names. Two identity providers can have applications
//! with the same name, so entries of applications with a token also have its issuer.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use diesel::prelude::*;
use diesel::upsert::excluded;

use crate::kernel::auth::{Actor, ActorKind};
use crate::kernel::db::schema::{actors, people};
use crate::kernel::db::{CachedDsl, DbConn};
use crate::kernel::environment::Environment;
use crate::kernel::error::Error;
use crate::kernel::ids::{ActorId, PersonId};
use crate::kernel::time::UtcTime;
use crate::with_backend;

/// Most pseudonyms in memory. When they are reached, all are removed: each costs one statement to read again.
const MOST: usize = 10_000;

/// Seconds until a pseudonym is read again, because another process can have erased the person.
const LIFETIME: f64 = 5.0;

/// The pseudonyms of people who acted recently, each with the time when it was read, so that most requests need no
/// statement for it.
#[derive(Default)]
pub struct Pseudonyms(Mutex<HashMap<String, (ActorId, UtcTime)>>);

impl Pseudonyms {
    /// Returns the pseudonym of a person, if it is in memory.
    #[must_use]
    pub fn get(&self, actor: &Actor, now: UtcTime) -> Option<ActorId> {
        if actor.kind != ActorKind::Person {
            return None;
        }
        let (id, read_at) = self.lock().get(&key(actor)).copied()?;
        (0.0..LIFETIME).contains(&read_at.seconds_until(now)).then_some(id)
    }

    /// Keeps a pseudonym whose row is committed; does nothing for `None`.
    pub fn keep(&self, actor: &Actor, pseudonym: Option<ActorId>, now: UtcTime) {
        let Some(pseudonym) = pseudonym else { return };
        let mut kept = self.lock();
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(key(actor), (pseudonym, now));
    }

    /// Removes all pseudonyms, after an erasure.
    pub fn clear(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, (ActorId, UtcTime)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A login as text. Neither part contains NUL.
fn key(actor: &Actor) -> String {
    format!("{}\0{}", actor.issuer(), actor.subject)
}

/// How audit entries name an actor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActorName {
    /// The pseudonym of a person; otherwise the name of the application or of the part of the service.
    pub actor: String,
    /// `iss` of the token of an application; `None` for all others. That of a person is in the row of the pseudonym.
    pub issuer: Option<String>,
}

/// Returns how audit entries name an actor. For a person, `pseudonym` is used if it is known, and set otherwise; a row
/// is created at the first change by the person.
///
/// # Errors
/// When the row cannot be read or created.
pub fn name(
    conn: &mut DbConn,
    environment: &Environment,
    actor: &Actor,
    pseudonym: &mut Option<ActorId>,
) -> Result<ActorName, Error> {
    if actor.kind != ActorKind::Person {
        let issuer = actor.issuer.as_deref().map(str::to_owned);
        return Ok(ActorName { actor: actor.subject.clone(), issuer });
    }
    let id = match *pseudonym {
        Some(id) => id,
        None => find_or_create(conn, environment.new_id(), actor.issuer(), &actor.subject)?,
    };
    *pseudonym = Some(id);
    Ok(ActorName { actor: id.to_string(), issuer: None })
}

/// Returns the row of a login; `new` is the id of the row if it has to be created. One statement, so that two first
/// changes at the same time get the same row.
fn find_or_create(conn: &mut DbConn, new: ActorId, issuer: &str, subject: &str) -> Result<ActorId, Error> {
    let row = (actors::id.eq(new), actors::issuer.eq(issuer), actors::subject.eq(subject));
    Ok(with_backend!(conn, |conn| diesel::insert_into(actors::table)
        .values(row)
        .on_conflict((actors::subject, actors::issuer))
        .do_update()
        .set(actors::subject.eq(excluded(actors::subject)))
        .returning(actors::id)
        .cached()
        .get_result(conn))?)
}

/// The person behind a pseudonym.
#[derive(Debug, Clone, Queryable)]
pub struct Known {
    pub id: ActorId,
    /// `iss` of the person's tokens; `None` after an erasure.
    pub issuer: Option<String>,
    /// `sub` of the person's tokens; `None` after an erasure.
    pub subject: Option<String>,
    /// The person in the directory who has this login.
    pub person_id: Option<PersonId>,
}

/// Returns the people behind these pseudonyms, in no particular order.
///
/// # Errors
/// When the rows cannot be read.
pub fn find(conn: &mut DbConn, ids: &[ActorId]) -> Result<Vec<Known>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(actors::table
        .left_join(people::table.on(people::login.eq(actors::subject).and(people::login_issuer.eq(actors::issuer))))
        .filter(actors::id.eq_any(ids))
        .select((actors::id, actors::issuer, actors::subject, people::id.nullable()))
        .load(conn)?)
}

/// Returns the pseudonyms of a person in the directory, by the current login; empty if the person has not acted.
///
/// # Errors
/// When the rows cannot be read.
pub fn of_person(conn: &mut DbConn, person: PersonId) -> Result<Vec<ActorId>, Error> {
    Ok(actors::table
        .inner_join(people::table.on(people::login.eq(actors::subject).and(people::login_issuer.eq(actors::issuer))))
        .filter(people::id.eq(person))
        .select(actors::id)
        .load(conn)?)
}

/// Empties the rows of these logins, each an issuer and a subject.
///
/// # Errors
/// When the rows cannot be written.
pub fn erase(conn: &mut DbConn, logins: &BTreeSet<(String, String)>) -> Result<(), Error> {
    for (issuer, subject) in logins {
        let row = actors::table.filter(actors::subject.eq(subject)).filter(actors::issuer.eq(issuer));
        diesel::update(row)
            .set((actors::issuer.eq(None::<String>), actors::subject.eq(None::<String>)))
            .cached()
            .execute(conn)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(issuer: &str, subject: &str) -> Actor {
        let issuer = Some(issuer.into());
        Actor { kind: ActorKind::Person, subject: subject.into(), issuer, ..Actor::anonymous() }
    }

    #[test]
    fn each_login_has_its_own_pseudonym() {
        let (kept, now) = (Pseudonyms::default(), UtcTime::from_unix_micros(0));
        let (jana, other) = (person("a", "jana"), person("b", "jana"));
        kept.keep(&jana, None, now);
        assert_eq!(kept.get(&jana, now), None);
        kept.keep(&jana, Some(ActorId::demo(1)), now);
        kept.keep(&other, Some(ActorId::demo(2)), now);
        assert_eq!((kept.get(&jana, now), kept.get(&other, now)), (Some(ActorId::demo(1)), Some(ActorId::demo(2))));
        // An application has no pseudonym, even if its subject equals the login of a person.
        assert_eq!(kept.get(&Actor { kind: ActorKind::Service, ..person("a", "jana") }, now), None);
        // Another process can have erased the person meanwhile.
        assert_eq!(kept.get(&jana, now.plus_seconds(5)), None);
        kept.clear();
        assert_eq!(kept.get(&jana, now), None);
    }

    #[test]
    fn the_memory_is_limited() {
        let kept = Pseudonyms::default();
        for number in 0..=MOST {
            kept.keep(&person("a", &number.to_string()), Some(ActorId::demo(1)), UtcTime::from_unix_micros(0));
        }
        assert_eq!(kept.lock().len(), 1);
    }
}
