//! How a request comes in: check, promise, take the seat, keep.

use super::dto::{CallbackReceipt, CallbackRequestEvent, NewCallbackRequest, Source};
use super::notices::{self, Notice};
use super::phone::{self, Phone};
use super::progress::CallbackState;
use super::promise::{Promise, promise};
use super::store::{self, CallbackRequest};
use super::{faults, token, wording};
use crate::authz::{Action, Facts};
use crate::calendar::rules::Calendar;
use crate::calendar::seats;
use crate::calendar::service::{self as calendar, Present};
use crate::calendar::slots::Slot;
use crate::error::{Code, Error, Problem, Violation, refuse_if_any};
use crate::events::types;
use crate::ids::PrivacyNoticeId;
use crate::lang::Lang;
use crate::time::UtcTime;
use crate::tx::{Change, Tx};

/// Open requests that one number may have.
const PLACES: [i32; 2] = [1, 2];
/// When to try again while a number has too many open requests, in seconds.
const TRY_LATER: u32 = 3_600;
/// The same, when another request of the number came in at this very moment.
const TRY_SOON: u32 = 1;
/// Windows offered instead of a full one.
const ALTERNATIVES: usize = 3;

/// Takes a request in.
///
/// # Errors
/// 409 with alternatives when the window is full; 422 with every violation; 429 when the number
/// has two open requests.
pub fn submit(tx: &mut Tx<'_>, new: &NewCallbackRequest) -> Result<CallbackReceipt, Error> {
    tx.admit(Action::SubmitCallback, &Facts::default())?;
    let lang = new.locale.unwrap_or(tx.meta.lang);
    let present = calendar::present(tx.conn, tx.now)?;
    let (phone, promise, notice) = check(tx, new, &present.calendar, lang)?;
    let place = free_place(&store::places_taken(tx.conn, &phone.e164)?)?;
    if let Promise::Slot { slot, .. } = &promise
        && !seats::take(tx.conn, slot, present.capacity)?
    {
        return Err(slot_full(tx, &present)?);
    }
    let secret = token::fresh(tx.world);
    let kept = Kept { lang, notice_id: notice.id, place, token_sha256: token::fingerprint(&secret) };
    let request = row(tx, new, &phone, &promise, kept);
    if !store::insert(tx.conn, &request)? {
        return Err(too_many(TRY_SOON));
    }
    let told = CallbackRequestEvent::from(&request);
    tx.record(&Change::created(types::CALLBACK_REQUEST_RECEIVED, request.id.as_str(), &told)?)?;
    Ok(CallbackReceipt {
        id: request.id,
        state: request.state,
        locale: lang,
        slot_id: request.slot_id,
        promised_from: request.promised_from,
        promised_by: request.promised_by,
        rolled: request.rolled,
        confirmation: confirmation(lang, &present.calendar, &promise, &phone),
        notice_id: notice.id,
        manage_token: secret,
    })
}

/// Finds everything that is wrong, at once.
fn check(
    tx: &mut Tx<'_>,
    new: &NewCallbackRequest,
    calendar: &Calendar,
    lang: Lang,
) -> Result<(Phone, Promise, Notice), Error> {
    let phone = phone::parse(&new.phone).map_err(faults::phone);
    let promise = promise(calendar, tx.now.to_jiff(), &new.preference.wish())
        .map_err(|(member, fault)| faults::slot(member, fault));
    let notice = notices::shown(tx.conn, new.notice.as_ref(), lang)?
        .ok_or_else(|| Violation::unknown_reference("/notice", "privacy notice", "zásady ochrany osobních údajů"));
    match (phone, promise, notice) {
        (Ok(phone), Ok(promise), Ok(notice)) => Ok((phone, promise, notice)),
        (phone, promise, notice) => {
            refuse_if_any([phone.err(), promise.err(), notice.err()].into_iter().flatten().collect())?;
            Err(Error::internal("a request without a violation was refused"))
        }
    }
}

fn free_place(taken: &[i32]) -> Result<i32, Error> {
    PLACES.into_iter().find(|place| !taken.contains(place)).ok_or_else(|| too_many(TRY_LATER))
}

fn too_many(seconds: u32) -> Error {
    Problem::new(Code::TooManyRequests)
        .because(
            "Sorry, for this number we have calls to make already. Wait for our call, or cancel one of them.",
            "Omlouváme se, na toto číslo už máme volat. Vyčkejte na náš hovor, nebo některou žádost zrušte.",
        )
        .header("Retry-After", seconds)
        .into()
}

/// The refusal with the next windows that have seats.
fn slot_full(tx: &mut Tx<'_>, present: &Present) -> Result<Error, Error> {
    let slots = calendar::with_seats(tx.conn, present, tx.now)?;
    let free: Vec<_> = slots.into_iter().filter(|slot| slot.available).take(ALTERNATIVES).collect();
    let alternatives = serde_json::to_value(free).map_err(Error::internal)?;
    Ok(Problem::new(Code::SlotFull).with("alternatives", alternatives).into())
}

/// What is kept of a request beside its own words and the promise.
struct Kept {
    lang: Lang,
    notice_id: PrivacyNoticeId,
    place: i32,
    token_sha256: String,
}

fn row(tx: &Tx<'_>, new: &NewCallbackRequest, phone: &Phone, promise: &Promise, kept: Kept) -> CallbackRequest {
    let new = new.clone();
    let Source { page, campaign } = new.source.unwrap_or(Source { page: None, campaign: None });
    let (state, slot, from, by, rolled) = match promise {
        Promise::Slot { slot, rolled } => {
            (CallbackState::Scheduled, Some(slot.slot_id()), Some(slot.start), slot.end, *rolled)
        }
        Promise::Asap { by } => (CallbackState::QueuedAsap, None, None, *by, false),
    };
    let promised_from = from.map(UtcTime::from_jiff);
    let promised_by = UtcTime::from_jiff(by);
    CallbackRequest {
        id: tx.new_id(),
        version: 1,
        state,
        intent: new.intent,
        full_name: new.full_name,
        phone_typed: new.phone,
        phone_e164: phone.e164.clone(),
        email: new.email,
        company: new.company,
        notes: new.notes,
        locale: kept.lang.as_str().to_owned(),
        source_page: page,
        source_campaign: campaign,
        notice_id: kept.notice_id,
        slot_id: slot,
        promised_from,
        promised_by,
        rolled,
        // Windows queue by their start, calls as soon as possible by their promise.
        due_from: promised_from.unwrap_or(tx.now),
        due_by: promised_from.unwrap_or(promised_by),
        assigned_to: None,
        attempts: 0,
        open_place: Some(kept.place),
        manage_token_sha256: kept.token_sha256,
        created_at: tx.now,
        updated_at: tx.now,
    }
}

fn confirmation(lang: Lang, calendar: &Calendar, promise: &Promise, phone: &Phone) -> String {
    let local = |instant: jiff::Timestamp| instant.to_zoned(calendar.zone.clone());
    match promise {
        Promise::Slot { slot: Slot { start, end, .. }, .. } => {
            wording::confirmation_slot(lang, &local(*start), &local(*end), &phone.display)
        }
        Promise::Asap { by } => wording::confirmation_asap(lang, &local(*by), &phone.display),
    }
}
