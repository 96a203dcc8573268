import { recordHash } from '@tiepsuc/contracts';
import type { EventLog } from '@tiepsuc/event-log';
import type { ReplayFinding, ReplayFindings } from './findings.js';
import { checkRecord } from '@tiepsuc/messaging';

/** A record whose number was folded before. */
export interface Repeat extends ReplayFinding {
  readonly hash: string;
  /** It was compared with the record it repeats, and is the same. */
  readonly isKnown: boolean;
}

const WAITING_MAX = 50_000;

/**
 * Records that come twice: a relay that died between sending and noting it sends again. Harmless when the bytes are
 * those of the first time. Of older ones the hash is no longer at hand; they are looked up together by one more
 * reading of the partition.
 */
export class Repeats {
  count = 0;
  private readonly waiting: Repeat[] = [];

  constructor(
    private readonly log: EventLog,
    private readonly findings: ReplayFindings,
  ) {}

  add(repeat: Repeat): void {
    this.count++;
    if (!repeat.isKnown) this.waiting.push(repeat);
  }

  get areMany(): boolean {
    return this.waiting.length >= WAITING_MAX;
  }

  /** Compares what waits, all of one partition, with the records that it repeats. */
  async check(topic: string, partition: number): Promise<void> {
    const waiting = this.waiting.splice(0);
    if (waiting.length === 0) return;
    const wanted = new Set(waiting.map(nameOf));
    const firstHash = new Map<string, string>();
    const [end] = (await this.log.ends(topic)).filter((one) => one.partition === partition);
    for await (const record of this.log.read({ topic, partition, from: end?.earliest })) {
      const { envelope, problem } = checkRecord(record);
      if (!envelope || problem) continue;
      const name = nameOf({ ...envelope, sequence: Number(envelope.sequence) });
      if (wanted.has(name) && !firstHash.has(name)) firstHash.set(name, recordHash(record.value));
      if (firstHash.size === wanted.size) break;
    }
    for (const { hash, isKnown: _, ...finding } of waiting) {
      if (firstHash.get(nameOf(finding)) !== hash) this.findings.add(finding);
    }
  }
}

function nameOf({ source, subject, sequence }: Pick<ReplayFinding, 'source' | 'subject' | 'sequence'>): string {
  return `${source} ${subject} ${sequence}`;
}
