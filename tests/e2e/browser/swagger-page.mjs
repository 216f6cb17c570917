// The page of Swagger UI.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { textOf } from "./browser.mjs";

// Swagger UI needs long to render a large document on a busy machine.
const TIMEOUT_MS = 60_000;
// Operations of which a screenshot is taken.
const SCREENSHOT_OPERATIONS = ["create_project"];
// Text that Swagger UI shows when something is missing in the document.
const RENDERING_ERROR = /\bundefined\b|\[object \w+\]|\bNaN\b|could not resolve reference|unrecognized response type|no operations defined/i;

export class SwaggerPage {
  #session;
  #page;
  #screenshots;
  #failures = [];
  // The tag that is expanded.
  #open;
  // The secret of a calendar feed, which the document cannot contain.
  #feed;

  constructor(session, screenshots) {
    this.#session = session;
    this.#page = session.page;
    this.#screenshots = screenshots;
    session.context.setDefaultTimeout(TIMEOUT_MS);
    session.context.on("requestfailed", (request) => this.#failures.push(`${request.url()}: ${request.failure()?.errorText}`));
    session.context.on("response", (response) => {
      if (response.status() >= 400) this.#failures.push(`${response.request().method()} ${response.url()}: ${response.status()}`);
    });
    if (screenshots) mkdirSync(screenshots, { recursive: true });
  }

  // The session fails for a violation of the content security policy.
  async open() {
    await this.#session.goto("/docs");
    await this.#page.locator(".opblock-tag-section").first().waitFor();
  }

  async checkTop({ info, tags }) {
    const page = this.#page;
    assert.ok((await textOf(page.locator(".info .title"))).startsWith(info.title), "the title is missing");
    const headings = page.locator(".opblock-tag-section .opblock-tag");
    assert.deepEqual(await headings.evaluateAll((all) => all.map((one) => one.dataset.tag)), tags.map(({ name }) => name));
    for (const { name, description } of tags) {
      const text = await textOf(this.#heading(name));
      assert.ok(text.includes(description), `the description of ${name} is missing: ${text}`);
    }
    assert.equal(await page.locator(".opblock-tag-section .opblock").count(), 0, "tags are expanded initially");
    assert.equal(await page.locator(".models").count(), 0, "the list of schemas is shown");
    await this.#checkRendering(page.locator("body"));
  }

  async authorize(token) {
    const page = this.#page;
    await page.locator(".auth-wrapper .authorize").click();
    const form = page.locator(".auth-container form").filter({ hasText: "Bearer" });
    await this.screenshot("authorize");
    await form.locator("input").fill(token);
    await form.getByRole("button", { name: "Apply credentials" }).click();
    await form.getByRole("button", { name: "Remove authorization" }).waitFor();
    await form.getByRole("button", { name: "Close" }).click();
    await page.locator(".auth-wrapper .authorize.locked").waitFor();
  }

  // Checks that the token is in memory only: the pages of the callback form have the same origin and could read it
  // everywhere else. A reload discards it.
  async checkTokenIsNotStored(token) {
    const stored = await this.#page.evaluate(async () => JSON.stringify([
      { ...localStorage }, { ...sessionStorage }, await indexedDB.databases(), await caches.keys(),
    ]));
    assert.equal(stored, "[{},{},[],[]]", "Swagger UI stores data");
    assert.deepEqual(await this.#session.context.cookies(), [], "Swagger UI sets cookies");
    assert.ok(!this.#page.url().includes(token), "the token is in the address");
    await this.#page.reload();
    await this.#page.locator(".auth-wrapper .authorize.unlocked").waitFor();
    await this.#page.locator(".opblock-tag-section").first().waitFor();
  }

  // Expands the tag and collapses the previous one, which keeps the page fast.
  async expand(tag) {
    if (tag === this.#open) return;
    if (this.#open) await this.#heading(this.#open).click();
    await this.#heading(tag).click();
    await this.#section(tag).locator(".opblock").first().waitFor();
    this.#open = tag;
  }

  // Checks that every operation is listed in the order of the document, with a readable summary.
  async checkTag(tag, operations) {
    const shown = await this.#section(tag).locator(".opblock").evaluateAll((blocks) => blocks.map((block) => {
      const line = block.querySelector(".opblock-summary-description");
      const path = block.querySelector(".opblock-summary-path");
      return {
        id: block.id,
        summary: line?.checkVisibility() ? line.innerText.trim() : "",
        truncated: [line, path].some((part) => part && part.scrollWidth > part.clientWidth + 1),
      };
    }));
    assert.deepEqual(shown, operations.map(({ id, summary }) => ({ id: `operations-${tag.replaceAll(" ", "_")}-${id}`, summary, truncated: false })));
    await this.#checkRendering(this.#section(tag));
  }

  // Executes the operation with its example, which must succeed.
  async execute(operation) {
    await this.expand(operation.tag);
    const block = this.#page.locator(`#operations-${operation.tag.replaceAll(" ", "_")}-${operation.id}`);
    const summary = block.locator(".opblock-summary-control");
    await summary.click();
    try {
      await block.locator(".opblock-body .execute-wrapper").waitFor();
      await this.#checkRendering(block);
      if (operation.id === "get_agent_calendar") await this.#fillInFeed(block);
      await block.getByRole("button", { name: "Execute" }).click();
      const status = block.locator(".live-responses-table .response .response-col_status");
      const invalid = block.locator(".parameters .invalid, .validation-errors, textarea.invalid");
      await status.or(invalid).first().waitFor();
      if (await invalid.count()) assert.fail(`is not sent: ${await invalid.first().evaluate((element) => element.outerHTML)}`);
      const response = await textOf(block.locator(".live-responses-table .response").first());
      assert.match(await textOf(status.first()), /^2\d\d$/, `returns ${response.slice(0, 1000)}`);
      if (operation.id === "create_agent_calendar_link") this.#feed = /"path": "[^"]*\/([^/"]+)"/.exec(response)?.[1];
      await this.#checkRendering(block);
      if (SCREENSHOT_OPERATIONS.includes(operation.id)) await this.screenshot(`operation-${operation.id}`, block);
    } finally {
      await summary.click();
      await block.locator(".opblock-body").waitFor({ state: "hidden" });
    }
  }

  async #fillInFeed(block) {
    await block.locator('tr[data-param-name="feed"] input').fill(this.#feed ?? "");
  }

  async close() {
    assert.deepEqual(this.#failures, [], "failed requests");
    await this.#session.close();
  }

  async screenshot(name, target = this.#page) {
    if (this.#screenshots) await target.screenshot({ path: `${this.#screenshots}/${name}.png` });
  }

  screenshotOfTag(tag) {
    return this.screenshot(`tag-${tag}`, this.#section(tag));
  }

  #heading(tag) {
    return this.#page.locator(`.opblock-tag[data-tag="${tag}"]`);
  }

  #section(tag) {
    return this.#page.locator(".opblock-tag-section").filter({ has: this.#heading(tag) });
  }

  // Checks for rendering errors, errors that Swagger UI reports, and content beyond the right edge that does not scroll.
  async #checkRendering(part) {
    const { text, wide } = await part.evaluate((element) => {
      const limit = document.documentElement.clientWidth;
      const scrolls = (one) => one && one !== element && (getComputedStyle(one).overflowX !== "visible" || scrolls(one.parentElement));
      const beyond = [...element.querySelectorAll("*")]
        .filter((one) => one.getBoundingClientRect().right > limit + 0.5 && !scrolls(one.parentElement))
        .map((one) => one.outerHTML.slice(0, 100));
      const page = document.documentElement.scrollWidth - limit;
      return { text: element.innerText, wide: page > 0 ? [`the page, by ${page} pixels`, ...beyond] : beyond };
    });
    const error = RENDERING_ERROR.exec(text);
    if (error) assert.fail(`shows "${text.slice(Math.max(0, error.index - 80), error.index + 80)}"`);
    assert.deepEqual(wide.slice(0, 5), [], "content is wider than the screen");
    assert.equal(await this.#page.locator(".errors-wrapper").count(), 0, "Swagger UI reports errors in the document");
  }
}
