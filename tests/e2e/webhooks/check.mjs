// Sends webhooks from a running service to the receivers of docs/receiving-webhooks.md, then sends them forged messages.
//   BASE        address of the service, such as http://127.0.0.1:8080
//   TOKEN       a token of an administrator
//   RECEIVERS   the folder with receiver.py, receiver.js and ed25519.mjs
//   PYTHON      a Python interpreter that has the library standardwebhooks
// The service must have been started with ENTENTE_WEBHOOKS_ALLOW_HTTP=true and
// ENTENTE_WEBHOOKS_ALLOWED_NETWORKS=127.0.0.0/8.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHmac, generateKeyPairSync, randomBytes, sign as signWith } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { tryAll } from "./forgeries.mjs";
import { freePort } from "../lib/free-port.mjs";
import { Proxy, post } from "./post.mjs";

const TIMEOUT_MS = 20_000;
const EVENT = "department.created";

const { BASE, TOKEN, RECEIVERS, PYTHON } = process.env;
for (const [name, value] of Object.entries({ BASE, TOKEN, RECEIVERS, PYTHON })) assert.ok(value, `${name} is not set`);
const { isGenuine } = await import(pathToFileURL(`${RECEIVERS}/ed25519.mjs`));

const signedContent = (id, timestamp, body) => Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
// Signs without the libraries that the receivers use, so that the two implementations check each other.
const hmac = (secret) => (...content) => {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  return `v1,${createHmac("sha256", key).update(signedContent(...content)).digest("base64")}`;
};
const ed25519 = (key) => (...content) => `v1a,${signWith(null, signedContent(...content), key).toString("base64")}`;

async function call(method, path, body) {
  const headers = { Authorization: `Bearer ${TOKEN}`, "Content-Type": "application/json" };
  const response = await fetch(`${BASE}${path}`, { method, headers, body: body && JSON.stringify(body) });
  const text = await response.text();
  assert.ok(response.ok, `${method} ${path} returned ${response.status}: ${text}`);
  return JSON.parse(text);
}

async function until(what, condition) {
  for (const end = Date.now() + TIMEOUT_MS; Date.now() < end; await sleep(50)) {
    const found = await condition();
    if (found) return found;
  }
  return assert.fail(`timed out after ${TIMEOUT_MS / 1000} s: ${what}`);
}

// One receiver of the page, in its own process.
class Receiver {
  stdout = "";
  stderr = "";
  #process;

  constructor(name, command, file) {
    Object.assign(this, { name, command, file });
  }

  async start(secret) {
    this.secret = secret;
    this.port = await freePort();
    const env = { ...process.env, WEBHOOK_SECRET: secret, PORT: String(this.port) };
    this.#process = spawn(this.command, [`${RECEIVERS}/${this.file}`], { env, stdio: ["ignore", "pipe", "pipe"] });
    this.#process.stdout.setEncoding("utf8").on("data", (text) => (this.stdout += text));
    this.#process.stderr.setEncoding("utf8").on("data", (text) => (this.stderr += text));
    await until(`${this.name} listens`, () => {
      assert.equal(this.#process.exitCode, null, `${this.name} has exited: ${this.stderr}`);
      return this.#listens();
    });
  }

  async #listens() {
    const socket = connect(this.port, "127.0.0.1");
    try {
      await once(socket, "connect");
      return true;
    } catch {
      return false;
    } finally {
      socket.destroy();
    }
  }

  // The receiver prints one line for each event that it accepts.
  lines() {
    return this.stdout.split("\n").filter(Boolean);
  }

  async stop() {
    if (this.#process?.exitCode !== null || this.#process.signalCode) return;
    this.#process.kill("SIGKILL");
    await once(this.#process, "exit");
  }
}

const proxy = await new Proxy().open();
const receivers = [new Receiver("python", PYTHON, "receiver.py"), new Receiver("typescript", process.execPath, "receiver.js")];

const endpoint = (name, more) =>
  call("POST", "/v1/webhook-endpoints", { url: proxy.urlFor(name), description: name, event_types: [EVENT], ...more });

// The service sends the event to each receiver, and each accepts it at the first attempt.
async function deliver() {
  const endpoints = [];
  for (const receiver of receivers) {
    const made = await endpoint(receiver.name);
    endpoints.push(made);
    await receiver.start(made.secret);
    proxy.route(receiver.name, (message) => post(receiver.port, message));
  }
  const made = await endpoint("ed25519", { signature: "ed25519" });
  endpoints.push(made);
  proxy.route("ed25519", ({ headers, body }) => (isGenuine(made.public_key, headers, body) ? 204 : 400));

  await call("POST", "/v1/departments", { key: "d1", name: "Péče o zákazníky" });
  for (const { id, description: name } of endpoints) {
    const [delivery] = await until(`${name} has the event`, async () => {
      const { data } = await call("GET", `/v1/webhook-endpoints/${id}/deliveries`);
      return data[0]?.attempts && data;
    });
    const [sent] = proxy.recorded.get(name);
    assert.equal(sent.status, 204, `${name} rejected the message of the service`);
    assert.equal(delivery.state, "delivered", name);
    const body = JSON.parse(sent.body);
    assert.deepEqual([body.type, body.id, body.data.key], [EVENT, sent.headers["webhook-id"], "d1"], name);
    console.log(`ok  ${name}: accepted ${sent.headers["webhook-id"]}`);
  }
}

async function forge(receiver) {
  const { name, secret, port } = receiver;
  const [original] = proxy.recorded.get(name);
  const accepts = async (message) => {
    const status = await post(port, message);
    assert.ok([204, 400].includes(status), `${name} returned ${status}`);
    return status === 204;
  };
  for (const other of receivers.filter((one) => one !== receiver)) {
    assert.equal(await accepts(proxy.recorded.get(other.name)[0]), false, `${name} accepted a message that was signed for ${other.name}`);
  }
  const counts = await tryAll(name, original, hmac(secret), hmac(randomBytes(32).toString("base64")), accepts);
  await until(`${name} printed each event that it accepted`, () => receiver.lines().length >= 1 + counts.accepted);
  assert.deepEqual(receiver.lines(), Array(1 + counts.accepted).fill(`${original.headers["webhook-id"]} ${EVENT}`), name);
  console.log(`ok  ${name}: ${counts.accepted} genuine messages accepted, ${counts.rejected + receivers.length - 1} forgeries rejected`);
}

// Tests the Ed25519 code of the page with generated keys, because the private key of the service is secret.
async function forgeEd25519() {
  const [own, other] = [generateKeyPairSync("ed25519"), generateKeyPairSync("ed25519")];
  const publicKey = `whpk_${Buffer.from(own.publicKey.export({ format: "jwk" }).x, "base64url").toString("base64")}`;
  const { headers, body } = proxy.recorded.get("python")[0];
  const signature = ed25519(own.privateKey)(headers["webhook-id"], headers["webhook-timestamp"], body);
  const original = { headers: { ...headers, "webhook-signature": signature }, body };
  const accepts = async (message) => isGenuine(publicKey, message.headers, message.body);
  const counts = await tryAll("ed25519", original, ed25519(own.privateKey), ed25519(other.privateKey), accepts);
  console.log(`ok  ed25519: ${counts.accepted} genuine messages accepted, ${counts.rejected} forgeries rejected`);
}

try {
  await deliver();
  for (const receiver of receivers) await forge(receiver);
  await forgeEd25519();
} catch (error) {
  for (const { name, stderr } of receivers) if (stderr) console.error(`--- ${name}:\n${stderr}`);
  console.error(`webhooks: FAILED\n${error.stack ?? error}`);
  process.exitCode = 1;
} finally {
  for (const receiver of receivers) await receiver.stop();
  proxy.close();
}
