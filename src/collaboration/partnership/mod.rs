//! The partnership report: how the sides of a project work together, as figures and as a chart.
//!
//! Rules: the clock of a side runs only while its own response is missing, in business time of the company calendar; a
//! share of a total of 0 is null; the number of statements does not depend on the size of the project.

mod chart;
mod comparison;
mod dto;
mod latency;
mod routes;
mod service;
mod store;

pub(crate) use routes::configure;
