//! The life of a record: which events change it, and how. This table is the only place that names event types.

use crate::kernel::events::types;

crate::text_enum! {
    /// What happens to a record in another system: `create`, `update` (the request was assigned or moved, or a call
    /// started or failed), `close` (no call follows), or `erase` (the personal data of the visitor was erased).
    pub enum RecordOperation {
        Create,
        Update,
        Close,
        Erase,
    }
}

/// An event that changes a record.
#[derive(Debug, Clone, Copy)]
pub struct LifeEvent {
    pub event: &'static str,
    pub operation: RecordOperation,
    /// Whether it is worth a note, in systems whose records have a list of notes.
    pub noted: bool,
}

const fn life(event: &'static str, operation: RecordOperation, noted: bool) -> LifeEvent {
    LifeEvent { event, operation, noted }
}

/// The events, in the order of the life of a request. `call.started` and `call.ended` are missing, because their
/// subject is the call, and an event of the request follows each of them. So are `promise.at_risk`, which changes
/// nothing, and `callback_request.quarantined`, because quarantined requests are not sent.
pub const LIFE: [LifeEvent; 15] = [
    life(types::CALLBACK_REQUEST_RECEIVED, RecordOperation::Create, false),
    life(types::CALLBACK_REQUEST_ASSIGNED, RecordOperation::Update, false),
    life(types::CALLBACK_REQUEST_UNASSIGNED, RecordOperation::Update, false),
    life(types::CALLBACK_REQUEST_RESCHEDULED, RecordOperation::Update, true),
    life(types::CALLBACK_REQUEST_CALLING, RecordOperation::Update, false),
    life(types::CALLBACK_REQUEST_RETRY_SCHEDULED, RecordOperation::Update, true),
    life(types::CALLBACK_REQUEST_MISSED, RecordOperation::Update, true),
    life(types::CALLBACK_REQUEST_UNLINKED, RecordOperation::Update, false),
    life(types::CALLBACK_REQUEST_FLAGGED, RecordOperation::Update, false),
    life(types::CALLBACK_REQUEST_CONSENT_WITHDRAWN, RecordOperation::Update, true),
    life(types::CALLBACK_REQUEST_COMPLETED, RecordOperation::Close, true),
    life(types::CALLBACK_REQUEST_UNREACHABLE, RecordOperation::Close, true),
    life(types::CALLBACK_REQUEST_CANCELLED, RecordOperation::Close, true),
    life(types::CALLBACK_REQUEST_REROUTED, RecordOperation::Close, true),
    life(types::CALLBACK_REQUEST_ERASED, RecordOperation::Erase, false),
];

/// Returns how an event of this type changes the record of its request; `None` if it does not.
#[must_use]
pub fn of_event(event_type: &str) -> Option<LifeEvent> {
    LIFE.iter().copied().find(|one| one.event == event_type)
}

/// The event after which a record must be redacted. Every endpoint with records receives it.
pub const ERASURE: &str = types::CALLBACK_REQUEST_ERASED;
