//! The evidence of a project: one signed file with everything that its sides agreed and that was recorded about it.
//!
//! Rules:
//! - The file is canonical JSON (RFC 8785) without any other byte, and signed (Ed25519), so that one changed byte is
//!   found.
//! - It has all audit entries of the project. They form a hash chain (`kernel::chain`), so that two files of different
//!   times prove that nothing recorded before the first one was changed.
//! - What the sides agreed is what the audit entries lead to (`binding`).
//! - Personal data of an erased person is missing in later files. Their chain is still the same.
//! - A file is verified without the service: `verify` and `compare` are pure.

mod binding;
pub mod compare;
mod dto;
mod entries;
pub(crate) mod erased;
pub mod fault;
mod file;
mod record;
mod routes;
#[cfg(test)]
mod sample_files;
pub mod verify;

pub(crate) use routes::configure;
