//! Reminders: events before, or soon after, something is too late, and the items of the inbox that belong to them.
//!
//! Rules: a reminder is about an instant, and is sent once for each project and instant: the primary key of `reminders`
//! makes sure of it. The check of a project by the scheduler computes which reminders apply now, sends those that are
//! new, and settles those that no longer apply. So what was settled in time is never sent, and a changed date leads to
//! a new reminder. There are no reminders about instants before the first check of an installation.

mod dto;
mod due;
mod facts;
mod kind;
mod mapping;
pub(crate) mod scheduled;
pub(crate) mod service;
mod store;

pub(crate) use dto::ReminderBody;
pub(crate) use kind::ReminderKind;
pub(crate) use store::Reminder;
