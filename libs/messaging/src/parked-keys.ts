import { CODE_PATTERN, eventOfType, type OperationsEvent } from '@tiepsuc/contracts';
import type { LogRecord } from '@tiepsuc/event-log';
import type { Database, Sql } from '@tiepsuc/journal';
import { parkedKeyCode, parkings } from './parking.aggregate.js';
import { checkRecord, isOnDeclaredTopic } from './record-check.js';
import type { ReactionHandler } from './reaction-handler.js';
import { refuseParked } from './refusals.js';
import { streamId } from './stream-positions.js';

/** A key that waits for an operator's decision. */
export interface ParkedKey {
  readonly groupId: string;
  readonly key: string;
  readonly topic: string;
  readonly reason: string;
  readonly detail: string;
  readonly attempts: number;
  readonly parkedAt: string;
  /** Records that wait under this key. */
  readonly waiting: number;
  /** Number of the first of them; `skip` must name it. */
  readonly first?: string;
}

interface KeyRow {
  readonly parking_id: string;
  readonly topic: string;
}

interface RecordRow {
  readonly n: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly record_key: string | null;
  readonly headers: Record<string, string>;
  readonly value: Buffer;
  readonly appended_at: Date;
}

export type RedriveResult =
  | { readonly outcome: 'redriven'; readonly handled: number }
  | { readonly outcome: 'still-parked'; readonly handled: number; readonly reason: string; readonly detail: string };

/** The reactions of a service. A service that keeps every record has no handler and parks nothing. */
export interface Reactions {
  readonly handler: ReactionHandler | undefined;
  readonly groupIds: readonly string[];
}

const LIST_MAX = 200;

/** Parked keys for operators: list them, redrive one after a fix, or skip a record for a reason. */
export class ParkedKeys {
  private reactions: Reactions | undefined;

  constructor(private readonly database: Database) {}

  /** Handles redriven keys. */
  attach(reactions: Reactions): void {
    this.reactions = reactions;
  }

  /** The oldest parked keys, 200 at most. */
  async list(): Promise<ParkedKey[]> {
    const rows = await this.database.run<
      Omit<ParkedKey, 'parkedAt' | 'first'> & { parkedAt: Date; first: string | null }
    >({
      text: `SELECT group_id AS "groupId", key, topic, reason, detail, attempts, parked_at AS "parkedAt",
          (SELECT count(*)::int FROM parked_record r WHERE r.group_id = k.group_id AND r.key = k.key) AS waiting,
          (SELECT min(n)::text FROM parked_record r WHERE r.group_id = k.group_id AND r.key = k.key) AS first
        FROM parked_key k ORDER BY parked_at LIMIT ${LIST_MAX}`,
    });
    return rows.map((row) => ({ ...row, parkedAt: row.parkedAt.toISOString(), first: row.first ?? undefined }));
  }

  async count(): Promise<number> {
    const [row] = await this.database.run<{ n: number }>({ text: 'SELECT count(*)::int AS n FROM parked_key' });
    return row?.n ?? 0;
  }

  /** Redrives a key, one record per transaction, until its queue is empty or a record fails again. */
  async redrive(groupId: string, key: string, actor: string): Promise<RedriveResult> {
    for (let handled = 0; ; handled++) {
      const step = await this.step(groupId, key, actor);
      if (step === 'empty') return { outcome: 'redriven', handled };
      if (step !== 'handled') return { outcome: 'still-parked', handled, ...step };
    }
  }

  /**
   * Skips the first record that waits under a key. The reason is a code; `first` is the number that was listed, so that
   * a repeat does not skip the next one.
   */
  async skip(
    groupId: string,
    key: string,
    { first, reason, actor }: { first: string; reason: string; actor: string },
  ): Promise<void> {
    if (!CODE_PATTERN.test(reason)) throw refuseParked('reason-not-valid');
    const handler = this.handler(groupId);
    await this.database.transaction(async (sql) => {
      const parked = await lockKey(sql, groupId, key);
      const row = await firstRecord(sql, groupId, key);
      if (!row) throw refuseParked('parked-record-unknown');
      if (row.n !== first) throw refuseParked('parked-key-changed');
      await deleteRecord(sql, groupId, { key, n: row.n });
      const eventId = await skipStream(sql, groupId, recordOf(row));
      await this.note(sql, handler, {
        parked,
        actor,
        event: { type: 'RecordSkipped', data: { ...this.named(handler, parked, key), eventId, reason } },
      });
    });
    handler.options.journal.announce();
  }

  private async step(
    groupId: string,
    key: string,
    actor: string,
  ): Promise<'empty' | 'handled' | { reason: string; detail: string }> {
    const handler = this.handler(groupId);
    const result = await this.database.transaction(async (sql) => {
      const parked = await lockKey(sql, groupId, key);
      const row = await firstRecord(sql, groupId, key);
      if (!row) {
        await sql.run({ text: 'DELETE FROM parked_key WHERE group_id = $1 AND key = $2', values: [groupId, key] });
        await this.note(sql, handler, {
          parked,
          actor,
          event: { type: 'KeyRedriven', data: this.named(handler, parked, key) },
        });
        return 'empty';
      }
      const record = recordOf(row);
      const batch = handler.begin([record]);
      await batch.loadAgain(sql);
      batch.decide(new Set([record]));
      const [again] = batch.newlyParked;
      if (again) {
        await sql.run({
          text: 'UPDATE parked_key SET attempts = attempts + 1, reason = $3, detail = $4 WHERE group_id = $1 AND key = $2',
          values: [groupId, key, again.reason, again.detail],
        });
        return { reason: again.reason, detail: again.detail };
      }
      batch.write(sql);
      await deleteRecord(sql, groupId, { key, n: row.n });
      return 'handled';
    });
    handler.options.journal.announce();
    return result;
  }

  private handler(groupId: string): ReactionHandler {
    const found = this.reactions?.groupIds.includes(groupId) ? this.reactions.handler : undefined;
    if (!found) throw refuseParked('group-unknown');
    return found;
  }

  private named(handler: ReactionHandler, parked: KeyRow, key: string) {
    return { parkingId: parked.parking_id, service: handler.options.service, parkedKey: parkedKeyCode(key) };
  }

  private async note(
    sql: Sql,
    handler: ReactionHandler,
    { parked, actor, event }: { parked: KeyRow; actor: string; event: OperationsEvent },
  ): Promise<void> {
    const work = handler.options.journal.begin();
    const ref = { aggregate: parkings, key: parked.parking_id };
    await work.load(sql, [ref]);
    work.record(ref, [event], { actor });
    work.write(sql, handler.options.journal.rowWriter);
  }
}

async function lockKey(sql: Sql, groupId: string, key: string): Promise<KeyRow> {
  const [row] = await sql.run<KeyRow>({
    text: 'SELECT parking_id, topic FROM parked_key WHERE group_id = $1 AND key = $2 FOR UPDATE',
    values: [groupId, key],
  });
  if (!row) throw refuseParked('parked-key-unknown');
  return row;
}

async function firstRecord(sql: Sql, groupId: string, key: string): Promise<RecordRow | undefined> {
  const [row] = await sql.run<RecordRow>({
    text: 'SELECT * FROM parked_record WHERE group_id = $1 AND key = $2 ORDER BY n LIMIT 1',
    values: [groupId, key],
  });
  return row;
}

async function deleteRecord(sql: Sql, groupId: string, { key, n }: { key: string; n: string }): Promise<void> {
  await sql.run({
    text: 'DELETE FROM parked_record WHERE group_id = $1 AND key = $2 AND n = $3',
    values: [groupId, key, n],
  });
}

/**
 * A skipped record counts as seen, so that its successors are no gap. A misplaced one does not: the stream that it
 * names belongs to another publisher. Returns its event id, if it can be read.
 */
async function skipStream(sql: Sql, groupId: string, record: LogRecord): Promise<string | undefined> {
  const { envelope } = checkRecord(record);
  if (!envelope) return undefined;
  const { id, sequence } = envelope;
  const event = eventOfType(envelope.type);
  if (!event || isOnDeclaredTopic(record, envelope, event)) {
    await sql.run({
      text: `INSERT INTO inbox_stream AS s (stream, last_sequence) VALUES ($1, $2)
        ON CONFLICT (stream) DO UPDATE SET last_sequence = greatest(s.last_sequence, excluded.last_sequence)`,
      values: [streamId(groupId, envelope), Number(sequence)],
    });
  }
  return CODE_PATTERN.test(id) ? id : undefined;
}

function recordOf(row: RecordRow): LogRecord {
  return {
    topic: row.topic,
    partition: row.partition,
    offset: BigInt(row.offset),
    key: row.record_key,
    headers: row.headers,
    value: row.value,
    appendedAt: row.appended_at,
  };
}
