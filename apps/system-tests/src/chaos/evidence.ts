import { recordHash } from '@tiepsuc/contracts';
import type { Databases } from '../databases.js';
import { SERVICE_DATABASES } from '../databases.js';
import type { JournalPlace } from './effect-checks.js';
import type { View } from './log-checks.js';
import type { RememberedCause } from './operation-checks.js';
import type { FoundParking } from './parking-checks.js';
import type { CaseRow, HistoryCount, LegRow } from './store-checks.js';
import type { DeliveryRow } from './notification-checks.js';

/** Where clients' keys are remembered: the service, and how its paths name a change. */
const CAUSE_DATABASES = ['intake', 'routing', 'district_1', 'district_2'] as const;

/** What every service wrote down, by event id. */
export async function journalPlaces(databases: Databases): Promise<Map<string, JournalPlace>> {
  const found = new Map<string, JournalPlace>();
  for (const database of SERVICE_DATABASES) {
    const rows = await databases.rows<{ event_id: string; position: number }>(
      database,
      'SELECT event_id::text, position::int FROM journal',
    );
    for (const { event_id, position } of rows) found.set(event_id, { database, position });
  }
  return found;
}

/** What the services remember of clients' operations, by the idempotency key, which is the last part of a cause. */
export async function rememberedCauses(databases: Databases): Promise<Map<string, RememberedCause>> {
  const found = new Map<string, RememberedCause>();
  for (const database of CAUSE_DATABASES) {
    const rows = await databases.rows<{ id: string; key: string; sequence: number }>(
      database,
      `SELECT id, key, sequence::int FROM handled_command WHERE id LIKE '%:POST:%'`,
    );
    for (const { id, key: subject, sequence } of rows) {
      const key = id.slice(id.lastIndexOf(':') + 1);
      if (found.has(key)) throw new Error(`${key} is remembered twice`);
      found.set(key, { key, subject, sequence });
    }
  }
  return found;
}

/** What audit kept, as another reader's view of the log. */
export async function historyView(databases: Databases): Promise<View> {
  const rows = await databases.rows<{ place: string; hashes: string[] }>(
    'audit',
    `SELECT topic || '/' || partition AS place, array_agg(encode(record_hash, 'hex') ORDER BY "offset") AS hashes
      FROM history GROUP BY topic, partition`,
  );
  return new Map(rows.map(({ place, hashes }) => [place, hashes]));
}

export function historyCounts(databases: Databases): Promise<HistoryCount[]> {
  return databases.rows<HistoryCount>('audit', 'SELECT topic, partition, type, records::int FROM history_count');
}

export function legRows(databases: Databases): Promise<LegRow[]> {
  return databases.districtRows<LegRow>('SELECT leg_id::text, case_id::text, office, status FROM leg');
}

export function caseRows(databases: Databases): Promise<CaseRow[]> {
  return databases.rows<CaseRow>(
    'routing',
    `SELECT key AS case_id, state->>'status' AS status, state->>'office' AS office, state->>'legId' AS leg_id
      FROM state WHERE kind = 'case'`,
  );
}

export function deliveryRows(databases: Databases): Promise<DeliveryRow[]> {
  return databases.rows<DeliveryRow>(
    'notifications',
    `SELECT d.notification_id::text, d.status, d.reason, m.notification_id IS NOT NULL AS is_shown
      FROM delivery d LEFT JOIN mailbox_message m USING (notification_id)`,
  );
}

/** What a service has set aside, with what waits under each key in its order. */
export async function parkings(databases: Databases, database: string): Promise<FoundParking[]> {
  const keys = await databases.rows<{ group_id: string; key: string; reason: string }>(
    database,
    'SELECT group_id, key, reason FROM parked_key',
  );
  const records = await databases.rows<{ group_id: string; key: string; value: Buffer }>(
    database,
    'SELECT group_id, key, value FROM parked_record ORDER BY n',
  );
  const waiting = new Map<string, string[]>();
  for (const { group_id, key, value } of records) {
    const name = `${group_id} ${key}`;
    waiting.set(name, [...(waiting.get(name) ?? []), recordHash(value)]);
  }
  return keys.map(({ group_id, key, reason }) => ({ key, reason, hashes: waiting.get(`${group_id} ${key}`) ?? [] }));
}
