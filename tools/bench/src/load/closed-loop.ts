import { connect } from 'node:net';
import { percentile } from '../statistics.js';
import { AnswerReader } from './answer-reader.js';

/** What the load generator is told. */
export interface LoadOrder {
  readonly port: number;
  readonly token: string;
  /** Each has one request on its way at any time. */
  readonly connections: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
  /** Part of the idempotency keys, different for each run. */
  readonly runName: string;
  /** Requests as JSON texts; they are sent in turn. */
  readonly bodies: readonly string[];
}

/** What it tells afterwards. */
export interface LoadReport {
  /** Answered with 201, warm-up included: so many requests are there now. */
  readonly accepted: number;
  /** Other answers, by status. */
  readonly refused: Readonly<Record<string, number>>;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const LOOPBACK = '127.0.0.1';
const ANSWER_WITHIN_MS = 30_000;
const ACCEPTED = 201;

/** Sends as fast as answers come back. @throws Error when a connection breaks or an answer stays away */
export async function closedLoop(order: LoadOrder): Promise<LoadReport> {
  const tally = new Tally(order);
  const requests = new Requests(order);
  await Promise.all(Array.from({ length: order.connections }, () => converse({ order, tally, requests })));
  return tally.report();
}

interface Conversation {
  readonly order: LoadOrder;
  readonly tally: Tally;
  readonly requests: Requests;
}

function converse({ order: { port }, tally, requests }: Conversation): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: LOOPBACK, noDelay: true });
    const answers = new AnswerReader();
    let sentAtMs = 0;
    const fail = (error: Error): void => {
      socket.destroy();
      reject(error);
    };
    const send = (): void => {
      if (tally.isOver) {
        resolve();
        socket.end();
        return;
      }
      sentAtMs = performance.now();
      socket.write(requests.next());
    };
    socket.setTimeout(ANSWER_WITHIN_MS, () => fail(new Error(`no answer within ${ANSWER_WITHIN_MS} ms`)));
    socket.once('connect', send);
    socket.once('error', fail);
    socket.once('close', () => fail(new Error('the server closed a connection')));
    socket.on('data', (chunk: Buffer) => {
      try {
        const status = answers.read(chunk);
        if (status === undefined) return;
        tally.count(status, performance.now() - sentAtMs);
        send();
      } catch (error) {
        fail(error as Error);
      }
    });
  });
}

/** Requests with a key of their own each; their bodies come round again. */
class Requests {
  private sent = 0;
  private readonly heads: readonly string[];

  constructor(private readonly order: LoadOrder) {
    this.heads = order.bodies.map((body) =>
      [
        'POST /requests HTTP/1.1',
        `host: ${LOOPBACK}:${order.port}`,
        `authorization: Bearer ${order.token}`,
        'content-type: application/json',
        `content-length: ${Buffer.byteLength(body)}`,
        'idempotency-key: ',
      ].join('\r\n'),
    );
  }

  next(): string {
    const n = this.sent++;
    const at = n % this.heads.length;
    return `${this.heads[at]}${this.order.runName}-${n}\r\n\r\n${this.order.bodies[at]}`;
  }
}

/** Counts answers; only those between warm-up and end make the rate. */
class Tally {
  private readonly fromMs: number;
  private readonly untilMs: number;
  private readonly timesMs: number[] = [];
  private readonly refused: Record<string, number> = {};
  private accepted = 0;

  constructor({ warmUpMs, measureMs }: LoadOrder) {
    this.fromMs = performance.now() + warmUpMs;
    this.untilMs = this.fromMs + measureMs;
  }

  get isOver(): boolean {
    return performance.now() >= this.untilMs;
  }

  count(status: number, tookMs: number): void {
    if (status !== ACCEPTED) {
      this.refused[status] = (this.refused[status] ?? 0) + 1;
      return;
    }
    this.accepted++;
    const nowMs = performance.now();
    if (nowMs >= this.fromMs && nowMs < this.untilMs) this.timesMs.push(tookMs);
  }

  report(): LoadReport {
    const { accepted, refused, timesMs, fromMs, untilMs } = this;
    if (timesMs.length === 0) throw new Error(`nothing was accepted; refused by status: ${JSON.stringify(refused)}`);
    return {
      accepted,
      refused,
      perSecond: (timesMs.length * 1_000) / (untilMs - fromMs),
      p50Ms: percentile(timesMs, 0.5),
      p99Ms: percentile(timesMs, 0.99),
    };
  }
}
