//! The application: command line, server, worker, scheduler, API document and demo. It imports every component, and no
//! component imports it.

pub mod cli;
pub(crate) mod connections;
pub mod context;
pub mod demo;
pub(crate) mod documents;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
pub mod gauges;
pub mod key_fetcher;
pub mod metric_list;
pub mod openapi;
pub mod operations;
pub mod reference;
pub mod routes;
pub mod scheduler;
pub mod server;
pub(crate) mod shutdown;
pub(crate) mod supervisor;
pub(crate) mod swagger_ui;
pub mod worker;
