import type { SumsOrder } from '../sums/run-sums.js';

/** A change of the code below one mark in the libraries, which survives that files and names get other names. */
export interface Patch {
  /** The code stands below the comment `mutant: <mark>`. */
  readonly mark: string;
  /** Occurs once in that code; unless given, all of it is replaced. */
  readonly find?: string;
  readonly replace: string;
}

/** How the sums are disturbed while they run on a mutant. */
export interface SumsTrial extends Omit<SumsOrder, 'seed'> {
  readonly on: 'sums';
}

/** Records are appended to Kafka by hand, through a proxy that drops answers. */
export interface AppendTrial {
  readonly on: 'kafka-appends';
}

/** A copy of the libraries with one rule broken. A checker that does not notice proves nothing. */
export interface Mutant {
  readonly name: string;
  /** The rule that is broken, as a sentence. */
  readonly rule: string;
  readonly patches: readonly Patch[];
  readonly trial: SumsTrial | AppendTrial;
  /** Names of checks; at least one of them must fail. */
  readonly caughtBy: readonly string[];
}
