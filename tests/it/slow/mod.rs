//! Slow tests, which `make test` skips: a simulated year of projects, simulated years of webhooks, generated projects,
//! every verb in every state, and query plans on years of data.

mod generated;
mod growth;
mod simulation;
mod verbs;
mod year;
