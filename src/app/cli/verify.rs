//! `entente verify`: verifies a file of evidence without the service and its database.

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
    /// The public key from GET /v1/evidence-key: also check that this installation signed the files
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
}

/// Verifies a file, and compares it with an older one.
pub fn run(options: &Options) -> Result<(), String> {
    let newer = read(&options.file, options.key.as_deref())?;
    print_line(summary(&options.file, &newer))?;
    if let Some(path) = &options.against {
        let older = read(path, options.key.as_deref())?;
        print_line(summary(path, &older))?;
        let compared = compare(&newer, &older).map_err(|fault| named(&options.file, fault))?;
        print_line(difference(compared))?;
    }
    if options.key.is_none() {
        print_line(format!(
            "Signed with the key {}. Compare it with the key that you kept from GET /v1/evidence-key, or use --key.",
            newer.public_key()
        ))?;
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

fn summary(path: &Path, file: &Verified) -> String {
    let erased = match file.count_erased() {
        0 => String::new(),
        count => format!(" Personal data was erased from {count} of them, whose content cannot be verified any more."),
    };
    format!(
        "{}: valid. Project {}, written {}, {} audit entries, head {}.{erased}",
        path.display(),
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
