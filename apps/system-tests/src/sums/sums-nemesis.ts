import type { Random } from '@tiepsuc/city/samples';
import type { FaultProxy } from '../proxy/fault-proxy.js';
import { pause } from '../service-process.js';
import type { Crash, Orders } from './commanded-log.js';
import { HOT_KEYS } from './increments.js';
import type { RoleProcess } from './role-process.js';
import type { SumsRole } from './role-setting.js';
import type { Sums } from './sums-processes.js';

/** Every way in which the sums are disturbed, and how often it is chosen compared with the others. */
const WEIGHTS = {
  /** A process is killed without warning and started again. */
  kill: 6,
  /** A process stands still for longer than its lease. */
  hold: 3,
  /** A relay dies with records in hand that the log has not got. */
  'crash-before-append': 1,
  /** A relay dies between the log's acknowledgement and the deletion of the outbox rows. */
  'crash-after-append': 2,
  /** A relay stands still for longer than its lease, with records in hand. */
  'stall-before-append': 2,
  /** A consumer stands still for longer than its lease, with a batch in hand, and its successor is slow to begin. */
  'stall-before-batch': 3,
  /** PostgreSQL ends at once and starts again. */
  postgres: 2,
  latency: 1,
  reset: 2,
  'black-hole': 1,
  'half-open': 1,
  /** What was asked for is done, and nobody is told: COMMIT or Produce. */
  'drop-responses': 4,
  /** Bytes are late, and then the connections break: what was on its way never arrives. */
  'late-then-reset': 2,
  /** A key cannot be handled any more, until the end of the run. */
  poison: 1,
} as const;

export type SumsFault = keyof typeof WEIGHTS;

type NetworkFault = 'latency' | 'reset' | 'black-hole' | 'half-open' | 'drop-responses' | 'late-then-reset';

export interface SumsSurroundings {
  restartPostgres(): Promise<void>;
  /** The ways to PostgreSQL that are disturbed. */
  readonly proxies: readonly FaultProxy[];
}

const GAP_LEAST_MS = 250;
const GAP_SPREAD_MS = 500;
const RELAUNCH_AFTER_MS = 200;
const LEASES_LONG = 2;
const STALL_LEASES = 1.5;
const SUCCESSOR_LEASES = 0.9;
const SHORT_FAULT_MS = 700;
const LATENCY_MS = 120;
const LATE_MS = 300;
const DROPS = 2;
const POISONED_MAX = 2;
/** An order that nothing has come up for until then is not waited for any longer. */
const ORDER_WITHIN_MS = 4_000;

/** Disturbs the sums with faults that a seed draws, several of which can last at the same time. */
export class SumsNemesis {
  /** Faults that were done, by kind. */
  readonly done = new Map<SumsFault, number>();
  private readonly lasting = new Set<Promise<void>>();
  /** Stalls that are ordered and not yet over; to be called when one is. */
  private readonly stalls = new Map<keyof Orders, () => void>();
  private readonly leaseMs: number;
  private readonly kinds: readonly SumsFault[];
  private readonly untried: SumsFault[];

  constructor(
    private readonly sums: Sums,
    private readonly surroundings: SumsSurroundings,
    private readonly options: {
      readonly random: Random;
      readonly kinds: readonly SumsFault[];
      readonly leaseMs: number;
    },
  ) {
    this.leaseMs = options.leaseMs;
    this.kinds = options.kinds.length > 0 ? options.kinds : (Object.keys(WEIGHTS) as SumsFault[]);
    this.untried = [...this.kinds];
    for (const one of sums.processes) one.onDone = ({ order }) => this.countOrder(order);
  }

  get total(): number {
    return [...this.done.values()].reduce((sum, n) => sum + n, 0);
  }

  /** Resolves when this number of faults was done and everything is healed again. */
  async disturb(faults: number): Promise<void> {
    while (this.total < faults) {
      await this.inflict(this.draw());
      await pause(GAP_LEAST_MS + this.options.random() * GAP_SPREAD_MS);
    }
    await Promise.all(this.lasting);
    for (const one of this.sums.processes) if (one.pid === undefined) one.launch();
  }

  /** Each kind once, so that none is missed, then by weight. */
  private draw(): SumsFault {
    const [next] = this.untried.splice(Math.floor(this.options.random() * this.untried.length), 1);
    if (next) return next;
    let rest = this.options.random() * this.kinds.reduce((sum, kind) => sum + WEIGHTS[kind], 0);
    for (const kind of this.kinds) if ((rest -= WEIGHTS[kind]) < 0) return kind;
    return this.kinds[0] as SumsFault;
  }

  private async inflict(kind: SumsFault): Promise<void> {
    const holdMs = this.leaseMs * LEASES_LONG;
    switch (kind) {
      case 'kill':
        return this.kill(this.victim());
      case 'hold':
        return this.last(kind, this.hold(this.victim('relay', 'consumer'), holdMs));
      case 'crash-before-append':
        return this.orderToDie(kind, 'crashBeforeAppend');
      case 'crash-after-append':
        return this.orderToDie(kind, 'crashAfterAppend');
      case 'stall-before-append':
        return this.stall('relay', 'stallBeforeAppendMs', holdMs);
      case 'stall-before-batch':
        return this.stall('consumer', 'stallBeforeBatchMs', this.leaseMs * STALL_LEASES);
      case 'postgres':
        await this.surroundings.restartPostgres();
        return this.count(kind);
      case 'poison':
        return this.poison();
      default:
        return this.disturbNetwork(kind, this.pick(this.surroundings.proxies));
    }
  }

  private disturbNetwork(kind: NetworkFault, { faults }: FaultProxy): void {
    switch (kind) {
      case 'latency':
        return this.last(kind, faults.latency(LATENCY_MS, SHORT_FAULT_MS));
      case 'reset':
        faults.reset();
        return this.count(kind);
      case 'black-hole':
        return this.last(kind, faults.blackHole(SHORT_FAULT_MS));
      case 'half-open':
        return this.last(kind, faults.halfOpen(SHORT_FAULT_MS));
      case 'late-then-reset':
        void faults.latency(LATE_MS, SHORT_FAULT_MS);
        return this.last(
          kind,
          pause(SHORT_FAULT_MS).then(() => faults.reset()),
        );
      case 'drop-responses': {
        const dropping = faults.dropResponses(DROPS).then((dropped) => this.count(kind, dropped));
        return this.keep(Promise.race([dropping, pause(ORDER_WITHIN_MS)]));
      }
    }
  }

  private async kill(victim: RoleProcess | undefined): Promise<void> {
    if (!victim) return;
    await victim.kill();
    this.count('kill');
    this.relaunchSoon(victim);
  }

  private async hold(victim: RoleProcess | undefined, ms: number): Promise<void> {
    if (!victim) return;
    victim.hold();
    await pause(ms);
    victim.release();
  }

  /**
   * No other process of the role is stalled until it is over: one must take over what the victim holds, or nothing is
   * fenced. Consumers that take over have claimed and not yet read when the victim goes on with what it had in hand.
   */
  private stall(role: 'relay' | 'consumer', order: keyof typeof FAULT_OF, ms: number): void {
    const victim = this.stalls.has(order) ? undefined : this.victim(role);
    if (!victim) return;
    const tellOthers = (successorMs: number) => {
      for (const other of this.sums.of('consumer'))
        if (other !== victim) other.tell({ tell: 'order', order: 'stallAfterClaimMs', ms: successorMs });
    };
    const done = new Promise<void>((resolve) => this.stalls.set(order, resolve));
    victim.tell({ tell: 'order', order, ms });
    if (role === 'consumer') tellOthers(this.leaseMs * SUCCESSOR_LEASES);
    this.keep(
      Promise.race([done, pause(ORDER_WITHIN_MS)]).then(() => {
        victim.tell({ tell: 'order', order, ms: 0 });
        if (role === 'consumer') tellOthers(0);
        this.stalls.delete(order);
      }),
    );
  }

  private orderToDie(kind: SumsFault, order: Crash): void {
    const victim = this.victim('relay');
    if (!victim) return;
    victim.mayDie = true;
    victim.tell({ tell: 'order', order });
    const died = victim.untilGone().then(() => {
      this.count(kind);
      this.relaunchSoon(victim);
    });
    this.keep(Promise.race([died, pause(ORDER_WITHIN_MS)]));
  }

  private poison(): void {
    if (this.sums.poisoned.size >= POISONED_MAX) return;
    this.sums.poison(this.pick(HOT_KEYS));
    this.count('poison');
  }

  private relaunchSoon(victim: RoleProcess): void {
    this.keep(pause(RELAUNCH_AFTER_MS).then(() => (victim.pid === undefined ? victim.launch() : undefined)));
  }

  /** One that can be disturbed now; at least one of each role is left alone. */
  private victim(...roles: SumsRole[]): RoleProcess | undefined {
    const awake = this.sums.processes.filter((one) => one.isAwake && (roles.length === 0 || roles.includes(one.role)));
    return awake.length === 0 ? undefined : this.pick(awake);
  }

  private pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.options.random() * items.length)] as Item;
  }

  private last(kind: SumsFault, fault: Promise<unknown>): void {
    this.count(kind);
    this.keep(fault);
  }

  private keep(work: Promise<unknown>): void {
    const kept: Promise<void> = work.then(() => void this.lasting.delete(kept));
    this.lasting.add(kept);
  }

  private countOrder(order: keyof Orders): void {
    if (!isFault(order)) return;
    this.count(FAULT_OF[order]);
    this.stalls.get(order)?.();
  }

  private count(kind: SumsFault, by = 1): void {
    this.done.set(kind, (this.done.get(kind) ?? 0) + by);
  }
}

/** Stalling after a claim is a part of stalling before a batch; dying is seen from outside. */
const FAULT_OF = {
  stallBeforeAppendMs: 'stall-before-append',
  stallBeforeBatchMs: 'stall-before-batch',
} as const satisfies Partial<Record<keyof Orders, SumsFault>>;

function isFault(order: keyof Orders): order is keyof typeof FAULT_OF {
  return order in FAULT_OF;
}
