//! Lists in settings: an array in the TOML file, or text with commas, as in variables.

use std::fmt;

use secrecy::SecretString;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// The items of a list as the operator wrote them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct List(Vec<String>);

impl List {
    pub(super) fn items(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl From<&str> for List {
    /// Reads text with commas. Spaces around items and empty items are ignored.
    fn from(text: &str) -> Self {
        let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
        Self(items.map(str::to_owned).collect())
    }
}

impl<'de> Deserialize<'de> for List {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Items)
    }
}

struct Items;

impl<'de> Visitor<'de> for Items {
    type Value = List;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array, or text with commas")
    }

    fn visit_str<E>(self, text: &str) -> Result<List, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<List, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = array.next_element::<Item>()? {
            items.push(match item {
                Item::Number(number) => number.to_string(),
                Item::Text(text) => text.trim().to_owned(),
            });
        }
        Ok(List(items))
    }
}

/// An item of an array. Ports are written as numbers.
#[derive(Deserialize)]
#[serde(untagged, expecting = "an item that is neither text nor a whole number")]
enum Item {
    Number(i64),
    Text(String),
}

/// A list of secrets, which is never printed.
#[derive(Debug, Clone, Default)]
pub(super) struct Secrets(Vec<SecretString>);

impl Secrets {
    pub(super) fn as_slice(&self) -> &[SecretString] {
        &self.0
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<List> for Secrets {
    fn from(List(items): List) -> Self {
        Self(items.into_iter().map(SecretString::from).collect())
    }
}

impl<'de> Deserialize<'de> for Secrets {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        List::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::super::Settings;

    #[test]
    fn an_array_and_text_with_commas_are_the_same() {
        let array = r#"
            trusted_proxies = ["10.1.0.0/16", "fd00:1::/32"]
            cors_origins = ["https://a.example.com"]
            form_frame_origins = []
            jwt_allowed_networks = ["10.2.0.0/16"]
            webhooks_allowed_networks = ["10.3.0.0/16", "10.4.0.0/16"]
            webhooks_allowed_hosts = ["crm", "erp.internal"]
            webhooks_allowed_ports = [443, "8443"]
        "#;
        let text = r#"
            trusted_proxies = "10.1.0.0/16, fd00:1::/32"
            cors_origins = "https://a.example.com"
            form_frame_origins = ""
            jwt_allowed_networks = "10.2.0.0/16"
            webhooks_allowed_networks = "10.3.0.0/16,10.4.0.0/16,"
            webhooks_allowed_hosts = "crm,erp.internal"
            webhooks_allowed_ports = "443,8443"
        "#;
        let [array, text] = [array, text].map(|settings| Settings::from_toml(settings).unwrap());
        assert_eq!(format!("{array:?}"), format!("{text:?}"));
        assert_eq!((array.trusted_proxies.len(), array.egress.allowed_ports), (2, vec![443, 8443]));
    }

    #[test]
    fn keys_can_be_an_array() {
        let [one, two] = ["A", "Q"].map(|letter| letter.repeat(43) + "=");
        for written in [format!("[\"{one}\", \"{two}\"]"), format!("\"{one},{two}\"")] {
            let settings = Settings::from_toml(&format!("encryption_keys = {written}")).unwrap();
            let keys: Vec<_> = settings.encryption.keys.iter().map(|key| key.expose_secret().to_owned()).collect();
            assert_eq!(keys, [one.clone(), two.clone()]);
            assert!(!format!("{settings:?}").contains(&one));
        }
    }

    #[test]
    fn an_error_names_the_setting() {
        for (text, setting) in [
            ("trusted_proxies = [\"10.1.0.0/16,10.2.0.0/16\"]", "TRUSTED_PROXIES"),
            ("trusted_proxies = 1", "TRUSTED_PROXIES"),
            ("cors_origins = [true]", "CORS_ORIGINS"),
            ("webhooks_allowed_ports = [70000]", "WEBHOOKS_ALLOWED_PORTS"),
            ("webhooks_allowed_ports = [-1]", "WEBHOOKS_ALLOWED_PORTS"),
            ("encryption_keys = [\"short\"]", "ENCRYPTION_KEYS"),
        ] {
            let message = Settings::from_toml(text).unwrap_err();
            assert!(message.contains(setting), "{text}: {message}");
        }
    }
}
