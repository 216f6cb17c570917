//! The tables as diesel sees them, the same for both engines; a file per slice, in the singular where
//! the plural is the name of a table.

mod agent;
mod calendar;
mod callbacks;
mod consent;
mod decision;
mod directory;
mod kernel;
mod membership;
mod ownership;
mod privacy;
mod project;
mod reference;
mod webhooks;

pub use agent::*;
pub use calendar::*;
pub use callbacks::*;
pub use consent::*;
pub use decision::*;
pub use directory::*;
pub use kernel::*;
pub use membership::*;
pub use ownership::*;
pub use privacy::*;
pub use project::*;
pub use reference::*;
pub use webhooks::*;
