//! A change to one record, as its event and its audit entry tell it.

use serde::Serialize;
use serde_json::Value;

use crate::error::Error;

/// What happened to which record.
pub struct Change<'a> {
    /// `<resource>.<past participle>`, from the list in `events::types`.
    pub event: &'static str,
    /// Id of the changed record.
    pub subject: &'a str,
    /// The record before; null when it is new.
    pub before: Value,
    /// The record after; also the event's `data`.
    pub after: Value,
    pub reason: Option<&'a str>,
}

impl<'a> Change<'a> {
    /// A record that is new.
    ///
    /// # Errors
    /// When it cannot be serialised, which is a fault of ours.
    pub fn created<T: Serialize>(event: &'static str, subject: &'a str, after: &T) -> Result<Self, Error> {
        Ok(Self { event, subject, before: Value::Null, after: json(after)?, reason: None })
    }

    /// A record that was there.
    ///
    /// # Errors
    /// When it cannot be serialised, which is a fault of ours.
    pub fn updated<T: Serialize>(event: &'static str, subject: &'a str, before: &T, after: &T) -> Result<Self, Error> {
        Ok(Self { event, subject, before: json(before)?, after: json(after)?, reason: None })
    }
}

fn json<T: Serialize>(value: &T) -> Result<Value, Error> {
    serde_json::to_value(value).map_err(Error::internal)
}

/// Who made a change, when, and in which request.
#[derive(Clone, Copy)]
pub struct Origin<'a> {
    pub actor: &'a str,
    pub request_id: &'a str,
    /// The external system behind it.
    pub caused_by: Option<&'a str>,
    pub at: crate::time::UtcTime,
}
