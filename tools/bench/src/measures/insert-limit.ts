import { newId } from '@tiepsuc/contracts';
import pg from 'pg';
import type { Reading } from '../bench-row.js';
import type { PartContext } from '../part.js';

/** What a group commit of ours uses, too. */
const BATCH = 128;
const CONNECTIONS = 2;
/** About what an event takes up. */
const VALUE_CHARS = 600;
const DATABASE = 'bench_insert';

export const INSERT_PAIRS = 'two-table insert';

const TABLES = `
  CREATE TABLE recorded (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id uuid NOT NULL,
    subject text NOT NULL,
    type text NOT NULL,
    value text NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE TABLE pending (position bigint PRIMARY KEY)`;

const INSERT = `
  WITH added AS (
    INSERT INTO recorded (event_id, subject, type, value)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) RETURNING position
  ) INSERT INTO pending SELECT position FROM added`;

/** Row pairs per second that PostgreSQL takes from Node in durable batches, with nothing else to do. */
export async function insertLimit({ surroundings, options }: PartContext): Promise<Reading[]> {
  const { postgres, makeDatabases, dropDatabases } = surroundings;
  const { warmUpMs, measureMs } = options;
  await makeDatabases([DATABASE]);
  const clients = Array.from(
    { length: CONNECTIONS },
    () => new pg.Client({ connectionString: postgres.url(DATABASE) }),
  );
  try {
    for (const client of clients) await client.connect();
    await clients[0]?.query(TABLES);
    const fromMs = performance.now() + warmUpMs;
    const untilMs = fromMs + measureMs;
    const batches = await Promise.all(clients.map((client) => insertUntil(client, { fromMs, untilMs })));
    const pairs = batches.reduce((sum, count) => sum + count, 0) * BATCH;
    return [{ name: INSERT_PAIRS, unit: 'row pairs/s', limit: (pairs * 1_000) / measureMs }];
  } finally {
    for (const client of clients) await client.end();
    await dropDatabases([DATABASE]);
  }
}

/** Batches that were committed in the time. */
async function insertUntil(
  client: pg.Client,
  { fromMs, untilMs }: { readonly fromMs: number; readonly untilMs: number },
): Promise<number> {
  const value = 'x'.repeat(VALUE_CHARS);
  let batches = 0;
  for (;;) {
    const ids = Array.from({ length: BATCH }, newId);
    const values = [ids, ids, ids.map(() => 'relief.bench.recorded.v1'), ids.map(() => value)];
    await client.query({ name: 'insert', text: INSERT, values });
    const nowMs = performance.now();
    if (nowMs >= untilMs) return batches;
    if (nowMs >= fromMs) batches++;
  }
}
