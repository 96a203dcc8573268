import { decodeEnvelope, eventOfType, newId, type Envelope } from '@tiepsuc/contracts';
import { Database, Journal } from '@tiepsuc/journal';
import { eventually } from '@tiepsuc/retry';
import { runService } from '@tiepsuc/runtime';
import { caseFields, serviceUnderTest, type Ask, type ServiceUnderTest } from '@tiepsuc/testing';
import { district } from './service.js';
import { legs } from './store/legs.js';

const OFFICER = { id: 'officer-q7', roles: ['officer'], offices: ['q7'] };
const MANAGER = { id: 'manager-1', roles: ['manager'], offices: ['*'] };
const AUDITOR = { id: 'auditor-1', roles: ['auditor'], offices: ['q7'] };

const OFFERED = {
  office: 'q7',
  needs: ['food', 'medicine'],
  urgency: 'urgent',
  districtCode: '778',
  wardCode: '27475',
  householdSize: 5,
  occurredAt: '2021-07-22T11:00:12.000Z',
};

type Item = Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any -- what a user sees is JSON.

describe('the district service', () => {
  let service: ServiceUnderTest;

  beforeAll(async () => {
    const accounts = [OFFICER, MANAGER, AUDITOR];
    service = await serviceUnderTest(district, { accounts, settings: { OFFICES: 'q7,q1' } });
  });
  afterAll(() => service.close());

  const ask = (path: string, { seen, headers, ...asked }: Ask & { seen?: number } = {}) =>
    service.ask(path, {
      as: OFFICER.id,
      headers: {
        'accept-language': 'en',
        ...(seen === undefined ? {} : { 'if-match': `"${seen}"` }),
        ...headers,
      },
      ...asked,
    });

  /** Offers a case as routing does. */
  const offer = ({ exercise, ...fields }: Item & { exercise?: true } = {}): Promise<Envelope> =>
    service.publish('CaseOffered', caseFields({ ...OFFERED, ...fields }), { exercise });

  /** Waits until the leg is in the office's inbox. */
  async function inInbox({ subject }: Envelope): Promise<string> {
    await eventually(() => service.read(legs, subject), 'the leg is in the inbox');
    return subject;
  }

  const offeredLeg = async (fields?: Item & { exercise?: true }) => inInbox(await offer(fields));
  const path = (legId: string, action = '') => `/offices/q7/legs/${legId}${action && `/${action}`}`;

  const published = async (office: string, subject: string): Promise<Envelope[]> =>
    (await service.published(`relief.office.${office}.cases.v1`)).filter((envelope) => envelope.subject === subject);

  it('shows an offered case in the inbox, with names, once', async () => {
    const offered = await offer();
    const legId = await inInbox(offered);
    await service.publishAgain(offered);
    await offeredLeg({ caseId: newId() });
    const { status, body } = await ask('/offices/q7/inbox');
    expect(status).toBe(200);
    const mine = body['items'].filter((item: Item) => item['legId'] === legId);
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
    expect(first).toMatchObject({ status: 200, body: { office: 'q7', status: 'opened', householdSize: 5 } });
    expect(first.headers.get('etag')).toBe('"1"');
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

    await eventually(async () => (await published('q7', legId)).length >= 4, 'four events are published');
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
    expect(inbox['items'].map((item: Item) => item['legId'])).not.toContain(legId);
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
    expect(await ask(`/offices/q1/legs/${legId}`, { as: 'manager-1' })).toMatchObject({
      status: 200,
      body: { office: 'q1' },
    });
    expect(await ask('/offices/q3/inbox', { as: 'manager-1' })).toMatchObject({
      status: 404,
      body: { code: 'office-not-served' },
    });
    expect(await ask('/offices/q7/inbox', { as: 'auditor-1' })).toMatchObject({
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
    const seen: Item[] = [];
    for (let cursor = ''; ;) {
      const { body } = await ask(`/offices/q1/inbox?limit=2${cursor && `&cursor=${cursor}`}`, { as: 'manager-1' });
      expect(body['items'].length).toBeLessThanOrEqual(2);
      seen.push(...body['items']);
      if (!body['next']) break;
      cursor = body['next'];
    }
    expect(new Set(seen.map((item) => item['legId'])).size).toBe(5);
    const times = seen.map((item) => item['occurredAt']);
    expect(times).toEqual([...times].sort());

    const { body: summary } = await ask('/offices/q7/summary');
    const count = (list: Item[]) => list.reduce((sum, one) => sum + one['count'], 0);
    const resolved = summary['byStatus'].find((one: Item) => one['status'] === 'resolved')['count'];
    expect(resolved).toBe(2);
    expect(count(summary['byOutcome'])).toBe(resolved);
    expect(count(summary['byStatus'])).toBe(summary['total']);
    expect((await ask('/offices/q7/inbox?status=resolved')).body['items']).toHaveLength(2);
  });

  it('shows a drill as a drill for as long as it lasts, and counts none', async () => {
    const summary = async () => (await ask('/offices/q7/summary')).body;
    const before = await summary();
    const [drill, real] = [await offeredLeg({ exercise: true }), await offeredLeg()];
    const listed = (await ask('/offices/q7/inbox?limit=200')).body['items'] as Item[];
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
    const database = service.running.app.get(Database);
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
    const database = service.running.app.get(Database);
    const rows = () => database.run({ text: 'SELECT leg::text AS row FROM leg ORDER BY leg_id' });
    const before = await rows();
    await database.run({ text: 'DELETE FROM leg' });
    const journal = await database.run<{ value: Buffer }>({ text: 'SELECT value FROM journal ORDER BY position' });
    const states = new Map<string, typeof legs.initial>();
    const { rowWriter } = service.running.app.get(Journal);
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
      expect((await service.running.app.get(Journal).read(legs, legId))?.state).toEqual(state);
  });

  it('keeps what people write out of journal, event log, logs and metrics', async () => {
    expect(await service.placesOf('0909000111')).toEqual([]);
    expect(service.complaints()).toEqual([]);
  });

  it.each([
    ['OFFICES is missing', undefined],
    ['each code in OFFICES must be in the catalogue', 'q7,atlantis'],
  ])('does not start when %s', async (sentence, offices) => {
    const settings = Object.fromEntries(
      Object.entries({ ...service.env, OFFICES: offices }).filter(([, value]) => value !== undefined),
    );
    await expect(runService(district, { env: settings as Record<string, string> })).rejects.toThrow(sentence);
  });
});
