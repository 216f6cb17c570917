//! JSON Merge Patch (RFC 7396): an absent field is unchanged, null clears it, a value replaces it.

use serde::{Deserialize, Deserializer};

/// Deserialises a field that null clears: `None` if absent, `Some(None)` for null, `Some(Some(_))` for a value.
/// Use it with `#[serde(default, deserialize_with = "merge_patch::clearable")]`.
///
/// # Errors
/// The errors of the inner type.
pub fn clearable<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::deserialize(deserializer).map(Some)
}

/// Replaces `field` if the patch has a value. Returns whether the field changed.
pub fn apply<T: PartialEq>(field: &mut T, patch: Option<T>) -> bool {
    match patch {
        Some(value) if value != *field => {
            *field = value;
            true
        }
        _ => false,
    }
}
