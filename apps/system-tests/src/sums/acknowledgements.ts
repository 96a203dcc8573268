import { open, readFile, type FileHandle } from 'node:fs/promises';
import type { Increment } from './increments.js';

/** What a producer was told: this increment is durable, as the `sequence`th of its key. */
export interface Acknowledged extends Increment {
  readonly sequence: number;
}

/** A producer's own book of what was acknowledged to it. A line counts once it is on the disk. */
export class Acknowledgements {
  private waiting: { readonly line: string; readonly done: () => void; readonly failed: (error: unknown) => void }[] =
    [];
  private isWriting = false;

  private constructor(private readonly file: FileHandle) {}

  static async open(path: string): Promise<Acknowledgements> {
    return new Acknowledgements(await open(path, 'a'));
  }

  /** Resolves when the line is on the disk; lines that come meanwhile share the next flush. */
  add({ key, sequence, operation, amount }: Acknowledged): Promise<void> {
    return new Promise((done, failed) => {
      this.waiting.push({ line: `${key} ${sequence} ${operation} ${amount}\n`, done, failed });
      if (!this.isWriting) void this.write();
    });
  }

  close(): Promise<void> {
    return this.file.close();
  }

  private async write(): Promise<void> {
    this.isWriting = true;
    while (this.waiting.length > 0) {
      const lines = this.waiting.splice(0);
      try {
        await this.file.appendFile(lines.map(({ line }) => line).join(''));
        await this.file.datasync();
        for (const { done } of lines) done();
      } catch (error) {
        for (const { failed } of lines) failed(error);
      }
    }
    this.isWriting = false;
  }
}

/** The lines of such a book. A last line without its end was never acknowledged: the process died while writing it. */
export async function readAcknowledgements(path: string): Promise<Acknowledged[]> {
  const text = await readFile(path, 'utf8');
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [key, sequence, operation, amount, ...rest] = line.split(' ');
      if (!key || !sequence || !operation || !amount || rest.length > 0) throw new Error(`${path}: unreadable line`);
      return { key, sequence: Number(sequence), operation, amount: Number(amount) };
    });
}
