//! The names of all settings, and the names that are not settings.

use serde::de::value::Error;
use serde::de::{DeserializeOwned, Deserializer, Error as _, Visitor};

use super::issuers::RawIssuer;
use super::raw::Raw;

/// Returns the names of all settings, in lower case and without prefix.
pub(super) fn settings() -> &'static [&'static str] {
    fields::<Raw>()
}

/// Returns one line for each key of the configuration file that is not a setting.
pub(super) fn unknown_keys(values: &config::Map<String, config::Value>) -> Vec<String> {
    let mut unknown = unknown("", values, settings());
    let issuers = values.get("issuers").and_then(|issuers| issuers.clone().into_array().ok());
    for (index, issuer) in issuers.into_iter().flatten().enumerate() {
        if let Ok(issuer) = issuer.into_table() {
            unknown.extend(self::unknown(&format!("issuers[{index}]."), &issuer, fields::<RawIssuer>()));
        }
    }
    unknown.sort();
    unknown
}

fn unknown(prefix: &str, values: &config::Map<String, config::Value>, known: &[&'static str]) -> Vec<String> {
    let explain = |name: &String| {
        let suggestion = nearest(name, known).map(|name| format!("; did you mean {name}?")).unwrap_or_default();
        format!("{prefix}{name}: unknown setting in the configuration file{suggestion}")
    };
    values.keys().filter(|name| !known.contains(&name.as_str())).map(explain).collect()
}

/// Returns one warning about the variables that are not settings. Their values may be secret, so it has only names.
///
/// They are not errors, because an orchestrator sets `ENTENTE_PORT` and others for a service with the name `entente`.
pub(super) fn unknown_variables(mut names: Vec<String>) -> Option<String> {
    names.sort();
    let explain = |name: &String| {
        let short = name.trim_start_matches("ENTENTE_").to_ascii_lowercase();
        match nearest(&short, settings()) {
            Some(setting) => format!("{name} (did you mean ENTENTE_{}?)", setting.to_ascii_uppercase()),
            None => name.clone(),
        }
    };
    let list: Vec<_> = names.iter().map(explain).collect();
    (!list.is_empty()).then(|| format!("ignored environment variables, which are not settings: {}", list.join(", ")))
}

/// Returns the value of a setting that allows only these names.
///
/// # Errors
/// The allowed names, and the one that was probably meant.
pub(super) fn choose<T: Copy>(name: &str, choices: &[(&'static str, T)]) -> Result<T, String> {
    if let Some((_, value)) = choices.iter().find(|(known, _)| *known == name) {
        return Ok(*value);
    }
    let known: Vec<_> = choices.iter().map(|(known, _)| *known).collect();
    let short = name.to_ascii_lowercase();
    let longer = known.iter().find(|known| !short.is_empty() && known.starts_with(&short)).copied();
    let suggestion = longer.or_else(|| nearest(&short, &known));
    let suggestion = suggestion.map(|name| format!("; did you mean {name}?")).unwrap_or_default();
    Err(format!("{name:?} is not allowed, use one of: {}{suggestion}", known.join(", ")))
}

/// Returns the text of an error in the values, with the name of the setting if it is known.
pub(super) fn explain(error: &config::ConfigError) -> String {
    match error {
        config::ConfigError::At { error, key: Some(key), .. } if settings().contains(&without_index(key)) => {
            format!("ENTENTE_{}: {error}", key.to_ascii_uppercase())
        }
        other => format!("settings: {other}"),
    }
}

/// Returns the name of the setting in the key of an item, as in `cors_origins[0]`.
fn without_index(key: &str) -> &str {
    key.split_once('[').map_or(key, |(name, _)| name)
}

/// Returns the known name with the fewest differences, if there are only a few.
fn nearest(name: &str, known: &[&'static str]) -> Option<&'static str> {
    let limit = (name.len() / 4).clamp(1, 3);
    let distances = known.iter().map(|known| (strsim::osa_distance(name, known), *known));
    distances.min().filter(|(distance, _)| *distance <= limit).map(|(_, known)| known)
}

/// Returns the names of the fields of a struct, so that there is no second list of them.
fn fields<T: DeserializeOwned>() -> &'static [&'static str] {
    let mut names: &'static [&'static str] = &[];
    // Ends with an error, because there are no values.
    let _ = T::deserialize(Fields(&mut names));
    names
}

/// A deserializer that only notes the names of the fields.
struct Fields<'a>(&'a mut &'static [&'static str]);

impl<'de> Deserializer<'de> for Fields<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Error> {
        Err(Error::custom("there are no values"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        *self.0 = fields;
        self.deserialize_any(visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::super::Settings;
    use super::*;

    #[test]
    fn all_settings_have_a_name() {
        let names = settings();
        assert!(
            names.len() > 30
                && ["listen", "migrate", "issuers", "database_url_file"].iter().all(|name| names.contains(name))
        );
    }

    #[test]
    fn all_settings_are_documented() {
        let page = include_str!("../../../docs/operating/settings.md");
        for name in settings().iter().filter(|name| **name != "issuers") {
            assert!(page.contains(&format!("`ENTENTE_{}`", name.to_ascii_uppercase())), "{name}");
        }
    }

    #[test]
    fn an_unknown_key_is_an_error_that_suggests_the_nearest_name() {
        for (text, expected) in [
            (
                "databse_url = \"sqlite://x.db\"",
                "databse_url: unknown setting in the configuration file; did you mean database_url?",
            ),
            ("colour = 1", "colour: unknown setting in the configuration file"),
            (
                "[[issuers]]\nissuer = \"i\"\naudience = [\"x\"]",
                "issuers[0].audience: unknown setting in the configuration file; did you mean audiences?",
            ),
            ("[webhooks]\nallow_http = true", "webhooks: unknown setting in the configuration file"),
        ] {
            assert_eq!(Settings::from_toml(text).unwrap_err(), expected);
        }
        assert!(Settings::from_toml("colour = 1\nlistn = \"x\"").unwrap_err().lines().count() == 2);
    }

    #[test]
    fn an_unknown_variable_is_a_warning_without_its_value() {
        let of = |variables: &[(&str, &str)]| Settings::from_toml_and_variables("", variables).unwrap().notices;
        let orchestrator = [("ENTENTE_PORT", "tcp://10.0.0.1:80"), ("ENTENTE_SERVICE_HOST", "10.0.0.1")];
        assert_eq!(
            of(&orchestrator),
            ["ignored environment variables, which are not settings: ENTENTE_PORT, ENTENTE_SERVICE_HOST"]
        );
        let mistyped = of(&[("ENTENTE_ENCRYPTION_KEY", "secret")]);
        assert!(mistyped[0].contains("did you mean ENTENTE_ENCRYPTION_KEYS?") && !mistyped[0].contains("secret"));
        assert!(of(&[("ENTENTE_LISTEN", "127.0.0.1:1"), ("ENTENTE_WORKER", "false")]).is_empty());
    }

    #[test]
    fn a_value_that_is_not_allowed_is_an_error_with_the_allowed_ones() {
        for (variable, value, expected) in [
            (
                "ENTENTE_ENVIRONMENT",
                "prod",
                "\"prod\" is not allowed, use one of: development, production; did you mean production?",
            ),
            (
                "ENTENTE_ENVIRONMENT",
                "Production",
                "\"Production\" is not allowed, use one of: development, production; did you mean production?",
            ),
            ("ENTENTE_ENVIRONMENT", "", "\"\" is not allowed, use one of: development, production"),
            ("ENTENTE_LOG_FORMAT", "jsn", "\"jsn\" is not allowed, use one of: text, json; did you mean json?"),
            (
                "ENTENTE_FORWARDED_HEADER",
                "x-real-ip",
                "\"x-real-ip\" is not allowed, use one of: x-forwarded-for, forwarded",
            ),
        ] {
            let message = Settings::from_toml_and_variables("", &[(variable, value)]).unwrap_err();
            assert_eq!(message, format!("{variable}: {expected}"));
        }
        assert_eq!(
            Settings::from_toml("environment = \"dev\"").unwrap_err(),
            "ENTENTE_ENVIRONMENT: \"dev\" is not allowed, use one of: development, production; did you mean development?"
        );
    }

    #[test]
    fn a_variable_overrides_the_file_and_a_bad_value_is_an_error() {
        let read = |variables: &[(&str, &str)]| Settings::from_toml_and_variables("worker = true", variables);
        assert!(!read(&[("ENTENTE_WORKER", "false")]).unwrap().worker);
        for (variable, value) in
            [("ENTENTE_LISTEN", "8080"), ("ENTENTE_WORKER", "perhaps"), ("ENTENTE_HTTP_THREADS", "tcp://10.0.0.1:80")]
        {
            let message = read(&[(variable, value)]).unwrap_err().to_ascii_uppercase();
            assert!(message.contains(variable.trim_start_matches("ENTENTE_")), "{message}");
        }
    }
}
