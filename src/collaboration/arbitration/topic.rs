//! What a question or a dispute is about, so that the same question, raised again, is recognised.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::kernel::ids::AreaId;

/// Returns the topic of a question: the hash of its letters and digits in lower case, so that other punctuation or
/// spacing does not make another question.
#[must_use]
pub fn of_question(question: &str) -> String {
    let letters: String = question.chars().filter(|one| one.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    HEXLOWER.encode(&Sha256::digest(letters))
}

/// Returns the topic of a dispute, which is the area: the side that raises it and the claim do not matter.
#[must_use]
pub fn of_area(area: AreaId) -> String {
    area.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn punctuation_spacing_and_case_do_not_make_another_question() {
        let topic = of_question("Do we keep the data?");
        assert_eq!(topic, of_question("  do we\nkeep the DATA ?!"));
        assert_ne!(topic, of_question("Do we keep the date?"));
        assert_ne!(of_area(AreaId::demo(1)), of_area(AreaId::demo(2)));
    }
}
