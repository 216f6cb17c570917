//! How a request comes in: check, promise, take the seat, keep.
//!
//! Rule: whatever the number is known for, the same statements are run and the same answer is
//! given, so that nobody learns here who else asked to be called.

use super::dto::{CallbackReceipt, CallbackRequestEvent, NewCallbackRequest, Source, VisitorState};
use super::enums::{CallbackState, PromiseStanding, QuarantineReason};
use super::intake_policy::IntakePolicy;
use super::phone::{self, Phone};
use super::promise::{Promise, promise};
use super::same_number::{self, Standing};
use super::store::consents::{self, GivenConsent};
use super::store::contacts::{self, Contact};
use super::store::{self, CallbackRequest};
use super::{confirmation, proof_of_work, transitions, violations};
use crate::calendar::rules::Calendar;
use crate::calendar::service as calendar;
use crate::callbacks::notices::{Notice, shown};
use crate::kernel::authz::{Action, Facts};
use crate::kernel::error::{Code, Error, Problem, Violation, refuse_if_any};
use crate::kernel::events::types;
use crate::kernel::ids::CallbackRequestId;
use crate::kernel::locale::Lang;
use crate::kernel::record::Change;
use crate::kernel::secret;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// When to try again while a number has too many open requests, in seconds.
const TRY_LATER: u32 = 3_600;

/// Takes a request in that came from `network`.
///
/// # Errors
/// 409 with alternatives when the window is full; 422 with every violation; 429 when whoever asks
/// has two open requests for the number.
pub fn submit(
    tx: &mut Tx<'_>,
    new: &NewCallbackRequest,
    policy: &IntakePolicy,
    network: &str,
) -> Result<CallbackReceipt, Error> {
    tx.admit(Action::SubmitCallback, &Facts::default())?;
    let lang = new.locale.unwrap_or(tx.meta.lang);
    let present = calendar::present(tx.conn, tx.now)?;
    let (phone, promise, notice) = check(tx, new, &present.calendar, policy, lang)?;
    store::take_turn(tx.conn, &phone.e164)?;
    let others = store::lock_of_number(tx.conn, &phone.e164)?;
    let (slot, ..) = promise.parts();
    let suspicion = policy.suspicion(new.form.as_ref());
    let standing =
        same_number::decide(&others, new.intent, slot.as_deref(), network, suspicion).ok_or_else(too_many)?;
    match suspicion {
        Some(_) => violations::see_seat(tx, &promise, &present)?,
        None => violations::take_seat(tx, &promise, &present)?,
    }
    let manage_token = secret::fresh(tx.world);
    let request = row(tx, new, &phone, &promise, &notice, &standing, (lang, secret::fingerprint(&manage_token)));
    store::insert(tx.conn, &request)?;
    contacts::insert(tx.conn, &contact(request.id, new, network))?;
    keep_consents(tx, request.id, new)?;
    let event = match request.state {
        CallbackState::Quarantined => types::CALLBACK_REQUEST_QUARANTINED,
        _ => types::CALLBACK_REQUEST_RECEIVED,
    };
    let told = CallbackRequestEvent::from(&request);
    tx.record(&Change::created(event, request.id.as_str(), &told)?)?;
    Ok(receipt(&request, lang, &present.calendar, &phone.display, manage_token))
}

/// Finds everything that is wrong, at once.
fn check(
    tx: &mut Tx<'_>,
    new: &NewCallbackRequest,
    calendar: &Calendar,
    policy: &IntakePolicy,
    lang: Lang,
) -> Result<(Phone, Promise, Notice), Error> {
    let phone = phone::parse(&new.phone).map_err(violations::phone);
    let promise = promise(calendar, tx.now.to_jiff(), &new.preference.wish())
        .map_err(|(member, fault)| violations::slot(member, fault));
    let notice = shown(tx.conn, new.notice.as_ref(), lang)?
        .ok_or_else(|| Violation::unknown_reference("/notice", "privacy notice", "zásady ochrany osobních údajů"));
    let unproved = proof_of_work::check(tx.conn, policy.proof_of_work(), new.proof_of_work.as_deref(), tx.now)?;
    match (phone, promise, notice, unproved) {
        (Ok(phone), Ok(promise), Ok(notice), None) => Ok((phone, promise, notice)),
        (phone, promise, notice, unproved) => {
            let found = [phone.err(), promise.err(), notice.err(), unproved].into_iter().flatten().collect();
            refuse_if_any(found).map_err(violations::with_apology)?;
            Err(Error::internal("a request without a violation was refused"))
        }
    }
}

fn too_many() -> Error {
    Problem::new(Code::TooManyForNumber)
        .because(
            "Sorry, for this number we have calls to make already. Wait for our call, or cancel one of them.",
            "Omlouváme se, na toto číslo už máme volat. Vyčkejte na náš hovor, nebo některou žádost zrušte.",
        )
        .header("Retry-After", TRY_LATER)
        .into()
}

fn row(
    tx: &Tx<'_>,
    new: &NewCallbackRequest,
    phone: &Phone,
    promise: &Promise,
    notice: &Notice,
    standing: &Standing,
    (lang, manage_token_sha256): (Lang, String),
) -> CallbackRequest {
    let (_, from, by, _) = promise.parts();
    let mut request = CallbackRequest {
        id: tx.new_id(),
        version: 1,
        state: CallbackState::QueuedAsap,
        intent: new.intent,
        phone_e164: Some(phone.e164.clone()),
        locale: lang.as_str().to_owned(),
        notice_id: notice.id,
        slot_id: None,
        promised_from: None,
        promised_by: by,
        rolled: false,
        first_promised_from: from,
        first_promised_by: by,
        promise: PromiseStanding::Pending,
        due_from: tx.now,
        due_by: by,
        priority: 1,
        offered: false,
        assigned_to: None,
        attempts: 0,
        first_attempt_after: None,
        open_place: standing.place,
        linked_to: standing.linked_to,
        rerouted_from: None,
        rerouted_to: None,
        same_number: standing.same_number,
        closed_day: false,
        quarantined_for: standing.quarantined_for,
        manage_token_sha256,
        created_at: tx.now,
        updated_at: tx.now,
        erased_at: None,
    };
    transitions::requeue(&mut request, promise, tx.now);
    if standing.quarantined_for.is_some() {
        request.state = CallbackState::Quarantined;
    }
    if standing.quarantined_for.is_some_and(QuarantineReason::is_suspicion) {
        // Nobody is owed a call by a program; a person whose number is full still is.
        request.promise = PromiseStanding::Void;
    }
    request
}

fn contact(request_id: CallbackRequestId, new: &NewCallbackRequest, network: &str) -> Contact {
    let new = new.clone();
    let Source { page, campaign } = new.source.unwrap_or(Source { page: None, campaign: None });
    Contact {
        request_id,
        full_name: new.full_name,
        phone_typed: new.phone,
        email_key: new.email.as_ref().map(|email| email.to_lowercase()),
        email: new.email,
        company: new.company,
        notes: new.notes,
        source_page: page,
        source_campaign: campaign,
        client_network: Some(network.to_owned()),
    }
}

fn keep_consents(tx: &mut Tx<'_>, request_id: CallbackRequestId, new: &NewCallbackRequest) -> Result<(), Error> {
    for consent in new.consents.iter().flatten() {
        let (purpose, wording) = (consent.purpose, consent.wording.clone());
        let given = GivenConsent { request_id, purpose, wording, given_at: tx.now, withdrawn_at: None };
        consents::insert(tx.conn, &given)?;
    }
    Ok(())
}

fn receipt(
    request: &CallbackRequest,
    locale: Lang,
    calendar: &Calendar,
    phone_display: &str,
    manage_token: String,
) -> CallbackReceipt {
    let promised = (request.promised_from, request.promised_by);
    CallbackReceipt {
        id: request.id,
        state: VisitorState::of(request),
        locale,
        slot_id: request.slot_id.clone(),
        promised_from: request.promised_from,
        promised_by: request.promised_by,
        rolled: request.rolled,
        confirmation: confirmation(locale, calendar, promised, phone_display),
        notice_id: request.notice_id,
        manage_token,
    }
}

/// The words for a promise `[from, by)`, or before `by`.
pub fn confirmation(
    lang: Lang,
    calendar: &Calendar,
    (from, by): (Option<UtcTime>, UtcTime),
    phone_display: &str,
) -> String {
    let local = |instant: UtcTime| instant.to_jiff().to_zoned(calendar.zone.clone());
    match from {
        Some(from) => confirmation::confirmation_slot(lang, &local(from), &local(by), phone_display),
        None => confirmation::confirmation_asap(lang, &local(by), phone_display),
    }
}
