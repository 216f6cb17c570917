// The walkthrough of docs/quick-start/curl.md with a client that openapi-typescript generated.
// The compiler checks every path, parameter, request body and response. Reads BASE and one TOKEN_<LOGIN> for each of
// the four people (cmo, cio, campaigns, platform) from the environment. See docs/generated-clients.md.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import createClient from 'openapi-fetch';
import type { Client } from 'openapi-fetch';
import type { Department, Event, NewCallbackRequest, NewProject, paths, Person, Problem, Slot } from './entente.ts';

type Api = Client<paths>;

function setting(name: string): string {
  const value = process.env[name];
  assert.ok(value, `${name} is not set`);
  return value;
}

function client(headers: Record<string, string> = {}): Api {
  // Accept-Language chooses the language of texts for people.
  return createClient<paths>({ baseUrl: setting('BASE'), headers: { 'Accept-Language': 'en', ...headers } });
}

function as(login: string): Api {
  return client({ Authorization: `Bearer ${setting(`TOKEN_${login.toUpperCase()}`)}` });
}

const cmo = as('cmo');
const cio = as('cio');
const campaigns = as('campaigns');
const platform = as('platform');
const visitor = client();

interface ApiResponse<T> {
  data?: T;
  error?: Problem;
  response: Response;
}

/** Returns the body of a successful response. */
function got<T>({ data, error, response }: ApiResponse<T>): T {
  assert.ok(data !== undefined, `${response.url}: ${response.status} ${error?.code} ${error?.detail}`);
  return data;
}

/** Returns the problem of a rejected request. */
function rejected({ error, response }: ApiResponse<unknown>, status: number): Problem {
  assert.equal(response.status, status);
  assert.ok(error, 'the response has no problem document');
  assert.equal(error.status, status);
  assert.equal(error.request_id, response.headers.get('Request-Id'));
  return error;
}

function only<T>(items: readonly T[]): T {
  const [item, ...rest] = items;
  assert.ok(item !== undefined && rest.length === 0, `${items.length} items, expected one`);
  return item;
}

function header(response: Response, name: string): string {
  const value = response.headers.get(name);
  assert.ok(value, `no ${name}`);
  return value;
}

async function findPerson(login: string): Promise<Person> {
  return only(got(await cmo.GET('/v1/people', { params: { query: { login } } })).data);
}

async function findDepartment(key: string): Promise<Department> {
  return only(got(await cmo.GET('/v1/departments', { params: { query: { key } } })).data);
}

interface Participants {
  readonly people: Readonly<Record<'cmo' | 'cio' | 'campaigns' | 'platform', Person>>;
  readonly marketing: Department;
  readonly it: Department;
}

async function findParticipants(): Promise<Participants> {
  const people = {
    cmo: await findPerson('cmo'),
    cio: await findPerson('cio'),
    campaigns: await findPerson('campaigns'),
    platform: await findPerson('platform'),
  };
  const [marketing, it] = [await findDepartment('marketing'), await findDepartment('it')];
  assert.equal(marketing.key, 'marketing');
  assert.equal(people.cio.login, 'cio');
  return { people, marketing, it };
}

async function createProject({ people, marketing, it }: Participants): Promise<string> {
  const body: NewProject = {
    name: 'Opening hours by chat',
    purpose: 'Tell customers at any hour when the shops are open.',
    starts_on: '2026-01-05',
    ends_on: '2030-01-01',
    template: 'data-ownership',
    sides: [
      { department_id: marketing.id, sponsor_person_id: people.cmo.id },
      { department_id: it.id, sponsor_person_id: people.cio.id },
    ],
    goals: [{ statement: 'Fewer calls', metric: 'Calls a week', unit: 'calls', baseline: 900, target: 300, due_on: '2029-06-30' }],
    milestones: [{ name: 'First answer by chat', due_on: '2028-06-30' }],
  };
  const response = await cmo.POST('/v1/projects', { body });
  const project = got(response);
  assert.equal(response.response.status, 201);
  assert.equal(header(response.response, 'Location'), `/v1/projects/${project.id}`);
  assert.equal(project.state, 'draft');
  assert.equal(project.lead_person_id, null);
  assert.deepEqual(project.sides.map((side) => side.sponsor_person_id), [people.cmo.id, people.cio.id]);

  // The CMO has proposed the sponsor of the other side, who accepts.
  const accepted = got(await cio.POST('/v1/projects/{id}/sides/{department_id}/sponsor/accept', {
    params: { path: { id: project.id, department_id: it.id } },
  }));
  assert.ok(accepted.sides.every((side) => side.sponsor_state === 'in_office'));
  return project.id;
}

/** Each side invites one person of its own, who accepts. */
async function invite(id: string, { people, marketing, it }: Participants): Promise<void> {
  const invitees: [Api, Api, Person, Department][] = [
    [cmo, campaigns, people.campaigns, marketing], [cio, platform, people.platform, it],
  ];
  for (const [sponsor, api, person, department] of invitees) {
    const invitation = got(await sponsor.POST('/v1/projects/{id}/memberships', {
      params: { path: { id } },
      body: { person_id: person.id, department_id: department.id, project_role: 'Editor', valid_from: '2026-01-05' },
    }));
    assert.equal(invitation.state, 'invited');
    const membership = got(await api.POST('/v1/memberships/{id}/accept', { params: { path: { id: invitation.id } } }));
    assert.equal(membership.state, 'accepted');
    assert.equal(membership.home.department_id, department.id);
    assert.deepEqual(membership.answers_to.toSorted(), [people.cmo.id, people.cio.id].toSorted());
  }
}

async function readBlockers(id: string): Promise<void> {
  const { ready, blockers } = got(await cio.GET('/v1/projects/{id}/readiness', { params: { path: { id } } }));
  assert.equal(ready, false);
  for (const { code, detail } of blockers) console.log(`  ${code}: ${detail}`);
  assert.ok(blockers.some(({ code }) => code === 'signature_missing'));
  assert.ok(blockers.some(({ code, area_id }) => code === 'ownership_gap' && area_id !== null));

  const problem = rejected(await cio.POST('/v1/projects/{id}/activate', { params: { path: { id } } }), 409);
  console.log(`  cannot be activated yet: ${problem.code}`);
}

/** Assigns exactly one accountable owner to every area. */
async function assignOwners(id: string, { people }: Participants): Promise<void> {
  const areas = got(await cio.GET('/v1/projects/{id}/areas', { params: { path: { id }, query: { limit: 100 } } })).data;
  assert.ok(areas.length > 2);
  for (const area of areas) {
    const [sponsor, owner] = area.key.startsWith('customer-') ? [cmo, people.campaigns] : [cio, people.platform];
    const assignment = got(await sponsor.POST('/v1/areas/{id}/assignments', {
      params: { path: { id: area.id } },
      body: { person_id: owner.id, responsibility: 'accountable', valid_from: '2026-01-05' },
    }));
    assert.equal(assignment.person_id, owner.id);
    assert.equal(assignment.valid_to, null);
  }
}

/** Both sides approve the same charter, identified by its hash; then the project is activated. */
async function signAndActivate(id: string): Promise<void> {
  const path = { id };
  assert.equal(got(await cmo.POST('/v1/projects/{id}/propose', { params: { path } })).state, 'proposed');
  const approval = only(got(await cio.GET('/v1/projects/{id}/approvals', {
    params: { path, query: { kind: ['charter'], state: ['open'] } },
  })).data);
  assert.ok(approval.terms.charter, 'the terms contain no charter');
  assert.equal(approval.waiting_for.length, 2);

  const responses = { params: { path: { id: approval.id } } };
  const changed = await cmo.POST('/v1/approvals/{id}/responses', { ...responses, body: { response: 'approve', sha256: '0'.repeat(64) } });
  assert.equal(rejected(changed, 409).sha256, approval.sha256);

  for (const [sponsor, waiting] of [[cmo, 1], [cio, 0]] as const) {
    const signed = got(await sponsor.POST('/v1/approvals/{id}/responses', { ...responses, body: { response: 'approve', sha256: approval.sha256 } }));
    assert.equal(signed.waiting_for.length, waiting);
  }
  const project = got(await cio.POST('/v1/projects/{id}/activate', { params: { path } }));
  assert.equal(project.state, 'active');
  assert.equal(project.charter_in_force?.sha256, project.charter.sha256);
}

async function readPartnership(id: string): Promise<void> {
  const { sides, coverage } = got(await cio.GET('/v1/projects/{id}/partnership', { params: { path: { id } } }));
  assert.equal(sides.length, 2);
  assert.equal(coverage.complete, true);
  assert.equal(sides.reduce((sum, { areas }) => sum + (areas.share ?? 0), 0), 1);

  const chart = await cio.GET('/v1/projects/{id}/partnership.svg', { params: { path: { id } }, parseAs: 'text' });
  assert.match(got(chart), /^<svg /);

  const inbox = got(await cmo.GET('/v1/me/inbox')).data;
  for (const { kind, project_name, due_at } of inbox) console.log(`  ${kind}: ${project_name}, ${due_at ?? 'at any time'}`);
}

async function lastFreeSlot(): Promise<Slot> {
  const slot = got(await visitor.GET('/v1/slots')).data.findLast(({ available }) => available);
  assert.ok(slot, 'all slots are full');
  return slot;
}

/** Creates a callback request as a visitor. A retry with the same key changes nothing and uses no more capacity. */
async function requestCallback(): Promise<void> {
  const slot = await lastFreeSlot();
  const body: NewCallbackRequest = {
    full_name: 'Alena Procházková',
    phone: '604 987 655',
    intent: 'sales',
    preference: { kind: 'slot', slot_id: slot.slot_id },
  };
  const key = randomUUID();
  const send = () => visitor.POST('/v1/callback-requests', { params: { header: { 'Idempotency-Key': key } }, body });
  const first = await send();
  const again = await send();
  const { id, manage_token, state, promised_from, promised_by, confirmation } = got(first);
  assert.deepEqual(got(again), got(first));
  assert.equal(again.response.status, 201);
  assert.equal(first.response.headers.get('Idempotent-Replayed'), null);
  assert.equal(again.response.headers.get('Idempotent-Replayed'), 'true');
  assert.equal(state, 'scheduled');
  assert.equal(promised_from, slot.starts_at);
  const remaining = got(await visitor.GET('/v1/slots')).data.find(({ slot_id }) => slot_id === slot.slot_id)?.capacity_remaining;
  assert.equal(remaining, slot.capacity_remaining - 1);
  console.log(`  ${confirmation}`);

  const receipt = await visitor.GET('/v1/callback-requests/{id}/receipt', {
    params: { path: { id } },
    headers: { 'Manage-Token': manage_token },
  });
  assert.equal(got(receipt).promised_by, promised_by);
}

/** Reads a list in pages of two, and compares it with one page that has everything. */
async function readPages(): Promise<void> {
  const ids: string[] = [];
  let cursor: string | null | undefined;
  do {
    const page = got(await cmo.GET('/v1/people', { params: { query: { limit: 2, ...(cursor && { cursor }) } } }));
    assert.ok(page.data.length <= 2);
    ids.push(...page.data.map((person) => person.id));
    cursor = page.next_cursor;
  } while (cursor !== null);
  const all = got(await cmo.GET('/v1/people', { params: { query: { limit: 100 } } }));
  assert.equal(all.next_cursor, null);
  assert.deepEqual(ids, all.data.map((person) => person.id));
  assert.ok(ids.length > 2);
}

/** Updates the version that was read. An update of an older version is rejected. */
async function change({ marketing }: Participants): Promise<void> {
  const path = { id: marketing.id };
  const read = await cmo.GET('/v1/departments/{id}', { params: { path } });
  const stale = header(read.response, 'ETag');
  const { head_title } = got(read);
  const other = `${head_title ?? 'CMO'} (acting)`;
  const patch = (etag: string, title: string | null) => cmo.PATCH('/v1/departments/{id}', {
    params: { path, header: { 'If-Match': etag } },
    headers: { 'Content-Type': 'application/merge-patch+json' },
    body: { head_title: title },
  });

  const changed = await patch(stale, other);
  assert.equal(got(changed).head_title, other);
  const problem = rejected(await patch(stale, 'Too late'), 412);
  assert.equal(problem.code, 'stale_version');
  const back = await patch(header(changed.response, 'ETag'), head_title);
  assert.equal(got(back).head_title, head_title);
}

/** Sends an invalid request. The problem lists every violation with its location. */
async function sendInvalid({ people, marketing }: Participants): Promise<void> {
  const problem = rejected(await cmo.POST('/v1/projects', {
    body: {
      name: 'x'.repeat(200),
      purpose: 'To be rejected.',
      starts_on: '2026-01-05',
      ends_on: '2030-01-01',
      sides: [{ department_id: marketing.id, sponsor_person_id: people.cmo.id }],
      milestones: [{ name: 'y'.repeat(200), due_on: '2028-06-30' }],
    },
  }), 422);
  assert.equal(problem.code, 'validation_failed');
  assert.deepEqual(problem.errors?.map(({ pointer }) => pointer).toSorted(), ['/milestones/0/name', '/name', '/sides']);
}

async function* feed(after: number): AsyncGenerator<Event, void, undefined> {
  for (;;) {
    const { data, last_sequence } = got(await cmo.GET('/v1/events', { params: { query: { after, limit: 100 } } }));
    if (data.length === 0) return;
    yield* data;
    after = last_sequence;
  }
}

/** Returns the sequence number of the last event. */
async function catchUp(): Promise<number> {
  let sequence = 0;
  for await (const event of feed(0)) sequence = event.sequence;
  return sequence;
}

/** Reads all events since `start`, which are in order and without gaps. */
async function readFeed(start: number, project: string): Promise<void> {
  const types: string[] = [];
  let sequence = start;
  for await (const event of feed(start)) {
    sequence += 1;
    assert.equal(event.sequence, sequence);
    // A project is the subject of events about its sponsors, too.
    if (event.subject === project && event.type.startsWith('project.')) types.push(event.type);
  }
  assert.deepEqual(types, ['project.created', 'project.proposed', 'project.activated']);
}

async function step<T>(name: string, work: Promise<T>): Promise<T> {
  const result = await work;
  console.log(name);
  return result;
}

const start = await step('the feed so far', catchUp());
const participants = await step('people and departments', findParticipants());
const project = await step('a project', createProject(participants));
await step('memberships', invite(project, participants));
await step('blockers', readBlockers(project));
await step('owners', assignOwners(project, participants));
await step('approved and active', signAndActivate(project));
await step('partnership and inbox', readPartnership(project));
await step('a callback request', requestCallback());
await step('pages', readPages());
await step('a change', change(participants));
await step('violations', sendInvalid(participants));
await step('the feed', readFeed(start, project));
console.log('done');
