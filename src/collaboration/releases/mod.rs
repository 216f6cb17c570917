//! Releases: leaving a project before the agreed day.
//!
//! Rules: while a project is prepared, its sides change their team as they like; an early release
//! from a running one takes the approval of all sides, because it takes somebody from a team that
//! all of them agreed to (an administrator may still record what has happened). Nobody leaves an
//! area without its accountable person unless the successor is named in the same call.

mod dto;
mod end;
mod leave;
pub(crate) mod release;
mod routes;

pub(crate) use routes::configure;
