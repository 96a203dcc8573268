import { open, rename, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

const SIZE_BYTES_MAX = 16 * 1024 * 1024;
const TAIL_BYTES = 4_096;
const TAIL_LINES = 12;

/** The file to which a server writes; it outlives us as the server does. Two files of limited size are kept. */
export class ServerLog {
  constructor(readonly path: string) {}

  /** Opens the file for a new server and says from where on the lines are its own. */
  async openForServer(): Promise<{ file: FileHandle; startsAt: number }> {
    if ((await this.sizeBytes()) > SIZE_BYTES_MAX) await rename(this.path, `${this.path}.1`);
    return { file: await open(this.path, 'a', 0o600), startsAt: await this.sizeBytes() };
  }

  /** The last lines written since the place given. */
  async tail(startsAt = 0): Promise<string> {
    const end = await this.sizeBytes();
    const from = Math.max(startsAt, end - TAIL_BYTES);
    if (end <= from) return '(the server wrote nothing)';
    const file = await open(this.path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(end - from), 0, end - from, from);
      return buffer.toString('utf8', 0, bytesRead).trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
    } finally {
      await file.close();
    }
  }

  private async sizeBytes(): Promise<number> {
    return stat(this.path).then(
      (found) => found.size,
      () => 0,
    );
  }
}
