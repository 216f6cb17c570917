//! `entente verify`: verifies a file of evidence without the service and its database.
//!
//! Rule: the file is valid only if a key that the caller kept has signed it, because everyone can write and sign a file
//! that is consistent. Without `--key`, the result is therefore never a success.

use std::path::{Path, PathBuf};

use clap::Args;

use super::print_line;
use crate::collaboration::evidence::compare::{Comparison, compare};
use crate::collaboration::evidence::verify::{Verified, verify};

#[derive(Debug, Args)]
pub struct Options {
    /// The file from GET /v1/projects/{id}/evidence
    file: PathBuf,
    /// An older file of the same project: also check that nothing recorded before it was changed
    #[arg(long, value_name = "OLD")]
    against: Option<PathBuf>,
    /// The public key that you kept from GET /v1/evidence-key. Without it, the signer is not checked, and the exit
    /// status is 1
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
}

/// Verifies a file, and compares it with an older one.
pub fn run(options: &Options) -> Result<(), String> {
    let newer = read(&options.file, options.key.as_deref())?;
    print_line(summary(&options.file, &newer, options.key.is_some()))?;
    if let Some(path) = &options.against {
        let older = read(path, options.key.as_deref())?;
        print_line(summary(path, &older, options.key.is_some()))?;
        let compared = compare(&newer, &older).map_err(|fault| named(&options.file, fault))?;
        print_line(difference(compared))?;
    }
    if options.key.is_none() {
        return Err(format!(
            "{}: the signer was not checked. The file is signed with the key {}, which can be anyone's. If it is the key that \
             you kept from GET /v1/evidence-key, run the command again with --key.",
            options.file.display(),
            newer.public_key()
        ));
    }
    Ok(())
}

fn read(path: &Path, key: Option<&str>) -> Result<Verified, String> {
    let bytes = std::fs::read(path).map_err(|error| named(path, error))?;
    let verified = verify(&bytes).map_err(|fault| named(path, fault))?;
    if let Some(key) = key {
        verified.require_key(&key.trim().to_ascii_lowercase()).map_err(|fault| named(path, fault))?;
    }
    Ok(verified)
}

fn named(path: &Path, error: impl std::fmt::Display) -> String {
    format!("{}: {error}", path.display())
}

fn summary(path: &Path, file: &Verified, is_signer_checked: bool) -> String {
    let erased = match file.count_erased() {
        0 => String::new(),
        count => format!(" Personal data was erased from {count} of them, whose content cannot be verified any more."),
    };
    format!(
        "{}: {}. Project {}, written {}, {} audit entries, head {}.{erased}",
        path.display(),
        if is_signer_checked { "valid" } else { "consistent, but the signer was not checked" },
        file.project(),
        file.generated_at(),
        file.count(),
        file.head()
    )
}

fn difference(Comparison { added, erased }: Comparison) -> String {
    format!(
        "Nothing recorded before the older file was changed. Since then, {added} audit entries were added, and personal data was erased from {erased}."
    )
}
