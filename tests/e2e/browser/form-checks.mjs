// Checks of the callback form.
import assert from "node:assert/strict";
import { dateOf, hoursOf, randomPhone } from "./api.mjs";
import { focusOn, textOf } from "./browser.mjs";

export const TEXTS = {
  cs: {
    sales: "Promluvte si s odborníkem v oblasti prodeje",
    support: "Promluvte si s odborníkem v oblasti technické podpory",
    thanks: "Děkujeme", sorry: "Omlouváme se", full: "obsazeno", asap: "co nejdříve",
    nameMissing: "Vyplňte jméno a příjmení.", phoneMissing: "Vyplňte telefonní číslo.",
  },
  en: {
    sales: "Talk to a sales expert",
    support: "Talk to a technical support expert",
    thanks: "Thank you", sorry: "Sorry", full: "full", asap: "as soon as possible",
    nameMissing: "Enter your full name.", phoneMissing: "Enter a telephone number.",
  },
  de: {
    sales: "Sprechen Sie mit unserem Vertrieb",
    support: "Sprechen Sie mit unserem technischen Support",
    thanks: "Vielen Dank", sorry: "Entschuldigung", full: "ausgebucht", asap: "so bald wie möglich",
    nameMissing: "Geben Sie Vor- und Nachnamen ein.", phoneMissing: "Geben Sie eine Telefonnummer ein.",
  },
};

// Opens the form and waits until slots and the privacy notice are loaded.
export async function openForm(session) {
  const { page } = session;
  await session.goto("/callback");
  await page.locator("#windows input").first().waitFor();
  await page.waitForFunction(() => document.querySelector("#notice-text").textContent);
}

export async function fillIn(session, { name = "Alena Procházková", phone = randomPhone() } = {}) {
  await session.page.locator("#full_name").fill(name);
  await session.page.locator("#phone").fill(phone);
  await session.advanceClock();
  return phone;
}

export async function pick(page, slot) {
  await page.locator("#day").selectOption(slot.date);
  await page.locator(`#windows input[value="${slot.slot_id}"]`).check();
}

// Waits for the confirmation, whose heading must have the focus, and returns its text.
export async function confirmation(session) {
  await focusOn(session.page, "#done h1");
  assert.equal(await textOf(session.page.locator("#done h1")), TEXTS[session.lang].thanks);
  assert.ok(await session.page.locator("#form").isHidden(), "the form is still visible");
  return textOf(session.page.locator("#done"));
}

export function showsSlot(text, slot, lang) {
  for (const part of [dateOf(slot, lang), ...hoursOf(slot)]) assert.ok(text.includes(part), `"${text}" does not contain ${part}`);
}

// Selects the slot with the keyboard.
export async function pickByKeyboard(session, slot) {
  const { page } = session;
  await session.tabTo("#day");
  const days = await page.locator("#day option").count();
  await session.press("Home");
  for (let day = 0; day < days && (await page.locator("#day").inputValue()) !== slot.date; day += 1) await session.press("ArrowDown");
  assert.equal(await page.locator("#day").inputValue(), slot.date);
  await session.tabTo("#windows input");
  await session.press("Space");
  for (let window = 0; window < 20; window += 1) {
    if (await page.locator(`#windows input[value="${slot.slot_id}"]`).isChecked()) return;
    await session.press("ArrowDown");
  }
  assert.fail("the arrow keys do not reach the slot");
}

export const checks = {
  async "the form"(session) {
    const { page, lang } = session;
    await openForm(session);
    await session.checkSize("/callback");
    assert.equal(await textOf(page.locator("h1")), TEXTS[lang].sales);
    assert.equal(await page.locator("html").getAttribute("lang"), lang);
    assert.ok(await page.locator("#when-asap").isChecked(), "as soon as possible is not the default");
    assert.ok(await page.getByText("+420", { exact: true }).isVisible(), "the country is not shown");
    await session.inspect("form");
    await page.locator("#notice summary").click();
    await page.locator("#notice-text").waitFor();
    await session.inspect("form-notice");
  },

  async "a slot, by keyboard"(session, api) {
    const { page, lang } = session;
    await openForm(session);
    const slot = await api.freeSlot();
    const phone = randomPhone();
    await session.tabTo("#full_name");
    await page.keyboard.type("Alena Procházková");
    await session.tabTo("#phone");
    await page.keyboard.type(phone);
    await pickByKeyboard(session, slot);
    await session.tabTo("#notes");
    await page.keyboard.type("Zajímá nás ceník.");
    await session.advanceClock();
    await session.tabTo("#submit");
    await session.press("Enter");
    const text = await confirmation(session);
    showsSlot(text, slot, lang);
    assert.ok(text.includes(`+420 ${phone}`), text);
    await session.inspect("confirmation");
  },

  async "as soon as possible, with a double click"(session, api) {
    const { page, lang } = session;
    await openForm(session);
    await fillIn(session);
    const sent = [];
    page.on("request", (request) => request.method() === "POST" && sent.push(request));
    await page.locator("#submit").dblclick();
    const text = await confirmation(session);
    assert.ok(text.toLowerCase().includes(TEXTS[lang].asap), text);
    assert.equal(sent.length, 1, "a double click sends two requests");
    const body = sent[0].postDataJSON();
    assert.deepEqual([body.intent, body.locale, body.form.honeypot, body.preference], ["sales", lang, "", { kind: "asap" }]);
    assert.match(body.notice.sha256, /^[0-9a-f]{64}$/);
    assert.match(sent[0].headers()["idempotency-key"], /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  },

  async "a full slot is disabled"(session, api) {
    const { page, lang } = session;
    const slot = await api.freeSlot(2);
    await api.fillUp(slot);
    await openForm(session);
    await page.locator("#day").selectOption(slot.date);
    const option = page.locator("#windows label", { has: page.locator(`input[value="${slot.slot_id}"]`) });
    assert.ok(await option.locator("input").isDisabled(), "a full slot can be selected");
    assert.ok((await textOf(option)).endsWith(TEXTS[lang].full));
    await session.inspect("form-full");
  },

  async "a slot that fills up before submission"(session, api) {
    const { page, lang } = session;
    session.expectStatus(409);
    const slot = await api.freeSlot();
    await openForm(session);
    const phone = await fillIn(session);
    await pick(page, slot);
    await api.fillUp(slot);
    await page.locator("#submit").click();
    await focusOn(page, "#problem");
    assert.ok((await textOf(page.locator("#problem"))).includes(TEXTS[lang].sorry));
    await page.waitForFunction((id) => document.querySelector(`#windows input[value="${id}"]`)?.disabled, slot.slot_id);
    assert.equal(await page.locator("#phone").inputValue(), phone, "the input was lost");
    await session.inspect("alternatives");
    await session.tabTo("#problem .choices button");
    const offered = await textOf(page.locator("#problem .choices button").first());
    await session.press("Enter");
    const text = await confirmation(session);
    for (const part of [/\d+\.? \p{L}+ \d{4}/u, /\d\d:\d\d/]) assert.ok(text.includes(part.exec(offered)[0]), `${offered} / ${text}`);
  },

  async "field errors"(session) {
    const { page, lang } = session;
    session.expectStatus(422);
    await openForm(session);
    await page.locator("#submit").click();
    await focusOn(page, "#problem");
    const summary = await textOf(page.locator("#problem"));
    for (const text of [TEXTS[lang].sorry, TEXTS[lang].nameMissing, TEXTS[lang].phoneMissing]) assert.ok(summary.includes(text), summary);
    await session.inspect("errors");

    // Errors that only the service detects.
    await fillIn(session, { phone: "12" });
    await page.locator("#notes").fill("Poznámka");
    await page.locator("#submit").click();
    await page.waitForFunction(() => document.querySelectorAll("#problem a").length === 1);
    await focusOn(page, "#problem");
    await page.locator('#phone[aria-invalid="true"]').waitFor();
    assert.equal(await page.locator('#full_name[aria-invalid="true"]').count(), 0, "the error is still shown after the correction");
    assert.equal(await textOf(page.locator("#phone-error")), await textOf(page.locator("#problem a")));
    assert.ok((await page.locator("#phone").getAttribute("aria-describedby")).includes("phone-error"));
    await session.tabTo("#problem a");
    await session.press("Enter");
    await focusOn(page, "#phone");
    assert.deepEqual([await page.locator("#phone").inputValue(), await page.locator("#notes").inputValue()], ["12", "Poznámka"]);
    await page.locator("#phone").fill(randomPhone());
    await page.locator("#submit").click();
    await confirmation(session);
  },

  async "a lost connection"(session) {
    const { page, lang } = session;
    await openForm(session);
    await fillIn(session);
    const keys = [];
    // The service receives the request, but the response is lost.
    await page.route("**/v1/callback-requests", async (route) => {
      keys.push([route.request().headers()["idempotency-key"], route.request().postData()]);
      const response = await route.fetch();
      if (keys.length === 1) await route.abort("connectionreset");
      else await route.fulfill({ response });
    });
    session.expectMessage(/ERR_CONNECTION_RESET/);
    await page.locator("#submit").click();
    await focusOn(page, "#problem");
    assert.ok((await textOf(page.locator("#problem"))).startsWith(TEXTS[lang].sorry));
    await session.inspect("no-connection");
    await page.locator("#submit").click();
    await confirmation(session);
    assert.deepEqual(keys[0], keys[1], "the retry differs from the first request");
  },

  async "an overloaded service"(session) {
    const { page, lang } = session;
    session.expectStatus(503, 429);
    const reject = (path, status, headers) =>
      page.route(path, (route) => route.fulfill({ status, headers, contentType: "application/problem+json", body: "{}" }), { times: 1 });
    await reject("**/v1/slots*", 503);
    await session.goto("/callback");
    await page.locator("#when-news button").click();
    await page.locator("#windows input").first().waitFor();
    assert.equal(await textOf(page.locator("#when-news")), "");

    const phone = await fillIn(session);
    await reject("**/v1/callback-requests", 429, { "Retry-After": "200" });
    await page.locator("#submit").click();
    await focusOn(page, "#problem");
    assert.match(await textOf(page.locator("#problem")), lang === "cs" ? /za 4 minuty/ : /in 4 minutes/);
    await reject("**/v1/callback-requests", 503);
    await page.locator("#submit").click();
    await page.waitForFunction(() => !/4 minut/.test(document.querySelector("#problem").textContent));
    await focusOn(page, "#problem");
    assert.ok((await textOf(page.locator("#problem"))).startsWith(TEXTS[lang].sorry));
    assert.equal(await page.locator("#phone").inputValue(), phone, "the input was lost");
    await page.locator("#submit").click();
    await confirmation(session);
  },

  async "technical support"(session) {
    const { page, lang } = session;
    await openForm(session);
    const slots = page.waitForResponse((response) => response.url().endsWith("/v1/slots?intent=technical_support"));
    await session.tabTo("#support");
    await session.press("Space");
    assert.equal(await textOf(page.locator("h1")), TEXTS[lang].support);
    // Support has slots of its own.
    assert.equal((await slots).status(), 200);
    await session.inspect("support");
    await fillIn(session);
    const request = page.waitForRequest((request) => request.method() === "POST");
    await page.locator("#submit").click();
    assert.equal((await request).postDataJSON().intent, "technical_support");
    await confirmation(session);
  },

  async "the honeypot field"(session) {
    const { page } = session;
    await openForm(session);
    const honeypot = page.locator("#website");
    const box = await honeypot.boundingBox();
    assert.ok(box.x + box.width < 0, "the hidden field is visible");
    assert.equal(await page.getByRole("textbox", { name: /web/i }).count(), 0, "the hidden field is exposed to screen readers");
    assert.deepEqual([await honeypot.getAttribute("tabindex"), await honeypot.getAttribute("autocomplete")], ["-1", "off"]);
  },
};

export async function checkLooks(session, api) {
  const { page } = session;
  await openForm(session);
  await session.inspect("form");
  await page.locator("#submit").click();
  await focusOn(page, "#problem");
  await session.inspect("errors");
  const slot = await api.freeSlot();
  await fillIn(session);
  await pick(page, slot);
  await session.inspect("form-filled");
  await page.locator("#submit").click();
  await confirmation(session);
  await session.inspect("confirmation");
}

// The link to the other language keeps the input; ?lang= takes precedence over the language of the browser.
export async function checkLanguages(session) {
  const { page } = session;
  await openForm(session);
  const phone = await fillIn(session);
  await page.locator("#support").check();
  await page.locator(".language[hreflang=en]").click();
  await page.waitForURL("**/callback?lang=en");
  await page.locator("#windows input").first().waitFor();
  assert.equal(await textOf(page.locator("h1")), TEXTS.en.support);
  assert.equal(await page.locator("#phone").inputValue(), phone);
  await page.reload();
  await page.locator("#windows input").first().waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.length), 0, "the input is still stored");
}

export async function checkWithoutScripts(session) {
  const { page } = session;
  for (const path of ["/callback", "/callback/manage"]) {
    await session.goto(path);
    await page.locator("noscript p", { hasText: "JavaScript" }).waitFor();
    for (const form of await page.locator("form").all()) assert.ok(await form.isHidden(), "a form that cannot be submitted is visible");
  }
}

// Visitors in another time zone see the time zone of the slots.
export async function checkOtherZone(session) {
  await openForm(session);
  assert.equal(await textOf(session.page.locator("#zone")), "Times are in Prague time.");
  await session.inspect("form-zone");
}
