const PLAIN_EVERY_MS = 5_000;
const COLUMNS_UNLESS_TOLD = 100;
const CLEAR_LINE = '\r\u001b[2K';

/** Where progress is written: a terminal keeps one line, anything else gets a line every five seconds. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** One line that says how far a long work is. */
export class Progress {
  private lastMs = -Infinity;
  private isShown = false;

  constructor(
    private readonly terminal: Terminal,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Shows how things stand now. */
  show(line: string): void {
    if (this.terminal.isTTY) {
      const width = (this.terminal.columns ?? COLUMNS_UNLESS_TOLD) - 1;
      this.terminal.write(`${CLEAR_LINE}${[...line].slice(0, width).join('')}`);
      this.isShown = true;
    } else if (this.now() - this.lastMs >= PLAIN_EVERY_MS) {
      this.lastMs = this.now();
      this.terminal.write(`${line}\n`);
    }
  }

  /** Takes the line away, for something that is to stay. */
  clear(): void {
    if (this.isShown) this.terminal.write(CLEAR_LINE);
    this.isShown = false;
  }
}
