import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { kafkaDialogue } from './kafka-dialogue.js';
import { postgresDialogue } from './postgres-dialogue.js';
import { Way } from './way.js';

export interface FaultProxyOptions {
  /** What is spoken on this way; decides which requests `dropResponses` takes for decisive ones. */
  readonly protocol: 'postgres' | 'kafka';
  /** The server. It is connected to anew for each client, so it may be away and come back. */
  readonly target: { readonly host: string; readonly port: number };
  /** On 127.0.0.1. Default: a free one. */
  readonly port?: number;
}

/** What can be done to everything that goes through a proxy. Each resolves when it is over. */
export interface NetworkFaults {
  /** Connections that lead through to the server at this moment, and that a fault can take hold of. */
  readonly openConnections: number;
  /** Delay of bytes in both directions, for a while. */
  latency(ms: number, forMs: number): Promise<void>;
  /** Every connection breaks, on both sides, with a reset. What was on its way is lost. */
  reset(): void;
  /** Nothing arrives for a while, then everything does: what a network does that loses packets. */
  blackHole(forMs: number): Promise<void>;
  /** The server's side is gone and the client does not know it: for a while it talks to nobody, then it gets a reset. */
  halfOpen(forMs: number): Promise<void>;
  /**
   * Lets the next `count` decisive requests through (COMMIT or a write on its own in PostgreSQL, Produce in Kafka), waits
   * for the server's answer, drops it and resets the client's connection. Resolves with how many were done: fewer than
   * asked for only when the proxy stops before.
   */
  dropResponses(count: number): Promise<number>;
}

/** A way to a server that can be disturbed. */
export interface FaultProxy {
  readonly port: number;
  readonly faults: NetworkFaults;
  /** Breaks every connection and stops listening. On repeat: nothing. */
  stop(): Promise<void>;
}

/** Starts a proxy on 127.0.0.1 that passes everything on, until it is told otherwise. */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const proxy = new TcpFaultProxy(options);
  await proxy.listen();
  return proxy;
}

/** One call of `dropResponses`. */
interface Drops {
  readonly wanted: number;
  /** Not promised to any request yet. */
  left: number;
  done: number;
  readonly resolve: (done: number) => void;
}

class TcpFaultProxy implements FaultProxy, NetworkFaults {
  readonly faults: NetworkFaults = this;
  private readonly server: Server = createServer((client) => this.accept(client));
  private readonly ways = new Set<Way>();
  private readonly stopping = new AbortController();
  private delayMs = 0;
  private isBlack = false;
  private isHalfOpen = false;
  private readonly drops: Drops[] = [];

  constructor(private readonly options: FaultProxyOptions) {}

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get openConnections(): number {
    return [...this.ways].filter(({ isOpen }) => isOpen).length;
  }

  async listen(): Promise<void> {
    this.server.listen(this.options.port ?? 0, '127.0.0.1');
    await once(this.server, 'listening');
  }

  async stop(): Promise<void> {
    if (this.stopping.signal.aborted) return;
    this.stopping.abort();
    for (const drop of this.drops.splice(0)) drop.resolve(drop.done);
    this.reset();
    this.server.close();
    await once(this.server, 'close');
  }

  async latency(ms: number, forMs: number): Promise<void> {
    this.delayMs = ms;
    await this.pause(forMs);
    this.delayMs = 0;
  }

  reset(): void {
    for (const way of this.ways) way.reset();
  }

  async blackHole(forMs: number): Promise<void> {
    this.isBlack = true;
    await this.pause(forMs);
    this.isBlack = false;
    for (const way of this.ways) way.flush();
  }

  async halfOpen(forMs: number): Promise<void> {
    this.isHalfOpen = true;
    const deaf = [...this.ways];
    for (const way of deaf) way.loseServer();
    await this.pause(forMs);
    this.isHalfOpen = false;
    for (const way of this.ways) if (way.isDeaf) way.reset();
  }

  dropResponses(count: number): Promise<number> {
    if (count === 0 || this.stopping.signal.aborted) return Promise.resolve(0);
    return new Promise((resolve) => this.drops.push({ wanted: count, left: count, done: 0, resolve }));
  }

  /** Whether one more answer is to be dropped; if so, it is promised to the caller. */
  takeDrop(): boolean {
    const drop = this.drops.find(({ left }) => left > 0);
    if (!drop) return false;
    drop.left--;
    return true;
  }

  /** The outcome of a promised drop: done, or to be tried on another request. */
  settleDrop(isDone: boolean): void {
    const [drop] = this.drops;
    if (!drop) return;
    if (!isDone) return void drop.left++;
    if (++drop.done < drop.wanted) return;
    this.drops.shift();
    drop.resolve(drop.done);
  }

  private accept(client: Socket): void {
    const way: Way = new Way(client, {
      target: this.options.target,
      dialogue: this.options.protocol === 'postgres' ? postgresDialogue() : kafkaDialogue(),
      delayMs: () => this.delayMs,
      isBlack: () => this.isBlack,
      takeDrop: () => this.takeDrop(),
      settleDrop: (isDone) => this.settleDrop(isDone),
      onEnd: () => this.ways.delete(way),
    });
    this.ways.add(way);
    if (this.isHalfOpen) way.loseServer();
  }

  /** A proxy that stops does not wait for its faults to be over. */
  private async pause(ms: number): Promise<void> {
    const { signal } = this.stopping;
    await delay(ms, undefined, { signal }).catch((error: Error) => {
      if (error.name !== 'AbortError') throw error;
    });
  }
}
