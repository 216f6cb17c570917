// The form: checks required fields, submits the request, and shows the confirmation or the problem.
// The input is kept until the request is accepted.

import {
  Refusal, TimeChoice, byId, call, hideProblem, isFramed, keepPhoneTogether, lang, main, make, say, showFull, showProblem,
  showRefusal, tell,
} from "./shared.js";

// The settings decide whether the form has the fields for e-mail address and company.
const FIELDS = ["full_name", "phone", "email", "company", "notes"].filter(byId);
const UTM = ["utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"];
const DRAFT = "entente:draft";
const LEAVE_MS = 10_000;

const form = byId("form");
const times = new TimeChoice();
let busy = false;

// --- the fields ------------------------------------------------------------------------------

// Without the switch, the form has one topic.
function isSupport() {
  return byId("support")?.checked ?? main.dataset.intents === "technical_support";
}

function intent() {
  return isSupport() ? "technical_support" : "sales";
}

function showIntent() {
  const heading = isSupport() ? say("heading_support") : say("heading_sales");
  byId("heading").textContent = heading;
  return heading;
}

// The country code of the topic is shown unless the number has one.
function showCountry() {
  const { intents, countries } = main.dataset;
  const country = byId("country");
  country.textContent = countries.split(" ")[intents.split(" ").indexOf(intent())];
  country.hidden = /^\s*(\+|00)/.test(byId("phone").value);
}

// Each topic has a queue with slots of its own.
function changeIntent() {
  byId("news").textContent = showIntent();
  showCountry();
  times.load({ intent: intent() });
}

function formValues(preference) {
  const typed = FIELDS.map((field) => [field, byId(field).value.trim()]);
  return {
    ...Object.fromEntries(typed.filter(([field, value]) => value || byId(field).required)),
    intent: intent(),
    preference,
    ...consents(),
    locale: lang,
    source: source(),
  };
}

// The exact text next to the checkbox.
function consents() {
  const box = byId("marketing");
  return box?.checked ? { consents: [{ purpose: "marketing", wording: box.labels[0].textContent }] } : {};
}

// Where the visitor came from: the page with the form, without its query, and the parameters of the campaign. In a
// frame the referrer is the origin of the embedding page.
function source() {
  const page = isFramed && document.referrer ? document.referrer : location.origin + location.pathname;
  const campaign = parameter("campaign") || parameter("utm_campaign");
  const parameters = [["campaign", campaign], ...UTM.map((name) => [name, parameter(name)])].filter(([, value]) => value);
  return { ...(page.length <= 500 && { page }), ...Object.fromEntries(parameters) };
}

// Returns a parameter of the address in the form that the API accepts.
function parameter(name) {
  const value = new URLSearchParams(location.search).get(name) ?? "";
  return [...value.replace(/[\u0000-\u001f]+/g, " ").trim()].slice(0, 120).join("").trim();
}

// --- field errors ----------------------------------------------------------------------------

const MISSING = {
  full_name: () => say("name_missing"),
  phone: () => say("phone_missing"),
  email: () => say("email_missing"),
  company: () => say("company_missing"),
};

function missing(values) {
  const empty = FIELDS.filter((field) => byId(field).required && !values[field]);
  return [
    ...empty.map((field) => ({ pointer: `/${field}`, detail: MISSING[field]() })),
    ...(values.preference ? [] : [{ pointer: "/preference", detail: say("when_missing") }]),
  ];
}

function markField(field, text) {
  if (field === "when") return times.showError(text);
  const error = byId(`${field}-error`);
  error.textContent = text ?? "";
  error.hidden = !text;
  if (text) byId(field).setAttribute("aria-invalid", "true");
  else byId(field).removeAttribute("aria-invalid");
}

function fieldOf(pointer = "") {
  const name = pointer.split("/")[1];
  return name === "preference" ? "when" : FIELDS.find((field) => field === name);
}

function clearErrors() {
  hideProblem();
  for (const field of [...FIELDS, "when"]) markField(field);
}

// Only the first violation of each field is shown.
function showViolations(violations) {
  const isFirst = ({ pointer }, index) => {
    const field = fieldOf(pointer);
    return !field || violations.findIndex((other) => fieldOf(other.pointer) === field) === index;
  };
  const items = violations.filter(isFirst).map(({ pointer, detail }) => {
    const field = fieldOf(pointer);
    if (!field) return make("li", {}, detail);
    markField(field, detail);
    const link = make("a", { href: `#${field}` }, detail);
    link.addEventListener("click", (event) => {
      event.preventDefault();
      (field === "when" ? times : byId(field)).focus();
    });
    return make("li", {}, link);
  });
  showProblem(say("invalid"), make("p", {}, say("invalid_hint")), make("ul", {}, ...items));
}

// --- the privacy notice ----------------------------------------------------------------------

let notice;

// Loads the text once. Retried before submitting, because the request records which text was shown.
async function loadNotice() {
  const box = byId("notice-text");
  try {
    notice ??= await call(`privacy-notices/current?locale=${lang}`);
    box.textContent = notice.text;
    box.lang = notice.locale;
  } catch (refusal) {
    box.textContent = say("notice_failed");
    throw refusal;
  }
}

// --- proof of work ---------------------------------------------------------------------------

const needsProof = main.dataset.proofOfWork === "true";
let proof;

async function loadProof() {
  try {
    return await import("./proof.js");
  } catch {
    throw new Refusal(0);
  }
}

// Starts when the visitor starts to fill in the form.
function startProof() {
  if (needsProof) proof ??= loadProof().then(({ prove }) => prove());
  proof?.catch(() => (proof = undefined));
  return proof;
}

// --- sending ---------------------------------------------------------------------------------

// The submission in progress. Unchanged values are sent again with the same idempotency key and body,
// so that a retry after a broken connection cannot create a second request.
let attempt;

async function prepare(values) {
  const print = JSON.stringify(values);
  if (attempt?.print === print) return;
  await loadNotice();
  const solution = await startProof();
  const body = JSON.stringify({
    ...values,
    notice: { sha256: notice.sha256 },
    form: formSignals(),
    ...(solution && { proof_of_work: solution }),
  });
  attempt = { print, key: randomKey(), body };
}

// How the form was filled in. The duration is capped at the maximum that the API accepts.
function formSignals() {
  const spent = Math.min(Math.round(performance.now()), 604_800_000);
  return { honeypot: byId("website").value.slice(0, 500), filled_in_ms: spent };
}

async function send(values, isRetry = false) {
  await prepare(values);
  try {
    const headers = { "Idempotency-Key": attempt.key };
    return await call("callback-requests", { method: "POST", headers, body: attempt.body });
  } catch (refusal) {
    if (isFinal(refusal)) attempt = undefined;
    if (!isRetry && isAbout(refusal, "/proof_of_work")) {
      proof = undefined;
      return send(values, true);
    }
    throw refusal;
  }
}

// Whether the response is final, so that the next attempt is a new request.
function isFinal({ status, problem }) {
  return status >= 400 && status < 500 && ![408, 429].includes(status) && problem.code !== "idempotency_in_progress";
}

function isAbout({ problem }, pointer) {
  return (problem.errors ?? []).some((error) => error.pointer?.startsWith(pointer));
}

// crypto.randomUUID is not available without https.
function randomKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

async function submit(preference = times.value()) {
  if (busy) return;
  clearErrors();
  const values = formValues(preference);
  const violations = missing(values);
  if (violations.length) return showViolations(violations);
  setBusy(true);
  try {
    thank(await send(values));
  } catch (error) {
    explain(error);
  } finally {
    setBusy(false);
  }
}

function setBusy(value) {
  busy = value;
  byId("submit").setAttribute("aria-disabled", value);
  byId("news").textContent = value ? say("sending") : "";
}

function explain(error) {
  const kept = make("p", {}, say("kept"));
  if (!(error instanceof Refusal)) {
    const cause = crypto.subtle ? say("failed_service") : say("failed_browser");
    return showProblem(say("sorry"), make("p", {}, cause), kept);
  }
  if (error.problem.code === "slot_full") {
    times.load();
    return showFull(error.problem, times, (slot) => {
      const preference = { kind: "slot", slot_id: slot.slot_id };
      times.choose(preference);
      submit(preference);
    });
  }
  if (isAbout(error, "/preference")) times.load();
  if (isAbout(error, "/notice")) notice = undefined;
  const violations = error.status === 422 ? error.problem.errors : [];
  if (violations?.length) return showViolations(violations);
  showRefusal(error, kept);
}

function thank({ id, confirmation, manage_token: token }) {
  const heading = make("h1", { tabIndex: -1 }, say("thanks"));
  // The confirmation starts with the same text.
  const opening = `${say("thanks")}. `;
  const text = confirmation.startsWith(opening) ? confirmation.slice(opening.length) : confirmation;
  const secret = new URLSearchParams({ id, token });
  const link = new URL(`manage?lang=${lang}#${secret}`, import.meta.url).href;
  form.hidden = byId("intro").hidden = true;
  document.querySelector("nav").hidden = true;
  byId("done").replaceChildren(
    heading,
    make("p", { className: "lead" }, keepPhoneTogether(text)),
    make("p", {}, make("a", { href: link, className: "button", id: "manage" }, say("manage"))),
    make("p", { className: "hint" }, say("manage_hint")),
    ...leave(),
  );
  document.title = say("thanks");
  tell({ type: "entente:submitted", intent: intent() });
  form.reset();
  heading.focus();
}

// Takes the visitor to the page of the company, which gets no data. The link to the request is shown only here, so the
// visitor has time to keep it, and can stay.
function leave() {
  const { thankYou } = main.dataset;
  if (!thankYou) return [];
  const timer = setTimeout(() => (window.top.location.href = thankYou), LEAVE_MS);
  const stay = make("button", { type: "button", className: "quiet", id: "stay" }, say("stay"));
  const box = make(
    "div",
    { className: "actions" },
    make("p", {}, say("leaving", { site: new URL(thankYou).host })),
    make("a", { href: thankYou, target: "_top", className: "button", id: "continue" }, say("continue")),
    stay,
  );
  stay.addEventListener("click", () => {
    clearTimeout(timer);
    box.remove();
    byId("manage").focus();
  });
  return [box];
}

// --- the other language ----------------------------------------------------------------------

// Carries the input over to the page in the other language, which deletes it from storage.
function keepDraft() {
  // Without the consent, which has another text in the other language.
  const draft = { support: isSupport(), preference: times.value() };
  for (const field of FIELDS) draft[field] = byId(field).value;
  try {
    sessionStorage.setItem(DRAFT, JSON.stringify(draft));
  } catch {
    // Storage can be blocked in a frame.
  }
}

function takeDraft() {
  try {
    const draft = JSON.parse(sessionStorage.getItem(DRAFT)) ?? {};
    sessionStorage.removeItem(DRAFT);
    return draft;
  } catch {
    return {};
  }
}

function start() {
  const draft = takeDraft();
  for (const field of FIELDS) byId(field).value = draft[field] ?? byId(field).value;
  const support = byId("support");
  if (support) support.checked = draft.support ?? (support.checked || parameter("intent") === "technical_support");
  if (!times.value()) times.choose({ kind: "asap" });
  showIntent();
  showCountry();
  times.load({ intent: intent() }).then(() => draft.preference && times.choose(draft.preference));
  loadNotice().catch(() => {});

  support?.addEventListener("change", changeIntent);
  byId("phone").addEventListener("input", showCountry);
  for (const link of document.querySelectorAll(".language")) {
    // Keeps the parameters of the campaign.
    const query = new URLSearchParams(location.search);
    query.set("lang", link.lang);
    link.search = query;
    link.addEventListener("click", keepDraft);
  }
  byId("notice").addEventListener("toggle", () => loadNotice().catch(() => {}));
  form.addEventListener("focusin", () => startProof(), { once: true });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
}

// Without topics, the page says that no call can be requested.
if (main.dataset.intents) start();
