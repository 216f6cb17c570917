// Launches the browser; its sessions record console messages, failed requests and page errors.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"];
const MAX_PAGE_BYTES = 50_000;
const TIMEOUT_MS = 15_000;
const LOCALES = { cs: "cs-CZ", de: "de-DE", en: "en-GB" };

export class Browser {
  // Uncompressed size of each page with its files, in bytes.
  sizes = new Map();
  #chromium;
  #base;
  #screenshots;
  #lastSession;

  static async launch(base, { SCREENSHOTS, CHROMIUM = "/usr/bin/chromium" }) {
    const browser = new Browser();
    browser.#base = base;
    browser.#screenshots = SCREENSHOTS;
    if (SCREENSHOTS) mkdirSync(SCREENSHOTS, { recursive: true });
    browser.#chromium = await chromium.launch({
      executablePath: CHROMIUM,
      args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
        "--disable-background-networking", "--disable-component-update"],
    });
    return browser;
  }

  async session(options) {
    const { lang, screen, dark = false, scripts = true, zone = "Europe/Prague" } = options;
    const context = await this.#chromium.newContext({
      locale: LOCALES[lang],
      timezoneId: zone,
      viewport: { width: screen.width, height: screen.height },
      colorScheme: dark ? "dark" : "light",
      javaScriptEnabled: scripts,
      reducedMotion: "reduce",
    });
    context.setDefaultTimeout(TIMEOUT_MS);
    this.#lastSession = new Session(this, this.#base, context, options);
    await this.#lastSession.open();
    return this.#lastSession;
  }

  async capture(name, page = this.#lastSession?.page) {
    if (this.#screenshots && page && !page.isClosed()) await page.screenshot({ path: `${this.#screenshots}/${name}.png`, fullPage: true });
  }

  close() {
    return this.#chromium.close();
  }
}

export class Session {
  page;
  #problems = [];
  // Error statuses that the test expects.
  #expectedStatuses = new Set();
  #expectedMessages = [];
  #loaded = new Map();

  constructor(browser, base, context, { lang, screen, dark, origins = [], clock = true }) {
    Object.assign(this, { browser, base, context, lang, screen, dark, clock });
    this.origins = [new URL(base).origin, ...origins];
  }

  async open() {
    const { context } = this;
    this.page = await context.newPage();
    // A fake clock, because the service treats forms that are filled in too fast as spam.
    if (this.clock && !this.origins[1]) await this.page.clock.install();
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) => {
        console.error(`policy violated: ${event.violatedDirective} ${event.blockedURI}`);
      });
    });
    context.on("request", (request) => this.#inspectRequest(request));
    context.on("response", (response) => this.#measure(response));
    context.on("console", (message) => this.#inspectMessage(message));
    context.on("weberror", (error) => this.#problems.push(String(error.error())));
  }

  // Opens a page of the service.
  async goto(path) {
    await this.page.goto(this.base + path);
  }

  expectStatus(...statuses) {
    for (const status of statuses) this.#expectedStatuses.add(status);
  }

  // Expects a console message at least `times` times.
  expectMessage(pattern, times = 1) {
    this.#expectedMessages.push({ pattern, times });
  }

  #inspectRequest(request) {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith("http") && !this.origins.includes(origin)) this.#problems.push(`request to another origin: ${request.url()}`);
  }

  #inspectMessage(message) {
    if (!["error", "warning"].includes(message.type())) return;
    const failure = /the server responded with a status of (\d+)/.exec(message.text());
    if (failure && this.#expectedStatuses.has(Number(failure[1]))) return;
    const expected = this.#expectedMessages.find(({ pattern }) => pattern.test(message.text()));
    if (expected) expected.times -= 1;
    else this.#problems.push(`console: ${message.text()}`);
  }

  #measure(response) {
    const { pathname } = new URL(response.url());
    if (pathname.startsWith("/callback") && response.status() === 200) this.#loaded.set(pathname, response.body().catch(() => ""));
  }

  // Checks the size of the page with everything it loaded. For sessions that have opened one page only.
  async checkSize(name) {
    let bytes = 0;
    for (const body of this.#loaded.values()) bytes += (await body).length;
    assert.ok(bytes > 5_000, `${name} loaded only ${bytes} bytes`);
    assert.ok(bytes < MAX_PAGE_BYTES, `${name} loaded ${bytes} bytes, more than ${MAX_PAGE_BYTES}`);
    this.browser.sizes.set(name, Math.max(bytes, this.browser.sizes.get(name) ?? 0));
  }

  // Checks accessibility and that the page fits on the screen and into 320 pixels; takes a screenshot.
  async inspect(name) {
    const { page, screen } = this;
    await this.axe(name);
    await this.browser.capture([name, this.lang, screen.name, this.dark && "dark"].filter(Boolean).join("-"), page);
    for (const width of [screen.width, 320]) {
      await page.setViewportSize({ width, height: screen.height });
      const overflow = await page.evaluate(() => {
        const limit = document.documentElement.clientWidth;
        const wide = [...document.querySelectorAll("main *:not(.beyond, .beyond *, .unseen)")]
          .filter((element) => element.getBoundingClientRect().right > limit + 0.5);
        return [document.documentElement.scrollWidth - limit, ...wide.map((element) => element.outerHTML.slice(0, 80))];
      });
      assert.deepEqual(overflow, [0], `${name} is wider than ${width} pixels`);
    }
    await page.setViewportSize({ width: screen.width, height: screen.height });
  }

  async axe(name, page = this.page) {
    await page.evaluate(AXE);
    const { violations } = await page.evaluate(
      (values) => axe.run(document, { runOnly: { type: "tag", values }, rules: { "target-size": { enabled: true } } }),
      AXE_TAGS,
    );
    const found = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).join(" | ")}`);
    assert.deepEqual(found, [], `accessibility violations on ${name}`);
  }

  // Presses the Tab key until the element has the focus, which must always be visible.
  async tabTo(selector) {
    for (let presses = 0; presses < 40; presses += 1) {
      await this.page.keyboard.press("Tab");
      const { there, visible, at } = await this.page.evaluate((selector) => {
        const active = document.activeElement;
        const marked = [active, active.closest(".option")].filter(Boolean).map((element) => getComputedStyle(element));
        return {
          there: active.matches(selector),
          visible: active === document.body || marked.some((style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2),
          at: active.outerHTML.slice(0, 100),
        };
      }, selector);
      assert.ok(visible, `the focus is not visible at ${at}`);
      assert.ok(!at.includes("website"), "the hidden field can be focused");
      if (there) return;
    }
    assert.fail(`the Tab key does not reach ${selector}`);
  }

  press(key) {
    return this.page.keyboard.press(key);
  }

  // Advances the clock, as if the visitor had needed that long.
  async advanceClock() {
    await this.page.clock.fastForward(20_000);
  }

  async close() {
    await this.context.close();
    assert.deepEqual(this.#problems, [], "problems in the browser");
    for (const { pattern, times } of this.#expectedMessages) assert.ok(times <= 0, `missing console message ${pattern}`);
  }
}

// Returns the visible text, with whitespace collapsed.
export async function textOf(locator) {
  return (await locator.innerText()).replace(/\s+/g, " ").trim();
}

// Waits until the element with the focus matches.
export async function focusOn(page, selector) {
  await page.waitForFunction((selector) => document.activeElement.matches(selector), selector);
}
