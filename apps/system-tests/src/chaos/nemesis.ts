import type { City } from '../test-city.js';
import type { NetworkFaults } from '../proxy/fault-proxy.js';
import { pause } from '../service-process.js';
import type { DisturbedLine } from './disturbed-lines.js';
import type { PoisonedKeys } from './poisoned-keys.js';
import { Replicas } from './replicas.js';
import { chosen, plannedFaults, type FaultKind, type PlannedFault, type Shares } from './schedule.js';
import type { SumsLoad } from './sums-load.js';
import type { Supervisor } from './supervisor.js';

/** Longer than the leases of the event log (4 s) and of the relay (5 s). */
const PAUSE_MS = { least: 4_500, most: 8_000 };
/** On Kafka also longer than the session of a consumer (10 s). */
const PAUSE_WITH_KAFKA_MS = { least: 5_500, most: 13_000 };
const AWAY_MS = { least: 200, most: 1_500 };
const LINE_FAULT_MS = { least: 1_000, most: 6_000 };
const LATENCY_MS = { least: 50, most: 800 };
const LOST_ANSWERS_MAX = 3;
const LOST_WITHIN_MS = 20_000;

interface Range {
  readonly least: number;
  readonly most: number;
}

export interface NemesisParts {
  readonly city: City;
  readonly supervisor: Supervisor;
  /** Processes whose clock can be moved by a signal. */
  readonly shiftable: readonly string[];
  readonly poison: PoisonedKeys;
  readonly sums: SumsLoad;
  readonly lines: readonly DisturbedLine[];
}

/** Does to the city what the schedule says. Faults overlap: none waits for the end of another. */
export class Nemesis {
  /** Faults that took hold, by kind. */
  readonly injected = new Map<FaultKind, number>();
  /** Faults that are still being done. */
  private readonly inProgress = new Set<Promise<unknown>>();
  private isDatabaseUp = true;
  private isBrokerUp = true;
  private readonly replicas: Replicas;

  constructor(private readonly parts: NemesisParts) {
    this.replicas = new Replicas([...parts.city.spares.values()], parts.supervisor);
  }

  get total(): number {
    return [...this.injected.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Injects until this number of faults took hold, or the time is up. */
  async run(
    seed: number,
    { shares, count, untilMs }: { shares: Shares; count: number; untilMs: number },
  ): Promise<void> {
    for (const fault of plannedFaults(seed, shares)) {
      if (this.total >= count || performance.now() > untilMs) return;
      await pause(fault.afterMs);
      this.attempt(fault);
    }
  }

  /** Takes back everything that can be taken back, and resolves when every process is ready. */
  async heal(): Promise<void> {
    const { city, supervisor } = this.parts;
    this.replicas.end();
    await Promise.all(this.inProgress);
    for (const one of [...city.processes.values(), ...city.spares.values()]) one.resume();
    await this.replicas.leaveAll();
    await supervisor.untilAllReady();
  }

  private attempt(fault: PlannedFault): void {
    const done = this.inject(fault);
    if (done === undefined) return;
    const work: Promise<void> = done
      .then((kind) => {
        if (kind) this.injected.set(kind, (this.injected.get(kind) ?? 0) + 1);
      })
      .finally(() => this.inProgress.delete(work));
    this.inProgress.add(work);
  }

  /** The kind of what took hold, once it did; undefined when there was nothing to take hold of. */
  private inject(fault: PlannedFault): Promise<FaultKind | undefined> | undefined {
    const { kind } = fault;
    switch (kind) {
      case 'kill':
        return this.kill(fault);
      case 'pause':
        return this.hold(fault);
      case 'sums-kill':
      case 'sums-pause':
        return this.disturbSums(fault);
      case 'database-crash':
        return this.crashDatabase(fault);
      case 'broker-kill':
        return this.killBroker(fault);
      case 'replica-joins':
      case 'replica-leaves':
        // Whichever was drawn: one that is there can only go.
        return this.replicas.move(fault.victim, fault.strength < 0.5 ? 'SIGTERM' : 'SIGKILL');
      case 'rebalance-storm':
        return this.storm(fault);
      case 'clock-jump':
        return this.jump(fault);
      case 'poison':
        return this.parts.poison.send(fault.victim).then((isSent) => (isSent ? kind : undefined));
      case 'database-latency':
      case 'database-reset':
      case 'database-black-hole':
      case 'database-half-open':
      case 'database-commit-answer-lost':
        return this.disturb('database', fault);
      case 'log-latency':
      case 'log-reset':
      case 'log-black-hole':
      case 'log-half-open':
      case 'log-append-answer-lost':
        return this.disturb('log', fault);
    }
  }

  private async kill({ kind, victim }: PlannedFault): Promise<FaultKind | undefined> {
    const { supervisor } = this.parts;
    const one = chosen(supervisor.victims(), victim);
    return one && supervisor.kill(one) ? kind : undefined;
  }

  /** The fault has taken hold when the process stands still; that it goes on later is waited for apart. */
  private async hold({ kind, victim, strength }: PlannedFault): Promise<FaultKind | undefined> {
    const range = this.parts.city.kafka ? PAUSE_WITH_KAFKA_MS : PAUSE_MS;
    const one = chosen(
      this.parts.supervisor.victims().filter(({ isPaused }) => !isPaused),
      victim,
    );
    if (!one?.pause()) return undefined;
    const { pid } = one;
    setTimeout(() => one.pid === pid && one.resume(), within(range, strength));
    return kind;
  }

  private async disturbSums({ kind, victim, strength }: PlannedFault): Promise<FaultKind | undefined> {
    const { sums } = this.parts;
    const tookHold = kind === 'sums-kill' ? sums.kill(victim) : sums.hold(victim, within(PAUSE_MS, strength));
    return tookHold ? kind : undefined;
  }

  private async crashDatabase({ kind, strength }: PlannedFault): Promise<FaultKind | undefined> {
    if (!this.isDatabaseUp || this.parts.supervisor.victims().length === 0) return undefined;
    this.isDatabaseUp = false;
    await this.parts.city.postgres.kill();
    await pause(within(AWAY_MS, strength));
    await this.parts.city.postgres.restart();
    this.isDatabaseUp = true;
    return kind;
  }

  private async killBroker({ kind, strength }: PlannedFault): Promise<FaultKind | undefined> {
    const { kafka } = this.parts.city;
    if (!kafka || !this.isBrokerUp) return undefined;
    this.isBrokerUp = false;
    await kafka.kill();
    await pause(within(AWAY_MS, strength));
    await kafka.restart();
    this.isBrokerUp = true;
    return kind;
  }

  private async storm({ kind, victim }: PlannedFault): Promise<FaultKind | undefined> {
    return (await this.replicas.storm(victim)) ? kind : undefined;
  }

  private async jump({ kind, victim }: PlannedFault): Promise<FaultKind | undefined> {
    const { supervisor, shiftable } = this.parts;
    // One that still starts may not know the signal yet, and would end of it.
    const candidates = supervisor
      .victims()
      .filter(({ options: { name }, isPaused }) => shiftable.includes(name) && !isPaused);
    return chosen(candidates, victim)?.signal('SIGUSR2') ? kind : undefined;
  }

  private async disturb(
    to: DisturbedLine['to'],
    { kind, victim, strength }: PlannedFault,
  ): Promise<FaultKind | undefined> {
    // Where nobody is connected, nothing can be broken.
    const line = chosen(
      this.parts.lines.filter((one) => one.to === to && one.faults.openConnections > 0),
      victim,
    );
    if (!line) return undefined;
    const { faults } = line;
    const forMs = within(LINE_FAULT_MS, strength);
    if (kind.endsWith('answer-lost')) {
      const lost = await this.loseAnswers(faults, 1 + Math.floor(strength * LOST_ANSWERS_MAX));
      return lost ? kind : undefined;
    }
    if (kind.endsWith('reset')) faults.reset();
    else if (kind.endsWith('latency')) this.untilOver(faults.latency(within(LATENCY_MS, victim), forMs));
    else if (kind.endsWith('black-hole')) this.untilOver(faults.blackHole(forMs));
    else this.untilOver(faults.halfOpen(forMs));
    return kind;
  }

  /** Whether an answer was lost before nobody waits for it any more: a process that is paused commits nothing. */
  private async loseAnswers(faults: NetworkFaults, count: number): Promise<boolean> {
    const asked = faults.dropResponses(count);
    const isDone = await Promise.race([asked.then((lost) => lost > 0), pause(LOST_WITHIN_MS).then(() => false)]);
    return isDone;
  }

  /** A fault that lasts counts when it begins; healing waits for its end. */
  private untilOver(fault: Promise<void>): void {
    const over: Promise<void> = fault.finally(() => this.inProgress.delete(over));
    this.inProgress.add(over);
  }
}

function within({ least, most }: Range, strength: number): number {
  return Math.round(least + strength * (most - least));
}
