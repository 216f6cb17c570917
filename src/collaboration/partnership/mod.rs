//! The partnership report: how the sides of a project work together, in figures and as a picture.
//!
//! Rules: a side's clock runs only while its own answer is missing, in business time of the company
//! calendar; a share of nothing is null; the report takes the same number of statements whatever the
//! size of the project.

mod chart;
mod dto;
mod latency;
mod routes;
mod service;
mod store;

pub(crate) use routes::configure;
