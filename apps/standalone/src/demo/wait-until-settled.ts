import { setTimeout as sleep } from 'node:timers/promises';
import { MANAGER } from '../accounts.js';
import type { CityClient } from './city-client.js';
import type { DemoCity } from './demo-city.js';

/** A look asks every service about every topic, which is work too: the more is under way, the rarer. */
const LOOK_EVERY_MS = 300;
const LOOK_EVERY_MAX_MS = 3_000;
/** Maximum time without progress before the wait is given up. */
const STUCK_AFTER_MS = 120_000;

/** Records that are not where they belong yet, over all services. */
export interface Backlog {
  /** Written by a service, not in the event log yet. */
  readonly unpublished: number;
  /** In the event log, not read yet. */
  readonly unread: number;
  /** Notifications that are still to be sent. */
  readonly unsent: number;
}

export async function readBacklog(city: DemoCity, client: CityClient): Promise<Backlog> {
  const metrics = await Promise.all(Object.values(city.urls).map((url) => client.metrics(url)));
  const sum = (name: string): number => metrics.reduce((total, one) => total + (one.get(name) ?? 0), 0);
  const { counts } = await client.call<{ counts: readonly { status: string; count: number }[] }>(
    `${city.urls.notifications}/notifications/summary`,
    { account: MANAGER },
  );
  const unsent = counts.filter(({ status }) => status === 'queued' || status === 'retrying');
  return {
    unpublished: sum('outbox_pending_records'),
    unread: sum('reaction_lag_records'),
    unsent: unsent.reduce((total, { count }) => total + count, 0),
  };
}

export interface QuietOptions {
  readonly city: DemoCity;
  readonly client: CityClient;
  readonly onLook?: (backlog: Backlog) => void;
  readonly signal: AbortSignal;
}

/**
 * Waits until nothing is under way: twice in a row every record is published and read, and every message sent.
 * @throws Error when nothing has moved for two minutes
 */
export async function quiet({ city, client, onLook, signal }: QuietOptions): Promise<void> {
  let calmLooks = 0;
  let last = '';
  let movedMs = performance.now();
  while (calmLooks < 2) {
    signal.throwIfAborted();
    const backlog = await readBacklog(city, client);
    onLook?.(backlog);
    const { unpublished, unread, unsent } = backlog;
    calmLooks = unpublished + unread + unsent === 0 ? calmLooks + 1 : 0;
    const now = JSON.stringify(backlog);
    if (now !== last) movedMs = performance.now();
    last = now;
    if (performance.now() - movedMs > STUCK_AFTER_MS) {
      throw new Error(`không còn gì chuyển động / nothing moves any more: ${now}`);
    }
    await sleep(Math.min(LOOK_EVERY_MS + unpublished + unread + unsent, LOOK_EVERY_MAX_MS));
  }
}
