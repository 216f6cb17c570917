// Checks of the page on which a visitor manages the request.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { focusOn, textOf } from "./browser.mjs";
import { TEXTS, confirmation, fillIn, openForm, pick, pickByKeyboard, showsSlot } from "./form-checks.mjs";

const ANSWERED = { cs: "Děkujeme za odpověď.", en: "Thank you for your answer." };
const STATES = {
  cs: { scheduled: "Hovor je domluven", cancelled: "Žádost je zrušena" },
  en: { scheduled: "The call is scheduled", cancelled: "The request is cancelled" },
};

// Submits the form and follows the link to the page.
async function openManagePage(session, slot) {
  const { page } = session;
  await openForm(session);
  await fillIn(session);
  await pick(page, slot);
  await page.locator("#submit").click();
  await confirmation(session);
  await page.locator("#manage").click();
  await page.locator("#receipt").waitFor();
}

export const checks = {
  async "manage: show, move, cancel"(session, api) {
    const { page, lang } = session;
    const slot = await api.freeSlot();
    await openManagePage(session, slot);
    assert.equal(new URL(page.url()).hash, "", "the secret is still in the address bar");
    assert.equal(await textOf(page.locator("#state")), STATES[lang].scheduled);
    showsSlot(await textOf(page.locator("#promise-time")), slot, lang);
    await session.inspect("manage");
    await page.reload();
    await page.locator("#actions").waitFor();

    const before = await api.remainingCapacity(slot.slot_id);
    const other = await anotherSlot(api, slot);
    await session.tabTo("#change");
    await session.press("Enter");
    await page.locator("#windows input").first().waitFor();
    await session.inspect("manage-change");
    await pickByKeyboard(session, other);
    await session.tabTo("#change-confirm");
    await session.press("Enter");
    await focusOn(page, "#news");
    showsSlot(await textOf(page.locator("#news")), other, lang);
    showsSlot(await textOf(page.locator("#promise-time")), other, lang);
    assert.equal(await api.remainingCapacity(slot.slot_id), before + 1, "the capacity of the first slot was not released");
    await session.inspect("manage-moved");

    await session.tabTo("#cancel");
    await session.press("Enter");
    await focusOn(page, "#question-heading");
    await session.inspect("manage-question");
    await session.tabTo("#cancel-no");
    await session.press("Enter");
    await focusOn(page, "#cancel");
    assert.equal(await textOf(page.locator("#state")), STATES[lang].scheduled);
    await session.press("Enter");
    await session.tabTo("#cancel-yes");
    await session.press("Enter");
    await page.waitForFunction((text) => document.querySelector("#state").textContent.replaceAll("\u00a0", " ") === text, STATES[lang].cancelled);
    await focusOn(page, "#news");
    await session.inspect("manage-cancelled");
    assert.equal(await page.evaluate(() => sessionStorage.length), 0, "the secret of a cancelled request is still stored");
    await page.locator("#again a").click();
    await page.waitForURL(`**/callback?lang=${lang}`);
  },

  async "manage: the call in a calendar"(session, api) {
    const { page } = session;
    const slot = await api.freeSlot();
    await openManagePage(session, slot);
    const saved = page.waitForEvent("download");
    await session.tabTo("#calendar");
    await session.press("Enter");
    const download = await saved;
    assert.equal(download.suggestedFilename(), "callback.ics");
    // Long lines are folded.
    const text = (await readFile(await download.path(), "utf8")).replaceAll("\r\n ", "");
    const start = new Date(slot.starts_at).toISOString().replaceAll(/[-:]|\.000/g, "");
    assert.ok(text.includes(`DTSTART:${start}`), text);
    const link = /^URL:(.*)$/m.exec(text)?.[1].trim();
    await page.goto("about:blank");
    await page.goto(link);
    await page.locator("#actions").waitFor();
  },

  // The promised time cannot pass during the test, so the responses say that it has.
  async "manage: feedback after the promised time"(session, api) {
    const { page, lang } = session;
    await page.route("**/v1/callback-requests/*/receipt", async (route) => {
      const response = await route.fetch();
      const json = { ...(await response.json()), state: "completed", can_change: false, can_give_feedback: true };
      await route.fulfill({ response, json });
    });
    const answers = [];
    await page.route("**/v1/callback-requests/*/feedback", async (route) => {
      const { called_on_time } = route.request().postDataJSON();
      answers.push(called_on_time);
      assert.ok(route.request().headers()["manage-token"]);
      await route.fulfill({ json: { id: "cbr_01kdvdna00e008000000000001", called_on_time } });
    });
    await openManagePage(session, await api.freeSlot());
    await page.locator("#feedback").waitFor();
    await session.inspect("manage-feedback");
    // The answer can also be given after a reload.
    await page.reload();
    await session.tabTo("#feedback-no");
    await session.press("Enter");
    await focusOn(page, "#news");
    assert.equal(await textOf(page.locator("#news")), ANSWERED[lang]);
    assert.ok(await page.locator("#feedback").isHidden());
    assert.deepEqual(answers, [false]);
    assert.equal(await page.evaluate(() => sessionStorage.length), 0, "the secret is still stored");
    await session.inspect("manage-answered");
  },

  async "manage: a slot that fills up before submission"(session, api) {
    const { page, lang } = session;
    session.expectStatus(409);
    const [slot, wanted] = [await api.freeSlot(), await api.freeSlot()];
    if (slot.slot_id === wanted.slot_id) Object.assign(wanted, await anotherSlot(api, slot));
    await openManagePage(session, slot);
    await page.locator("#change").click();
    await pick(page, wanted);
    await api.fillUp(wanted);
    await page.locator("#change-confirm").click();
    await focusOn(page, "#problem");
    assert.ok((await textOf(page.locator("#problem"))).includes(TEXTS[lang].sorry));
    await session.inspect("manage-alternatives");
    const offered = await textOf(page.locator("#problem .choices button").first());
    await page.locator("#problem .choices button").first().click();
    await focusOn(page, "#news");
    assert.ok((await textOf(page.locator("#promise-time"))).includes(offered), `the request was not moved to ${offered}`);
  },

  async "manage: a wrong or incomplete link"(session, api) {
    const { page, lang } = session;
    session.expectStatus(404);
    const { id } = await api.requestCallback({ kind: "asap" }, lang);
    // Without a fragment first, because the size is measured on the first page of a session.
    for (const fragment of ["", `#id=${id}&token=${"A".repeat(43)}`, "#id=nonsense&token=x%20y", `#id=${id}`]) {
      await session.goto("/callback/manage");
      if (fragment) {
        await page.goto("about:blank");
        await session.goto(`/callback/manage${fragment}`);
      } else {
        await session.checkSize("/callback/manage");
      }
      await focusOn(page, "#problem");
      assert.ok((await textOf(page.locator("#problem h2"))).startsWith(TEXTS[lang].sorry));
      assert.ok(await page.locator("#actions").isHidden());
      await page.locator("#again a").waitFor();
    }
    await session.inspect("manage-unknown");
  },
};

async function anotherSlot(api, slot) {
  for (;;) {
    const other = await api.freeSlot();
    if (other.slot_id !== slot.slot_id) return other;
  }
}
