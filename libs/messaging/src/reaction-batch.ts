import { randomBytes } from 'node:crypto';
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
import type { Ref, Sql, UnitOfWork } from '@tiepsuc/journal';
import type { Reaction } from './on.js';
import type { NewParking, ParkedRecord, ParkReason } from './parking-lot.js';
import { parkedKeyCode, parkings } from './parkings.js';
import type { ReactionHandler } from './reaction-handler.js';
import { StreamPositions } from './stream-positions.js';

interface Item {
  readonly record: LogRecord;
  readonly key: string;
  readonly envelope?: Envelope;
  readonly problem?: { readonly reason: ParkReason; readonly detail: string };
  readonly reaction?: Reaction;
  readonly ref?: Ref;
}

/** The records of one transaction: what they are, what is decided on them, what is set aside. */
export class ReactionBatch {
  readonly newlyParked: NewParking[] = [];
  private readonly items: readonly Item[];
  private readonly work: UnitOfWork;
  private readonly positions: StreamPositions;
  private readonly setAside: ParkedRecord[] = [];
  private parked = new Set<string>();

  constructor(
    private readonly handler: ReactionHandler,
    records: readonly LogRecord[],
  ) {
    this.items = records.map((record) => this.itemOf(record));
    this.work = handler.options.journal.begin();
    this.positions = new StreamPositions(handler.options.groupId);
  }

  keys(): string[] {
    return [...new Set(this.items.map(({ key }) => key))];
  }

  /** Loads positions and states of everything that is not parked. */
  async load(sql: Sql, parked: Set<string>): Promise<void> {
    this.parked = parked;
    const live = this.items.filter(({ key }) => !parked.has(key));
    await this.positions.load(
      sql,
      live.flatMap(({ envelope }) => (envelope ? [envelope] : [])),
    );
    await this.work.load(
      sql,
      live.flatMap(({ ref }) => (ref ? [ref] : [])),
    );
  }

  /** Decides record by record, in order. Nothing thrown in here concerns more than one key. */
  decide(): void {
    for (const item of this.items) {
      if (this.parked.has(item.key)) this.setAside.push(item);
      else this.decideOne(item);
    }
  }

  /** Sets all records aside without deciding anything. */
  parkAll(reason: ParkReason, detail: string): void {
    for (const item of this.items) {
      if (this.parked.has(item.key)) this.setAside.push(item);
      else this.park(item, reason, detail);
    }
  }

  async write(sql: Sql): Promise<void> {
    await this.work.write(sql, this.handler.options.journal.rowWriter);
    await this.handler.lot.add(sql, this.newlyParked, this.setAside);
    await this.positions.write(sql);
  }

  private decideOne(item: Item): void {
    const { envelope, problem, reaction, ref } = item;
    if (!envelope || problem) return this.park(item, problem?.reason ?? 'bad-envelope', problem?.detail ?? '');
    const place = this.positions.place(envelope);
    if (place === 'seen') return;
    if (place === 'gap') return this.park(item, 'gap', `expected sequence ${this.positions.last(envelope) + 1}`);
    if (reaction && ref) {
      try {
        const { state } = this.work.remembered(ref);
        const events = reaction.decide(state, receivedOf(envelope), this.work.moment);
        this.work.record(ref, events, this.causeOf(envelope));
      } catch (error) {
        const reason = error instanceof Refusal ? 'refused' : 'failed';
        return this.park(item, reason, error instanceof Refusal ? error.code : (error as Error).name);
      }
    }
    this.positions.seen(envelope);
  }

  private park(item: Item, reason: ParkReason, detail: string): void {
    const { service } = this.handler.options;
    const parkingId = newId();
    const { topic } = item.record;
    this.parked.add(item.key);
    this.newlyParked.push({ key: item.key, parkingId, topic, reason, detail });
    this.setAside.push(item);
    const ref = { aggregate: parkings, key: parkingId };
    this.work.start(ref);
    const parkedKey = parkedKeyCode(item.key);
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
    const key = record.key === null ? `raw:${record.topic}/${record.partition}/${record.offset}` : storable(record.key);
    try {
      const envelope = decodeEnvelope(record.value);
      if (!eventOfType(envelope.type)) {
        return { record, key, problem: { reason: 'unknown-type', detail: 'this version does not know the type' } };
      }
      const reaction = this.handler.reactions.get(envelope.type);
      if (!reaction) return { record, key, envelope };
      validateEvent(envelope.type, envelope.data);
      const ref = { aggregate: reaction.aggregate, key: reaction.key({ id: envelope.id, data: envelope.data }) };
      return { record, key, envelope, reaction, ref };
    } catch (error) {
      if (!(error instanceof Undecodable)) throw error;
      return { record, key, problem: { reason: error.reason, detail: error.message } };
    }
  }
}

const KEY_CHARS_MAX = 400;

/** A foreign key may be what no column takes. The same key always gives the same substitute, so its order is kept. */
function storable(key: string): string {
  return key.length <= KEY_CHARS_MAX && !key.includes('\0') ? key : parkedKeyCode(key);
}

/** W3C trace context of what follows from a record: the same trace, a span of its own. */
function spanWithin(traceparent: string | undefined): string | undefined {
  return traceparent?.replace(
    /^(00-[0-9a-f]{32})-[0-9a-f]{16}-/,
    (_, trace) => `${trace}-${randomBytes(8).toString('hex')}-`,
  );
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
