//! One unit of work: everything a change needs, in one transaction.
//!
//! Rules: a service asks [`Tx::admit`] before it changes anything, which is also where the
//! repetition of an earlier request ends, so nobody who has lost a right gets a kept answer;
//! every change is [`Tx::record`]ed, which writes its event and its audit entry beside it.

use crate::auth::{Actor, ActorKind};
use crate::authz::{self, Action, Facts};
pub use crate::change::Change;
use crate::change::Origin;
use crate::clock::World;
use crate::db::DbConn;
use crate::error::Error;
use crate::http::etag::IfMatch;
use crate::http::idempotency::{self, Key};
use crate::ids::{Id, Kind};
use crate::lang::Lang;
use crate::system_name::SystemName;
use crate::time::UtcTime;
use crate::{audit, events};

/// The circumstances of a write.
#[derive(Debug, Clone)]
pub struct Meta {
    pub request_id: String,
    pub lang: Lang,
    pub if_match: Option<IfMatch>,
    pub idempotency: Option<Key>,
    /// The external system that software acts for, as it says itself.
    pub caused_by: Option<SystemName>,
}

impl Meta {
    /// For work that no request asked for (scheduler, dispatcher).
    #[must_use]
    pub fn background(name: &str) -> Self {
        Self { request_id: name.to_owned(), lang: Lang::En, if_match: None, idempotency: None, caused_by: None }
    }
}

/// A transaction with its circumstances.
pub struct Tx<'a> {
    pub conn: &'a mut DbConn,
    /// One instant for the whole unit of work.
    pub now: UtcTime,
    pub actor: &'a Actor,
    pub meta: &'a Meta,
    pub world: &'a World,
}

impl Tx<'_> {
    /// A fresh id.
    #[must_use]
    pub fn new_id<K: Kind>(&self) -> Id<K> {
        self.world.new_id()
    }

    /// Lets the caller through if they may do this, and if they have not done it already.
    ///
    /// # Errors
    /// 403, 404; a replay of the kept answer; 409 or 422 for a misused idempotency key.
    pub fn admit(&mut self, action: Action, facts: &Facts) -> Result<(), Error> {
        authz::require(self.actor, action, facts)?;
        match &self.meta.idempotency {
            Some(key) => idempotency::admit(self.conn, &self.actor.idempotency_caller(&key.digest), key),
            None => Ok(()),
        }
    }

    /// Writes the event and the audit entry of a change.
    ///
    /// # Errors
    /// Those of the database.
    pub fn record(&mut self, change: &Change<'_>) -> Result<(), Error> {
        // A person does not act for another system.
        let system = self.meta.caused_by.as_ref().filter(|_| self.actor.kind == ActorKind::Service);
        self.record_of(change, system)
    }

    /// The same for a change that an external system has brought about.
    ///
    /// # Errors
    /// Those of the database.
    pub fn record_of(&mut self, change: &Change<'_>, system: Option<&SystemName>) -> Result<(), Error> {
        let origin = Origin {
            actor: &self.actor.subject,
            request_id: &self.meta.request_id,
            caused_by: system.map(SystemName::as_str),
            at: self.now,
        };
        events::publish(self.conn, self.new_id(), origin, change)?;
        audit::append(self.conn, self.new_id(), origin, change)
    }
}
