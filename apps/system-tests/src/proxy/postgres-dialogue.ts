import type { Dialogue, Outcome } from './dialogue.js';

const ENCRYPTION_REQUESTS = new Set([80_877_103, 80_877_104]);
const SIZE_BYTES = 4;
const TAG_BYTES = 1;

/** Statements that change something when they stand alone; our log's append is a function that is selected. */
const WRITES = /\b(insert|update|delete|append)\b/i;

interface Mark {
  hasFailed: boolean;
}

/**
 * Follows a connection to PostgreSQL, where a COMMIT is decisive, and a statement that writes in a transaction of its
 * own. Whether a transaction is open is read from what the client says, so that requests may be sent without waiting
 * for the answers to those before them.
 */
export function postgresDialogue(): Dialogue {
  const asking = new Asking();
  const answering = new Answering();
  const marks = new Map<number, Mark>();
  return {
    asked(bytes, isToBeMarked) {
      for (const { number, isDecisive } of asking.requests(bytes)) {
        if (isDecisive && isToBeMarked()) marks.set(number, { hasFailed: false });
      }
      answering.singleBytes += asking.takeEncryptionRequests();
    },
    answered(bytes) {
      let outcome: Outcome = 'pass';
      for (const { number, tag, text } of answering.messages(bytes)) {
        const mark = marks.get(number);
        // The COMMIT of a transaction that has failed is answered with ROLLBACK.
        if (mark && (tag === 'E' || (tag === 'C' && text.startsWith('ROLLBACK')))) mark.hasFailed = true;
        if (!mark || tag !== 'Z') continue;
        marks.delete(number);
        outcome = mark.hasFailed ? 'failed' : 'done';
      }
      return outcome === 'pass' && marks.size > 0 ? 'hold' : outcome;
    },
  };
}

interface Asked {
  /** Requests of a connection are numbered from 1; each is answered by one message that the server is ready again. */
  readonly number: number;
  readonly isDecisive: boolean;
}

/** Reads the client's side. */
class Asking {
  private encryptionRequests = 0;
  private rest: Buffer = Buffer.alloc(0);
  private hasBegun = false;
  private number = 0;
  private inTransaction = false;
  private isDecisive = false;
  private readonly statements = new Map<string, string>();
  private readonly portals = new Map<string, string>();

  requests(bytes: Buffer): Asked[] {
    this.rest = this.rest.length === 0 ? bytes : Buffer.concat([this.rest, bytes]);
    const found: Asked[] = [];
    for (;;) {
      const tagBytes = this.hasBegun ? TAG_BYTES : 0;
      if (this.rest.length < tagBytes + SIZE_BYTES) return found;
      const end = tagBytes + this.rest.readInt32BE(tagBytes);
      if (this.rest.length < end) return found;
      const body = this.rest.subarray(tagBytes + SIZE_BYTES, end);
      const tag = this.hasBegun ? String.fromCharCode(this.rest[0] as number) : '';
      this.rest = this.rest.subarray(end);
      if (tag === '') this.begin(body);
      else if (this.isComplete(tag, body)) {
        found.push({ number: ++this.number, isDecisive: this.isDecisive });
        this.isDecisive = false;
      }
    }
  }

  /** New ones since the last call. */
  takeEncryptionRequests(): number {
    const found = this.encryptionRequests;
    this.encryptionRequests = 0;
    return found;
  }

  private begin(body: Buffer): void {
    if (ENCRYPTION_REQUESTS.has(body.readInt32BE(0))) this.encryptionRequests++;
    else this.hasBegun = true;
  }

  /** Whether the message is the last one of a request. */
  private isComplete(tag: string, body: Buffer): boolean {
    const [first = '', second = ''] = body.toString('latin1').split('\0', 2);
    switch (tag) {
      case 'Q':
        for (const statement of first.split(';')) this.execute(statement);
        return true;
      case 'P':
        this.statements.set(first, second);
        return false;
      case 'B':
        this.portals.set(first, this.statements.get(second) ?? '');
        return false;
      case 'E':
        this.execute(this.portals.get(first) ?? '');
        return false;
      default:
        return tag === 'S';
    }
  }

  private execute(statement: string): void {
    const [word = ''] = statement.trim().toLowerCase().split(/\s/, 1);
    if (word === 'begin' || word === 'start') this.inTransaction = true;
    else if (word === 'commit' || word === 'end') this.isDecisive = this.inTransaction || this.isDecisive;
    else if (!this.inTransaction && WRITES.test(statement)) this.isDecisive = true;
    if (word === 'commit' || word === 'end' || word === 'rollback') this.inTransaction = false;
  }
}

interface Answered {
  /** Of the request that it belongs to; 0 while the connection is being made. */
  readonly number: number;
  readonly tag: string;
  readonly text: string;
}

const COMMAND_TAG_CHARS = 16;

/** Reads the server's side. */
class Answering {
  /** Answers to requests for encryption, which are outside of any message. */
  singleBytes = 0;
  private rest: Buffer = Buffer.alloc(0);
  private number = 0;

  messages(bytes: Buffer): Answered[] {
    this.rest = this.rest.length === 0 ? bytes : Buffer.concat([this.rest, bytes]);
    for (; this.singleBytes > 0 && this.rest.length > 0; this.singleBytes--) this.rest = this.rest.subarray(1);
    const found: Answered[] = [];
    while (this.rest.length >= TAG_BYTES + SIZE_BYTES) {
      const end = TAG_BYTES + this.rest.readInt32BE(TAG_BYTES);
      if (this.rest.length < end) break;
      const tag = String.fromCharCode(this.rest[0] as number);
      const text = this.rest.toString('latin1', TAG_BYTES + SIZE_BYTES, Math.min(end, COMMAND_TAG_CHARS));
      found.push({ number: this.number, tag, text });
      if (tag === 'Z') this.number++;
      this.rest = this.rest.subarray(end);
    }
    return found;
  }
}
