import { seededRandom, type Random } from '@tiepsuc/city/samples';
import { plannedRequests, type PlannedRequest } from '../request-mix.js';
import { pause } from '../service-process.js';
import type { Attempts } from './attempts.js';

/** A request that was acknowledged. */
export interface FiledRequest {
  readonly planned: PlannedRequest;
  readonly requestId: string;
  readonly caseId: string;
}

export interface RequestLoadOptions {
  readonly seed: number;
  readonly perSecond: number;
  readonly processes: readonly string[];
}

/** Maximum clients that wait at a time; while the city is down, no more come. */
const IN_FLIGHT_MAX = 40;
const PLANNED_AT_ONCE = 1_000;
/** Clients that ask for something that nobody gives, and must leave no trace. */
const HOPELESS_SHARE = 0.04;
/** Clients that never ask again. */
const IMPATIENT_SHARE = 0.05;

/** Citizens and operators: files requests at an even pace until it is told to stop. */
export class RequestLoad {
  /** By idempotency key. */
  readonly filed = new Map<string, FiledRequest>();
  private readonly inFlight = new Set<Promise<void>>();
  private readonly random: Random;
  private isStopping = false;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly attempts: Attempts,
    private readonly options: RequestLoadOptions,
  ) {
    this.random = seededRandom(options.seed ^ 0x10ad);
  }

  start(): void {
    this.running = this.run();
  }

  /** Files nothing more, and waits until every client knows or has given up. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await this.running;
    await Promise.all(this.inFlight);
  }

  private async run(): Promise<void> {
    const gapMs = 1_000 / this.options.perSecond;
    for (const planned of this.plans()) {
      if (this.isStopping) return;
      while (this.inFlight.size >= IN_FLIGHT_MAX) await Promise.race(this.inFlight);
      const work = this.file(planned).finally(() => this.inFlight.delete(work));
      this.inFlight.add(work);
      await pause(gapMs * (0.5 + this.random()));
    }
  }

  private *plans(): Generator<PlannedRequest, never> {
    for (let block = 0; ; block++) {
      for (const one of plannedRequests(PLANNED_AT_ONCE, this.options.seed + block)) {
        yield { ...one, id: `file-${this.options.seed}-${block}-${one.id.split('-').at(-1)}` };
      }
    }
  }

  private async file(planned: PlannedRequest): Promise<void> {
    const isHopeless = this.random() < HOPELESS_SHARE;
    const givesUp = this.random() < IMPATIENT_SHARE;
    const { processes } = this.options;
    const first = Math.floor(this.random() * processes.length);
    const { outcome, body } = await this.attempts.change({
      key: planned.id,
      kind: 'file',
      processes: [...processes.slice(first), ...processes.slice(0, first)],
      path: '/requests',
      account: 'operator',
      body: isHopeless ? { ...planned.body, needs: ['teleportation'] } : planned.body,
      givesUp,
    });
    if (outcome !== 'ok') return;
    const { requestId, caseId } = body as { requestId: string; caseId: string };
    this.filed.set(planned.id, { planned, requestId, caseId });
  }
}
