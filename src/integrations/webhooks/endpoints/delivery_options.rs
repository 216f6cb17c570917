//! The words of webhook endpoints.

crate::text_enum! {
    /// In which order events arrive.
    pub enum Ordering {
        /// Each as soon as it can.
        None,
        /// Events of one subject one after another, each only when the one before has arrived.
        Subject,
    }
}

crate::text_enum! {
    /// What follows when the last try of an event has failed, with `ordering` `subject`.
    pub enum OnExhausted {
        /// The next event of the subject is sent.
        Skip,
        /// The subject waits until the event is sent again or cancelled.
        Hold,
    }
}
