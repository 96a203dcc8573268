import { decodeEnvelope, newId, type Envelope } from '@tiepsuc/contracts';
import { Database, Journal } from '@tiepsuc/journal';
import { eventually } from '@tiepsuc/retry';
import { caseFields, serviceUnderTest, type ServiceUnderTest } from '@tiepsuc/testing';
import type { Case } from './domain/case.js';
import { routing } from './service.js';
import { cases } from './store/cases.js';

type Item = Record<string, unknown>;

describe('the routing service', () => {
  let service: ServiceUnderTest;
  const ask: ServiceUnderTest['ask'] = (path, asked) => service.ask(path, asked);

  beforeAll(async () => {
    service = await serviceUnderTest(routing);
  });
  afterAll(() => service.close());

  async function file({ exercise, ...fields }: Item & { exercise?: true }) {
    const envelope = await service.publish('RequestFiled', caseFields(fields), { exercise });
    return { caseId: envelope.partitionkey, envelope };
  }

  async function giveBack(caseId: string, office: string, suggestedOffice?: string): Promise<Envelope> {
    const { state } = await settled(caseId, 'routed');
    if (state.status !== 'routed') throw new Error('not routed');
    const leg = { ...state.facts, office, legId: state.legId, hop: state.hop };
    await service.publish('LegOpened', leg);
    return service.publish('LegReturned', { ...leg, reason: 'not-our-area', suggestedOffice });
  }

  /** Waits until the case is in that status, in that hop. */
  async function settled(caseId: string, status: Case['status'], hop?: number) {
    const read = () => service.read(cases, caseId);
    await eventually(async () => {
      const state = (await read())?.state;
      return state && state.status === status && (hop === undefined || ('hop' in state && state.hop === hop));
    }, `the case is ${status}`);
    return (await read()) as NonNullable<Awaited<ReturnType<typeof read>>>;
  }

  async function offers(caseId: string, office: string): Promise<Envelope[]> {
    let mine: Envelope[] = [];
    await eventually(async () => {
      const all = await service.published(`relief.office.${office}.inbox.v1`);
      mine = all.filter(({ partitionkey }) => partitionkey === caseId);
      return mine.length > 0;
    }, `the case is offered to ${office}`);
    return mine;
  }

  it('gives a new case to the office of its area and explains why, once', async () => {
    const { caseId, envelope } = await file({ districtCode: '778', wardCode: '27475', needs: ['food', 'medicine'] });
    await settled(caseId, 'routed');
    await service.publishAgain(envelope);
    const next = await file({ districtCode: '778' });
    await settled(next.caseId, 'routed');
    const offered = await offers(caseId, 'q7');
    expect(offered).toHaveLength(1);
    expect(offered[0]?.data).toMatchObject({ office: 'q7', caseId, needs: ['food', 'medicine'], hop: 0 });
    const { status, body, headers } = await ask(`/cases/${caseId}`, { as: 'auditor-1' });
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
    await service.publishAgain(returned);
    expect(await offers(caseId, 'nhabe')).toHaveLength(1);
    const { body } = await ask(`/cases/${caseId}`, { as: 'auditor-1' });
    expect(body).toMatchObject({ office: 'nhabe', rule: 'returned-suggestion', hop: 1 });
  });

  it('leaves what it cannot decide to a dispatcher, who decides once', async () => {
    const { caseId } = await file({ needs: ['food'] });
    await settled(caseId, 'waiting-for-dispatcher');
    const { body: list } = await ask('/dispatcher/cases', { as: 'dispatcher-1' });
    const mine = list['items'].find((item: Item) => item['caseId'] === caseId);
    expect(mine).toMatchObject({ reason: 'no-area', hop: 0, needs: ['food'], tried: [], possible: [] });
    expect(mine['ageSeconds']).toBeGreaterThanOrEqual(0);

    const decide = (office: string, key: string) =>
      ask(`/dispatcher/cases/${caseId}/route`, {
        as: 'dispatcher-1',
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
    expect(offered).toMatchObject({ actor: 'dispatcher:dispatcher-1', correlationid: caseId });
    const { body: after } = await ask('/dispatcher/cases', { as: 'dispatcher-1' });
    expect(after['items'].map((item: Item) => item['caseId'])).not.toContain(caseId);
  });

  it('shows a drill as a drill, and offers it as one although the dispatcher does not say so', async () => {
    const { caseId } = await file({ needs: ['food'], exercise: true });
    const real = await file({ needs: ['food'] });
    for (const one of [caseId, real.caseId]) await settled(one, 'waiting-for-dispatcher');
    const { body: list } = await ask('/dispatcher/cases?limit=200', { as: 'dispatcher-1' });
    const shown = (id: string) => list['items'].find((item: Item) => item['caseId'] === id)?.['exercise'];
    expect([shown(caseId), shown(real.caseId)]).toEqual([true, false]);
    await ask(`/dispatcher/cases/${caseId}/route`, {
      as: 'dispatcher-1',
      body: { office: 'q5', reasonCode: 'address-by-phone' },
    });
    expect((await offers(caseId, 'q5'))[0]).toMatchObject({ exercise: true });
    expect((await ask(`/cases/${caseId}`, { as: 'auditor-1' })).body).toMatchObject({ exercise: true });
    expect((await ask(`/cases/${real.caseId}`, { as: 'auditor-1' })).body).toMatchObject({ exercise: false });
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
      const { body } = await ask(`/dispatcher/cases?limit=2${cursor && `&cursor=${cursor}`}`, { as: 'dispatcher-1' });
      expect(body['items'].length).toBeLessThanOrEqual(2);
      seen.push(...body['items'].map((item: Item) => item['caseId']));
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
    expect(await ask('/dispatcher/cases', { as: 'officer-1' })).toMatchObject({ status: 403 });
    expect(await ask(`/cases/${newId()}`, { as: 'officer-1' })).toMatchObject({ status: 403 });
    expect(await ask(path, { as: 'dispatcher-1', body })).toMatchObject({
      status: 404,
      body: { code: 'case-unknown' },
    });
    expect(await ask('/cases/nothing', { as: 'auditor-1' })).toMatchObject({ status: 404 });
    expect(await ask('/dispatcher/cases?cursor=0909', { as: 'dispatcher-1' })).toMatchObject({
      status: 422,
      body: { code: 'cursor-not-valid', field: 'cursor' },
    });
    const empty = await ask(path, { as: 'dispatcher-1', body: { office: '', phone: '0909000111' } });
    expect(empty.status).toBe(422);
    expect(empty.body['errors'].map(({ field }: Item) => field).sort()).toEqual(['office', 'phone', 'reasonCode']);
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
      as: 'dispatcher-1',
      body: { needs: ['medical-consultation'], at: '2021-07-23T01:00:00+07:00' },
    });
    expect(before.body).toMatchObject({
      office: 'soyte',
      rule: 'department-need',
      considered: expect.arrayContaining([{ office: 'chuyengia', rule: 'panel-in-hours', verdict: 'closed-now' }]),
    });
    const wrong = await ask('/routing/preview', {
      as: 'dispatcher-1',
      body: { needs: ['food'], officesAsOf: '1999-01-01' },
    });
    expect(wrong).toMatchObject({ status: 422, body: { field: 'officesAsOf' } });
  });

  it('rebuilds its rows from its events byte for byte', async () => {
    const database = service.running.app.get(Database);
    const rows = () => database.run({ text: 'SELECT waiting_case::text AS row FROM waiting_case ORDER BY case_id' });
    const before = await rows();
    const journal = await database.run<{ value: Buffer }>({
      text: `SELECT value FROM journal WHERE topic = 'relief.routing.v1' ORDER BY position`,
    });
    await database.run({ text: 'DELETE FROM waiting_case' });
    const states = new Map<string, Parameters<typeof cases.evolve>[0]>();
    const { rowWriter } = service.running.app.get(Journal);
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
      expect((await service.running.app.get(Journal).read(cases, caseId))?.state).toEqual(state);
    }
  });

  it('keeps what people write out of journal, logs and metrics, and logs no trouble', async () => {
    expect(await service.placesOf('0909000111')).toEqual([]);
    expect(service.complaints()).toEqual([]);
  });
});
