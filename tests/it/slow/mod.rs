//! Slow tests, which `make test` skips: a simulated year of projects, a simulated month of callback requests, simulated
//! years of webhooks, generated projects, every verb in every state, and query plans on years of data.

mod generated;
mod growth;
mod month;
mod simulation;
mod verbs;
mod year;
