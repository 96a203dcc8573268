import { kafkaAvailability } from '@tiepsuc/kafka';
import type { BenchOptions } from './bench-options.js';
import { rowsOf, type Reading } from './bench-row.js';
import { MachineUse } from './machine-use.js';
import type { Part } from './part.js';
import { PARTS } from './parts.js';
import type { Surroundings } from './surroundings.js';

/** What a run measures with, and how it tells. */
export interface Run {
  readonly surroundings: Surroundings;
  readonly options: BenchOptions;
  readonly say: (line: string) => void;
}

/** How much others took part in what a part measured. */
export interface Disturbance {
  readonly part: string;
  /** Share of all CPUs that programs used which are none of the bench's, 0 to 1. */
  readonly others: number;
}

export interface Found {
  /** Of each round, and of each part that is measured once. */
  readonly readings: readonly (readonly Reading[])[];
  readonly disturbed: readonly Disturbance[];
}

/** Above this the figures are those of other programs too. */
const QUIET = 0.05;

/**
 * Everything that was asked for: what belongs into each round, one after the other, so that a machine that slows down
 * slows all of them down; then what is measured once. Returns what each round found.
 */
export async function runParts({ surroundings, options, say }: Run): Promise<Found> {
  const chosen = await chosenParts(options, say);
  const found: Reading[][] = [];
  const disturbed: Disturbance[] = [];
  const measure = async (part: Part, label: string): Promise<void> => {
    const tell = (line: string): void => say(`${label}: ${line}`);
    const known = (row: string): number | undefined =>
      rowsOf(found).find(({ name, ours }) => name === row && ours !== null)?.ours ?? undefined;
    const use = await MachineUse.begin();
    const readings = await part.measure({ surroundings, options, tell, known });
    for (const reading of readings) tell(spoken(reading));
    const others = await use.others();
    if (others !== undefined) {
      disturbed.push({ part: label, others });
      if (others > QUIET) tell(`other programs used ${(others * 100).toFixed(0)} % of this machine meanwhile`);
    }
    found.at(-1)?.push(...readings);
  };
  const inRounds = chosen.filter(({ when }) => when === 'each round');
  for (let n = 1; n <= (inRounds.length > 0 ? options.rounds : 0); n++) {
    found.push([]);
    for (const part of inRounds) await measure(part, `round ${n} of ${options.rounds}, ${part.name}`);
    await surroundings.stopBroker();
  }
  for (const part of chosen.filter(({ when }) => when !== 'each round')) {
    found.push([]);
    await measure(part, part.name);
    await surroundings.stopBroker();
  }
  return { readings: found, disturbed };
}

/** The parts that were named, else those that a run of this length has and this machine can do. */
async function chosenParts({ only, isQuick }: BenchOptions, say: Run['say']): Promise<readonly Part[]> {
  if (only) return PARTS.filter(({ name }) => only.includes(name));
  const usual = PARTS.filter(({ when }) => when === 'each round' || (when === 'once' && !isQuick));
  const kafka = await kafkaAvailability();
  if (kafka.available) return usual;
  const left = usual.filter(({ needsKafka }) => needsKafka).map(({ name }) => name);
  say(`NOT MEASURED: ${left.join(', ')}, because Apache Kafka cannot run here: ${kafka.reason}`);
  return usual.filter(({ needsKafka }) => !needsKafka);
}

function spoken({ name, unit, ours, limit, tutorial, p99 }: Reading): string {
  const figure = ours ?? tutorial ?? limit ?? 0;
  const rounded = figure >= 100 ? Math.round(figure).toLocaleString('en-US') : figure.toFixed(2);
  const whose = ours === undefined && tutorial !== undefined ? ' (tutorial)' : '';
  return `${name}${whose} ${rounded} ${unit}${p99 === undefined ? '' : `, p99 ${p99.toFixed(1)} ms`}`;
}
