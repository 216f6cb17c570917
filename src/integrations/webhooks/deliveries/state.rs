//! The states of a delivery.

crate::text_enum! {
    /// Where a delivery stands.
    pub enum DeliveryState {
        /// Waiting for its first or next try.
        Pending,
        /// Waiting for an earlier event of the same subject (`ordering` `subject`).
        Blocked,
        /// The receiver has it.
        Delivered,
        /// Every try failed while others arrived, or the receiver answered 410.
        Exhausted,
        /// By a person, by the end of its endpoint, or because what it told of is erased.
        Cancelled,
    }
}
