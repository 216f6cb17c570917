// The page behind the link of a request: what is promised, another time, cancelling.

import {
  Refusal, TimeChoice, byId, call, clock, dayName, hideProblem, lang, make, moment, say, showFull, showProblem, showRefusal,
  spoken, zoneNote,
} from "./shared.js";

const KEPT = "entente:manage";
const PARTS = ["receipt", "actions", "change-form", "question", "again"];

const times = new TimeChoice();
let secret;
let receipt;
let busy = false;

// --- the secret ------------------------------------------------------------------------------

// It leaves the address bar at once, and so history, bookmarks of others and screenshots. The
// tab keeps it until it is closed, so that a reload or the other language still works.
function takeSecret() {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const given = { id: fragment.get("id"), token: fragment.get("token") };
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  if (given.id || given.token) {
    store((storage) => storage.setItem(KEPT, JSON.stringify(given)));
    return given;
  }
  return store((storage) => JSON.parse(storage.getItem(KEPT)));
}

function forgetSecret() {
  store((storage) => storage.removeItem(KEPT));
}

// A frame may be refused storage; then only a reload is lost.
function store(action) {
  try {
    return action(sessionStorage);
  } catch {
    return undefined;
  }
}

function ask(step, body) {
  const path = `callback-requests/${encodeURIComponent(secret.id)}/${step}`;
  const headers = { "Manage-Token": secret.token };
  return call(path, body ? { method: "POST", headers, body: JSON.stringify(body) } : { headers });
}

// --- what is shown ---------------------------------------------------------------------------

function show(...names) {
  for (const name of PARTS) byId(name).hidden = !names.includes(name);
}

// The server's words come in the language of the request, which need not be that of the page.
function tell(text, { isNews = true, locale = lang } = {}) {
  const news = byId("news");
  news.textContent = spoken(text);
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
    forgetSecret();
    show("receipt", "again");
  } else if (receipt.can_change) {
    show("receipt", "actions");
  } else {
    show("receipt");
  }
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
  if (!secret?.id || !/^[\w-]+$/.test(secret.token ?? "")) return showUnknown();
  tell(say("loading"), { isNews: false });
  try {
    // The zone of the promise comes with the free times.
    [receipt] = await Promise.all([ask("receipt"), times.load()]);
    const text = render();
    if (!times.zone && !text) return tell(receipt.confirmation, { isNews: false, locale: receipt.locale });
    tell(text, { isNews: false });
  } catch (refusal) {
    tell("", { isNews: false });
    fail(refusal);
  }
}

function showUnknown() {
  forgetSecret();
  tell("", { isNews: false });
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
    receipt = await ask("reschedule", { preference });
    render();
    tell(receipt.confirmation, { locale: receipt.locale });
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
    const { state } = await ask("cancel", {});
    receipt = { ...receipt, state };
    tell(render());
  } catch (refusal) {
    await explain(refusal);
  }
}

// One thing at a time, however often a button is pressed.
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
  tell("", { isNews: false });
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
  tell("", { isNews: false });
  show("receipt", "question");
  byId("question-heading").focus();
});
byId("cancel-no").addEventListener("click", () => back("cancel"));
byId("cancel-yes").addEventListener("click", () => once(cancel));
window.addEventListener("hashchange", start);
start();
