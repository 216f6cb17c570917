// Shared by both pages: texts, API calls, the choice of a time, the problem box.
// Content is always set as text, never as markup.

export const main = document.querySelector("main");
const words = JSON.parse(main.dataset.words);
export const lang = document.documentElement.lang;
export const byId = (id) => document.getElementById(id);

export function say(key, values = {}) {
  return words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

// Creates an element with properties and children; strings become text.
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

// --- the API ---------------------------------------------------------------------------------

// Relative to this file, so that the service can be served under a path.
const api = new URL("../v1/", import.meta.url);
const TIMEOUT_MS = 20_000;

// A response with a status of 400 or above, or no response (status 0).
export class Refusal extends Error {
  constructor(status, problem = {}, wait = NaN) {
    super(problem.code ?? `status ${status}`);
    Object.assign(this, { status, problem, wait });
  }
}

// Returns the body of the response: the value of JSON, or a text if `isText` is set.
export async function call(path, { method = "GET", headers = {}, body, isText = false } = {}) {
  let response, data;
  try {
    response = await fetch(new URL(path, api), {
      method,
      body,
      cache: "no-store",
      headers: { "Accept-Language": lang, ...(body && { "Content-Type": "application/json" }), ...headers },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.ok && isText) data = await response.text();
    else data = response.status === 204 ? undefined : await response.json();
  } catch {
    throw new Refusal(response?.ok === false ? response.status : 0);
  }
  if (!response.ok) throw new Refusal(response.status, data, Number(response.headers.get("Retry-After") ?? NaN));
  return data;
}

// The text for a refusal without a text for visitors in the response.
function fallbackDetail(refusal) {
  if (refusal.status === 429) return say("failed_often", { wait: inAWhile(refusal.wait) });
  if (refusal.status === 0) return say("failed_network");
  return say("failed_service");
}

function inAWhile(seconds) {
  const minutes = Math.max(1, Math.ceil((seconds || 60) / 60));
  return new Intl.RelativeTimeFormat(lang).format(minutes, "minute");
}

// --- dates -----------------------------------------------------------------------------------

const region = lang === "en" ? "en-GB" : lang;

export function dayName(instant, zone) {
  const parts = { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: zone };
  const day = new Intl.DateTimeFormat(region, parts).format(new Date(instant));
  // German keeps the comma after the weekday.
  return lang === "de" ? day : day.replace(",", "");
}

export function clock(instant, zone) {
  const parts = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone };
  return new Intl.DateTimeFormat(region, parts).format(new Date(instant));
}

const windowName = (slot) => slot.window.replace("-", "–");

// A day and its hours; a line break is possible only between them.
export function moment(day, hours) {
  return [`${day}, `, make("span", { className: "hours" }, hours)];
}

// The name of the time zone; empty if the browser is in the same one.
export function zoneNote(zone) {
  if (Intl.DateTimeFormat().resolvedOptions().timeZone === zone) return "";
  if (zone === "Europe/Prague") return say("zone_prague");
  return say("zone_other", { zone: zone.split("/").pop().replaceAll("_", " ") });
}

// Keeps the phone number in a text on one line.
export function keepPhoneTogether(text) {
  return text.replace(/\+[\d ]+\d/, (number) => number.replaceAll(" ", "\u00a0"));
}

// --- the choice of a time --------------------------------------------------------------------

// As soon as possible, or a day and one of its windows. These are two groups of radio buttons that are
// synchronised here: in a single group the Tab key would leave the day and skip the windows after it.
export class TimeChoice {
  zone;
  // Loads the slots for a query.
  #list;
  // Whose slots are shown, such as those of the queue of an intent.
  #query = {};
  #slots = [];
  #root = byId("when");
  #day = byId("day");
  #windows = byId("windows");
  #news = byId("when-news");

  constructor(list = (query) => call(`slots?${new URLSearchParams(query)}`)) {
    this.#list = list;
    this.#day.addEventListener("change", () => this.#changeDay());
    this.#root.addEventListener("change", ({ target }) => {
      if (target.type === "radio") this.#checkOnly(target);
    });
  }

  // Loads the slots. The current choice is kept if it is still available.
  async load(query = this.#query) {
    this.#query = query;
    if (!this.#slots.length) this.#news.replaceChildren(say("slots_loading"));
    try {
      const { zone, data } = await this.#list(query);
      // The visitor has chosen another topic since.
      if (query !== this.#query) return;
      const chosen = this.value();
      this.zone = zone;
      this.#slots = data;
      this.#news.replaceChildren();
      this.#showDays();
      this.choose(chosen);
    } catch {
      if (query === this.#query) this.#offerRetry();
    }
  }

  // Returns the API preference; undefined if nothing is chosen.
  value() {
    const chosen = this.#root.querySelector("input:checked")?.value;
    if (chosen === "asap") return { kind: "asap" };
    return chosen && { kind: "slot", slot_id: chosen };
  }

  choose(preference) {
    if (preference?.kind === "asap") this.#checkOnly(byId("when-asap"));
    const slot = preference && this.#slots.find((slot) => slot.slot_id === preference.slot_id);
    if (!slot) return;
    this.#day.value = slot.date;
    this.#showWindows();
    this.#check((other) => other === slot);
  }

  clear() {
    for (const input of this.#root.querySelectorAll("input")) input.checked = false;
  }

  describe(slot) {
    return moment(dayName(slot.starts_at, this.zone), windowName(slot));
  }

  showError(text) {
    const error = byId("when-error");
    error.textContent = text ?? "";
    error.hidden = !text;
    this.#root.classList.toggle("wrong", Boolean(text));
  }

  // Target of links to this fieldset.
  focus() {
    (this.#root.querySelector("input:checked") ?? byId("when-asap")).focus();
  }

  #of(date) {
    return this.#slots.filter((slot) => slot.date === date);
  }

  #showDays() {
    const dates = [...new Set(this.#slots.map((slot) => slot.date))];
    const firstFree = this.#slots.find((slot) => slot.available)?.date;
    this.#day.replaceChildren(...dates.map((date) => {
      const slots = this.#of(date);
      const full = slots.some((slot) => slot.available) ? "" : ` – ${say("full")}`;
      return make("option", { value: date }, dayName(slots[0].starts_at, this.zone) + full);
    }));
    byId("when-times").hidden = !firstFree;
    if (!firstFree) this.#news.replaceChildren(say("slots_none"));
    this.#day.value = firstFree ?? "";
    byId("zone").textContent = zoneNote(this.zone);
    this.#showWindows();
  }

  #showWindows() {
    this.#windows.replaceChildren(...this.#of(this.#day.value).map((slot) => {
      const input = make("input", { type: "radio", name: "window", value: slot.slot_id, disabled: !slot.available });
      const label = make("label", { className: "option" }, input, make("span", {}, windowName(slot)));
      if (!slot.available) label.append(" ", make("span", { className: "full" }, say("full")));
      return label;
    }));
  }

  // After a change of the day: chooses the same hours if they are available, otherwise nothing. Keeping "as
  // soon as possible" would surprise visitors who have just chosen a day.
  #changeDay() {
    const before = this.#slots.find((slot) => slot.slot_id === this.value()?.slot_id);
    this.clear();
    this.#showWindows();
    if (before) this.#check((slot) => slot.window === before.window);
  }

  #check(wanted) {
    const slot = this.#of(this.#day.value).find((slot) => slot.available && wanted(slot));
    if (slot) this.#checkOnly(this.#windows.querySelector(`input[value="${slot.slot_id}"]`));
  }

  #checkOnly(input) {
    for (const other of this.#root.querySelectorAll("input")) other.checked = other === input;
  }

  #offerRetry() {
    const retry = make("button", { type: "button", className: "quiet" }, say("retry"));
    retry.addEventListener("click", async () => {
      await this.load();
      this.focus();
    });
    this.#news.replaceChildren(say("slots_failed"), " ", retry);
  }
}

// --- the problem box -------------------------------------------------------------------------

const pageTitle = document.title;

// Shows the box with a heading and content, and moves the focus there.
export function showProblem(heading, ...content) {
  const box = byId("problem");
  box.replaceChildren(make("h2", {}, heading), ...content);
  box.hidden = false;
  document.title = `${say("error")}: ${pageTitle}`;
  box.focus();
}

// API texts for visitors start with an apology; texts for developers are not shown.
export function showRefusal(refusal, ...more) {
  const { title, detail } = refusal.problem;
  const [heading, text] = detail?.startsWith(say("sorry")) ? [title, detail] : [say("sorry"), fallbackDetail(refusal)];
  showProblem(heading, make("p", {}, text), ...more);
}

export function hideProblem() {
  byId("problem").hidden = true;
  byId("problem").replaceChildren();
  document.title = pageTitle;
}

// Offers the alternatives to a full slot, each as a button.
export function showFull(problem, times, choose) {
  const buttons = (problem.alternatives ?? []).map((slot) => {
    const button = make("button", { type: "button", className: "second", value: slot.slot_id }, ...times.describe(slot));
    button.addEventListener("click", () => choose(slot));
    return make("li", {}, button);
  });
  const offer = buttons.length ? [make("p", {}, say("alternatives_hint")), make("ul", { className: "choices" }, ...buttons)] : [];
  showProblem(problem.title, make("p", {}, problem.detail), ...offer);
}

// --- in a frame ------------------------------------------------------------------------------

export const isFramed = window.parent !== window;

// Sends a message without personal data to the embedding page, if its origin is allowed. Firefox does not tell the
// origin, and delivers only the message for the right one.
export function tell(message) {
  const allowed = [location.origin, ...main.dataset.origins.split(" ").filter(Boolean)];
  const embedding = location.ancestorOrigins?.[0];
  const targets = embedding ? allowed.filter((origin) => origin === embedding) : allowed;
  if (isFramed) targets.forEach((origin) => window.parent.postMessage(message, origin));
}

// Sends the height, so that the embedding page can resize the frame.
if (isFramed) {
  document.documentElement.classList.add("framed");
  new ResizeObserver(() => {
    tell({ type: "entente:height", height: Math.ceil(document.body.getBoundingClientRect().height) });
  }).observe(document.body);
}
