import { closeSync, fsync, openSync, writeSync } from 'node:fs';

/** How an operation ended for the client. `unknown`: it may have happened, or may still not have. */
export type Outcome = 'ok' | 'fail' | 'unknown';

/** What clients do. */
export type OperationKind = 'file' | 'acknowledge' | 'accept' | 'return' | 'resolve' | 'dispatch';

/** One operation, from the first attempt to what the client believes in the end. */
export interface Operation {
  /** The idempotency key, the same for every attempt. */
  readonly key: string;
  readonly kind: OperationKind;
  /** The request (`file`), leg or case that it is about; of a file known only when it was answered. */
  readonly subject?: string;
  readonly outcome: Outcome;
  /** Attempts that were made; more than one means that an answer stayed away. */
  readonly attempts: number;
  /** The refusal's code, for `fail`. */
  readonly code?: string;
}

/** How many operations ended how; `repeated` counts attempts beyond the first. */
export interface OperationCounts {
  readonly ok: number;
  readonly fail: number;
  readonly unknown: number;
  readonly repeated: number;
}

const SYNC_EVERY_MS = 50;

/**
 * The clients' own book, outside the city: every line is on the disk before the client goes on, so that what was
 * acknowledged is known whatever happens to the city. Lines that come together are synced together.
 */
export class OperationBook {
  private readonly file: number;
  private readonly ended = new Map<string, Operation>();
  private readonly open = new Map<string, Pick<Operation, 'key' | 'kind' | 'subject'>>();
  private lines: string[] = [];
  private waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];
  private syncing: NodeJS.Timeout | undefined;
  private attemptsBeyondFirst = 0;

  constructor(path: string) {
    this.file = openSync(path, 'a');
  }

  /** Notes that a client is about to try; resolves when that is on the disk. */
  begin(key: string, kind: OperationKind, subject?: string): Promise<void> {
    if (this.open.has(key) || this.ended.has(key)) throw new Error(`${key} was begun twice`);
    this.open.set(key, { key, kind, subject });
    return this.note({ key, kind, subject, event: 'invoke' });
  }

  /** Notes an attempt without an answer that the client repeats. */
  repeat(key: string): void {
    this.attemptsBeyondFirst++;
    void this.note({ key, event: 'repeat' });
  }

  /** Notes what the client believes in the end; resolves when that is on the disk. */
  end(operation: Operation): Promise<void> {
    if (!this.open.delete(operation.key)) throw new Error(`${operation.key} ends and was not begun`);
    this.ended.set(operation.key, operation);
    return this.note({ ...operation, event: operation.outcome });
  }

  /** Every operation that was begun; one that has not ended is unknown. */
  all(): readonly Operation[] {
    const unfinished = [...this.open.values()].map((one): Operation => ({ ...one, outcome: 'unknown', attempts: 1 }));
    return [...this.ended.values(), ...unfinished];
  }

  counts(): OperationCounts {
    const of = (outcome: Outcome) => [...this.ended.values()].filter((one) => one.outcome === outcome).length;
    return { ok: of('ok'), fail: of('fail'), unknown: of('unknown'), repeated: this.attemptsBeyondFirst };
  }

  async close(): Promise<void> {
    await this.note({ event: 'end' });
    closeSync(this.file);
  }

  private note(line: object): Promise<void> {
    this.lines.push(`${JSON.stringify({ atMs: Math.round(performance.now()), ...line })}\n`);
    this.syncing ??= setTimeout(() => this.sync(), SYNC_EVERY_MS);
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
  }

  private sync(): void {
    const [text, waiting] = [this.lines.join(''), this.waiting];
    this.lines = [];
    this.waiting = [];
    writeSync(this.file, text);
    fsync(this.file, (error) => {
      this.syncing = this.lines.length > 0 ? setTimeout(() => this.sync(), SYNC_EVERY_MS) : undefined;
      for (const { resolve, reject } of waiting) {
        if (error) reject(error);
        else resolve();
      }
    });
  }
}
