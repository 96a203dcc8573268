import { TOPICS, type Topic } from '@tiepsuc/contracts';
import type { LogRecord } from '@tiepsuc/event-log';
import type { AnyAggregate, Statement } from '@tiepsuc/journal';
import { parkings } from '@tiepsuc/messaging';
import type { ServiceDefinition } from '@tiepsuc/runtime';
import { SERVICES } from '@tiepsuc/services';
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

/** @throws CliError when there is no such service. */
export async function replayableService(name: string): Promise<ReplayableService> {
  const listed = SERVICES.find((service) => service.name === name);
  if (!listed) throw new CliError(`--service must be one of ${SERVICES.map((service) => service.name).join(', ')}.`);
  const definition = await listed.load();
  if (listed.name !== 'audit') return folding(definition);
  const { keepRecords } = await import('@tiepsuc/audit');
  return { definition, aggregates: [], topics: TOPICS, keeps: { groupId: 'tiepsuc.audit', keep: keepRecords } };
}

function folding(definition: Tables): ReplayableService {
  const aggregates = [...definition.aggregates.filter(({ kind }) => kind !== parkings.kind), parkings];
  const topics = aggregates.flatMap(({ topic, also = [] }) => [topic, ...also]);
  return { definition, aggregates, topics: [...new Set(topics)] };
}
