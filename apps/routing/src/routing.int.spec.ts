import {
  decodeEnvelope,
  encodeEnvelope,
  eventNamed,
  eventOfType,
  fill,
  headersOf,
  newId,
  partitionOf,
  recordHash,
  sequenceText,
  type Envelope,
} from '@tiepsuc/contracts';
import { openEventLog, type EventLog } from '@tiepsuc/event-log';
import { Database, Journal } from '@tiepsuc/journal';
import { createLogger, runService, type RunningService } from '@tiepsuc/runtime';
import { startDemoIssuer, type DemoIssuer } from '@tiepsuc/demo-issuer';
import { disposablePostgres } from '@tiepsuc/test-servers';
import { Writable } from 'node:stream';
import type { Case } from './domain/case.js';
import { routing } from './service.js';
import { cases } from './store/cases.js';

const ACCOUNTS = [
  { id: 'dispatch-02', secret: 'demo', roles: ['dispatcher'], offices: [] },
  { id: 'officer-03', secret: 'demo', roles: ['officer'], offices: ['q7'] },
  { id: 'auditor-01', secret: 'demo', roles: ['auditor'], offices: [] },
] as const;

type Answer = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- what a user sees is JSON.

describe('the routing service', () => {
  let issuer: DemoIssuer;
  let log: EventLog;
  let service: RunningService;
  const tokens = new Map<string, string>();
  const lines: string[] = [];

  beforeAll(async () => {
    const server = await disposablePostgres();
    issuer = await startDemoIssuer({ audience: 'tiepsuc', accounts: [...ACCOUNTS] });
    const eventLog = await server.database();
    service = await runService(routing, {
      env: {
        DATABASE_URL: await server.database(),
        EVENT_LOG: eventLog,
        HTTP_PORT: '0',
        AUTH_ISSUER: issuer.issuer,
        AUTH_JWKS_URL: issuer.jwksUrl,
      },
      logger: createLogger({
        service: 'routing',
        level: 'info',
        destination: new Writable({ write: (line, _encoding, done) => (lines.push(String(line)), done()) }),
      }),
    });
    log = openEventLog(eventLog, { clientId: 'test', log: () => undefined });
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

  async function ask(path: string, options: { as?: string; body?: object; headers?: Record<string, string> } = {}) {
    const { as, body, headers } = options;
    const answer = await fetch(`${service.url}${path}`, {
      method: body ? 'POST' : 'GET',
      headers: {
        'accept-language': 'en',
        ...(as ? { authorization: `Bearer ${tokens.get(as)}` } : {}),
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
      body: body && JSON.stringify(body),
    });
    return { status: answer.status, body: (await answer.json()) as Answer, headers: answer.headers };
  }

  /** Says something on the event log as another service would; the same envelope twice is the same record twice. */
  function envelopeOf(name: string, data: Record<string, unknown>, previous?: Envelope): Envelope {
    const { type, topic } = eventNamed(name);
    return {
      specversion: '1.0',
      id: newId(),
      source: fill(topic.source, data),
      type,
      subject: String(data[topic.subject]),
      time: new Date().toISOString(),
      datacontenttype: 'application/json',
      partitionkey: String(data[topic.key]),
      sequence: sequenceText(previous ? Number(previous.sequence) + 1 : 1),
      prevhash: previous && recordHash(encodeEnvelope(previous)),
      correlationid: String(data['caseId']),
      actor: 'system:test',
      data,
    };
  }

  async function publish(envelope: Envelope, eventId = envelope.id): Promise<void> {
    const { topic } = eventOfType(envelope.type) ?? eventNamed(envelope.type);
    await log.append(
      [],
      [
        {
          eventId,
          topic: fill(topic.name, envelope.data),
          partition: partitionOf(envelope.partitionkey, topic.partitions),
          key: envelope.partitionkey,
          headers: headersOf(envelope),
          value: encodeEnvelope(envelope),
        },
      ],
    );
  }

  async function file({
    exercise,
    ...fields
  }: Record<string, unknown> & { exercise?: true }): Promise<{ caseId: string; envelope: Envelope }> {
    const caseId = newId();
    const filed = envelopeOf('RequestFiled', {
      requestId: newId(),
      caseId,
      channel: 'phone',
      needs: ['food'],
      urgency: 'normal',
      beneficiaryRef: newId(),
      reporterRef: newId(),
      unitsVersion: '2021-01-01',
      occurredAt: '2021-07-22T11:00:00.000Z',
      notifyBy: 'sms',
      language: 'vi',
      trackingCode: 'MRDX-PC2-7D7',
      ...fields,
    });
    const envelope = { ...filed, ...(exercise ? { exercise } : {}) };
    await publish(envelope);
    return { caseId, envelope };
  }

  async function giveBack(caseId: string, office: string, suggestedOffice?: string): Promise<Envelope> {
    const { state } = await settled(caseId, 'routed');
    if (state.status !== 'routed') throw new Error('not routed');
    const leg = { ...state.facts, office, legId: state.legId, hop: state.hop };
    const opened = envelopeOf('LegOpened', leg);
    const returned = envelopeOf('LegReturned', { ...leg, reason: 'not-our-area', suggestedOffice }, opened);
    await publish(opened);
    await publish(returned);
    return returned;
  }

  /** Waits until the case is in that status, in that hop. */
  async function settled(caseId: string, status: Case['status'], hop?: number) {
    const journal = service.app.get(Journal);
    for (let n = 0; n < 400; n++) {
      const found = await journal.read(cases, caseId);
      const known = found?.state.status === 'unknown' ? undefined : found?.state;
      if (found && known?.status === status && (hop === undefined || known.hop === hop)) return found;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error(`the case never was ${status}`);
  }

  async function published(topic: string): Promise<Envelope[]> {
    const found: Envelope[] = [];
    for (const { partition } of await log.ends(topic)) {
      for await (const { value } of log.read({ topic, partition })) found.push(decodeEnvelope(value));
    }
    return found;
  }

  async function offers(caseId: string, office: string, atLeast = 1): Promise<Envelope[]> {
    for (let n = 0; n < 400; n++) {
      const all = await published(`relief.office.${office}.inbox.v1`);
      const mine = all.filter(({ partitionkey }) => partitionkey === caseId);
      if (mine.length >= atLeast) return mine;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error('nothing was offered');
  }

  it('gives a new case to the office of its area and explains why, once', async () => {
    const { caseId, envelope } = await file({ districtCode: '778', wardCode: '27475', needs: ['food', 'medicine'] });
    await settled(caseId, 'routed');
    await publish(envelope, newId());
    const next = await file({ districtCode: '778' });
    await settled(next.caseId, 'routed');
    const offered = await offers(caseId, 'q7');
    expect(offered).toHaveLength(1);
    expect(offered[0]?.data).toMatchObject({ office: 'q7', caseId, needs: ['food', 'medicine'], hop: 0 });
    const { status, body, headers } = await ask(`/cases/${caseId}`, { as: 'auditor-01' });
    expect(status).toBe(200);
    expect(headers.get('etag')).toBe('"1"');
    expect(body).toMatchObject({
      status: 'routed',
      office: 'q7',
      rule: 'area-need',
      hop: 0,
      history: [{ kind: 'routed', office: 'q7', decidedBy: 'rule', rulesVersion: '2021-07-22', need: 'food' }],
    });
  });

  it('follows a good suggestion of a returning office, once', async () => {
    const { caseId } = await file({ districtCode: '778' });
    const returned = await giveBack(caseId, 'q7', 'nhabe');
    await settled(caseId, 'routed', 1);
    await publish(returned, newId());
    expect(await offers(caseId, 'nhabe')).toHaveLength(1);
    const { body } = await ask(`/cases/${caseId}`, { as: 'auditor-01' });
    expect(body).toMatchObject({ office: 'nhabe', rule: 'returned-suggestion', hop: 1 });
  });

  it('leaves what it cannot decide to a dispatcher, who decides once', async () => {
    const { caseId } = await file({ needs: ['food'] });
    await settled(caseId, 'waiting-for-dispatcher');
    const { body: list } = await ask('/dispatcher/cases', { as: 'dispatch-02' });
    const mine = list['items'].find((item: Answer) => item['caseId'] === caseId);
    expect(mine).toMatchObject({ reason: 'no-area', hop: 0, needs: ['food'], tried: [], possible: [] });
    expect(mine['ageSeconds']).toBeGreaterThanOrEqual(0);

    const decide = (office: string, key: string) =>
      ask(`/dispatcher/cases/${caseId}/route`, {
        as: 'dispatch-02',
        body: { office, reasonCode: 'address-by-phone' },
        headers: { 'idempotency-key': key },
      });
    expect(await decide('q99', 'a')).toMatchObject({
      status: 422,
      body: { code: 'office-not-valid', field: 'office' },
    });
    const first = await decide('q5', 'b');
    expect(first).toMatchObject({ status: 200, body: { office: 'q5', hop: 0 } });
    expect((await decide('q5', 'b')).body).toEqual(first.body);
    expect(await decide('q6', 'c')).toMatchObject({ status: 409, body: { code: 'case-not-waiting' } });
    const [offered] = await offers(caseId, 'q5');
    expect(offered).toMatchObject({ actor: 'dispatcher:dispatch-02', correlationid: caseId });
    const { body: after } = await ask('/dispatcher/cases', { as: 'dispatch-02' });
    expect(after['items'].map((item: Answer) => item['caseId'])).not.toContain(caseId);
  });

  it('shows a drill as a drill, and offers it as one although the dispatcher does not say so', async () => {
    const { caseId } = await file({ needs: ['food'], exercise: true });
    const real = await file({ needs: ['food'] });
    for (const one of [caseId, real.caseId]) await settled(one, 'waiting-for-dispatcher');
    const { body: list } = await ask('/dispatcher/cases?limit=200', { as: 'dispatch-02' });
    const shown = (id: string) => list['items'].find((item: Answer) => item['caseId'] === id)?.['exercise'];
    expect([shown(caseId), shown(real.caseId)]).toEqual([true, false]);
    await ask(`/dispatcher/cases/${caseId}/route`, {
      as: 'dispatch-02',
      body: { office: 'q5', reasonCode: 'address-by-phone' },
    });
    expect((await offers(caseId, 'q5'))[0]).toMatchObject({ exercise: true });
    expect((await ask(`/cases/${caseId}`, { as: 'auditor-01' })).body).toMatchObject({ exercise: true });
    expect((await ask(`/cases/${real.caseId}`, { as: 'auditor-01' })).body).toMatchObject({ exercise: false });
  });

  it('lists waiting cases oldest first, page by page', async () => {
    const made: string[] = [];
    for (let n = 0; n < 3; n++) {
      const { caseId } = await file({ needs: ['other'] });
      await settled(caseId, 'waiting-for-dispatcher');
      made.push(caseId);
    }
    const seen: string[] = [];
    for (let cursor = ''; ;) {
      const { body } = await ask(`/dispatcher/cases?limit=2${cursor && `&cursor=${cursor}`}`, { as: 'dispatch-02' });
      expect(body['items'].length).toBeLessThanOrEqual(2);
      seen.push(...body['items'].map((item: Answer) => item['caseId']));
      if (!body['next']) break;
      cursor = body['next'];
    }
    expect(seen.filter((caseId) => made.includes(caseId))).toEqual(made);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('answers what it refuses with problem documents', async () => {
    const path = `/dispatcher/cases/${newId()}/route`;
    const body = { office: 'q1', reasonCode: 'x' };
    expect((await ask('/dispatcher/cases')).status).toBe(401);
    expect(await ask('/dispatcher/cases', { as: 'officer-03' })).toMatchObject({ status: 403 });
    expect(await ask(`/cases/${newId()}`, { as: 'officer-03' })).toMatchObject({ status: 403 });
    expect(await ask(path, { as: 'dispatch-02', body })).toMatchObject({ status: 404, body: { code: 'case-unknown' } });
    expect(await ask('/cases/nothing', { as: 'auditor-01' })).toMatchObject({ status: 404 });
    expect(await ask('/dispatcher/cases?cursor=0909', { as: 'dispatch-02' })).toMatchObject({
      status: 422,
      body: { code: 'cursor-not-valid', field: 'cursor' },
    });
    const empty = await ask(path, { as: 'dispatch-02', body: { office: '', phone: '0909000111' } });
    expect(empty.status).toBe(422);
    expect(empty.body['errors'].map(({ field }: Answer) => field).sort()).toEqual(['office', 'phone', 'reasonCode']);
    expect(JSON.stringify(empty.body)).not.toContain('0909000111');
  });

  it('shows offices and units to everyone, with their versions', async () => {
    const { body: offices } = await ask('/offices');
    expect(offices).toMatchObject({ version: '2021-01-01' });
    expect(offices['offices']).toHaveLength(25);
    expect((await ask('/offices/chuyengia')).body).toMatchObject({ kind: 'expert-panel', hours: { from: '08:00' } });
    expect((await ask('/offices/q2')).status).toBe(404);
    expect((await ask('/units')).body['versions']).toContain('2021-01-01');
    expect((await ask('/units/2021-01-01')).body['districts']).toHaveLength(22);
    expect((await ask('/units/2021-01-01/760')).body).toMatchObject({ name: 'Quận 1', level: 'district' });
    expect((await ask('/units/2021-01-01/000')).status).toBe(404);
    expect((await ask('/units/1999-01-01')).status).toBe(404);
  });

  it('explains what it would decide and records nothing', async () => {
    const before = await ask('/routing/preview', {
      as: 'dispatch-02',
      body: { needs: ['medical-consultation'], at: '2021-07-23T01:00:00+07:00' },
    });
    expect(before.body).toMatchObject({
      office: 'soyte',
      rule: 'department-need',
      considered: expect.arrayContaining([{ office: 'chuyengia', rule: 'panel-in-hours', verdict: 'closed-now' }]),
    });
    const wrong = await ask('/routing/preview', {
      as: 'dispatch-02',
      body: { needs: ['food'], officesAsOf: '1999-01-01' },
    });
    expect(wrong).toMatchObject({ status: 422, body: { field: 'officesAsOf' } });
  });

  it('rebuilds its rows from its events byte for byte', async () => {
    const database = service.app.get(Database);
    const rows = () => database.run({ text: 'SELECT waiting_case::text AS row FROM waiting_case ORDER BY case_id' });
    const before = await rows();
    const journal = await database.run<{ value: Buffer }>({
      text: `SELECT value FROM journal WHERE topic = 'relief.routing.v1' ORDER BY position`,
    });
    await database.run({ text: 'DELETE FROM waiting_case' });
    const states = new Map<string, Parameters<typeof cases.evolve>[0]>();
    const { rowWriter } = service.app.get(Journal);
    for (const { value } of journal) {
      const { type, subject, time, actor, sequence, exercise, data } = decodeEnvelope(value);
      const recorded = { time, actor, sequence: Number(sequence), exercise };
      const event = { type: type.includes('unroutable') ? 'CaseUnroutable' : 'CaseRouted', data };
      const state = cases.evolve(states.get(subject) ?? cases.initial, event as never, recorded);
      states.set(subject, state);
      await database.transaction(async (sql) => rowWriter.write(sql, cases.project?.(state, subject, recorded) ?? []));
    }
    expect(await rows()).toEqual(before);
    for (const [caseId, state] of states) {
      expect((await service.app.get(Journal).read(cases, caseId))?.state).toEqual(state);
    }
  });

  it('keeps what people write out of journal, logs and metrics, and logs no trouble', async () => {
    const values = await service.app
      .get(Database)
      .run<{ text: string }>({ text: `SELECT convert_from(value, 'UTF8') AS text FROM journal` });
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    for (const text of [...values.map(({ text }) => text), ...lines, metrics]) expect(text).not.toContain('0909000111');
    expect(lines.filter((line) => /"level":"(warn|error|fatal)"/.test(line))).toEqual([]);
  });
});
