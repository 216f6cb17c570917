//! The database URL. A mistyped scheme is rejected instead of creating a new SQLite file.

use std::fmt;
use std::net::IpAddr;
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

    /// Returns whether other machines can neither read nor impersonate the connection: it stays on this machine, or it
    /// has `sslmode=verify-full`.
    #[must_use]
    pub fn is_protected(&self) -> bool {
        let Self::Postgres(text) = self else { return true };
        let Ok(url) = Url::parse(text) else { return false };
        // libpq uses the last value of a parameter, and prefers it to the host of the URL.
        let last = |name: &str| url.query_pairs().filter(|(key, _)| key == name).last().map(|(_, value)| value);
        if last("sslmode").is_some_and(|mode| mode == "verify-full") {
            return true;
        }
        let host = last("hostaddr").or_else(|| last("host"));
        host.as_deref().or_else(|| url.host_str()).is_some_and(is_this_machine)
    }
}

/// Returns whether a host is a loopback address or the folder of a socket, which a URL contains percent-encoded.
fn is_this_machine(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let is_socket = host.starts_with('/') || host.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("%2f"));
    is_socket || host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Limits of libpq for connections, after which a server that does not respond counts as lost: in seconds, and
/// `tcp_user_timeout` in milliseconds.
/// <https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS>
const NETWORK_LIMITS: [(&str, &str); 6] = [
    ("connect_timeout", "3"),
    ("keepalives", "1"),
    ("keepalives_idle", "10"),
    ("keepalives_interval", "3"),
    ("keepalives_count", "3"),
    ("tcp_user_timeout", "10000"),
];

impl DatabaseUrl {
    /// Returns the URL with the limits for connections that it does not set itself.
    #[must_use]
    pub fn with_network_limits(&self) -> Self {
        let Self::Postgres(text) = self else { return self.clone() };
        let parsed = Url::parse(text).ok();
        let is_set = |name: &str| {
            parsed.as_ref().is_some_and(|url| url.query_pairs().any(|(parameter, _)| parameter.as_ref() == name))
        };
        let mut limited = text.clone();
        for (name, value) in NETWORK_LIMITS.into_iter().filter(|(name, _)| !is_set(name)) {
            let separator = if !limited.contains('?') {
                "?"
            } else if limited.ends_with(['?', '&']) {
                ""
            } else {
                "&"
            };
            limited.push_str(&format!("{separator}{name}={value}"));
        }
        Self::Postgres(limited)
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
    fn a_connection_is_protected_by_its_place_or_by_tls() {
        let of = |url: &str| DatabaseUrl::Postgres(url.to_owned()).is_protected();
        for url in [
            "postgres://u@localhost/d",
            "postgres://u@127.0.0.1:5433/d",
            "postgres://u@[::1]/d",
            "postgres://u@%2Fvar%2Frun%2Fpostgresql/d",
            "postgres://u@db/d?host=/var/run/postgresql",
            "postgres://u@db.example.com/d?sslmode=verify-full",
        ] {
            assert!(of(url), "{url}");
        }
        for url in [
            "postgres://u@db.example.com/d",
            "postgres://u@10.0.0.1/d",
            "postgres://u@db/d?sslmode=require",
            "postgres://u@db/d?sslmode=verify-full&sslmode=disable",
            "postgres://u@localhost/d?host=db.example.com",
            "postgres://u@localhost.example.com/d",
        ] {
            assert!(!of(url), "{url}");
        }
        assert!(DatabaseUrl::Sqlite("entente.db".into()).is_protected());
    }

    #[test]
    fn connections_have_limits_unless_the_url_sets_them() {
        const REST: &str = "keepalives=1&keepalives_idle=10&keepalives_interval=3&keepalives_count=3";
        let limited = |text: &str| match DatabaseUrl::parse(text).unwrap().with_network_limits() {
            DatabaseUrl::Postgres(text) => text,
            DatabaseUrl::Sqlite(_) => panic!("{text}"),
        };
        let all = format!("connect_timeout=3&{REST}&tcp_user_timeout=10000");
        for plain in ["postgres://u:p%23@db/entente", "postgres://u@db/entente?"] {
            assert_eq!(limited(plain), format!("{}?{all}", plain.trim_end_matches('?')));
        }
        assert_eq!(limited("postgres://u@db/d?sslmode=prefer"), format!("postgres://u@db/d?sslmode=prefer&{all}"));
        assert_eq!(
            limited("postgres://u@db/d?tcp_user_timeout=0&connect_timeout=60"),
            format!("postgres://u@db/d?tcp_user_timeout=0&connect_timeout=60&{REST}")
        );
        let sqlite = DatabaseUrl::Sqlite("entente.db".into());
        assert_eq!(sqlite.with_network_limits(), sqlite);
    }

    #[test]
    fn the_password_is_redacted() {
        let url = DatabaseUrl::parse("postgres://u:secret@db/entente?sslpassword=secret").unwrap();
        assert_eq!(url.to_string(), "postgres://u:***@db/entente");
    }
}
