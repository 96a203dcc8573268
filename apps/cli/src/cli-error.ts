/** 1: what was asked for did not hold. 2: it was not asked for rightly. 130: interrupted. */
export type ExitCode = 0 | 1 | 2 | 130;

/** Ends the command with one sentence for the person who typed it. */
export class CliError extends Error {
  constructor(
    message: string,
    readonly exitCode: ExitCode = 2,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'CliError';
  }
}
