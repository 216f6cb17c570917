//! Names need a visible character. A pattern cannot say this portably, because the engines of JSON Schema do not agree
//! on Unicode categories.

use unicode_general_category::{GeneralCategory, get_general_category};
/// Letters and symbols that fonts show as empty space.
const FILLERS: [char; 5] = ['\u{115f}', '\u{1160}', '\u{2800}', '\u{3164}', '\u{ffa0}'];

/// Returns whether a text has a letter, digit, punctuation mark or symbol that can be seen.
#[must_use]
pub fn has_visible_character(text: &str) -> bool {
    use GeneralCategory::{
        Control, EnclosingMark, Format, LineSeparator, NonspacingMark, ParagraphSeparator, PrivateUse, SpaceSeparator,
        Surrogate, Unassigned,
    };
    text.chars().any(|character| {
        !FILLERS.contains(&character)
            && !matches!(
                get_general_category(character),
                Control
                    | EnclosingMark
                    | Format
                    | LineSeparator
                    | NonspacingMark
                    | ParagraphSeparator
                    | PrivateUse
                    | SpaceSeparator
                    | Surrogate
                    | Unassigned
            )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_and_invisible_characters_are_blank() {
        for blank in
            ["", " ", "\u{a0}\u{3000}", "\u{200b}\u{feff}", "\u{ad}", "\u{301}", "\u{3164}", "\u{2800}", "\u{e000}"]
        {
            assert!(!has_visible_character(blank), "{blank:?}");
        }
        for name in ["A", " č ", "李", "\u{200b}x", "7", "🙂", "-"] {
            assert!(has_visible_character(name), "{name:?}");
        }
    }
}
