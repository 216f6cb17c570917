//! Responses to approvals: above every slice that the last response calls.

mod dto;
mod respond;
mod routes;

pub(crate) use routes::configure;
