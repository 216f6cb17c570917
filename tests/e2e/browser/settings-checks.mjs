// Checks of the form with settings of a company: branded, in German, in a frame with the parameters of a campaign, with
// a consent to marketing, and with a page to go to afterwards.
import assert from "node:assert/strict";
import { randomPhone } from "./api.mjs";
import { focusOn, textOf } from "./browser.mjs";
import { TEXTS, confirmation, fillIn, openForm } from "./form-checks.mjs";
import { parentAt } from "./frames.mjs";

// A PNG image of 160 x 40 pixels.
const LOGO = "iVBORw0KGgoAAAANSUhEUgAAAKAAAAAoAQAAAABRV8w1AAAAGUlEQVR42mNg+I8FDkLBIeJMhtHwHJHhCQCxc46AYyQk/gAAAABJRU5ErkJggg==";
const CONSENT = "Ja, informieren Sie mich über Neuigkeiten & Angebote.\nIch kann das <jederzeit> widerrufen.";
const BRAND = {
  company_name: "Beispiel & Söhne <GmbH>",
  logo: { data: LOGO },
  accent_color: "#7a1f5c",
  email_field: "optional",
  company_field: "required",
  texts: [{
    locale: "de",
    heading_sales: "Wir rufen Sie zurück",
    lead: "Nennen Sie uns <b>Ihre Nummer</b> und eine Zeit.",
    submit: "Ruft mich an!",
    marketing_consent: CONSENT,
  }],
};
const THANK_YOU = "https://www.example.com/danke?von=formular";

const posted = (page) => page.waitForRequest((request) => request.method() === "POST" && request.url().endsWith("/v1/callback-requests"));

async function checkBrand(session) {
  const { page, dark } = session;
  await openForm(session);
  await session.checkSize("/callback, branded");
  assert.equal(await textOf(page.locator("h1")), BRAND.texts[0].heading_sales);
  assert.equal(await textOf(page.locator(".lead")), BRAND.texts[0].lead);
  assert.equal(await textOf(page.locator("#submit")), BRAND.texts[0].submit);
  assert.equal(await page.title(), `${BRAND.texts[0].heading_sales} – ${BRAND.company_name}`);
  const logo = page.getByRole("img", { name: BRAND.company_name });
  assert.equal(await logo.evaluate((image) => image.naturalWidth), 160);
  const color = await page.locator("#submit").evaluate((button) => getComputedStyle(button).backgroundColor);
  if (dark) assert.notEqual(color, "rgb(122, 31, 92)", "the dark scheme has the accent colour for light backgrounds");
  else assert.equal(color, "rgb(122, 31, 92)");
  assert.equal(await page.locator("main b").count(), 0, "a text became markup");
  await session.inspect("branded");
}

// The required field, the consent with its exact text, and its withdrawal.
async function checkConsent(session) {
  const { page } = session;
  await openForm(session);
  await fillIn(session);
  await page.locator("#submit").click();
  await focusOn(page, "#problem");
  assert.ok((await textOf(page.locator("#problem"))).includes("Geben Sie den Namen Ihrer Firma ein."));
  await session.inspect("branded-errors");
  await page.locator("#company").fill("Kunde AG");
  await page.locator("#email").fill("kunde@example.com");
  assert.ok(!await page.locator("#marketing").isChecked(), "the consent is given before it is asked for");
  await session.tabTo("#marketing");
  await session.press("Space");
  const request = posted(page);
  await page.locator("#submit").click();
  const body = (await request).postDataJSON();
  assert.deepEqual([body.company, body.email, body.locale], ["Kunde AG", "kunde@example.com", "de"]);
  assert.deepEqual(body.consents, [{ purpose: "marketing", wording: CONSENT }]);
  await confirmation(session);

  await page.locator("#manage").click();
  await page.locator("#consent").waitFor();
  assert.equal(await page.locator("#wording").textContent(), CONSENT);
  await session.inspect("manage-consent");
  const state = await textOf(page.locator("#state"));
  await session.tabTo("#withdraw");
  await session.press("Enter");
  await focusOn(page, "#news");
  assert.ok((await textOf(page.locator("#news"))).startsWith("Die Einwilligung ist widerrufen."));
  assert.ok(await page.locator("#consent").isHidden());
  await page.reload();
  await page.locator("#actions").waitFor();
  assert.ok(await page.locator("#consent").isHidden());
  assert.equal(await textOf(page.locator("#state")), state, "the call was cancelled with the consent");
}

async function checkCampaign(session) {
  const { page } = session;
  const parameters = "intent=technical_support&utm_source=newsletter&utm_medium=email&utm_campaign=fr%C3%BChling&utm_content=%00x";
  await session.goto(`/callback?${parameters}&gclid=secret`);
  await page.locator("#windows input").first().waitFor();
  assert.ok(await page.locator("#support").isChecked());
  assert.equal(await textOf(page.locator("h1")), TEXTS.de.support);
  await page.locator(".language[hreflang=en]").click();
  await page.waitForURL((url) => url.searchParams.get("lang") === "en" && url.searchParams.get("utm_source") === "newsletter");
  await page.locator("#windows input").first().waitFor();
  await fillIn(session);
  await page.locator("#company").fill("Customer Ltd");
  const request = posted(page);
  await page.locator("#submit").click();
  const { intent, source } = (await request).postDataJSON();
  assert.equal(intent, "technical_support");
  assert.deepEqual(source, {
    page: `${session.base}/callback`, campaign: "frühling", utm_source: "newsletter", utm_medium: "email", utm_campaign: "frühling", utm_content: "x",
  });
  await page.locator("#done h1").waitFor();
}

const EMBEDDING = (base) => `<script>
    window.messages = [];
    addEventListener("message", ({ data, origin }) => window.messages.push({ ...data, origin }));
  </script>
  <h1>A page of the company</h1>
  <script src="${base}/callback/embed.js" data-lang="de" async></script>`;

async function openEmbedded(session, origin, query) {
  const { page } = session;
  await page.goto(`${origin}/?${query}`);
  await page.locator("iframe").waitFor();
  const frame = page.frames().find((frame) => frame.parentFrame());
  await frame.locator("#windows input").first().waitFor();
  return frame;
}

async function submitEmbedded(session, frame) {
  await frame.locator("#full_name").fill("Alena Procházková");
  await frame.locator("#phone").fill(randomPhone());
  await frame.locator("#company").fill("Kunde AG");
  const request = posted(session.page);
  await frame.locator("#submit").click();
  await confirmation({ page: frame, lang: "de" });
  return (await request).postDataJSON();
}

async function checkEmbedded(session, origin) {
  const { page } = session;
  const frame = await openEmbedded(session, origin, "utm_source=search&utm_term=crm+deutschland&session=secret");
  const address = new URL(await page.locator("iframe").getAttribute("src"));
  assert.deepEqual([...address.searchParams].sort(), [["lang", "de"], ["utm_source", "search"], ["utm_term", "crm deutschland"]]);
  assert.equal(await page.locator("iframe").getAttribute("title"), "Rückrufformular");
  await page.waitForFunction(() => Number(document.querySelector("iframe").height) !== 900);
  await session.axe("frame", frame);
  assert.equal(await page.evaluate(() => window.messages.filter(({ type }) => type !== "entente:height").length), 0);

  const { source } = await submitEmbedded(session, frame);
  assert.deepEqual(source, { page: `${origin}/`, utm_source: "search", utm_term: "crm deutschland" });
  await page.waitForFunction(() => window.messages.some(({ type }) => type === "entente:submitted"));
  const messages = await page.evaluate(() => window.messages);
  assert.deepEqual(messages.filter(({ type }) => type !== "entente:height"), [{ type: "entente:submitted", intent: "sales", origin: session.base }]);
  for (const message of messages) assert.ok(Object.keys(message).every((key) => ["type", "height", "intent", "origin"].includes(key)), JSON.stringify(message));
  await session.browser.capture("embedded", page);
}

// The page of the company, which the test plays itself.
async function playThankYouPage(session) {
  const visits = [];
  session.origins.push(new URL(THANK_YOU).origin);
  await session.context.route(`${new URL(THANK_YOU).origin}/**`, (route) => {
    visits.push([route.request().url(), route.request().headers().referer]);
    return route.fulfill({ contentType: "text/html", body: "<!doctype html><title>Danke</title><link rel=icon href='data:,'>" });
  });
  return visits;
}

async function submitAndConfirm(session) {
  const { page } = session;
  await openForm(session);
  await fillIn(session);
  await page.locator("#company").fill("Kunde AG");
  await page.locator("#submit").click();
  return confirmation(session);
}

async function checkThankYou(session) {
  const { page } = session;
  const visits = await playThankYouPage(session);
  assert.ok((await submitAndConfirm(session)).includes("www.example.com"));
  await session.inspect("leaving");
  await session.tabTo("#stay");
  await session.press("Enter");
  await focusOn(page, "#manage");
  await session.advanceClock();
  assert.equal(new URL(page.url()).pathname, "/callback", "the visitor left, and wanted to stay");

  await submitAndConfirm(session);
  await session.advanceClock();
  await page.waitForURL(THANK_YOU);
  assert.deepEqual(visits, [[THANK_YOU, `${session.base}/`]], "the page of the company gets more than the origin of the form");
}

// The link leaves the frame.
async function checkThankYouFromFrame(session, origin) {
  await playThankYouPage(session);
  const frame = await openEmbedded(session, origin, "");
  await submitEmbedded(session, frame);
  await frame.locator("#continue").click();
  await session.page.waitForURL(THANK_YOU);
}

export async function checkSettings(api, port, screens, check) {
  const [desktop] = screens;
  await api.changeSettings(BRAND);
  for (const screen of screens) {
    for (const dark of [false, true]) await check("branded", { lang: "de", screen, dark }, checkBrand);
    await check("consent to marketing", { lang: "de", screen }, checkConsent);
  }
  await check("campaign", { lang: "de", screen: desktop }, checkCampaign);
  const embedded = (name, run) =>
    parentAt(port, EMBEDDING(api.base), (origin) =>
      check(name, { lang: "de", screen: desktop, origins: [origin] }, (session) => run(session, origin)));
  await embedded("embedded with one line", checkEmbedded);
  await api.changeSettings({ thank_you_url: THANK_YOU });
  await check("a page to go to afterwards", { lang: "de", screen: desktop }, checkThankYou);
  await embedded("a page to go to afterwards, from a frame", checkThankYouFromFrame);
}
