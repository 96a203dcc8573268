import { ServiceToken } from '@tiepsuc/runtime';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEMO_SECRET } from '../accounts.js';

const ANSWER_WITHIN_MS = 20_000;
const TRIES_MAX = 12;
const RETRY_FIRST_MS = 100;
const RETRY_MAX_MS = 5_000;
const TOO_MANY_REQUESTS = 429;

/** An answer that asking again cannot change. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
  ) {
    super(`refused with ${status} ${code}`);
  }
}

export interface Call {
  readonly account: string;
  readonly method?: 'GET' | 'POST';
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Speaks to the services as people's programs do: by HTTP, with a token of a demo account. What is not answered is
 * asked again, which is harmless because every change names itself with an idempotency key.
 */
export class CityClient {
  private readonly tokens = new Map<string, ServiceToken>();

  constructor(
    private readonly tokenUrl: string,
    /** Once it is aborted, nothing is asked any more. */
    private readonly signal: AbortSignal,
  ) {}

  /** @throws Refused; Error when there was no answer after twelve tries, or nothing is asked any more */
  call<Answer>(url: string, { account, method = 'GET', body, headers = {} }: Call): Promise<Answer> {
    return this.patiently(`${method} ${new URL(url).pathname}`, async () => {
      const answer = await fetch(url, {
        method,
        headers: {
          authorization: `Bearer ${await this.tokenOf(account)}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      return (await jsonOf(answer)) as Answer;
    });
  }

  /** The service's metrics by name, added up over their labels; with `label`, only those that have it. */
  metrics(serviceUrl: string, label = ''): Promise<Map<string, number>> {
    return this.patiently('GET /metrics', async () => {
      const answer = await fetch(`${serviceUrl}/metrics`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      return sumsByName(text, label);
    });
  }

  private async patiently<Answer>(what: string, ask: () => Promise<Answer>): Promise<Answer> {
    for (let tries = 1; ; tries++) {
      this.signal.throwIfAborted();
      try {
        return await ask();
      } catch (error) {
        if (error instanceof Refused) throw error;
        if (tries === TRIES_MAX) throw new Error(`${what} was not answered in ${tries} tries`, { cause: error });
      }
      await sleep(Math.min(RETRY_FIRST_MS * 2 ** (tries - 1), RETRY_MAX_MS));
    }
  }

  private tokenOf(account: string): Promise<string> {
    let token = this.tokens.get(account);
    if (!token) {
      token = new ServiceToken({ tokenUrl: this.tokenUrl, clientId: account, clientSecret: DEMO_SECRET });
      this.tokens.set(account, token);
    }
    return token.get();
  }
}

/** @throws Refused for what asking again cannot change; Error for what it may */
async function jsonOf(answer: Response): Promise<unknown> {
  const json: unknown = await answer.json();
  if (answer.ok) return json;
  if (answer.status >= 500 || answer.status === TOO_MANY_REQUESTS) throw new Error(`status ${answer.status}`);
  throw new Refused(answer.status, (json as { code?: string }).code ?? '');
}

/** Prometheus' text format, each metric added up over its labels; with `label`, only lines that have it. */
export function sumsByName(text: string, label = ''): Map<string, number> {
  const sums = new Map<string, number>();
  for (const [, name = '', labels = '', value] of text.matchAll(/^([a-z_]+)(\{.*\})? (\S+)$/gm)) {
    if (labels.includes(label)) sums.set(name, (sums.get(name) ?? 0) + Number(value));
  }
  return sums;
}
