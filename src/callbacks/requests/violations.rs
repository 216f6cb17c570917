//! Problems and violations of requests that cannot be accepted, each with its cause and the next step.

use super::phone::PhoneFault;
use super::proof_of_work::ProofFault;
use crate::calendar::capacity::{Bookable, Full};
use crate::calendar::slots::SlotFault;
use crate::callbacks::slots;
use crate::kernel::error::{Code, Error, Problem, Violation};

/// `Retry-After` while a number has too many open requests, in seconds.
const TRY_LATER: u32 = 3_600;

/// Returns the problem for a full slot, with the alternatives.
pub fn slot_full(Full { alternatives }: Full) -> Error {
    match serde_json::to_value(alternatives) {
        Ok(alternatives) => Problem::new(Code::SlotFull).with("alternatives", alternatives).into(),
        Err(error) => Error::internal(error),
    }
}

/// Returns the problem for a slot that cannot be booked, because it is full, or because no agent is on duty in any
/// slot.
pub fn full_or_no_agent(bookable: &Bookable, full: Full) -> Error {
    if full.alternatives.is_empty() && !slots::can_be_staffed(bookable) {
        return no_agent_on_duty();
    }
    slot_full(full)
}

/// Returns the problem for a queue without an agent on duty within the booking horizon.
pub fn no_agent_on_duty() -> Error {
    Code::NoAgentOnDuty.into()
}

/// Returns the violation for a queue that does not exist or that the caller does not reach; `named` if the request
/// names it.
pub fn unknown_queue(named: bool) -> Violation {
    Violation::unknown_reference(if named { "/queue" } else { "/intent" }, "violation-unknown-queue")
}

/// Returns the violation for a queue that does not accept the intent.
pub fn queue_without_intent() -> Violation {
    Violation::at("/queue", "intent_not_accepted", "violation-queue-without-intent")
}

/// Returns the problem for a caller who already has two open requests for the number.
pub fn too_many_requests() -> Error {
    Problem::new(Code::TooManyForNumber).because("detail-too-many-for-number").header("Retry-After", TRY_LATER).into()
}

/// Returns the problem for a visitor's request with these violations.
pub fn refuse(violations: Vec<Violation>) -> Error {
    Problem::invalid(violations).because("detail-visitor-invalid").into()
}

/// Returns the violation for an unknown privacy notice.
pub fn unknown_notice() -> Violation {
    Violation::unknown_reference("/notice", "violation-unknown-notice")
}

/// Returns the violation for a consent, by its position, to a text that the form has never shown.
pub fn unknown_wording(number: usize) -> Violation {
    Violation::unknown_reference(format!("/consents/{number}/wording"), "violation-unknown-wording")
}

/// Returns the violation for a missing or invalid proof of work.
pub fn proof_of_work(fault: ProofFault) -> Violation {
    let (code, detail) = match fault {
        ProofFault::Absent => ("required", "violation-proof-missing"),
        ProofFault::Wrong => ("proof_invalid", "violation-proof-wrong"),
        ProofFault::Expired => ("proof_invalid", "violation-proof-expired"),
        ProofFault::Used => ("proof_used", "violation-proof-used"),
    };
    Violation::at("/proof_of_work", code, detail)
}

/// Returns the violation for a phone number that cannot be called.
pub fn phone(fault: PhoneFault) -> Violation {
    Violation::at("/phone", fault.code(), phone_text(fault))
}

fn phone_text(fault: PhoneFault) -> &'static str {
    match fault {
        PhoneFault::Empty => "violation-phone-empty",
        PhoneFault::Letters => "violation-phone-letters",
        PhoneFault::Extension => "violation-phone-extension",
        PhoneFault::UnexpectedCharacter => "violation-phone-character",
        PhoneFault::TrunkZero => "violation-phone-trunk-zero",
        PhoneFault::TooShort => "violation-phone-too-short",
        PhoneFault::TooLong => "violation-phone-too-long",
        PhoneFault::NoCountryCode => "violation-phone-no-country-code",
        PhoneFault::UnknownCountry => "violation-phone-country",
        PhoneFault::Emergency => "violation-phone-emergency",
        PhoneFault::Short => "violation-phone-short",
        PhoneFault::Premium => "violation-phone-premium",
        PhoneFault::SharedCost => "violation-phone-shared-cost",
        PhoneFault::NotInPlan => "violation-phone-not-in-plan",
    }
}

/// Returns the violation for a time that cannot be promised. The pointer is relative to the preference.
pub fn slot((pointer, fault): (&str, SlotFault)) -> Violation {
    let detail = match fault {
        SlotFault::UnknownWindow => "violation-slot-unknown",
        SlotFault::Past => "violation-slot-past",
        SlotFault::TooFar => "violation-slot-too-far",
        SlotFault::NotABusinessDay => "violation-slot-closed",
    };
    Violation::at(format!("/preference{pointer}"), fault.code(), detail)
}
