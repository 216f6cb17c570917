// The page behind the manage link of a request: shows the promise, reschedules, cancels, saves the call in a calendar,
// asks whether the call was on time.

import {
  Refusal, TimeChoice, byId, call, clock, dayName, hideProblem, keepPhoneTogether, lang, make, moment, say, showFull,
  showProblem, showRefusal, zoneNote,
} from "./shared.js";

const STORAGE_KEY = "entente:manage";
const FILE_MS = 60_000;
const PARTS = ["receipt", "actions", "change-form", "question", "again"];

// Those of the request, because its queue need not be public.
const times = new TimeChoice(() => callRequest("slots"));
let secret;
let receipt;
let busy = false;

// --- the manage token ------------------------------------------------------------------------

// The secret is removed from the address bar at once, so that it does not appear in history, bookmarks
// and screenshots. The tab stores it until it is closed, so that a reload or the other language works.
function takeSecret() {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const given = { id: fragment.get("id"), token: fragment.get("token") };
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  if (given.id || given.token) {
    store((storage) => storage.setItem(STORAGE_KEY, JSON.stringify(given)));
    return given;
  }
  return store((storage) => JSON.parse(storage.getItem(STORAGE_KEY)));
}

function deleteSecret() {
  store((storage) => storage.removeItem(STORAGE_KEY));
}

// Storage can be blocked in a frame. The page then works, except for a reload.
function store(action) {
  try {
    return action(sessionStorage);
  } catch {
    return undefined;
  }
}

function callRequest(step, body, isText = false) {
  const path = `callback-requests/${encodeURIComponent(secret.id)}/${step}`;
  const headers = { "Manage-Token": secret.token };
  return call(path, body ? { method: "POST", headers, body: JSON.stringify(body) } : { headers, isText });
}

// The consent that is in force; undefined if there is none.
function consent() {
  return receipt.consents.find((one) => !one.withdrawn_at);
}

// --- rendering -------------------------------------------------------------------------------

function show(...names) {
  for (const name of PARTS) byId(name).hidden = !names.includes(name);
}

// Texts from the API are in the language of the request, which can differ from that of the page.
function announce(text, { isNews = true, locale = lang } = {}) {
  const news = byId("news");
  news.textContent = keepPhoneTogether(text);
  news.lang = locale;
  if (isNews) news.focus();
}

const OPEN = {
  slot: () => say("state_scheduled"),
  asap: () => say("state_asap"),
};

const ENDED = {
  completed: () => [say("state_completed"), say("completed")],
  unreachable: () => [say("state_unreachable"), say("unreachable")],
  cancelled: () => [say("state_cancelled"), say("cancelled")],
};

function render() {
  const ended = ENDED[receipt.state]?.();
  byId("state").textContent = ended?.[0] ?? OPEN[receipt.slot_id ? "slot" : "asap"]();
  byId("intent").textContent = receipt.intent === "sales" ? say("sales") : say("technical_support");
  byId("promise").hidden = ended || !times.zone;
  if (!byId("promise").hidden) renderPromise();
  if (ended) {
    if (!receipt.can_give_feedback) deleteSecret();
    show("receipt", "again");
  } else if (receipt.can_change) {
    show("receipt", "actions");
  } else {
    show("receipt");
  }
  byId("feedback").hidden = !receipt.can_give_feedback;
  byId("consent").hidden = !consent();
  byId("wording").textContent = consent()?.wording ?? "";
  byId("wording").lang = receipt.locale;
  return ended?.[1] ?? (receipt.can_change ? "" : say("fixed"));
}

function renderPromise() {
  const { promised_from: from, promised_by: by } = receipt;
  byId("promise-label").textContent = from ? say("when_label") : say("by_label");
  const hours = from ? `${clock(from, times.zone)}–${clock(by, times.zone)}` : clock(by, times.zone);
  const note = make("span", { className: "hint" }, zoneNote(times.zone));
  byId("promise-time").replaceChildren(...moment(dayName(by, times.zone), hours), " ", note);
}

// --- loading ---------------------------------------------------------------------------------

async function load() {
  hideProblem();
  show();
  byId("feedback").hidden = byId("consent").hidden = true;
  if (!secret?.id || !/^[\w-]+$/.test(secret.token ?? "")) return showUnknown();
  announce(say("loading"), { isNews: false });
  try {
    receipt = await callRequest("receipt");
    // The time zone of the promise comes with the list of slots.
    await times.load();
    const text = render();
    if (!times.zone && !text) return announce(receipt.confirmation, { isNews: false, locale: receipt.locale });
    announce(text, { isNews: false });
  } catch (refusal) {
    announce("", { isNews: false });
    fail(refusal);
  }
}

function showUnknown() {
  deleteSecret();
  announce("", { isNews: false });
  byId("feedback").hidden = byId("consent").hidden = true;
  show("again");
  showProblem(say("unknown"), make("p", {}, say("unknown_hint")));
}

function fail(refusal) {
  if (!(refusal instanceof Refusal)) throw refusal;
  if ([401, 403, 404].includes(refusal.status) || (refusal.status === 422 && !receipt)) return showUnknown();
  const retry = make("button", { type: "button", className: "second" }, say("retry"));
  retry.addEventListener("click", load);
  showRefusal(refusal, ...(receipt ? [] : [retry]));
}

// --- another time ----------------------------------------------------------------------------

async function change(preference) {
  hideProblem();
  times.showError();
  if (!preference) {
    times.showError(say("when_missing"));
    return times.focus();
  }
  try {
    receipt = await callRequest("reschedule", { preference });
    render();
    announce(receipt.confirmation, { locale: receipt.locale });
    times.clear();
    times.load();
  } catch (refusal) {
    await explain(refusal);
  }
}

async function explain(refusal) {
  const { problem = {} } = refusal;
  if (problem.code === "slot_full") {
    times.load();
    return showFull(problem, times, (slot) => once(() => change({ kind: "slot", slot_id: slot.slot_id })));
  }
  if (problem.code === "illegal_transition") {
    await load();
    return showRefusal(refusal);
  }
  const aboutTime = (problem.errors ?? []).find(({ pointer }) => pointer?.startsWith("/preference"));
  if (!aboutTime) return fail(refusal);
  times.load();
  times.showError(aboutTime.detail);
  times.focus();
}

// --- cancelling ------------------------------------------------------------------------------

async function cancel() {
  hideProblem();
  try {
    const { state } = await callRequest("cancel", {});
    receipt = { ...receipt, state };
    announce(render());
  } catch (refusal) {
    await explain(refusal);
  }
}

// --- the calendar ----------------------------------------------------------------------------

// The token is in a header, so the link to the file cannot be a plain one.
async function saveInCalendar() {
  hideProblem();
  const page = `${location.origin}${location.pathname}?lang=${lang}`;
  try {
    const text = await callRequest(`receipt.ics?${new URLSearchParams({ manage_page: page })}`, undefined, true);
    const file = URL.createObjectURL(new Blob([text], { type: "text/calendar" }));
    make("a", { href: file, download: "callback.ics" }).click();
    // Not at once, because the download may not have started.
    setTimeout(() => URL.revokeObjectURL(file), FILE_MS);
  } catch (refusal) {
    fail(refusal);
  }
}

// --- feedback --------------------------------------------------------------------------------

async function giveFeedback(calledOnTime) {
  hideProblem();
  try {
    await callRequest("feedback", { called_on_time: calledOnTime });
  } catch (refusal) {
    return fail(refusal);
  }
  receipt = { ...receipt, can_give_feedback: false };
  render();
  announce(say("feedback_thanks"));
}

// --- the consent to marketing ----------------------------------------------------------------

async function withdraw() {
  hideProblem();
  const path = `callback-requests/${encodeURIComponent(secret.id)}/consents/${consent().purpose}`;
  try {
    await call(path, { method: "DELETE", headers: { "Manage-Token": secret.token } });
  } catch (refusal) {
    return fail(refusal);
  }
  receipt = { ...receipt, consents: [] };
  render();
  announce(say("withdrawn"));
}

// Runs one action at a time, even if a button is clicked repeatedly.
async function once(action) {
  if (busy) return;
  busy = true;
  try {
    await action();
  } finally {
    busy = false;
  }
}

function back(focused) {
  hideProblem();
  show("receipt", "actions");
  byId(focused).focus();
}

function start() {
  secret = takeSecret();
  receipt = undefined;
  once(load);
}

byId("change").addEventListener("click", () => {
  announce("", { isNews: false });
  show("receipt", "change-form");
  times.showError();
  times.clear();
  times.focus();
});
byId("change-back").addEventListener("click", () => back("change"));
byId("change-form").addEventListener("submit", (event) => {
  event.preventDefault();
  once(() => change(times.value()));
});
byId("cancel").addEventListener("click", () => {
  announce("", { isNews: false });
  show("receipt", "question");
  byId("question-heading").focus();
});
byId("cancel-no").addEventListener("click", () => back("cancel"));
byId("cancel-yes").addEventListener("click", () => once(cancel));
byId("calendar").addEventListener("click", () => once(saveInCalendar));
byId("feedback-yes").addEventListener("click", () => once(() => giveFeedback(true)));
byId("feedback-no").addEventListener("click", () => once(() => giveFeedback(false)));
byId("withdraw").addEventListener("click", () => once(withdraw));
window.addEventListener("hashchange", start);
start();
