import { DISPATCHER } from '../accounts.js';
import { Refused, type CityClient } from './city-client.js';
import type { PlannedRequest } from './planned-request.js';
import type { RunBook } from './run-book.js';

const PAGE = 200;
const DECIDED_BY_OTHERS = 409;

interface WaitingCase {
  readonly caseId: string;
  readonly requestId: string;
  readonly hop: number;
  readonly suggestedOffice?: string;
  readonly tried: readonly string[];
  readonly possible: readonly string[];
}

interface WaitingPage {
  readonly items: readonly WaitingCase[];
  readonly next?: string;
}

export interface DispatcherDeskOptions {
  readonly routingUrl: string;
  readonly client: CityClient;
  readonly book: RunBook;
}

/** The dispatcher, who decides about what no rule could place, and does not get round to everything. */
export class DispatcherDesk {
  constructor(private readonly options: DispatcherDeskOptions) {}

  /** Goes through the waiting cases once. @returns how many it decided */
  async work(): Promise<number> {
    let decided = 0;
    await this.eachWaiting(async (waiting) => {
      const plan = this.options.book.planOf(waiting.requestId);
      if (plan?.fate.dispatchedTo && (await this.decide(waiting, plan))) decided += 1;
    });
    return decided;
  }

  /** Number of cases that wait for a dispatcher, also those that the demo did not file. */
  async waiting(): Promise<number> {
    let count = 0;
    await this.eachWaiting(async () => void (count += 1));
    return count;
  }

  private async eachWaiting(work: (waiting: WaitingCase) => Promise<void>): Promise<void> {
    const { client, routingUrl } = this.options;
    let cursor: string | undefined;
    do {
      const query = new URLSearchParams({ limit: String(PAGE), ...(cursor ? { cursor } : {}) });
      const page = await client.call<WaitingPage>(`${routingUrl}/dispatcher/cases?${query}`, { account: DISPATCHER });
      for (const waiting of page.items) await work(waiting);
      cursor = page.next;
    } while (cursor !== undefined);
  }

  private async decide({ caseId, hop, ...waiting }: WaitingCase, plan: PlannedRequest): Promise<boolean> {
    const { client, routingUrl, book } = this.options;
    const known = [...(waiting.suggestedOffice ? [waiting.suggestedOffice] : []), ...waiting.possible];
    const learned = plan.fate.dispatchedTo ?? [];
    const candidates = [...known, ...learned];
    const office = candidates.find((code) => !waiting.tried.includes(code)) ?? candidates[0];
    if (office === undefined) return false;
    try {
      await client.call(`${routingUrl}/dispatcher/cases/${caseId}/route`, {
        account: DISPATCHER,
        method: 'POST',
        body: { office, reasonCode: known.includes(office) ? 'agreed-with-office' : 'address-by-phone' },
        headers: { 'idempotency-key': book.keyOf(plan, `route-${hop}`) },
      });
    } catch (error) {
      if (error instanceof Refused && error.status === DECIDED_BY_OTHERS) return false;
      throw error;
    }
    book.tally.dispatched += 1;
    return true;
  }
}
