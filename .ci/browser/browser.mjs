// The browser, and sessions in it that notice whatever a visitor's console would complain about.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"];
const MAX_PAGE_BYTES = 50_000;
const PATIENCE_MS = 15_000;

export class Browser {
  // Bytes of each page with its files, uncompressed.
  sizes = new Map();
  #chromium;
  #base;
  #pictures;
  #last;

  static async launch(base, { SCREENSHOTS, CHROMIUM = "/usr/bin/chromium" }) {
    const browser = new Browser();
    browser.#base = base;
    browser.#pictures = SCREENSHOTS;
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
      locale: lang === "cs" ? "cs-CZ" : "en-GB",
      timezoneId: zone,
      viewport: { width: screen.width, height: screen.height },
      colorScheme: dark ? "dark" : "light",
      javaScriptEnabled: scripts,
      reducedMotion: "reduce",
    });
    context.setDefaultTimeout(PATIENCE_MS);
    this.#last = new Session(this, this.#base, context, options);
    await this.#last.open();
    return this.#last;
  }

  async capture(name, page = this.#last?.page) {
    if (this.#pictures && page && !page.isClosed()) await page.screenshot({ path: `${this.#pictures}/${name}.png`, fullPage: true });
  }

  close() {
    return this.#chromium.close();
  }
}

export class Session {
  page;
  #complaints = [];
  // Statuses of refusals that the check provokes.
  #expected = new Set();
  #awaited = [];
  #loaded = new Map();

  constructor(browser, base, context, { lang, screen, dark, origins = [], clock = true }) {
    Object.assign(this, { browser, base, context, lang, screen, dark, clock });
    this.origins = [new URL(base).origin, ...origins];
  }

  async open() {
    const { context } = this;
    this.page = await context.newPage();
    // Time can be moved on, so that nobody is taken for a program that fills in forms in no time.
    if (this.clock && !this.origins[1]) await this.page.clock.install();
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) => {
        console.error(`policy violated: ${event.violatedDirective} ${event.blockedURI}`);
      });
    });
    context.on("request", (request) => this.#inspectRequest(request));
    context.on("response", (response) => this.#measure(response));
    context.on("console", (message) => this.#inspectMessage(message));
    context.on("weberror", (error) => this.#complaints.push(String(error.error())));
  }

  // Go to a page of the service.
  async goto(path) {
    await this.page.goto(this.base + path);
  }

  expect(...statuses) {
    for (const status of statuses) this.#expected.add(status);
  }

  // A message of the console that the check provokes, at least `times` times.
  expectMessage(pattern, times = 1) {
    this.#awaited.push({ pattern, times });
  }

  #inspectRequest(request) {
    const { protocol, origin } = new URL(request.url());
    if (protocol.startsWith("http") && !this.origins.includes(origin)) this.#complaints.push(`asked elsewhere: ${request.url()}`);
  }

  #inspectMessage(message) {
    if (!["error", "warning"].includes(message.type())) return;
    const refusal = /the server responded with a status of (\d+)/.exec(message.text());
    if (refusal && this.#expected.has(Number(refusal[1]))) return;
    const awaited = this.#awaited.find(({ pattern }) => pattern.test(message.text()));
    if (awaited) awaited.times -= 1;
    else this.#complaints.push(`console: ${message.text()}`);
  }

  #measure(response) {
    const { pathname } = new URL(response.url());
    if (pathname.startsWith("/callback") && response.status() === 200) this.#loaded.set(pathname, response.body().catch(() => ""));
  }

  // How large the page is with all it has loaded; for a session that has visited one page only.
  async weigh(name) {
    let bytes = 0;
    for (const body of this.#loaded.values()) bytes += (await body).length;
    assert.ok(bytes > 5_000, `${name} has loaded only ${bytes} bytes`);
    assert.ok(bytes < MAX_PAGE_BYTES, `${name} weighs ${bytes} bytes`);
    this.browser.sizes.set(name, Math.max(bytes, this.browser.sizes.get(name) ?? 0));
  }

  // Accessible, no wider than the screen nor than 320 pixels; and a picture.
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

  async axe(name) {
    await this.page.evaluate(AXE);
    const { violations } = await this.page.evaluate(
      (values) => axe.run(document, { runOnly: { type: "tag", values }, rules: { "target-size": { enabled: true } } }),
      AXE_TAGS,
    );
    const found = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).join(" | ")}`);
    assert.deepEqual(found, [], `axe finds violations on ${name}`);
  }

  // Presses Tab until the element has the focus, as somebody without a mouse would; the focus must be seen.
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
      assert.ok(visible, `the focus is not to be seen at ${at}`);
      assert.ok(!at.includes("website"), "the focus comes to the hidden field");
      if (there) return;
    }
    assert.fail(`Tab does not lead to ${selector}`);
  }

  press(key) {
    return this.page.keyboard.press(key);
  }

  // As if the visitor had taken some time.
  async takeTime() {
    await this.page.clock.fastForward(20_000);
  }

  async close() {
    await this.context.close();
    assert.deepEqual(this.#complaints, [], "the browser complains");
    for (const { pattern, times } of this.#awaited) assert.ok(times <= 0, `the browser does not say ${pattern}`);
  }
}

// Visible text with plain spaces.
export async function textOf(locator) {
  return (await locator.innerText()).replace(/\s+/g, " ").trim();
}

// Waits until the element with the focus matches.
export async function focusOn(page, selector) {
  await page.waitForFunction((selector) => document.activeElement.matches(selector), selector);
}
