import { MemoryLogStore, type EventLog, type PartitionReader } from '@tiepsuc/event-log';
import { Journal, type Database } from '@tiepsuc/journal';
import { FencedReader, ReactionServer, Relay, type FencedReaderOptions, type Reaction } from '@tiepsuc/messaging';
import { Clients, type Counter } from './simulated-clients.js';
import { REACTING, TALLYING, topics, type Addition } from './additions.js';
import { SimulatedLog, type LogCharacter, type Redelivery } from './simulated-log.js';
import type { SimulatedPostgres } from './simulated-postgres.js';
import { SimulatedProcess } from './simulated-process.js';
import { Tally } from './tally.js';
import { START_MS, World, type FaultSchedule } from './world.js';

/** Parts that a mutant puts in the place of the real ones. */
export interface Substitutes {
  readonly database?: (real: Database, role: Role) => Database;
  readonly log?: (real: EventLog) => EventLog;
  /** What the log is really like, other than everybody believes. */
  readonly character?: LogCharacter;
  readonly tallyReader?: (options: FencedReaderOptions) => PartitionReader;
}

export interface CityOptions {
  readonly server: SimulatedPostgres;
  readonly faults: FaultSchedule;
  readonly character: LogCharacter;
  /** Processes of each service. */
  readonly replicas: number;
  readonly reactions: readonly Reaction[];
  /** How long the group takes to notice that a member is gone, in ms. */
  readonly sessionTimeoutMs: () => number;
  readonly redelivers: Redelivery;
  readonly substitutes?: Substitutes;
}

export type Role = 'publisher' | 'reader';

/** A process with what it is made of. */
export interface Member {
  readonly role: Role;
  readonly process: SimulatedProcess;
  readonly log: SimulatedLog;
  /** Finishes what is in hand and gives back what is leased. */
  stop(): Promise<unknown>;
}

const LEASE_MS = 2_000;
const POLL_MS = 400;
const RESTART_MS = 250;
const STEPS_MAX = 40_000;
/** Virtual time within which everything must be done once nothing goes wrong any more. */
const PATIENCE_MS = 120_000;

/** A service that says what was asked of it, a service that reacts, an event log between them; all restart. */
export class City {
  readonly world: World;
  readonly store: MemoryLogStore;
  readonly clients: Clients;
  readonly alarms: string[] = [];
  /** How many zombies were stopped, by what they tried. */
  readonly fenced = { append: 0, batch: 0 };
  members: Member[] = [];
  steps = 0;
  private readonly counters: Counter[] = [];
  private started = 0;

  constructor(readonly options: CityOptions) {
    this.world = new World(options.faults);
    this.store = new MemoryLogStore(this.world);
    this.clients = new Clients(this.world, () => this.counters);
    for (const topic of Object.values(topics)) this.store.create(topic);
  }

  /** Runs until everything that was asked has reached its end. False: it never will. */
  async run(queues: readonly (readonly Addition[])[], troubledUntilMs: number): Promise<boolean> {
    for (let n = 0; n < this.options.replicas; n++) {
      this.start('publisher');
      this.start('reader');
    }
    for (const queue of queues) this.clients.queue(queue);
    for (; this.steps < STEPS_MAX; this.steps++) {
      const beforeMs = this.world.nowMs;
      if (!(await this.world.advance())) return false;
      if (this.world.nowMs === beforeMs) continue;
      if ((await this.unfinished()).length === 0) return true;
      if (this.world.nowMs - START_MS - troubledUntilMs > PATIENCE_MS) return false;
    }
    return false;
  }

  start(role: Role): void {
    const process = new SimulatedProcess(`${role}-${++this.started}`);
    const { server, sessionTimeoutMs, redelivers, substitutes } = this.options;
    const character = substitutes?.character ?? this.options.character;
    const onFenced = (what: 'append' | 'batch') => void this.fenced[what]++;
    const log = new SimulatedLog(this.world, process, { store: this.store, character, redelivers, onFenced });
    process.onCrash(() => {
      this.world.soon(() => server.endTransactionOf(process));
      this.world.after(sessionTimeoutMs(), () => log.loseAssignment());
      this.world.after(RESTART_MS, () => this.start(role));
      this.members = this.members.filter((member) => member.process !== process);
      this.clients.lostSight(process);
    });
    const stop = process.run(() => (role === 'publisher' ? this.publish(process, log) : this.read(process, log)));
    this.members.push({ role, process, log, stop });
  }

  /** As an orchestrator replaces a process: it is told to stop, and then it is gone. */
  replace({ process, stop }: Member): void {
    void process.run(stop).then(() => process.crash());
  }

  /** The process stands still for a while. The server does not wait for a transaction that it has open. */
  pause({ process }: Member, ms: number): void {
    process.pausedUntilMs = this.world.nowMs + ms;
    this.world.soon(() => this.options.server.endTransactionOf(process));
  }

  /** The group believes that the process is dead, and gives its work to others; it goes on for a while. */
  loseAssignment({ process, log }: Member, forMs: number): void {
    log.loseAssignment();
    this.world.after(forMs, () => process.crash());
  }

  private publish(process: SimulatedProcess, log: EventLog) {
    const { journal, relay } = this.voice('publisher', process, log);
    this.counters.push({ process, journal });
    relay.start();
    return () => relay.stop();
  }

  private read(process: SimulatedProcess, simulatedLog: EventLog) {
    const { journal, relay, database, log } = this.voice('reader', process, simulatedLog);
    const { reactions, character, substitutes } = this.options;
    const onAlarm = (message: string) => void this.alarms.push(`${process.name}: ${message}`);
    const onParked = ({ reason }: { reason: string }) => onAlarm(`parked: ${reason}`);
    const groups = [{ groupId: REACTING, topics: [topics.cases.name] }];
    const of = { service: 'notifications', owner: process.name, log, database, journal };
    const server = new ReactionServer({ ...of, groups, reactions, onAlarm, onParked });
    server.listen(() => undefined);
    relay.start();
    if (character === 'drops duplicates') {
      const group = { groupOf: () => TALLYING, membership: TALLYING };
      const firstOf = async (place: { topic: string; partition: number }) => {
        for await (const record of log.read({ ...place, until: 1n })) return record;
        return undefined;
      };
      const options = { ...group, firstOf, database, owner: process.name, handler: new Tally(), onAlarm };
      const reader = substitutes?.tallyReader?.(options) ?? new FencedReader(options);
      void log.subscribe({ groupId: TALLYING, topics: [topics.cases.name], maxBatch: 50 }, reader);
    }
    return () => Promise.all([server.close(), relay.stop()]);
  }

  /** What both services have: a journal, and a relay that brings it into the log. */
  private voice(role: Role, process: SimulatedProcess, simulatedLog: EventLog) {
    const { server, substitutes } = this.options;
    const real = server.database(role);
    const database = substitutes?.database?.(real, role) ?? real;
    const log = substitutes?.log?.(simulatedLog) ?? simulatedLog;
    const journal = new Journal({ database, clock: () => this.world.now() });
    const times = { leaseMs: LEASE_MS, pollMs: POLL_MS };
    const relay = new Relay({ database, log, service: role, owner: process.name, ...times });
    journal.onRecorded(() => relay.wake());
    return { database, log, journal, relay };
  }

  /** What has not come to its end; empty when all is quiet. */
  async unfinished(): Promise<string[]> {
    const { server, character } = this.options;
    if (!this.clients.areDone) return ['a client waits for an answer'];
    if (server.holder) return ['a transaction is open'];
    const [waiting] = await server.query<{ publisher: number; reader: number }>('reader', {
      text: `SELECT (SELECT count(*)::int FROM publisher.outbox) AS publisher,
        (SELECT count(*)::int FROM reader.outbox) AS reader`,
    });
    const found = Object.entries(waiting ?? {}).flatMap(([name, n]) =>
      n > 0 ? [`${n} in the outbox of ${name}`] : [],
    );
    const offsets = await server.query<{ group_id: string; partition: number; next_offset: string }>(
      'reader',
      'SELECT group_id, partition, next_offset FROM consumer_offset',
    );
    const next = new Map(offsets.map((row) => [`${row.group_id}/${row.partition}`, Number(row.next_offset)]));
    for (const group of character === 'drops duplicates' ? [REACTING, TALLYING] : [REACTING]) {
      for (const [partition, records] of this.store.partitionsOf(topics.cases.name).entries()) {
        const at = next.get(`${group}/${partition}`) ?? 0;
        if (at !== records.length) found.push(`${group} is at ${at} of ${records.length} in partition ${partition}`);
      }
    }
    return found;
  }
}
