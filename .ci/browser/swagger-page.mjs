// Swagger UI as its visitor sees it.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { textOf } from "./browser.mjs";

// Swagger UI takes its time to read a large document on a busy machine.
const PATIENCE_MS = 60_000;
// One operation with its example and its answer.
const PICTURED = ["create_project"];
// What a page shows when something is missing in the document.
const NONSENSE = /\bundefined\b|\[object \w+\]|\bNaN\b|could not resolve reference|unrecognized response type|no operations defined/i;

export class SwaggerPage {
  #session;
  #page;
  #pictures;
  #failures = [];
  // The tag that shows its operations.
  #open;
  // The secret address of an agent's calendar, which no document can show.
  #feed;

  constructor(session, pictures) {
    this.#session = session;
    this.#page = session.page;
    this.#pictures = pictures;
    session.context.setDefaultTimeout(PATIENCE_MS);
    session.context.on("requestfailed", (request) => this.#failures.push(`${request.url()}: ${request.failure()?.errorText}`));
    session.context.on("response", (response) => {
      if (response.status() >= 400) this.#failures.push(`${response.request().method()} ${response.url()}: ${response.status()}`);
    });
    if (pictures) mkdirSync(pictures, { recursive: true });
  }

  async open() {
    await this.#session.goto("/docs");
    await this.#page.locator(".opblock-tag-section").first().waitFor();
  }

  async checkTop({ info, tags }) {
    const page = this.#page;
    assert.ok((await textOf(page.locator(".info .title"))).startsWith(info.title), "the title is not shown");
    const headings = page.locator(".opblock-tag-section .opblock-tag");
    assert.deepEqual(await headings.evaluateAll((all) => all.map((one) => one.dataset.tag)), tags.map(({ name }) => name));
    for (const { name, description } of tags) {
      const text = await textOf(this.#heading(name));
      assert.ok(text.includes(description), `${name} is not described: ${text}`);
    }
    assert.equal(await page.locator(".opblock-tag-section .opblock").count(), 0, "tags are open from the start");
    assert.equal(await page.locator(".models").count(), 0, "all schemas are listed");
    await this.#checkLooks(page.locator("body"));
  }

  // As somebody who pastes the token.
  async authorize(token) {
    const page = this.#page;
    await page.locator(".auth-wrapper .authorize").click();
    const form = page.locator(".auth-container form").filter({ hasText: "Bearer" });
    await this.picture("authorize");
    await form.locator("input").fill(token);
    await form.getByRole("button", { name: "Apply credentials" }).click();
    await form.getByRole("button", { name: "Remove authorization" }).waitFor();
    await form.getByRole("button", { name: "Close" }).click();
    await page.locator(".auth-wrapper .authorize.locked").waitFor();
  }

  // Opens the tag and shuts the one that was open, so that the page stays quick.
  async expand(tag) {
    if (tag === this.#open) return;
    if (this.#open) await this.#heading(this.#open).click();
    await this.#heading(tag).click();
    await this.#section(tag).locator(".opblock").first().waitFor();
    this.#open = tag;
  }

  // Every operation in the order of the document, with a summary that can be read.
  async checkTag(tag, operations) {
    const shown = await this.#section(tag).locator(".opblock").evaluateAll((blocks) => blocks.map((block) => {
      const line = block.querySelector(".opblock-summary-description");
      const path = block.querySelector(".opblock-summary-path");
      return {
        id: block.id,
        summary: line?.checkVisibility() ? line.innerText.trim() : "",
        cut: [line, path].some((part) => part && part.scrollWidth > part.clientWidth + 1),
      };
    }));
    assert.deepEqual(shown, operations.map(({ id, summary }) => ({ id: `operations-${tag}-${id}`, summary, cut: false })));
    await this.#checkLooks(this.#section(tag));
  }

  // Opens the operation, presses Execute with what it shows, and shuts it again.
  async press(operation) {
    await this.expand(operation.tag);
    const block = this.#page.locator(`#operations-${operation.tag}-${operation.id}`);
    const summary = block.locator(".opblock-summary-control");
    await summary.click();
    try {
      await block.locator(".opblock-body .execute-wrapper").waitFor();
      await this.#checkLooks(block);
      if (operation.id === "get_agent_calendar") await this.#fillInFeed(block);
      await block.getByRole("button", { name: "Execute" }).click();
      const status = block.locator(".live-responses-table .response .response-col_status");
      const refusal = block.locator(".parameters .invalid, .validation-errors, textarea.invalid");
      await status.or(refusal).first().waitFor();
      if (await refusal.count()) assert.fail(`is not sent: ${await refusal.first().evaluate((element) => element.outerHTML)}`);
      const answer = await textOf(block.locator(".live-responses-table .response").first());
      assert.match(await textOf(status.first()), /^2\d\d$/, `answers ${answer.slice(0, 1000)}`);
      if (operation.id === "link_agent_calendar") this.#feed = /"path": "[^"]*\/([^/"]+)"/.exec(answer)?.[1];
      await this.#checkLooks(block);
      if (PICTURED.includes(operation.id)) await this.picture(`operation-${operation.id}`, block);
    } finally {
      await summary.click();
      await block.locator(".opblock-body").waitFor({ state: "hidden" });
    }
  }

  async #fillInFeed(block) {
    await block.locator('tr[data-param-name="feed"] input').fill(this.#feed ?? "");
  }

  async close() {
    assert.deepEqual(this.#failures, [], "requests fail");
    await this.#session.close();
  }

  async picture(name, target = this.#page) {
    if (this.#pictures) await target.screenshot({ path: `${this.#pictures}/${name}.png` });
  }

  pictureOfTag(tag) {
    return this.picture(`tag-${tag}`, this.#section(tag));
  }

  #heading(tag) {
    return this.#page.locator(`.opblock-tag[data-tag="${tag}"]`);
  }

  #section(tag) {
    return this.#page.locator(".opblock-tag-section").filter({ has: this.#heading(tag) });
  }

  // Nothing odd to read, no complaint of Swagger UI, and nothing beyond the right edge but what scrolls by itself.
  async #checkLooks(part) {
    const { text, wide } = await part.evaluate((element) => {
      const limit = document.documentElement.clientWidth;
      const scrolls = (one) => one && one !== element && (getComputedStyle(one).overflowX !== "visible" || scrolls(one.parentElement));
      const beyond = [...element.querySelectorAll("*")]
        .filter((one) => one.getBoundingClientRect().right > limit + 0.5 && !scrolls(one.parentElement))
        .map((one) => one.outerHTML.slice(0, 100));
      const page = document.documentElement.scrollWidth - limit;
      return { text: element.innerText, wide: page > 0 ? [`the page, by ${page} pixels`, ...beyond] : beyond };
    });
    const odd = NONSENSE.exec(text);
    if (odd) assert.fail(`shows "${text.slice(Math.max(0, odd.index - 80), odd.index + 80)}"`);
    assert.deepEqual(wide.slice(0, 5), [], "is wider than the screen");
    assert.equal(await this.#page.locator(".errors-wrapper").count(), 0, "Swagger UI reports errors in the document");
  }
}
