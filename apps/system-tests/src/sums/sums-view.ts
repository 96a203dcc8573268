import { decodeEnvelope, type NamedTopic } from '@tiepsuc/contracts';
import { openEventLog, type EventLog } from '@tiepsuc/event-log';
import pg from 'pg';
import { readAcknowledgements, type Acknowledged } from './acknowledgements.js';
import { groupsOf, incrementIn, topicsOf, type Increment } from './increments.js';
import type { Sums } from './sums-processes.js';

/** A record of the event log, as far as the sums read it. */
export interface SeenIncrement extends Increment {
  readonly eventId: string;
  readonly sequence: number;
  readonly place: string;
}

/** One topic, partition by partition in the order of offsets. */
export interface SeenTopic {
  readonly records: readonly SeenIncrement[];
  /** Offsets that are missing, or not where they should be. */
  readonly holes: readonly string[];
}

/** What the sums are judged by: what was acknowledged outside, and what is stored. */
export interface SumsView {
  readonly eventLogKind: string;
  readonly acknowledged: readonly Acknowledged[];
  readonly asked: SeenTopic;
  readonly counted: SeenTopic;
  /** Effects in the consumers' own journal, by key in the order of their sequence. */
  readonly effects: readonly SeenIncrement[];
  readonly balances: readonly { readonly key: string; readonly people: number; readonly times: number }[];
  /** Records that were tallied, as often as they were. */
  readonly tallied: readonly { readonly place: string; readonly people: number }[];
  readonly parked: readonly string[];
  /** What still waits in words; empty when everything has come to rest. */
  readonly unfinished: readonly string[];
  readonly witnesses: readonly { readonly kind: string; readonly detail: string }[];
  readonly endedByThemselves: readonly string[];
}

/** Reads everything, without the roles' connections and proxies. */
export async function viewSums(sums: Sums): Promise<SumsView> {
  const { run, eventLog } = sums.options;
  const { asked, counted } = topicsOf(run);
  const log = openEventLog(eventLog, { clientId: 'sums-view' });
  try {
    const counter = await connected(sums.databases.counted);
    const asker = await connected(sums.databases.asked);
    const witness = log.kind === 'postgres' ? await connected(eventLog) : undefined;
    try {
      const witnesses = [];
      for (const client of [counter, asker, ...(witness ? [witness] : [])]) {
        witnesses.push(...(await rows<{ kind: string; detail: string }>(client, 'SELECT kind, detail FROM witness')));
      }
      return {
        eventLogKind: log.kind,
        acknowledged: (await Promise.all(sums.acknowledged.map(readAcknowledgements))).flat(),
        asked: await readTopic(log, asked),
        counted: await readTopic(log, counted),
        effects: await readEffects(counter, counted.name),
        balances: await rows(counter, 'SELECT key::text, people::int, times::int FROM balance'),
        tallied: await rows(counter, `SELECT partition || '/' || place AS place, people FROM tally`),
        parked: (await rows<{ key: string }>(counter, 'SELECT key FROM parked_key')).map(({ key }) => key),
        unfinished: await unfinishedRecords(sums, log),
        witnesses,
        endedByThemselves: sums.processes.flatMap((one) => [...one.endedByItself, ...one.endedAtStart]),
      };
    } finally {
      await Promise.all([counter.end(), asker.end(), witness?.end()]);
    }
  } finally {
    await log.close();
  }
}

/** What has not come to rest yet, in words. */
export async function unfinishedInSums(sums: Sums): Promise<string[]> {
  const log = openEventLog(sums.options.eventLog, { clientId: 'sums-view' });
  try {
    return await unfinishedRecords(sums, log);
  } finally {
    await log.close();
  }
}

async function unfinishedRecords({ databases, options }: Sums, log: EventLog): Promise<string[]> {
  const found: string[] = [];
  for (const [side, url] of Object.entries(databases)) {
    const client = await connected(url);
    try {
      const [outbox] = await rows<{ n: number }>(client, 'SELECT count(*)::int AS n FROM outbox');
      if (outbox && outbox.n > 0) found.push(`${outbox.n} records of the ${side} side are not published`);
    } finally {
      await client.end();
    }
  }
  const client = await connected(databases.counted);
  try {
    const { asked } = topicsOf(options.run);
    const end = (await log.ends(asked.name)).reduce((sum, { next }) => sum + Number(next), 0);
    for (const groupId of Object.values(groupsOf(options.run))) {
      const [read] = await rows<{ n: number | null }>(
        client,
        'SELECT sum(next_offset)::int AS n FROM consumer_offset WHERE group_id = $1 AND topic = $2',
        [groupId, asked.name],
      );
      if ((read?.n ?? 0) !== end) found.push(`${groupId} has read ${read?.n ?? 0} of ${end}`);
    }
  } finally {
    await client.end();
  }
  return found;
}

async function readTopic(log: EventLog, { name, partitions }: NamedTopic): Promise<SeenTopic> {
  const records: SeenIncrement[] = [];
  const holes: string[] = [];
  for (let partition = 0; partition < partitions; partition++) {
    let expected = 0n;
    for await (const { offset, value } of log.read({ topic: name, partition })) {
      if (offset !== expected) holes.push(`${partition}/${expected}`);
      expected = offset + 1n;
      records.push(seen(value, `${partition}/${offset}`));
    }
  }
  return { records, holes };
}

async function readEffects(client: pg.Client, topic: string): Promise<SeenIncrement[]> {
  const found = await rows<{ position: string; value: Buffer }>(
    client,
    'SELECT position, value FROM journal WHERE topic = $1 ORDER BY subject, sequence, position',
    [topic],
  );
  return found.map(({ position, value }) => seen(value, position));
}

function seen(value: Buffer, place: string): SeenIncrement {
  const { id, sequence, data } = decodeEnvelope(value);
  return { ...incrementIn(data), eventId: id, sequence: Number(sequence), place };
}

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}

async function rows<Row extends pg.QueryResultRow>(
  client: pg.Client,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  return (await client.query<Row>(text, [...values])).rows;
}
