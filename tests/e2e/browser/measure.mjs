// Measures Swagger UI of a running service in headless Chromium: the time until the page shows, and until each operation
// is open. Fails above the limits.
//   BASE          address of a service, such as http://127.0.0.1:8080
//   OPERATIONS    how many operations to open, spread over the document (default: all)
//   DOCUMENT      a file to show instead of the document of the service, to try out another rendering (optional)
//   CHROMIUM      the browser (default /usr/bin/chromium)
import { readFileSync } from "node:fs";
import { Browser } from "./browser.mjs";

// On a fast machine, a page takes 1 s and an operation 0.3 s. A slow or busy machine must not fail.
const PAGE_LIMIT_MS = 6000;
const OPERATION_LIMIT_MS = 3000;

const { BASE, OPERATIONS, DOCUMENT } = process.env;
const base = BASE?.replace(/\/$/, "");
if (!base) {
  console.error("measure: BASE is not set; see the comment at the top of this file");
  process.exit(2);
}

const text = DOCUMENT ? readFileSync(DOCUMENT, "utf8") : await (await fetch(`${base}/docs/openapi.json`)).text();
const operations = Object.values(JSON.parse(text).paths)
  .flatMap((item) => Object.values(item))
  .map(({ operationId, tags: [tag] }) => ({ id: operationId, tag }));
const step = Math.max(1, Math.floor(operations.length / Number(OPERATIONS ?? operations.length)));
const selected = operations.filter((_, index) => index % step === 0);

const browser = await Browser.launch(base, process.env);
const failures = [];
try {
  const session = await browser.session({ lang: "en", screen: { name: "desktop", width: 1280, height: 900 }, clock: false });
  const { page } = session;
  if (DOCUMENT) await page.route("**/openapi.json", (route) => route.fulfill({ contentType: "application/json", body: text }));
  // Time of the main thread, which other processes on the machine do not change.
  const devtools = await session.context.newCDPSession(page);
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
  const busy = async () => {
    const { metrics } = await devtools.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration").value * 1000;
  };
  const start = performance.now();
  await page.goto(`${base}/docs/`);
  await page.locator(".opblock-tag-section").first().waitFor();
  const shown = performance.now() - start;
  console.log(`page: ${Math.round(shown)} ms (main thread ${Math.round(await busy())} ms), document: ${text.length} bytes`);
  if (shown > PAGE_LIMIT_MS) failures.push(`page: ${Math.round(shown)} ms`);

  const times = [];
  let open;
  for (const { id, tag } of selected) {
    if (tag !== open) {
      if (open) await page.locator(`.opblock-tag[data-tag="${open}"]`).click();
      await page.locator(`.opblock-tag[data-tag="${tag}"]`).click();
      open = tag;
    }
    // Swagger UI replaces spaces in ids.
    const block = page.locator(`[id="operations-${tag.replaceAll(" ", "_")}-${id}"]`);
    const summary = block.locator(".opblock-summary-control");
    await summary.waitFor();
    const before = await busy();
    // Measured in the page, from the click to the first frame after the responses are rendered.
    const time = await block.evaluate((element) => new Promise((done) => {
      const begin = performance.now();
      const ready = () => element.querySelector(".opblock-body .responses-inner .response");
      const finish = () => requestAnimationFrame(() => setTimeout(() => done(performance.now() - begin)));
      const observer = new MutationObserver(() => {
        if (ready()) {
          observer.disconnect();
          finish();
        }
      });
      observer.observe(element, { childList: true, subtree: true });
      element.querySelector(".opblock-summary-control").click();
    }));
    times.push({ id, time, thread: await busy() - before });
    if (time > OPERATION_LIMIT_MS) failures.push(`${id}: ${Math.round(time)} ms`);
    await summary.click();
  }
  times.sort((one, other) => one.time - other.time);
  const slowest = times.slice(-3).map(({ id, time }) => `${id} ${Math.round(time)} ms`);
  const thread = times.map((one) => one.thread).sort((one, other) => one - other);
  console.log(`${times.length} operations: median ${Math.round(times[times.length >> 1].time)} ms, slowest ${slowest.join(", ")}`);
  console.log(`main thread: median ${Math.round(thread[thread.length >> 1])} ms, slowest ${Math.round(thread.at(-1))} ms`);
} finally {
  await browser.close();
}
if (failures.length) {
  console.error(`measure: above the limits:\n${failures.join("\n")}`);
  process.exit(1);
}
