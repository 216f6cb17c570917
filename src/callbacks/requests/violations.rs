//! What visitors are told when a number or a window cannot be taken: the cause and the next step.

use super::phone::PhoneFault;
use super::promise::Promise;
use super::store::CallbackRequest;
use super::transitions;
use crate::calendar::capacity;
use crate::calendar::service::{self as calendar, Present};
use crate::calendar::slots::SlotFault;
use crate::kernel::error::{Code, Error, Problem, Text, Violation};
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// Windows offered instead of a full one.
const ALTERNATIVES: usize = 3;

/// Takes the seat of a promise.
///
/// # Errors
/// 409 with the next windows that have seats.
pub fn take_seat(tx: &mut Tx<'_>, promise: &Promise, present: &Present) -> Result<(), Error> {
    let Promise::Slot { slot, .. } = promise else { return Ok(()) };
    if capacity::take(tx.conn, slot, present.capacity)? {
        return Ok(());
    }
    Err(slot_full(tx, present, UtcTime::from_jiff(slot.start))?)
}

/// Takes the seat of a promise and gives that of the request back.
///
/// # Errors
/// 409 with the next windows that have seats.
pub fn change_seat(
    tx: &mut Tx<'_>,
    before: &CallbackRequest,
    promise: &Promise,
    present: &Present,
) -> Result<(), Error> {
    let (wanted, ..) = promise.parts();
    if let (Some(old), Some(new)) = (&before.slot_id, &wanted) {
        // Or two who want each other's window would wait for each other.
        capacity::keep_both(tx.conn, [old, new])?;
    }
    take_seat(tx, promise, present)?;
    transitions::release_seat(tx, before)
}

/// What [`take_seat`] is for whoever is kept back: the answer is that of anybody, but a program takes no seat.
///
/// # Errors
/// 409 with the next windows that have seats.
pub fn see_seat(tx: &mut Tx<'_>, promise: &Promise, present: &Present) -> Result<(), Error> {
    let Promise::Slot { slot, .. } = promise else { return Ok(()) };
    if capacity::is_free(tx.conn, slot, present.capacity)? {
        return Ok(());
    }
    Err(slot_full(tx, present, UtcTime::from_jiff(slot.start))?)
}

/// The refusal for a full window: the next ones that have seats, and when they are too few, the nearest
/// before it.
pub fn slot_full(tx: &mut Tx<'_>, present: &Present, wanted: UtcTime) -> Result<Error, Error> {
    let slots = calendar::with_seats(tx.conn, present, tx.now)?;
    let (earlier, later): (Vec<_>, Vec<_>) =
        slots.into_iter().filter(|slot| slot.available).partition(|slot| slot.starts_at < wanted);
    let free: Vec<_> = later.into_iter().chain(earlier.into_iter().rev()).take(ALTERNATIVES).collect();
    let alternatives = serde_json::to_value(free).map_err(Error::internal)?;
    Ok(Problem::new(Code::SlotFull).with("alternatives", alternatives).into())
}

/// A refusal of a form, as a visitor reads it.
pub fn with_apology(error: Error) -> Error {
    match error {
        Error::Problem(problem) if problem.code == Code::ValidationFailed => problem
            .because(
                "Sorry, we cannot take your request like this. Correct what is named below and send it again.",
                "Omlouváme se, takto žádost přijmout nemůžeme. Opravte, co je uvedeno níže, a odešlete ji znovu.",
            )
            .into(),
        other => other,
    }
}

/// A number that cannot be called.
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

/// A window that cannot be promised; `member` is the faulty member of the preference.
pub fn slot(member: &str, fault: SlotFault) -> Violation {
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
    Violation::at(format!("/preference{member}"), fault.code(), Text::new(en, cs))
}
