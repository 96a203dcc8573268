import { stringify } from 'csv-stringify/sync';
import type { City } from './test-city.js';
import { tokenFor } from './test-city.js';
import type { Ledger } from './ledger.js';
import type { PlannedRequest } from './request-mix.js';
import { pause } from './service-process.js';

const ANSWER_WITHIN_MS = 20_000;
const RETRY_MS = 150;
const GIVE_UP_MS = 180_000;

/** An answer that asking again cannot change. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly problem: { readonly code?: string; readonly field?: string },
  ) {
    super(`refused with ${status} ${problem.code ?? ''}`);
  }
}

/** Speaks HTTP as a patient client does: an unknown outcome is asked again under the same idempotency key. */
export class Clients {
  private readonly tokens = new Map<string, string>();
  /** Answers of 5xx and broken connections that were asked again, by process. */
  readonly asksAgain = new Map<string, number>();

  constructor(private readonly city: City) {}

  async call<Answer>(
    processName: string,
    path: string,
    { account, method = 'GET', body, headers = {} }: CallOptions,
  ): Promise<Answer> {
    const until = Date.now() + GIVE_UP_MS;
    for (;;) {
      const answer = await fetch(`${this.city.process(processName).url}${path}`, {
        method,
        headers: {
          ...(account ? { authorization: `Bearer ${await this.token(account)}` } : {}),
          ...(body === undefined ? {} : { 'content-type': typeof body === 'string' ? 'text/csv' : 'application/json' }),
          ...headers,
        },
        body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      }).catch(() => undefined);
      if (answer?.ok) return (await answer.json()) as Answer;
      if (answer && answer.status < 500 && answer.status !== 429) {
        throw new Refused(answer.status, (await answer.json()) as object);
      }
      this.asksAgain.set(processName, (this.asksAgain.get(processName) ?? 0) + 1);
      if (Date.now() > until) throw new Error(`${processName} did not answer within ${GIVE_UP_MS} ms`);
      await pause(RETRY_MS);
    }
  }

  async token(account: string): Promise<string> {
    const known = this.tokens.get(account);
    if (known) return known;
    const token = await tokenFor(this.city, account);
    this.tokens.set(account, token);
    return token;
  }
}

export interface CallOptions {
  readonly account?: string;
  readonly method?: 'GET' | 'POST';
  readonly body?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Receipt {
  readonly requestId: string;
  readonly caseId: string;
  readonly trackingCode: string;
}

/** Files one request and books the receipt. */
export async function fileRequest(clients: Clients, ledger: Ledger, planned: PlannedRequest): Promise<void> {
  const receipt = await clients.call<Receipt>('intake', '/requests', {
    account: 'operator',
    method: 'POST',
    body: planned.body,
    headers: { 'idempotency-key': planned.id },
  });
  ledger.add({ planned, ...receipt });
}

/** A file that an import takes whole. */
export function csvOf(requests: readonly PlannedRequest[]): string {
  return stringify(
    requests.map(({ body }) => [
      body.reporter.name,
      body.reporter.phone,
      body.needs.join(';'),
      body.urgency,
      body.address?.text ?? '',
      body.householdSize,
      body.description,
      body.notifyBy,
    ]),
    {
      header: true,
      columns: [
        'reporter_name',
        'reporter_phone',
        'needs',
        'urgency',
        'address',
        'household_size',
        'description',
        'notify_by',
      ],
    },
  );
}

export interface ImportAnswer {
  readonly accepted: number;
  readonly alreadyFiled: number;
  readonly refused: number;
}

export function importCsv(clients: Clients, csv: string): Promise<ImportAnswer> {
  return clients.call<ImportAnswer>('intake', '/imports/requests', { account: 'operator', method: 'POST', body: csv });
}

/** Runs work over items, at most `limit` at a time. */
export async function eachOf<Item>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = items.values();
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (const item of waiting) await work(item);
    }),
  );
}
