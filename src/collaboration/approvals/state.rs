//! Kinds and states of approvals, and the possible responses.

crate::text_enum! {
    /// The kind of action that needs an approval: signing a version of the charter (`charter`), resuming the project
    /// (`resume`), extending its hold (`extend_hold`), closing (`close`) or cancelling (`cancel`) it, releasing a
    /// member early (`release`), transferring an area to another side (`transfer`), settling a dispute (`settlement`),
    /// deciding a question (`decision`) or naming an arbiter (`arbiter`).
    pub enum ApprovalKind {
        Charter,
        Resume,
        ExtendHold,
        Close,
        Cancel,
        Release,
        Transfer,
        Settlement,
        Decision,
        Arbiter,
    }
}

crate::text_enum! {
    /// State of an approval: `open` until every side has responded, then `approved` if all sides approve or `rejected`
    /// if at least one rejects; `withdrawn` before all sides had responded; `lapsed` if its subject has changed or
    /// ended before that, or a deadline has passed.
    pub enum ApprovalState {
        Open,
        Approved,
        Rejected,
        Withdrawn,
        Lapsed,
    }
}

crate::text_enum! {
    /// Response of a side: `approve` or `reject`.
    pub enum ApprovalChoice {
        Approve,
        Reject,
    }
}
