import { officerOf } from '../accounts.js';
import { Refused, type CityClient } from './city-client.js';
import { endOf } from './planned-outcome.js';
import type { PlannedRequest } from './planned-request.js';
import type { RunBook } from './run-book.js';

const PAGE = 100;
/** Number of officers of an office who work at a time, each on a case of their own. */
const OFFICERS_AT_ONCE = 8;
/** Asking again cannot help: another officer has handled the leg, or it has changed since it was read. */
const HANDLED_BY_OTHERS = [409, 412];

interface InboxItem {
  readonly legId: string;
  readonly requestId: string;
  readonly sequence: number;
  readonly hop: number;
}

interface Inbox {
  readonly items: readonly InboxItem[];
  readonly next?: string;
}

export interface OfficeDeskOptions {
  readonly office: string;
  /** From 0 to 1; see `handledShares`. */
  readonly handledShare: number;
  readonly districtUrl: string;
  readonly client: CityClient;
  readonly book: RunBook;
}

/** The officers of one office, who work their inbox from top to bottom. They leave alone what the demo did not file. */
export class OfficeDesk {
  private readonly account: string;
  private readonly url: string;

  constructor(private readonly options: OfficeDeskOptions) {
    this.account = officerOf(options.office);
    this.url = `${options.districtUrl}/offices/${options.office}`;
  }

  /** Goes through the inbox once. @returns how many cases it handled */
  async work(): Promise<number> {
    let handled = 0;
    let cursor: string | undefined;
    do {
      const query = new URLSearchParams({ status: 'opened', limit: String(PAGE), ...(cursor ? { cursor } : {}) });
      const { items, next } = await this.options.client.call<Inbox>(`${this.url}/inbox?${query}`, {
        account: this.account,
      });
      handled += await this.workThrough(items);
      cursor = next;
    } while (cursor !== undefined);
    return handled;
  }

  private async workThrough(items: readonly InboxItem[]): Promise<number> {
    const waiting = items.values();
    let handled = 0;
    await Promise.all(
      Array.from({ length: OFFICERS_AT_ONCE }, async () => {
        for (const item of waiting) {
          const plan = this.options.book.planOf(item.requestId);
          if (plan && (await this.handle(item, plan))) handled += 1;
        }
      }),
    );
    return handled;
  }

  private async handle(item: InboxItem, plan: PlannedRequest): Promise<boolean> {
    try {
      if (item.hop === 0 && plan.fate.returned) await this.giveBack(item, plan);
      else await this.finish(item, plan);
      return true;
    } catch (error) {
      if (error instanceof Refused && HANDLED_BY_OTHERS.includes(error.status)) return false;
      throw error;
    }
  }

  private async giveBack(item: InboxItem, plan: PlannedRequest): Promise<void> {
    const { suggestedOffice, ...reason } = plan.fate.returned!;
    const isElsewhere = suggestedOffice !== undefined && suggestedOffice !== this.options.office;
    await this.post(item, plan, { step: 'return', body: { ...reason, ...(isElsewhere ? { suggestedOffice } : {}) } });
    this.options.book.tally.returned += 1;
  }

  private async finish(item: InboxItem, plan: PlannedRequest): Promise<void> {
    const { handledShare, book } = this.options;
    const end = endOf(plan.fate, handledShare);
    const seen = await this.post(item, plan, { step: 'acknowledge' });
    if (end === 'acknowledged') return;
    const taken = await this.post(seen, plan, { step: 'accept' });
    book.tally.accepted += 1;
    if (end === 'accepted') return;
    await this.post(taken, plan, { step: 'resolve', body: plan.fate.resolution });
    book.tally.resolved += 1;
  }

  private post(
    { legId, sequence }: Pick<InboxItem, 'legId' | 'sequence'>,
    plan: PlannedRequest,
    { step, body }: { step: string; body?: object },
  ): Promise<Pick<InboxItem, 'legId' | 'sequence'>> {
    return this.options.client.call(`${this.url}/legs/${legId}/${step}`, {
      account: this.account,
      method: 'POST',
      body,
      headers: { 'if-match': `"${sequence}"`, 'idempotency-key': this.options.book.keyOf(plan, `${step}-${legId}`) },
    });
  }
}
