import { newId, partitionOf, requestsTopic } from '@tiepsuc/contracts';
import { disposablePostgres } from '@tiepsuc/test-servers';
import { eventually } from '@tiepsuc/retry';
import { jest } from '@jest/globals';
import { Client } from 'pg';
import { fileRequest, OFFICES, startCity, type City } from './city.fixture.js';
import { run } from './run.js';

jest.setTimeout(120_000);

describe('the command line of a running city', () => {
  let city: City;
  let caseIds: string[];

  beforeAll(async () => {
    city = await startCity();
    caseIds = [];
    for (let n = 0; n < 6; n++) caseIds.push((await fileRequest(city, n % 2 ? '774' : '760')).caseId);
    for (const caseId of caseIds) {
      await eventually(
        async () =>
          (await typesOf(caseId)).includes('relief.notification.sent.v1') &&
          (await typesOf(caseId)).includes('relief.leg.opened.v1'),
      );
    }
  });
  afterAll(() => city?.close());

  async function cli(...args: string[]) {
    const [printed, noted]: [string[], string[]] = [[], []];
    const code = await run(args, {
      env: {},
      signal: new AbortController().signal,
      print: (line) => void printed.push(line),
      note: (line) => void noted.push(line),
    });
    return { code, out: printed.join('\n'), said: noted.join('\n'), last: printed.at(-1) };
  }

  const at = async (service: 'routing' | 'audit' | 'district', account: 'auditor' | 'platform') => [
    '--url',
    city[service].url,
    '--token',
    await city.token(`${account}-1`),
  ];

  async function typesOf(caseId: string): Promise<string[]> {
    const { out, code } = await cli('timeline', '--case', caseId, '--json', ...(await at('audit', 'auditor')));
    return code === 0 ? (JSON.parse(out) as { entries: { type: string }[] }).entries.map(({ type }) => type) : [];
  }

  const replayOf = (service: string, ...more: string[]) => {
    const own = service === 'district' ? ['--offices', OFFICES] : [];
    const addresses = ['--event-log', city.eventLog, '--database-url', city.databaseOf(service)];
    return cli('replay', '--service', service, '--verify', ...addresses, ...own, ...more);
  };

  const rebuildOf = (service: string, table: string) => {
    const url = city.databaseOf(service);
    return ['rebuild', '--service', service, '--table', table, '--database-url', url];
  };

  async function sql(service: string, text: string, values: unknown[] = []) {
    const client = new Client({ connectionString: city.databaseOf(service) });
    await client.connect();
    try {
      return (await client.query(text, values)).rows as Record<string, unknown>[];
    } finally {
      await client.end();
    }
  }

  it.each(['intake', 'routing', 'district', 'notifications', 'audit'])(
    'finds the replay of %s equal to its live rows',
    async (service) => {
      const { code, last, out, said } = await replayOf(service);
      expect([code === 0 ? '' : out, said]).toEqual(['', '']);
      expect(last).toMatch(new RegExp(`^${service}: equal: [1-9]\\d* rows from [1-9]\\d* records\\.$`));
    },
  );

  it.each([
    ['intake', 'request'],
    ['district', 'leg'],
    ['notifications', 'delivery'],
  ])('rebuilds the rows of %s in place, as a replay finds them', async (service, table) => {
    await sql(service, `DELETE FROM ${table}`);
    expect((await replayOf(service)).code).toBe(1);
    const { code, out, said } = await cli(...rebuildOf(service, table));
    expect([code, said]).toEqual([0, '']);
    expect(out).toMatch(new RegExp(`^${service}: [1-9]\\d* rows of ${table} written from [1-9]\\d* states\\.$`));
    expect((await replayOf(service)).code).toBe(0);
  });

  it('leaves no scratch database behind, not even when it is interrupted', async () => {
    const args = ['--event-log', city.eventLog, '--database-url', city.databaseOf('routing')];
    const said: string[] = [];
    const code = await run(['replay', '--service', 'routing', '--verify', ...args], {
      env: {},
      signal: AbortSignal.abort(),
      print: () => undefined,
      note: (line) => void said.push(line),
    });
    expect([code, said]).toEqual([130, ['tiepsuc: Interrupted.']]);
    expect(await sql('routing', `SELECT datname FROM pg_database WHERE datname LIKE 'tiepsuc_replay_%'`)).toEqual([]);
  });

  it('ends with 1 and names the row when a live row was altered', async () => {
    await sql(
      'district',
      `UPDATE state SET state = (state::jsonb || '{"status":"forged"}')::json WHERE key IN (SELECT key FROM state LIMIT 1)`,
    );
    const { code, out, last } = await replayOf('district');
    expect(code).toBe(1);
    expect(out).toMatch(/! state leg [0-9a-f-]{36}: different in state/);
    expect(last).toMatch(/^district: NOT equal: 0 findings in \d+ records, 1 rows differ\.$/);
    const { code: asJson, out: json } = await replayOf('district', '--json');
    expect([asJson, (JSON.parse(json) as { isGood: boolean }).isGood]).toEqual([1, false]);
  });

  it('shows the timeline of a case', async () => {
    const { code, out, last } = await cli(
      'timeline',
      '--case',
      caseIds[0] as string,
      ...(await at('audit', 'auditor')),
    );
    expect(code).toBe(0);
    const lines = out.split('\n');
    expect(lines[1]).toContain('Đã tiếp nhận yêu cầu / Request taken in');
    expect(out).not.toContain('0912345678');
    expect(last).toMatch(/^\d+ events; the record of them is whole\.$/);
  });

  it('lists what is parked, handles it again, skips what cannot be handled, and the replay still is equal', async () => {
    const key = newId();
    const record = {
      topic: requestsTopic.name,
      partition: partitionOf(key, requestsTopic.partitions),
      key,
      headers: {},
    };
    await city.log.append(
      [{ producerId: 'broken', epoch: 1n }],
      [{ ...record, eventId: newId(), value: Buffer.from('{"no":') }],
    );
    const platform = await at('routing', 'platform');
    await eventually(async () => (await cli('parked', 'list', ...platform)).out.includes(key));
    const ref = ['--group', 'tiepsuc.routing', '--key', key];
    expect(await cli('parked', 'redrive', ...ref, ...platform)).toMatchObject({
      code: 1,
      out: expect.stringContaining('not-json') as string,
    });
    const shown = JSON.parse((await cli('parked', 'list', '--json', ...platform)).out) as {
      key: string;
      first: string;
    }[];
    const first = ['--first', shown.find((one) => one.key === key)?.first ?? ''];
    expect(await cli('parked', 'skip', ...ref, ...first, ...platform)).toMatchObject({
      code: 2,
      said: 'tiepsuc: Give --reason.',
    });
    expect((await cli('parked', 'skip', ...ref, ...first, '--reason', 'broken-producer', ...platform)).code).toBe(0);
    expect((await cli('parked', 'skip', ...ref, ...first, '--reason', 'again', ...platform)).code).not.toBe(0);
    expect(await cli('parked', 'redrive', ...ref, ...platform)).toMatchObject({
      code: 0,
      out: 'Handled 0 records; the key flows again.',
    });
    expect((await cli('parked', ...platform)).out).toBe('Nothing is parked.');
    await eventually(async () => (await sql('routing', 'SELECT 1 FROM outbox')).length === 0);
    expect((await replayOf('routing')).code).toBe(0);
    expect((await replayOf('intake')).out).toContain('! not-valid at relief.requests.v1');
  });

  it('says in one sentence what is wrong with a call, and never a password', async () => {
    const cases: [string[], number, RegExp][] = [
      [['dance'], 2, /There is no such command; there are: replay, rebuild, timeline, parked, offices\./],
      [
        ['replay', '--service', 'dance'],
        2,
        /--service must be one of intake, routing, district, notifications, audit\./,
      ],
      [['rebuild', '--service', 'dance', '--table', 'leg'], 2, /--service must be one of/],
      [['rebuild', '--service', 'district'], 2, /Give --table\./],
      [rebuildOf('district', 'state'), 2, /--table must be one that is drawn from states; district has leg\./],
      [rebuildOf('intake', 'vault_subject'), 2, /drawn from states; intake has request\./],
      [rebuildOf('audit', 'history'), 2, /audit has no table that is drawn from states\./],
      [['replay', '--service', 'routing'], 2, /Give --event-log, or set EVENT_LOG\./],
      [['replay', '--service', 'routing', '--event-log', 'http://x'], 2, /--event-log must be kafka/],
      [['timeline', '--case', 'x'], 2, /Give --url\./],
      [['timeline', '--case', 'x', '--url', 'http://127.0.0.1:1', '--token', 'x'], 1, /could not be reached/],
      [['timeline', '--cases', 'x'], 2, /Unknown option '--cases'/],
      [
        ['timeline', '--case', newId(), ...(await at('audit', 'auditor'))],
        1,
        /404 \(case-unknown\): No event about this case/,
      ],
      [['offices', '--as-of', 'someday'], 2, /--as-of must be a day/],
      [['parked', 'dance', ...(await at('routing', 'platform'))], 2, /parked can do: list, redrive, skip\./],
      [['parked', ...(await at('routing', 'auditor')).with(3, 'no')], 1, /401/],
    ];
    for (const [args, code, sentence] of cases) {
      const outcome = await cli(...args);
      expect({ code: outcome.code, said: outcome.said }).toEqual({
        code,
        said: expect.stringMatching(sentence) as string,
      });
      expect(outcome.said.split('\n')).toHaveLength(1);
    }
    const wrongPassword = city.databaseOf('routing').replace(/:[^:@/]+@/, ':SecretWord@');
    const refused = await cli(
      'replay',
      '--service',
      'routing',
      '--verify',
      '--event-log',
      city.eventLog,
      '--database-url',
      wrongPassword,
    );
    expect([refused.code, refused.said]).toEqual([1, expect.stringContaining('did not let us in')]);
    expect(refused.said).not.toContain('SecretWord');
  });

  it('refuses a scratch database that holds something, and a live one of another service', async () => {
    const full = await replayOf('routing', '--scratch-url', city.databaseOf('intake'));
    expect([full.code, full.said]).toEqual([2, 'tiepsuc: The scratch database is not empty: give one without tables.']);
    const empty = await (await disposablePostgres()).database();
    expect((await replayOf('routing', '--scratch-url', empty)).code).toBe(0);
    const other = await cli(
      'replay',
      '--service',
      'routing',
      '--verify',
      '--event-log',
      city.eventLog,
      '--database-url',
      city.databaseOf('intake'),
    );
    expect([other.code, other.said]).toEqual([2, expect.stringContaining('not one of this version of routing')]);
  });

  it('lists the offices', async () => {
    const { code, out } = await cli('offices');
    expect(code).toBe(0);
    expect(out.split('\n')).toHaveLength(26);
    expect(out).toMatch(/^q1 +district +Ủy ban nhân dân Quận 1 +People's Committee of District 1/m);
    expect((await cli('help')).out).toContain('tiepsuc replay --service');
  });
});
