// Checks of the form in a frame on a page of another origin.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { TEXTS, confirmation } from "./form-checks.mjs";
import { randomPhone } from "./api.mjs";

// Serves a page at its own origin.
export async function parentAt(port, content, run) {
  const server = createServer((request, response) => {
    const target = new URL(request.url, "http://parent").searchParams.get("show") ?? "about:blank";
    response.setHeader("Content-Type", "text/html; charset=utf-8");
    const body = content.replace("TARGET", target.replaceAll("&", "&amp;").replaceAll('"', "&quot;"));
    response.end(`<!doctype html><html lang="en"><title>Parent</title><link rel="icon" href="data:,"><main>${body}</main></html>`);
  });
  await new Promise((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  try {
    await run(`http://127.0.0.1:${port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

// Only the frame; records the height that the form reports.
const FRAME = `<script>addEventListener("message", ({ data }) => { if (data.type === "entente:height") window.reportedHeight = data.height; });</script>
  <iframe src="TARGET" title="Callback" width="400" height="700"></iframe>`;

export async function checkFrames(port, check) {
  await parentAt(port, FRAME, (origin) => check("in a frame on an allowed origin", { origins: [origin] }, (session) => allowed(session, origin)));
  await parentAt(port + 1, FRAME, (origin) => check("in a frame on another origin", { origins: [origin] }, (session) => rejected(session, origin)));
}

function show(session, origin, path) {
  return session.page.goto(`${origin}/?show=${encodeURIComponent(session.base + path)}`);
}

async function allowed(session, origin) {
  const { page } = session;
  await show(session, origin, "/callback");
  const frame = page.frames().find((frame) => frame.parentFrame());
  await frame.locator("#windows input").first().waitFor();
  await page.waitForFunction(() => window.reportedHeight > 300);
  await frame.locator("#full_name").fill("Alena Procházková");
  await frame.locator("#phone").fill(randomPhone());
  const request = page.waitForRequest((request) => request.method() === "POST");
  await frame.locator("#submit").click();
  assert.equal((await request).postDataJSON().source.page, `${origin}/`, "the request does not name the page that embeds the form");
  await confirmation({ page: frame, lang: session.lang });
  await session.browser.capture("frame", page);
  await frame.locator("#manage").click();
  await frame.locator("#receipt").waitFor();
}

async function rejected(session, origin) {
  const { page } = session;
  session.expectMessage(/frame-ancestors/, 2);
  for (const path of ["/callback", "/callback/manage"]) {
    await show(session, origin, path);
    const frame = page.frames().find((frame) => frame.parentFrame());
    await frame.waitForURL("chrome-error://**");
    assert.equal(await frame.getByText(TEXTS[session.lang].sales).count(), 0);
  }
}
