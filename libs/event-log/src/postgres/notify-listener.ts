import { createHash } from 'node:crypto';
import pg from 'pg';
import type { LogLine } from '../log-line.js';

/** Minimum interval between two NOTIFY of a process: each takes a lock on the whole server. */
const NOTIFY_GAP_MS = 20;
const RECONNECT_FIRST_MS = 200;
const RECONNECT_MAX_MS = 5_000;
const CONNECT_TIMEOUT_MS = 5_000;

/** The channel of a subject; hashed, because a channel name has at most 63 bytes. */
const channelNameOf = (subject: string) => `elog_${createHash('sha256').update(subject).digest('hex').slice(0, 32)}`;

export const topicSubject = (topic: string) => `topic:${topic}`;
export const groupSubject = (groupId: string) => `group:${groupId}`;

/**
 * One connection for LISTEN and NOTIFY. A notification may get lost, so listeners also poll, at a longer interval
 * while this connection is healthy.
 */
export class NotifyListener {
  private client: pg.Client | undefined;
  private isOpening = false;
  private isClosed = false;
  private isHealthyNow = false;
  private reconnectMs = RECONNECT_FIRST_MS;
  private reconnectTimer: NodeJS.Timeout | undefined;
  private notifyTimer: NodeJS.Timeout | undefined;
  private sending: Promise<void> = Promise.resolve();
  private readonly unsent = new Set<string>();
  private readonly listeners = new Map<string, Set<() => void>>();

  constructor(private readonly options: { url: string; clientId: string; log: LogLine }) {}

  get isHealthy(): boolean {
    return this.isHealthyNow;
  }

  /** Calls `onHint` for each notification on the subject, and after each reconnect. Returns how to stop. */
  listen(subject: string, onHint: () => void): () => void {
    const channel = channelNameOf(subject);
    const listeners = this.listeners.get(channel) ?? new Set();
    this.listeners.set(channel, listeners.add(onHint));
    if (listeners.size === 1 && this.isHealthyNow) void this.send(`LISTEN ${channel}`);
    void this.open();
    return () => {
      listeners.delete(onHint);
      if (listeners.size > 0 || this.listeners.get(channel) !== listeners) return;
      this.listeners.delete(channel);
      if (this.isHealthyNow) void this.send(`UNLISTEN ${channel}`);
    };
  }

  /** Notifies soon, together with others. */
  notify(subject: string): void {
    if (this.isClosed) return;
    this.unsent.add(channelNameOf(subject));
    if (this.notifyTimer) return;
    void this.flush();
    this.notifyTimer = setTimeout(() => {
      this.notifyTimer = undefined;
      void this.flush();
    }, NOTIFY_GAP_MS);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.isHealthyNow = false;
    clearTimeout(this.notifyTimer);
    clearTimeout(this.reconnectTimer);
    const client = this.client;
    this.client = undefined;
    await client?.end().catch(() => undefined);
  }

  private async flush(): Promise<void> {
    if (this.unsent.size === 0) return;
    if (!this.isHealthyNow) return void this.open();
    const channels = [...this.unsent];
    this.unsent.clear();
    await this.send("SELECT pg_notify(channel, '') FROM unnest($1::text[]) AS channel", [channels]);
  }

  private async open(): Promise<void> {
    if (this.client || this.isOpening || this.isClosed || this.reconnectTimer) return;
    this.isOpening = true;
    const client = new pg.Client({
      connectionString: this.options.url,
      application_name: `${this.options.clientId} listener`,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
    });
    client.on('error', () => this.lose(client));
    client.on('end', () => this.lose(client));
    client.on('notification', ({ channel }) => this.hint(channel));
    this.client = client;
    try {
      await client.connect();
      for (const channel of this.listeners.keys()) await client.query(`LISTEN ${channel}`);
      if (this.client !== client) return void client.end().catch(() => undefined);
      this.isHealthyNow = true;
      this.reconnectMs = RECONNECT_FIRST_MS;
      for (const channel of this.listeners.keys()) this.hint(channel);
      void this.flush();
    } catch {
      this.lose(client);
    } finally {
      this.isOpening = false;
    }
  }

  /** A failed statement closes the connection; listeners go on polling until it is open again. */
  private send(text: string, values?: unknown[]): Promise<void> {
    this.sending = this.sending.then(async () => {
      const client = this.client;
      if (!client) return;
      try {
        await client.query(text, values);
      } catch {
        this.lose(client);
      }
    });
    return this.sending;
  }

  private lose(client: pg.Client): void {
    if (this.client !== client || this.isClosed) return;
    this.client = undefined;
    if (this.isHealthyNow) this.options.log('info', 'The LISTEN connection broke, polling goes on');
    this.isHealthyNow = false;
    void client.end().catch(() => undefined);
    this.reconnectTimer = setTimeout(() => {
      this.reconnectTimer = undefined;
      void this.open();
    }, this.reconnectMs);
    this.reconnectMs = Math.min(this.reconnectMs * 2, RECONNECT_MAX_MS);
  }

  private hint(channel: string): void {
    for (const onHint of this.listeners.get(channel) ?? []) onHint();
  }
}
