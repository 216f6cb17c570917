// Measures how bad webhook receivers affect a healthy receiver and the memory of the service. The clients, the
// receivers and the service share one machine.
//   cargo build --release && ENTENTE_BIN=target/release/entente node benches/webhooks.mjs [fairness|hostile]
//   ENTENTE_BIN            the binary
//   ENTENTE_DATABASE_URL   a database without webhook endpoints (default: a new SQLite file for each measurement)
//   DEAD                   number of receivers in `fairness` that accept connections but never respond (default: 200)
//   SECONDS                duration of `hostile` in seconds (default: 60); `fairness` takes a third of it
// fairness: the time from the response to a change until the healthy receiver gets the event, without and with
//           unresponsive receivers.
// hostile:  one receiver of each hostile kind: the recorded outcomes, whether a redirect was followed, the memory of
//           the process, and the times of the healthy receiver.
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
// Longer than an attempt at an unresponsive receiver, so that all attempts have an outcome.
const AFTERWARDS_MS = 20_000;
const MEMORY_EVERY_MS = 200;
const BUSY_MS = 20_000;
// How long to wait for the last events of the healthy receiver.
const LATE_MS = 60_000;
// Maximum number of deliveries per endpoint whose attempts are read.
const READ = 200;

const seconds = Number(process.env.SECONDS ?? 60);
const dead = Number(process.env.DEAD ?? 200);
const wanted = process.argv[2];
if (!process.env.ENTENTE_BIN || !(seconds > 0) || !Number.isInteger(dead) || ![undefined, "fairness", "hostile"].includes(wanted)) {
  console.error("webhooks: invalid arguments; see the comment at the top of benches/webhooks.mjs");
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
      ENTENTE_RATE_LIMIT_WRITES_PER_MINUTE: "0",
      ENTENTE_RATE_LIMIT_EXPENSIVE_PER_MINUTE: "0",
      ENTENTE_LOG: "error",
      ...inherited,
      ENTENTE_LISTEN: `127.0.0.1:${port}`,
    };
    service.#base = `http://127.0.0.1:${port}`;
    service.#token = execFileSync(binary, ["token", "admin"], { env, encoding: "utf8" }).trim();
    child = spawn(resolve(binary), ["serve"], { env, cwd: scratch, stdio: ["ignore", "ignore", "inherit"] });
    service.pid = child.pid;
    while (!(await fetch(`${service.#base}/readyz`).catch(() => null))?.ok) {
      assert.equal(child.exitCode, null, "the service exited before it was ready");
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
    assert.ok(response.ok, `${method} ${path} returned ${response.status}: ${text}`);
    return text && JSON.parse(text);
  }

  async subscribe(url) {
    const { id } = await this.call("POST", "/v1/webhook-endpoints", { url, event_types: [EVENT] });
    this.#endpoints.push(id);
    return id;
  }

  // Makes changes at regular intervals until `until`; returns the time of each response, by the subject of the event.
  async events(until) {
    const acknowledged = new Map();
    const running = [];
    const prefix = `d${Date.now()}`;
    for (let next = performance.now(), number = 0; next < until; next += EVENT_EVERY_MS, number += 1) {
      await sleep(Math.max(0, next - performance.now()));
      const key = `${prefix}-${number}`;
      running.push(this.call("POST", "/v1/departments", { key, name: key }).then(({ id }) => acknowledged.set(id, performance.now())));
    }
    await Promise.all(running);
    return acknowledged;
  }

  // Deletes the endpoints first, for the next measurement on the same database.
  async stop() {
    for (const id of this.#endpoints) await this.call("DELETE", `/v1/webhook-endpoints/${id}`, undefined, { "If-Match": "*" });
    child.kill("SIGTERM");
    const [status] = await once(child, "exit");
    assert.equal(status, 0, "exit status after SIGTERM");
  }
}

// Returns the anonymous resident memory of a process in bytes.
function anonymous(pid) {
  return Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) * 1_024;
}

// --- receivers -------------------------------------------------------------------------------------------------------

async function listening(server) {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${server.address().port}/`;
}

// A healthy receiver. `arrived` has the time of the first delivery of each event, by its subject.
async function healthy() {
  const arrived = new Map();
  const server = http.createServer(async (request, response) => {
    const { subject } = JSON.parse(Buffer.concat(await request.toArray()));
    if (!arrived.has(subject)) arrived.set(subject, performance.now());
    response.writeHead(204).end();
  });
  // Longer than the service keeps idle connections.
  server.keepAliveTimeout = 60_000;
  return { url: await listening(server), arrived, end: () => close(server) };
}

function close(server) {
  server.closeAllConnections?.();
  server.close();
}

// Creates a receiver that handles each request with `act` on the socket.
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

// Responds immediately with the status line and headers that `head` returns.
function respond(head) {
  return raw((socket) => socket.end(Buffer.from(`${[...head(), "Connection: close"].join("\r\n")}\r\n\r\n`, "latin1")));
}

// Sends `start`, then `text` at one byte per second.
function drip(start, text) {
  return raw((socket) => {
    socket.write(start);
    let sent = 0;
    const timer = setInterval(() => (sent < text.length ? socket.write(text[sent++]) : socket.end()), 1_000);
    socket.on("close", () => clearInterval(timer));
  });
}

// Sends `chunk` repeatedly, `total` bytes in all, as fast as the service reads.
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

// The thread of the server sleeps and its queue is full, so that connections are not established.
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

// 160 gzip members of 64 KB, which decompress to 10 GiB.
const bomb = gzipSync(Buffer.alloc(64 * 2 ** 20), { level: 9 });

// The hostile receivers. `trap` is the target of redirects, which the service must not follow.
const hostile = (trap) => ({
  silent,
  "drips its status": drip("", `HTTP/1.1 200 OK\r\n\r\n`),
  "drips its body": drip("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", "x".repeat(1_000)),
  "sends 10 GB": flood(["HTTP/1.1 200 OK", "Content-Length: 10000000000"], Buffer.alloc(65_536, "x"), 10_000_000_000),
  "gzip bomb": flood(["HTTP/1.1 200 OK", "Content-Encoding: gzip", `Content-Length: ${bomb.length * 160}`], bomb, bomb.length * 160),
  "1 MB of headers": respond(() => ["HTTP/1.1 200 OK", ...Array.from({ length: 1_000 }, (_, at) => `X-${at}: ${"x".repeat(1_000)}`)]),
  "one header of 1 MB": respond(() => ["HTTP/1.1 200 OK", `X-Long: ${"x".repeat(1_000_000)}`]),
  "non-ASCII header": respond(() => ["HTTP/1.1 200 \xd6k", "X-Caf\xe9: 1", "Content-Length: 0"]),
  "non-ASCII value": respond(() => ["HTTP/1.1 200 \xd6k", "X-Cafe: \xff\xfe\x80", "Retry-After: \xff", "Content-Length: 0"]),
  redirect: respond(() => ["HTTP/1.1 307 Temporary Redirect", `Location: ${trap}`, "Content-Length: 0"]),
  gone: respond(() => ["HTTP/1.1 410 Gone", "Content-Length: 0"]),
  "busy until a date": respond(() => {
    const date = new Date(Date.now() + BUSY_MS).toUTCString();
    return ["HTTP/1.1 503 Service Unavailable", `Retry-After: ${date}`, "Content-Length: 0"];
  }),
  "never accepts": unaccepting,
});

// --- measurements ----------------------------------------------------------------------------------------------------

// Prints the times from the response to a change until the arrival of its event; negative if the event was faster.
function times(name, acknowledged, arrived) {
  const took = [...arrived].filter(([subject]) => acknowledged.has(subject)).map(([subject, at]) => at - acknowledged.get(subject));
  took.sort((one, other) => one - other);
  const at = (share) => `${(took[Math.ceil(share * took.length) - 1] ?? NaN).toFixed(1)} ms`.padStart(10);
  const missing = acknowledged.size - took.length;
  console.log(`${name.padEnd(28)} p50 ${at(0.5)}  p95 ${at(0.95)}  max ${at(1)}  of ${acknowledged.size} events, not arrived ${missing}`);
}

async function fairness(name, count) {
  const service = await Service.start(name.replaceAll(" ", "-"));
  const good = await healthy();
  const bad = await silent();
  for (let number = 0; number < count; number += 1) await service.subscribe(`${bad.url}${number}`);
  await service.subscribe(good.url);
  const acknowledged = await service.events(performance.now() + seconds * 1_000 / 3);
  const latest = performance.now() + LATE_MS;
  while (good.arrived.size < acknowledged.size && performance.now() < latest) await sleep(100);
  times(name, acknowledged, good.arrived);
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
        const label = status ? `${outcome} ${status}` : outcome;
        tally[label] = (tally[label] ?? 0) + 1;
      }
    }
    cursor = page.next_cursor ?? "";
  } while (cursor);
  const labels = Object.entries(tally).map(([label, count]) => `${count} x ${label}`);
  const { enabled, disabled_reason: reason } = await service.call("GET", `/v1/webhook-endpoints/${endpoint}`);
  const { circuit } = await service.call("GET", `/v1/webhook-endpoints/${endpoint}/health`);
  const state = [unsent && `${unsent} not sent`, !enabled && `disabled: ${reason}`, `circuit ${circuit}`];
  return [...labels, ...state].filter(Boolean).join(", ");
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
  const acknowledged = await service.events(performance.now() + seconds * 1_000);
  await sleep(AFTERWARDS_MS);
  clearInterval(watch);
  const after = anonymous(service.pid);

  times("healthy, with hostile", acknowledged, good.arrived);
  for (const { name, endpoint } of kinds) console.log(`${name.padEnd(28)} ${await outcomes(service, endpoint)}`);
  console.log(`${"target of the redirect".padEnd(28)} ${trapped ? `requested ${trapped} times` : "not requested"}`);
  const megabytes = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  console.log(`${"RssAnon".padEnd(28)} before ${megabytes(before)}, at most ${megabytes(most)}, after ${megabytes(after)}`);
  for (const { receiver } of kinds) receiver.end();
  good.end();
  close(trap);
  await service.stop();
}

if (wanted !== "hostile") {
  await fairness("without unresponsive", 0);
  await fairness(`with ${dead} unresponsive`, dead);
}
if (wanted !== "fairness") await hostility();
process.exit(0);
