//! Arbitration: who decides a question or a dispute that the sides cannot settle.
//!
//! Rules: an arbiter is drawn at random from the neutral people of the panel that all sides have signed; no one names
//! one alone. Each side can strike one drawn arbiter, once for a question; then another is drawn. The arbiter can
//! decide after the time that the sides have to respond, or once all sides have waived striking. The same question,
//! raised again within 20 business days, keeps its draw and its strikes, and so does a question in other words (see
//! `kept`). `decisions`, `ownership::disputes` and `approvals` hold the arbiter; responses to a draw are in
//! `responses`.

pub(crate) mod draw;
pub(crate) mod dto;
mod kept;
mod mapping;
mod pending;
pub(crate) mod service;
mod store;
pub(crate) mod topic;

pub(crate) use dto::{DrawBody, WithDraw};
pub(crate) use pending::PendingDraw;
pub(crate) use store::Draw;

use crate::kernel::ids::{DrawId, PersonId};
use crate::kernel::time::UtcTime;

/// Who decides in place of the sides, and when.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Arbiter {
    /// `None` if no one of the panel can decide.
    pub person_id: Option<PersonId>,
    /// The newest draw, which can be an approval of all sides; `None` if there was neither.
    pub draw_id: Option<DrawId>,
    /// From when the arbiter can decide.
    pub ruling_from: Option<UtcTime>,
    /// From when the arbiter counts as silent, so that another can be proposed to all sides.
    pub ruling_until: Option<UtcTime>,
}

impl Arbiter {
    /// Returns whether the arbiter has had their time, and has not decided.
    #[must_use]
    pub fn is_silent(&self, now: UtcTime) -> bool {
        self.ruling_until.is_some_and(|until| until <= now)
    }
}
