//! The tables as diesel sees them, the same for both engines; a file per component.

mod calendar;
mod callbacks;
mod collaboration;
mod directory;
mod integrations;
mod kernel;
mod privacy;

pub use calendar::*;
pub use callbacks::*;
pub use collaboration::*;
pub use directory::*;
pub use integrations::*;
pub use kernel::*;
pub use privacy::*;
