import { newId } from '@tiepsuc/contracts';
import { DataSource } from 'typeorm';
import { eventually } from '@tiepsuc/retry';
import { intakeUnderTest, type IntakeUnderTest } from './intake-under-test.fixture.js';

const FOOD = {
  reporter: { name: 'Trần Văn Mẫu', phone: '0903 123 456' },
  needs: ['food'],
  address: { text: '12 Nguyễn Trãi, P.2, Q.5' },
};
const UNKNOWN_ID = '01890a5d-ac96-774b-bcce-b302099a8057';

interface JournalRow {
  readonly type: string;
  readonly value: { readonly actor: string; readonly occurredat?: string; readonly data: Record<string, unknown> };
}

let intake: IntakeUnderTest;

async function events(type: string, field: string, id: unknown): Promise<JournalRow['value'][]> {
  const { rows } = await intake.database.query<{ value: Buffer }>(
    'SELECT value FROM journal WHERE type = $1 ORDER BY position',
    [type],
  );
  const values = rows.map(({ value }) => JSON.parse(value.toString('utf8')) as JournalRow['value']);
  return values.filter(({ data }) => data[field] === id);
}

const filedEvent = async (requestId: unknown) => (await events('relief.request.filed.v1', 'requestId', requestId))[0];
const accessEvents = (personRef: unknown) => events('relief.access.decided.v1', 'personRef', personRef);

beforeAll(async () => {
  intake = await intakeUnderTest();
});
afterAll(() => intake.close());

describe('the tables', () => {
  it('are those that the entities declare', async () => {
    const { upQueries } = await intake.running.app.get(DataSource).driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });
});

describe('filing a request', () => {
  it('answers with a tracking code under which anyone finds out how it stands', async () => {
    const filed = await intake.ask('/requests', { body: FOOD });
    expect(filed.body).toMatchObject({ status: 'recorded' });
    expect(filed.status).toBe(201);
    const { trackingCode, caseId, receivedAt } = filed.body;
    expect(trackingCode).toMatch(/^\w{4}-\w{3}-\w{3}$/);
    expect(filed.headers.get('location')).toBe(`/requests/${trackingCode}`);
    const typed = encodeURIComponent(trackingCode.toLowerCase().replaceAll('-', ' '));
    const status = await intake.ask(`/requests/${typed}`);
    expect(status.body).toEqual({ trackingCode, caseId, status: 'recorded', receivedAt, needs: ['food'] });
    expect(status.headers.get('cache-control')).toBe('no-store');
  });

  it('says references and codes in its event, and who took it in', async () => {
    const occurredAt = new Date(Date.now() - 60_000).toISOString();
    const body = {
      ...FOOD,
      beneficiary: { name: 'Bà Mẫu' },
      address: { districtCode: '774' },
      occurredAt,
      householdSize: 3,
    };
    const { body: json } = await intake.ask('/requests', { body, as: 'operator-1' });
    const event = await filedEvent(json.requestId);
    expect(event).toMatchObject({ actor: 'operator:operator-1', occurredat: occurredAt });
    expect(event?.data).toMatchObject({
      channel: 'phone',
      districtCode: '774',
      notifyBy: 'sms',
      householdSize: 3,
      occurredAt,
    });
    expect(event?.data.beneficiaryRef).not.toBe(event?.data.reporterRef);
    expect(JSON.stringify(event)).not.toMatch(/Mẫu|903123456/);
  });

  it('publishes on the event log', async () => {
    const { body: json } = await intake.ask('/requests', { body: FOOD });
    await eventually(async () => {
      const published = await intake.published('relief.requests.v1');
      return published.some(({ partitionkey }) => partitionkey === json.caseId);
    }, 'the request is on the event log');
  });

  it.each([
    ['no needs', { reporter: {} }, 'not-valid', 'needs'],
    ['an unknown field', { ...FOOD, nickname: 'x' }, 'not-valid', 'nickname'],
    ['an unknown need', { ...FOOD, needs: ['gold'] }, 'not-valid', 'needs[0]'],
    ['half a character', { ...FOOD, description: 'a\ud800b' }, 'not-valid', 'description'],
    ['a household of nobody', { ...FOOD, householdSize: 0 }, 'not-valid', 'householdSize'],
    ['nothing to find anybody by', { reporter: { name: 'x' }, needs: ['food'] }, 'contact-missing', 'reporter.phone'],
    ['a phone number that is none', { ...FOOD, reporter: { phone: '12' } }, 'phone-not-valid', 'reporter.phone'],
    ['a channel of staff', { ...FOOD, channel: 'phone' }, 'channel-not-for-citizens', 'channel'],
    ['a ward that never was', { ...FOOD, address: { wardCode: '00000' } }, 'ward-not-valid', 'address.wardCode'],
    ['yesteryear', { ...FOOD, occurredAt: '2021-01-01T00:00:00Z' }, 'moment-too-old', 'occurredAt'],
  ])('refuses %s, naming the field and the remedy in both languages', async (_what, body, code, field) => {
    for (const language of ['vi', 'en']) {
      const { status, body: json } = await intake.ask('/requests', { body, headers: { 'accept-language': language } });
      expect(status).toBe(422);
      expect(json.code).toBe(code);
      const where = json.errors ? json.errors[0] : json;
      expect(where.field).toBe(field);
      expect(where.remedy).toEqual(expect.any(String));
    }
  });

  it('refuses what is no JSON, what is too large, and a token that does not hold', async () => {
    const headers = { 'content-type': 'application/json' };
    expect((await intake.ask('/requests', { body: '{"reporter":', headers })).status).toBe(400);
    const large = { ...FOOD, description: 'x'.repeat(300_000) };
    expect((await intake.ask('/requests', { body: large })).status).toBe(413);
    expect((await intake.ask('/requests', { body: FOOD, headers: { authorization: 'Bearer x' } })).status).toBe(401);
  });

  it('answers a mistyped code before it looks, and an unknown one with 404', async () => {
    const { trackingCode } = (await intake.ask('/requests', { body: FOOD })).body;
    const wrong = `${trackingCode.slice(0, -1)}${trackingCode.endsWith('2') ? '3' : '2'}`;
    const mistyped = await intake.ask(`/requests/${wrong}`);
    expect(mistyped.status).toBe(422);
    expect(mistyped.body).toMatchObject({ code: 'tracking-code-not-valid', field: 'trackingCode' });
    expect(mistyped.body.detail).toContain('kiểm tra lại mã');
    expect((await intake.ask('/requests/2222-222-222')).body.code).toBe('request-unknown');
    expect((await intake.ask(`/requests/${encodeURIComponent('%/../ü')}`)).status).toBe(422);
  });

  it('draws another tracking code when the first one is taken', async () => {
    await intake.database.query(`
      CREATE SEQUENCE collisions;
      CREATE FUNCTION collide_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('collisions') = 1 THEN
          RAISE EXCEPTION 'duplicate key value violates unique constraint' USING ERRCODE = '23505';
        END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER collide_once BEFORE INSERT ON request FOR EACH ROW EXECUTE FUNCTION collide_once()`);
    const filed = await intake.ask('/requests', { body: FOOD });
    await intake.database.query('DROP TRIGGER collide_once ON request');
    expect(filed.status).toBe(201);
    expect((await intake.ask(`/requests/${filed.body.trackingCode}`)).status).toBe(200);
    expect(await events('relief.request.filed.v1', 'requestId', filed.body.requestId)).toHaveLength(1);
  });
});

describe('asking twice', () => {
  it('with the same key has one effect and one answer, also at the same time', async () => {
    const headers = { 'idempotency-key': newId() };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => intake.ask('/requests', { body: FOOD, headers })),
    );
    const again = await intake.ask('/requests', { body: FOOD, headers });
    expect(new Set([...answers, again].map(({ text }) => text)).size).toBe(1);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(answers.filter(({ headers: told }) => !told.has('idempotency-replayed'))).toHaveLength(1);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    const { rows } = await intake.database.query('SELECT count(*)::int FROM request WHERE tracking_code = $1', [
      again.body.trackingCode,
    ]);
    expect(rows[0]).toEqual({ count: 1 });
  });

  it('with the same key for something else is refused', async () => {
    const headers = { 'idempotency-key': newId() };
    await intake.ask('/requests', { body: FOOD, headers });
    const other = await intake.ask('/requests', { body: { ...FOOD, needs: ['medicine'] }, headers });
    expect(other.status).toBe(422);
    expect(other.body).toMatchObject({ code: 'idempotency-key-reused', field: 'Idempotency-Key' });
  });

  it('with the same key for real after a drill is refused, and nothing is kept that tells what was asked', async () => {
    const ask = (more: Record<string, string>) =>
      intake.ask('/requests', { as: 'operator-1', body: FOOD, headers: { 'idempotency-key': 'once-4', ...more } });
    expect((await ask({ 'x-exercise': 'true' })).status).toBe(201);
    expect((await ask({})).body).toMatchObject({ code: 'idempotency-key-reused' });
    const { rows } = await intake.database.query('SELECT max(length(fingerprint)) AS digits FROM handled_command');
    expect(rows[0]).toEqual({ digits: 4 });
  });

  it('leaves no details of a person behind that no request refers to', async () => {
    const count = async () => (await intake.database.query('SELECT count(*)::int FROM vault_subject')).rows[0].count;
    const headers = { 'idempotency-key': newId() };
    await intake.ask('/requests', { body: FOOD, headers });
    const before = await count();
    await intake.ask('/requests', { body: FOOD, headers });
    expect(await count()).toBe(before);
  });
});

describe('showing personal details', () => {
  let caseId: string;
  let personRef: string;

  beforeAll(async () => {
    const { body: json } = await intake.ask('/requests', { body: { ...FOOD, description: 'hết gạo từ hôm qua' } });
    caseId = json.caseId;
    personRef = String((await filedEvent(json.requestId))?.data.reporterRef);
  });

  const reveal = (as: string | undefined, more: object = {}, headers = {}) =>
    intake.ask('/vault/reveal', { as, headers, body: { personRef, caseId, purpose: 'handle-case', ...more } });

  it.each(['operator-1', 'dispatcher-1', 'officer-1', 'notifications'] as const)(
    'to %s is recorded first',
    async (as) => {
      const before = (await accessEvents(personRef)).length;
      const { status, body: json, headers } = await reveal(as, { fields: ['name', 'phone'] });
      expect(status).toBe(200);
      expect(json).toMatchObject({ personRef, fields: { name: 'Trần Văn Mẫu', phone: '+84903123456' } });
      expect(Object.keys(json.fields)).toEqual(['name', 'phone']);
      expect(headers.get('cache-control')).toBe('no-store');
      const recorded = (await accessEvents(personRef)).slice(before);
      expect(recorded).toHaveLength(1);
      expect(recorded[0]?.data).toMatchObject({
        decision: 'granted',
        accessId: json.accessId,
        fields: ['name', 'phone'],
      });
    },
  );

  it('shows everything that is there when nothing was chosen', async () => {
    const { fields } = (await reveal('operator-1')).body;
    expect(fields).toEqual({
      name: 'Trần Văn Mẫu',
      phone: '+84903123456',
      address: FOOD.address.text,
      description: 'hết gạo từ hôm qua',
    });
  });

  it.each(['auditor-1', 'platform-1', 'manager-1'] as const)(
    'to %s is refused, and that is recorded too',
    async (as) => {
      const before = (await accessEvents(personRef)).length;
      const { status, text } = await reveal(as);
      expect(status).toBe(403);
      expect(text).not.toContain('Mẫu');
      const [refused, ...more] = (await accessEvents(personRef)).slice(before);
      expect(more).toEqual([]);
      expect(refused?.data).toMatchObject({ decision: 'refused', role: as.split('-')[0] });
    },
  );

  it('needs a token, a purpose, and the case that the person belongs to', async () => {
    expect((await reveal(undefined)).status).toBe(401);
    expect((await reveal('operator-1', { purpose: 'curiosity' })).body.errors[0].field).toBe('purpose');
    expect((await reveal('operator-1', { caseId: UNKNOWN_ID })).status).toBe(403);
    expect((await reveal('officer-1', { caseId: undefined })).status).toBe(403);
    expect((await reveal('officer-1', { purpose: 'notify' })).status).toBe(403);
  });

  it('says that nothing is kept of somebody unknown, and records that somebody asked', async () => {
    const { status, body: json } = await reveal('operator-1', { personRef: UNKNOWN_ID, caseId: undefined });
    expect(status).toBe(404);
    expect(json.code).toBe('person-unknown');
    expect((await accessEvents(UNKNOWN_ID))[0]?.data).toMatchObject({ decision: 'refused' });
  });

  it('is another act of reading each time, whatever the idempotency key says', async () => {
    const before = (await accessEvents(personRef)).length;
    await reveal('operator-1', {}, { 'idempotency-key': 'peek' });
    await reveal('operator-1', {}, { 'idempotency-key': 'peek' });
    expect(await accessEvents(personRef)).toHaveLength(before + 2);
  });

  it('shows nothing when that somebody asks cannot be recorded', async () => {
    await intake.database.query(`
      CREATE FUNCTION no_access_event() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.type = 'relief.access.decided.v1' THEN RAISE EXCEPTION 'the disk is full'; END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER no_access_event BEFORE INSERT ON journal FOR EACH ROW EXECUTE FUNCTION no_access_event()`);
    const { status, text, headers } = await reveal('operator-1');
    await intake.database.query('DROP TRIGGER no_access_event ON journal');
    expect(status).toBe(503);
    expect(headers.get('retry-after')).toBe('5');
    expect(text).not.toMatch(/Mẫu|903123456|gạo/);
    expect((await reveal('operator-1')).status).toBe(200);
  });
});

describe('many requests of one client', () => {
  it('are turned away after the limit, but never those of staff', async () => {
    const limited = await intakeUnderTest({ PUBLIC_REQUESTS_PER_MINUTE: '3' });
    try {
      const statuses = [];
      for (let n = 0; n < 5; n++) statuses.push((await limited.ask('/requests', { body: FOOD })).status);
      expect(statuses).toEqual([201, 201, 201, 429, 429]);
      const turnedAway = await limited.ask('/requests', { body: FOOD });
      expect(Number(turnedAway.headers.get('retry-after'))).toBeGreaterThan(0);
      for (const as of ['operator-1', 'notifications'] as const) {
        for (let n = 0; n < 5; n++) expect((await limited.ask('/requests', { body: FOOD, as })).status).toBe(201);
      }
      const looked = [];
      for (let n = 0; n < 5; n++) looked.push((await limited.ask('/requests/2222-222-222')).status);
      expect(looked).toEqual([404, 404, 404, 429, 429]);
    } finally {
      await limited.close();
    }
  });
});
