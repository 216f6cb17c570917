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

impl ApprovalKind {
    /// Returns whether an approval of this kind ends when it is due. The others stay open, and are reminded of.
    #[must_use]
    pub fn ends_when_due(self) -> bool {
        matches!(self, Self::Decision | Self::Arbiter)
    }

    /// Returns whether the panel can decide for the sides that do not respond.
    #[must_use]
    pub fn can_be_escalated(self) -> bool {
        matches!(self, Self::Resume | Self::Close | Self::Cancel | Self::Release | Self::Transfer)
    }
}

crate::text_enum! {
    /// State of an approval: `open` until every side has responded, or an arbiter has for the silent sides, then
    /// `approved` if all approve or `rejected` if at least one rejects; `withdrawn` before all sides had responded;
    /// `lapsed` if its subject has changed or ended before that, or a deadline has passed.
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
