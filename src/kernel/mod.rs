//! What every component builds on. The kernel imports no component.

pub mod audit;
pub mod auth;
pub mod authz;
pub mod config;
pub mod db;
pub mod environment;
pub mod error;
pub mod events;
pub mod http;
pub mod ids;
pub mod locale;
pub mod page;
mod problem_codes;
pub mod record;
pub mod request;
pub mod secret;
pub mod state;
pub mod system_name;
pub mod telemetry;
pub mod text_enum;
pub mod time;
pub mod tx;
pub mod vault;
