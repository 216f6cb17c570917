//! Responding to approvals and to draws of arbiters, escalating approvals, and proposing arbiters. This module is above
//! every module that carries out an approved action.

mod arbiters;
mod draws;
mod dto;
mod escalate;
mod respond;
mod routes;

pub(crate) use routes::configure;
