import { ServiceToken } from '@tiepsuc/runtime';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEMO_SECRET } from '../accounts.js';

const ANSWER_WITHIN_MS = 20_000;
const TRIES_MAX = 12;
const RETRY_FIRST_MS = 100;
const RETRY_MAX_MS = 5_000;

/** An answer that asking again cannot change. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    route: string,
  ) {
    super(`${route} was refused with ${status} ${code}`);
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

  constructor(private readonly tokenUrl: string) {}

  /** @throws Refused; Error when there was no answer after twelve tries */
  async call<Answer>(url: string, { account, method = 'GET', body, headers = {} }: Call): Promise<Answer> {
    for (let tries = 1; ; tries++) {
      const answer = await fetch(url, {
        method,
        headers: {
          authorization: `Bearer ${await this.token(account)}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      }).catch((error: Error) => error);
      if (answer instanceof Response && answer.ok) return (await answer.json()) as Answer;
      if (answer instanceof Response && answer.status < 500 && answer.status !== 429) {
        const { code = '' } = (await answer.json()) as { code?: string };
        throw new Refused(answer.status, code, `${method} ${new URL(url).pathname}`);
      }
      const reason = answer instanceof Response ? `status ${answer.status}` : answer.name;
      if (tries === TRIES_MAX) throw new Error(`${method} ${new URL(url).pathname} was not answered: ${reason}`);
      if (answer instanceof Response) await answer.body?.cancel();
      await sleep(Math.min(RETRY_FIRST_MS * 2 ** (tries - 1), RETRY_MAX_MS));
    }
  }

  /** The service's metrics by name, added up over their labels; with `label`, only those that have it. */
  async metrics(serviceUrl: string, label = ''): Promise<Map<string, number>> {
    const answer = await fetch(`${serviceUrl}/metrics`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    if (!answer.ok) throw new Error(`GET /metrics was answered with status ${answer.status}`);
    return sumsByName(await answer.text(), label);
  }

  private token(account: string): Promise<string> {
    let token = this.tokens.get(account);
    if (!token) {
      token = new ServiceToken({ tokenUrl: this.tokenUrl, clientId: account, clientSecret: DEMO_SECRET });
      this.tokens.set(account, token);
    }
    return token.get();
  }
}

/** Prometheus' text format, each metric added up over its labels; with `label`, only lines that have it. */
export function sumsByName(text: string, label = ''): Map<string, number> {
  const sums = new Map<string, number>();
  for (const [, name = '', labels = '', value] of text.matchAll(/^([a-z_]+)(\{.*\})? (\S+)$/gm)) {
    if (labels.includes(label)) sums.set(name, (sums.get(name) ?? 0) + Number(value));
  }
  return sums;
}
