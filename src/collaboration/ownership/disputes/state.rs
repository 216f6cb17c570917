//! Where a dispute stands.

crate::text_enum! {
    /// `open`; `settled` by all sides or the arbiter; `withdrawn`; `lapsed` with the project.
    pub enum DisputeState {
        Open,
        Settled,
        Withdrawn,
        Lapsed,
    }
}
