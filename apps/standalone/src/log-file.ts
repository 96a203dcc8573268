import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

const SIZE_MAX_BYTES = 16 * 1024 * 1024;

/** Where a service's log lines go: a file of limited size, and the one before it as `….1`. Written at once, line by line. */
export class LogFile {
  private file: number;
  private sizeBytes: number;

  constructor(
    readonly path: string,
    private readonly sizeMaxBytes = SIZE_MAX_BYTES,
  ) {
    mkdirSync(dirname(path), { recursive: true });
    this.file = openSync(path, 'a', 0o600);
    this.sizeBytes = fstatSync(this.file).size;
  }

  write(line: string): void {
    if (this.sizeBytes > this.sizeMaxBytes) this.turnOver();
    this.sizeBytes += writeSync(this.file, line);
  }

  private turnOver(): void {
    closeSync(this.file);
    renameSync(this.path, `${this.path}.1`);
    this.file = openSync(this.path, 'a', 0o600);
    this.sizeBytes = 0;
  }
}
