//! The reference pages of the documentation that are generated from the code: `entente reference <page>`. A test
//! compares them with the committed files.

mod events;
mod metrics;
mod permissions;
mod problems;
pub mod states;

use clap::ValueEnum;

/// A generated page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Page {
    /// docs/reference/events.md
    Events,
    /// docs/reference/metrics.md
    Metrics,
    /// docs/reference/permissions.md
    Permissions,
    /// docs/reference/problems.md
    Problems,
    /// docs/concepts/states.md
    States,
}

impl Page {
    /// Returns the path of the committed page.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::Events => "docs/reference/events.md",
            Self::Metrics => "docs/reference/metrics.md",
            Self::Permissions => "docs/reference/permissions.md",
            Self::Problems => "docs/reference/problems.md",
            Self::States => "docs/concepts/states.md",
        }
    }

    /// Returns the page as Markdown.
    #[must_use]
    pub fn render(self) -> String {
        match self {
            Self::Events => events::render(),
            Self::Metrics => metrics::render(),
            Self::Permissions => permissions::render(),
            Self::Problems => problems::render(),
            Self::States => states::render(),
        }
    }
}
