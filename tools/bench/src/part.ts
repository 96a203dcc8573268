import type { BenchOptions } from './bench-options.js';
import type { Reading } from './bench-row.js';
import type { Surroundings } from './surroundings.js';

/** What a part of the bench has at hand. */
export interface PartContext {
  readonly surroundings: Surroundings;
  readonly options: BenchOptions;
  /** Tells the person who watches. */
  readonly tell: (line: string) => void;
  /** Our figure of a row, the median of what this run has found so far; undefined when it was not measured. */
  readonly known: (row: string) => number | undefined;
}

/** A part of the bench that can be run by itself. */
export interface Part {
  readonly name: string;
  readonly meaning: string;
  /** In turn with others in every round, once after the rounds, or only when it is named. */
  readonly when: 'each round' | 'once' | 'when named';
  /** Left out where no Kafka can be started, unless it is named. */
  readonly needsKafka?: boolean;
  measure(context: PartContext): Promise<Reading[]>;
}
