//! Responding to approvals and to draws of arbiters, and proposing arbiters. This module is above every module that carries out an approved action.

mod arbiters;
mod draws;
mod dto;
mod respond;
mod routes;

pub(crate) use routes::configure;
