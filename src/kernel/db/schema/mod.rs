//! The diesel schema of the tables, the same for both databases, with one file per component.

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
