/** Where a command reads its surroundings and writes what it found. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Fires when the person wants to stop. */
  readonly signal: AbortSignal;
  /** One line of the result. */
  print(line: string): void;
  /** One line about how far it is; not part of the result. */
  note(line: string): void;
}
