//! The secrets of development: made at the first start and kept in files that only their owner reads, so that a token
//! minted today works tomorrow and what was sealed today opens tomorrow.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::Path;

use data_encoding::HEXLOWER;
use secrecy::SecretString;

use crate::kernel::config::{Deployment, EncryptionSettings, Settings};
use crate::kernel::environment::Environment;
use crate::kernel::vault::Vault;

/// The secret that signs development tokens; `None` in production and where a key set is used.
///
/// # Errors
/// When the file cannot be read or written.
pub fn of_development(settings: &Settings) -> Result<Option<SecretString>, String> {
    if let Some(secret) = &settings.auth.secret {
        return Ok(Some(secret.clone()));
    }
    if settings.environment == Deployment::Production || settings.auth.jwks_file.is_some() {
        return Ok(None);
    }
    let path = &settings.secret_file;
    let fresh = || HEXLOWER.encode(&Environment::system().bytes::<32>());
    let text = kept(path, fresh).map_err(|error| format!("ENTENTE_JWT_SECRET_FILE: {}: {error}", path.display()))?;
    if text.len() < 32 {
        return Err(format!("ENTENTE_JWT_SECRET_FILE: {}: at least 32 characters are needed", path.display()));
    }
    Ok(Some(text.into()))
}

/// The keys for what is stored encrypted: those that are set, or, in development, the one of the file.
///
/// # Errors
/// When the file cannot be read or written, or holds no key.
pub fn vault(settings: &Settings) -> Result<Vault, String> {
    let EncryptionSettings { keys, key_file } = &settings.encryption;
    if !keys.is_empty() {
        return Vault::new(keys).map_err(|error| format!("ENTENTE_ENCRYPTION_KEYS: {error}"));
    }
    let named = |error: String| format!("ENTENTE_ENCRYPTION_KEY_FILE: {}: {error}", key_file.display());
    let key = kept(key_file, || Vault::fresh_key(&Environment::system())).map_err(|error| named(error.to_string()))?;
    Vault::new(&[key.into()]).map_err(named)
}

/// What the file holds, after it was made if it was not there.
fn kept(path: &Path, fresh: impl FnOnce() -> String) -> std::io::Result<String> {
    create(path, fresh)?;
    Ok(std::fs::read_to_string(path)?.trim().to_owned())
}

/// Writes a new secret unless there is one. The file appears whole or not at all, so two processes
/// that start together agree.
fn create(path: &Path, fresh: impl FnOnce() -> String) -> std::io::Result<()> {
    if path.exists() {
        return Ok(());
    }
    let secret = fresh();
    let draft = path.with_extension(format!("{}.new", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&draft)?.write_all(format!("{secret}\n").as_bytes())?;
    // A hard link does not replace what another process has put there meanwhile.
    let linked = std::fs::hard_link(&draft, path);
    std::fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        outcome => outcome,
    }
}
