//! Enumerations of queues. Their values are the same in JSON and in both databases.

crate::text_enum! {
    /// Topic of the call: `sales` or `technical_support`.
    pub enum CallbackIntent {
        Sales,
        TechnicalSupport,
    }
}

crate::text_enum! {
    /// Where the capacity of a slot comes from:
    ///
    /// - `fixed`: `window_capacity` calls.
    /// - `roster`: as many calls of `handling_minutes` as the agents on duty can make.
    pub enum CapacitySource {
        Fixed,
        Roster,
    }
}
