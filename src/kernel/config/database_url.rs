//! The database URL. A mistyped scheme is rejected instead of creating a new SQLite file.

use std::fmt;
use std::path::PathBuf;

use url::Url;

/// A validated database URL.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    Sqlite(PathBuf),
    Postgres(String),
}

impl DatabaseUrl {
    /// Parses `sqlite://FILE` (relative or absolute) and `postgres://` or `postgresql://`.
    ///
    /// # Errors
    /// A message that lists the supported forms.
    pub fn parse(text: &str) -> Result<Self, String> {
        const HELP: &str = "expected sqlite://FILE or postgres://USER@HOST/DATABASE";
        if let Some(path) = text.strip_prefix("sqlite://") {
            if path.is_empty() || path.contains(['?', '#']) || path == ":memory:" {
                return Err(format!("the path of the SQLite file is empty or contains unsupported characters; {HELP}"));
            }
            return Ok(Self::Sqlite(PathBuf::from(path)));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            let url = Url::parse(text).map_err(|error| format!("{error}; {HELP}"))?;
            if url.host_str().is_none_or(str::is_empty) || url.path().len() < 2 {
                return Err(format!("the host or database name is missing; {HELP}"));
            }
            if !cfg!(feature = "postgres-tls") && requires_tls(&url) {
                return Err(
                    "the URL requires TLS, which this build does not support; build with `--features postgres-tls`, or \
                     use a released image"
                        .to_owned(),
                );
            }
            return Ok(Self::Postgres(text.to_owned()));
        }
        Err(format!("unknown scheme; {HELP}"))
    }
}

/// Returns whether the URL requires TLS. `prefer`, the default of libpq, does not.
/// <https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNECT-SSLMODE>
fn requires_tls(url: &Url) -> bool {
    url.query_pairs().any(|(name, value)| match name.as_ref() {
        "sslmode" => !matches!(value.as_ref(), "disable" | "allow" | "prefer"),
        "sslnegotiation" => value == "direct",
        "channel_binding" => value == "require",
        "sslrootcert" | "sslcert" | "sslkey" | "sslcrl" => true,
        _ => false,
    })
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite://{}", path.display()),
            Self::Postgres(text) => match Url::parse(text) {
                Ok(mut url) => {
                    if url.password().is_some() {
                        let _ = url.set_password(Some("***"));
                    }
                    // Parameters can contain secrets too (sslpassword).
                    url.set_query(None);
                    write!(f, "{url}")
                }
                Err(_) => f.write_str("postgres://***"),
            },
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_documented_urls_are_accepted() {
        assert_eq!(DatabaseUrl::parse("sqlite://entente.db").unwrap(), DatabaseUrl::Sqlite("entente.db".into()));
        assert!(DatabaseUrl::parse("postgres://u:secret@db/entente").is_ok());
        for wrong in [
            "entente.db",
            "sqlite:entente.db",
            "sqlite://",
            "postgre://u@h/d",
            "postgres://",
            "postgres://h",
            "mysql://h/d",
            "",
        ] {
            assert!(DatabaseUrl::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn tls_is_never_silently_disabled() {
        let parsed = |query: &str| DatabaseUrl::parse(&format!("postgres://u@db/entente?{query}"));
        for plain in ["", "sslmode=disable", "sslmode=allow", "sslmode=prefer", "application_name=sslmode"] {
            assert!(parsed(plain).is_ok(), "{plain}");
        }
        for tls in
            ["sslmode=require", "sslmode=verify-ca", "sslmode=verify-full", "sslmode=Require", "sslrootcert=system"]
        {
            assert_eq!(parsed(tls).is_ok(), cfg!(feature = "postgres-tls"), "{tls}");
        }
    }

    #[test]
    fn the_password_is_redacted() {
        let url = DatabaseUrl::parse("postgres://u:secret@db/entente?sslpassword=secret").unwrap();
        assert_eq!(url.to_string(), "postgres://u:***@db/entente");
    }
}
