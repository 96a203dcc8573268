import { randomUUID } from 'node:crypto';
import { pause } from '@tiepsuc/retry';
import type { LogRecord, PartitionReader, StopReason, SubscribeOptions, Subscription } from '../event-log.js';
import type { LogLine } from '../log-line.js';
import { PartitionRun, topicPartitionName } from '../partition-run.js';
import { PartitionEndsWatcher } from './partition-ends-watcher.js';
import { type ClaimedPartition, GroupLeases, type Renewal } from './group-leases.js';
import type { LogPool } from './log-pool.js';
import { readHeads } from './log-reads.js';
import { PageReader } from './page-reader.js';
import { groupSubject, topicSubject, type NotifyListener } from './notify-listener.js';

/** Number of leases without an answer from the database after which a member stops reading. */
const SILENT_LEASES = 4;

export interface SubscriptionTimes {
  /** Lease of a member: how long it keeps its partitions without renewing. */
  readonly leaseMs: number;
  /** Interval at which a member renews its lease and rebalances. */
  readonly renewMs: number;
  /** Polling interval for the ends of idle partitions, without and with a healthy LISTEN connection. */
  readonly pollMs: number;
  readonly calmPollMs: number;
}

interface SubscriptionParts {
  readonly pool: LogPool;
  readonly notifyListener: NotifyListener;
  readonly clientId: string;
  readonly times: SubscriptionTimes;
  readonly log: LogLine;
}

export class PostgresSubscription implements Subscription {
  private readonly leases: GroupLeases;
  private readonly endsWatcher: PartitionEndsWatcher;
  private readonly pages: PageReader;
  private readonly runs = new Map<string, PartitionRun>();
  private readonly endings = new Set<Promise<void>>();
  private readonly unlisten: (() => void)[] = [];
  private readonly stopping = new AbortController();
  private silenceTimer: NodeJS.Timeout | undefined;
  private nudge: () => void = () => {};
  private renewing: Promise<void> = Promise.resolve();
  private stopped: Promise<void> | undefined;

  constructor(
    private readonly parts: SubscriptionParts,
    private readonly options: SubscribeOptions,
    private readonly reader: PartitionReader,
  ) {
    const { pool, notifyListener, times, log, clientId } = parts;
    const { groupId, topics, batchDelayMs = 0 } = options;
    this.leases = new GroupLeases(pool, {
      groupId,
      topics,
      memberId: `${clientId}-${randomUUID()}`,
      leaseMs: times.leaseMs,
    });
    this.pages = new PageReader(pool, options.maxBatch);
    this.endsWatcher = new PartitionEndsWatcher({
      heads: (topicPartitions) => readHeads(pool, topicPartitions),
      idleMs: () => (notifyListener.isHealthy ? times.calmPollMs : times.pollMs),
      batchDelayMs,
      log,
    });
  }

  /** Joins the group. @throws UnknownTopic */
  async begin(): Promise<void> {
    await this.leases.enroll();
    const { notifyListener } = this.parts;
    for (const topic of this.options.topics) {
      this.unlisten.push(notifyListener.listen(topicSubject(topic), () => this.endsWatcher.hint(topic)));
    }
    this.unlisten.push(notifyListener.listen(groupSubject(this.options.groupId), () => this.nudge()));
    this.renewing = this.renewForever();
  }

  status() {
    const halted = [...this.runs].filter(([, run]) => run.haltedBecause !== undefined).map(([name]) => name);
    return { assigned: this.runs.size, halted: halted.sort() };
  }

  stop(): Promise<void> {
    this.stopped ??= this.end();
    return this.stopped;
  }

  private async end(): Promise<void> {
    this.stopping.abort();
    for (const forget of this.unlisten) forget();
    for (const run of this.runs.values()) run.end('shutdown');
    await this.renewing;
    for (const run of this.runs.values()) run.end('shutdown');
    while (this.endings.size > 0) await Promise.all(this.endings);
    clearTimeout(this.silenceTimer);
    this.endsWatcher.close();
    try {
      await this.leases.leave();
      this.parts.notifyListener.notify(groupSubject(this.options.groupId));
    } catch (error) {
      this.parts.log('info', 'A member could not say goodbye, its lease ends by itself', { error });
    }
  }

  private async renewForever(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        await this.renewOnce();
      } catch (error) {
        this.parts.log('warn', 'A lease could not be renewed', { groupId: this.options.groupId, error });
      }
      await pause(this.parts.times.renewMs, signal, (wake) => (this.nudge = wake));
    }
  }

  private async renewOnce(): Promise<void> {
    const sentAt = performance.now();
    const renewal = await this.leases.renew();
    this.heardAt(sentAt);
    const owned = new Map(
      renewal.owned.map((topicPartition) => [topicPartitionName(topicPartition), topicPartition.epoch]),
    );
    for (const [name, run] of this.runs) if (owned.get(name) !== run.assignment.epoch) run.lose();
    await this.releaseOrphans(renewal);
    await this.level(renewal);
  }

  /** Releases partitions that this member owns but does not read: the answer to a claim was lost, or a run was fenced. */
  private async releaseOrphans({ owned }: Renewal): Promise<void> {
    const orphans = owned.filter((topicPartition) => !this.runs.has(topicPartitionName(topicPartition)));
    if (orphans.length > 0) await this.leases.release(orphans);
  }

  private async level({ live, total, free, owned }: Renewal): Promise<void> {
    if (this.stopping.signal.aborted) return;
    const target = Math.ceil(total / live);
    const reading = [...this.runs.values()].filter((run) => !run.isEnding);
    for (const run of reading.slice(target)) run.end('revoked');
    const orphanCount = owned.filter((topicPartition) => !this.runs.has(topicPartitionName(topicPartition))).length;
    const wanted = Math.min(target - this.runs.size, free + orphanCount);
    if (wanted <= 0) return;
    for (const topicPartition of await this.leases.claim(wanted)) this.read(topicPartition);
  }

  private read(topicPartition: ClaimedPartition): void {
    // mutant: read-partition
    const run = new PartitionRun(topicPartition, this.reader, this.sourceOf(topicPartition));
    this.runs.set(topicPartitionName(topicPartition), run);
    const ending: Promise<void> = run.finished
      .then((reason) => this.afterEnd(topicPartition, run, reason))
      .finally(() => this.endings.delete(ending));
    this.endings.add(ending);
    if (this.stopping.signal.aborted) run.end('shutdown');
  }

  private async afterEnd(topicPartition: ClaimedPartition, run: PartitionRun, reason: StopReason): Promise<void> {
    if (reason === 'revoked') {
      try {
        await this.leases.release([topicPartition]);
        this.parts.notifyListener.notify(groupSubject(this.options.groupId));
      } catch (error) {
        this.parts.log('info', 'A partition could not be given back, the next renewal does', { error });
      }
    }
    if (this.runs.get(topicPartitionName(topicPartition)) === run) this.runs.delete(topicPartitionName(topicPartition));
  }

  /**
   * A lease that ran out is no loss yet: another member may claim the partitions, the next renewal shows whether one
   * did, and writes in between are fenced. Giving everything up at each delay of a busy machine would restart each
   * partition and make it busier. So runs end only after a long silence, counted from when the renewal was sent.
   */
  private heardAt(sentAt: number): void {
    clearTimeout(this.silenceTimer);
    const remainingMs = Math.max(0, sentAt + this.parts.times.leaseMs * SILENT_LEASES - performance.now());
    this.silenceTimer = setTimeout(() => {
      if (this.runs.size > 0) this.parts.log('warn', 'No lease for long', { groupId: this.options.groupId });
      for (const run of this.runs.values()) run.lose();
    }, remainingMs);
  }

  private sourceOf(topicPartition: ClaimedPartition) {
    const { log } = this.parts;
    return {
      log,
      fetch: async (from: bigint): Promise<LogRecord[]> => {
        if (!this.endsWatcher.has(topicPartition, from)) return [];
        return this.pages.read(topicPartition.topic, topicPartition.partition, from);
      },
      arrival: (offset: bigint, signal: AbortSignal) => this.endsWatcher.wait({ ...topicPartition, offset }, signal),
      pause,
    };
  }
}
