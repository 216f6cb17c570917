//! The example data, loaded through the public API: Marketing and IT own a project together, their heads are its
//! sponsors, and three people from each side are its team.
//!
//! Rule: the demo uses the public API only. Ids are the same at every start (`ids::DemoEntropy`), so that the examples
//! in the API document match.

mod client;
mod clock;
mod ids;
mod partnership;
pub(crate) mod sink;
mod steps;
mod story;

pub use client::Client;
pub use clock::{DemoClock, Shift};
pub use ids::DemoEntropy;
pub use story::{is_loaded, load_past, load_present, move_sink};
