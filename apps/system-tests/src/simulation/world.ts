import type { LogScheduler } from '@tiepsuc/event-log';
import { SimulatedProcess } from './simulated-process.js';

/**
 * What happens at one point: before an operation has any effect, or after, while its answer is on the way. To collide is
 * to fail because of another transaction, which only statements can.
 */
export type Outcome = 'goes on' | 'is lost' | 'crashes' | 'collides';

/** A point where a process waits for the outside: the places where a crash makes a difference. */
export interface Point {
  /** Counts from 0 within one run. */
  readonly number: number;
  readonly process: SimulatedProcess;
  readonly what: string;
  readonly when: 'before' | 'after';
  /** A statement that another transaction may get in the way of. */
  readonly mayCollide?: boolean;
}

/** Something that could happen now. */
export interface Step {
  readonly process: SimulatedProcess | undefined;
  readonly mayRun: () => boolean;
  readonly take: () => void | Promise<void>;
}

/** Decides everything that nobody can foresee in a real system. */
export interface FaultSchedule {
  /** Which of these steps is next; undefined: none of them before time has passed. */
  next(ready: readonly Step[]): Step | undefined;
  outcomeAt(point: Point): Outcome;
}

/** An operation on something outside of the process. */
export interface Operation<Result> {
  readonly what: string;
  readonly effect: () => Promise<Result>;
  /** What the process sees when the request or the answer is lost. */
  readonly loss: () => Error;
}

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  readonly process: SimulatedProcess | undefined;
  readonly task: () => void;
}

const turnOfTheLoop = setImmediate;
export const START_MS = Date.parse('2021-07-22T00:00:00.000Z');

/**
 * All the time and all the order there is. Nothing in a simulation happens by itself: operations, timers and turns of
 * the event loop queue up here, and are taken one at a time, each after everything that follows from the one before
 * has come to rest. So a run is decided by its faults alone.
 */
export class World implements LogScheduler {
  nowMs = START_MS;
  /** What was done, for a look at a failed run and for the proof that a seed repeats it. */
  readonly trace: string[] = [];
  private steps: Step[] = [];
  private timers: Timer[] = [];
  private pointsPassed = 0;
  private timersMade = 0;

  constructor(readonly faults: FaultSchedule) {}

  get points(): number {
    return this.pointsPassed;
  }

  now(): Date {
    return new Date(this.nowMs);
  }

  /** A timer of the surroundings, which outlives every process. */
  after(delayMs: number, task: () => void): () => void {
    return this.schedule(delayMs, task, undefined);
  }

  /** Runs `task` not before `delayMs` of virtual time, and only while `process` lives. Returns how to cancel it. */
  schedule(delayMs: number, task: () => void, process: SimulatedProcess | undefined): () => void {
    let isCancelled = false;
    const within = (): void => {
      if (isCancelled) return;
      if (process) process.run(task);
      else task();
    };
    if (delayMs <= 0) this.steps.push({ process, mayRun: always, take: within });
    else this.timers.push({ dueMs: this.nowMs + delayMs, order: this.timersMade++, process, task: within });
    return () => void (isCancelled = true);
  }

  /** Something that the surroundings do as soon as it is its turn. */
  soon(take: () => void | Promise<void>): void {
    this.steps.push({ process: undefined, mayRun: always, take });
  }

  /** Queues something that a process waits for; `take` runs when it is its turn. */
  queue(step: Step): void {
    this.steps.push(step);
  }

  /** Lets a process do something outside of itself: request and answer are steps of their own, each with its outcome. */
  reach<Result>(process: SimulatedProcess, operation: Operation<Result>): Promise<Result> {
    const { what, effect, loss } = operation;
    return new Promise((resolve, reject) => {
      const answer = (settle: () => void) =>
        this.queue({
          process,
          mayRun: always,
          take: () => this.pass({ process, what, when: 'after' }, settle, () => reject(loss())),
        });
      const perform = async () => {
        try {
          const result = await effect();
          answer(() => resolve(result));
        } catch (error) {
          answer(() => reject(error));
        }
      };
      const take = () => this.pass({ process, what, when: 'before' }, perform, () => reject(loss()));
      this.queue({ process, mayRun: always, take });
    });
  }

  /** A process has come to a point: what becomes of it? One that crashes has crashed when this returns. */
  meet(at: Omit<Point, 'number'>): Outcome {
    const outcome = this.faults.outcomeAt({ ...at, number: this.pointsPassed++ });
    this.note(`${at.process.name} ${at.when} ${at.what}${outcome === 'goes on' ? '' : `: ${outcome}`}`);
    if (outcome === 'crashes') at.process.crash();
    return outcome;
  }

  /** Takes one step, or lets time pass to the next timer. False when nothing is left that could ever happen. */
  async advance(): Promise<boolean> {
    await new Promise<void>((resolve) => turnOfTheLoop(resolve));
    this.steps = this.steps.filter(({ process }) => process?.isAlive !== false);
    const ready = this.steps.filter(({ process, mayRun }) => !this.isPaused(process) && mayRun());
    const step = ready.length > 0 ? this.faults.next(ready) : undefined;
    if (!step) return this.passTime();
    this.steps.splice(this.steps.indexOf(step), 1);
    await step.take();
    return true;
  }

  /** Makes all timers due that are due within `ms` from now. */
  jump(ms: number): void {
    this.nowMs += ms;
    const due = this.timers.filter(({ dueMs }) => dueMs <= this.nowMs);
    this.timers = this.timers.filter(({ dueMs }) => dueMs > this.nowMs);
    due.sort((one, other) => one.dueMs - other.dueMs || one.order - other.order);
    for (const { process, task } of due) this.steps.push({ process, mayRun: always, take: task });
  }

  note(text: string): void {
    this.trace.push(`${this.nowMs - START_MS} ${text}`);
  }

  private isPaused(process: SimulatedProcess | undefined): boolean {
    return process !== undefined && process.pausedUntilMs > this.nowMs;
  }

  private passTime(): boolean {
    this.timers = this.timers.filter(({ process }) => process?.isAlive !== false);
    const pauses = this.steps.flatMap(({ process }) =>
      process && this.isPaused(process) ? [process.pausedUntilMs] : [],
    );
    const nextMs = Math.min(...this.timers.map(({ dueMs }) => dueMs), ...pauses);
    if (nextMs === Infinity) return this.steps.length > 0 && this.steps.some(({ mayRun }) => mayRun());
    this.jump(Math.max(0, nextMs - this.nowMs));
    return true;
  }

  private pass(at: Omit<Point, 'number'>, onward: () => void | Promise<void>, lose: () => void): void | Promise<void> {
    const outcome = this.meet(at);
    if (outcome === 'is lost') return lose();
    // Nothing in here knows collisions.
    return outcome === 'crashes' ? undefined : onward();
  }
}

const always = () => true;
