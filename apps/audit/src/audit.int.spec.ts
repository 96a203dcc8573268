import { newId, recordHash } from '@tiepsuc/contracts';
import type { LogRecord, NewRecord } from '@tiepsuc/event-log';
import { eventually } from '@tiepsuc/retry';
import type { Role } from '@tiepsuc/runtime';
import {
  caseFields,
  EventPublisher,
  serviceUnderTest,
  type EnvelopeOptions,
  type ServiceUnderTest,
} from '@tiepsuc/testing';
import { DataSource } from 'typeorm';
import type { CaseTimeline } from './http/timeline.view.js';
import type { EventCopies } from './http/events.controller.js';
import type { HistoryPage, HistorySummary } from './http/history.controller.js';
import { audit, keepRecords } from './service.js';

const FOREIGN_KEY = 'a key / of others';
const KEY_CODE = `key-${recordHash(Buffer.from(FOREIGN_KEY)).slice(0, 32)}`;
/** What another service publishes about a case under way. */
type Publishing = readonly [name: string, fields: object, attributes?: EnvelopeOptions];

describe('the audit service', () => {
  let service: ServiceUnderTest;
  let databaseUrl: string;

  beforeAll(async () => {
    service = await serviceUnderTest(audit, { settings: { OFFICES: 'q1,q5' } });
    databaseUrl = service.env['DATABASE_URL'] as string;
  });
  afterAll(() => service?.close());

  const get = <Answer>(path: string, role: Role = 'auditor'): Promise<{ status: number; body: Answer }> =>
    service.ask(path, { as: `${role}-1` });

  const append = (...records: NewRecord[]) => service.append(...records);
  const timeline = async (caseId: string) => (await get<CaseTimeline>(`/cases/${caseId}/timeline`)).body;

  async function kept(caseId: string, count: number): Promise<CaseTimeline> {
    let found = await timeline(caseId);
    await eventually(async () => {
      found = await timeline(caseId);
      const unreadable = found.findings?.filter(({ kind }) => kind === 'unreadable').length ?? 0;
      return (found.entries?.length ?? 0) + unreadable >= count;
    }, `${count} records of the case are kept`);
    return found;
  }

  /** A record whose id is that of its event. */
  function recordOf(...[name, fields, attributes]: Publishing): NewRecord {
    const envelope = service.publisher.event(name, fields, attributes);
    return { ...EventPublisher.recordOf(envelope), eventId: envelope.id };
  }

  /** What five services say about one case, with clocks that disagree. */
  function story(caseId: string): Record<'filed' | 'routed' | 'offered' | 'opened' | 'accepted', NewRecord> {
    const fields = caseFields({ caseId });
    const filed = recordOf('RequestFiled', fields, { time: at(10) });
    const routed = recordOf('CaseRouted', fields, { time: at(9), causationid: filed.eventId });
    const offered = recordOf('CaseOffered', fields, { time: at(9), causationid: filed.eventId });
    const opened = recordOf('LegOpened', fields, { time: at(12), causationid: offered.eventId });
    const accepted = recordOf('LegAccepted', fields, { time: at(20) });
    return { filed, routed, offered, opened, accepted };
  }

  it('shows what every service did with a case, causes before consequences, although a clock is late', async () => {
    const caseId = newId();
    const { filed, routed, offered, opened, accepted } = story(caseId);
    await append(accepted, opened);
    await append(offered, routed, filed);
    const found = await kept(caseId, 5);
    expect(found.entries.map(({ eventId }) => eventId)).toEqual(
      [filed, ...[routed, offered].sort((a, b) => (a.eventId < b.eventId ? -1 : 1)), opened, accepted].map(
        ({ eventId }) => eventId,
      ),
    );
    expect(found.entries[0]).toMatchObject({
      title: { vi: 'Đã tiếp nhận yêu cầu' },
      source: '/tiepsuc/intake',
      sequence: 1,
    });
    expect(found.entries[4]).toMatchObject({
      office: 'q1',
      sequence: 2,
      place: { topic: 'relief.office.q1.cases.v1' },
    });
    // The log was filled out of order on purpose: the accepted leg lies before the opened one.
    expect(found.isWhole).toBe(true);
  });

  it('gives the exact bytes of an event and their place', async () => {
    const caseId = newId();
    const { filed } = story(caseId);
    await append(filed);
    await kept(caseId, 1);
    const { body } = await get<EventCopies>(`/events/${filed.eventId}`);
    expect(body.records).toHaveLength(1);
    expect(Buffer.from(body.records[0]?.value ?? '', 'base64').equals(filed.value)).toBe(true);
    expect(body.records[0]).toMatchObject({ topic: 'relief.requests.v1', partition: filed.partition });
  });

  it('finds a gap, a broken chain, a conflict and a harmless duplicate', async () => {
    const caseId = newId();
    const { filed, offered, opened, accepted } = story(caseId);
    const forged = {
      ...opened,
      eventId: newId(),
      value: Buffer.from(opened.value.toString().replace('"normal"', '"urgent"')),
    };
    await append(filed, offered, opened, accepted);
    await append(forged, { ...filed, eventId: newId() });
    const found = await kept(caseId, 6);
    expect(found.findings.map(({ kind }) => kind).sort()).toEqual(['conflict', 'duplicate']);
    expect(found.isWhole).toBe(false);

    const other = newId();
    const leg = caseFields({ caseId: other });
    const opening = recordOf('LegOpened', leg);
    const lost = recordOf('LegAcknowledged', leg);
    const later = recordOf('LegAccepted', leg);
    const broken = recordOf('LegResolved', leg, { prevhash: 'f'.repeat(64) });
    await append(opening, later, broken);
    const gaps = await kept(other, 3);
    expect(gaps.findings).toMatchObject([
      { kind: 'sequence-gap', sequence: 2, eventId: later.eventId },
      { kind: 'chain-broken', sequence: 4, eventId: broken.eventId },
    ]);
    expect(lost.eventId).not.toBe(later.eventId);
  });

  it('keeps what nobody can read, goes on, and lists it', async () => {
    const caseId = newId();
    const { filed } = story(caseId);
    const place = { topic: filed.topic, partition: filed.partition, key: caseId, headers: {} };
    const zero = Buffer.from(filed.value.toString().replace('"system:test"', '"system:\\u0000"'));
    const noDay = Buffer.from(filed.value.toString().replace(at(10), '2021-02-30T00:00:00.000Z'));
    await append(
      { ...place, eventId: newId(), value: Buffer.from([0xff, 0x00, 0x7b]) },
      { ...place, eventId: newId(), value: zero },
      { ...place, eventId: newId(), value: noDay },
      { ...filed, partition: (filed.partition + 1) % 12 },
    );
    const found = await kept(caseId, 4);
    expect(found.findings.map(({ kind, problem }) => `${kind} ${problem}`).sort()).toEqual([
      'not-valid misplaced',
      'unreadable bad-envelope',
      'unreadable bad-envelope',
      'unreadable not-json',
    ]);
    const { body } = await get<HistoryPage>('/problems?limit=100');
    expect(body.items.length).toBeGreaterThanOrEqual(4);
    expect(body.items[0]?.value).toBeUndefined();
  });

  it('pages through a partition and counts by type', async () => {
    const caseId = newId();
    const { filed } = story(caseId);
    await append(filed);
    await kept(caseId, 1);
    const first = await get<HistoryPage>(`/history?topic=${filed.topic}&partition=${filed.partition}&limit=1`);
    expect(first.body.items).toHaveLength(1);
    expect(first.body.items[0]?.offset).toBe('0');
    const all = await get<HistoryPage>(`/history?topic=${filed.topic}&partition=${filed.partition}&cursor=1&limit=200`);
    expect(all.body.items.map(({ offset }) => offset)).not.toContain('0');
    const { body } = await get<HistorySummary>('/summary');
    const filings = body.types.find(({ type }) => type === 'relief.request.filed.v1');
    expect(filings?.records).toBeGreaterThan(0);
    expect(body.problems).toBeGreaterThanOrEqual(4);
  });

  it('never changes what it keeps', async () => {
    const dataSource = await new DataSource({ type: 'postgres', url: databaseUrl }).initialize();
    try {
      for (const statement of ["UPDATE history SET problem = 'x'", 'DELETE FROM history', 'TRUNCATE history']) {
        await expect(dataSource.query(statement)).rejects.toThrow('append-only');
      }
    } finally {
      await dataSource.destroy();
    }
  });

  it('takes a kept record again, counts it once, and refuses another one in its place', async () => {
    const caseId = newId();
    const filed = story(caseId).filed;
    const record: LogRecord = { ...filed, topic: 'relief.test.v1', offset: 7n, appendedAt: new Date(at(1)) };
    const newer: LogRecord = { ...record, offset: 8n, value: Buffer.from('{}') };
    const dataSource = await new DataSource({ type: 'postgres', url: databaseUrl }).initialize();
    const keep = (...records: LogRecord[]) => {
      const { text, values } = keepRecords(records);
      return dataSource.query(text, [...(values ?? [])]);
    };
    try {
      await keep(record);
      await keep(record, newer);
      await expect(keep({ ...newer, value: Buffer.from('[]') })).rejects.toThrow('append-only');
      const counts = await dataSource.query(
        `SELECT type, records::int, problems::int FROM history_count WHERE topic = $1 ORDER BY type`,
        [record.topic],
      );
      expect(counts).toEqual([
        { type: '', records: 1, problems: 1 },
        { type: 'relief.request.filed.v1', records: 1, problems: 1 },
      ]);
      const { body } = await get<EventCopies>(`/events/${filed.eventId}`);
      expect(body.records).toMatchObject([{ offset: '7', recordHash: recordHash(filed.value), problem: 'misplaced' }]);
    } finally {
      await dataSource.destroy();
    }
  });

  it('finds a key that is no id, under the code that stands for it', async () => {
    const { filed } = story(newId());
    const value = Buffer.from('no event');
    await append({ ...filed, eventId: newId(), key: FOREIGN_KEY, value });
    const found = await kept(KEY_CODE, 1);
    expect(found.findings).toMatchObject([{ kind: 'unreadable', problem: 'not-json' }]);
  });

  it('lets only those in who may see it', async () => {
    expect((await service.ask('/summary')).status).toBe(401);
    expect((await get('/summary', 'officer')).status).toBe(403);
    expect((await get(`/cases/${newId()}/timeline`, 'dispatcher')).status).toBe(404);
    expect((await get('/history?topic=x', 'auditor')).status).toBe(422);
    expect((await get(`/events/${newId()}`, 'manager')).status).toBe(404);
  });
});

const at = (minute: number) => `2021-07-22T11:${String(minute).padStart(2, '0')}:00.000Z`;
