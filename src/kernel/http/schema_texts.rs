//! Texts for strings of the wrong form. They never contain a regular expression: each pattern of the schemas has a text
//! with an example.

use jsonschema::ValidationError;
use jsonschema::error::TypeKind;

use crate::kernel::error::Text;
use crate::kernel::visible::has_visible_character;

/// Parts of patterns, in the order in which they are looked for, with the keys of their texts.
const FORMS: &[(&str, &str)] = &[
    ("[0-9a-f]{64}", "violation-form-sha256"),
    ("[0-5][0-9]-", "violation-form-window"),
    ("[0-5][0-9]$", "violation-form-time"),
    ("^https?://", "violation-form-url"),
    ("^https://", "violation-form-https"),
    ("^#", "violation-form-color"),
    ("={0,2}$", "violation-form-base64"),
    ("@", "violation-form-email"),
    ("^\\+", "violation-form-phone"),
    ("\\.[a-z_]+$", "violation-form-event-type"),
    ("^[a-z][a-z0-9-]{0,39}$", "violation-form-key"),
    ("[a-z0-9._-]", "violation-form-system-name"),
    ("^[A-Za-z0-9-]+$", "violation-form-header-name"),
    ("^(/", "violation-form-pointer"),
    ("^/", "violation-form-pointer"),
    ("^[A-Za-z0-9", "violation-form-secret"),
    ("^[0-9]{8}T", "violation-form-secret"),
    ("\\x00-\\x1f", "violation-form-line"),
    ("\\x00", "violation-form-text"),
    ("[!-~]", "violation-form-line"),
];

/// Returns the text for a value that does not match a pattern.
pub(super) fn pattern_mismatch(error: &ValidationError<'_>, pattern: &str) -> Text {
    if let Some(text) = blank(error) {
        return text;
    }
    if let Some((prefix, _)) = pattern.trim_start_matches('^').split_once("_[0-9a-z]{26}") {
        let example = if prefix.starts_with('[') { "prj" } else { prefix };
        return Text::new("violation-form-id").with("prefix", example);
    }
    let known = FORMS.iter().find(|(part, _)| pattern.contains(part));
    Text::new(known.map_or("violation-form-other", |(_, key)| key))
}

/// Returns the text for a value that does not have a format of JSON Schema.
pub(super) fn wrong_format(format: &str) -> Text {
    Text::new(match format {
        "email" => "violation-form-email",
        "date" => "violation-form-date",
        "date-time" => "violation-form-instant",
        "uri" => "violation-form-url",
        _ => "violation-form-other",
    })
}

/// Returns the text for a value that is too short.
pub(super) fn too_short(error: &ValidationError<'_>, limit: u64) -> Text {
    blank(error).unwrap_or_else(|| Text::new("violation-too-short").with("limit", limit))
}

/// Returns the text for a value of the wrong type.
pub(super) fn wrong_type(kind: &TypeKind) -> Text {
    let types: Vec<String> = match kind {
        TypeKind::Single(one) => vec![one.to_string()],
        TypeKind::Multiple(many) => many.iter().map(|one| one.to_string()).collect(),
    };
    let wanted = types.iter().find(|one| *one != "null").map_or("null", String::as_str);
    let is_nullable = types.len() > 1 && types.iter().any(|one| one == "null");
    Text::new(if is_nullable { "violation-wrong-type-nullable" } else { "violation-wrong-type" }).with("type", wanted)
}

/// Returns the text for a value without a visible character; `None` for any other.
fn blank(error: &ValidationError<'_>) -> Option<Text> {
    error.instance().as_str().filter(|value| !has_visible_character(value))?;
    let is_name = error.instance_path().as_str().ends_with("name");
    Some(Text::new(if is_name { "violation-blank-name" } else { "violation-blank" }))
}
