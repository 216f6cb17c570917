//! A unit of work: everything that a change needs, in one transaction.
//!
//! Rules: a service calls [`Tx::authorize_and_deduplicate`] before it changes anything. A repeated request also ends
//! there, after the permission check, so that a caller who has lost a right gets no stored response. Every change is
//! recorded with [`Tx::record_change`]. The events and audit entries of all changes are written at the end of the same
//! transaction, in the order in which they were recorded.

use crate::kernel::actors;
use crate::kernel::auth::{Actor, ActorKind};
use crate::kernel::authz::{self, Action, Relations};
use crate::kernel::counts::Counts;
use crate::kernel::db::{self, DbConn};
use crate::kernel::environment::Environment;
use crate::kernel::error::Error;
use crate::kernel::http::etag::IfMatch;
use crate::kernel::http::idempotency::{self, Key};
use crate::kernel::ids::{ActorId, Id, Kind};
use crate::kernel::locale::Lang;
use crate::kernel::record::{Change, Changes, Origin, RecordedChange};
use crate::kernel::system_name::SystemName;
use crate::kernel::time::UtcTime;

/// The request metadata of a write.
#[derive(Debug, Clone)]
pub struct Meta {
    pub request_id: String,
    /// Language of problems and other texts for developers.
    pub lang: Lang,
    /// Language of texts for visitors.
    pub visitor_lang: Lang,
    pub if_match: Option<IfMatch>,
    pub idempotency: Option<Key>,
    /// The external system that the caller acts for, from `Caused-By`.
    pub caused_by: Option<SystemName>,
}

impl Meta {
    /// Returns the metadata of background work (scheduler, dispatcher).
    #[must_use]
    pub fn background(name: &str) -> Self {
        Self {
            request_id: name.to_owned(),
            lang: Lang::EN,
            visitor_lang: Lang::EN,
            if_match: None,
            idempotency: None,
            caused_by: None,
        }
    }
}

/// A transaction with its actor, metadata and time.
pub struct Tx<'a> {
    pub conn: &'a mut DbConn,
    /// The current instant, the same for the whole unit of work.
    pub now: UtcTime,
    pub actor: &'a Actor,
    pub meta: &'a Meta,
    pub environment: &'a Environment,
    /// Whether an event was recorded.
    pub recorded: bool,
    /// How the audit trail names the actor, if it is a person; `None` until it is known.
    pub pseudonym: Option<ActorId>,
    changes: Changes,
    counts: Counts,
}

impl<'a> Tx<'a> {
    /// Runs `work` in the open transaction, and then writes the events and audit entries of its changes.
    ///
    /// # Errors
    /// The error of `work`; the transaction must then be rolled back.
    pub fn run<T>(
        conn: &'a mut DbConn,
        actor: &'a Actor,
        meta: &'a Meta,
        environment: &'a Environment,
        work: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut tx = Self {
            conn,
            now: environment.now(),
            actor,
            meta,
            environment,
            recorded: false,
            pseudonym: None,
            changes: Changes::default(),
            counts: Counts::default(),
        };
        let result = work(&mut tx)?;
        tx.write_changes()?;
        Ok(result)
    }
}

impl Tx<'_> {
    /// Returns a new id.
    #[must_use]
    pub fn new_id<K: Kind>(&self) -> Id<K> {
        self.environment.new_id()
    }

    /// Checks that the caller has permission, then that the request is not a repetition.
    ///
    /// # Errors
    /// 403 or 404 without permission, a replay of the stored response, 409 or 422 for a misused idempotency key.
    pub fn authorize_and_deduplicate(&mut self, action: Action, relations: &Relations) -> Result<(), Error> {
        authz::require(self.actor, action, relations)?;
        match &self.meta.idempotency {
            Some(key) => idempotency::deduplicate(self.conn, &self.actor.idempotency_caller(&key.digest), key),
            None => Ok(()),
        }
    }

    /// Records a change: its event and its audit entry are written at the end of the transaction.
    pub fn record_change(&mut self, change: &Change<'_>) -> Result<(), Error> {
        // Only an application can act for an external system: the one that it names, or the one with its own name.
        let named = self.meta.caused_by.clone().filter(|_| self.actor.kind == ActorKind::Service);
        let system = named.or_else(|| self.actor.as_system());
        self.record_change_of(change, system.as_ref())
    }

    /// Records a change that an external system caused.
    pub fn record_change_of(&mut self, change: &Change<'_>, system: Option<&SystemName>) -> Result<(), Error> {
        let origin =
            Origin { request_id: &self.meta.request_id, caused_by: system.map(SystemName::as_str), at: self.now };
        self.recorded = true;
        let ids = (self.new_id(), self.new_id());
        self.changes.add(ids, origin, change);
        Ok(())
    }

    /// Runs a part of the work only to learn whether it succeeds, and takes back its changes, events and counts.
    ///
    /// # Errors
    /// The error of `work`; the transaction must then be rolled back.
    pub fn rehearse<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, Error>) -> Result<T, Error> {
        let (recorded, pseudonym) = (self.recorded, self.pseudonym);
        let (changes, counts) = (std::mem::take(&mut self.changes), std::mem::take(&mut self.counts));
        db::begin_savepoint(self.conn)?;
        let result = work(self);
        db::roll_back_savepoint(self.conn)?;
        (self.recorded, self.pseudonym, self.changes, self.counts) = (recorded, pseudonym, changes, counts);
        result
    }

    /// Returns the changes with one of these event types that are recorded and not written yet.
    #[must_use]
    pub fn changes_of(&self, events: &[&str]) -> Vec<RecordedChange> {
        self.changes.of(events)
    }

    /// Counts what the transaction does: adds one to the counter `name` for this value of its label, once the
    /// transaction is committed and its counts are recorded.
    pub fn count(&mut self, name: &'static str, label: &'static str, value: &'static str) {
        self.counts.add(name, label, value);
    }

    /// Returns the counts so far, to be recorded after the commit.
    pub fn take_counts(&mut self) -> Counts {
        std::mem::take(&mut self.counts)
    }

    /// Writes the changes recorded so far, for work that changes events and audit entries itself.
    pub fn write_changes(&mut self) -> Result<(), Error> {
        if self.changes.is_empty() {
            return Ok(());
        }
        // Only now, because the row of a new actor stays locked until the commit.
        let by = actors::name(self.conn, self.environment, self.actor, &mut self.pseudonym)?;
        self.changes.write(self.conn, self.environment, &by)
    }
}
