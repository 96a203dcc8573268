import { TOPICS, type Topic } from '@tiepsuc/contracts';
import type { LogRecord } from '@tiepsuc/event-log';
import type { AnyAggregate, Statement } from '@tiepsuc/journal';
import { parkings } from '@tiepsuc/messaging';
import type { ServiceDefinition } from '@tiepsuc/runtime';
import { CliError } from '../cli-error.js';

type Tables = Pick<ServiceDefinition, 'name' | 'entities' | 'notReplayed' | 'migrations' | 'aggregates'>;

/** A service as a replay needs it. */
export interface ReplayableService {
  readonly definition: Tables;
  /** Everything that it folds, its parkings among them. */
  readonly aggregates: readonly AnyAggregate[];
  /** The declared topics that it is rebuilt from. */
  readonly topics: readonly Topic[];
  /** The group whose records it keeps one by one, instead of folding its own. */
  readonly keeps?: { readonly groupId: string; readonly keep: (records: readonly LogRecord[]) => Statement };
}

/** Loaded one by one, because each brings its whole service along. */
const SERVICES: Readonly<Record<string, () => Promise<ReplayableService>>> = {
  intake: async () => folding((await import('@tiepsuc/intake')).intake),
  routing: async () => folding((await import('@tiepsuc/routing')).routing),
  district: async () => folding((await import('@tiepsuc/district')).district),
  notifications: async () => folding((await import('@tiepsuc/notifications')).notifications),
  audit: async () => {
    const { audit, keepRecords } = await import('@tiepsuc/audit');
    const keeps = { groupId: 'tiepsuc.audit', keep: keepRecords };
    return { definition: audit, aggregates: [], topics: TOPICS, keeps };
  },
};

/** @throws CliError when there is no such service. */
export function replayableService(name: string): Promise<ReplayableService> {
  const load = SERVICES[name];
  if (!load) throw new CliError(`--service must be one of ${Object.keys(SERVICES).join(', ')}.`);
  return load();
}

function folding(definition: Tables): ReplayableService {
  const aggregates = [...definition.aggregates.filter(({ kind }) => kind !== parkings.kind), parkings];
  const topics = aggregates.flatMap(({ topic, also = [] }) => [topic, ...also]);
  return { definition, aggregates, topics: [...new Set(topics)] };
}
