//! Releases: ending a membership before its last day.
//!
//! Rules: until a project is running, each side can end the memberships of its own people. In a running project an
//! early end is a release, which needs the approval of all sides because all of them approved the team; only an
//! administrator can record an end that has already happened. A membership cannot end while the person is accountable
//! for an area, unless the same request names a successor.

mod dto;
mod end;
mod leave;
pub(crate) mod release;
mod routes;

pub(crate) use routes::configure;
