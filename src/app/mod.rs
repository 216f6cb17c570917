//! What runs the service; imports every component and is imported by none.

pub mod cli;
pub mod context;
pub mod demo;
pub mod openapi;
pub(crate) mod operations;
pub mod routes;
pub mod scheduler;
pub mod server;
pub mod worker;
