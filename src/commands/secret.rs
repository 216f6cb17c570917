//! The development secret: made at the first start and kept in a file that only its owner reads,
//! so that a token minted today works tomorrow.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::Path;

use secrecy::SecretString;

use crate::clock::World;
use crate::config::{Environment, Settings};

/// The secret that signs development tokens; `None` in production and where a key set is used.
///
/// # Errors
/// When the file cannot be read or written.
pub fn of_development(settings: &Settings) -> Result<Option<SecretString>, String> {
    if let Some(secret) = &settings.auth.secret {
        return Ok(Some(secret.clone()));
    }
    if settings.environment == Environment::Production || settings.auth.jwks_file.is_some() {
        return Ok(None);
    }
    let path = &settings.secret_file;
    create(path).map_err(|error| format!("ENTENTE_JWT_SECRET_FILE: {}: {error}", path.display()))?;
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("ENTENTE_JWT_SECRET_FILE: {}: {error}", path.display()))?;
    if text.trim().len() < 32 {
        return Err(format!("ENTENTE_JWT_SECRET_FILE: {}: at least 32 characters are needed", path.display()));
    }
    Ok(Some(text.trim().to_owned().into()))
}

/// Writes a new secret unless there is one. The file appears whole or not at all, so two processes
/// that start together agree.
fn create(path: &Path) -> std::io::Result<()> {
    if path.exists() {
        return Ok(());
    }
    let secret: String = World::system().bytes::<32>().iter().map(|byte| format!("{byte:02x}")).collect();
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
