import {
  decodeEnvelope,
  encodeEnvelope,
  eventOfType,
  headersOf,
  newId,
  officeInboxTopic,
  partitionOf,
  sequenceText,
  type Envelope,
} from '@tiepsuc/contracts';
import { openEventLog, type EventLog } from '@tiepsuc/event-log';
import { Database, Journal } from '@tiepsuc/journal';
import { createLogger, runService, type RunningService } from '@tiepsuc/runtime';
import { startDemoIssuer, type DemoIssuer } from '@tiepsuc/demo-issuer';
import { disposablePostgres } from '@tiepsuc/test-servers';
import { Writable } from 'node:stream';
import { district } from './service.js';
import { legs } from './store/legs.js';

const ACCOUNTS = [
  { id: 'officer-q7', secret: 'demo', roles: ['officer'], offices: ['q7'] },
  { id: 'manager-all', secret: 'demo', roles: ['manager'], offices: ['*'] },
  { id: 'auditor-01', secret: 'demo', roles: ['auditor'], offices: ['q7'] },
] as const;

type Answer = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- what a user sees is JSON.

describe('the district service', () => {
  let issuer: DemoIssuer;
  let log: EventLog;
  let service: RunningService;
  let env: Record<string, string>;
  const tokens = new Map<string, string>();
  const lines: string[] = [];

  beforeAll(async () => {
    const server = await disposablePostgres();
    issuer = await startDemoIssuer({ audience: 'tiepsuc', accounts: [...ACCOUNTS] });
    env = {
      DATABASE_URL: await server.database(),
      EVENT_LOG: await server.database(),
      HTTP_PORT: '0',
      AUTH_ISSUER: issuer.issuer,
      AUTH_JWKS_URL: issuer.jwksUrl,
      OFFICES: 'q7,q1',
    };
    const destination = new Writable({ write: (line, _encoding, done) => (lines.push(String(line)), done()) });
    service = await runService(district, {
      env,
      logger: createLogger({ service: 'district', level: 'info', destination }),
    });
    log = openEventLog(env['EVENT_LOG'] as string, { clientId: 'test', log: () => undefined });
    for (const { id } of ACCOUNTS) tokens.set(id, await tokenOf(id));
  });
  afterAll(async () => {
    await service.close();
    await log.close();
    await issuer.close();
  });

  async function tokenOf(id: string): Promise<string> {
    const answer = await fetch(issuer.tokenUrl, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${id}:demo`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    return ((await answer.json()) as { access_token: string }).access_token;
  }

  interface Asking {
    readonly as?: string;
    readonly body?: object;
    readonly seen?: number;
    readonly headers?: Record<string, string>;
  }

  async function ask(path: string, { as = 'officer-q7', body, seen, headers }: Asking = {}) {
    const answer = await fetch(`${service.url}${path}`, {
      method: body ? 'POST' : 'GET',
      headers: {
        'accept-language': 'en',
        ...(as ? { authorization: `Bearer ${tokens.get(as)}` } : {}),
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...(seen === undefined ? {} : { 'if-match': `"${seen}"` }),
        ...headers,
      },
      body: body && JSON.stringify(body),
    });
    return { status: answer.status, body: (await answer.json()) as Answer, etag: answer.headers.get('etag') };
  }

  /** Offers a case as routing does; the same envelope again is the same offer again. */
  async function offer(
    { exercise, ...fields }: Record<string, unknown> & { exercise?: true } = {},
    again?: Envelope,
  ): Promise<Envelope> {
    const caseId = newId();
    const data = {
      office: 'q7',
      legId: newId(),
      caseId,
      requestId: newId(),
      needs: ['food', 'medicine'],
      urgency: 'urgent',
      districtCode: '778',
      wardCode: '27475',
      unitsVersion: '2021-01-01',
      beneficiaryRef: newId(),
      householdSize: 5,
      hop: 0,
      occurredAt: '2021-07-22T11:00:12.000Z',
      reporterRef: newId(),
      notifyBy: 'sms',
      language: 'vi',
      trackingCode: 'MRDX-PC2-7D7',
      ...fields,
    };
    const envelope: Envelope = again ?? {
      specversion: '1.0',
      id: newId(),
      source: '/tiepsuc/routing',
      type: 'relief.case.offered.v1',
      subject: data.legId,
      time: new Date().toISOString(),
      datacontenttype: 'application/json',
      partitionkey: data.caseId,
      sequence: sequenceText(1),
      correlationid: data.caseId,
      actor: 'system:routing',
      ...(exercise ? { exercise } : {}),
      data,
    };
    const place = {
      topic: `relief.office.${(envelope.data as Answer)['office']}.inbox.v1`,
      key: envelope.partitionkey,
    };
    const partition = partitionOf(place.key, officeInboxTopic.partitions);
    await log.append(
      [],
      [{ eventId: newId(), ...place, partition, headers: headersOf(envelope), value: encodeEnvelope(envelope) }],
    );
    return envelope;
  }

  /** Waits until the leg is in the office's inbox. */
  async function inInbox({ subject }: Envelope): Promise<string> {
    const journal = service.app.get(Journal);
    for (let n = 0; n < 400; n++) {
      if (await journal.read(legs, subject)) return subject;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error('it never came into the inbox');
  }

  const offeredLeg = async (fields?: Record<string, unknown> & { exercise?: true }) => inInbox(await offer(fields));
  const path = (legId: string, action = '') => `/offices/q7/legs/${legId}${action && `/${action}`}`;

  async function published(office: string, subject: string): Promise<Envelope[]> {
    const found: Envelope[] = [];
    const topic = `relief.office.${office}.cases.v1`;
    for (const { partition } of await log.ends(topic)) {
      for await (const { value } of log.read({ topic, partition })) found.push(decodeEnvelope(value));
    }
    return found.filter((envelope) => envelope.subject === subject);
  }

  it('shows an offered case in the inbox, with names, once', async () => {
    const offered = await offer();
    const legId = await inInbox(offered);
    await offer({}, offered);
    await offeredLeg({ caseId: newId() });
    const { status, body } = await ask('/offices/q7/inbox');
    expect(status).toBe(200);
    const mine = body['items'].filter((item: Answer) => item['legId'] === legId);
    expect(mine).toHaveLength(1);
    expect(mine[0]).toMatchObject({
      status: 'opened',
      sequence: 1,
      urgency: 'urgent',
      districtName: 'Quận 7',
      wardName: expect.stringContaining('Phường'),
      needs: [{ code: 'food', nameVi: 'Lương thực, thực phẩm', nameEn: 'Food' }, { code: 'medicine' }],
      occurredAt: '2021-07-22T11:00:12.000Z',
    });
    expect((await published('q7', legId)).map(({ type }) => type)).toEqual(['relief.leg.opened.v1']);
  });

  it('takes a case through to its outcome and publishes each step with its actor', async () => {
    const legId = await offeredLeg();
    const first = await ask(path(legId));
    expect(first).toMatchObject({
      status: 200,
      etag: '"1"',
      body: { office: 'q7', status: 'opened', householdSize: 5 },
    });
    expect((await ask(path(legId, 'acknowledge'), { body: {}, seen: 1 })).body).toEqual({
      legId,
      status: 'acknowledged',
      sequence: 2,
    });
    expect((await ask(path(legId, 'accept'), { body: {}, seen: 2 })).body).toMatchObject({
      status: 'accepted',
      sequence: 3,
    });
    const evidenceRef = newId();
    const resolved = await ask(path(legId, 'resolve'), { body: { outcome: 'delivered', evidenceRef }, seen: 3 });
    expect(resolved).toMatchObject({ status: 200, body: { status: 'resolved', sequence: 4 } });
    expect((await ask(path(legId))).body).toMatchObject({ outcome: 'delivered', evidenceRef });

    for (let n = 0; n < 200 && (await published('q7', legId)).length < 4; n++) {
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    const events = await published('q7', legId);
    expect(events.map(({ type }) => eventOfType(type)?.name)).toEqual([
      'LegOpened',
      'LegAcknowledged',
      'LegAccepted',
      'LegResolved',
    ]);
    expect(new Set(events.map(({ correlationid }) => correlationid)).size).toBe(1);
    expect(events.map(({ actor }) => actor)).toEqual(['system:district', ...Array(3).fill('office:q7:officer-q7')]);
  });

  it('acknowledges with an acceptance, and gives a repeat its first answer', async () => {
    const legId = await offeredLeg();
    const accept = () =>
      ask(path(legId, 'accept'), { body: {}, seen: 1, headers: { 'idempotency-key': `a-${legId}` } });
    const first = await accept();
    expect(first).toMatchObject({ status: 200, body: { status: 'accepted', sequence: 3 } });
    expect(await accept()).toMatchObject({ status: 200, body: first.body });
    const other = await ask(path(legId, 'accept'), { body: {}, seen: 3, headers: { 'idempotency-key': `a-${legId}` } });
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
  });

  it('gives a case back with a reason and a suggestion', async () => {
    const legId = await offeredLeg();
    const body = { reason: 'not-our-area', suggestedOffice: 'nhabe' };
    expect(await ask(path(legId, 'return'), { body, seen: 1 })).toMatchObject({
      status: 200,
      body: { status: 'returned' },
    });
    expect((await ask(path(legId))).body).toMatchObject({ returnReason: 'not-our-area', suggestedOffice: 'nhabe' });
    const { body: inbox } = await ask('/offices/q7/inbox');
    expect(inbox['items'].map((item: Answer) => item['legId'])).not.toContain(legId);
  });

  it('lets nobody overwrite what they have not seen', async () => {
    const legId = await offeredLeg();
    expect(await ask(path(legId, 'accept'), { body: {} })).toMatchObject({ status: 428, body: { field: 'If-Match' } });
    expect(await ask(path(legId, 'accept'), { body: {}, headers: { 'if-match': 'W/"1"' } })).toMatchObject({
      status: 400,
    });
    const both = await Promise.all([1, 2].map(() => ask(path(legId, 'acknowledge'), { body: {}, seen: 1 })));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
    const stale = await ask(path(legId, 'accept'), { body: {}, seen: 1 });
    expect(stale).toMatchObject({
      status: 412,
      body: { code: 'leg-changed', field: 'If-Match', detail: expect.stringContaining('acknowledged') },
    });
  });

  it('keeps offices apart', async () => {
    const legId = await offeredLeg({ office: 'q1' });
    const asQ7 = [`/offices/q1/inbox`, `/offices/q1/legs/${legId}`, '/offices/q1/summary'];
    for (const address of asQ7)
      expect(await ask(address)).toMatchObject({ status: 403, body: { code: 'office-not-allowed' } });
    expect((await ask(path(legId))).status).toBe(404);
    expect(await ask(path(legId, 'accept'), { body: {}, seen: 1 })).toMatchObject({
      status: 404,
      body: { code: 'leg-unknown' },
    });
    expect(await ask(`/offices/q1/legs/${legId}`, { as: 'manager-all' })).toMatchObject({
      status: 200,
      body: { office: 'q1' },
    });
    expect(await ask('/offices/q3/inbox', { as: 'manager-all' })).toMatchObject({
      status: 404,
      body: { code: 'office-not-served' },
    });
    expect(await ask('/offices/q7/inbox', { as: 'auditor-01' })).toMatchObject({
      status: 403,
      body: { code: 'role-missing' },
    });
    expect((await ask('/offices/q7/inbox', { as: '' })).status).toBe(401);
  });

  it('answers what it refuses with problem documents', async () => {
    const legId = await offeredLeg();
    const resolve = (body: object, seen = 1) => ask(path(legId, 'resolve'), { body, seen });
    expect(await resolve({ outcome: 'delivered' })).toMatchObject({ status: 409, body: { code: 'leg-not-accepted' } });
    expect(await resolve({})).toMatchObject({ status: 422, body: { errors: [{ field: 'outcome' }] } });
    expect(await resolve({ outcome: 'done', note: 'Bà Tư 0909000111' })).toMatchObject({ status: 422 });
    await ask(path(legId, 'accept'), { body: {}, seen: 1 });
    expect(await resolve({ outcome: 'ineligible' }, 3)).toMatchObject({ status: 422, body: { field: 'detailCode' } });
    expect(await resolve({ outcome: 'ineligible', detailCode: 'already-on-payroll' }, 3)).toMatchObject({
      status: 200,
    });
    expect(await resolve({ outcome: 'delivered' }, 4)).toMatchObject({ status: 409, body: { code: 'leg-ended' } });
    expect(await ask('/offices/q7/inbox?cursor=x')).toMatchObject({ status: 422, body: { field: 'cursor' } });
    expect(await ask('/offices/q7/inbox?status=lost')).toMatchObject({ status: 422 });
    expect((await ask(path('nothing'))).status).toBe(404);
  });

  it('lists who asked first, page by page, and counts outcomes that add up', async () => {
    for (const hour of ['09', '07', '08', '08'])
      await offeredLeg({ office: 'q1', occurredAt: `2021-07-23T${hour}:00:00.000Z` });
    const seen: Answer[] = [];
    for (let cursor = ''; ;) {
      const { body } = await ask(`/offices/q1/inbox?limit=2${cursor && `&cursor=${cursor}`}`, { as: 'manager-all' });
      expect(body['items'].length).toBeLessThanOrEqual(2);
      seen.push(...body['items']);
      if (!body['next']) break;
      cursor = body['next'];
    }
    expect(new Set(seen.map((item) => item['legId'])).size).toBe(5);
    const times = seen.map((item) => item['occurredAt']);
    expect(times).toEqual([...times].sort());

    const { body: summary } = await ask('/offices/q7/summary');
    const count = (list: Answer[]) => list.reduce((sum, one) => sum + one['count'], 0);
    const resolved = summary['byStatus'].find((one: Answer) => one['status'] === 'resolved')['count'];
    expect(resolved).toBe(2);
    expect(count(summary['byOutcome'])).toBe(resolved);
    expect(count(summary['byStatus'])).toBe(summary['total']);
    expect((await ask('/offices/q7/inbox?status=resolved')).body['items']).toHaveLength(2);
  });

  it('shows a drill as a drill for as long as it lasts, and counts none', async () => {
    const summary = async () => (await ask('/offices/q7/summary')).body;
    const before = await summary();
    const [drill, real] = [await offeredLeg({ exercise: true }), await offeredLeg()];
    const listed = (await ask('/offices/q7/inbox?limit=200')).body['items'] as Answer[];
    const shown = (legId: string) => listed.find((item) => item['legId'] === legId)?.['exercise'];
    expect([shown(drill), shown(real)]).toEqual([true, false]);
    // The officer does not say that it is a drill.
    for (const [seen, action] of [
      [1, 'accept'],
      [3, 'resolve'],
    ] as const) {
      const body = action === 'resolve' ? { outcome: 'delivered' } : {};
      expect((await ask(path(drill, action), { body, seen })).status).toBe(200);
    }
    expect((await ask(path(drill))).body).toMatchObject({ status: 'resolved', exercise: true });
    expect((await ask(path(real))).body).toMatchObject({ status: 'opened', exercise: false });
    const after = await summary();
    expect(after['total']).toBe(before['total'] + 1);
    expect(after['byOutcome']).toEqual(before['byOutcome']);
  });

  it('reads its lists from an index, however many cases have ended', async () => {
    const database = service.app.get(Database);
    await database.run({
      text: `INSERT INTO leg SELECT gen_random_uuid(), 'q3', gen_random_uuid(),
        CASE WHEN n % 1000 = 0 THEN 'opened' ELSE 'resolved' END, CASE WHEN n % 1000 = 0 THEN NULL ELSE 'delivered' END,
        1, '{}', timestamptz '2021-07-22' + n * interval '1 second', now(), now(), false
        FROM generate_series(1, 50000) AS n`,
    });
    await database.run({ text: 'ANALYZE leg' });
    const plan = async (condition: string) => {
      const rows = await database.run<{ 'QUERY PLAN': string }>({
        text: `EXPLAIN SELECT * FROM leg WHERE office = 'q3' AND ${condition} ORDER BY occurred_at, leg_id LIMIT 51`,
      });
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    };
    expect(await plan(`status IN ('opened', 'acknowledged', 'accepted')`)).toContain('leg_oldest_open');
    const page = await plan(`status = 'resolved' AND (occurred_at, leg_id) > ('2021-07-22T05:00:00Z', '${newId()}')`);
    expect(page).toContain('leg_oldest_of_status');
    expect(page).not.toMatch(/Sort|Seq Scan/);
    await database.run({ text: `DELETE FROM leg WHERE office = 'q3'` });
  });

  it('rebuilds its rows from its events byte for byte', async () => {
    const database = service.app.get(Database);
    const rows = () => database.run({ text: 'SELECT leg::text AS row FROM leg ORDER BY leg_id' });
    const before = await rows();
    await database.run({ text: 'DELETE FROM leg' });
    const journal = await database.run<{ value: Buffer }>({ text: 'SELECT value FROM journal ORDER BY position' });
    const states = new Map<string, typeof legs.initial>();
    const { rowWriter } = service.app.get(Journal);
    for (const { value } of journal) {
      const { type, subject, time, actor, sequence, exercise, data } = decodeEnvelope(value);
      const recorded = { time, actor, sequence: Number(sequence), exercise };
      const event = { type: eventOfType(type)?.name, data } as never;
      const state = legs.evolve(states.get(subject) ?? legs.initial, event, recorded);
      states.set(subject, state);
      await database.transaction(async (sql) => rowWriter.write(sql, legs.project?.(state, subject, recorded) ?? []));
    }
    expect(before.length).toBeGreaterThan(5);
    expect(await rows()).toEqual(before);
    for (const [legId, state] of states)
      expect((await service.app.get(Journal).read(legs, legId))?.state).toEqual(state);
  });

  it('keeps what people write out of journal, event log, logs and metrics', async () => {
    const canary = '0909000111';
    const values = await service.app
      .get(Database)
      .run<{ text: string }>({ text: `SELECT convert_from(value, 'UTF8') AS text FROM journal` });
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    for (const text of [...values.map(({ text }) => text), ...lines, metrics]) expect(text).not.toContain(canary);
    expect(lines.filter((line) => /"level":"(warn|error|fatal)"/.test(line))).toEqual([]);
  });

  it.each([
    ['OFFICES is missing', undefined],
    ['each code in OFFICES must be in the catalogue', 'q7,atlantis'],
  ])('does not start when %s', async (sentence, offices) => {
    const settings = Object.fromEntries(
      Object.entries({ ...env, OFFICES: offices }).filter(([, value]) => value !== undefined),
    );
    await expect(runService(district, { env: settings as Record<string, string> })).rejects.toThrow(sentence);
  });
});
