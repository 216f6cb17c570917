//! What a question or a dispute is about, so that the same question, raised again, is recognised.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::kernel::ids::{AreaId, DepartmentId, ProjectId};

/// What an arbiter is drawn for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// The same for what is the same question, at most 64 characters.
    pub key: String,
    /// The side whose question it is, however it words it; `None` if the topic does not depend on words.
    pub raised_for: Option<DepartmentId>,
}

/// Returns the topic of a question: the hash of its letters and digits in lower case, so that other punctuation or
/// spacing does not make another question.
#[must_use]
pub fn of_question(question: &str, raised_for: DepartmentId) -> Topic {
    let letters: String = question.chars().filter(|one| one.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    Topic { key: HEXLOWER.encode(&Sha256::digest(letters)), raised_for: Some(raised_for) }
}

/// Returns the topic of a dispute, which is the area: the side that raises it and the claim do not matter.
#[must_use]
pub fn of_area(area: AreaId) -> Topic {
    Topic { key: area.to_string(), raised_for: None }
}

/// Returns the topic of an approval to close or to cancel a project, which is its end: otherwise a side that has not
/// drawn the arbiter it likes for the one could ask for the other.
#[must_use]
pub fn of_end(project: ProjectId) -> Topic {
    Topic { key: format!("end:{project}"), raised_for: None }
}

/// Returns the topic of any other approval, which is its kind and the project, person or area that it is about: which
/// side asks does not matter.
#[must_use]
pub fn of_approval(kind: &str, about: &str) -> Topic {
    Topic { key: format!("{kind}:{about}"), raised_for: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn punctuation_spacing_and_case_do_not_make_another_question() {
        let side = DepartmentId::demo(1);
        let topic = of_question("Do we keep the data?", side);
        assert_eq!(topic, of_question("  do we\nkeep the DATA ?!", side));
        assert_ne!(topic, of_question("Do we keep the date?", side));
        assert_eq!(topic.key, of_question("Do we keep the data?", DepartmentId::demo(2)).key);
        assert_ne!(of_area(AreaId::demo(1)), of_area(AreaId::demo(2)));
        let (project, area) = (ProjectId::demo(1), AreaId::demo(1));
        assert_ne!(of_end(project), of_end(ProjectId::demo(2)));
        assert_ne!(of_end(project), of_approval("resume", project.as_str()));
        assert_ne!(of_area(area), of_approval("transfer", area.as_str()));
        assert!(of_approval("transfer", area.as_str()).key.len() <= 64);
    }
}
