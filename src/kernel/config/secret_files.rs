//! Secrets in files: each secret can also be the content of the file that `ENTENTE_..._FILE` names.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::check::Faults;
use super::list::List;
use super::raw::Raw;

/// Replaces the names of files by the secrets in them. Returns warnings about files that other users can read.
///
/// `ENTENTE_JWT_SECRET_FILE` is not read here: in development, the file is created if it does not exist.
pub(super) fn read(raw: &mut Raw, faults: &mut Faults) -> Vec<String> {
    let mut files = Files { faults, warnings: Vec::new() };
    if let Some(url) = files.secret("DATABASE_URL", raw.database_url.is_some(), raw.database_url_file.as_deref()) {
        raw.database_url = Some(url);
    }
    let keys = files.secret("ENCRYPTION_KEYS", !raw.encryption_keys.is_empty(), raw.encryption_keys_file.as_deref());
    if let Some(keys) = keys {
        raw.encryption_keys = List::from(keys.as_str()).into();
    }
    let is_set = raw.callbacks_proof_of_work_key.is_some();
    let path = raw.callbacks_proof_of_work_key_file.as_deref();
    if let Some(key) = files.secret("CALLBACKS_PROOF_OF_WORK_KEY", is_set, path) {
        raw.callbacks_proof_of_work_key = Some(key.into());
    }
    files.only_one("JWT_SECRET", raw.jwt_secret.is_some() && raw.jwt_secret_file.is_some());
    files.warnings
}

struct Files<'a> {
    faults: &'a mut Faults,
    warnings: Vec<String>,
}

impl Files<'_> {
    fn only_one(&mut self, setting: &str, both: bool) {
        self.faults.require(!both, &format!("{setting}_FILE"), &format!("set this or ENTENTE_{setting}, not both"));
    }

    /// Returns the content of the file, without the line break at its end.
    fn secret(&mut self, setting: &str, is_set: bool, path: Option<&Path>) -> Option<String> {
        let path = path?;
        self.only_one(setting, is_set);
        let variable = format!("{setting}_FILE");
        let text = std::fs::read_to_string(path)
            .map_err(|error| self.faults.add(&variable, format!("{}: {error}", path.display())))
            .ok()?;
        if text.trim().is_empty() {
            self.faults.add(&variable, format!("{}: the file is empty", path.display()));
            return None;
        }
        if others_can_read(path) {
            self.warnings.push(format!("ENTENTE_{variable}: {}", readable(path)));
        }
        Some(text.trim_end_matches(['\r', '\n']).to_owned())
    }
}

/// Returns whether users who are neither the owner nor in the group of a file can read it.
#[must_use]
pub fn others_can_read(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o004 != 0)
}

/// Returns the warning about a file that other users can read.
#[must_use]
pub fn readable(path: &Path) -> String {
    format!("all users of this machine can read {}; restrict it with: chmod o= {0}", path.display())
}

#[cfg(test)]
#[path = "secret_files_tests.rs"]
mod tests;
