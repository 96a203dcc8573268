import { Simulation } from './simulation.js';
import type { LogCharacter } from './simulated-log.js';
import type { Outcome } from './world.js';

const CHARACTERS: readonly LogCharacter[] = ['drops duplicates', 'keeps duplicates'];
/** Some hundred runs, on a machine that may be busy with something else. */
const TIMEOUT_MS = 900_000;

let simulation: Simulation;

beforeAll(async () => {
  simulation = await Simulation.start();
}, TIMEOUT_MS);
afterAll(() => simulation?.stop());

describe.each(CHARACTERS)('at every point where a process waits, on a log that %s,', (character) => {
  let points: number;

  it('everything works when nothing goes wrong', async () => {
    const { findings, city } = await simulation.inOrder(-1, 'goes on', { character });
    expect(findings).toEqual([]);
    expect(city.clients.ledger.every(({ acknowledgedAt }) => acknowledgedAt !== undefined)).toBe(true);
    points = city.world.points;
    expect(points).toBeGreaterThan(100);
  });

  /** One run per point, in which this happens there. Returns what was violated, and where. */
  async function sweep(outcome: Outcome, meaning: string): Promise<string[]> {
    const violations: string[] = [];
    let reached = 0;
    for (let at = 0; at < points; at++) {
      const { findings, faults } = await simulation.inOrder(at, outcome, { character });
      const { process, when, what } = faults.struck ?? {};
      if (process) reached++;
      for (const finding of findings) violations.push(`point ${at}, ${process?.name} ${when} ${what}: ${finding}`);
    }
    process.stdout.write(`${reached} of ${points} points swept, on a log that ${character}: ${meaning}\n`);
    expect(reached).toBe(points);
    return violations;
  }

  it(
    'a crash loses, doubles and reorders nothing, and leaves nothing stuck',
    async () => {
      expect(await sweep('crashes', 'the process crashes')).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    'neither does a lost request or a lost answer',
    async () => {
      expect(await sweep('is lost', 'the connection breaks')).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
