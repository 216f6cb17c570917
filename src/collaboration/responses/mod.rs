//! Responding to approvals. This module is above every module that carries out an approved action.

mod dto;
mod respond;
mod routes;

pub(crate) use routes::configure;
