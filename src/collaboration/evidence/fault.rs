//! Why a file is no evidence.

use std::fmt;

/// What is wrong with a file, or with a file compared with an older one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The file is no JSON, or no evidence; with the reason.
    NotEvidence(String),
    /// The file has other bytes than its canonical form.
    NotCanonical,
    UnknownFormat(String),
    /// The signature does not belong to the file and the public key in it.
    Signature,
    /// The file is signed with another key than the expected one.
    AnotherKey {
        expected: String,
        found: String,
    },
    /// The entry at this position of the list has another position in the chain.
    Position(i64),
    /// The entry does not continue the entry before it.
    Previous(i64),
    /// The hash does not belong to the entry.
    Hash(i64),
    /// The digest does not belong to the content of the entry.
    Content(i64),
    /// The last entry is not the head of the chain.
    Head,
    /// The hash does not belong to what was signed or approved: the kind of the item and its name.
    Terms(&'static str, String),
    /// The draw is not the recorded one, or its arbiter does not follow from its seed: the id of the draw.
    Draw(String),
    /// The record does not say about the item what its last audit entry says: the kind of the item and its name.
    NotRecorded(&'static str, String),
    /// The files are about two projects.
    AnotherProject,
    /// The newer file has fewer entries than the older one.
    Shorter {
        older: usize,
        newer: usize,
    },
    /// The entry at this position is not the same in both files.
    Changed(i64),
    /// An item of the older file, or of the audit entries, is missing: the kind of the item and its name.
    Missing(&'static str, String),
    /// An item is not the same in both files: the kind of the item, its name and the field.
    ItemChanged(&'static str, String, &'static str),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotEvidence(reason) => write!(f, "the file is no evidence of Entente: {reason}"),
            Self::NotCanonical => f.write_str("the file was changed: it is not canonical JSON"),
            Self::UnknownFormat(format) => {
                write!(f, "the file has the format {format}, which this version of entente does not know")
            }
            Self::Signature => f.write_str("the file was changed: the signature is not valid"),
            Self::AnotherKey { expected, found } => {
                write!(f, "the file is signed with the key {found}, but {expected} was expected")
            }
            Self::Position(position) => write!(f, "the audit entry {position} is missing"),
            Self::Previous(position) => write!(f, "the audit entry {position} does not follow the entry before it"),
            Self::Hash(position) => write!(f, "the audit entry {position} was changed: its hash is another one"),
            Self::Content(position) => {
                write!(f, "the content of the audit entry {position} was changed: its digest is another one")
            }
            Self::Head => f.write_str("the last audit entry is not the head of the chain"),
            Self::Terms(kind, name) => write!(f, "the {kind} {name} was changed: its hash is another one"),
            Self::Draw(id) => {
                write!(f, "the draw {id} was changed, or its arbiter does not follow from its seed")
            }
            Self::NotRecorded(kind, name) => {
                write!(f, "the {kind} {name} was changed: its last audit entry says something else")
            }
            Self::AnotherProject => f.write_str("the files are about two projects"),
            Self::Shorter { older, newer } => {
                write!(f, "the newer file has {newer} audit entries, but the older one has {older}")
            }
            Self::Changed(position) => write!(f, "the audit entry {position} was changed after the older file"),
            Self::Missing(kind, name) => {
                write!(f, "the {kind} {name} of the older file or of the audit entries is missing")
            }
            Self::ItemChanged(kind, name, field) => {
                write!(f, "the {kind} {name} was changed after the older file: {field}")
            }
        }
    }
}

impl std::error::Error for Fault {}
