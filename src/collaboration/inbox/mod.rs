//! The inbox: what waits for the person who calls, across all projects.
//!
//! Rules: every slice finds the rows that wait for a person; only the inbox makes items of them and puts them in order,
//! the most urgent first. It takes the same number of statements whatever waits.

mod dto;
mod pending;
mod routes;
mod service;

pub(crate) use routes::configure;
