import {
  Fenced,
  MemoryEventLog,
  Transient,
  type Ack,
  type Assignment,
  type EventLog,
  type Fence,
  type LogRecord,
  type MemoryLogStore,
  type NewRecord,
  type PartitionReader,
  type ReadOptions,
  type SubscribeOptions,
  type Subscription,
  type TopicSpec,
} from '@tiepsuc/event-log';
import type { SimulatedProcess } from './simulated-process.js';
import type { World } from './world.js';

/** What a log promises about what comes twice: PostgreSQL and memory drop it and fence zombies, Kafka does neither. */
export type LogCharacter = 'drops duplicates' | 'keeps duplicates';

/** How often a batch that was handled is delivered once more. */
export type Redelivery = () => boolean;

/** The event log as one process sees it: a client whose requests and answers take their time, and can be lost. */
export class SimulatedLog implements EventLog {
  readonly kind = 'memory';
  readonly capabilities: EventLog['capabilities'];
  private readonly client: MemoryEventLog;
  private readonly member: MemoryEventLog;
  private attempts = 0;

  constructor(
    private readonly world: World,
    private readonly process: SimulatedProcess,
    private readonly options: {
      readonly store: MemoryLogStore;
      readonly character: LogCharacter;
      readonly redelivers: Redelivery;
      /** Called when a zombie was stopped. */
      readonly onFenced: (what: 'append' | 'batch') => void;
    },
  ) {
    this.client = new MemoryEventLog({ store: options.store });
    this.member = new MemoryEventLog({ store: options.store });
    const isStrict = options.character === 'drops duplicates';
    this.capabilities = { idempotentAppend: isStrict, producerFencing: isStrict, lingerMs: 0 };
  }

  append(fences: readonly Fence[], records: readonly NewRecord[]): Promise<readonly Ack[]> {
    return this.world.reach(this.process, {
      what: `append ${records.length}`,
      effect: () => this.land(fences, records),
      loss: () => new Transient('the event log did not answer'),
    });
  }

  /** The group declares this member dead and gives its partitions away; a batch in hand is not stopped by that. */
  loseAssignment(): void {
    this.member.crash();
  }

  subscribe(options: SubscribeOptions, reader: PartitionReader): Promise<Subscription> {
    return this.member.subscribe(options, this.disturbed(reader));
  }

  ensureTopics(topics: readonly TopicSpec[]): Promise<void> {
    return this.client.ensureTopics(topics);
  }

  async *read(options: ReadOptions): AsyncIterable<LogRecord> {
    await this.arrive(`read ${options.topic}/${options.partition}`);
    yield* this.client.read(options);
  }

  ends(topic: string) {
    return this.client.ends(topic);
  }

  topics() {
    return this.client.topics();
  }

  identity() {
    return this.client.identity();
  }

  ping() {
    return this.client.ping();
  }

  close() {
    return this.client.close();
  }

  /** Records are on their way to the process. */
  private arrive(what: string): Promise<void> {
    return this.world.reach(this.process, {
      what,
      effect: () => Promise.resolve(),
      loss: () => new Transient('the records did not arrive'),
    });
  }

  private async land(fences: readonly Fence[], records: readonly NewRecord[]): Promise<readonly Ack[]> {
    if (this.options.character === 'drops duplicates') return this.fenced(fences, records);
    // A log that does not know what it holds stores the same record again.
    const attempt = `${this.process.name}#${this.attempts++}`;
    return this.client.append(
      [],
      records.map((record) => ({ ...record, eventId: `${record.eventId}/${attempt}` })),
    );
  }

  private async fenced(fences: readonly Fence[], records: readonly NewRecord[]): Promise<readonly Ack[]> {
    try {
      return await this.client.append(fences, records);
    } catch (error) {
      if (error instanceof Fenced) this.options.onFenced('append');
      throw error;
    }
  }

  /** The group calls from wherever it shares its partitions out; what the reader does is this process's doing. */
  private disturbed(reader: PartitionReader): PartitionReader {
    // Who keeps duplicates counts no claims either, as Kafka: the reader's own database has to.
    const known = (assignment: Assignment): Assignment =>
      this.capabilities.producerFencing ? assignment : { ...assignment, epoch: undefined };
    return {
      start: (assignment) => this.process.run(() => reader.start(known(assignment))),
      stop: (assignment, reason) => this.process.run(() => reader.stop(assignment, reason)),
      batch: async (assignment, records) => {
        const deliver = () => this.arrive(`deliver ${assignment.topic}/${assignment.partition} ${records.length}`);
        await deliver();
        const handle = () => this.process.run(() => reader.batch(known(assignment), records));
        const outcome = await handle();
        if (outcome.kind === 'fenced') this.options.onFenced('batch');
        if (outcome.kind !== 'advanced' || !this.options.redelivers()) return outcome;
        await deliver();
        return handle();
      },
    };
  }
}
