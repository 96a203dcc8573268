import { findingsIn, type Finding } from './simulation-checks.js';
import { City, type CityOptions } from './simulated-city.js';
import { InOrder, Seeded, TROUBLE_MS } from './fault-schedule.js';
import { SeededRandom } from './random.js';
import { DATABASES, numbered, tellOfAddition, type Addition } from './additions.js';
import { SimulatedPostgres } from './simulated-postgres.js';
import { virtualTime } from './virtual-time.js';
import type { Outcome } from './world.js';

/** How a run ended, and what was found. */
export interface Verdict {
  readonly findings: readonly Finding[];
  readonly city: City;
}

type Setting = Pick<CityOptions, 'character' | 'substitutes'>;

/** When the group notices a crash, where nothing else is said. */
const SESSION_TIMEOUT_MS = 3_000;
const LEGS = 5;
const QUEUES = 4;
const ADDITIONS_PER_QUEUE = 6;

/**
 * The real journal, relay, reaction server and fenced reader, on a real PostgreSQL in memory and the memory event log,
 * in a time and an order that are made up. One of these serves any number of runs, one after the other.
 */
export class Simulation {
  private city: City | undefined;
  private readonly giveTimeBack: () => void;

  private constructor(private readonly server: SimulatedPostgres) {
    this.giveTimeBack = virtualTime(() => {
      if (!this.city) throw new Error('no run has begun');
      return this.city.world;
    });
  }

  static async start(): Promise<Simulation> {
    const server = await SimulatedPostgres.start();
    for (const database of DATABASES) await server.create(database);
    return new Simulation(server);
  }

  async stop(): Promise<void> {
    this.giveTimeBack();
    await this.server.stop();
  }

  /** One process per service, everything in order; at the point with number `at`, `outcome` strikes. None: -1. */
  async inOrder(at: number, outcome: Outcome, setting: Setting): Promise<Verdict & { readonly faults: InOrder }> {
    const faults = new InOrder(at, outcome);
    const chances = { sessionTimeoutMs: () => SESSION_TIMEOUT_MS, redelivers: () => false };
    const city = new City({ ...this.parts(setting), ...chances, faults, replicas: 1 });
    return { ...(await this.run(city, { queues: fewAdditions(), troubledUntilMs: 0 })), faults };
  }

  /** Two processes per service; the seed decides everything. */
  async seeded(seed: number, setting: Setting): Promise<Verdict & { readonly faults: Seeded }> {
    const faults = new Seeded(seed);
    const chances = { sessionTimeoutMs: () => faults.sessionTimeoutMs(), redelivers: () => faults.redelivers() };
    const city = new City({ ...this.parts(setting), ...chances, faults, replicas: 2 });
    faults.city = city;
    return { ...(await this.run(city, { queues: manyAdditions(seed), troubledUntilMs: TROUBLE_MS })), faults };
  }

  private parts(setting: Setting) {
    return { server: this.server, reactions: [tellOfAddition], ...setting };
  }

  private async run(
    city: City,
    { queues, troubledUntilMs }: { queues: Addition[][]; troubledUntilMs: number },
  ): Promise<Verdict> {
    this.city = city;
    await this.server.reset(city.world);
    const isQuiet = await city.run(queues, troubledUntilMs);
    return { city, findings: await findingsIn(city, isQuiet) };
  }
}

/** Three queues on three legs that cross, and one leg that is new. */
function fewAdditions(): Addition[][] {
  const crossing = [0, 1, 2].map((queue) =>
    [0, 1].map((n) => addition(queue * 2 + n, { key: numbered(2, (queue + n) % 3), isSentTwice: queue === 2 })),
  );
  return [...crossing, [addition(6, { key: numbered(3, 0), isFresh: true })]];
}

function manyAdditions(seed: number): Addition[][] {
  // Apart from the one that makes trouble, so that the same requests meet the same trouble whatever is drawn here.
  const random = new SeededRandom(~seed);
  return Array.from({ length: QUEUES }, (_, queue) =>
    Array.from({ length: ADDITIONS_PER_QUEUE }, (__, n) => {
      const id = queue * ADDITIONS_PER_QUEUE + n;
      if (random.happens(0.2)) return addition(id, { key: numbered(3, id), isFresh: true });
      return addition(id, { key: numbered(2, random.below(LEGS)), isSentTwice: random.happens(0.15) });
    }),
  );
}

function addition(n: number, more: Pick<Addition, 'key'> & Partial<Addition>): Addition {
  return { id: numbered(1, n), amount: 1 + ((n * 37) % 100), isFresh: false, isSentTwice: false, ...more };
}
