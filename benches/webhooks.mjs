// Measures what bad receivers do to good ones, and to the process. Clients, receivers and service share the machine.
//   cargo build --release && ENTENTE_BIN=target/release/entente node benches/webhooks.mjs [fairness|hostile]
//   ENTENTE_BIN            the binary
//   ENTENTE_DATABASE_URL   a database without webhook endpoints (default: a fresh SQLite file for each measurement)
//   DEAD                   receivers of `fairness` that accept and never answer (default: 200)
//   SECONDS                how long `hostile` makes events (default: 60); `fairness` takes a third of it
// fairness: the time from the answer of a change until the healthy receiver has its event, without dead receivers and
//           with them.
// hostile:  one receiver of each bad kind: what is recorded of them, whether a redirect was followed, the memory of the
//           process, and the times of the healthy receiver beside them.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import http from "node:http";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { gzipSync } from "node:zlib";

import { freePort } from "../tests/e2e/lib/free-port.mjs";

const EVENT = "department.created";
const EVENT_EVERY_MS = 50;
// Longer than an attempt at a receiver that never answers, so that all of them have their outcome.
const AFTERWARDS_MS = 20_000;
const MEMORY_EVERY_MS = 200;
const BUSY_MS = 20_000;
// How long events that a dead receiver keeps from the healthy one are waited for.
const LATE_MS = 60_000;
// Deliveries of an endpoint whose attempts are read.
const READ = 200;

const seconds = Number(process.env.SECONDS ?? 60);
const dead = Number(process.env.DEAD ?? 200);
const wanted = process.argv[2];
if (!process.env.ENTENTE_BIN || !(seconds > 0) || !Number.isInteger(dead) || ![undefined, "fairness", "hostile"].includes(wanted)) {
  console.error("webhooks: see the first lines of benches/webhooks.mjs for how to run it");
  process.exit(2);
}
const scratch = mkdtempSync(join(tmpdir(), "entente-webhooks-"));
let child;
process.on("exit", () => {
  child?.kill("SIGKILL");
  rmSync(scratch, { recursive: true });
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

// --- the service -----------------------------------------------------------------------------------------------------

class Service {
  #base;
  #token;
  #endpoints = [];
  pid;

  static async start(name) {
    const service = new Service();
    const { ENTENTE_BIN: binary, ...inherited } = process.env;
    const port = await freePort();
    const env = {
      ENTENTE_DATABASE_URL: `sqlite://${scratch}/${name}.db`,
      ENTENTE_JWT_SECRET: "benchmark-secret-of-no-value-0123456789",
      ENTENTE_WEBHOOKS_ALLOW_HTTP: "true",
      ENTENTE_WEBHOOKS_ALLOWED_NETWORKS: "127.0.0.0/8",
      ENTENTE_RATE_LIMIT_PER_MINUTE: "0",
      ENTENTE_LOG: "error",
      ...inherited,
      ENTENTE_LISTEN: `127.0.0.1:${port}`,
    };
    service.#base = `http://127.0.0.1:${port}`;
    service.#token = execFileSync(binary, ["token", "admin"], { env, encoding: "utf8" }).trim();
    child = spawn(resolve(binary), ["serve"], { env, cwd: scratch, stdio: ["ignore", "ignore", "inherit"] });
    service.pid = child.pid;
    while (!(await fetch(`${service.#base}/readyz`).catch(() => null))?.ok) {
      assert.equal(child.exitCode, null, "the service ended before it was ready");
      await sleep(20);
    }
    return service;
  }

  async call(method, path, body, headers) {
    const response = await fetch(`${this.#base}${path}`, {
      method, body: body && JSON.stringify(body),
      headers: { Authorization: `Bearer ${this.#token}`, "Content-Type": "application/json", ...headers },
    });
    const text = await response.text();
    assert.ok(response.ok, `${method} ${path} answered ${response.status}: ${text}`);
    return text && JSON.parse(text);
  }

  async subscribe(url) {
    const { id } = await this.call("POST", "/v1/webhook-endpoints", { url, event_types: [EVENT] });
    this.#endpoints.push(id);
    return id;
  }

  // Makes events until `until`, evenly; returns when each was answered, by its subject.
  async events(until) {
    const answered = new Map();
    const running = [];
    const prefix = `d${Date.now()}`;
    for (let next = performance.now(), number = 0; next < until; next += EVENT_EVERY_MS, number += 1) {
      await sleep(Math.max(0, next - performance.now()));
      const key = `${prefix}-${number}`;
      running.push(this.call("POST", "/v1/departments", { key, name: key }).then(({ id }) => answered.set(id, performance.now())));
    }
    await Promise.all(running);
    return answered;
  }

  // Also takes the endpoints away, for the next measurement on the same database.
  async stop() {
    for (const id of this.#endpoints) await this.call("DELETE", `/v1/webhook-endpoints/${id}`, undefined, { "If-Match": "*" });
    child.kill("SIGTERM");
    const [status] = await once(child, "exit");
    assert.equal(status, 0, "exit status after SIGTERM");
  }
}

// Resident memory that belongs to no file, in bytes.
function anonymous(pid) {
  return Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) * 1_024;
}

// --- receivers -------------------------------------------------------------------------------------------------------

async function listening(server) {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${server.address().port}/`;
}

// Subject of each event -> when it came first.
async function healthy() {
  const arrived = new Map();
  const server = http.createServer(async (request, response) => {
    const { subject } = JSON.parse(Buffer.concat(await request.toArray()));
    if (!arrived.has(subject)) arrived.set(subject, performance.now());
    response.writeHead(204).end();
  });
  // Longer than the service keeps a connection.
  server.keepAliveTimeout = 60_000;
  return { url: await listening(server), arrived, end: () => close(server) };
}

function close(server) {
  server.closeAllConnections?.();
  server.close();
}

// A receiver that does to each request what `act` does to the socket.
function raw(act) {
  return async () => {
    const sockets = new Set();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on("error", () => {}).on("close", () => sockets.delete(socket));
      socket.once("data", () => act(socket));
    });
    const url = await listening(server);
    return { url, end: () => (server.close(), sockets.forEach((socket) => socket.destroy())) };
  };
}

// Answers at once with what `head` makes: the status line and headers.
function answer(head) {
  return raw((socket) => socket.end(Buffer.from(`${[...head(), "Connection: close"].join("\r\n")}\r\n\r\n`, "latin1")));
}

// Sends `text` one byte a second, after `start` at once.
function drip(start, text) {
  return raw((socket) => {
    socket.write(start);
    let sent = 0;
    const timer = setInterval(() => (sent < text.length ? socket.write(text[sent++]) : socket.end()), 1_000);
    socket.on("close", () => clearInterval(timer));
  });
}

// Sends `chunk` until that makes `total` bytes, as fast as they are taken.
function flood(head, chunk, total) {
  return raw((socket) => {
    let left = total;
    socket.write(`${head.join("\r\n")}\r\n\r\n`);
    const more = () => {
      while (left > 0 && !socket.destroyed) {
        left -= chunk.length;
        if (!socket.write(chunk)) return;
      }
      if (left <= 0) socket.end();
    };
    socket.on("drain", more);
    more();
  });
}

// Its thread sleeps and its queue is full, so that connections are not even established.
async function unaccepting() {
  const code = `
    const { parentPort } = require("node:worker_threads");
    const server = require("node:net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
      parentPort.postMessage(server.address().port);
      setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
    });`;
  const worker = new Worker(code, { eval: true });
  const [port] = await once(worker, "message");
  const fillers = Array.from({ length: 8 }, () => connect(port, "127.0.0.1").on("error", () => {}));
  await sleep(500);
  return { url: `http://127.0.0.1:${port}/`, end: () => (fillers.forEach((socket) => socket.destroy()), worker.terminate()) };
}

const silent = raw(() => {});

// 160 members of 64 KB that become 10 GiB together.
const bomb = gzipSync(Buffer.alloc(64 * 2 ** 20), { level: 9 });

// What each hostile receiver does; `trap` is where nobody should be led.
const hostile = (trap) => ({
  silent,
  "drips its status": drip("", `HTTP/1.1 200 OK\r\n\r\n`),
  "drips its body": drip("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", "x".repeat(1_000)),
  "sends 10 GB": flood(["HTTP/1.1 200 OK", "Content-Length: 10000000000"], Buffer.alloc(65_536, "x"), 10_000_000_000),
  "gzip bomb": flood(["HTTP/1.1 200 OK", "Content-Encoding: gzip", `Content-Length: ${bomb.length * 160}`], bomb, bomb.length * 160),
  "1 MB of headers": answer(() => ["HTTP/1.1 200 OK", ...Array.from({ length: 1_000 }, (_, at) => `X-${at}: ${"x".repeat(1_000)}`)]),
  "one header of 1 MB": answer(() => ["HTTP/1.1 200 OK", `X-Long: ${"x".repeat(1_000_000)}`]),
  "non-ASCII header": answer(() => ["HTTP/1.1 200 \xd6k", "X-Caf\xe9: 1", "Content-Length: 0"]),
  "non-ASCII value": answer(() => ["HTTP/1.1 200 \xd6k", "X-Cafe: \xff\xfe\x80", "Retry-After: \xff", "Content-Length: 0"]),
  redirect: answer(() => ["HTTP/1.1 307 Temporary Redirect", `Location: ${trap}`, "Content-Length: 0"]),
  gone: answer(() => ["HTTP/1.1 410 Gone", "Content-Length: 0"]),
  "busy until a date": answer(() => {
    const date = new Date(Date.now() + BUSY_MS).toUTCString();
    return ["HTTP/1.1 503 Service Unavailable", `Retry-After: ${date}`, "Content-Length: 0"];
  }),
  "never accepts": unaccepting,
});

// --- measurements ----------------------------------------------------------------------------------------------------

// From the answer of each change to the arrival of its event, in milliseconds; below 0 when the event was faster.
function times(name, answered, arrived) {
  const took = [...arrived].filter(([subject]) => answered.has(subject)).map(([subject, at]) => at - answered.get(subject));
  took.sort((one, other) => one - other);
  const at = (share) => `${(took[Math.ceil(share * took.length) - 1] ?? NaN).toFixed(1)} ms`.padStart(10);
  const missing = answered.size - took.length;
  console.log(`${name.padEnd(28)} p50 ${at(0.5)}  p95 ${at(0.95)}  max ${at(1)}  of ${answered.size} events, not arrived ${missing}`);
}

async function fairness(name, count) {
  const service = await Service.start(name.replaceAll(" ", "-"));
  const good = await healthy();
  const bad = await silent();
  for (let number = 0; number < count; number += 1) await service.subscribe(`${bad.url}${number}`);
  await service.subscribe(good.url);
  const answered = await service.events(performance.now() + seconds * 1_000 / 3);
  const latest = performance.now() + LATE_MS;
  while (good.arrived.size < answered.size && performance.now() < latest) await sleep(100);
  times(name, answered, good.arrived);
  bad.end();
  good.end();
  await service.stop();
}

async function outcomes(service, endpoint) {
  const tally = {};
  let [unsent, cursor, read] = [0, "", 0];
  do {
    const page = await service.call("GET", `/v1/webhook-endpoints/${endpoint}/deliveries?limit=100${cursor && `&cursor=${cursor}`}`);
    for (const delivery of page.data) {
      if (delivery.attempts === 0) unsent += 1;
      if (delivery.attempts === 0 || read >= READ) continue;
      read += 1;
      const attempts = await service.call("GET", `/v1/webhook-deliveries/${delivery.id}/attempts?limit=100`);
      for (const { outcome, status } of attempts.data) {
        const word = status ? `${outcome} ${status}` : outcome;
        tally[word] = (tally[word] ?? 0) + 1;
      }
    }
    cursor = page.next_cursor ?? "";
  } while (cursor);
  const words = Object.entries(tally).map(([word, count]) => `${count} x ${word}`);
  const { enabled, disabled_reason: reason } = await service.call("GET", `/v1/webhook-endpoints/${endpoint}`);
  const { circuit } = await service.call("GET", `/v1/webhook-endpoints/${endpoint}/health`);
  const state = [unsent && `${unsent} not sent`, !enabled && `disabled: ${reason}`, `circuit ${circuit}`];
  return [...words, ...state].filter(Boolean).join(", ");
}

async function hostility() {
  const service = await Service.start("hostile");
  const good = await healthy();
  let trapped = 0;
  const trap = createServer((socket) => (trapped += 1, socket.destroy()));
  const kinds = [];
  for (const [name, make] of Object.entries(hostile(await listening(trap)))) {
    const receiver = await make();
    kinds.push({ name, receiver, endpoint: await service.subscribe(receiver.url) });
  }
  await service.subscribe(good.url);

  const before = anonymous(service.pid);
  let most = before;
  const watch = setInterval(() => (most = Math.max(most, anonymous(service.pid))), MEMORY_EVERY_MS);
  const answered = await service.events(performance.now() + seconds * 1_000);
  await sleep(AFTERWARDS_MS);
  clearInterval(watch);
  const after = anonymous(service.pid);

  times("healthy beside hostile", answered, good.arrived);
  for (const { name, endpoint } of kinds) console.log(`${name.padEnd(28)} ${await outcomes(service, endpoint)}`);
  console.log(`${"trap behind the redirect".padEnd(28)} ${trapped ? `touched ${trapped} times` : "not touched"}`);
  const megabytes = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  console.log(`${"RssAnon".padEnd(28)} before ${megabytes(before)}, at most ${megabytes(most)}, after ${megabytes(after)}`);
  for (const { receiver } of kinds) receiver.end();
  good.end();
  close(trap);
  await service.stop();
}

if (wanted !== "hostile") {
  await fairness("without dead receivers", 0);
  await fairness(`with ${dead} dead receivers`, dead);
}
if (wanted !== "fairness") await hostility();
process.exit(0);
