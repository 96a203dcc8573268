import type { ExitCode } from './cli-error.js';
import type { Terminal } from './terminal.js';

/** One thing that `tiepsuc` can do. */
export interface Command {
  readonly name: string;
  /** How it is called, one line per form. */
  readonly usage: readonly string[];
  readonly meaning: string;
  /** @throws CliError with the sentence that the person gets. */
  run(args: readonly string[], terminal: Terminal): Promise<ExitCode>;
}
