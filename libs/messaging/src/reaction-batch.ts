import {
  decodeEnvelope,
  eventOfType,
  newId,
  Refusal,
  Undecodable,
  validateEvent,
  type Envelope,
  type Received,
} from '@tiepsuc/contracts';
import type { LogRecord } from '@tiepsuc/event-log';
import type { Journal, Ref, Sql, UnitOfWork } from '@tiepsuc/journal';
import { isOnDeclaredTopic } from './record-check.js';
import type { Reaction } from './on.js';
import type { Batch } from './fenced-reader.js';
import {
  groupKeyName,
  parkedAmong,
  setAside,
  type GroupKey,
  type NewParking,
  type ParkReason,
} from './parked-keys-sql.js';
import { parkedKeyCode, parkings } from './parking.aggregate.js';
import { streamId, StreamPositions } from './stream-positions.js';

export interface ReactionHandlerOptions {
  readonly service: string;
  /** The group that reads a topic. */
  readonly groupOf: (topic: string) => string;
  readonly journal: Journal;
  readonly reactions: readonly Reaction[];
  readonly onParked?: (fields: { readonly groupId: string; readonly topic: string; readonly reason: string }) => void;
}

/** What every batch of a handler works with. */
interface BatchContext {
  readonly options: ReactionHandlerOptions;
  /** By the type of the event that they react to. */
  readonly reactions: ReadonlyMap<string, Reaction>;
}

interface Item extends GroupKey {
  readonly record: LogRecord;
  readonly name: string;
  readonly envelope?: Envelope;
  readonly stream?: string;
  readonly problem?: { readonly reason: ParkReason; readonly detail: string };
  readonly reaction?: Reaction;
  readonly ref?: Ref;
}

/** Otherwise a client with the right to write one topic could publish events of another service. */
const MISPLACED = {
  reason: 'bad-envelope',
  detail: 'topic, partition, key, subject or source are not its own',
} as const;

/** The records of one transaction: their events, the decisions on them, and those that are parked. */
export class ReactionBatch implements Batch {
  readonly newlyParked: NewParking[] = [];
  private readonly items: readonly Item[];
  private readonly work: UnitOfWork;
  private readonly positions = new StreamPositions();
  private readonly setAside: Item[] = [];
  private parked = new Set<string>();

  constructor(
    private readonly handler: BatchContext,
    records: readonly LogRecord[],
  ) {
    this.items = records.map((record) => this.itemOf(record));
    this.work = handler.options.journal.begin();
  }

  /** Loads positions and states, and which keys are parked. */
  async load(sql: Sql): Promise<void> {
    const keys = [...new Map(this.items.map((item) => [item.name, item])).values()];
    // mutant: load-blocked-keys
    [this.parked] = await Promise.all([parkedAmong(sql, keys), this.loadAgain(sql)]);
  }

  /** As if no key were parked: for a record that is redriven. */
  async loadAgain(sql: Sql): Promise<void> {
    const streams = new Set(this.items.flatMap(({ stream }) => stream ?? []));
    await Promise.all([
      this.positions.load(sql, streams),
      this.work.load(
        sql,
        this.items.flatMap(({ ref }) => ref ?? []),
      ),
    ]);
  }

  handle(sql: Sql, unprocessed: ReadonlySet<LogRecord>): void {
    this.decide(unprocessed);
    this.write(sql);
  }

  park(sql: Sql, unprocessed: ReadonlySet<LogRecord>): void {
    for (const item of this.items) {
      if (!unprocessed.has(item.record)) continue;
      if (this.parked.has(item.name)) this.setAside.push(item);
      else this.parkOne(item, 'failed', 'the database refuses what was decided');
    }
    this.write(sql);
  }

  committed(): void {
    const { journal, onParked } = this.handler.options;
    journal.announce();
    for (const { groupId, topic, reason } of this.newlyParked) onParked?.({ groupId, topic, reason });
  }

  /** Decides record by record, in order. An error in here parks one key. */
  decide(unprocessed: ReadonlySet<LogRecord>): void {
    for (const item of this.items) {
      if (!unprocessed.has(item.record)) continue;
      if (this.parked.has(item.name)) this.setAside.push(item);
      else this.decideOne(item);
    }
  }

  write(sql: Sql): void {
    this.work.write(sql, this.handler.options.journal.rowWriter);
    setAside(sql, this.newlyParked, this.setAside);
    this.positions.write(sql);
  }

  private decideOne(item: Item): void {
    const { envelope, stream, problem, reaction, ref } = item;
    if (!envelope || !stream || problem) {
      return this.parkOne(item, problem?.reason ?? 'bad-envelope', problem?.detail ?? '');
    }
    const sequence = Number(envelope.sequence);
    const place = this.positions.place(stream, sequence);
    if (place === 'seen') return;
    if (place === 'gap') {
      return this.parkOne(item, 'gap', `expected sequence ${this.positions.last(stream) + 1}`);
    }
    if (reaction && ref) {
      try {
        const { state } = this.work.remembered(ref);
        const events = reaction.decide(state, receivedOf(envelope), this.work.moment);
        this.work.record(ref, events, this.causeOf(envelope));
      } catch (error) {
        const reason = error instanceof Refusal ? 'refused' : 'failed';
        return this.parkOne(item, reason, error instanceof Refusal ? error.code : (error as Error).name);
      }
    }
    this.positions.seen(stream, sequence);
  }

  private parkOne(item: Item, reason: ParkReason, detail: string): void {
    const { service } = this.handler.options;
    const parkingId = newId();
    const { groupId, key } = item;
    const { topic } = item.record;
    // mutant: block-key
    this.parked.add(item.name);
    this.newlyParked.push({ groupId, key, parkingId, topic, reason, detail });
    this.setAside.push(item);
    const ref = { aggregate: parkings, key: parkingId };
    this.work.start(ref);
    const parkedKey = parkedKeyCode(key);
    this.work.record(ref, [{ type: 'KeyParked', data: { parkingId, service, parkedKey, topic, reason } }], {
      actor: `system:${service}`,
      correlationId: item.envelope?.correlationid,
      causationId: item.envelope?.id,
      traceparent: spanWithin(item.envelope?.traceparent),
    });
  }

  private causeOf(envelope: Envelope) {
    return {
      actor: `system:${this.handler.options.service}`,
      correlationId: envelope.correlationid,
      causationId: envelope.id,
      traceparent: spanWithin(envelope.traceparent),
      exercise: envelope.exercise === true,
    };
  }

  private itemOf(record: LogRecord): Item {
    const groupId = this.handler.options.groupOf(record.topic);
    const key = record.key === null ? `raw:${record.topic}/${record.partition}/${record.offset}` : storable(record.key);
    const named = { record, groupId, key, name: groupKeyName({ groupId, key }) };
    try {
      const envelope = decodeEnvelope(record.value);
      const event = eventOfType(envelope.type);
      if (!event) {
        return { ...named, problem: { reason: 'unknown-type', detail: 'this version does not know the type' } };
      }
      const reaction = this.handler.reactions.get(envelope.type);
      if (reaction) validateEvent(envelope.type, envelope.data);
      if (!isOnDeclaredTopic(record, envelope, event)) return { ...named, problem: MISPLACED };
      const stream = streamId(groupId, envelope);
      if (!reaction) return { ...named, envelope, stream };
      const ref = { aggregate: reaction.aggregate, key: reaction.key({ id: envelope.id, data: envelope.data }) };
      return { ...named, envelope, stream, reaction, ref };
    } catch (error) {
      if (!(error instanceof Undecodable)) throw error;
      return { ...named, problem: { reason: error.reason, detail: error.message } };
    }
  }
}

const KEY_CHARS_MAX = 400;

/** A column may refuse a foreign key. The same key always gets the same substitute, so its order is kept. */
function storable(key: string): string {
  return key.length <= KEY_CHARS_MAX && !key.includes('\0') ? key : parkedKeyCode(key);
}

const TRACE_BEGIN = /^00-[0-9a-f]{32}-/;
/** Where a UUIDv7 is random: 62 bits after the variant. */
const ID_RANDOM_FROM = 19;

/** W3C trace context of a record's effects: the same trace, a new span. */
function spanWithin(traceparent: string | undefined): string | undefined {
  const trace = TRACE_BEGIN.exec(traceparent ?? '')?.[0];
  if (traceparent === undefined || trace === undefined) return traceparent;
  const spanId = newId().slice(ID_RANDOM_FROM).replace('-', '');
  return `${trace}${spanId}${traceparent.slice(trace.length + spanId.length)}`;
}

function receivedOf(envelope: Envelope): Received<object> {
  return {
    data: envelope.data,
    id: envelope.id,
    type: envelope.type,
    source: envelope.source,
    subject: envelope.subject,
    sequence: Number(envelope.sequence),
    time: envelope.time,
    correlationId: envelope.correlationid,
    actor: envelope.actor,
    exercise: envelope.exercise === true,
    traceparent: envelope.traceparent,
  };
}
