//! Phone numbers, ids and API keys.

use typeid_suffix::prelude::TypeIdSuffix;
use uuid::Uuid;

use super::text;
use crate::callbacks::queues::PhoneRegion;
use crate::callbacks::requests::phone;
use crate::directory::api_keys::format;
use crate::kernel::ids::{ApiKeyId, PersonId, ProjectId};

/// A phone number has the digits that were typed, in E.164, and is the same when its E.164 or display format is read.
pub fn phone(bytes: &[u8]) -> bool {
    let input = text(bytes);
    let Ok(phone) = phone::parse(PhoneRegion::CZ, &input) else { return false };
    let digits = phone.e164.strip_prefix('+').unwrap_or_default();
    let is_e164 = (2..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    assert!(is_e164 && !digits.starts_with('0'), "{}", phone.e164);
    let typed: String = input.chars().filter(char::is_ascii_digit).collect();
    let is_typed = digits == typed || digits == format!("420{typed}") || Some(digits) == typed.strip_prefix("00");
    assert!(is_typed, "{input:?} became {digits}");
    for written in [&phone.e164, &phone.display] {
        assert_eq!(phone::parse(PhoneRegion::CZ, written).as_ref(), Ok(&phone));
    }
    assert_eq!(phone::display_of(&phone.e164), phone.display);
    if let Ok(number) = phonenumber::parse(None, &phone.e164) {
        assert!(digits.starts_with(&number.code().value().to_string()), "{digits} is of another country");
    }
    true
}

/// The digits of an id: Crockford's base 32.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// An id has one form, is of one kind, and is the number that its digits write.
pub fn id(bytes: &[u8]) -> bool {
    if let Some(bits) = bytes.first_chunk::<16>() {
        let created = ProjectId::from_uuid(Uuid::from_bytes(*bits));
        assert_eq!(created.as_str().parse::<ProjectId>(), Ok(created));
    }
    let text = text(bytes);
    let Ok(id) = text.parse::<ProjectId>() else { return false };
    assert_eq!(id.as_str(), text);
    assert!(text.parse::<PersonId>().is_err(), "{text} is an id of two kinds");
    let suffix = text.strip_prefix("prj_").unwrap_or_default();
    let uuid = suffix.parse::<TypeIdSuffix>().map(|suffix| suffix.to_uuid()).unwrap_or_default();
    assert_eq!(ProjectId::from_uuid(uuid), id);
    assert_eq!(suffix.len(), 26);
    let number = suffix.bytes().try_fold(0_u128, |number, digit| {
        let value = ALPHABET.iter().position(|known| *known == digit)?;
        Some((number << 5) | value as u128)
    });
    assert_eq!(number, Some(uuid.as_u128()));
    true
}

/// A key that was written is read again, and a key that can be read ends with the CRC-32 of the rest.
pub fn api_key(bytes: &[u8]) -> bool {
    if let Some(random) = bytes.first_chunk::<32>() {
        let id = ApiKeyId::demo(1);
        let new = format::write(id, random);
        assert_eq!(format::read(&new.key), Some((id, new.secret.as_str())));
    }
    let text = text(bytes);
    let Some((id, secret)) = format::read(&text) else { return false };
    let suffix = id.as_str().strip_prefix("key_").unwrap_or_default();
    let start = format!("ent_{suffix}_{secret}");
    assert_eq!(text, format!("{start}{:08x}", crc_32(start.as_bytes())));
    assert_eq!(text.len(), 91);
    true
}

fn crc_32(bytes: &[u8]) -> u32 {
    let shifted = |sum: u32, _: i32| if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 };
    !bytes.iter().fold(u32::MAX, |sum, byte| (0..8).fold(sum ^ u32::from(*byte), shifted))
}
