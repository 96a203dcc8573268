import { connect } from 'node:net';
import { percentile } from '../statistics.js';
import { AnswerReader } from './answer-reader.js';
import { LOOPBACK, RequestTexts, type Target } from './request-texts.js';

/** As many requests on their way as there are connections, at any time. */
export interface ClosedLoopOrder extends Target {
  readonly connections: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
  /** Maximum requests to send: it ends with the last, if that is earlier. */
  readonly countMax?: number;
}

/** What came of it. */
export interface ClosedLoopReport {
  /** Answered with 2xx, warm-up included: the number of requests that are there now. */
  readonly accepted: number;
  /** Other answers, by status. */
  readonly refused: Readonly<Record<string, number>>;
  readonly perSecond: number;
  /** Absent when nothing was answered between warm-up and end. */
  readonly p50Ms?: number;
  readonly p99Ms?: number;
}

const ANSWER_WITHIN_MS = 30_000;

/** Sends as fast as answers come back. @throws Error when a connection breaks or an answer stays away */
export async function closedLoop(order: ClosedLoopOrder): Promise<ClosedLoopReport> {
  const tally = new Tally(order);
  const texts = new RequestTexts(order);
  const { port, countMax = Infinity } = order;
  await Promise.all(Array.from({ length: order.connections }, () => converse({ port, countMax, tally, texts })));
  return tally.report();
}

interface Conversation {
  readonly port: number;
  readonly countMax: number;
  readonly tally: Tally;
  readonly texts: RequestTexts;
}

function converse({ port, countMax, tally, texts }: Conversation): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: LOOPBACK, noDelay: true });
    const answers = new AnswerReader();
    let sentAtMs = 0;
    const fail = (error: Error): void => {
      socket.destroy();
      reject(error);
    };
    const send = (): void => {
      if (tally.isOver || texts.sent >= countMax) {
        resolve();
        socket.end();
        return;
      }
      sentAtMs = performance.now();
      socket.write(texts.next());
    };
    socket.setTimeout(ANSWER_WITHIN_MS, () => fail(new Error(`no answer within ${ANSWER_WITHIN_MS} ms`)));
    socket.once('connect', send);
    socket.once('error', fail);
    socket.once('close', () => fail(new Error('the server closed a connection')));
    socket.on('data', (chunk: Buffer) => {
      try {
        const answer = answers.read(chunk);
        if (answer === undefined) return;
        tally.count(answer.status, performance.now() - sentAtMs);
        send();
      } catch (error) {
        fail(error as Error);
      }
    });
  });
}

/** Counts answers; only those between warm-up and end make the rate. */
class Tally {
  private readonly fromMs: number;
  private readonly untilMs: number;
  private readonly timesMs: number[] = [];
  private readonly refused: Record<string, number> = {};
  private accepted = 0;

  constructor({ warmUpMs, measureMs }: ClosedLoopOrder) {
    this.fromMs = performance.now() + warmUpMs;
    this.untilMs = this.fromMs + measureMs;
  }

  get isOver(): boolean {
    return performance.now() >= this.untilMs;
  }

  count(status: number, tookMs: number): void {
    if (!isAccepted(status)) {
      this.refused[status] = (this.refused[status] ?? 0) + 1;
      return;
    }
    this.accepted++;
    const nowMs = performance.now();
    if (nowMs >= this.fromMs && nowMs < this.untilMs) this.timesMs.push(tookMs);
  }

  report(): ClosedLoopReport {
    const { accepted, refused, timesMs, fromMs, untilMs } = this;
    if (accepted === 0) throw new Error(`nothing was accepted; refused by status: ${JSON.stringify(refused)}`);
    return {
      accepted,
      refused,
      perSecond: (timesMs.length * 1_000) / (Math.min(untilMs, performance.now()) - fromMs),
      ...(timesMs.length > 0 ? { p50Ms: percentile(timesMs, 0.5), p99Ms: percentile(timesMs, 0.99) } : {}),
    };
  }
}

/** Whether the server did what it was asked to do. */
export function isAccepted(status: number): boolean {
  return status >= 200 && status < 300;
}
