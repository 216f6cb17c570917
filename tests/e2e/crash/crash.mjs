// Repeatedly kills the service (SIGKILL) while it handles requests and delivers webhooks. Checks afterwards that every
// acknowledged change is in the event feed and was delivered to every webhook endpoint, that there are no other events,
// and that nothing was delivered twice unless a kill explains it. The clients, the webhook receiver and the checks run in
// this one process. Usually run by the script `run` in this folder.
//   ENTENTE_BIN            the binary
//   ENTENTE_DATABASE_URL   an empty database
//   ROUNDS                 starts that end with a kill (default: 200)
//   REPLICAS               processes of the final round, which are not killed (default: 1); several need PostgreSQL
//   SEED                   repeats the random choices of an earlier run, but not its timing
//   SERVICE_LOG            log file of the service (default: discarded)
// Other ENTENTE_* variables are passed to the service.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { openSync } from "node:fs";
import http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

import { freePort } from "../lib/free-port.mjs";

const ENDPOINTS = 6;
const EVENT = "department.created";
const MOST_POSTS = 40;
const MOST_CLIENTS = 8;
const LATEST_KILL_MS = 400;
// Number of changes in the final round if there were no rounds before it.
const POSTS_WITHOUT_ROUNDS = 300;
const START_MS = 30_000;
const RESPONSE_MS = 15_000;
const STOP_MS = 30_000;
// The final round gives up after this long without progress. Must be longer than a lease.
const SILENCE_MS = 90_000;

const { ENTENTE_BIN: binary, ENTENTE_DATABASE_URL: database, SERVICE_LOG: logFile } = process.env;
const rounds = Number(process.env.ROUNDS ?? 200);
const replicas = Number(process.env.REPLICAS ?? 1);
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
if (!binary || !database || ![rounds, replicas, seed].every(Number.isInteger) || replicas < 1) {
  console.error("crash: ENTENTE_BIN and ENTENTE_DATABASE_URL are required; ROUNDS, REPLICAS and SEED must be integers");
  process.exit(2);
}
const engine = database.split(":")[0];

// --- randomness ------------------------------------------------------------------------------------------------------

// mulberry32: Math.random cannot be seeded.
let state = seed;
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let bits = Math.imul(state ^ (state >>> 15), 1 | state);
  bits ^= bits + Math.imul(bits ^ (bits >>> 7), 61 | bits);
  return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
}
const upTo = (most) => Math.floor(random() * (most + 1));

// --- the service -----------------------------------------------------------------------------------------------------

const { ENTENTE_BIN: _notPassedOn, ...inherited } = process.env;
const environment = {
  ENTENTE_JWT_SECRET: "crash-test-secret-of-no-value-0123456789",
  ENTENTE_WEBHOOKS_ALLOW_HTTP: "true",
  ENTENTE_WEBHOOKS_ALLOWED_NETWORKS: "127.0.0.0/8",
  ENTENTE_RATE_LIMIT_PER_MINUTE: "0",
  ENTENTE_RATE_LIMIT_WRITES_PER_MINUTE: "0",
  ENTENTE_RATE_LIMIT_EXPENSIVE_PER_MINUTE: "0",
  ...inherited,
};
const log = logFile ? openSync(logFile, "a") : "ignore";
const running = new Set();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

const token = execFileSync(binary, ["token", "admin"], { env: environment, encoding: "utf8" }).trim();

class Service {
  killed = false;
  // Killed while a client waited for a response.
  interrupted = false;
  #agent = new http.Agent({ keepAlive: true });
  #port;
  #child;
  #ended;

  static async start(port) {
    const service = new Service();
    service.#port = port;
    const env = { ...environment, ENTENTE_LISTEN: `127.0.0.1:${port}` };
    service.#child = spawn(binary, ["serve"], { env, stdio: ["ignore", log, log] });
    running.add(service.#child);
    service.#ended = once(service.#child, "exit").finally(() => running.delete(service.#child));
    const latest = performance.now() + START_MS;
    while ((await service.call("GET", "/readyz").catch(() => null))?.status !== 200) {
      assert.equal(service.#child.exitCode, null, "the service exited before it was ready");
      assert.ok(performance.now() < latest, "the service was not ready in time");
      await sleep(5);
    }
    return service;
  }

  // Rejects unless a complete response arrives.
  call(method, path, body, headers = {}) {
    return new Promise((resolve, reject) => {
      const request = http.request({
        host: "127.0.0.1", port: this.#port, agent: this.#agent, method, path, timeout: RESPONSE_MS,
        headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json", ...headers },
      });
      request.on("error", reject).on("timeout", () => request.destroy(new Error("response timed out")));
      request.on("response", async (response) => {
        try {
          const text = Buffer.concat(await response.toArray()).toString();
          resolve({ status: response.statusCode, text });
        } catch (error) {
          reject(error);
        }
      });
      request.end(body && JSON.stringify(body));
    });
  }

  async kill() {
    this.killed = true;
    this.#child.kill("SIGKILL");
    await this.#ended;
    this.#agent.destroy();
  }

  async stop() {
    this.#child.kill("SIGTERM");
    const ended = await Promise.race([this.#ended, sleep(STOP_MS, null, { ref: false })]);
    this.#agent.destroy();
    assert.ok(ended, `still running ${STOP_MS / 1_000} s after SIGTERM`);
    assert.deepEqual(ended, [0, null], "exit status and signal after SIGTERM");
  }
}

// --- the receiver ----------------------------------------------------------------------------------------------------

class Receiver {
  round = 0;
  // Event id -> { digest, at: for each endpoint, the rounds in which it was received }.
  events = new Map();
  // Violations that are detected on receipt.
  faults = [];
  received = 0;
  // Number of events received by every endpoint.
  complete = 0;
  #server = http.createServer((request, response) => this.#take(request, response));

  async listen() {
    // Longer than the idle timeout of the service, which could otherwise write to a connection that is being closed.
    this.#server.keepAliveTimeout = 60_000;
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  url(endpoint) {
    return `http://127.0.0.1:${this.#server.address().port}/hook/${endpoint}`;
  }

  // Resolves when everything that a killed process sent has been read, so that later receipts belong to the next round.
  async drained() {
    for (let idle = 0; idle < 3; idle += 1) {
      await sleep(1);
      const open = await new Promise((resolve) => this.#server.getConnections((_, count) => resolve(count)));
      if (open > 0) idle = -1;
    }
  }

  async #take(request, response) {
    let body;
    try {
      body = Buffer.concat(await request.toArray());
    } catch {
      // The process was killed before the request was complete, so this is not a delivery.
      return;
    }
    this.#note(request.headers["webhook-id"], Number(request.url.split("/").at(-1)) - 1, body);
    response.writeHead(204).end();
  }

  #note(id, endpoint, body) {
    this.received += 1;
    const digest = createHash("sha256").update(body).digest("base64");
    if (!this.events.has(id)) this.events.set(id, { digest, at: Array.from({ length: ENDPOINTS }, () => []) });
    const event = this.events.get(id);
    if (event.digest !== digest) this.faults.push(`${id} was received with a different body`);
    event.at[endpoint].push(this.round);
    if (event.at[endpoint].length === 1 && event.at.every((came) => came.length > 0)) this.complete += 1;
  }
}

// --- the clients -----------------------------------------------------------------------------------------------------

// The key of every acknowledged change, by the subject of its event.
const acknowledged = new Map();
// Requests that a kill left without a response; retried with the same idempotency key, as a client would do.
let unacknowledged = [];
let keys = 0;
let interruptedRounds = 0;

function newPosts(count) {
  return Array.from({ length: count }, () => `d${seed}-${(keys += 1)}`);
}

// Sends the queued requests, to each service in turn. Several clients share a queue.
async function client(services, queue) {
  for (let key, turn = 0; (key = queue.shift()); turn += 1) {
    const service = services[turn % services.length];
    let response;
    try {
      response = await service.call("POST", "/v1/departments", { key, name: key }, { "Idempotency-Key": key });
    } catch (error) {
      if (!service.killed) throw new Error(`POST failed although the service was not killed: ${error.message}`);
      service.interrupted = true;
      unacknowledged.push(key);
      continue;
    }
    assert.equal(response.status, 201, `POST of ${key}: ${response.text}`);
    const { id } = JSON.parse(response.text);
    assert.ok(!acknowledged.has(id), `${id} was assigned to ${acknowledged.get(id)} and to ${key}`);
    acknowledged.set(id, key);
  }
}

// Follows the event feed as a consumer would do, also across kills.
class Reader {
  events = [];
  matching = 0;

  // Reads the next page; returns whether it had events.
  async read(service) {
    const after = this.events.length;
    const { status, text } = await service.call("GET", `/v1/events?after=${after}&limit=100`);
    assert.equal(status, 200, `the feed: ${text}`);
    const { data } = JSON.parse(text);
    for (const { id, type, sequence, subject } of data) {
      assert.equal(sequence, this.events.length + 1, "the feed has a gap");
      this.events.push({ id, subject, matches: type === EVENT });
      this.matching += type === EVENT;
    }
    return data.length > 0;
  }

  async follow(service) {
    while (!service.killed) {
      try {
        if (!(await this.read(service))) await sleep(20);
      } catch (error) {
        if (error instanceof assert.AssertionError || !service.killed) throw error;
      }
    }
  }
}

// --- the run ---------------------------------------------------------------------------------------------------------

async function killRound(port, reader, receiver) {
  const posts = [...unacknowledged, ...newPosts(random() < 0.1 ? 0 : 1 + upTo(MOST_POSTS - 1))];
  const clients = 1 + upTo(MOST_CLIENTS - 1);
  // Early kills are more likely, because the requests of a round complete within a few tens of milliseconds.
  const delay = random() ** 2 * LATEST_KILL_MS;
  unacknowledged = [];
  receiver.round += 1;
  const service = await Service.start(port);
  const work = [reader.follow(service), ...Array.from({ length: clients }, () => client([service], posts))];
  // A failed check ends the round immediately.
  await Promise.race([sleep(delay), Promise.all(work)]);
  unacknowledged.push(...posts.splice(0));
  await service.kill();
  await Promise.all(work);
  interruptedRounds += service.interrupted;
  await receiver.drained();
}

async function finalRound(ports, reader, receiver) {
  receiver.round += 1;
  const services = await Promise.all(ports.map((port) => Service.start(port)));
  const posts = [...unacknowledged, ...newPosts(rounds === 0 ? POSTS_WITHOUT_ROUNDS : 0)];
  await Promise.all(Array.from({ length: MOST_CLIENTS }, () => client(services, posts)));
  let [progress, since] = ["", performance.now()];
  while (performance.now() - since < SILENCE_MS) {
    while (await reader.read(services[0]));
    if (reader.matching >= acknowledged.size && receiver.complete >= reader.matching) break;
    const now = `${reader.events.length} ${receiver.received}`;
    if (now !== progress) [progress, since] = [now, performance.now()];
    await sleep(50);
  }
  const feed = new Reader();
  while (await feed.read(services[0]));
  await Promise.all(services.map((service) => service.stop()));
  return feed;
}

// --- the checks -----------------------------------------------------------------------------------------------------

function check(feed, reader, receiver) {
  const matching = feed.events.filter((event) => event.matches);
  const ids = new Set(matching.map((event) => event.id));
  const times = new Map();
  for (const { subject } of matching) times.set(subject, (times.get(subject) ?? 0) + 1);

  const lost = [
    ...[...acknowledged.keys()].filter((id) => !times.has(id)).map((id) => `${id} was acknowledged, but is not in the feed`),
    ...matching.flatMap(({ id }) => (receiver.events.get(id)?.at ?? Array(ENDPOINTS).fill([]))
      .flatMap((came, endpoint) => (came.length ? [] : [`${id} was not delivered to endpoint ${endpoint + 1}`]))),
  ];
  const phantoms = [
    ...[...receiver.events.keys()].filter((id) => !ids.has(id)).map((id) => `${id} was delivered, but is not in the feed`),
    // Every request was retried until it was acknowledged, so there cannot be other changes.
    ...[...times.keys()].filter((id) => !acknowledged.has(id)).map((id) => `${id} is in the feed, but was never acknowledged`),
  ];
  const faults = [
    ...receiver.faults,
    ...[...times].filter(([, count]) => count > 1).map(([id, count]) => `${id} is ${count} times in the feed`),
    ...reader.events.filter((seen, at) => seen.id !== feed.events[at]?.id).map(({ id }) => `${id} changed its position in the feed`),
  ];
  let duplicates = 0;
  for (const [id, { at }] of receiver.events) {
    at.forEach((came, endpoint) => {
      duplicates += Math.max(came.length - 1, 0);
      // Each round except the final one ends with a kill, so there is no kill between two receipts of one round.
      if (new Set(came).size < came.length) faults.push(`${id} was delivered twice to endpoint ${endpoint + 1} without a kill: rounds ${came}`);
    });
  }
  return { lost, phantoms, faults, duplicates };
}

const started = performance.now();
const receiver = new Receiver();
const reader = new Reader();
console.log(`crash: ${engine}: seed ${seed}, ${rounds} rounds, ${replicas} in the final round`);
try {
  await receiver.listen();
  const ports = await Promise.all(Array.from({ length: replicas }, freePort));

  const first = await Service.start(ports[0]);
  for (let endpoint = 1; endpoint <= ENDPOINTS; endpoint += 1) {
    const body = { url: receiver.url(endpoint), event_types: [EVENT] };
    const { status, text } = await first.call("POST", "/v1/webhook-endpoints", body);
    assert.equal(status, 201, `an endpoint: ${text}`);
  }
  await first.stop();

  for (let round = 1; round <= rounds; round += 1) await killRound(ports[0], reader, receiver);
  const feed = await finalRound(ports, reader, receiver);

  const { lost, phantoms, faults, duplicates } = check(feed, reader, receiver);
  const seconds = Math.round((performance.now() - started) / 1_000);
  console.log(`crash: ${engine}: ${rounds} rounds, ${rounds} kills (${interruptedRounds} during requests), ${acknowledged.size} committed, `
    + `${receiver.received} received, lost ${lost.length}, phantom ${phantoms.length}, duplicates ${duplicates}, ${seconds} s`);
  const violations = [...lost, ...phantoms, ...faults];
  if (violations.length > 0) throw new Error([`${violations.length} violations, such as:`, ...violations.slice(0, 20)].join("\n  "));
  process.exit(0);
} catch (error) {
  console.error(`crash: ${engine}: FAILED in round ${receiver.round} of seed ${seed}: ${error.message}`);
  process.exit(1);
}
