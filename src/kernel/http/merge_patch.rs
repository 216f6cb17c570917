//! JSON Merge Patch (RFC 7396): absent leaves, null clears, a value replaces.

use serde::{Deserialize, Deserializer};

/// For members that null may clear: `None` absent, `Some(None)` null, `Some(Some(_))` a value.
/// Use with `#[serde(default, deserialize_with = "merge_patch::clearable")]`.
///
/// # Errors
/// Those of the inner type.
pub fn clearable<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Option::deserialize(deserializer).map(Some)
}

/// Replaces `field` when the patch names it; says whether anything is different now.
pub fn apply<T: PartialEq>(field: &mut T, patch: Option<T>) -> bool {
    match patch {
        Some(value) if value != *field => {
            *field = value;
            true
        }
        _ => false,
    }
}
