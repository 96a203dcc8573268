import type { Pool } from 'pg';
import { eventually } from '@tiepsuc/retry';
import { intakeUnderTest, type IntakeUnderTest } from './intake-under-test.fixture.js';

/** What no journal, event log, log line, metric, error or readable column may ever hold. */
const CANARIES = ['Hoàng Yến Canary', '988776655', 'canary@example.org', 'Hẻm Canary', 'canary-words', 'canary-hook'];
const PERSON = {
  reporter: {
    name: CANARIES[0],
    phone: '0988 776 655',
    email: CANARIES[2],
    webhookUrl: `https://example.org/${CANARIES[5]}`,
  },
  beneficiary: { name: CANARIES[0], phone: '+84 988776655' },
  needs: ['food'],
  address: { text: `7 ${CANARIES[3]}, P.2, Q.5` },
  description: `${CANARIES[4]} ${CANARIES[0]} 0988776655`,
};

const KEY = '01890a5d-ac96-774b-bcce-b302099a8058';

let intake: IntakeUnderTest;

beforeAll(async () => {
  intake = await intakeUnderTest();
});
afterAll(() => intake.close());

const found = (text: string): string[] => CANARIES.filter((canary) => text.includes(canary));

/** Everything that stands in a database, readable or as bytes. */
async function contentOf(database: Pool): Promise<string> {
  const { rows: tables } = await database.query<{ name: string }>(
    "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
  );
  const texts: string[] = [];
  for (const { name } of tables) {
    const { rows } = await database.query<Record<string, unknown>>(`SELECT * FROM ${name}`);
    for (const row of rows) {
      const bytes = Object.values(row).filter((value) => Buffer.isBuffer(value));
      texts.push(name, JSON.stringify(row), ...bytes.map((value) => value.toString('utf8')));
    }
  }
  return texts.join('\n');
}

/** The event log's content once the relay has caught up. */
async function publishedRecords(): Promise<string> {
  await eventually(async () => (await intake.sql('SELECT 1 FROM outbox LIMIT 1')).length === 0, 'the outbox is empty');
  return contentOf(intake.eventLogRows);
}

describe('personal details', () => {
  it('stand nowhere but in the vault, and only encrypted there', async () => {
    const filed = await intake.ask('/requests', { body: PERSON, headers: { 'idempotency-key': KEY } });
    expect(filed.status).toBe(201);
    const answers = [filed];
    const wrong = [
      { ...PERSON, reporter: { ...PERSON.reporter, phone: `${CANARIES[1]}x` } },
      { ...PERSON, needs: [CANARIES[0]] },
      { ...PERSON, [CANARIES[0] as string]: 1 },
      { ...PERSON, address: { wardCode: CANARIES[1] } },
      { ...PERSON, reporter: CANARIES[0] },
      { ...PERSON, channel: CANARIES[4] },
      { ...PERSON, occurredAt: CANARIES[1] },
    ];
    for (const body of wrong) {
      const refused = await intake.ask('/requests', { body, headers: { 'idempotency-key': KEY } });
      expect(refused.status).toBe(422);
      answers.push(refused);
    }
    answers.push(await intake.ask('/requests', { body: { ...PERSON, description: `${CANARIES[0]}\ud800` } }));
    const json = { 'content-type': 'application/json' };
    answers.push(await intake.ask('/requests', { body: `{"name": "${CANARIES[0]}" ${CANARIES[1]}`, headers: json }));
    answers.push(await intake.ask(`/requests/${encodeURIComponent(CANARIES[0] as string)}`));
    answers.push(await intake.ask(`/nowhere/${CANARIES[1]}?name=${CANARIES[4]}`));
    const rows = [
      'reporter_name,reporter_phone,needs',
      `${CANARIES[0]},0988776655,food`,
      `${CANARIES[0]},${CANARIES[1]}x,food`,
    ];
    answers.push(await intake.ask('/imports/requests', { as: 'operator-1', body: rows.join('\n') }));
    answers.push(await intake.ask('/imports/requests', { as: 'operator-1', body: `${CANARIES[0]},${CANARIES[1]}\n` }));
    answers.push(
      await intake.ask('/vault/reveal', { as: 'operator-1', body: { personRef: CANARIES[0], purpose: CANARIES[1] } }),
    );
    const { rows: refs } = await intake.database.query('SELECT reporter_ref FROM request LIMIT 1');
    const asked = { personRef: refs[0].reporter_ref, purpose: 'verify' };
    expect((await intake.ask('/vault/reveal', { as: 'operator-1', body: asked })).text).toContain(CANARIES[0]);
    answers.push(await intake.ask('/vault/reveal', { as: 'auditor-1', body: asked }));
    answers.push(await intake.ask('/metrics'), await intake.ask('/health/ready'));
    await intake.database.query('DROP TABLE vault_record CASCADE');
    answers.push(await intake.ask('/requests', { body: PERSON }));
    expect(answers.at(-1)?.status).toBe(500);

    for (const { status, text, headers } of answers) {
      expect([status, found(text + JSON.stringify([...headers]))]).toEqual([status, []]);
    }
    expect(found(await contentOf(intake.database))).toEqual([]);
    const published = await publishedRecords();
    expect(published).toContain(filed.body.requestId);
    expect(found(published)).toEqual([]);
    expect(found(intake.lines.join('\n'))).toEqual([]);
    expect(intake.lines.length).toBeGreaterThan(0);
  });
});
