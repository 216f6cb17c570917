// Tests Swagger UI of a running service in headless Chromium; reports all failures at the end. Usually run by the
// script `swagger` in this folder.
//   BASE          address of a service with the demo data, such as http://127.0.0.1:8080
//   TOKEN         the output of `entente token`
//   EXECUTE       which operations to execute: `one` of each tag; `few`, the first of each tag with each method (default);
//                 or `every` operation, which takes minutes
//   SCREENSHOTS   a folder for screenshots (optional)
//   CHROMIUM      the browser (default /usr/bin/chromium)
// Operations change the data, so each run needs a new demo.
import assert from "node:assert/strict";
import { Browser } from "./browser.mjs";
import { SwaggerPage } from "./swagger-page.mjs";

const SCREEN = { name: "desktop", width: 1280, height: 900 };
const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

const { BASE, TOKEN, EXECUTE = "few" } = process.env;
const base = BASE?.replace(/\/$/, "");
if (!base || !TOKEN || !["one", "few", "every"].includes(EXECUTE)) {
  console.error("swagger: BASE or TOKEN is not set, or EXECUTE is invalid; see the comment at the top of this file");
  process.exit(2);
}

const response = await fetch(`${base}/docs/openapi.json`).catch((error) => assert.fail(`cannot reach ${base}: ${error.cause ?? error}`));
const openapi = await response.json();
const tags = openapi.tags.map(({ name }) => name);
const operations = Object.entries(openapi.paths).flatMap(([path, item]) =>
  Object.entries(item)
    .filter(([method]) => METHODS.includes(method))
    .map(([method, { operationId, summary, tags: [tag] }]) => ({ id: operationId, tag, method, path, summary })));

// Sorts by tag, as on the page, but reads come first, and operations that remove resources come last. The secret of an
// agent's calendar must be created before the calendar can be read.
function inOrder(some) {
  const round = ({ id, method }) => {
    if (id === "get_agent_calendar") return 2;
    if (method === "get") return 0;
    return method === "delete" || id.startsWith("end_") ? 3 : 1;
  };
  const key = (operation) => round(operation) * tags.length + tags.indexOf(operation.tag);
  return [...some].sort((one, other) => key(one) - key(other));
}

function selectOperations() {
  // Only a visitor can execute submit_callback_feedback, after the promised time.
  const executable = operations.filter(({ id }) => id !== "submit_callback_feedback");
  if (EXECUTE === "every") return inOrder(executable);
  const few = tags.map((tag) => {
    // get_agent_calendar needs a secret that another operation creates.
    const ofTag = executable.filter((operation) => operation.tag === tag && operation.id !== "get_agent_calendar");
    return ["post", "put", "patch", "get"].map((wanted) => ofTag.find(({ method }) => method === wanted)).filter(Boolean);
  });
  return EXECUTE === "one" ? few.map(([first]) => first) : few.flat();
}

const failures = [];

// Runs a check and records its failure, so that the next check still runs.
async function attempt(name, run) {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof assert.AssertionError) && error.name !== "TimeoutError") throw error;
    failures.push(`${name}: ${error.message}`);
    console.error(`--  ${name}: ${error.message}`);
    await browser.capture(`failure-${failures.length}`);
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
  await page.screenshot("top");
  await page.authorize(TOKEN);
  await attempt("the token", () => page.checkTokenIsNotStored(TOKEN));
  await page.authorize(TOKEN);
  console.log("ok  authorize");

  for (const tag of tags) {
    await attempt(tag, async () => {
      await page.expand(tag);
      await page.checkTag(tag, operations.filter((operation) => operation.tag === tag));
      await page.screenshotOfTag(tag);
    });
  }
  console.log(`ok  ${tags.length} tags, ${seconds()} s`);

  const executed = selectOperations();
  for (const operation of executed) await attempt(operation.id, () => page.execute(operation));
  console.log(`ok  ${executed.length} operations executed, ${seconds()} s`);
  await attempt("the browser", () => page.close());
} finally {
  await browser.close();
}
if (failures.length) {
  console.error(`swagger: FAILED, ${failures.length} failures in ${seconds()} s:\n${failures.join("\n")}`);
  process.exit(1);
}
console.log(`swagger: all passed in ${seconds()} s`);
