//! Shared infrastructure that every component builds on. The kernel imports no component.

pub(crate) mod actors;
pub(crate) mod audit;
pub mod auth;
pub(crate) mod authz;
pub(crate) mod chain;
pub mod config;
pub(crate) mod counts;
pub mod db;
pub(crate) mod disk;
pub mod environment;
pub mod error;
pub mod events;
pub(crate) mod evidence_key;
pub mod hash_key;
pub mod http;
pub mod ids;
pub mod installation_key;
pub mod locale;

pub(crate) mod page;
mod problem_codes;
pub mod readiness;
pub mod record;
pub mod request;
pub(crate) mod secret;
pub mod state;
pub mod stop;
pub(crate) mod system_name;
pub mod telemetry;
pub(crate) mod text;
pub(crate) mod text_enum;
pub mod time;
pub(crate) mod tx;
pub mod vault;
mod violation_codes;
pub(crate) mod visible;
