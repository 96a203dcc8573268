import { tokenFor, type City } from '../test-city.js';
import { pause } from '../service-process.js';
import type { Operation, OperationBook, OperationKind } from './operation-book.js';

/** An attempt that is not answered by then counts as unknown. Shorter than many of the faults, so that it happens. */
const ANSWER_WITHIN_MS = 4_000;
const RETRY_MS = 250;
const RETRY_MOST_MS = 2_000;
/** A patient client asks again for so long; then the operation stays unknown. */
const PATIENCE_MS = 120_000;

/** What came back from one attempt. */
export type Answer =
  | { readonly kind: 'ok'; readonly body: unknown }
  | { readonly kind: 'refused'; readonly status: number; readonly code: string }
  | { readonly kind: 'unknown' };

export interface Ask {
  /** The processes that can answer; each further attempt goes to the next. */
  readonly processes: readonly string[];
  readonly path: string;
  readonly account: string;
  readonly method?: 'GET' | 'POST';
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An operation with its idempotency key. */
export interface Change extends Ask {
  readonly key: string;
  readonly kind: OperationKind;
  readonly subject?: string;
  /** Does not ask again, whatever happens: nobody will ever tell this client what became of it. */
  readonly givesUp?: boolean;
}

/** What a client knows in the end, with the answer if there was one. */
export type Settled = Operation & { readonly body?: unknown };

/** Speaks HTTP for all clients of the run, and keeps their book. */
export class Attempts {
  private readonly tokens = new Map<string, string>();
  private isAbandoned = false;

  constructor(
    private readonly city: City,
    private readonly book: OperationBook,
  ) {}

  /** The run is over before its end: nobody asks again. */
  abandon(): void {
    this.isAbandoned = true;
  }

  /** Asks once. Anything but an answer of 2xx or 4xx says nothing about what has happened. */
  async once(ask: Ask, turn = 0): Promise<Answer> {
    const { processes, path, account, method = 'GET', body, headers = {} } = ask;
    const name = processes[turn % processes.length] as string;
    try {
      const answer = await fetch(`${this.city.process(name).url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${await this.token(account)}`,
          ...(body ? { 'content-type': 'application/json' } : {}),
          ...headers,
        },
        body: body && JSON.stringify(body),
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      if (answer.ok) return { kind: 'ok', body: await answer.json() };
      if (answer.status === 401) this.tokens.delete(account);
      if (answer.status >= 500 || answer.status === 429 || answer.status === 401) return { kind: 'unknown' };
      const { code = '' } = (await answer.json()) as { code?: string };
      return { kind: 'refused', status: answer.status, code };
    } catch {
      // A broken connection, or none at all: the client cannot tell which.
      return { kind: 'unknown' };
    }
  }

  /** Changes something once, however often it has to ask. */
  async change(change: Change): Promise<Settled> {
    const { key, kind, subject, headers } = change;
    await this.book.begin(key, kind, subject);
    const ask = { ...change, method: 'POST' as const, headers: { ...headers, 'idempotency-key': key } };
    const untilMs = performance.now() + PATIENCE_MS;
    for (let attempts = 1; ; attempts++) {
      const answer = await this.once(ask, attempts - 1);
      const settled = settledBy(answer, { key, kind, subject, attempts });
      const isLast = this.isAbandoned || change.givesUp === true || performance.now() > untilMs;
      if (settled || isLast) {
        const { body, ...operation }: Settled = settled ?? { key, kind, subject, attempts, outcome: 'unknown' };
        await this.book.end(operation);
        return { ...operation, body };
      }
      this.book.repeat(key);
      await pause(Math.min(RETRY_MS * attempts, RETRY_MOST_MS));
    }
  }

  private async token(account: string): Promise<string> {
    const known = this.tokens.get(account);
    if (known) return known;
    const token = await tokenFor(this.city, account);
    this.tokens.set(account, token);
    return token;
  }
}

/** A refusal is final only when no attempt before it may have had its effect. */
function settledBy(answer: Answer, tried: Omit<Operation, 'outcome'>): Settled | undefined {
  switch (answer.kind) {
    case 'ok':
      return { ...tried, outcome: 'ok', body: answer.body };
    case 'refused':
      return { ...tried, outcome: tried.attempts === 1 ? 'fail' : 'unknown', code: answer.code };
    case 'unknown':
      return undefined;
  }
}
