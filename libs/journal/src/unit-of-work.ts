import {
  encodeEnvelope,
  eventNamed,
  fill,
  newId,
  partitionOf,
  recordHash,
  sequenceText,
  validateEvent,
  type DecidedEvent,
  type Envelope,
} from '@tiepsuc/contracts';
import { metadataOf, type AnyAggregate, type EventMetadata } from './aggregate.js';
import type { CommandContext } from './command-context.js';
import type { DecisionContext } from './decision-context.js';
import type { Sql } from './database.js';
import type { RowChange, RowWriter } from './rows.js';
import { jsonTexts, packed, textArray } from '@tiepsuc/sql-arrays';

/** Number of outbox shards that relays share; a key is always in the same one, so its order is kept. */
export const SHARDS = 4;
/** Maximum size of an event in bytes: below every event log's limit, with room for headers. */
export const VALUE_SIZE_MAX_BYTES = 900_000;

/** Stored state of one aggregate: its fold, and the positions of its streams. */
export interface AggregateSnapshot<State = object> {
  readonly sequence: number;
  readonly hash: string | undefined;
  /** Streams that do not change the state, by subject: sequence and hash of their last record. */
  readonly also: Readonly<Record<string, readonly [number, string]>>;
  readonly state: State;
  /** It began as a drill, so all its later events are part of the drill. */
  readonly isExercise: boolean;
}

/** Names one aggregate. */
export interface Ref {
  readonly aggregate: AnyAggregate;
  readonly key: string;
}

interface Entry extends Ref {
  snapshot: AggregateSnapshot;
  /** The last event that changed the state; absent when only other streams moved on. */
  changed?: EventMetadata;
  isDirty?: boolean;
}

interface JournalRow {
  readonly eventId: string;
  readonly subject: string;
  readonly sequence: number;
  readonly type: string;
  readonly topic: string;
  readonly partition: number;
  readonly partitionKey: string;
  readonly value: Buffer;
}

interface StateRow {
  readonly kind: string;
  readonly key: string;
  readonly sequence: string;
  readonly hash: string | null;
  readonly also: Record<string, [number, string]>;
  readonly state: object;
  readonly exercise: boolean;
}

/**
 * Unit of work of one transaction: the states it loaded and locked, the events decided on them, and the rows projected
 * from them. It is filled by pure decisions and written at once, one multi-row statement per table.
 */
export class UnitOfWork {
  private readonly entries = new Map<string, Entry>();
  private readonly journal: JournalRow[] = [];
  private readonly rows: RowChange[] = [];

  constructor(private readonly now: Date) {}

  /** The time of all events decided in this unit. */
  get moment(): DecisionContext {
    return { now: this.now.toISOString() };
  }

  /** Loads and locks states in the order of their keys; a missing one starts from the initial state. */
  async load(sql: Sql, refs: readonly Ref[]): Promise<void> {
    for (const ref of refs) this.start(ref);
    if (refs.length === 0) return;
    const rows = await sql.run<StateRow>({
      name: 'journal-load',
      // mutant: lock-states
      text: `SELECT kind, key, sequence, hash, also, state, exercise FROM state
        WHERE (kind, key) IN (SELECT k, v FROM unnest($1::text[], $2::text[]) AS t(k, v))
        ORDER BY kind, key FOR UPDATE`,
      values: [textArray(refs.map(({ aggregate }) => aggregate.kind)), textArray(refs.map(({ key }) => key))],
    });
    for (const { kind, key, sequence, hash, also, state, exercise } of rows) {
      const entry = this.entries.get(`${kind}/${key}`);
      if (entry) {
        entry.snapshot = { sequence: Number(sequence), hash: hash ?? undefined, also, state, isExercise: exercise };
      }
    }
  }

  /** Begins a new aggregate; never for one that may exist. */
  start({ aggregate, key }: Ref): void {
    const id = `${aggregate.kind}/${key}`;
    if (this.entries.has(id)) return;
    this.entries.set(id, {
      aggregate,
      key,
      snapshot: { sequence: 0, hash: undefined, also: {}, state: aggregate.initial, isExercise: false },
    });
  }

  remembered<State extends object>({ aggregate, key }: Ref): AggregateSnapshot<State> {
    const entry = this.entries.get(`${aggregate.kind}/${key}`);
    if (!entry) throw new Error(`${aggregate.kind} was not loaded`);
    return entry.snapshot as AggregateSnapshot<State>;
  }

  /** Adds the events decided on one aggregate: envelopes, new state, rows. When it throws, nothing is added. */
  record(ref: Ref, events: readonly DecidedEvent[], context: CommandContext): void {
    if (events.length === 0) return;
    const entry = this.entries.get(`${ref.aggregate.kind}/${ref.key}`);
    if (!entry) throw new Error(`${ref.aggregate.kind} was not loaded`);
    const draft = { remembered: entry.snapshot, written: [] as JournalRow[], changed: entry.changed };
    for (const event of events) this.recordOne(ref, event, { context, draft });
    entry.snapshot = draft.remembered;
    entry.changed = draft.changed;
    entry.isDirty = true;
    this.journal.push(...draft.written);
  }

  /** Rows of this transaction besides the projections. */
  addRows(changes: readonly RowChange[]): void {
    this.rows.push(...changes);
  }

  private recordOne(
    { aggregate, key }: Ref,
    event: DecidedEvent,
    {
      context,
      draft,
    }: {
      context: CommandContext;
      draft: { remembered: AggregateSnapshot; written: JournalRow[]; changed: EventMetadata | undefined };
    },
  ): void {
    const { type, topic } = eventNamed(event.type);
    const isOwn = topic === aggregate.topic;
    if (!isOwn && !aggregate.also?.includes(topic)) throw new Error(`${aggregate.kind} may not say ${event.type}`);
    validateEvent(type, event.data);
    const fields = event.data as Record<string, string>;
    const subject = fields[topic.subject] as string;
    if (isOwn && subject !== key)
      throw new Error(`${event.type} names another ${aggregate.kind} than the one it was decided on`);
    const { remembered } = draft;
    const [last, prevhash] = isOwn
      ? [remembered.sequence, remembered.hash]
      : (remembered.also[subject] ?? [0, undefined]);
    const sequence = last + 1;
    const partitionKey = fields[topic.key] as string;
    const time = this.now.toISOString();
    const hasBegun = remembered.sequence > 0 || Object.keys(remembered.also).length > 0;
    const isExercise = hasBegun ? remembered.isExercise : context.exercise === true;
    const envelope = envelopeOf(
      { ...context, exercise: isExercise },
      {
        type,
        source: fill(topic.source, fields),
        subject,
        partitionKey,
        sequence,
        prevhash,
        time,
        data: event.data,
      },
    );
    const value = encodeEnvelope(envelope);
    if (value.length > VALUE_SIZE_MAX_BYTES)
      throw new Error(`${event.type} is larger than ${VALUE_SIZE_MAX_BYTES} bytes`);
    const hash = recordHash(value);
    const recorded = metadataOf(envelope, isExercise);
    draft.written.push({
      eventId: envelope.id,
      subject,
      sequence,
      type,
      topic: fill(topic.name, fields),
      partition: partitionOf(partitionKey, topic.partitions),
      partitionKey,
      value,
    });
    if (isOwn) {
      const state = aggregate.evolve(remembered.state, event, recorded);
      draft.remembered = { ...remembered, sequence, hash, state, isExercise };
      draft.changed = recorded;
    } else {
      draft.remembered = { ...remembered, isExercise, also: { ...remembered.also, [subject]: [sequence, hash] } };
    }
  }

  /** Writes everything. The unique index on subject, topic and sequence refuses decisions on a stale state. */
  write(sql: Sql, rowWriter: RowWriter): void {
    const dirty = [...this.entries.values()].filter((entry) => entry.isDirty);
    if (this.journal.length > 0) sql.send(appendStatement(this.journal, dirty, this.now));
    const shown = dirty.flatMap(({ aggregate, snapshot: remembered, key, changed: recorded }) =>
      recorded ? (aggregate.project?.(remembered.state, key, recorded) ?? []) : [],
    );
    rowWriter.write(sql, [...shown, ...this.rows]);
  }
}

interface Described {
  readonly type: string;
  readonly source: string;
  readonly subject: string;
  readonly partitionKey: string;
  readonly sequence: number;
  readonly prevhash: string | undefined;
  readonly time: string;
  readonly data: object;
}

function envelopeOf(context: CommandContext, event: Described): Envelope {
  return {
    specversion: '1.0',
    id: newId(),
    source: event.source,
    type: event.type,
    subject: event.subject,
    time: event.time,
    datacontenttype: 'application/json',
    partitionkey: event.partitionKey,
    sequence: sequenceText(event.sequence),
    prevhash: event.prevhash,
    correlationid: context.correlationId ?? event.partitionKey,
    causationid: context.causationId,
    traceparent: context.traceparent,
    actor: context.actor,
    occurredat: context.occurredAt,
    exercise: context.exercise ? true : undefined,
    data: event.data,
  };
}

const APPEND = `
WITH written AS (
  INSERT INTO journal (event_id, subject, sequence, type, topic, partition, partition_key, shard, value, recorded_at)
  SELECT e, s, n, ty, tp, p, k, sh, substring($9::bytea FROM start + 1 FOR size), $12::timestamptz
  FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::int[], $7::text[], $8::smallint[],
      $10::int[], $11::int[])
    WITH ORDINALITY AS t(e, s, n, ty, tp, p, k, sh, start, size, ord)
  ORDER BY ord
  RETURNING position, shard
), queued AS (
  INSERT INTO outbox (first_position, shard, positions)
  SELECT min(position), shard, array_agg(position ORDER BY position) FROM written GROUP BY shard
)
INSERT INTO state (kind, key, sequence, hash, also, state, exercise)
SELECT k, y, n, h, also::json, state::json, ex FROM unnest($13::text[], $14::text[], $15::bigint[], $16::text[],
  string_to_array($17, chr(30)), string_to_array($18, chr(30)), $19::boolean[]) AS t(k, y, n, h, also, state, ex)
ON CONFLICT (kind, key) DO UPDATE
  SET sequence = excluded.sequence, hash = excluded.hash, also = excluded.also, state = excluded.state,
    exercise = excluded.exercise`;

function appendStatement(journal: readonly JournalRow[], dirty: readonly Entry[], now: Date) {
  const { bytes, starts, sizes } = packed(journal.map((row) => row.value));
  return {
    name: 'journal-append',
    text: APPEND,
    values: [
      textArray(journal.map((row) => row.eventId)),
      textArray(journal.map((row) => row.subject)),
      textArray(journal.map((row) => row.sequence)),
      textArray(journal.map((row) => row.type)),
      textArray(journal.map((row) => row.topic)),
      textArray(journal.map((row) => row.partition)),
      textArray(journal.map((row) => row.partitionKey)),
      textArray(journal.map((row) => partitionOf(row.partitionKey, SHARDS))),
      bytes,
      starts,
      sizes,
      now.toISOString(),
      textArray(dirty.map(({ aggregate }) => aggregate.kind)),
      textArray(dirty.map(({ key }) => key)),
      textArray(dirty.map(({ snapshot: remembered }) => remembered.sequence)),
      textArray(dirty.map(({ snapshot: remembered }) => remembered.hash ?? null)),
      jsonTexts(dirty.map(({ snapshot: remembered }) => remembered.also)),
      jsonTexts(dirty.map(({ snapshot: remembered }) => remembered.state)),
      textArray(dirty.map(({ snapshot: remembered }) => remembered.isExercise)),
    ],
  };
}
