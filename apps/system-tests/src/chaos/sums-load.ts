import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { City } from '../test-city.js';
import { pause } from '../service-process.js';
import { judgeSums, SUMS_CHECKS } from '../sums/check-sums.js';
import type { RoleProcess } from '../sums/role-process.js';
import { startSums, type Sums } from '../sums/sums-processes.js';
import { unfinishedInSums, viewSums } from '../sums/sums-view.js';
import { check, type Check } from '../verdict.js';
import { chosen } from './schedule.js';

/** Few enough that the city's own work is not drowned. */
const LOOP_PAUSE_MS = 1_000;
const RESTART_MS = 200;
const READY_WITHIN_MS = 120_000;
const REST_WITHIN_MS = 120_000;
const LOOK_EVERY_MS = 500;

/** Topics of the sums: no service of the city reads them. */
export function isOfSums(topic: string): boolean {
  return topic.startsWith('relief.office.sums-');
}

/**
 * The sums, beside the city on the same servers: increments that grow wrong when anything is lost, doubled or out of
 * order. Their processes are killed and held like those of the city.
 */
export class SumsLoad {
  private isOver = false;

  private constructor(private readonly sums: Sums) {
    for (const one of sums.processes) void this.keep(one);
  }

  static async start(city: City, seed: number): Promise<SumsLoad> {
    const folder = join(city.folder, 'logs');
    await mkdir(folder, { recursive: true });
    const { postgres, eventLog } = city;
    return new SumsLoad(await startSums({ postgres, eventLog, run: `c${seed}`, folder, seed, pauseMs: LOOP_PAUSE_MS }));
  }

  /** Processes that were ready and ended although nobody had killed them here, with how. */
  get crashes(): readonly string[] {
    return this.sums.processes.flatMap(({ endedByItself }) => endedByItself);
  }

  /** Kills one of them. False when none could be. */
  kill(victim: number): boolean {
    const one = this.awake(victim);
    if (one) void one.kill();
    return one !== undefined;
  }

  /** Holds one of them for a while. False when none could be. */
  hold(victim: number, forMs: number): boolean {
    const one = this.awake(victim);
    if (!one) return false;
    const { pid } = one;
    one.hold();
    setTimeout(() => one.pid === pid && one.release(), forMs);
    return true;
  }

  /** Takes back what was done, ends the load, waits until it has all arrived, and judges. */
  async settle(): Promise<Check[]> {
    const { sums } = this;
    for (const one of sums.processes) one.release();
    for (const one of sums.processes) await this.untilAwake(one);
    this.isOver = true;
    await sums.stopProducers();
    for (const until = Date.now() + REST_WITHIN_MS; Date.now() < until; await pause(LOOK_EVERY_MS)) {
      if ((await unfinishedInSums(sums)).length === 0) break;
    }
    // Who ends by itself is judged with the city's processes, at the very end.
    const judged = judgeSums(await viewSums(sums)).filter(({ name }) => name !== SUMS_CHECKS.noCrash);
    return judged.map(({ name, ok, figure }) => check(`sums: ${name}`, ok, figure));
  }

  async stop(): Promise<void> {
    this.isOver = true;
    for (const one of this.sums.processes) await one.kill();
  }

  private awake(victim: number): RoleProcess | undefined {
    return chosen(
      this.sums.processes.filter(({ isAwake }) => isAwake),
      victim,
    );
  }

  /** Starts it again whenever it has ended. */
  private async keep(one: RoleProcess): Promise<void> {
    while (!this.isOver) {
      await one.untilGone();
      await pause(RESTART_MS);
      if (!this.isOver && one.pid === undefined) one.launch();
    }
  }

  private async untilAwake(one: RoleProcess): Promise<void> {
    const until = Date.now() + READY_WITHIN_MS;
    while (!one.isAwake) {
      if (Date.now() > until) throw new Error(`${one.name} does not come up again`);
      await pause(RESTART_MS);
    }
  }
}
