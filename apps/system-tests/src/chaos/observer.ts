import { recordHash } from '@tiepsuc/contracts';
import { EventLogError, openEventLog, type EventLog } from '@tiepsuc/event-log';
import { pause } from '../service-process.js';
import { loggedRecord, topicPartitionOf, type LoggedRecord } from './logged-record.js';

const LOOK_EVERY_MS = 2_000;
const READ_TRIES = 20;
const READ_PAUSE_MS = 500;

/** A reader of its own, outside the city: remembers which bytes it saw at which offset while everything was breaking. */
export class Observer {
  /** Hashes of the values by place, in the order of the offsets from 0. */
  readonly seen = new Map<string, string[]>();
  /** Offsets that were not the next ones when they were read. */
  readonly surprises: string[] = [];
  private readonly log: EventLog;
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(eventLog: string) {
    this.log = openEventLog(eventLog, { clientId: 'observer' });
  }

  start(): void {
    this.running = this.watch();
  }

  /** Looks no more. What was seen stays. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  close(): Promise<void> {
    return this.log.close();
  }

  /** Reads everything from the first offset on, now. */
  async readAll(): Promise<LoggedRecord[]> {
    const found: LoggedRecord[] = [];
    for (const topic of await this.patiently(() => this.log.topics())) {
      for (const { partition, next } of await this.patiently(() => this.log.ends(topic))) {
        if (next === 0n) continue;
        found.push(
          ...(await this.patiently(async () => {
            const there: LoggedRecord[] = [];
            for await (const record of this.log.read({ topic, partition, from: 0n })) there.push(loggedRecord(record));
            return there;
          })),
        );
      }
    }
    return found;
  }

  private async watch(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        await this.look();
      } catch (error) {
        // The log may be away: that is what the run is for. Anything else is a mistake in the log.
        if (!(error instanceof EventLogError)) throw error;
      }
      await pause(LOOK_EVERY_MS);
    }
  }

  private async look(): Promise<void> {
    const { signal } = this.stopping;
    for (const topic of await this.log.topics()) {
      for (const { partition, next } of await this.log.ends(topic)) {
        const place = topicPartitionOf({ topic, partition });
        const hashes = this.seen.get(place) ?? [];
        this.seen.set(place, hashes);
        if (Number(next) <= hashes.length || signal.aborted) continue;
        for await (const { offset, value } of this.log.read({
          topic,
          partition,
          from: BigInt(hashes.length),
          signal,
        })) {
          if (Number(offset) !== hashes.length) {
            this.surprises.push(`${place}: ${offset} instead of ${hashes.length}`);
            break;
          }
          hashes.push(recordHash(value));
        }
      }
    }
  }

  private async patiently<Result>(work: () => Promise<Result>): Promise<Result> {
    for (let tried = 1; ; tried++) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof EventLogError) || tried >= READ_TRIES) throw error;
        await pause(READ_PAUSE_MS);
      }
    }
  }
}
