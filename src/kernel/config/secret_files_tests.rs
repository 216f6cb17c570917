use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use secrecy::ExposeSecret;

use super::super::Settings;

/// A file with a secret, which is deleted when it is dropped.
struct SecretFile(PathBuf);

impl SecretFile {
    fn new(name: &str, content: &str, mode: u32) -> Self {
        let path = std::env::temp_dir().join(format!("entente-secret-{}-{name}", std::process::id()));
        std::fs::write(&path, content).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        Self(path)
    }

    fn text(&self) -> String {
        self.0.display().to_string()
    }
}

impl Drop for SecretFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn read(variables: &[(&str, &str)]) -> Result<Settings, String> {
    Settings::from_toml_and_variables("", variables)
}

#[test]
fn each_secret_can_be_in_a_file() {
    let keys = format!("{},{}", "A".repeat(43) + "=", "Q".repeat(43) + "=");
    let keys = SecretFile::new("keys", &(keys + "\n"), 0o600);
    let url = SecretFile::new("url", "postgres://u:secret@db/entente\r\n", 0o640);
    let work = SecretFile::new("work", &"w".repeat(32), 0o400);
    let settings = read(&[
        ("ENTENTE_ENCRYPTION_KEYS_FILE", &keys.text()),
        ("ENTENTE_DATABASE_URL_FILE", &url.text()),
        ("ENTENTE_CALLBACKS_PROOF_OF_WORK_KEY_FILE", &work.text()),
        ("ENTENTE_CALLBACKS_PROOF_OF_WORK", "1000"),
    ])
    .unwrap();
    assert_eq!(settings.encryption.keys.len(), 2);
    assert_eq!(settings.database.url.to_string(), "postgres://u:***@db/entente");
    let key = settings.intake.proof_of_work.as_ref().unwrap().keys[0].expose_secret().to_owned();
    assert_eq!(key, "w".repeat(32));
    assert!(settings.notices.is_empty(), "{:?}", settings.notices);
}

#[test]
fn a_secret_and_its_file_exclude_each_other() {
    let file = SecretFile::new("both", "postgres://u:secret@db/entente", 0o600);
    for (setting, value) in [
        ("DATABASE_URL", "sqlite://x.db".to_owned()),
        ("ENCRYPTION_KEYS", "A".repeat(43) + "="),
        ("CALLBACKS_PROOF_OF_WORK_KEY", "w".repeat(32)),
        ("JWT_SECRET", "j".repeat(32)),
    ] {
        let (variable, of_file) = (format!("ENTENTE_{setting}"), format!("ENTENTE_{setting}_FILE"));
        let message = read(&[(&variable, &value), (&of_file, &file.text())]).unwrap_err();
        assert!(message.contains(&format!("{of_file}: set this or {variable}, not both")), "{message}");
        assert!(!message.contains(&value), "{message}");
    }
}

#[test]
fn a_file_that_cannot_be_used_is_an_error_with_variable_and_path() {
    let [empty, blank] = ["", " \r\n"].map(|text| SecretFile::new(&format!("empty-{}", text.len()), text, 0o600));
    for setting in ["DATABASE_URL", "ENCRYPTION_KEYS", "CALLBACKS_PROOF_OF_WORK_KEY"] {
        let variable = format!("ENTENTE_{setting}_FILE");
        let message = read(&[(&variable, "/nonexistent/secret")]).unwrap_err();
        assert!(message.contains(&format!("{variable}: /nonexistent/secret: ")), "{message}");
        for path in [empty.text(), blank.text()] {
            // The only error.
            assert_eq!(read(&[(&variable, &path)]).unwrap_err(), format!("{variable}: {path}: the file is empty"));
        }
    }
}

#[test]
fn production_does_not_ask_for_keys_whose_file_is_empty() {
    let file = SecretFile::new("empty-keys", "", 0o600);
    let message =
        read(&[("ENTENTE_ENVIRONMENT", "production"), ("ENTENTE_ENCRYPTION_KEYS_FILE", &file.text())]).unwrap_err();
    assert!(
        message.contains(&format!("ENTENTE_ENCRYPTION_KEYS_FILE: {}: the file is empty", file.text())),
        "{message}"
    );
    assert!(!message.contains("required in production"), "{message}");
}

#[test]
fn a_file_that_others_can_read_is_a_warning() {
    let file = SecretFile::new("open", &("A".repeat(43) + "="), 0o644);
    let notices = read(&[("ENTENTE_ENCRYPTION_KEYS_FILE", &file.text())]).unwrap().notices;
    assert!(notices.len() == 1 && notices[0].starts_with("ENTENTE_ENCRYPTION_KEYS_FILE: "), "{notices:?}");
    assert!(notices[0].contains(&file.text()) && !notices[0].contains("AAAA"), "{notices:?}");
}

#[test]
fn the_generated_secret_of_development_keeps_its_file() {
    assert_eq!(read(&[]).unwrap().secret_file, PathBuf::from("entente.secret"));
    let other = read(&[("ENTENTE_JWT_SECRET_FILE", "other.secret")]).unwrap();
    assert_eq!(other.secret_file, PathBuf::from("other.secret"));
}
