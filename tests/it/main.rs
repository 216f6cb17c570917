//! The integration tests: one binary, the real app, HTTP only, every test on both databases.

#![cfg(test)]

#[macro_use]
mod support;

mod agents;
mod approvals;
mod architecture;
mod bad_input;
mod calendar;
mod callback_races;
mod callback_reports;
mod callbacks;
mod conventions;
mod database;
mod departments;
mod desk_files;
mod document;
mod examples;
mod explain;
mod feed;
mod handover;
mod identity;
mod key_sets;
mod leaving;
mod lifecycle;
mod limits;
mod machines;
mod memberships;
mod ownership;
mod partnership;
mod people;
mod permissions;
mod privacy;
mod project_access;
mod projects;
mod receiver_example;
mod references;
mod slow;
mod statements;
mod story;
mod visitors;
mod webhook_circuit;
mod webhook_formats;
mod webhook_options;
mod webhook_order;
mod webhook_worker;
mod webhooks;
