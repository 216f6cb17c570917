//! The company: departments, people, and the positions they return to.

pub mod departments;
mod existence;
pub mod people;
