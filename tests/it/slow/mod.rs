//! Slow tests, which `make test` skips: a simulated year of projects, simulated years of webhooks, generated projects,
//! and every verb in every state.

mod generated;
mod simulation;
mod verbs;
mod year;
