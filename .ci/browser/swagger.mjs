// Explores a running service in Swagger UI in real headless Chromium; tells of all that does not work, and then fails.
//   BASE          address of the service with the data of its demo, such as http://127.0.0.1:8080
//   TOKEN         what `entente token` printed
//   PRESS         which operations to try: `one` of each tag; `few`, the first of each tag with each method (default);
//                 `every` one, which takes many minutes, because Swagger UI needs seconds to open one
//   SCREENSHOTS   a folder for pictures of what was seen (optional)
//   CHROMIUM      the browser (default /usr/bin/chromium)
// Pressing changes the data: each run needs a fresh demo.
import assert from "node:assert/strict";
import { Browser } from "./browser.mjs";
import { SwaggerPage } from "./swagger-page.mjs";

const SCREEN = { name: "desktop", width: 1280, height: 900 };
const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

const { BASE, TOKEN, PRESS = "few" } = process.env;
const base = BASE?.replace(/\/$/, "");
if (!base || !TOKEN || !["one", "few", "every"].includes(PRESS)) {
  console.error("swagger: BASE or TOKEN is not set, or PRESS is unknown; see the head of this file");
  process.exit(2);
}

const response = await fetch(`${base}/openapi.json`).catch((error) => assert.fail(`no service at ${base}: ${error.cause ?? error}`));
const openapi = await response.json();
const tags = openapi.tags.map(({ name }) => name);
const operations = Object.entries(openapi.paths).flatMap(([path, item]) =>
  Object.entries(item)
    .filter(([method]) => METHODS.includes(method))
    .map(([method, { operationId, summary, tags: [tag] }]) => ({ id: operationId, tag, method, path, summary })));

// Tag after tag, as on the page; but first what only reads, and last what takes away what others are tried on. The secret
// of an agent's calendar has to be made before it can be read.
function inOrder(some) {
  const round = ({ id, method }) => {
    if (id === "get_agent_calendar") return 2;
    if (method === "get") return 0;
    return method === "delete" || id.startsWith("end_") ? 3 : 1;
  };
  const key = (operation) => round(operation) * tags.length + tags.indexOf(operation.tag);
  return [...some].sort((one, other) => key(one) - key(other));
}

function chosen() {
  if (PRESS === "every") return inOrder(operations);
  const few = tags.map((tag) => {
    // Needs a secret that another operation makes.
    const ofTag = operations.filter((operation) => operation.tag === tag && operation.id !== "get_agent_calendar");
    return ["post", "put", "patch", "get"].map((wanted) => ofTag.find(({ method }) => method === wanted)).filter(Boolean);
  });
  return PRESS === "one" ? few.map(([first]) => first) : few.flat();
}

const faults = [];

// attempt NAME: whatever it finds is told of, and the next is attempted.
async function attempt(name, run) {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof assert.AssertionError) && error.name !== "TimeoutError") throw error;
    faults.push(`${name}: ${error.message}`);
    console.error(`--  ${name}: ${error.message}`);
    await browser.capture(`failure-${faults.length}`);
  }
}

const started = Date.now();
const seconds = () => Math.round((Date.now() - started) / 1000);
const browser = await Browser.launch(base, process.env);
try {
  const session = await browser.session({ lang: "en", screen: SCREEN, clock: false });
  const page = new SwaggerPage(session, process.env.SCREENSHOTS);
  await page.open();
  console.log(`ok  open, ${seconds()} s`);
  await attempt("the top", () => page.checkTop(openapi));
  await page.picture("top");
  await page.authorize(TOKEN);
  console.log("ok  authorize");

  for (const tag of tags) {
    await attempt(tag, async () => {
      await page.expand(tag);
      await page.checkTag(tag, operations.filter((operation) => operation.tag === tag));
      await page.pictureOfTag(tag);
    });
  }
  console.log(`ok  ${tags.length} tags, ${seconds()} s`);

  const pressed = chosen();
  for (const operation of pressed) await attempt(operation.id, () => page.press(operation));
  console.log(`ok  ${pressed.length} operations pressed, ${seconds()} s`);
  await attempt("the browser", () => page.close());
} finally {
  await browser.close();
}
if (faults.length) {
  console.error(`swagger: FAILED, ${faults.length} faults in ${seconds()} s:\n${faults.join("\n")}`);
  process.exit(1);
}
console.log(`swagger: all passed in ${seconds()} s`);
