//! The company: departments, people, and the positions they return to.

pub(crate) mod departments;
mod existence;
pub(crate) mod people;
