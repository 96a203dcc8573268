/**
 * The event log carries records between services. Everything above this port works the same on Apache
 * Kafka, on PostgreSQL and in memory; everything below it is one adapter's business.
 *
 * A record is immutable, has a position (topic, partition, offset) and a key. Records of one partition are
 * read in the order of their offsets, and offsets have no holes: a hole is proof of loss.
 */

/** A record as it is read. `value` are exactly the bytes that were appended. */
export interface LogRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: Buffer;
  /** When the log stored it (PostgreSQL, memory) or when the producer sent it (Kafka, CreateTime). */
  readonly appendedAt: Date;
}

/** A record to append. `eventId` is the CloudEvents id (a UUID) and must be unique in a batch. */
export interface NewRecord {
  readonly eventId: string;
  readonly topic: string;
  readonly partition: number;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: Buffer;
}

/** The position a record was given. `duplicate` means that the log held this event id before this call. */
export interface Ack {
  readonly eventId: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly duplicate: boolean;
}

/** The right to append as a producer. A log that can fence refuses a call whose epoch is not the highest it has seen. */
export interface Fence {
  readonly producerId: string;
  readonly epoch: bigint;
}

/** A topic as it must be: created if missing, verified if present, never altered. */
export interface TopicSpec {
  readonly name: string;
  readonly partitions: number;
}

/** The right to read one partition for a group, until `lost` fires. */
export interface Assignment {
  readonly topic: string;
  readonly partition: number;
  /** Grows with each claim in a log that counts claims; undefined in one that does not (Kafka). */
  readonly epoch?: bigint;
  readonly lost: AbortSignal;
}

/** The result of a batch. The reader decides, the adapter obeys. */
export type BatchOutcome =
  /** Done up to, not including, `next`. */
  | { readonly kind: 'advanced'; readonly next: bigint }
  /** Read again from `to`: the batch did not start at the group's offset, or it is unknown whether a commit succeeded. */
  | { readonly kind: 'seek'; readonly to: bigint }
  /** Nothing was done; deliver the same records again, not before `afterMs`. */
  | { readonly kind: 'retry'; readonly afterMs: number }
  /** Another owner holds the partition: stop reading it, claim it again only if still assigned. */
  | { readonly kind: 'fenced' }
  /** An error that an operator must resolve: stop reading this partition, keep reading the others. */
  | { readonly kind: 'halt'; readonly reason: string };

/** Reads the partitions that a subscription is given. Implemented by the reaction runner; never throws. */
export interface PartitionReader {
  /** Claims the partition in the reader's own database. Returns the next offset to read, undefined when fenced. */
  start(assignment: Assignment): Promise<bigint | undefined>;
  /** One batch of at most `maxBatch` records of one partition, in offset order, never two batches of a partition at once. */
  batch(assignment: Assignment, records: readonly LogRecord[]): Promise<BatchOutcome>;
  stop(assignment: Assignment, reason: StopReason): Promise<void>;
}

export type StopReason = 'revoked' | 'lost' | 'fenced' | 'halted' | 'shutdown';

export interface SubscribeOptions {
  readonly groupId: string;
  readonly topics: readonly string[];
  /** Maximum records per call of `batch`. */
  readonly maxBatch: number;
  /**
   * Delay before new records are read, so that they are read as one larger batch; default 0. For readers that no user
   * waits for. The embedded log polls at this interval. Kafka ignores it: measured there, it gained nothing.
   */
  readonly batchDelayMs?: number;
}

/** A running subscription. */
export interface Subscription {
  /** What is being read now. `halted` partitions wait for a restart. */
  status(): { readonly assigned: number; readonly halted: readonly string[] };
  /** Finishes the batches in hand, gives the partitions back, resolves when nothing runs any more. */
  stop(): Promise<void>;
}

export interface ReadOptions {
  readonly topic: string;
  readonly partition: number;
  /** First offset to read; default the earliest. */
  readonly from?: bigint;
  /** Stop before this offset; default the end at the time of the call. */
  readonly until?: bigint;
  readonly signal?: AbortSignal;
}

export interface PartitionEnds {
  readonly topic: string;
  readonly partition: number;
  readonly earliest: bigint;
  /** The offset that the next record will get. */
  readonly next: bigint;
}

export interface EventLog {
  /** Which adapter this is: 'memory', 'postgres' or 'kafka'. */
  readonly kind: string;
  /**
   * What a caller may rely on beyond the rules above. `lingerMs`: delay for a small batch, where an append
   * costs per request rather than per record. `onlyOurReaders`: only our services read this log, so headers may be left out.
   */
  readonly capabilities: {
    readonly idempotentAppend: boolean;
    readonly producerFencing: boolean;
    readonly lingerMs: number;
    readonly onlyOurReaders?: true;
  };
  /** Creates missing topics; throws `TopicMismatch` if one exists with another partition count or unsafe settings. */
  ensureTopics(topics: readonly TopicSpec[]): Promise<void>;
  /**
   * Resolves with one ack per record, in the order given, when all records are durable. Records may be of
   * several topics. On an error nothing may be assumed: append the same records again, the readers drop
   * duplicates by sequence. Order is kept per partition. One call at a time per fence set.
   * @throws Fenced, Transient, TooLarge, Unauthorized, UnknownTopic
   */
  append(fences: readonly Fence[], records: readonly NewRecord[]): Promise<readonly Ack[]>;
  subscribe(options: SubscribeOptions, reader: PartitionReader): Promise<Subscription>;
  /** Reads without a group: auditors and replays. */
  read(options: ReadOptions): AsyncIterable<LogRecord>;
  /** The earliest and next offset of every partition of a topic. @throws UnknownTopic */
  ends(topic: string): Promise<readonly PartitionEnds[]>;
  /** Names of all topics that exist, sorted. */
  topics(): Promise<readonly string[]>;
  /**
   * Identifies this log for as long as it exists: offsets mean nothing in another log.
   * @throws Transient, Unauthorized
   */
  identity(): Promise<string>;
  /** Rejects within 5 s when the log cannot be reached. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
