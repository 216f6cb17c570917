//! The wordings of the consent to marketing that the form has shown.
//!
//! Rule: a wording is never changed or deleted, so that a form that a visitor has opened before a change can still be
//! submitted, and years later it is certain that the company asked for the consent with exactly this text.

mod rows;
mod store;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::kernel::db::DbConn;
use crate::kernel::error::Error;
use crate::kernel::locale::Lang;
use crate::kernel::time::UtcTime;
use rows::ConsentWording;

/// Returns the hash of a wording, in lower-case hexadecimal.
#[must_use]
pub fn sha256(wording: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(wording))
}

/// Records a wording that the form shows from now on. A wording that it has shown before stays as it is.
pub fn publish(conn: &mut DbConn, locale: Lang, wording: &str, now: UtcTime) -> Result<(), Error> {
    let row = ConsentWording {
        sha256: sha256(wording),
        locale: locale.as_str().to_owned(),
        wording: wording.to_owned(),
        published_at: now,
    };
    store::insert(conn, &row)
}

/// Returns whether the form shows this wording, or has shown it.
pub fn is_published(conn: &mut DbConn, wording: &str) -> Result<bool, Error> {
    store::exists(conn, &sha256(wording))
}
