import { Overloaded, Unavailable, type Journal } from '@tiepsuc/journal';
import { eventOf, legs, type Addition } from './additions.js';
import type { SimulatedProcess } from './simulated-process.js';
import type { World } from './world.js';

const RETRY_MS = 300;

/** What a client knows of an addition. It is written down outside of every process, so no crash can take it back. */
export interface Entry {
  readonly addition: Addition;
  /** Counts submissions and acknowledgements alike, so that they can be compared. */
  readonly submittedAt: number;
  acknowledgedAt?: number;
  /** What was answered: the sequence of the event, and how many additions the leg then had. */
  answers: { readonly sequence: number; readonly count: number }[];
  /** The process crashed under it, and it was not asked again: it may have happened or not. */
  isUnknown?: boolean;
}

/** A process that takes additions. */
export interface Counter {
  readonly process: SimulatedProcess;
  readonly journal: Journal;
}

/** People who ask one thing after the other, and ask again until they have an answer. */
export class Clients {
  readonly ledger: Entry[] = [];
  /** Answers that nobody should ever get. */
  readonly surprises: string[] = [];
  private readonly waiting = new Set<{
    readonly entry: Entry;
    readonly process: SimulatedProcess;
    again: () => void;
  }>();
  private ticks = 0;
  private lanesOpen = 0;

  constructor(
    private readonly world: World,
    private readonly counters: () => readonly Counter[],
  ) {}

  get areDone(): boolean {
    return this.lanesOpen === 0;
  }

  /** Begins a queue of additions, each submitted when the one before is settled. */
  queue(additions: readonly Addition[]): void {
    if (additions.length === 0) return;
    this.lanesOpen++;
    const [first, ...others] = additions as [Addition, ...Addition[]];
    this.world.soon(() => this.submit(first, () => this.endOf(others)));
  }

  /** Their connections to a crashed process end: they ask another one, except for what is never asked twice. */
  lostSight(process: SimulatedProcess): void {
    for (const one of [...this.waiting].filter((waiting) => waiting.process === process)) {
      this.waiting.delete(one);
      one.again();
    }
  }

  private endOf(others: readonly Addition[]): void {
    this.lanesOpen--;
    this.queue(others);
  }

  private submit(addition: Addition, settled: () => void): void {
    const entry: Entry = { addition, submittedAt: this.ticks++, answers: [] };
    this.ledger.push(entry);
    let open = addition.isSentTwice ? 2 : 1;
    const done = () => {
      if (--open === 0) settled();
    };
    for (let copy = open; copy > 0; copy--) this.ask(entry, { attempt: copy, done });
  }

  private ask(entry: Entry, { attempt, done }: { attempt: number; done: () => void }): void {
    const alive = this.counters().filter(({ process }) => process.isAlive);
    const counter = alive[(entry.submittedAt + attempt) % Math.max(1, alive.length)];
    const later = () => this.world.after(RETRY_MS, () => this.ask(entry, { attempt: attempt + 1, done }));
    if (!counter) return void later();
    const again = () => {
      if (!entry.addition.isFresh) return void later();
      entry.isUnknown = true;
      done();
    };
    const waiting = { entry, process: counter.process, again };
    this.waiting.add(waiting);
    const settle = (next: () => void) => {
      if (this.waiting.delete(waiting)) next();
    };
    counter.process
      .run(() => changed(counter.journal, entry.addition))
      .then(
        ({ sequence, answer }) =>
          settle(() => {
            entry.acknowledgedAt ??= this.ticks++;
            entry.answers.push({ sequence, count: answer });
            done();
          }),
        (error: unknown) =>
          settle(() => {
            if (error instanceof Unavailable || error instanceof Overloaded) return again();
            this.surprises.push(`${entry.addition.id} was answered with ${String(error)}`);
            done();
          }),
      );
  }
}

function changed(journal: Journal, addition: Addition) {
  const { id, key, isFresh } = addition;
  return journal.change(legs, {
    key,
    context: isFresh ? { actor: 'system:simulation' } : { idempotencyKey: id, actor: 'system:simulation' },
    isNewKey: isFresh,
    decide: () => [eventOf(addition)],
    answer: ({ count }) => count,
  });
}
