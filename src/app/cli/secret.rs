//! Development secrets: generated at the first start and stored in files that only their owner can read, so that tokens
//! stay valid and encrypted data stays readable after a restart.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use secrecy::SecretString;

use crate::kernel::config::{Deployment, EncryptionSettings, Settings};
use crate::kernel::environment::Environment;
use crate::kernel::vault::Vault;

/// Returns the secret that signs development tokens; `None` in production or if an issuer is configured.
///
/// # Errors
/// When the file cannot be read or written.
pub fn development_secret(settings: &Settings) -> Result<Option<SecretString>, String> {
    if let Some(secret) = &settings.auth.secret {
        return Ok(Some(secret.clone()));
    }
    if settings.environment == Deployment::Production || !settings.auth.issuers.is_empty() {
        return Ok(None);
    }
    let path = &settings.secret_file;
    let generate = || HEXLOWER.encode(&Environment::system().bytes::<32>());
    let text = read_or_create(path, generate)
        .map_err(|error| format!("ENTENTE_JWT_SECRET_FILE: {}: {error}", path.display()))?;
    if text.len() < 32 {
        return Err(format!("ENTENTE_JWT_SECRET_FILE: {}: must be at least 32 characters long", path.display()));
    }
    Ok(Some(text.into()))
}

/// Returns the vault with the configured keys or, in development, with the key in the key file.
///
/// # Errors
/// When the file cannot be read or written, or has no valid key.
pub fn vault(settings: &Settings) -> Result<Vault, String> {
    let EncryptionSettings { keys, key_file } = &settings.encryption;
    if !keys.is_empty() {
        return Vault::new(keys).map_err(|error| format!("ENTENTE_ENCRYPTION_KEYS: {error}"));
    }
    let named = |error: String| format!("ENTENTE_ENCRYPTION_KEY_FILE: {}: {error}", key_file.display());
    let key = read_or_create(key_file, || Vault::fresh_key(&Environment::system()))
        .map_err(|error| named(error.to_string()))?;
    Vault::new(&[key.into()]).map_err(named)
}

/// Returns the files with generated secrets that these settings use. They may not exist yet.
pub fn files(settings: &Settings) -> Vec<&PathBuf> {
    let auth = &settings.auth;
    let has_secret =
        settings.environment == Deployment::Development && auth.secret.is_none() && auth.issuers.is_empty();
    let has_key = settings.encryption.keys.is_empty();
    let files = [(has_secret, &settings.secret_file), (has_key, &settings.encryption.key_file)];
    files.into_iter().filter(|(is_used, _)| *is_used).map(|(_, path)| path).collect()
}

/// Returns the content of the file, which is created if it does not exist. An empty file is an error.
fn read_or_create(path: &Path, generate: impl FnOnce() -> String) -> std::io::Result<String> {
    create(path, generate)?;
    let text = std::fs::read_to_string(path)?.trim().to_owned();
    if text.is_empty() {
        let what = "the file is empty; restore it, or delete it, so that the next start creates a new one";
        return Err(std::io::Error::new(ErrorKind::InvalidData, what));
    }
    Ok(text)
}

/// Writes a new secret unless the file exists. The file is created atomically, so that two processes that start
/// together use the same secret.
fn create(path: &Path, generate: impl FnOnce() -> String) -> std::io::Result<()> {
    if path.exists() {
        return Ok(());
    }
    let secret = generate();
    let draft = path.with_extension(format!("{}.new", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&draft)?.write_all(format!("{secret}\n").as_bytes())?;
    // A hard link never replaces a file that another process created in the meantime.
    let linked = std::fs::hard_link(&draft, path);
    std::fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        outcome => outcome,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_created_once_and_must_not_be_empty() {
        let path = std::env::temp_dir().join(format!("entente-secret-{}-created", std::process::id()));
        for secret in ["first", "second"] {
            assert_eq!(read_or_create(&path, || secret.to_owned()).unwrap(), "first");
        }
        std::fs::write(&path, "\n").unwrap();
        let refused = read_or_create(&path, || "third".to_owned()).unwrap_err();
        std::fs::remove_file(&path).unwrap();
        assert!(refused.to_string().contains("the file is empty"), "{refused}");
    }
}
