import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { AnswerReader, type Answer } from './answer-reader.js';
import { LOOPBACK } from './request-texts.js';

/** How a request ended, and when by the process's own clock. */
export type Outcome =
  | ({ readonly kind: 'answered'; readonly atMs: number } & Answer)
  /** The client hung up: its answer, or even a free connection, did not come in time. */
  | { readonly kind: 'given-up'; readonly atMs: number };

export interface ConnectionPoolOptions<Item> {
  readonly port: number;
  readonly connectionsMax: number;
  readonly patienceMs: number;
  /** When the client wanted to ask, by the process's own clock. */
  readonly dueMs: (item: Item) => number;
  readonly settled: (item: Item, outcome: Outcome) => void;
}

interface Waiting<Item> {
  readonly text: string;
  readonly item: Item;
}

interface Line<Item> {
  readonly socket: Socket;
  readonly answers: AnswerReader;
  item: Item | undefined;
}

const DRAIN_POLL_MS = 5;
/** As many as the server's queue of connections surely has room for. */
const OPENED_AT_ONCE = 100;
/** Everybody is looked at, so not at every tick. */
const LOOK_EVERY_MS = 50;

/** Clients that ask one thing at a time each, over connections that they keep; as many as are needed, up to a limit. */
export class ConnectionPool<Item> {
  private readonly idle: Line<Item>[] = [];
  private readonly lines = new Set<Line<Item>>();
  private waiting: Waiting<Item>[] = [];
  private firstWaiting = 0;
  private failure: Error | undefined;
  private lookedAtMs = 0;

  constructor(private readonly options: ConnectionPoolOptions<Item>) {}

  /** Opens every connection before the first request, as a proxy has them. @throws Error the connection that failed */
  async openAll(): Promise<void> {
    for (let left = this.options.connectionsMax; left > 0; left -= OPENED_AT_ONCE) {
      const opened = Array.from({ length: Math.min(OPENED_AT_ONCE, left) }, () => this.open());
      await Promise.all(opened.map(({ socket }) => once(socket, 'connect')));
      this.idle.push(...opened);
    }
  }

  /** @throws Error what broke a connection before */
  send(text: string, item: Item): void {
    if (this.failure) throw this.failure;
    const line = this.idle.pop();
    if (line) this.ask(line, { text, item });
    // What is written before the connection stands is sent as soon as it does.
    else if (this.lines.size < this.options.connectionsMax) this.ask(this.open(), { text, item });
    else this.waiting.push({ text, item });
  }

  /** Hangs up for those who have waited too long. Must be called now and then. */
  hangUpLate(): void {
    const nowMs = performance.now();
    if (nowMs - this.lookedAtMs < LOOK_EVERY_MS) return;
    this.lookedAtMs = nowMs;
    const isLate = (item: Item): boolean => nowMs - this.options.dueMs(item) > this.options.patienceMs;
    for (const line of this.lines) {
      if (line.item === undefined || !isLate(line.item)) continue;
      this.lines.delete(line);
      line.socket.destroy();
      this.options.settled(line.item, { kind: 'given-up', atMs: nowMs });
      this.askNext();
    }
    for (let next = this.peek(); next && isLate(next.item); next = this.peek()) {
      this.firstWaiting++;
      this.options.settled(next.item, { kind: 'given-up', atMs: nowMs });
    }
  }

  /** Resolves when nobody waits any more; all connections are closed then. @throws Error what broke a connection */
  async drained(): Promise<void> {
    while (!this.failure && (this.peek() !== undefined || this.idle.length < this.lines.size)) {
      await pause(DRAIN_POLL_MS);
      this.hangUpLate();
    }
    const lines = [...this.lines];
    this.lines.clear();
    for (const { socket } of lines) socket.destroy();
    if (this.failure) throw this.failure;
  }

  private peek(): Waiting<Item> | undefined {
    return this.waiting[this.firstWaiting];
  }

  private take(): Waiting<Item> | undefined {
    const next = this.peek();
    if (next) this.firstWaiting++;
    if (this.firstWaiting > 1_000) {
      this.waiting = this.waiting.slice(this.firstWaiting);
      this.firstWaiting = 0;
    }
    return next;
  }

  private askNext(): void {
    const next = this.take();
    if (next) this.send(next.text, next.item);
  }

  private ask(line: Line<Item>, { text, item }: Waiting<Item>): void {
    line.item = item;
    line.socket.write(text);
  }

  private open(): Line<Item> {
    const socket = connect({ port: this.options.port, host: LOOPBACK, noDelay: true });
    const line: Line<Item> = { socket, answers: new AnswerReader(), item: undefined };
    this.lines.add(line);
    const fail = (error: Error): void => {
      // One that was hung up on, or closed at the end, is no failure.
      if (this.lines.delete(line)) this.failure ??= error;
    };
    socket.once('error', fail);
    socket.once('close', () => fail(new Error('the server closed a connection')));
    socket.on('data', (chunk: Buffer) => {
      try {
        this.receive(line, chunk);
      } catch (error) {
        fail(error as Error);
      }
    });
    return line;
  }

  private receive(line: Line<Item>, chunk: Buffer): void {
    const answer = line.answers.read(chunk);
    if (answer === undefined || !this.lines.has(line)) return;
    if (line.item === undefined) throw new Error('the server answered what nobody asked');
    this.options.settled(line.item, { kind: 'answered', ...answer, atMs: performance.now() });
    line.item = undefined;
    const next = this.take();
    if (next) this.ask(line, next);
    else this.idle.push(line);
  }
}
