//! Problems and violations of requests that cannot be accepted, each with its cause and the next step.

use super::phone::PhoneFault;
use super::proof_of_work::ProofFault;
use crate::calendar::capacity::Full;
use crate::calendar::slots::SlotFault;
use crate::kernel::error::{Code, Error, Problem, Text, Violation};

/// `Retry-After` while a number has too many open requests, in seconds.
const TRY_LATER: u32 = 3_600;

/// Returns the problem for a full slot, with the alternatives.
pub fn slot_full(Full { alternatives }: Full) -> Error {
    match serde_json::to_value(alternatives) {
        Ok(alternatives) => Problem::new(Code::SlotFull).with("alternatives", alternatives).into(),
        Err(error) => Error::internal(error),
    }
}

/// Returns the problem for a caller who already has two open requests for the number.
pub fn too_many_requests() -> Error {
    Problem::new(Code::TooManyForNumber)
        .because(
            "Sorry, for this number we have calls to make already. Wait for our call, or cancel one of them.",
            "Omlouváme se, na toto číslo už máme volat. Vyčkejte na náš hovor, nebo některou žádost zrušte.",
        )
        .header("Retry-After", TRY_LATER)
        .into()
}

/// Returns the problem for a visitor's request with these violations.
pub fn refuse(violations: Vec<Violation>) -> Error {
    Problem::invalid(violations)
        .because(
            "Sorry, we cannot take your request like this. Correct what is named below and send it again.",
            "Omlouváme se, takto žádost přijmout nemůžeme. Opravte, co je uvedeno níže, a odešlete ji znovu.",
        )
        .into()
}

/// Returns the violation for an unknown privacy notice.
pub fn unknown_notice() -> Violation {
    Violation::unknown_reference("/notice", "privacy notice", "zásady ochrany osobních údajů")
}

/// Returns the violation for a missing or invalid proof of work.
pub fn proof_of_work(fault: ProofFault) -> Violation {
    let (code, en, cs) = match fault {
        ProofFault::Absent => ("required", "Solve a challenge first.", "Nejprve vyřešte výzvu."),
        ProofFault::Wrong => {
            ("wrong_proof", "This is not the solution of a challenge.", "Toto není řešení žádné výzvy.")
        }
        ProofFault::Expired => (
            "wrong_proof",
            "The challenge has expired; load the form again.",
            "Výzva vypršela, načtěte formulář znovu.",
        ),
        ProofFault::Used => ("spent_proof", "This challenge was used before.", "Tato výzva už byla použita."),
    };
    Violation::at("/proof_of_work", code, Text::new(en, cs))
}

/// Returns the violation for a phone number that cannot be called.
pub fn phone(fault: PhoneFault) -> Violation {
    Violation::at("/phone", fault.code(), phone_text(fault))
}

fn phone_text(fault: PhoneFault) -> Text {
    let (en, cs) = match fault {
        PhoneFault::Empty => ("Enter a telephone number.", "Vyplňte telefonní číslo."),
        PhoneFault::Letters => ("Use digits instead of letters.", "Místo písmen použijte číslice."),
        PhoneFault::Extension => {
            ("Leave out the extension; we cannot dial it.", "Vynechte linku, na tu se nedovoláme.")
        }
        PhoneFault::UnexpectedCharacter => {
            ("A character in it does not belong to a telephone number.", "Některý znak do telefonního čísla nepatří.")
        }
        PhoneFault::TrunkZero => ("Write the number without the leading 0.", "Napište číslo bez nuly na začátku."),
        PhoneFault::TooShort => ("The number has too few digits.", "Číslo má příliš málo číslic."),
        PhoneFault::TooLong => ("The number has too many digits.", "Číslo má příliš mnoho číslic."),
        PhoneFault::UnknownCountry => ("There is no such country code.", "Taková předvolba země neexistuje."),
        PhoneFault::Emergency => ("We do not call emergency numbers.", "Na tísňová čísla nevoláme."),
        PhoneFault::Short => ("We do not call short numbers.", "Na zkrácená čísla nevoláme."),
        PhoneFault::Premium => ("We do not call premium-rate numbers.", "Na čísla se zvláštní sazbou nevoláme."),
        PhoneFault::SharedCost => ("We do not call shared-cost numbers.", "Na čísla se sdílenými náklady nevoláme."),
        PhoneFault::NotInPlan => {
            ("There is no such number; check the digits.", "Takové číslo neexistuje, zkontrolujte číslice.")
        }
    };
    Text::new(en, cs)
}

/// Returns the violation for a time that cannot be promised. The pointer is relative to the preference.
pub fn slot((pointer, fault): (&str, SlotFault)) -> Violation {
    let (en, cs) = match fault {
        SlotFault::UnknownWindow => (
            "There is no such window; choose one from the list of slots.",
            "Takový čas v nabídce není, vyberte jej ze seznamu.",
        ),
        SlotFault::Past => {
            ("It is too late for this window; choose a later one.", "Na tento čas už je pozdě, zvolte pozdější.")
        }
        SlotFault::TooFar => {
            ("This is too far ahead; choose an earlier day.", "To je příliš daleko, zvolte dřívější den.")
        }
        SlotFault::NotABusinessDay => {
            ("We do not work on that day; choose another.", "V ten den nepracujeme, zvolte jiný.")
        }
    };
    Violation::at(format!("/preference{pointer}"), fault.code(), Text::new(en, cs))
}
