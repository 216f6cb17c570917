//! Settings that work, but that operators should know about. Pure.

use super::raw::DEFAULT_ISSUER;
use super::{Deployment, Settings};

/// Returns one line for each setting that is not safe in production, and for what was noticed while the settings were
/// read. Secrets are not part of them.
#[must_use]
pub fn warnings(settings: &Settings) -> Vec<String> {
    let mut lines = settings.notices.clone();
    if settings.environment == Deployment::Production {
        lines.extend(in_production(settings).map(str::to_owned));
    }
    lines
}

fn in_production(settings: &Settings) -> impl Iterator<Item = &'static str> {
    let found = [
        (
            settings.intake.proof_of_work.is_none(),
            "ENTENTE_CALLBACKS_PROOF_OF_WORK is 0, so the callback form requires no proof of work",
        ),
        (
            settings.trusted_proxies.iter().any(|network| network.prefix_len() < 8),
            "ENTENTE_TRUSTED_PROXIES has a network wider than /8, so its clients can choose their address",
        ),
        (
            settings.auth.issuers.is_empty() && settings.auth.issuer != DEFAULT_ISSUER,
            "ENTENTE_JWT_ISSUER is set without keys, so only API keys are accepted; set ENTENTE_JWT_DISCOVERY=true",
        ),
        (settings.rate_limits.requests == 0, "ENTENTE_RATE_LIMIT_PER_MINUTE is 0, so requests are not limited"),
        (
            !settings.database.url.is_protected(),
            "ENTENTE_DATABASE_URL has no sslmode=verify-full, so the connection can be read or redirected on its way",
        ),
    ];
    found.into_iter().filter(|(applies, _)| *applies).map(|(_, line)| line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(environment: &str, more: &str) -> Vec<String> {
        let keys = "A".repeat(43) + "=";
        let text = format!("environment = \"{environment}\"\nencryption_keys = [\"{keys}\"]\n{more}");
        warnings(&Settings::from_toml(&text).unwrap())
    }

    #[test]
    fn production_warns_about_each_setting() {
        assert_eq!(of("production", ""), Vec::<String>::new());
        for (text, setting) in [
            ("callbacks_proof_of_work = 0", "ENTENTE_CALLBACKS_PROOF_OF_WORK"),
            ("rate_limit_per_minute = 0", "ENTENTE_RATE_LIMIT_PER_MINUTE"),
            ("trusted_proxies = [\"0.0.0.0/0\"]", "ENTENTE_TRUSTED_PROXIES"),
            ("jwt_issuer = \"https://id.example.com\"", "ENTENTE_JWT_ISSUER"),
            ("database_url = \"postgres://u:secret@db.example.com/d\"", "ENTENTE_DATABASE_URL"),
        ] {
            let found = of("production", text);
            assert!(found.len() == 1 && found[0].starts_with(setting) && !found[0].contains("secret"), "{found:?}");
            assert_eq!(of("development", text), Vec::<String>::new());
        }
        assert_eq!(of("production", "database_url = \"postgres://u@127.0.0.1/d\""), Vec::<String>::new());
    }
}
