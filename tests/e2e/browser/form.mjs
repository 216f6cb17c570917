// Tests the callback form of a running service in headless Chromium; stops at the first failure. Usually run by the
// script `form` in this folder.
//   BASE          address of the service, such as http://127.0.0.1:8080
//   TOKEN         the output of `entente token`
//   PARENT_PORT   port of the page that may embed the form (default 18999; the next port is used as well)
//   PROFILE       `short`: most checks use one language on one screen
//   SCREENSHOTS   a folder for screenshots (optional)
//   CHROMIUM      the browser (default /usr/bin/chromium)
// The service must have been started with ENTENTE_FORM_FRAME_ORIGINS=http://127.0.0.1:$PARENT_PORT and with
// ENTENTE_CALLBACKS_PER_ADDRESS_PER_MINUTE=0, because all visitors share one IP address. It needs free slots.
import { setTimeout as sleep } from "node:timers/promises";
import { Browser } from "./browser.mjs";
import { checkFrames } from "./frames.mjs";
import { ServiceApi } from "./api.mjs";
import * as form from "./form-checks.mjs";
import * as manage from "./manage-checks.mjs";
import { checkSettings } from "./settings-checks.mjs";

// A check takes a few seconds, and its waits have shorter timeouts than this.
const CHECK_TIMEOUT_MS = 60_000;
const SCREENS = [
  { name: "desktop", width: 1280, height: 900 },
  { name: "phone", width: 390, height: 844 },
];
const VARIANTS = process.env.PROFILE === "short"
  ? [{ lang: "cs", screens: [SCREENS[1]] }]
  : [{ lang: "cs", screens: SCREENS }, { lang: "en", screens: SCREENS }];

const base = process.env.BASE?.replace(/\/$/, "");
if (!base) {
  console.error("form: BASE is not set; set it to the address of the running service");
  process.exit(2);
}

const started = Date.now();
let browser = await Browser.launch(base, process.env);
let current = "start";
let failed = false;

// The browser did not respond. Some calls of Playwright, such as evaluate, have no timeout of their own.
class Stalled extends Error {}

async function withTimeout(work) {
  const timer = new AbortController();
  const timeout = sleep(CHECK_TIMEOUT_MS, null, { signal: timer.signal }).then(() => {
    throw new Stalled(`not finished after ${CHECK_TIMEOUT_MS / 1000} s`);
  });
  try {
    await Promise.race([work, timeout]);
  } finally {
    timer.abort();
    timeout.catch(() => {});
  }
}

// Runs a check in a new browser session. Unexpected problems in the browser are failures.
async function attempt(options, run) {
  await withTimeout(browser.session(options).then((session) => run(session).then(() => session.close())));
}

// Runs a check; once more with a new browser if the browser has stopped responding, which headless Chromium does now
// and then, or was too slow. A page that hangs does so both times.
async function check(name, options, run) {
  current = [name, options.lang, options.screen?.name, options.dark && "dark"].filter(Boolean).join(", ");
  try {
    await attempt(options, run);
  } catch (error) {
    if (!(error instanceof Stalled) && error.name !== "TimeoutError") throw error;
    console.log(`again  ${current}: ${error.message.split("\n")[0]}`);
    browser.close().catch(() => {});
    const { sizes } = browser;
    browser = Object.assign(await Browser.launch(base, process.env), { sizes });
    await attempt(options, run);
  }
  console.log(`ok  ${current}`);
}

try {
  const api = await ServiceApi.connect(base, process.env.TOKEN);
  for (const { lang, screens } of VARIANTS) {
    for (const screen of screens) {
      for (const [name, run] of [...Object.entries(form.checks), ...Object.entries(manage.checks)]) {
        await check(name, { lang, screen }, (session) => run(session, api));
      }
    }
    await check("dark", { lang, screen: SCREENS[1], dark: true }, (session) => form.checkLooks(session, api));
  }
  await check("languages", { lang: "cs", screen: SCREENS[0] }, form.checkLanguages);
  await check("no script", { lang: "cs", screen: SCREENS[0], scripts: false }, form.checkWithoutScripts);
  await check("another time zone", { lang: "en", screen: SCREENS[1], zone: "America/New_York" }, form.checkOtherZone);
  const port = Number(process.env.PARENT_PORT ?? 18999);
  await checkFrames(port, (name, options, run) => check(name, { lang: "en", screen: SCREENS[0], ...options }, run));
  // Last, because it changes the form for all visitors.
  await checkSettings(api, port, SCREENS, check);
  const sizes = [...browser.sizes].map(([page, bytes]) => `${page} ${bytes} bytes`).join(", ");
  console.log(`form: all passed in ${Math.round((Date.now() - started) / 1000)} s; ${sizes}`);
} catch (error) {
  failed = true;
  console.error(`form: FAILED at: ${current}\n${error.stack ?? error}`);
  await browser.capture("failure");
} finally {
  await browser.close();
}
process.exit(failed ? 1 : 0);
