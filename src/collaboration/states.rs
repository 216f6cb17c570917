//! The states of memberships, disputes and decisions that `projects` compares in SQL.
//!
//! What a caller is to a project depends on them, and `projects` is below the slices that they belong to. What each
//! state means and allows is in `state.rs` of its slice.

crate::text_enum! {
    /// What was decided about a membership, as it is stored.
    pub enum MembershipDecision {
        Invited,
        Accepted,
        Declined,
        Withdrawn,
        Expired,
        Returned,
        LeftOrganisation,
    }
}

crate::text_enum! {
    /// `open`; `settled` by all sides or the arbiter; `withdrawn`; `lapsed` with the project.
    pub enum DisputeState {
        Open,
        Settled,
        Withdrawn,
        Lapsed,
    }
}

crate::text_enum! {
    /// `open`; `decided`; `deadlocked` when the sides differ or one has not answered in time;
    /// `escalated` to somebody who decides; `withdrawn`.
    pub enum DecisionState {
        Open,
        Decided,
        Deadlocked,
        Escalated,
        Withdrawn,
    }
}
