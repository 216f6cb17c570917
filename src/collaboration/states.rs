//! The states of memberships, disputes and decisions that `projects` compares in SQL.
//!
//! A caller's relations to a project depend on these states, but `projects` is below the modules that own them. The
//! meaning of each state and its transitions are in `state.rs` of the owning module.

crate::text_enum! {
    /// Stored state of a membership. States that follow from dates alone are computed when read.
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
    /// State of a dispute: `open`; `settled` by all sides or by the arbiter; `unresolved` because the sides did not
    /// approve an arbiter; `withdrawn`; `lapsed` because the project was closing or cancelled.
    pub enum DisputeState {
        Open,
        Settled,
        Unresolved,
        Withdrawn,
        Lapsed,
    }
}

crate::text_enum! {
    /// State of a decision: `open` while the sides respond; `decided`; `deadlocked` if the responses differ or a side
    /// did not respond in time; `escalated` to an arbiter; `withdrawn`.
    pub enum DecisionState {
        Open,
        Decided,
        Deadlocked,
        Escalated,
        Withdrawn,
    }
}
