//! The words of webhook endpoints.

crate::words! {
    /// In which order events arrive.
    Ordering {
        /// Each as soon as it can.
        None = "none",
        /// Events of one subject one after another, each only when the one before has arrived.
        Subject = "subject",
    }
}

crate::words! {
    /// What follows when the last try of an event has failed, with `ordering` `subject`.
    OnExhausted {
        /// The next event of the subject is sent.
        Skip = "skip",
        /// The subject waits until the event is sent again or cancelled.
        Hold = "hold",
    }
}
