import { Databases, SERVICE_DATABASES } from './databases.js';
import type { City } from './test-city.js';
import { pause } from './service-process.js';

const POLL_MS = 500;

/** What has not come to rest yet, in words; empty when everything has. */
export async function unfinishedWork(city: City): Promise<string[]> {
  const databases = new Databases(city);
  const found: string[] = [];
  for (const name of SERVICE_DATABASES) {
    const pending = await databases.count(name, 'SELECT 1 FROM outbox LIMIT 1000');
    if (pending > 0) found.push(`${name}: ${pending} records not published`);
  }
  for (const { url, options } of city.processes.values()) {
    const metrics = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(10_000) }).then(
      (answer) => answer.text(),
      () => undefined,
    );
    if (metrics === undefined) found.push(`${options.name}: no metrics`);
    else if (
      /^metrics_uncollected_total\{metric="reaction_lag_records"/m.test(metrics) &&
      !/^reaction_lag_records\{/m.test(metrics)
    )
      found.push(`${options.name}: does not know its lag`);
    for (const [, topic, records] of metrics?.matchAll(/^reaction_lag_records\{topic="([^"]+)"[^}]*\} (\d+)$/gm) ??
      []) {
      if (records !== '0') found.push(`${options.name}: ${records} of ${topic} not reacted to`);
    }
  }
  const due = await databases.count(
    'notifications',
    `SELECT 1 FROM delivery WHERE status IN ('queued', 'retrying') LIMIT 1000`,
  );
  if (due > 0) found.push(`notifications: ${due} deliveries due`);
  return found;
}

/** How a wait for quiet ended: what still moved when the time was up, in words. */
export interface IdleWait {
  readonly tookMs: number;
  readonly unfinished: readonly string[];
}

/** Waits until nothing moves any more, or the time is up. */
export async function waitUntilIdle(
  city: City,
  { withinMs, say }: { withinMs: number; say: (line: string) => void },
): Promise<IdleWait> {
  const startedAt = Date.now();
  let lastSaid = startedAt;
  for (;;) {
    const unfinished = await unfinishedWork(city);
    const tookMs = Date.now() - startedAt;
    if (unfinished.length === 0 || tookMs > withinMs) return { tookMs, unfinished };
    if (Date.now() - lastSaid > 5_000) {
      say(`draining: ${unfinished.slice(0, 3).join('; ')}`);
      lastSaid = Date.now();
    }
    await pause(POLL_MS);
  }
}
