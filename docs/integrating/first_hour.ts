// The hour of docs/integrating.md as one program: a small CRM that makes a lead of each callback request.
//
// Node 20 and `npm install standardwebhooks typescript @types/node`, in a package with "type": "module"; compile it
// with `tsc`. Start the demo (`entente demo`), then, in the same folder:
//
//     ADMIN_TOKEN=$(entente token cmo) CRM_TOKEN=$(entente token my-crm --service --scope projects:read \
//         --scope callbacks:read --scope callbacks:work --scope webhooks:manage) node first_hour.js
//
//     BASE        the service (default: http://127.0.0.1:8080)
//     PORT        where webhooks come in (default: any free one)
//     STATE_FILE  what must outlive a restart (default: first_hour.json)
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Webhook } from "standardwebhooks";

const BASE = process.env.BASE ?? "http://127.0.0.1:8080";
const SYSTEM = "my-crm";
const EVENT_TYPE = "callback_request.received";
const TRIES = 5;
const PATIENCE_MS = 30_000; // that a call may wait before it is tried again
const MAX_BYTES = 1_000_000;

// The members that are used here. A client generated from /openapi.json has all of them.
type Thing = { id: string };
type Page = { data: Thing[]; next_cursor: string | null };
type Event = Thing & { type: string; subject: string; sequence: number; caused_by: string | null; data: EventData };
type EventData = { intent?: string };
type EventPage = { data: Event[]; last_sequence: number };
type Violation = { pointer?: string; parameter?: string; header?: string; code: string };
type ProblemBody = { code?: string; request_id?: string; errors?: Violation[]; oldest_sequence?: number };
type Answer<Body> = { status: number; headers: Headers; body: Body };

// What the service refused (RFC 9457). Branch on `code`.
class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly body: ProblemBody;
  readonly headers: Headers;

  constructor({ status, headers, body }: Answer<ProblemBody>) {
    const places = (body.errors ?? []).map((error) => error.pointer ?? error.parameter ?? error.header);
    super(`${status} ${body.code} [${places.join(", ")}] request_id=${body.request_id}`);
    this.status = status;
    this.code = body.code ?? "";
    this.body = body;
    this.headers = headers;
  }

  // Milliseconds until the same request may be sent again; undefined when that is no use.
  pause(attempt: number): number | undefined {
    const again = [408, 429, 500, 502, 503, 504].includes(this.status) || this.code === "idempotency_in_progress";
    if (!again) return undefined;
    const told = this.headers.get("retry-after") ?? "";
    return 1000 * (/^\d+$/.test(told) ? Number(told) : 2 ** attempt);
  }
}

// Requests with one token.
class Client {
  readonly #token: string | undefined;

  constructor(token?: string) {
    this.#token = token;
  }

  // Sends, and sends the same bytes again when that can help.
  async call<Body>(method: string, path: string, body?: unknown, headers = {}): Promise<Answer<Body>> {
    const sent = new Headers({ "Accept-Language": "en", "Content-Type": "application/json", ...headers });
    if (this.#token) sent.set("Authorization", `Bearer ${this.#token}`);
    // A POST without a key could happen twice when it is sent again.
    if (method === "POST" && !sent.has("Idempotency-Key")) sent.set("Idempotency-Key", randomUUID());
    const content = body === undefined ? null : JSON.stringify(body);
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await Client.once<Body>(new URL(path, BASE), { method, headers: sent, body: content });
      } catch (error) {
        const pause = error instanceof Problem ? error.pause(attempt) : 1000 * 2 ** attempt;
        if (pause === undefined || pause > PATIENCE_MS || attempt === TRIES - 1) throw error;
        await sleep(pause);
      }
    }
  }

  private static async once<Body>(url: URL, request: RequestInit): Promise<Answer<Body>> {
    const response = await fetch(url, { ...request, signal: AbortSignal.timeout(20_000) });
    const { status, headers } = response;
    const text = await response.text();
    if (response.ok) return { status, headers, body: JSON.parse(text || "null") as Body };
    // A proxy on the way may answer with a page of its own.
    const isProblem = headers.get("content-type")?.startsWith("application/problem+json");
    throw new Problem({ status, headers, body: isProblem ? (JSON.parse(text) as ProblemBody) : {} });
  }

  // All pages of a list, by the header Link.
  async *pages(path: string): AsyncGenerator<Page> {
    for (let next: string | undefined = path; next; ) {
      const page: Answer<Page> = await this.call("GET", next);
      yield page.body;
      next = /<([^>]+)>; rel="next"/.exec(page.headers.get("link") ?? "")?.[1];
    }
  }

  // All items of a list, by `next_cursor`.
  async *items(path: string): AsyncGenerator<Thing> {
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page: Answer<Page> = await this.call("GET", path + (cursor && `&cursor=${cursor}`));
      yield* page.body.data;
      cursor = page.body.next_cursor;
    }
  }

  // Changes what is there now. A patch that depends on what it finds has to be made anew each time.
  async change(path: string, patch: unknown): Promise<Answer<Thing>> {
    for (;;) {
      const found = await this.call<Thing>("GET", path);
      try {
        return await this.call<Thing>("PATCH", path, patch, { "If-Match": etag(found) });
      } catch (error) {
        if (!(error instanceof Problem && error.code === "stale_version")) throw error;
      }
    }
  }
}

const etag = (answer: Answer<unknown>): string => answer.headers.get("etag") ?? "";

type State = { cursor: number | null; handled: string[]; leads: Record<string, string> };

// The database of the CRM: how far the feed was read, ids of events, leads by request. One file.
class Store {
  readonly state: State;
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
    const empty: State = { cursor: null, handled: [], leads: {} };
    this.state = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as State) : empty;
  }

  lead(request: string): string {
    const { leads } = this.state;
    const id = (leads[request] ??= `lead-${Object.keys(leads).length + 1}`);
    this.save();
    return id;
  }

  // Whole or not at all.
  save(change: Partial<State> = {}): void {
    Object.assign(this.state, change);
    writeFileSync(`${this.#path}.new`, JSON.stringify(this.state));
    renameSync(`${this.#path}.new`, this.#path);
  }
}

// Takes webhooks, verifies them and keeps them; the work is done behind it.
class Receiver {
  webhook: Webhook | undefined;
  port: number;
  readonly #events: Event[] = [];
  #server: Server | undefined;

  constructor(port: number) {
    this.port = port;
  }

  async start(): Promise<void> {
    this.#server = createServer((request, response) => {
      // Nobody is told why.
      const status = this.#take(request).catch(() => 400);
      void status.then((code) => response.writeHead(code).end());
    });
    this.#server.listen(this.port, "127.0.0.1");
    await once(this.#server, "listening");
    this.port = (this.#server.address() as AddressInfo).port;
  }

  async #take(request: IncomingMessage): Promise<number> {
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of request as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > MAX_BYTES) return 400;
      chunks.push(chunk);
    }
    if (!this.webhook) return 400;
    // The bytes as they came: not parsed and written again. Throws when the signature is wrong.
    this.#events.push(this.webhook.verify(Buffer.concat(chunks), request.headers as Record<string, string>) as Event);
    // A real one stores the event before it answers 2xx: what is in memory is lost with the process.
    return 204;
  }

  async next(): Promise<Event> {
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(20)) {
      const event = this.#events.shift();
      if (event) return event;
    }
    throw new Error("no webhook came");
  }

  async stop(): Promise<void> {
    if (!this.#server?.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }
}

// What the integration does with events, however they come.
class Crm {
  readonly store: Store;
  readonly #client: Client;

  constructor(client: Client, store: Store) {
    this.#client = client;
    this.store = store;
  }

  // Whether it was new. Safe to be told twice, and to be interrupted anywhere.
  async handle(event: Event): Promise<boolean> {
    const { handled } = this.store.state;
    if (handled.includes(event.id)) return false;
    // Support questions are for the ITSM tool; what this CRM made itself it knows.
    if (event.type === EVENT_TYPE && event.data.intent === "sales" && event.caused_by !== SYSTEM) {
      await this.#adopt(event.subject);
    }
    // Last: an interrupted one is done again, and each step of it changes nothing the second time.
    this.store.save({ handled: [...handled, event.id] });
    return true;
  }

  // A lead for a request, and its id written back. Events tell nothing of a person, so they are asked for.
  async #adopt(request: string): Promise<void> {
    const path = `/v1/callback-requests/${request}`;
    try {
      const { body: person } = await this.#client.call<Thing & { erased_at: string | null }>("GET", path);
      if (person.erased_at !== null) return;
      const lead = { external_id: this.store.lead(request), status: "New" };
      await this.#client.call("PUT", `${path}/external-references/${SYSTEM}`, lead, { "If-Match": "*" });
    } catch (error) {
      // Erased meanwhile: there is nothing to adopt.
      if (!(error instanceof Problem && [404, 409].includes(error.status))) throw error;
    }
  }

  // What the feed cannot tell any more, or was there before.
  async adoptAll(): Promise<void> {
    const requests = this.#client.items("/v1/callback-requests?limit=100&intent=sales");
    for await (const request of requests) await this.#adopt(request.id);
  }

  // Reads the feed from where it was left; resolves to how many events were new.
  async catchUp(): Promise<number> {
    for (let fresh = 0; ; ) {
      const after = this.store.state.cursor ?? 0;
      let page: EventPage;
      try {
        const path = `/v1/events?after=${after}&limit=100&type=${EVENT_TYPE}`;
        page = (await this.#client.call<EventPage>("GET", path)).body;
      } catch (error) {
        const oldest = error instanceof Problem ? error.body.oldest_sequence : undefined;
        if (oldest === undefined) throw error; // 410 events_expired has it
        console.log("   away for too long: all requests are read again");
        await this.adoptAll();
        this.store.save({ cursor: oldest - 1 });
        continue;
      }
      for (const event of page.data) if (await this.handle(event)) fresh += 1;
      this.store.save({ cursor: page.last_sequence });
      if (page.data.length === 0) return fresh;
    }
  }
}

async function refused(request: Promise<unknown>): Promise<Problem> {
  const answer = await request.catch((error: unknown) => error);
  assert.ok(answer instanceof Problem, `not refused: ${JSON.stringify(answer)}`);
  return answer;
}

// Steps 1 to 5.
async function directory(admin: Client): Promise<void> {
  const me = await admin.call<{ display_name: string }>("GET", "/v1/me");
  const stranger = await refused(new Client().call("GET", "/v1/projects"));
  console.log(`1. ${me.body.display_name}; without a token: ${stranger.message}`);

  const headers = { "Idempotency-Key": randomUUID() };
  const department = { key: `ts-${randomUUID().slice(0, 8)}`, name: "Legal" };
  const made = await admin.call<Thing>("POST", "/v1/departments", department, headers);
  const path = made.headers.get("location") ?? "";
  console.log(`2. ${made.status} ${path} ${etag(made)}`);

  const byCursor: string[] = [];
  for await (const person of admin.items("/v1/people?limit=5")) byCursor.push(person.id);
  const byLink: string[] = [];
  for await (const page of admin.pages("/v1/people?limit=5")) byLink.push(...page.data.map((person) => person.id));
  assert.deepEqual(byLink, byCursor);
  console.log(`3. ${byLink.length} people, by next_cursor and by Link`);

  const changed = await admin.change(path, { name: "Legal affairs" });
  const same = await admin.change(path, { name: "Legal affairs" });
  assert.equal(etag(same), etag(changed));
  const missing = await refused(admin.call("PATCH", path, { name: "Law" }));
  const stale = await refused(admin.call("PATCH", path, { name: "Law" }, { "If-Match": etag(made) }));
  assert.deepEqual([missing.status, stale.status], [428, 412]);
  console.log(`4. ${etag(changed)}; ${missing.code}; ${stale.code}`);

  const again = await admin.call<Thing>("POST", "/v1/departments", department, headers);
  assert.deepEqual([again.body, again.headers.get("idempotent-replayed")], [made.body, "true"]);
  const other = await refused(admin.call("POST", "/v1/departments", { ...department, name: "Law" }, headers));
  assert.deepEqual([other.status, other.code], [422, "idempotency_mismatch"]);
  console.log(`5. the same answer again; ${other.code}`);
}

// A visitor, without a token, asks to be called as soon as possible.
async function visit(full_name: string, phone: string): Promise<Thing> {
  const wish = { full_name, phone, intent: "sales", preference: { kind: "asap" } };
  return (await new Client().call<Thing>("POST", "/v1/callback-requests", wish)).body;
}

// Handles what comes until it is about `subject`; whether that was new.
async function takeUntil(receiver: Receiver, crm: Crm, subject: string): Promise<boolean> {
  for (;;) {
    const event = await receiver.next();
    const fresh = await crm.handle(event);
    if (event.subject === subject) return fresh;
  }
}

async function main(): Promise<void> {
  const { ADMIN_TOKEN, CRM_TOKEN, PORT = "0", STATE_FILE = "first_hour.json" } = process.env;
  assert.ok(ADMIN_TOKEN && CRM_TOKEN, "ADMIN_TOKEN and CRM_TOKEN are not set");
  const client = new Client(CRM_TOKEN);
  await directory(new Client(ADMIN_TOKEN));

  const receiver = new Receiver(Number(PORT));
  await receiver.start();
  const wanted = { url: `http://127.0.0.1:${receiver.port}/hooks/entente`, event_types: [EVENT_TYPE], system: SYSTEM };
  const endpoint = (await client.call<Thing & { secret: string }>("POST", "/v1/webhook-endpoints", wanted)).body;
  receiver.webhook = new Webhook(endpoint.secret);
  try {
    await integrate(client, receiver, endpoint, STATE_FILE);
  } finally {
    await client.call("DELETE", `/v1/webhook-endpoints/${endpoint.id}`);
    await receiver.stop();
  }
  console.log("done");
}

// Steps 6 to 9.
async function integrate(client: Client, receiver: Receiver, endpoint: Thing, stateFile: string): Promise<void> {
  let crm = new Crm(client, new Store(stateFile));
  const test = `/v1/webhook-endpoints/${endpoint.id}/test`;
  const ping = (await client.call<{ delivered: boolean; outcome: string }>("POST", test)).body;
  assert.ok(ping.delivered, ping.outcome);
  const forged = await fetch(`http://127.0.0.1:${receiver.port}/`, { method: "POST", body: "{}" });
  assert.equal(forged.status, 400);
  const first = await visit("Alena Procházková", "604 987 222");
  assert.ok(await takeUntil(receiver, crm, first.id));
  console.log(`6. ${ping.outcome}; then ${first.id} came, verified`);

  if (crm.store.state.cursor === null) {
    // The first time: what was there before, and from where on the feed tells the rest.
    const began = (await client.call<EventPage>("GET", `/v1/events?subject=${endpoint.id}`)).body.data[0];
    assert.ok(began);
    await crm.adoptAll();
    crm.store.save({ cursor: began.sequence });
  }
  await crm.catchUp();
  await receiver.stop();
  const second = await visit("Karel Němec", "602 234 222");
  // The CRM starts anew: it knows from its file where it was.
  crm = new Crm(client, new Store(stateFile));
  while (!(await crm.catchUp())) await sleep(200); // an event is in the feed a moment after its change
  await receiver.start(); // the next try comes after five seconds
  assert.ok(!(await takeUntil(receiver, crm, second.id)));
  console.log(`7. ${second.id} was missed, came by the feed, and was known when it came again`);

  const written = `/v1/callback-requests/${second.id}/external-references/${SYSTEM}`;
  const reference = await client.call<{ external_id: string }>("GET", written);
  const recorded = `/v1/events?subject=${second.id}&type=external_reference.recorded`;
  const causes = (await client.call<EventPage>("GET", recorded)).body.data.map((event) => event.caused_by);
  assert.deepEqual(causes, [SYSTEM]);
  console.log(`8. ${reference.body.external_id} ${etag(reference)}, caused by ${SYSTEM}`);

  const wish = { full_name: "Alena", mail: "a@example.com" };
  const wrong = await refused(new Client().call("POST", "/v1/callback-requests", wish));
  assert.ok(wrong.body.errors?.some((error) => error.pointer === "/mail" && error.code === "unknown_member"));
  console.log(`9. ${wrong.message}`);
}

await main();
