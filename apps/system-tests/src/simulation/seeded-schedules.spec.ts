import { Simulation } from './simulation.js';
import type { LogCharacter } from './simulated-log.js';

const SEEDS = 30;
const TIMEOUT_MS = 3_600_000;
const CHARACTERS: readonly LogCharacter[] = ['drops duplicates', 'keeps duplicates'];

/** `SIMULATION_SEED` runs that one again and shows what happened when it fails; `SIMULATION_SEEDS` runs so many. */
function seeds(): number[] {
  const { SIMULATION_SEED, SIMULATION_SEEDS } = process.env;
  if (SIMULATION_SEED) return [Number(SIMULATION_SEED)];
  return Array.from({ length: Number(SIMULATION_SEEDS ?? SEEDS) }, (_, n) => n + 1);
}

describe('processes that run, wait, crash and come back in any order', () => {
  let simulation: Simulation;

  beforeAll(async () => {
    simulation = await Simulation.start();
  }, TIMEOUT_MS);
  afterAll(() => simulation?.stop());

  it.each(CHARACTERS)(
    'lose, double and reorder nothing on a log that %s',
    async (character) => {
      const violations: string[] = [];
      const counts = new Map<string, number>();
      const count = (what: string, n: number) => counts.set(what, (counts.get(what) ?? 0) + n);
      for (const seed of seeds()) {
        const { findings, city, faults } = await simulation.seeded(seed, { character });
        for (const finding of findings) violations.push(`SIMULATION_SEED=${seed}: ${finding}`);
        if (findings.length > 0 && process.env.SIMULATION_SEED)
          process.stdout.write(`${city.world.trace.join('\n')}\n`);
        for (const [trouble, n] of faults.troubles) count(trouble, n);
        for (const [what, n] of Object.entries(city.fenced)) count(`${what} of a zombie fenced`, n);
        count('steps', city.steps);
        count('acknowledged', city.clients.ledger.filter(({ acknowledgedAt }) => acknowledgedAt !== undefined).length);
      }
      const report = [...counts].map(([what, n]) => `${n} ${what}`);
      process.stdout.write(`${seeds().length} seeds, a log that ${character}: ${report.join(', ')}\n`);
      expect(violations).toEqual([]);
      // One seed alone may be a quiet one; many without a zombie would prove nothing about zombies.
      if (seeds().length >= SEEDS) expect(counts.get('batch of a zombie fenced')).toBeGreaterThan(0);
    },
    3_600_000,
  );

  it(
    'do exactly the same again with the same seed',
    async () => {
      const [seed = 1] = seeds();
      const first = await simulation.seeded(seed, { character: 'drops duplicates' });
      const again = await simulation.seeded(seed, { character: 'drops duplicates' });
      expect(again.city.world.trace).toEqual(first.city.world.trace);
      const other = await simulation.seeded(seed + 1, { character: 'drops duplicates' });
      expect(other.city.world.trace).not.toEqual(first.city.world.trace);
    },
    TIMEOUT_MS,
  );
});
