import type { Type } from '@nestjs/common';
import type { NamedTopic } from '@tiepsuc/contracts';
import type { AnyAggregate, RowClass } from '@tiepsuc/journal';
import type { MigrationInterface } from 'typeorm';
import type { ServiceConfig } from './service-config.js';

/** A consumer group: what it reads. Its offsets are kept under its id, so renaming it reads everything again. */
export interface GroupDefinition {
  readonly groupId: string;
  readonly topics: readonly NamedTopic[];
}

/** All that makes a service: `void startService(routing)` needs nothing else. */
export interface ServiceDefinition<Config extends ServiceConfig = ServiceConfig> {
  /** One lower-case word; part of sources, metrics and log lines. */
  readonly name: string;
  readonly config: new () => Config;
  /** Controllers, reactions and providers. May inject its config class, Journal, Database, DataSource and Logger. */
  readonly module: Type;
  /** Where its OpenAPI document is, which `npm run generate` writes: `new URL('../openapi.json', import.meta.url)`. */
  readonly apiDocument?: URL;
  /** What it remembers; a replay folds these. */
  readonly aggregates: readonly AnyAggregate[];
  /** TypeORM entities of all its tables. */
  readonly entities: readonly RowClass[];
  /** Those of them that a replay does not rebuild: the vault, leases, what came from outside. */
  readonly notReplayed?: readonly RowClass[];
  /** Its own migrations; those of journal and messaging come before them. */
  readonly migrations: readonly (new () => MigrationInterface)[];
  /** Topics it publishes on. */
  publishes(config: Config): readonly NamedTopic[];
  /** What it reads, if it reads. */
  groups?(config: Config): readonly GroupDefinition[];
  /** Delay in ms before new records are read, so that batches are larger; absent where a user waits for the result. */
  readonly batchDelayMs?: number;
  /** Requests per minute and client, by the name that `@RateLimited` gives. */
  limitsPerMinute?(config: Config): Readonly<Record<string, number>>;
}

/** Lets the compiler infer the config. */
export function defineService<Config extends ServiceConfig>(
  definition: ServiceDefinition<Config>,
): ServiceDefinition<Config> {
  return definition;
}
