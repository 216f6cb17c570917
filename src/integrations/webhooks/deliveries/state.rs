//! The states of a delivery.

crate::text_enum! {
    /// State of a delivery: `pending` (waiting for its first or next attempt), `blocked` (waiting for an earlier event
    /// about the same resource, if `ordering` is `subject`), `delivered` (the receiver responded 2xx), `exhausted` (all
    /// attempts of the retry schedule failed, or the receiver responded 410; while the endpoint is `failing`,
    /// deliveries are held and do not become exhausted), or `cancelled` (by a caller, because the endpoint was deleted,
    /// or because there is nothing to send any more, for example after an erasure).
    pub enum DeliveryState {
        Pending,
        Blocked,
        Delivered,
        Exhausted,
        Cancelled,
    }
}
