import { decodeEnvelope, newId } from '@tiepsuc/contracts';
import { intakeUnderTest, type IntakeUnderTest } from './intake-under-test.fixture.js';

interface Person {
  readonly caseId: string;
  readonly personRef: string;
  readonly phone: string;
}

let intake: IntakeUnderTest;

beforeAll(async () => {
  intake = await intakeUnderTest();
});
afterAll(() => intake.close());

async function filed(count: number): Promise<Person[]> {
  const people: Person[] = [];
  for (let n = 0; n < count; n++) {
    const phone = `+8490312345${n}`;
    const body = { reporter: { name: 'Trần Văn Mẫu', phone }, needs: ['food'], address: { text: '12 Nguyễn Trãi' } };
    const { body: json } = await intake.ask('/requests', { body });
    const { rows } = await intake.database.query('SELECT reporter_ref FROM request WHERE request_id = $1', [
      json.requestId,
    ]);
    people.push({ caseId: json.caseId, personRef: rows[0].reporter_ref, phone });
  }
  return people;
}

const asking = ({ caseId, personRef }: Omit<Person, 'phone'>) => ({ caseId, personRef, fields: ['phone'] });

const revealMany = (persons: readonly object[], as: string = 'notifications') =>
  intake.ask('/vault/reveal-many', { as, body: { persons } });

async function accessesOf(personRef: string): Promise<Record<string, unknown>[]> {
  const { rows } = await intake.database.query(
    "SELECT value FROM journal WHERE type = 'relief.access.decided.v1' AND partition_key = $1 ORDER BY position",
    [personRef],
  );
  return rows.map(({ value }) => decodeEnvelope(value).data as Record<string, unknown>);
}

describe('showing the details of many', () => {
  it('answers in the order of the questions and records each reading by itself, first', async () => {
    const people = await filed(3);
    const { status, body: json, headers } = await revealMany([...people].reverse().map(asking));
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(json.persons).toMatchObject(
      [...people].reverse().map(({ personRef, phone }) => ({ personRef, fields: { phone } })),
    );
    for (const [n, { personRef, caseId }] of people.entries()) {
      const { accessId, fields } = json.persons[2 - n];
      expect(Object.keys(fields)).toEqual(['phone']);
      expect(await accessesOf(personRef)).toMatchObject([
        { accessId, caseId, purpose: 'notify', decision: 'granted', fields: ['phone'], role: 'service' },
      ]);
    }
  });

  it('refuses one without refusing the others, and records that it was asked for', async () => {
    const [one, other, erased] = (await filed(3)) as [Person, Person, Person];
    await intake.database.query(
      'UPDATE vault_subject SET wrapped_key = NULL, erased_at = now() WHERE person_ref = $1',
      [erased.personRef],
    );
    const nobody = { caseId: one.caseId, personRef: newId() };
    const ofOtherCase = { caseId: other.caseId, personRef: one.personRef };
    const { body: json } = await revealMany([nobody, one, ofOtherCase, erased, other].map(asking));
    expect(json.persons).toEqual([
      { personRef: nobody.personRef, code: 'person-unknown' },
      { personRef: one.personRef, accessId: expect.any(String), fields: { phone: one.phone } },
      { personRef: one.personRef, code: 'reveal-not-allowed' },
      { personRef: erased.personRef, code: 'person-unknown' },
      { personRef: other.personRef, accessId: expect.any(String), fields: { phone: other.phone } },
    ]);
    expect(await accessesOf(nobody.personRef)).toMatchObject([{ decision: 'refused' }]);
    expect((await accessesOf(one.personRef)).map(({ decision }) => decision).sort()).toEqual(['granted', 'refused']);
  });

  it('shows none whose record was tampered with, but the others, and says so to whoever runs the service', async () => {
    const [one, other] = (await filed(2)) as [Person, Person];
    await intake.database.query(
      'UPDATE vault_record SET fields = set_byte(fields, 0, get_byte(fields, 0) # 1) WHERE person_ref = $1',
      [one.personRef],
    );
    const { status, body: json } = await revealMany([one, other].map(asking));
    expect(status).toBe(200);
    expect(json.persons).toMatchObject([{ code: 'details-not-readable' }, { fields: { phone: other.phone } }]);
    const said = intake.lines.filter((line) => line.includes('personal details cannot be opened'));
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(one.personRef);
  });

  it.each(['operator-1', 'officer-1', 'manager-1'] as const)(
    'is not for %s, and that it was asked for is recorded',
    async (as) => {
      const [one] = (await filed(1)) as [Person];
      const { body: json, text } = await revealMany([asking(one)], as);
      expect(json.persons).toEqual([{ personRef: one.personRef, code: 'reveal-not-allowed' }]);
      expect(text).not.toContain(one.phone);
      expect(await accessesOf(one.personRef)).toMatchObject([{ decision: 'refused', purpose: 'notify' }]);
    },
  );

  it('needs a token, a case, and a number of persons within its limit', async () => {
    const [one] = (await filed(1)) as [Person];
    expect((await intake.ask('/vault/reveal-many', { body: { persons: [asking(one)] } })).status).toBe(401);
    expect((await revealMany([])).status).toBe(422);
    expect((await revealMany([{ personRef: one.personRef, fields: ['phone'] }])).status).toBe(422);
    const many = await revealMany(Array.from({ length: 257 }, () => asking(one)));
    expect([many.status, many.body.errors[0].field]).toEqual([422, 'persons']);
    expect((await revealMany(Array.from({ length: 256 }, () => asking(one)))).body.persons).toHaveLength(256);
  });

  it('shows nothing of those whose reading cannot be recorded', async () => {
    const [one, other] = (await filed(2)) as [Person, Person];
    await intake.database.query(`
      CREATE FUNCTION no_access_to_one() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.partition_key = '${one.personRef}' THEN RAISE EXCEPTION 'the disk is full'; END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER no_access_to_one BEFORE INSERT ON journal FOR EACH ROW EXECUTE FUNCTION no_access_to_one()`);
    const some = await revealMany([one, other].map(asking));
    const none = await revealMany([asking(one)]);
    await intake.database.query('DROP TRIGGER no_access_to_one ON journal');
    expect(some.body.persons).toMatchObject([{ code: 'access-not-recorded' }, { fields: { phone: other.phone } }]);
    expect([none.status, none.body.code, none.headers.get('retry-after')]).toEqual([503, 'access-not-recorded', '5']);
    expect(some.text + none.text).not.toContain(one.phone);
  });
});
