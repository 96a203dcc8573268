import type { PlannedRequest } from './planned-request.js';

/** What the generator was answered, counted by itself, to be compared with what the services say of themselves. */
export interface Tally {
  filed: number;
  accepted: number;
  resolved: number;
  returned: number;
  dispatched: number;
}

/** What one run of the demo knows about itself. */
export class RunBook {
  readonly tally: Tally = { filed: 0, accepted: 0, resolved: 0, returned: 0, dispatched: 0 };
  /** How far the hotline's days have come. */
  hotlineMs = 0;
  private readonly plans = new Map<string, PlannedRequest>();

  constructor(
    /** Tells this run's changes from those of an earlier one with the same seed. */
    readonly runId: string,
  ) {}

  /** Books what intake answered. */
  filed(plan: PlannedRequest, requestId: string): void {
    this.plans.set(requestId, plan);
    this.tally.filed += 1;
    this.hotlineMs = Math.max(this.hotlineMs, plan.hotlineMs);
  }

  /** The plan behind a request; undefined for one that the demo did not file. */
  planOf(requestId: string): PlannedRequest | undefined {
    return this.plans.get(requestId);
  }

  /** Names a change of this run: asked again, it happens once. */
  keyOf({ index }: PlannedRequest, step: string): string {
    return `demo-${this.runId}-${index}-${step}`;
  }
}
