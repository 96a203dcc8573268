import type { City } from './simulated-city.js';
import { SeededRandom } from './random.js';
import type { SimulatedProcess } from './simulated-process.js';
import { START_MS, type FaultSchedule, type Outcome, type Point, type Step } from './world.js';

/** Everything happens in the order in which it was asked for; at one point something goes wrong. */
export class InOrder implements FaultSchedule {
  /** The point at which it went wrong. */
  struck: Point | undefined;

  constructor(
    private readonly at: number,
    private readonly outcome: Outcome,
  ) {}

  next(ready: readonly Step[]): Step | undefined {
    return ready[0];
  }

  outcomeAt(point: Point): Outcome {
    if (point.number !== this.at) return 'goes on';
    this.struck = point;
    return this.outcome;
  }
}

/** How often something goes wrong, per point or per step. */
const CHANCES = {
  crash: 0.004,
  loss: 0.008,
  collision: 0.004,
  time: 0.04,
  pause: 0.002,
  jump: 0.002,
  lostAssignment: 0.002,
  replacement: 0.001,
  redelivery: 0.05,
  /** Per delivery: the group gives the partition away while the batch is in hand. */
  takeover: 0.06,
};

/** Virtual time after which nothing goes wrong any more, and all that is left must come to its end. */
export const TROUBLE_MS = 25_000;
/** Longer than a lease, so that what stands still is declared dead meanwhile. */
const PAUSE_MAX_MS = 6_000;

/** One seed decides who is next, what is lost, who crashes, who stands still, and when time passes. */
export class Seeded implements FaultSchedule {
  /** How often each kind of trouble was made. */
  readonly troubles = new Map<string, number>();
  city: City | undefined;
  private readonly random: SeededRandom;

  constructor(seed: number) {
    this.random = new SeededRandom(seed);
  }

  next(ready: readonly Step[]): Step | undefined {
    if (!this.isTroubled()) return this.random.oneOf(ready);
    this.disturb();
    return this.random.happens(CHANCES.time) ? undefined : this.random.oneOf(ready);
  }

  outcomeAt({ what, when, process, mayCollide }: Point): Outcome {
    if (!this.isTroubled()) return 'goes on';
    if (when === 'after' && what.startsWith('deliver') && this.random.happens(CHANCES.takeover)) this.takeOver(process);
    const outcome = this.draw<Outcome>([
      ['crashes', CHANCES.crash],
      ['is lost', CHANCES.loss],
      ['collides', mayCollide ? CHANCES.collision : 0],
    ]);
    if (outcome) this.count(`${outcome}${what === 'COMMIT' ? ' at COMMIT' : ''}`);
    return outcome ?? 'goes on';
  }

  redelivers(): boolean {
    const does = this.isTroubled() && this.random.happens(CHANCES.redelivery);
    if (does) this.count('redelivered');
    return does;
  }

  /** A member that has gone is noticed at once, or late. */
  sessionTimeoutMs(): number {
    return this.random.below(PAUSE_MAX_MS);
  }

  private isTroubled(): boolean {
    return this.city !== undefined && this.city.world.nowMs - START_MS < TROUBLE_MS;
  }

  private disturb(): void {
    const city = this.city as City;
    const trouble = this.draw([
      ['paused', CHANCES.pause],
      ['jumped', CHANCES.jump],
      ['assignment lost', CHANCES.lostAssignment],
      ['replaced', CHANCES.replacement],
    ]);
    if (!trouble) return;
    if (trouble !== 'jumped' && city.members.length === 0) return;
    this.count(trouble);
    city.world.note(trouble);
    if (trouble === 'jumped') return city.world.jump(this.random.below(PAUSE_MAX_MS));
    const member = this.random.oneOf(city.members);
    if (trouble === 'paused') city.pause(member, this.random.below(PAUSE_MAX_MS));
    else if (trouble === 'assignment lost') city.loseAssignment(member, this.random.below(PAUSE_MAX_MS));
    else city.replace(member);
  }

  private takeOver(process: SimulatedProcess): void {
    const member = this.city?.members.find((one) => one.process === process);
    if (!member) return;
    this.count('taken over with a batch in hand');
    this.city?.loseAssignment(member, this.random.below(PAUSE_MAX_MS));
  }

  private draw<Kind extends string>(chances: readonly (readonly [Kind, number])[]): Kind | undefined {
    let left = this.random.fraction();
    return chances.find(([, chance]) => (left -= chance) < 0)?.[0];
  }

  private count(trouble: string): void {
    this.troubles.set(trouble, (this.troubles.get(trouble) ?? 0) + 1);
  }
}
