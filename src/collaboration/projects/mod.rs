//! Projects: two to eight sides with one charter, in which no side decides alone.
//!
//! Rules: every side is a department with one sponsor, and no person is the sponsor of two sides of a project. A named
//! sponsor has no rights before they have accepted and the head of the department has confirmed (`sponsors`). Every
//! edit of the charter creates a version with a hash. Use cases that need other modules, such as activating a project,
//! are in `lifecycle`.

pub(crate) mod agreed;
pub(crate) mod arbiters;
mod area_sync;
mod blocker_text;
pub(crate) mod charter;
pub(crate) mod closure_report;
mod create;
pub(crate) mod data_asset;
mod day_blocks;
pub(crate) mod dto;
mod filter;
pub(crate) mod head_wait;
pub(crate) mod holds;
mod mapping;
mod milestone_reads;
mod milestones;
pub(crate) mod neutrality;
pub(crate) mod new_head;
pub(crate) mod notices;
pub(crate) mod permit;
pub(crate) mod readiness;
mod recent_part;
pub(crate) mod response_time;
pub(crate) mod revision;
mod routes;
pub(crate) mod schedule;
pub(crate) mod service;
pub(crate) mod sponsors;
mod state;
mod store;

pub(crate) use charter::ParityMeasure;
pub(crate) use dto::{BlockerBody, MilestoneBody};
pub(crate) use routes::configure;
pub use state::{State, Verb as ProjectVerb};
pub(crate) use store::{Area, Project, Side, SideRow, SideStanding, in_projects_of};
