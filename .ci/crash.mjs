// Kills the service in the midst of requests and deliveries, again and again, and checks afterwards that every change
// that was answered is in the feed and at every webhook endpoint, that nothing else is, and that nothing came twice
// unless a kill explains it. Clients, receiver and judge are this one process. Usually run by .ci/crash beside it.
//   ENTENTE_BIN            the binary
//   ENTENTE_DATABASE_URL   an empty database
//   ROUNDS                 starts that end with kill -9 (default: 200)
//   REPLICAS               processes of the last run, which nobody kills (default: 1); several need PostgreSQL
//   SEED                   repeats the plan of an earlier run; not its timing
//   SERVICE_LOG            where the service logs to (default: nowhere)
// Other ENTENTE_* variables reach the service as they are.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { openSync } from "node:fs";
import http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

import { freePort } from "./free-port.mjs";

const ENDPOINTS = 6;
const EVENT = "department.created";
const MOST_POSTS = 40;
const MOST_CLIENTS = 8;
const LATEST_KILL_MS = 400;
// Posted in the last run when there were no rounds before it.
const POSTS_WITHOUT_ROUNDS = 300;
const START_MS = 30_000;
const ANSWER_MS = 15_000;
const STOP_MS = 30_000;
// The last run may take this long without any news. A lease must be able to end in it.
const SILENCE_MS = 90_000;

const { ENTENTE_BIN: binary, ENTENTE_DATABASE_URL: database, SERVICE_LOG: logFile } = process.env;
const rounds = Number(process.env.ROUNDS ?? 200);
const replicas = Number(process.env.REPLICAS ?? 1);
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
if (!binary || !database || ![rounds, replicas, seed].every(Number.isInteger) || replicas < 1) {
  console.error("crash: ENTENTE_BIN and ENTENTE_DATABASE_URL are needed; ROUNDS, REPLICAS and SEED are whole numbers");
  process.exit(2);
}
const engine = database.split(":")[0];

// --- chance ----------------------------------------------------------------------------------------------------------

// mulberry32, because Math.random cannot be seeded.
let state = seed;
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let bits = Math.imul(state ^ (state >>> 15), 1 | state);
  bits ^= bits + Math.imul(bits ^ (bits >>> 7), 61 | bits);
  return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
}
const upTo = (most) => Math.floor(random() * (most + 1));

// --- the service -----------------------------------------------------------------------------------------------------

const { ENTENTE_BIN: _notASetting, ...inherited } = process.env;
const environment = {
  ENTENTE_JWT_SECRET: "crash-test-secret-of-no-value-0123456789",
  ENTENTE_WEBHOOKS_ALLOW_HTTP: "true",
  ENTENTE_WEBHOOKS_ALLOWED_NETWORKS: "127.0.0.0/8",
  ENTENTE_RATE_LIMIT_PER_MINUTE: "0",
  ...inherited,
};
const log = logFile ? openSync(logFile, "a") : "ignore";
const running = new Set();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

const token = execFileSync(binary, ["token", "admin"], { env: environment, encoding: "utf8" }).trim();

class Service {
  killed = false;
  // Killed while a client waited for an answer.
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
      assert.equal(service.#child.exitCode, null, "the service ended before it was ready");
      assert.ok(performance.now() < latest, "the service was not ready in time");
      await sleep(5);
    }
    return service;
  }

  // Rejects when there was no whole answer.
  call(method, path, body, headers = {}) {
    return new Promise((resolve, reject) => {
      const request = http.request({
        host: "127.0.0.1", port: this.#port, agent: this.#agent, method, path, timeout: ANSWER_MS,
        headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json", ...headers },
      });
      request.on("error", reject).on("timeout", () => request.destroy(new Error("no answer in time")));
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
  // Event -> { digest, at: for each endpoint the rounds in which it came }.
  events = new Map();
  // What is wrong with no regard to the rest.
  faults = [];
  received = 0;
  // Events that are at every endpoint.
  complete = 0;
  #server = http.createServer((request, response) => this.#take(request, response));

  async listen() {
    // Longer than the service keeps a connection, or it would now and then write to one that is being closed.
    this.#server.keepAliveTimeout = 60_000;
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  url(endpoint) {
    return `http://127.0.0.1:${this.#server.address().port}/hook/${endpoint}`;
  }

  // Resolves when all that a killed process has sent was read: only then is a receipt one of the next round.
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
      // The process was killed before it had sent everything: nothing has arrived.
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
    if (event.digest !== digest) this.faults.push(`${id} came with other bytes`);
    event.at[endpoint].push(this.round);
    if (event.at[endpoint].length === 1 && event.at.every((came) => came.length > 0)) this.complete += 1;
  }
}

// --- the clients -----------------------------------------------------------------------------------------------------

// Subject of every change that was answered -> its key.
const answered = new Map();
// Posts that a kill left without an answer: repeated with the same key, as a client does.
let unanswered = [];
let keys = 0;
let interruptedRounds = 0;

function newPosts(count) {
  return Array.from({ length: count }, () => `d${seed}-${(keys += 1)}`);
}

// Posts what is in the queue, to each service in turn; several of these share a queue.
async function client(services, queue) {
  for (let key, turn = 0; (key = queue.shift()); turn += 1) {
    const service = services[turn % services.length];
    let answer;
    try {
      answer = await service.call("POST", "/v1/departments", { key, name: key }, { "Idempotency-Key": key });
    } catch (error) {
      if (!service.killed) throw new Error(`POST without an answer, though nobody was killed: ${error.message}`);
      service.interrupted = true;
      unanswered.push(key);
      continue;
    }
    assert.equal(answer.status, 201, `POST of ${key}: ${answer.text}`);
    const { id } = JSON.parse(answer.text);
    assert.ok(!answered.has(id), `${id} was given to ${answered.get(id)} and to ${key}`);
    answered.set(id, key);
  }
}

// Follows the feed as a consumer does, also across kills.
class Reader {
  events = [];
  told = 0;

  // Reads on; returns whether there was something new.
  async read(service) {
    const after = this.events.length;
    const { status, text } = await service.call("GET", `/v1/events?after=${after}&limit=100`);
    assert.equal(status, 200, `the feed: ${text}`);
    const { data } = JSON.parse(text);
    for (const { id, type, sequence, subject } of data) {
      assert.equal(sequence, this.events.length + 1, "the feed has a gap");
      this.events.push({ id, subject, told: type === EVENT });
      this.told += type === EVENT;
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
  const posts = [...unanswered, ...newPosts(random() < 0.1 ? 0 : 1 + upTo(MOST_POSTS - 1))];
  const clients = 1 + upTo(MOST_CLIENTS - 1);
  // Rather early than late, because the posts of a round are answered within a few tens of milliseconds.
  const delay = random() ** 2 * LATEST_KILL_MS;
  unanswered = [];
  receiver.round += 1;
  const service = await Service.start(port);
  const work = [reader.follow(service), ...Array.from({ length: clients }, () => client([service], posts))];
  // Whoever fails ends the round at once.
  await Promise.race([sleep(delay), Promise.all(work)]);
  unanswered.push(...posts.splice(0));
  await service.kill();
  await Promise.all(work);
  interruptedRounds += service.interrupted;
  await receiver.drained();
}

async function lastRun(ports, reader, receiver) {
  receiver.round += 1;
  const services = await Promise.all(ports.map((port) => Service.start(port)));
  const posts = [...unanswered, ...newPosts(rounds === 0 ? POSTS_WITHOUT_ROUNDS : 0)];
  await Promise.all(Array.from({ length: MOST_CLIENTS }, () => client(services, posts)));
  let [news, since] = ["", performance.now()];
  while (performance.now() - since < SILENCE_MS) {
    while (await reader.read(services[0]));
    if (reader.told >= answered.size && receiver.complete >= reader.told) break;
    const now = `${reader.events.length} ${receiver.received}`;
    if (now !== news) [news, since] = [now, performance.now()];
    await sleep(50);
  }
  const feed = new Reader();
  while (await feed.read(services[0]));
  await Promise.all(services.map((service) => service.stop()));
  return feed;
}

// --- the judgement ---------------------------------------------------------------------------------------------------

function judge(feed, reader, receiver) {
  const told = feed.events.filter((event) => event.told);
  const ids = new Set(told.map((event) => event.id));
  const times = new Map();
  for (const { subject } of told) times.set(subject, (times.get(subject) ?? 0) + 1);

  const lost = [
    ...[...answered.keys()].filter((id) => !times.has(id)).map((id) => `${id} was answered, but is not in the feed`),
    ...told.flatMap(({ id }) => (receiver.events.get(id)?.at ?? Array(ENDPOINTS).fill([]))
      .flatMap((came, endpoint) => (came.length ? [] : [`${id} never came to endpoint ${endpoint + 1}`]))),
  ];
  const phantoms = [
    ...[...receiver.events.keys()].filter((id) => !ids.has(id)).map((id) => `${id} was sent, but is not in the feed`),
    // Every post was repeated until it was answered, so there is nothing else that could have happened.
    ...[...times.keys()].filter((id) => !answered.has(id)).map((id) => `${id} is in the feed, but was never answered`),
  ];
  const faults = [
    ...receiver.faults,
    ...[...times].filter(([, count]) => count > 1).map(([id, count]) => `${id} is ${count} times in the feed`),
    ...reader.events.filter((seen, at) => seen.id !== feed.events[at]?.id).map(({ id }) => `${id} moved in the feed`),
  ];
  let duplicates = 0;
  for (const [id, { at }] of receiver.events) {
    at.forEach((came, endpoint) => {
      duplicates += Math.max(came.length - 1, 0);
      // Each round but the last ends with a kill, so two receipts of one round have none between them.
      if (new Set(came).size < came.length) faults.push(`${id} came twice to endpoint ${endpoint + 1} without a kill: rounds ${came}`);
    });
  }
  return { lost, phantoms, faults, duplicates };
}

const started = performance.now();
const receiver = new Receiver();
const reader = new Reader();
console.log(`crash: ${engine}: seed ${seed}, ${rounds} rounds, ${replicas} in the last run`);
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
  const feed = await lastRun(ports, reader, receiver);

  const { lost, phantoms, faults, duplicates } = judge(feed, reader, receiver);
  const seconds = Math.round((performance.now() - started) / 1_000);
  console.log(`crash: ${engine}: ${rounds} rounds, ${rounds} kills (${interruptedRounds} during requests), ${answered.size} committed, `
    + `${receiver.received} received, lost ${lost.length}, phantom ${phantoms.length}, duplicates ${duplicates}, ${seconds} s`);
  const wrong = [...lost, ...phantoms, ...faults];
  if (wrong.length > 0) throw new Error([`${wrong.length} wrong, such as:`, ...wrong.slice(0, 20)].join("\n  "));
  process.exit(0);
} catch (error) {
  console.error(`crash: ${engine}: FAILED in round ${receiver.round} of seed ${seed}: ${error.message}`);
  process.exit(1);
}
