//! The tables as diesel sees them, a file per slice; the same for both engines.

mod callbacks;
mod directory;
mod kernel;
mod memberships;
mod ownership;
mod projects;
mod webhooks;

pub use callbacks::*;
pub use directory::*;
pub use kernel::*;
pub use memberships::*;
pub use ownership::*;
pub use projects::*;
pub use webhooks::*;
