//! The directory of the company: departments, people, and their regular positions.

pub(crate) mod departments;
mod existence;
pub(crate) mod people;
