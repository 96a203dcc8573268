import { OPERATOR } from '../accounts.js';
import { shiftToNow } from './arrival-curve.js';
import type { CityClient } from './city-client.js';
import type { PlannedRequest } from './planned-request.js';
import type { RunBook } from './run-book.js';

const OPERATORS_AT_ONCE = 48;

interface Receipt {
  readonly requestId: string;
}

export interface Hotline {
  readonly intakeUrl: string;
  readonly client: CityClient;
  readonly book: RunBook;
}

/** Operators type in the planned requests, oldest first, forty-eight at a time. Resolves when the last is durable. */
export async function fileRequests(plans: readonly PlannedRequest[], hotline: Hotline): Promise<void> {
  const waiting = plans.values();
  const shiftMs = shiftToNow(Date.now());
  await Promise.all(
    Array.from({ length: OPERATORS_AT_ONCE }, async () => {
      for (const plan of waiting) {
        await file(plan, shiftMs, hotline);
      }
    }),
  );
}

async function file(plan: PlannedRequest, shiftMs: number, { intakeUrl, client, book }: Hotline): Promise<void> {
  const occurredAt = new Date(plan.hotlineMs + shiftMs).toISOString();
  const { requestId } = await client.call<Receipt>(`${intakeUrl}/requests`, {
    account: OPERATOR,
    method: 'POST',
    body: { ...plan.body, occurredAt },
    headers: { 'idempotency-key': book.keyOf(plan, 'file') },
  });
  book.filed(plan, requestId);
}
