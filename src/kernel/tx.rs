//! One unit of work: everything a change needs, in one transaction.
//!
//! Rules: a service calls [`Tx::authorize_and_deduplicate`] before it changes anything. A repeated request also ends
//! there, after the permission check, so that a caller who has lost a right gets no stored response. Every change is
//! recorded with [`Tx::record_change`], which writes its event and its audit entry in the same transaction.

use crate::kernel::auth::{Actor, ActorKind};
use crate::kernel::authz::{self, Action, Facts};
use crate::kernel::db::DbConn;
use crate::kernel::environment::Environment;
use crate::kernel::error::Error;
use crate::kernel::http::etag::IfMatch;
use crate::kernel::http::idempotency::{self, Key};
use crate::kernel::ids::{Id, Kind};
use crate::kernel::locale::Lang;
use crate::kernel::record::{self, Change, Origin};
use crate::kernel::system_name::SystemName;
use crate::kernel::time::UtcTime;

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
    pub environment: &'a Environment,
}

impl Tx<'_> {
    /// A fresh id.
    #[must_use]
    pub fn new_id<K: Kind>(&self) -> Id<K> {
        self.environment.new_id()
    }

    /// Lets the caller through if they may do this, and if they have not done it already.
    ///
    /// # Errors
    /// 403, 404; a replay of the kept answer; 409 or 422 for a misused idempotency key.
    pub fn authorize_and_deduplicate(&mut self, action: Action, facts: &Facts) -> Result<(), Error> {
        authz::require(self.actor, action, facts)?;
        match &self.meta.idempotency {
            Some(key) => idempotency::deduplicate(self.conn, &self.actor.idempotency_caller(&key.digest), key),
            None => Ok(()),
        }
    }

    /// Writes the event and the audit entry of a change.
    pub fn record_change(&mut self, change: &Change<'_>) -> Result<(), Error> {
        // A person does not act for another system.
        let system = self.meta.caused_by.as_ref().filter(|_| self.actor.kind == ActorKind::Service);
        self.record_change_of(change, system)
    }

    /// The same for a change that an external system has brought about.
    pub fn record_change_of(&mut self, change: &Change<'_>, system: Option<&SystemName>) -> Result<(), Error> {
        let origin = Origin {
            actor: &self.actor.subject,
            request_id: &self.meta.request_id,
            caused_by: system.map(SystemName::as_str),
            at: self.now,
        };
        let ids = (self.new_id(), self.new_id());
        record::write(self.conn, ids, origin, change)
    }
}
