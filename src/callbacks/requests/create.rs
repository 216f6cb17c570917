//! Creates callback requests: validate, reserve capacity, store, respond.
//!
//! Rule: whatever is known about the number or the network, the same statements run and the response is the same, so
//! that a caller cannot find out whether anyone else requested a call to the number, or that the request is
//! quarantined.

use super::blocked_numbers;
use super::confirmation;
use super::dto::{CallbackReceipt, CallbackRequestEvent, NewCallbackRequest, VisitorState};
use super::enums::{CallbackState, PromiseStatus, QuarantineReason};
use super::intake_outcome::IntakeOutcome;
use super::intake_policy::Screening;
use super::name_keys::NameKeys;
use super::network;
use super::network_hashes::NetworkHashes;
use super::phone::{self, Phone};
use super::proof_of_work::{Proof, ProofFault};
use super::repeat_requests::{self, Acceptance};
use super::rows::{CallbackRequest, Contact, GivenConsent};
use super::store::create as store;
use super::transitions;
use super::violations;
use crate::calendar::capacity;
use crate::calendar::slots::{Promise, Slot, SlotFault};
use crate::callbacks::slots::{self, BookableQueue, Promised, Purpose, Reach};
use crate::callbacks::{consent_wordings, notices};
use crate::kernel::authz::{Action, Relations};
use crate::kernel::db::DbConn;
use crate::kernel::error::{Error, Violation};
use crate::kernel::events::types;
use crate::kernel::hash_key::HashKey;
use crate::kernel::ids::{CallbackRequestId, PrivacyNoticeId};
use crate::kernel::installation_key::KeyInTransaction;
use crate::kernel::locale::Lang;
use crate::kernel::record::Change;
use crate::kernel::secret;
use crate::kernel::time::UtcTime;
use crate::kernel::tx::Tx;

/// A request without violations, with the data that it refers to.
struct Valid {
    lang: Lang,
    phone: Phone,
    promise: Promise,
    notice_id: PrivacyNoticeId,
    queue: BookableQueue,
    /// The key of the hashes of networks and blocked numbers.
    key: HashKey,
    /// The networks that the request came from; `None` if an application submitted it.
    network: Option<NetworkHashes>,
}

/// A stored request, with the data for its receipt.
pub struct Created {
    valid: Valid,
    request: CallbackRequest,
    manage_token: String,
}

/// Creates a request with the given result of the screening.
///
/// # Errors
/// 409 with alternatives if the slot is full, or if no agent is on duty; 422 with every violation; 429 if the caller
/// has two open requests for the number.
pub fn create(
    tx: &mut Tx<'_>,
    new: &NewCallbackRequest,
    screening: &Screening,
    key: &KeyInTransaction,
) -> Result<Created, Error> {
    tx.authorize_and_deduplicate(Action::SubmitCallback, &Relations::default())?;
    let key = key.get(tx.conn)?;
    let valid = validate(tx, new, screening, key)?;
    let acceptance = reserve(tx, new, &valid, screening)?;
    store_request(tx, new, valid, &acceptance)
}

/// Validates a request and reports every violation, not only the first one.
fn validate(tx: &mut Tx<'_>, new: &NewCallbackRequest, screening: &Screening, key: HashKey) -> Result<Valid, Error> {
    let lang = new.locale.unwrap_or(tx.meta.visitor_lang);
    let proof_fault = use_challenge(tx.conn, &screening.proof)?;
    let notice = notices::shown(tx.conn, new.notice.as_ref(), lang)?;
    let queue = chosen_queue(tx, new, screening)?;
    let promised = queue.as_ref().ok().map(|queue| slots::promise(queue, &new.preference.requested_time()));
    // Without a queue, it is not known how to read the number.
    let phone = queue.as_ref().ok().map(|found| phone::parse(found.queue.region(), &new.phone));
    let unknown_wordings = unknown_wordings(tx.conn, new, screening)?;
    match (phone, queue, promised, notice, proof_fault) {
        (Some(Ok(phone)), Ok(queue), Some(Ok(Ok(promise))), Some(notice), None) if unknown_wordings.is_empty() => {
            let network = screening.address.map(|address| NetworkHashes::of(&key, address));
            Ok(Valid { lang, phone, promise, notice_id: notice.id, queue, key, network })
        }
        (Some(Ok(_)), Ok(_), Some(Err(slots::NoAgent)), Some(_), None) if unknown_wordings.is_empty() => {
            Err(violations::no_agent_on_duty())
        }
        (phone, queue, promised, notice, proof_fault) => {
            let found = [
                phone.and_then(Result::err).map(violations::phone),
                queue.err(),
                promised.and_then(fault_of).map(violations::slot),
                notice.is_none().then(violations::unknown_notice),
                proof_fault.map(violations::proof_of_work),
            ];
            Err(violations::refuse(found.into_iter().flatten().chain(unknown_wordings).collect()))
        }
    }
}

/// Returns what is wrong with the requested time.
fn fault_of(promised: Promised) -> Option<(&'static str, SlotFault)> {
    promised.ok()?.err()
}

/// Returns the queue of a request: the one that it names, or the public one of its intent. Visitors reach public
/// queues.
fn chosen_queue(
    tx: &mut Tx<'_>,
    new: &NewCallbackRequest,
    screening: &Screening,
) -> Result<Result<BookableQueue, Violation>, Error> {
    let reach = if screening.address.is_some() { Reach::Public } else { Reach::All };
    let found = slots::reached(tx.conn, new.queue.as_deref(), new.intent, reach, Purpose::Promise, tx.now)?;
    Ok(match found {
        Some(found) if found.queue.accepts(new.intent) => Ok(found),
        Some(_) => Err(violations::queue_without_intent()),
        None => Err(violations::unknown_queue(new.queue.is_some())),
    })
}

/// Returns the violations of consents to a text that the form has never shown. An application has a form of its own,
/// for whose texts it is responsible.
fn unknown_wordings(
    conn: &mut DbConn,
    new: &NewCallbackRequest,
    screening: &Screening,
) -> Result<Vec<Violation>, Error> {
    let mut unknown = Vec::new();
    if screening.address.is_none() {
        return Ok(unknown);
    }
    for (number, consent) in new.consents.iter().flatten().enumerate() {
        if !consent_wordings::is_published(conn, &consent.wording)? {
            unknown.push(violations::unknown_wording(number));
        }
    }
    Ok(unknown)
}

/// Marks a solved challenge as used. Returns why the request has no valid proof of work; `None` if it has one, or none
/// is required.
fn use_challenge(conn: &mut DbConn, proof: &Proof) -> Result<Option<ProofFault>, Error> {
    match proof {
        Proof::NotRequired => Ok(None),
        Proof::Invalid(fault) => Ok(Some(*fault)),
        Proof::Given { challenge, expires_at } => {
            let is_new = store::use_challenge(conn, challenge, *expires_at)?;
            Ok((!is_new).then_some(ProofFault::Used))
        }
    }
}

/// Decides how the request is accepted for its number and its network, and reserves capacity of the slot.
fn reserve(
    tx: &mut Tx<'_>,
    new: &NewCallbackRequest,
    valid: &Valid,
    screening: &Screening,
) -> Result<Acceptance, Error> {
    store::lock_number(tx.conn, &valid.phone.e164)?;
    let known = blocked_numbers::known(tx.conn, &valid.key, &valid.phone.e164)?;
    let slot = valid.promise.slot();
    let suspicion = suspicion(tx.conn, valid, screening, known.is_blocked)?;
    let (slot_id, network) = (slot.map(Slot::slot_id), valid.network.as_ref().map(|hashes| hashes.network.as_str()));
    let acceptance = repeat_requests::decide(
        &known.requests,
        (valid.queue.queue.id, new.intent),
        slot_id.as_deref(),
        network,
        suspicion,
    )
    .ok_or_else(violations::too_many_requests)?;
    if let Some(slot) = slot {
        let bookable = &valid.queue.bookable;
        let reserved = match suspicion {
            None => capacity::reserve(tx.conn, bookable, slot)?,
            // The response is the same as for any other request, but the request gets no capacity.
            Some(_) => capacity::check(tx.conn, bookable, slot)?,
        };
        reserved.map_err(|full| violations::full_or_no_agent(bookable, full))?;
    }
    Ok(acceptance)
}

/// Returns why the request gets no capacity. All checks run whatever the result, so that they take the same time.
fn suspicion(
    conn: &mut DbConn,
    valid: &Valid,
    screening: &Screening,
    is_blocked: bool,
) -> Result<Option<QuarantineReason>, Error> {
    let slot = valid.promise.slot();
    let over_limit = match &valid.network {
        Some(hashes) => network::exceeded(conn, screening.limits, hashes, &valid.queue.bookable, slot)?,
        None => None,
    };
    Ok(is_blocked.then_some(QuarantineReason::BlockedNumber).or(screening.suspicion).or(over_limit))
}

fn store_request(
    tx: &mut Tx<'_>,
    new: &NewCallbackRequest,
    valid: Valid,
    acceptance: &Acceptance,
) -> Result<Created, Error> {
    let manage_token = secret::fresh(tx.environment);
    let request = request_row(tx, new, &valid, acceptance, secret::fingerprint(&manage_token));
    store::insert_with_contact(tx.conn, &request, &contact_row(&request, new, valid.network.clone()))?;
    for consent in consent_rows(request.id, new, tx.now) {
        store::insert_consent(tx.conn, &consent)?;
    }
    let event = match request.state {
        CallbackState::Quarantined => types::CALLBACK_REQUEST_QUARANTINED,
        _ => types::CALLBACK_REQUEST_RECEIVED,
    };
    tx.record_change(&Change::created(event, request.id.as_str(), &CallbackRequestEvent::from(&request))?)?;
    tx.count("entente_callback_intake_total", "outcome", IntakeOutcome::of_state(request.state).as_str());
    Ok(Created { valid, request, manage_token })
}

impl Created {
    /// Builds the receipt for the visitor.
    pub fn respond(self) -> CallbackReceipt {
        let Self { valid: Valid { lang, phone, queue, .. }, request, manage_token } = self;
        let promised = (request.promised_from, request.promised_by);
        CallbackReceipt {
            id: request.id,
            state: VisitorState::of(&request),
            locale: lang,
            confirmation: confirmation::promised(
                lang,
                &queue.bookable.schedule.calendar.zone,
                promised,
                &phone.display,
            ),
            slot_id: request.slot_id,
            promised_from: request.promised_from,
            promised_by: request.promised_by,
            rolled: request.rolled,
            notice_id: request.notice_id,
            manage_token,
        }
    }
}

fn request_row(
    tx: &Tx<'_>,
    new: &NewCallbackRequest,
    valid: &Valid,
    acceptance: &Acceptance,
    manage_token_sha256: String,
) -> CallbackRequest {
    let (from, by) = valid.promise.period();
    let mut request = CallbackRequest {
        id: tx.new_id(),
        version: 1,
        state: CallbackState::QueuedAsap,
        queue_id: valid.queue.queue.id,
        queue_key: valid.queue.queue.key.clone(),
        intent: new.intent,
        phone_e164: Some(valid.phone.e164.clone()),
        locale: valid.lang.as_str().to_owned(),
        notice_id: valid.notice_id,
        slot_id: None,
        promised_from: None,
        promised_by: by,
        rolled: false,
        first_promised_from: from,
        first_promised_by: by,
        promise: PromiseStatus::Pending,
        promise_agent_id: None,
        due_from: tx.now,
        due_by: by,
        priority: 1,
        offered: false,
        agent_id: None,
        held_by: None,
        held_since: None,
        attempts: 0,
        paused_until: None,
        first_attempt_after: None,
        open_place: acceptance.place,
        linked_to: acceptance.linked_to,
        rerouted_from: None,
        rerouted_to: None,
        same_number: acceptance.same_number,
        at_risk: false,
        closed_day: false,
        quarantine_reason: acceptance.quarantine_reason,
        manage_token_sha256,
        agent_linked_at: None,
        agent_linked_by: None,
        called_on_time: None,
        voided_at: None,
        voided_by: None,
        requested_at: tx.now,
        created_at: tx.now,
        updated_at: tx.now,
        erased_at: None,
    };
    enqueue(&mut request, &valid.promise, tx.now);
    if acceptance.quarantine_reason.is_some() {
        request.state = CallbackState::Quarantined;
    }
    if transitions::is_without_capacity(&request) {
        // The promise does not count until the request is released.
        request.promise = PromiseStatus::Void;
    }
    request
}

/// Puts a new or rescheduled request into the queue with this promise.
pub fn enqueue(request: &mut CallbackRequest, promise: &Promise, now: UtcTime) {
    let (from, by) = promise.period();
    request.slot_id = promise.slot().map(Slot::slot_id);
    request.state = if request.slot_id.is_some() { CallbackState::Scheduled } else { CallbackState::QueuedAsap };
    request.promised_from = from;
    request.promised_by = by;
    request.rolled = promise.rolled();
    request.due_from = from.unwrap_or(now);
    // The earliest end first keeps the most promises: a window that has begun can wait for a call that cannot.
    request.due_by = by;
    request.priority = 1;
    request.offered = false;
    request.agent_id = None;
    (request.closed_day, request.at_risk) = (false, false);
}

fn contact_row(request: &CallbackRequest, new: &NewCallbackRequest, network: Option<NetworkHashes>) -> Contact {
    let new = new.clone();
    let (network_hash, wide_network_hash) = network.map(|hashes| (hashes.network, hashes.wide)).unzip();
    let source = new.source.unwrap_or_default();
    let NameKeys { name, last_name_first } = NameKeys::of(&new.full_name);
    Contact {
        request_id: request.id,
        full_name: new.full_name,
        phone_typed: new.phone,
        email_key: new.email.as_ref().map(|email| email.to_lowercase()),
        email: new.email,
        company: new.company,
        notes: new.notes,
        source_page: source.page,
        source_campaign: source.campaign,
        utm_source: source.utm_source,
        utm_medium: source.utm_medium,
        utm_campaign: source.utm_campaign,
        utm_term: source.utm_term,
        utm_content: source.utm_content,
        name_key: name,
        last_name_key: last_name_first,
        counted: network_hash.is_some() && !transitions::is_without_capacity(request),
        network_hash,
        wide_network_hash,
    }
}

fn consent_rows(
    request_id: CallbackRequestId,
    new: &NewCallbackRequest,
    given_at: UtcTime,
) -> impl Iterator<Item = GivenConsent> {
    new.consents.iter().flatten().map(move |consent| GivenConsent {
        request_id,
        purpose: consent.purpose,
        wording: consent.wording.clone(),
        wording_sha256: consent_wordings::sha256(&consent.wording),
        given_at,
        withdrawn_at: None,
    })
}
