//! The comparison of two departments over all projects that they share, per quarter.
//!
//! Rules: a figure belongs to the quarter in which it began (an approval to that of its request, a question or a
//! dispute to that in which it was raised, a ruling to that in which it was made); quarters and days are in UTC, and
//! response times count by the opening hours of the time, so that no later change of the calendar changes a past
//! quarter; only projects that were activated count; the number of statements does not depend on the number of
//! projects.

mod csv_text;
mod dto;
mod figures;
mod quarters;
mod routes;
mod service;
mod store;

pub(super) use routes::configure;
