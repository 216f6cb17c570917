//! What a consent is about, where it stands, and what a side can say.

crate::text_enum! {
    /// What is asked: to sign a version of the `charter`; to `resume` or `close` the project; to
    /// `release` a member early; to `transfer` an area to another side; to accept the `settlement`
    /// of a dispute; to decide a question (`decision`).
    pub enum ConsentKind {
        Charter,
        Resume,
        Close,
        Release,
        Transfer,
        Settlement,
        Decision,
    }
}

crate::text_enum! {
    /// `open` until every side has answered; then `agreed` or `refused`. `withdrawn` by whoever
    /// asked; `lapsed` when what it was about has changed or is over.
    pub enum ConsentState {
        Open,
        Agreed,
        Refused,
        Withdrawn,
        Lapsed,
    }
}

crate::text_enum! {
    /// What a side says.
    pub enum ConsentAnswer {
        Agree,
        Disagree,
    }
}
