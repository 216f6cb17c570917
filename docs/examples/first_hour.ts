// The steps of docs/integrating.md as one program: a small CRM that creates a lead for each callback request.
//
// Needs Node 20 and `npm install standardwebhooks typescript @types/node`, in a package with "type": "module"; compile it
// with `tsc`. Start the demo (`entente demo`), then, in the same folder:
//
//     ADMIN_TOKEN=$(entente token cmo) CRM_TOKEN=$(entente token my-crm --service --scope projects:read \
//         --scope callbacks:read --scope callbacks:work --scope webhooks:manage) node first_hour.js
//
//     BASE        address of the service (default: http://127.0.0.1:8080)
//     PORT        port of the webhook receiver (default: any free port)
//     STATE_FILE  JSON file with the state of the CRM (default: first_hour.json)
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
const MAX_WAIT_MS = 30_000; // to wait at most before a retry
const MAX_BYTES = 1_000_000;

// Only the fields that are used here. A client generated from /openapi.json has all of them.
type Resource = { id: string };
type Page = { data: Resource[]; next_cursor: string | null };
type Event = Resource & { type: string; subject: string; sequence: number; caused_by: string | null; data: EventData };
type EventData = { intent?: string };
type EventPage = { data: Event[]; last_sequence: number };
type Violation = { pointer?: string; parameter?: string; header?: string; code: string };
type ProblemBody = { code?: string; request_id?: string; errors?: Violation[]; oldest_sequence?: number };
type ApiResponse<Body> = { status: number; headers: Headers; body: Body };

// An error response of the service (RFC 9457). Branch on `code`.
class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly body: ProblemBody;
  readonly headers: Headers;

  constructor({ status, headers, body }: ApiResponse<ProblemBody>) {
    const places = (body.errors ?? []).map((error) => error.pointer ?? error.parameter ?? error.header);
    super(`${status} ${body.code} [${places.join(", ")}] request_id=${body.request_id}`);
    this.status = status;
    this.code = body.code ?? "";
    this.body = body;
    this.headers = headers;
  }

  // Returns the milliseconds to wait before a retry, or undefined if a retry cannot succeed.
  pause(attempt: number): number | undefined {
    const retryable = [408, 429, 500, 502, 503, 504].includes(this.status) || this.code === "idempotency_in_progress";
    if (!retryable) return undefined;
    const retryAfter = this.headers.get("retry-after") ?? "";
    return 1000 * (/^\d+$/.test(retryAfter) ? Number(retryAfter) : 2 ** attempt);
  }
}

// Sends requests with one token.
class Client {
  readonly #token: string | undefined;

  constructor(token?: string) {
    this.#token = token;
  }

  // Sends a request and retries it with the same bytes if that can help.
  async call<Body>(method: string, path: string, body?: unknown, headers = {}): Promise<ApiResponse<Body>> {
    const sent = new Headers({ "Accept-Language": "en", "Content-Type": "application/json", ...headers });
    if (this.#token) sent.set("Authorization", `Bearer ${this.#token}`);
    // Without a key, a retried POST could be carried out twice.
    if (method === "POST" && !sent.has("Idempotency-Key")) sent.set("Idempotency-Key", randomUUID());
    const content = body === undefined ? null : JSON.stringify(body);
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await Client.once<Body>(new URL(path, BASE), { method, headers: sent, body: content });
      } catch (error) {
        const pause = error instanceof Problem ? error.pause(attempt) : 1000 * 2 ** attempt;
        if (pause === undefined || pause > MAX_WAIT_MS || attempt === TRIES - 1) throw error;
        await sleep(pause);
      }
    }
  }

  private static async once<Body>(url: URL, request: RequestInit): Promise<ApiResponse<Body>> {
    const response = await fetch(url, { ...request, signal: AbortSignal.timeout(20_000) });
    const { status, headers } = response;
    const text = await response.text();
    if (response.ok) return { status, headers, body: JSON.parse(text || "null") as Body };
    // A proxy may return an error page that is not a problem document.
    const isProblem = headers.get("content-type")?.startsWith("application/problem+json");
    throw new Problem({ status, headers, body: isProblem ? (JSON.parse(text) as ProblemBody) : {} });
  }

  // Yields all pages of a list, following the Link header.
  async *pages(path: string): AsyncGenerator<Page> {
    for (let next: string | undefined = path; next; ) {
      const page: ApiResponse<Page> = await this.call("GET", next);
      yield page.body;
      next = /<([^>]+)>; rel="next"/.exec(page.headers.get("link") ?? "")?.[1];
    }
  }

  // Yields all items of a list, following `next_cursor`.
  async *items(path: string): AsyncGenerator<Resource> {
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page: ApiResponse<Page> = await this.call("GET", path + (cursor && `&cursor=${cursor}`));
      yield* page.body.data;
      cursor = page.body.next_cursor;
    }
  }

  // Patches the current version and retries if it was stale. Recompute patches that depend on the old version.
  async change(path: string, patch: unknown): Promise<ApiResponse<Resource>> {
    for (;;) {
      const found = await this.call<Resource>("GET", path);
      try {
        return await this.call<Resource>("PATCH", path, patch, { "If-Match": etag(found) });
      } catch (error) {
        if (!(error instanceof Problem && error.code === "stale_version")) throw error;
      }
    }
  }
}

const etag = (response: ApiResponse<unknown>): string => response.headers.get("etag") ?? "";

type State = { cursor: number | null; handled: string[]; leads: Record<string, string> };

// The database of the CRM, in one file: the position in the event feed, ids of handled events, and leads by request.
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

  // Writes the file atomically.
  save(change: Partial<State> = {}): void {
    Object.assign(this.state, change);
    writeFileSync(`${this.#path}.new`, JSON.stringify(this.state));
    renameSync(`${this.#path}.new`, this.#path);
  }
}

// Receives webhooks, verifies them and puts them into a queue for processing.
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
      // The response does not say why a message was rejected.
      const status = this.#receive(request).catch(() => 400);
      void status.then((code) => response.writeHead(code).end());
    });
    this.#server.listen(this.port, "127.0.0.1");
    await once(this.#server, "listening");
    this.port = (this.#server.address() as AddressInfo).port;
  }

  async #receive(request: IncomingMessage): Promise<number> {
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of request as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > MAX_BYTES) return 400;
      chunks.push(chunk);
    }
    if (!this.webhook) return 400;
    // Verify the raw bytes: parsing and serialising them again would change the signature input. Throws if it is wrong.
    this.#events.push(this.webhook.verify(Buffer.concat(chunks), request.headers as Record<string, string>) as Event);
    // In production, store the event before you return 2xx: memory is lost when the process ends.
    return 204;
  }

  async next(): Promise<Event> {
    for (const end = Date.now() + MAX_WAIT_MS; Date.now() < end; await sleep(20)) {
      const event = this.#events.shift();
      if (event) return event;
    }
    throw new Error("no webhook arrived");
  }

  async stop(): Promise<void> {
    if (!this.#server?.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }
}

// Handles events, whether they arrive as webhooks or from the feed.
class Crm {
  readonly store: Store;
  readonly #client: Client;

  constructor(client: Client, store: Store) {
    this.#client = client;
    this.store = store;
  }

  // Handles an event once and resolves to whether it was new. Safe to repeat and to interrupt at any point.
  async handle(event: Event): Promise<boolean> {
    const { handled } = this.store.state;
    if (handled.includes(event.id)) return false;
    // Skips support requests, which belong to the ITSM tool, and changes that this CRM caused itself.
    if (event.type === EVENT_TYPE && event.data.intent === "sales" && event.caused_by !== SYSTEM) {
      await this.#createLead(event.subject);
    }
    // Recorded last: if the work is interrupted, it is repeated, and every step is idempotent.
    this.store.save({ handled: [...handled, event.id] });
    return true;
  }

  // Creates a lead and writes its id back. Reads the request first, because events contain no personal data.
  async #createLead(request: string): Promise<void> {
    const path = `/v1/callback-requests/${request}`;
    try {
      const { body } = await this.#client.call<Resource & { erased_at: string | null }>("GET", path);
      if (body.erased_at !== null) return;
      const lead = { external_id: this.store.lead(request), status: "New" };
      await this.#client.call("PUT", `${path}/external-references/${SYSTEM}`, lead, { "If-None-Match": "*" });
    } catch (error) {
      // The request has been erased (404, 409), or the reference was written before (412).
      if (!(error instanceof Problem && [404, 409, 412].includes(error.status))) throw error;
    }
  }

  // Creates leads for all requests: on the first run, and when events have expired.
  async createAllLeads(): Promise<void> {
    const requests = this.#client.items("/v1/callback-requests?limit=100&intent=sales");
    for await (const request of requests) await this.#createLead(request.id);
  }

  // Reads the feed from the stored position and resolves to the number of new events.
  async catchUp(): Promise<number> {
    for (let fresh = 0; ; ) {
      const after = this.store.state.cursor ?? 0;
      let page: EventPage;
      try {
        const path = `/v1/events?after=${after}&limit=100&type=${EVENT_TYPE}`;
        page = (await this.#client.call<EventPage>("GET", path)).body;
      } catch (error) {
        const oldest = error instanceof Problem ? error.body.oldest_sequence : undefined;
        if (oldest === undefined) throw error; // only the problem events_expired (410) has it
        console.log("   events have expired: reading all requests again");
        await this.createAllLeads();
        this.store.save({ cursor: oldest - 1 });
        continue;
      }
      for (const event of page.data) if (await this.handle(event)) fresh += 1;
      this.store.save({ cursor: page.last_sequence });
      if (page.data.length === 0) return fresh;
    }
  }
}

async function rejected(request: Promise<unknown>): Promise<Problem> {
  const result = await request.catch((error: unknown) => error);
  assert.ok(result instanceof Problem, `not rejected: ${JSON.stringify(result)}`);
  return result;
}

// Steps 1 to 5.
async function directory(admin: Client): Promise<void> {
  const me = await admin.call<{ display_name: string }>("GET", "/v1/me");
  const stranger = await rejected(new Client().call("GET", "/v1/projects"));
  console.log(`1. ${me.body.display_name}; without a token: ${stranger.message}`);

  const headers = { "Idempotency-Key": randomUUID() };
  const department = { key: `ts-${randomUUID().slice(0, 8)}`, name: "Legal" };
  const made = await admin.call<Resource>("POST", "/v1/departments", department, headers);
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
  const missing = await rejected(admin.call("PATCH", path, { name: "Law" }));
  const stale = await rejected(admin.call("PATCH", path, { name: "Law" }, { "If-Match": etag(made) }));
  assert.deepEqual([missing.status, stale.status], [428, 412]);
  console.log(`4. ${etag(changed)}; ${missing.code}; ${stale.code}`);

  const again = await admin.call<Resource>("POST", "/v1/departments", department, headers);
  assert.deepEqual([again.body, again.headers.get("idempotent-replayed")], [made.body, "true"]);
  const other = await rejected(admin.call("POST", "/v1/departments", { ...department, name: "Law" }, headers));
  assert.deepEqual([other.status, other.code], [422, "idempotency_mismatch"]);
  console.log(`5. the same response again; ${other.code}`);
}

// Creates a callback request for as soon as possible, as a visitor without a token.
async function requestCallback(full_name: string, phone: string): Promise<Resource> {
  const body = { full_name, phone, intent: "sales", preference: { kind: "asap" } };
  return (await new Client().call<Resource>("POST", "/v1/callback-requests", body)).body;
}

// Handles webhooks until one is about `subject`; resolves to whether that event was new.
async function handleUntil(receiver: Receiver, crm: Crm, subject: string): Promise<boolean> {
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
  const url = `http://127.0.0.1:${receiver.port}/hooks/entente`;
  const endpoint = (await client.call<Resource & { secret: string }>("POST", "/v1/webhook-endpoints", {
    url, event_types: [EVENT_TYPE], system: SYSTEM,
  })).body;
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
async function integrate(client: Client, receiver: Receiver, endpoint: Resource, stateFile: string): Promise<void> {
  let crm = new Crm(client, new Store(stateFile));
  const test = `/v1/webhook-endpoints/${endpoint.id}/test`;
  const ping = (await client.call<{ delivered: boolean; outcome: string }>("POST", test)).body;
  assert.ok(ping.delivered, ping.outcome);
  const forged = await fetch(`http://127.0.0.1:${receiver.port}/`, { method: "POST", body: "{}" });
  assert.equal(forged.status, 400);
  const first = await requestCallback("Alena Procházková", "604 987 222");
  assert.ok(await handleUntil(receiver, crm, first.id));
  console.log(`6. ${ping.outcome}; then ${first.id} arrived, verified`);

  if (crm.store.state.cursor === null) {
    // First run: read the existing requests, then follow the feed from the creation of the endpoint.
    const created = (await client.call<EventPage>("GET", `/v1/events?subject=${endpoint.id}`)).body.data[0];
    assert.ok(created);
    await crm.createAllLeads();
    crm.store.save({ cursor: created.sequence });
  }
  await crm.catchUp();
  await receiver.stop();
  const second = await requestCallback("Karel Němec", "602 234 222");
  // Simulates a restart of the CRM: the position in the feed is in its file.
  crm = new Crm(client, new Store(stateFile));
  while (!(await crm.catchUp())) await sleep(200); // events appear in the feed shortly after the change
  await receiver.start(); // the next delivery attempt follows after five seconds
  assert.ok(!(await handleUntil(receiver, crm, second.id)));
  console.log(`7. ${second.id} was missed, read from the feed, and recognised when the webhook arrived`);

  const written = `/v1/callback-requests/${second.id}/external-references/${SYSTEM}`;
  const reference = await client.call<{ external_id: string }>("GET", written);
  const recorded = `/v1/events?subject=${second.id}&type=external_reference.recorded`;
  const causes = (await client.call<EventPage>("GET", recorded)).body.data.map((event) => event.caused_by);
  assert.deepEqual(causes, [SYSTEM]);
  console.log(`8. ${reference.body.external_id} ${etag(reference)}, caused by ${SYSTEM}`);

  const invalid = { full_name: "Alena", mail: "a@example.com" };
  const wrong = await rejected(new Client().call("POST", "/v1/callback-requests", invalid));
  assert.ok(wrong.body.errors?.some((error) => error.pointer === "/mail" && error.code === "unknown_field"));
  console.log(`9. ${wrong.message}`);
}

await main();
