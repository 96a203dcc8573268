import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { City } from './test-city.js';
import { Databases, SERVICE_DATABASES } from './databases.js';
import type { Ledger } from './ledger.js';
import type { PlannedRequest } from './request-mix.js';
import { check, listed, type Check } from './verdict.js';

const PERSONS_IN_LOGS = 400;
/** Fewer, because each is looked for in every record. */
const PERSONS_IN_JOURNALS = 20;

/** What the run did, against which the city is judged. */
export interface Done {
  readonly ledger: Ledger;
  /** Rows of the imported file that had to be taken in. */
  readonly imported: readonly PlannedRequest[];
  readonly handled: ReadonlySet<string>;
}

interface LegRow {
  readonly case_id: string;
  readonly office: string;
  readonly status: string;
}

/** Every acknowledged request is stored once, and nothing that nobody asked for. */
export async function nothingLost(databases: Databases, { ledger, imported }: Done): Promise<Check[]> {
  const rows = await databases.rows<{ request_id: string; channel: string }>(
    'intake',
    'SELECT request_id, channel FROM request',
  );
  const stored = new Set(rows.map(({ request_id }) => request_id));
  const lost = [...ledger.acknowledged.values()].filter(({ requestId }) => !stored.has(requestId));
  const expected = ledger.acknowledged.size + imported.length;
  return [
    check(
      'every acknowledged request is stored',
      lost.length === 0,
      `${ledger.acknowledged.size} acknowledged, lost ${lost.length}`,
    ),
    check('no request is stored that nobody filed', rows.length === expected, `${rows.length} of ${expected}`),
  ];
}

/** Each case is in the inbox of the office that owns it, exactly once, or waits for a dispatcher. */
export async function rightOffice(databases: Databases, { ledger, imported }: Done): Promise<Check[]> {
  const legs = await databases.districtRows<LegRow>('SELECT case_id, office, status FROM leg');
  const waiting = await databases.rows<{ case_id: string }>(
    'routing',
    'SELECT case_id FROM waiting_case WHERE is_waiting',
  );
  const officesOf = new Map<string, string[]>();
  for (const { case_id, office } of legs) officesOf.set(case_id, [...(officesOf.get(case_id) ?? []), office]);
  const waits = new Set(waiting.map(({ case_id }) => case_id));
  const wrong = [...ledger.acknowledged.values()].filter(({ caseId, planned: { expected } }) => {
    const offices = officesOf.get(caseId) ?? [];
    if (expected.length === 0) return offices.length > 0 || !waits.has(caseId);
    return offices.length !== 1 || !expected.includes(offices[0] as string);
  });
  const doubled = [...officesOf.entries()].filter(([, offices]) => offices.length > 1);
  const total = ledger.acknowledged.size + imported.length;
  return [
    check(
      'each filed case is at its office, or with a dispatcher',
      wrong.length === 0,
      listed(wrong.map(({ caseId }) => caseId)),
    ),
    check('no case is in two inboxes', doubled.length === 0, listed(doubled.map(([caseId]) => caseId))),
    check(
      'filed = routed + unroutable',
      legs.length + waits.size === total,
      `${total} = ${legs.length} + ${waits.size}`,
    ),
    ...importedOffices(legs, { ledger, imported }),
  ];
}

/** An import gives no receipts, so its cases are counted by office, apart from those that were filed one by one. */
function importedOffices(legs: readonly LegRow[], { ledger, imported }: Pick<Done, 'ledger' | 'imported'>): Check[] {
  const filed = new Set([...ledger.acknowledged.values()].map(({ caseId }) => caseId));
  const found = new Map<string, number>();
  for (const { case_id, office } of legs) if (!filed.has(case_id)) found.set(office, (found.get(office) ?? 0) + 1);
  const consultations = imported.filter(({ expected }) => expected.length > 1).length;
  const wanted = new Map<string, number>();
  for (const { expected } of imported) {
    if (expected.length === 1) wanted.set(expected[0] as string, (wanted.get(expected[0] as string) ?? 0) + 1);
  }
  const panel = (found.get('chuyengia') ?? 0) + (found.get('soyte') ?? 0);
  const wrong = [...wanted]
    .filter(([office, n]) => office !== 'soyte' && found.get(office) !== n)
    .map(([office]) => office);
  const panelIsRight = panel === consultations + (wanted.get('soyte') ?? 0);
  return [check('imported cases are at their offices', wrong.length === 0 && panelIsRight, listed(wrong))];
}

/** In the event log each stream is numbered 1, 2, 3… in the order of its offsets, and partitions have no holes. */
export async function inOrder(databases: Databases): Promise<Check[]> {
  const streams = await databases.count(
    'audit',
    `SELECT 1 FROM (
       SELECT sequence, row_number() OVER (PARTITION BY source, subject ORDER BY min("offset")) AS n
       FROM (
         SELECT topic, partition, "offset", e->>'source' AS source, e->>'subject' AS subject,
           (e->>'sequence')::bigint AS sequence
         FROM history, LATERAL (SELECT convert_from(value, 'UTF8')::json AS e) AS envelope WHERE problem IS NULL
       ) AS r GROUP BY topic, partition, source, subject, sequence
     ) AS s WHERE sequence <> n`,
  );
  const holes = await databases.count(
    'audit',
    `SELECT 1 FROM (
       SELECT "offset" - row_number() OVER (PARTITION BY topic, partition ORDER BY "offset") AS d FROM history
     ) AS o WHERE d <> -1`,
  );
  const doubled = await databases.count(
    'audit',
    'SELECT event_id FROM history WHERE event_id IS NOT NULL GROUP BY event_id HAVING count(DISTINCT record_hash) > 1',
  );
  return [
    check('every stream is in order and without gaps', streams === 0, `${streams} out of order`),
    check('no partition has a hole', holes === 0, `${holes} records off`),
    check('no event id has two contents', doubled === 0, doubled),
  ];
}

/** Whatever a service recorded is in the event log, and the event log holds nothing that no service recorded. */
export async function logIsJournals(databases: Databases, badRecords: number): Promise<Check[]> {
  let recorded = 0;
  for (const name of SERVICE_DATABASES) recorded += await databases.count(name, 'SELECT 1 FROM journal');
  const kept = await databases.count('audit', 'SELECT DISTINCT event_id FROM history WHERE event_id IS NOT NULL');
  const all = await databases.count('audit', 'SELECT 1 FROM history');
  const readable = badRecords - 1;
  return [
    check(
      'the log holds what was recorded',
      kept === recorded + readable,
      `${kept} records, ${recorded} recorded + ${readable} injected`,
    ),
    check('duplicates in the log', all - kept < recorded / 10, `${all - kept - 1} (allowed, dropped by sequence)`),
  ];
}

/** Each citizen was told each thing once. */
export async function toldOnce(databases: Databases, { ledger, handled }: Done): Promise<Check[]> {
  const rows = await databases.rows<{ case_id: string; template: string; status: string; n: number }>(
    'notifications',
    `SELECT d.case_id, d.template, d.status, count(*)::int AS n FROM delivery d
      WHERE d.status <> 'suppressed' GROUP BY d.case_id, d.template, d.status`,
  );
  const told = new Map<string, string[]>();
  const wrong: string[] = [];
  for (const { case_id, template, status, n } of rows) {
    if (n !== 1 || status !== 'sent') wrong.push(`${case_id} ${template} ${status} x${n}`);
    told.set(case_id, [...(told.get(case_id) ?? []), template]);
  }
  for (const { caseId, planned } of ledger.acknowledged.values()) {
    const expected = expectedTemplates(planned, handled.has(caseId));
    const found = (told.get(caseId) ?? []).sort();
    if (expected.join() !== found.join()) wrong.push(`${caseId}: ${found.join('+')} instead of ${expected.join('+')}`);
  }
  const messages = await databases.count('notifications', 'SELECT 1 FROM mailbox_message');
  const sent = await databases.count('notifications', `SELECT 1 FROM delivery WHERE status = 'sent'`);
  return [
    check('every notification went out once', wrong.length === 0, listed(wrong)),
    check('messages shown = notifications sent', messages === sent, `${messages} = ${sent}`),
  ];
}

function expectedTemplates({ body, expected }: PlannedRequest, isHandled: boolean): string[] {
  if (body.notifyBy === 'none') return [];
  const routed = expected.length > 0 ? ['case-routed'] : [];
  return [...(isHandled ? ['case-accepted', 'case-resolved'] : []), ...routed, 'request-received'].sort();
}

/** No name, phone number or address of the plan is in a log line, a journal or a record of the event log. */
export async function nothingPersonal(
  city: City,
  databases: Databases,
  planned: readonly PlannedRequest[],
): Promise<Check[]> {
  const canaries = canariesOf(planned.slice(0, PERSONS_IN_LOGS));
  const leaks: string[] = [];
  const folder = join(city.folder, 'logs');
  for (const file of await readdir(folder)) {
    for await (const line of createInterface({ input: createReadStream(join(folder, file)) })) {
      if (canaries.some((canary) => line.includes(canary))) leaks.push(file);
    }
  }
  for (const name of SERVICE_DATABASES) {
    const found = await databases.count(
      name,
      `SELECT 1 FROM journal, unnest($1::text[]) AS canary WHERE position(convert_to(canary, 'UTF8') IN value) > 0 LIMIT 5`,
      [canariesOf(planned.slice(0, PERSONS_IN_JOURNALS))],
    );
    if (found > 0) leaks.push(`journal of ${name}`);
  }
  const figure = leaks.length === 0 ? `none of ${canaries.length} words` : listed(leaks);
  return [check('nothing personal in logs and events', leaks.length === 0 && canaries.length > 0, figure)];
}

/** An address as it was typed begins with the number of a house: the names of streets, wards and districts are public. */
function canariesOf(planned: readonly PlannedRequest[]): string[] {
  return planned.flatMap(({ body: { reporter, address } }) => [
    reporter.phone,
    reporter.phone.replace(/^0/, '+84'),
    reporter.name,
    ...(address ? [address.text] : []),
  ]);
}
