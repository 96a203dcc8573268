import { connect, type Socket } from 'node:net';
import type { Dialogue } from './dialogue.js';

/** What a way asks of its proxy. */
export interface WayOptions {
  readonly target: { readonly host: string; readonly port: number };
  readonly dialogue: Dialogue;
  readonly delayMs: () => number;
  readonly isBlack: () => boolean;
  readonly takeDrop: () => boolean;
  readonly settleDrop: (isDone: boolean) => void;
  readonly onEnd: () => void;
}

/** One client's connection and the one to the server that belongs to it. */
export class Way {
  isDeaf = false;
  private readonly server: Socket;
  /** Answers that belong to a marked request and those before it. */
  private readonly untold: Buffer[] = [];
  private readonly toClient: Lane;
  private readonly toServer: Lane;
  private promised = 0;
  private isOver = false;

  constructor(
    private readonly client: Socket,
    private readonly options: WayOptions,
  ) {
    this.server = connect({ ...options.target, noDelay: true });
    this.toClient = new Lane(options);
    this.toServer = new Lane(options);
    client.setNoDelay(true);
    client.on('data', (bytes) => this.fromClient(bytes));
    this.server.on('data', (bytes) => this.fromServer(bytes));
    client.on('error', () => this.end());
    client.on('close', () => this.end());
    client.on('end', () => this.toServer.pass(() => this.server.end()));
    this.server.on('error', () => this.loseUnlessDeaf());
    this.server.on('close', () => this.loseUnlessDeaf());
    this.server.on('end', () => this.toClient.pass(() => this.client.end()));
  }

  /** Whether client and server are connected through it, and both know no better. */
  get isOpen(): boolean {
    return !this.isDeaf && this.client.readyState === 'open' && this.server.readyState === 'open';
  }

  /** Both sides learn that the connection is no more. */
  reset(): void {
    this.client.resetAndDestroy();
    this.end();
  }

  /** The server's side ends; the client's stays, and is not told. */
  loseServer(): void {
    this.isDeaf = true;
    this.server.resetAndDestroy();
  }

  /** The black hole is over: what was held back goes on. */
  flush(): void {
    this.toClient.flush();
    this.toServer.flush();
  }

  private fromClient(bytes: Buffer): void {
    if (this.isDeaf) return;
    this.options.dialogue.asked(bytes, () => {
      const isToBeMarked = this.options.takeDrop();
      if (isToBeMarked) this.promised++;
      return isToBeMarked;
    });
    this.toServer.pass(() => this.server.write(bytes));
  }

  private fromServer(bytes: Buffer): void {
    if (this.isDeaf || this.isOver) return;
    const outcome = this.options.dialogue.answered(bytes);
    this.untold.push(bytes);
    if (outcome === 'hold') return;
    if (outcome !== 'pass') {
      this.promised--;
      this.options.settleDrop(outcome === 'done');
    }
    if (outcome === 'done') return this.reset();
    const told = Buffer.concat(this.untold.splice(0));
    this.toClient.pass(() => this.client.write(told));
  }

  private loseUnlessDeaf(): void {
    if (!this.isDeaf) this.reset();
  }

  private end(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.toClient.close();
    this.toServer.close();
    this.client.destroy();
    this.server.destroy();
    for (; this.promised > 0; this.promised--) this.options.settleDrop(false);
    this.options.onEnd();
  }
}

/** One direction of a way: passes things on at once, late, or after a black hole, and always in their order. */
class Lane {
  private readonly waiting: { readonly dueMs: number; readonly send: () => void }[] = [];
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(private readonly options: Pick<WayOptions, 'delayMs' | 'isBlack'>) {}

  pass(send: () => void): void {
    this.waiting.push({ dueMs: performance.now() + this.options.delayMs(), send });
    this.flush();
  }

  /** Passes on what is due. */
  flush(): void {
    if (this.isClosed || this.options.isBlack()) return;
    clearTimeout(this.timer);
    for (let first = this.waiting[0]; first; first = this.waiting[0]) {
      const waitMs = first.dueMs - performance.now();
      if (waitMs > 0) return void (this.timer = setTimeout(() => this.flush(), Math.ceil(waitMs)));
      this.waiting.shift();
      first.send();
    }
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
  }
}
