import type { Journal } from '@tiepsuc/journal';
import type { ParkedKeys, ReactionServer, Relay } from '@tiepsuc/messaging';
import type { Metrics } from './metrics.js';

const BATCH_BUCKETS = [1, 2, 4, 8, 16, 32, 64, 128];

/** What the counters of a service are fed with while it runs. */
export interface ServiceMetrics {
  readonly onBatch: (changes: number) => void;
  readonly onPublished: (records: number) => void;
  readonly onParked: (fields: { readonly topic: string; readonly reason: string }) => void;
  readonly onRetry: () => void;
}

export function addServiceMetrics(metrics: Metrics): ServiceMetrics {
  const batch = metrics.histogram({
    name: 'journal_commit_batch_size',
    help: 'Changes that shared a transaction',
    buckets: BATCH_BUCKETS,
  });
  const published = metrics.counter({ name: 'outbox_published_total', help: 'Records brought into the event log' });
  const parked = metrics.counter({
    name: 'dead_letter_events_total',
    help: 'Keys that were parked',
    labels: ['topic', 'reason'],
  });
  const retries = metrics.counter({ name: 'reaction_retries_total', help: 'Batches that had to be tried again' });
  return {
    onBatch: (changes) => batch.observe(changes),
    onPublished: (records) => published.inc(records),
    onParked: ({ topic, reason }) => parked.inc({ topic, reason }),
    onRetry: () => retries.inc(),
  };
}

/** Gauges that are read from the database and the event log at each scrape, never in between. */
export function addServiceGauges(
  metrics: Metrics,
  { relay, reactions, desk, journal }: { relay: Relay; reactions: ReactionServer; desk: ParkedKeys; journal: Journal },
): void {
  const pending = metrics.gauge({ name: 'outbox_pending_records', help: 'Records that are not in the event log yet' });
  metrics.gauge({
    name: 'outbox_oldest_unpublished_age_seconds',
    help: 'Age of the oldest record that is not in the event log yet',
    collect: async (gauge) => {
      pending.remove();
      const backlog = await relay.backlog();
      pending.set(backlog.pending);
      gauge.set(backlog.oldestSeconds);
    },
  });
  metrics.gauge({
    name: 'reaction_lag_records',
    help: 'Records in the event log that were not reacted to yet',
    labels: ['topic'],
    collect: async (gauge) => {
      for (const [topic, records] of await reactions.lag()) gauge.set({ topic }, records);
    },
  });
  metrics.gauge({
    name: 'reaction_halted_partitions',
    help: 'Partitions that wait for a person',
    collect: (gauge) => gauge.set(reactions.halted().length),
  });
  metrics.gauge({
    name: 'parked_keys',
    help: 'Keys that wait for a person',
    collect: async (gauge) => gauge.set(await desk.count()),
  });
  metrics.gauge({
    name: 'journal_queued_changes',
    help: 'Changes that wait for a transaction',
    collect: (gauge) => gauge.set(journal.queued),
  });
}
