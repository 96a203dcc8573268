import { decodeEnvelope, recordHash, type Envelope } from '@tiepsuc/contracts';
import type { LogRecord } from '@tiepsuc/event-log';
import type { City } from './simulated-city.js';
import { legs, tolds, topics, type Leg, type Told } from './additions.js';

/** Everything that is wrong after a run; empty when nothing is. Each finding begins with its kind. */
export type Finding = `${'stuck' | 'lost' | 'doubled' | 'reordered' | 'invented' | 'altered' | 'alarmed'}: ${string}`;

interface Said {
  readonly envelope: Envelope;
  readonly value: Buffer;
}

/** Additions in the order of their sequence, by leg. */
type Orders = ReadonlyMap<
  string,
  readonly { readonly addition: string; readonly amount: number; readonly id: string }[]
>;

/** Compares what was acknowledged with what is stored, everywhere, one store after the other. */
export async function findingsIn(city: City, isQuiet: boolean): Promise<Finding[]> {
  const alarms = [...city.alarms, ...city.clients.surprises].map((alarm): Finding => `alarmed: ${alarm}`);
  if (!isQuiet) return [...alarms, ...(await city.unfinished()).map((what): Finding => `stuck: ${what}`)];
  const journal = await journalOf(city, 'publisher');
  const orders = ordersOf(journal);
  return [
    ...alarms,
    ...acknowledgements(city, journal),
    ...(await states(city, orders)),
    ...carried(city, { topic: topics.cases.name, journal, what: 'additions' }),
    ...(await effects(city, orders)),
    ...(await own(city, orders)),
    ...(await tally(city, orders)),
  ];
}

async function journalOf({ options }: City, database: string): Promise<Said[]> {
  const rows = await options.server.query<{ value: Buffer }>(database, 'SELECT value FROM journal ORDER BY position');
  return rows.map(({ value }) => ({ value, envelope: decodeEnvelope(value) }));
}

function ordersOf(journal: readonly Said[]): Orders {
  const orders = new Map<string, { addition: string; amount: number; id: string }[]>();
  for (const { envelope } of journal) {
    const { requestId, hop } = envelope.data as { requestId: string; hop: number };
    const order = orders.get(envelope.subject) ?? [];
    order.push({ addition: requestId, amount: hop, id: envelope.id });
    orders.set(envelope.subject, order);
  }
  return orders;
}

/** Acknowledged is in the journal exactly once, at the place that was answered, and after what was answered before. */
function acknowledgements({ clients }: City, journal: readonly Said[]): Finding[] {
  const found: Finding[] = chainFindings(journal, 'journal');
  const places = new Map<string, number[]>();
  for (const { envelope } of journal) {
    const { requestId } = envelope.data as { requestId: string };
    places.set(requestId, [...(places.get(requestId) ?? []), Number(envelope.sequence)]);
  }
  const asked = new Set(clients.ledger.map(({ addition }) => addition.id));
  for (const id of places.keys()) if (!asked.has(id)) found.push(`invented: ${id} in the journal`);
  for (const { addition, answers, acknowledgedAt } of clients.ledger) {
    const at = places.get(addition.id) ?? [];
    if (at.length > 1) found.push(`doubled: ${addition.id} in the journal`);
    if (at.length === 0 && acknowledgedAt !== undefined) found.push(`lost: ${addition.id} was acknowledged`);
    for (const { sequence, count } of answers) {
      if (sequence !== at[0] || count !== sequence)
        found.push(`altered: ${addition.id} was answered ${sequence}/${count}`);
    }
  }
  for (const earlier of clients.ledger) {
    for (const later of clients.ledger) {
      const isBefore = earlier.acknowledgedAt !== undefined && earlier.acknowledgedAt < later.submittedAt;
      if (!isBefore || earlier.addition.key !== later.addition.key) continue;
      const [one, other] = [places.get(earlier.addition.id)?.[0], places.get(later.addition.id)?.[0]];
      if (one !== undefined && other !== undefined && one > other) found.push(`reordered: ${later.addition.id}`);
    }
  }
  return found;
}

/** Sequences of each stream are 1, 2, 3, …, and every value names the hash of the one before. */
function chainFindings(said: readonly Said[], where: string): Finding[] {
  const found: Finding[] = [];
  const last = new Map<string, { sequence: number; hash: string | undefined }>();
  for (const { envelope, value } of said) {
    const stream = `${envelope.source} ${envelope.subject}`;
    const { sequence, hash } = last.get(stream) ?? { sequence: 0, hash: undefined };
    const own = Number(envelope.sequence);
    if (own !== sequence + 1) found.push(`${own > sequence ? 'lost' : 'reordered'}: ${stream} ${own} in the ${where}`);
    else if (envelope.prevhash !== hash) found.push(`altered: ${stream} ${own} in the ${where}`);
    last.set(stream, { sequence: own, hash: recordHash(value) });
  }
  return found;
}

/** States and rows are what the events add up to. */
async function states({ options }: City, orders: Orders): Promise<Finding[]> {
  const rows = await options.server.query<{ key: string; state: Leg; sum: number; count: number }>('publisher', {
    text: `SELECT key, state, sum, count FROM state FULL JOIN leg_row ON leg_id::text = key WHERE kind = $1`,
    values: [legs.kind],
  });
  const found: Finding[] = rows.length === orders.size ? [] : [`altered: ${rows.length} states of ${orders.size}`];
  for (const { key, state, sum, count } of rows) {
    const expected = sumOf(orders.get(key) ?? []);
    const isRight = state.sum === expected.sum && state.count === expected.count;
    if (!isRight || sum !== expected.sum || count !== expected.count) found.push(`altered: the state of ${key}`);
  }
  return found;
}

/** The log holds the bytes of the journal, in the order of each stream; more than once only where it may. */
function carried(
  { store, options }: City,
  { topic, journal, what }: { topic: string; journal: readonly Said[]; what: string },
): Finding[] {
  const found: Finding[] = [];
  const expected = new Map(journal.map(({ envelope, value }) => [envelope.id, value]));
  const seen = new Set<string>();
  const first: Said[] = [];
  for (const record of store.partitionsOf(topic).flat() as LogRecord[]) {
    const envelope = decodeEnvelope(record.value);
    const value = expected.get(envelope.id);
    if (!value) found.push(`invented: ${envelope.id} in the log`);
    else if (!value.equals(record.value)) found.push(`altered: ${envelope.id} in the log`);
    if (!seen.has(envelope.id)) first.push({ envelope, value: record.value });
    else if (options.character === 'drops duplicates') found.push(`doubled: ${envelope.id} in the log`);
    seen.add(envelope.id);
  }
  for (const id of expected.keys()) if (!seen.has(id)) found.push(`lost: ${what} ${id} on the way to the log`);
  return [...found, ...chainFindings(first, 'log')];
}

/** Every addition had its effect once, in order. */
async function effects({ options }: City, orders: Orders): Promise<Finding[]> {
  const rows = await options.server.query<{ key: string; state: Told }>('reader', {
    text: 'SELECT key, state FROM state WHERE kind = $1',
    values: [tolds.kind],
  });
  const told = new Map(rows.map(({ key, state }) => [key, state]));
  return compared(orders, 'the reaction', (key) => told.get(key));
}

/** What the reading service said itself follows from each addition once, and reached the log. */
async function own(city: City, orders: Orders): Promise<Finding[]> {
  const journal = await journalOf(city, 'reader');
  const causes = new Map<string, number>();
  for (const { envelope } of journal) {
    const cause = envelope.causationid ?? '';
    causes.set(cause, (causes.get(cause) ?? 0) + 1);
  }
  const found: Finding[] = [];
  const ids = new Set([...orders.values()].flat().map(({ id }) => id));
  for (const id of ids) if (!causes.has(id)) found.push(`lost: what follows from ${id}`);
  for (const [id, count] of causes) {
    if (!ids.has(id)) found.push(`invented: what follows from ${id}`);
    if (count > 1) found.push(`doubled: what follows from ${id}`);
  }
  const { notifications } = topics;
  return [...found, ...carried(city, { topic: notifications.name, journal, what: 'notifications' })];
}

/** The plain sums that only the fenced reader protects. */
async function tally({ options }: City, orders: Orders): Promise<Finding[]> {
  if (options.character === 'keeps duplicates') return [];
  const rows = await options.server.query<{ key: string; total: number; additions: string[] }>(
    'reader',
    `SELECT key, total, (SELECT array_agg(addition ORDER BY n) FROM tally_entry e WHERE e.key = t.key) AS additions
      FROM tally t`,
  );
  const totals = new Map(rows.map(({ key, total, additions }) => [key, { sum: total, additions }]));
  return compared(orders, 'the tally', (key) => totals.get(key));
}

function compared(orders: Orders, where: string, of: (key: string) => Told | undefined): Finding[] {
  const found: Finding[] = [];
  for (const [key, order] of orders) {
    const { sum, additions } = of(key) ?? { sum: 0, additions: [] };
    for (const { addition } of order) {
      const times = additions.filter((one) => one === addition).length;
      if (times !== 1) found.push(`${times === 0 ? 'lost' : 'doubled'}: ${addition} in ${where}`);
    }
    if (additions.join() !== order.map(({ addition }) => addition).join()) found.push(`reordered: ${key} in ${where}`);
    if (sum !== sumOf(order).sum) found.push(`altered: the sum of ${key} in ${where}`);
  }
  return found;
}

function sumOf(order: readonly { readonly amount: number }[]) {
  return { sum: order.reduce((sum, { amount }) => sum + amount, 0), count: order.length };
}
