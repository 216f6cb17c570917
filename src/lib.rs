//! Entente: the system of record for projects that two departments own together.
//!
//! One request through the house: `app` routes it to a slice; the slice's `routes` reads it with
//! the extractors of `http`, its `service` decides (with `authz` and the pure rules beside it),
//! its `store` speaks to the database through `db`; the change is recorded in `events` and
//! `audit` in the same transaction; `http::answer` writes the answer.
//!
//! Kernel: [`app`], [`config`], [`clock`], [`ids`], [`time`], [`lang`], [`error`], [`http`],
//! [`auth`], [`authz`], [`db`], [`state`], [`tx`], [`change`], [`secret`], [`vault`], [`system_name`], [`events`], [`audit`], [`telemetry`], [`openapi`].
//! Slices: [`departments`], [`people`], [`projects`], [`consents`], [`memberships`],
//! [`ownership`], [`decisions`], [`partnership`], [`inbox`],
//! [`calendar`], [`closures`], [`agents`], [`callbacks`], [`projections`], [`references`], [`notices`], [`privacy`], [`form`], [`webhooks`],
//! [`operations`].
//! Around them: [`server`], [`worker`], [`scheduler`], [`commands`], [`demo`].

pub mod agents;
pub mod app;
pub mod audit;
pub mod auth;
pub mod authz;
pub mod calendar;
pub mod callbacks;
pub mod change;
pub mod clock;
pub mod closures;
pub mod commands;
pub mod config;
pub mod consents;
pub mod db;
pub mod decisions;
pub mod demo;
pub mod departments;
pub mod error;
pub mod events;
pub mod form;
pub mod http;
pub mod ids;
pub mod inbox;
pub mod lang;
pub mod memberships;
pub mod notices;
pub mod openapi;
pub mod operations;
pub mod ownership;
pub mod partnership;
pub mod people;
pub mod privacy;
mod problem_codes;
pub mod projections;
pub mod projects;
pub mod references;
pub mod scheduler;
pub mod secret;
pub mod server;
pub mod state;
pub mod system_name;
pub mod telemetry;
pub mod time;
pub mod tx;
pub mod vault;
pub mod webhooks;
pub mod worker;
