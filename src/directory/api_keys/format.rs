//! The text of an API key: `ent_<id>_<secret><checksum>`.
//!
//! Rules: the id finds the row, so that the secret is never searched for; the secret has 256 random bits; the checksum
//! is the CRC-32 of everything before it, so that clients and secret scanners notice a mistyped or shortened key
//! without a request. It protects against mistakes only: the secret is what cannot be guessed.

use data_encoding::BASE32_DNSSEC;
use flate2::Crc;

use crate::kernel::auth::API_KEY_PREFIX;
use crate::kernel::ids::{ApiKeyId, ApiKeyKind, Kind};

/// Lengths of the secret (32 bytes in base 32) and of the checksum (4 bytes in hexadecimal).
const SECRET_LENGTH: usize = 52;
const CHECKSUM_LENGTH: usize = 8;

/// A new key as text, and its secret.
pub struct NewKeyText {
    pub key: String,
    pub secret: String,
}

/// Writes the key with this id and these random bytes.
pub fn write(id: ApiKeyId, bytes: &[u8; 32]) -> NewKeyText {
    let secret = BASE32_DNSSEC.encode(bytes);
    let suffix = id.as_str().trim_start_matches(ApiKeyKind::PREFIX);
    // The suffix starts with the underscore of the id.
    let start = format!("{}{}_{secret}", API_KEY_PREFIX.trim_end_matches('_'), suffix);
    NewKeyText { key: format!("{start}{}", checksum(&start)), secret }
}

/// Reads the id and the secret of a key; `None` if the text is not a key with a matching checksum.
pub fn read(key: &str) -> Option<(ApiKeyId, &str)> {
    let (start, sum) = key.split_at_checked(key.len().checked_sub(CHECKSUM_LENGTH)?)?;
    if checksum(start) != sum {
        return None;
    }
    let (suffix, secret) = start.strip_prefix(API_KEY_PREFIX)?.split_once('_')?;
    let id: ApiKeyId = format!("{}_{suffix}", ApiKeyKind::PREFIX).parse().ok()?;
    (secret.len() == SECRET_LENGTH).then_some((id, secret))
}

fn checksum(text: &str) -> String {
    let mut crc = Crc::new();
    crc.update(text.as_bytes());
    format!("{:08x}", crc.sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_key_has_the_documented_form() {
        let NewKeyText { key, secret } = write(ApiKeyId::demo(1), &[0; 32]);
        assert_eq!(secret, "0".repeat(52));
        assert_eq!(&key[..31], "ent_01kdvdna00e008000000000001_");
        assert_eq!(key.len(), 91);
        assert_eq!(read(&key), Some((ApiKeyId::demo(1), secret.as_str())));
        // The checksum is the CRC-32 of zip and gzip.
        assert_eq!(checksum("123456789"), "cbf43926");
    }

    proptest! {
        #[test]
        fn every_wrong_character_is_noticed(bytes in any::<[u8; 32]>(), place in 0..91_usize, other in "[0-9a-z_]") {
            let NewKeyText { key, secret } = write(ApiKeyId::demo(7), &bytes);
            prop_assert_eq!(read(&key), Some((ApiKeyId::demo(7), secret.as_str())));
            let mut mistyped = key.clone();
            mistyped.replace_range(place..=place, &other);
            prop_assert_eq!(read(&mistyped).is_some(), mistyped == key);
            prop_assert_eq!(read(&key[..place]), None);
            let upper_case = key.to_uppercase();
            prop_assert_eq!(read(&upper_case), None);
        }

        #[test]
        fn any_text_can_be_read(text in ".{0,120}") {
            let key = format!("ent_{text}");
            prop_assert_eq!(read(&key), None);
        }
    }
}
