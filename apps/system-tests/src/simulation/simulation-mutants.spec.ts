import { mutants } from './simulation-mutants.js';
import { Simulation } from './simulation.js';

/** Every mutant is caught much earlier; the run says by which seed. */
const SEEDS_MAX = 100;
const TIMEOUT_MS = 600_000;

const expected: readonly (readonly [string, string])[] = [
  ['answers before the COMMIT', 'lost'],
  ['takes a record out of the outbox before the log has it', 'lost'],
  ['sends the records of a batch at the same time', 'reordered'],
  ['appends what the log already has', 'doubled'],
  ['moves the offset before the effect', 'lost'],
  ['moves the offset after the effect', 'doubled'],
];

describe('the checks notice a system that', () => {
  let simulation: Simulation;

  beforeAll(async () => {
    simulation = await Simulation.start();
  }, TIMEOUT_MS);
  afterAll(() => simulation?.stop());

  it('has any of the mutants', () => {
    expect(expected.map(([name]) => name)).toEqual(Object.keys(mutants));
  });

  it.each(expected)(
    '%s',
    async (name, kind) => {
      for (let seed = 1; seed <= SEEDS_MAX; seed++) {
        const { findings } = await simulation.seeded(seed, {
          character: 'drops duplicates',
          substitutes: mutants[name],
        });
        const found = findings.find((finding) => finding.startsWith(`${kind}:`));
        if (!found) continue;
        process.stdout.write(`${name}: seed ${seed}, ${findings.length} findings, ${found}\n`);
        return;
      }
      throw new Error(`no seed of ${SEEDS_MAX} has noticed anything ${kind}`);
    },
    TIMEOUT_MS,
  );
});
