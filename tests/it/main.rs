//! Integration tests: one binary that tests the real app over HTTP, on both databases.

#![cfg(test)]

#[macro_use]
mod support;

mod abuse;
mod agents;
mod api_key_attacks;
mod api_keys;
mod approvals;
mod architecture;
mod audit_trail;
mod bad_input;
mod blocked_numbers;
mod calendar;
mod callback_lists;
mod callback_races;
mod callback_reports;
mod callbacks;
mod conventions;
mod database;
mod departments;
mod document;
mod erasure;
mod examples;
mod expand;
mod explain;
mod feed;
mod handover;
mod identity;
mod import_export;
mod lifecycle;
mod limits;
mod linking;
mod logins;
mod matrix;
mod memberships;
mod offboarding;
mod ownership;
mod partnership;
mod people;
mod people_import;
mod permissions;
mod plain_words;
mod privacy;
mod project_access;
mod projects;
mod pseudonyms;
mod receiver_example;
mod references;
mod roster;
mod slow;
mod state_machines;
mod statements;
mod story;
mod telemetry;
mod texts;
mod visitors;
mod webhook_circuit;
mod webhook_destinations;
mod webhook_formats;
mod webhook_options;
mod webhook_order;
mod webhook_worker;
mod webhooks;
mod wide_networks;
