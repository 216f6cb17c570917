//! Repeat requests: how a request is accepted if its number already has open requests, as a pure function.
//!
//! - With the same queue, intent and time, one call serves both, and the later request is linked. With another
//!   time, both are kept, and the later request is flagged.
//! - A number can have two open requests. A caller who made both gets no third one (429). If other callers made
//!   them, the request is quarantined instead, with the same response as any other, so that a caller cannot
//!   find out whether a number is known.

use super::enums::{CallbackIntent, QuarantineReason};
use super::rows::RequestOfNumber;
use crate::kernel::ids::{CallbackRequestId, QueueId};

/// The places for open requests of one number.
const PLACES: [i32; 2] = [1, 2];

/// How the next request of a number is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Acceptance {
    /// Its place among the open requests of the number; `None` if it is quarantined.
    pub place: Option<i32>,
    /// The request whose call also serves this one.
    pub linked_to: Option<CallbackRequestId>,
    /// Whether the number has a call at another time.
    pub same_number: bool,
    pub quarantine_reason: Option<QuarantineReason>,
}

/// Returns the first free place among the open requests of a number.
pub fn free_place(others: &[RequestOfNumber]) -> Option<i32> {
    PLACES.into_iter().find(|place| others.iter().all(|other| other.open_place != Some(*place)))
}

/// Decides how a request in `queue` with `intent` at `slot` (`None` for a call as soon as possible) from `network`
/// (`None` for applications) is accepted. With a `suspicion` it is always quarantined. Returns `None` if the caller
/// already has two open requests.
pub fn decide(
    others: &[RequestOfNumber],
    (queue, intent): (QueueId, CallbackIntent),
    slot: Option<&str>,
    network: Option<&str>,
    suspicion: Option<QuarantineReason>,
) -> Option<Acceptance> {
    let own = others.iter().filter(|other| other.network_hash.as_deref() == network).count();
    if own >= PLACES.len() {
        return None;
    }
    let (place, quarantine_reason) = match (suspicion, free_place(others)) {
        (Some(reason), _) => (None, Some(reason)),
        (None, Some(place)) => (Some(place), None),
        (None, None) => (None, Some(QuarantineReason::NumberLimit)),
    };
    let open = || others.iter().filter(|other| other.open_place.is_some());
    let same_call = open()
        .filter(|other| other.linked_to.is_none() && other.attempts == 0)
        .find(|other| (other.queue_id, other.intent) == (queue, intent) && other.slot_id.as_deref() == slot);
    let linked_to = same_call.map(|other| other.id).filter(|_| place.is_some());
    let same_number = place.is_some() && linked_to.is_none() && open().next().is_some();
    Some(Acceptance { place, linked_to, same_number, quarantine_reason })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SALES: CallbackIntent = CallbackIntent::Sales;
    const SUPPORT: CallbackIntent = CallbackIntent::TechnicalSupport;

    fn queue_of(intent: CallbackIntent) -> QueueId {
        QueueId::demo(if intent == SALES { 1 } else { 2 })
    }

    fn decide(
        others: &[RequestOfNumber],
        intent: CallbackIntent,
        slot: Option<&str>,
        network: Option<&str>,
        suspicion: Option<QuarantineReason>,
    ) -> Option<Acceptance> {
        super::decide(others, (queue_of(intent), intent), slot, network, suspicion)
    }

    fn other(
        number: u64,
        intent: CallbackIntent,
        slot: Option<&str>,
        place: Option<i32>,
        network: &str,
    ) -> RequestOfNumber {
        RequestOfNumber {
            id: CallbackRequestId::demo(number),
            queue_id: queue_of(intent),
            intent,
            slot_id: slot.map(str::to_owned),
            open_place: place,
            linked_to: None,
            attempts: 0,
            network_hash: Some(network.into()),
        }
    }

    #[test]
    fn the_first_request_of_a_number_is_neither_linked_nor_flagged() {
        let first = Acceptance { place: Some(1), linked_to: None, same_number: false, quarantine_reason: None };
        assert_eq!(decide(&[], SALES, None, Some("a"), None), Some(first));
    }

    #[test]
    fn the_same_call_is_linked_and_another_call_is_flagged() {
        let first = [other(1, SALES, Some("s"), Some(2), "b")];
        let same = decide(&first, SALES, Some("s"), Some("a"), None).unwrap();
        assert_eq!((same.place, same.linked_to, same.same_number), (Some(1), Some(first[0].id), false));
        for (intent, slot) in [(SUPPORT, Some("s")), (SALES, Some("t")), (SALES, None)] {
            let another = decide(&first, intent, slot, Some("a"), None).unwrap();
            assert_eq!((another.place, another.linked_to, another.same_number), (Some(1), None, true));
        }
    }

    #[test]
    fn no_request_is_linked_to_a_call_that_was_made() {
        let mut first = other(1, SALES, None, Some(1), "b");
        first.attempts = 1;
        assert_eq!(decide(&[first], SALES, None, Some("a"), None).unwrap().linked_to, None);
    }

    #[test]
    fn a_third_request_is_refused_for_the_same_caller_and_quarantined_for_others() {
        let both = [other(1, SALES, None, Some(1), "a"), other(2, SALES, Some("s"), Some(2), "a")];
        assert_eq!(decide(&both, SALES, Some("t"), Some("a"), None), None);
        let other_caller = decide(&both, SALES, Some("t"), Some("b"), None).unwrap();
        assert_eq!((other_caller.place, other_caller.quarantine_reason), (None, Some(QuarantineReason::NumberLimit)));
    }

    #[test]
    fn applications_are_one_caller() {
        let mut both = [other(1, SALES, None, Some(1), "a"), other(2, SALES, Some("s"), Some(2), "a")];
        assert!(decide(&both, SALES, Some("t"), None, None).is_some());
        for request in &mut both {
            request.network_hash = None;
        }
        assert_eq!(decide(&both, SALES, Some("t"), None, None), None);
    }

    #[test]
    fn suspicion_quarantines_and_takes_no_place() {
        let acceptance = decide(&[], SALES, None, Some("a"), Some(QuarantineReason::Honeypot)).unwrap();
        assert_eq!((acceptance.place, acceptance.quarantine_reason), (None, Some(QuarantineReason::Honeypot)));
    }

    fn others() -> impl Strategy<Value = Vec<RequestOfNumber>> {
        let one = (any::<bool>(), prop::option::of("[st]"), "[b-d]");
        prop::collection::vec(one, 0..5).prop_map(|all| {
            (1..)
                .zip(all)
                .map(|(number, (sales, slot, network))| {
                    let place = PLACES.get(number as usize - 1).copied();
                    other(number, if sales { SALES } else { SUPPORT }, slot.as_deref(), place, &network)
                })
                .collect()
        })
    }

    proptest! {
        /// The requests of others do not change the response: the first two requests of another caller are accepted.
        #[test]
        fn another_caller_gets_the_same_response_whatever_the_number_has(known in others()) {
            let mut all = known;
            for _ in 0..2 {
                let acceptance = decide(&all, SALES, None, Some("a"), None);
                prop_assert!(acceptance.is_some());
                let place = acceptance.and_then(|acceptance| acceptance.place);
                all.push(other(all.len() as u64 + 1, SALES, None, place, "a"));
            }
            prop_assert_eq!(decide(&all, SALES, None, Some("a"), None), None);
        }

        #[test]
        fn no_place_is_taken_twice(known in others()) {
            if let Some(Acceptance { place: Some(place), .. }) = decide(&known, SALES, None, Some("a"), None) {
                prop_assert!(known.iter().all(|other| other.open_place != Some(place)));
            }
        }
    }
}
