/** A record of the event log that says that a request was filed. */
export interface FiledRecord {
  readonly requestId: string;
  readonly eventId: string;
}

/** What is kept of the requests that a client filed. */
export interface KeptRequests {
  /** Ids of the rows. */
  readonly stored: readonly string[];
  readonly filed: readonly FiledRecord[];
  /** Whether the log may hold a record twice when an answer to an append was lost. */
  readonly mayHoldCopies: boolean;
}

export interface Losses {
  /** Keys whose first answer is not kept, or was taken back by a later one. */
  readonly lost: number;
  /** Requests that are kept more than once, or that nobody was told about. */
  readonly doubled: number;
  /** Records of the event log beyond the first of each event. */
  readonly copies: number;
}

/**
 * What a client was told first under each key. Only that counts: a repeat of what was lost is told another
 * id, and would never know from the last answer.
 */
export class FirstAnswers {
  private readonly ids = new Map<string, string>();
  private readonly takenBack = new Set<string>();

  get size(): number {
    return this.ids.size;
  }

  take(key: string, id: string): void {
    const first = this.ids.get(key);
    if (first === undefined) this.ids.set(key, id);
    else if (first !== id) this.takenBack.add(key);
  }

  judge({ stored, filed, mayHoldCopies }: KeptRequests): Losses {
    const told = new Set(this.ids.values());
    const rows = new Set(stored);
    const events = new Map<string, Set<string>>();
    let copies = 0;
    for (const { requestId, eventId } of filed) {
      if (!told.has(requestId)) continue;
      const known = events.get(requestId) ?? new Set();
      if (known.size === known.add(eventId).size) copies++;
      events.set(requestId, known);
    }
    const lost = [...this.ids].filter(([key, id]) => this.takenBack.has(key) || !rows.has(id) || !events.has(id));
    const untold = stored.filter((id) => !told.has(id));
    const again = [...events.values()].filter(({ size }) => size > 1);
    const doubled = untold.length + (stored.length - rows.size) + again.length + (mayHoldCopies ? 0 : copies);
    return { lost: lost.length, doubled, copies };
  }
}
