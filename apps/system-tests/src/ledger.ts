import { appendFileSync, closeSync, fsyncSync, openSync } from 'node:fs';
import type { PlannedRequest } from './request-mix.js';

/** What the client was told about one of its requests. */
export interface Acknowledged {
  readonly planned: PlannedRequest;
  readonly caseId: string;
  readonly requestId: string;
  readonly trackingCode: string;
}

/** The client's own, synced book of what was acknowledged: whatever stands here may not be lost. */
export class Ledger {
  readonly acknowledged = new Map<string, Acknowledged>();
  private readonly file: number;

  constructor(path: string) {
    this.file = openSync(path, 'a');
  }

  add(one: Acknowledged): void {
    if (this.acknowledged.has(one.planned.id)) throw new Error(`${one.planned.id} was acknowledged twice`);
    this.acknowledged.set(one.planned.id, one);
    appendFileSync(this.file, `${one.planned.id} ${one.requestId} ${one.caseId}\n`);
  }

  /** Brings the book to the disk. */
  sync(): void {
    fsyncSync(this.file);
  }

  close(): void {
    this.sync();
    closeSync(this.file);
  }
}
