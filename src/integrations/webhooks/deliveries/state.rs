//! The states of a delivery.

crate::text_enum! {
    /// State of a delivery: `pending` (waits for its first or next try), `blocked` (with `ordering` `subject`, waits
    /// for an earlier event about the same subject), `delivered` (the receiver responded 2xx), `exhausted` (every try
    /// of the schedule failed although the endpoint was not failing as a whole, or the receiver responded 410), or
    /// `cancelled` (by a caller, because the endpoint was deleted, or because there is nothing to send any more, for
    /// example after an erasure).
    pub enum DeliveryState {
        Pending,
        Blocked,
        Delivered,
        Exhausted,
        Cancelled,
    }
}
