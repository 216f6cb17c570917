//! What a consent is about, where it stands, and what a side can say.

crate::words! {
    /// What is asked: to sign a version of the `charter`; to `resume` or `close` the project; to
    /// `release` a member early; to `transfer` an area to another side; to accept the `settlement`
    /// of a dispute; to decide a question (`decision`).
    ConsentKind {
        Charter = "charter",
        Resume = "resume",
        Close = "close",
        Release = "release",
        Transfer = "transfer",
        Settlement = "settlement",
        Decision = "decision",
    }
}

crate::words! {
    /// `open` until every side has answered; then `agreed` or `refused`. `withdrawn` by whoever
    /// asked; `lapsed` when what it was about has changed or is over.
    ConsentState {
        Open = "open",
        Agreed = "agreed",
        Refused = "refused",
        Withdrawn = "withdrawn",
        Lapsed = "lapsed",
    }
}

crate::words! {
    /// What a side says.
    ConsentAnswer {
        Agree = "agree",
        Disagree = "disagree",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_the_same_in_the_api_and_in_the_database() {
        for kind in ConsentKind::ALL {
            assert_eq!(ConsentKind::parse(kind.as_str()), Some(*kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
        for state in ConsentState::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
        assert_eq!(ConsentAnswer::parse("abstain"), None);
    }
}
