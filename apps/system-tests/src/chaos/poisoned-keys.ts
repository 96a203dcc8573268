import { newId, partitionOf, requestsTopic } from '@tiepsuc/contracts';
import { openEventLog, RECORD_SIZE_MAX_BYTES, type EventLog, type NewRecord } from '@tiepsuc/event-log';
import kafkajs from 'kafkajs';
import { chosen } from './schedule.js';

/** One key that was poisoned: what came first, and the records that must wait behind it, in order. */
export interface PoisonedKey {
  readonly key: string;
  readonly kind: PoisonKind;
  /** The reason under which the key must be parked; a text that the services decide by. */
  readonly reason: string;
  /** The values that were sent under the key, in order; the first is the poison. */
  readonly values: readonly Buffer[];
}

const KEYED = ['not-json', 'unknown-type', 'bad-data', 'bad-envelope', 'large'] as const;
/** A record without a key and one without a value too: only Apache Kafka takes them. */
const NAMELESS = ['no-key', 'no-key-no-value'] as const;
type Keyed = (typeof KEYED)[number];
type Nameless = (typeof NAMELESS)[number];
export type PoisonKind = Keyed | Nameless;

/** How many records follow the poison under the same key; they may not pass it. */
const FOLLOWERS = 2;
/** Leaves room for what a log adds to a value. */
const LARGE_SIZE_BYTES = RECORD_SIZE_MAX_BYTES - 20_000;

/** A broken producer: puts records into the requests topic that nobody can read, each under a key of its own. */
export class PoisonedKeys {
  readonly sent: PoisonedKey[] = [];
  /** Why sending failed, each time that it did. */
  readonly failures: string[] = [];
  /** Keys of all records that were ever tried; those beyond `sent` may or may not be in the log. */
  readonly attempted = new Set<string>();
  private readonly log: EventLog;

  constructor(
    eventLog: string,
    private readonly brokers: readonly string[] = [],
  ) {
    this.log = openEventLog(eventLog, { clientId: 'broken-producer' });
  }

  /**
   * @param which kind, as a number from 0 up to 1
   * @returns false when the log did not take it for sure: then nobody judges by it
   */
  async send(which: number): Promise<boolean> {
    const kinds: readonly PoisonKind[] = this.brokers.length > 0 ? [...KEYED, ...NAMELESS] : KEYED;
    const kind = chosen(kinds, which) as PoisonKind;
    try {
      const isNameless = kind === 'no-key' || kind === 'no-key-no-value';
      this.sent.push(await (isNameless ? this.sendNameless(kind) : this.sendKeyed(kind)));
      return true;
    } catch (error) {
      // The log is away, or its answer: such a key may or may not be there, and counts for nothing.
      this.failures.push(error instanceof Error ? error.name : String(error));
      return false;
    }
  }

  private async sendKeyed(kind: Keyed): Promise<PoisonedKey> {
    const key = newId();
    const values = [poison(kind, key), ...Array.from({ length: FOLLOWERS }, (_, n) => follower(key, n + 2))];
    const records = values.map((value): NewRecord => ({
      eventId: newId(),
      topic: requestsTopic.name,
      partition: partitionOf(key, requestsTopic.partitions),
      key,
      headers: {},
      value,
    }));
    this.attempted.add(key);
    await this.log.append([{ producerId: 'broken-producer', epoch: 1n }], records);
    return { key, kind, reason: reasonOf(kind), values };
  }

  /** Past our own client, which sends no such thing; services call the key after the place. */
  private async sendNameless(kind: Nameless): Promise<PoisonedKey> {
    const value = kind === 'no-key' ? Buffer.from('nameless') : null;
    const kafka = new kafkajs.Kafka({ brokers: [...this.brokers], logLevel: kafkajs.logLevel.NOTHING });
    const producer = kafka.producer({ allowAutoTopicCreation: false, retry: { retries: 0 } });
    const { name: topic } = requestsTopic;
    await producer.connect();
    try {
      const [place] = await producer.send({ topic, acks: -1, messages: [{ key: null, value, partition: 0 }] });
      const key = `raw:${topic}/0/${place?.baseOffset}`;
      this.attempted.add(key);
      return { key, kind, reason: 'not-json', values: [value ?? Buffer.alloc(0)] };
    } finally {
      await producer.disconnect();
    }
  }

  close(): Promise<void> {
    return this.log.close();
  }
}

function reasonOf(kind: Keyed): string {
  return kind === 'large' ? 'unknown-type' : kind;
}

function poison(kind: Keyed, key: string): Buffer {
  switch (kind) {
    case 'not-json':
      return Buffer.from('{"specversion": "1.0", "id": ');
    case 'unknown-type':
      return follower(key, 1);
    case 'bad-data':
      return Buffer.from(
        JSON.stringify({ ...envelope(key, 1), type: 'relief.request.filed.v1', data: { caseId: key } }),
      );
    case 'bad-envelope':
      return Buffer.from(JSON.stringify({ ...envelope(key, 1), sequence: 'first' }));
    case 'large':
      return Buffer.from(JSON.stringify({ ...envelope(key, 1), data: { text: 'x'.repeat(LARGE_SIZE_BYTES) } }));
  }
}

/** Well formed, and of a type that no version of ours knows. */
function follower(key: string, sequence: number): Buffer {
  return Buffer.from(JSON.stringify(envelope(key, sequence)));
}

function envelope(key: string, sequence: number) {
  return {
    specversion: '1.0',
    id: newId(),
    source: '/tiepsuc/intake',
    type: 'relief.request.teleported.v9',
    subject: key,
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    partitionkey: key,
    sequence: String(sequence).padStart(12, '0'),
    correlationid: key,
    actor: 'citizen',
    data: {},
  };
}
