import { Module, type DynamicModule, type InjectionToken } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Database, Journal } from '@tiepsuc/journal';
import { ParkedKeys } from '@tiepsuc/messaging';
import { DataSource } from 'typeorm';
import { Readiness } from './health.js';
import { LOGGER, type Logger } from './logger.js';
import { Metrics } from './metrics.js';
import { OperationsController } from './operations-controller.js';
import type { ServiceConfig } from './service-config.js';
import type { ServiceDefinition } from './service-definition.js';

export interface Platform<Config extends ServiceConfig = ServiceConfig> {
  readonly config: Config;
  readonly database: Database;
  readonly journal: Journal;
  readonly parkedKeys: ParkedKeys;
  readonly readiness: Readiness;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** What every provider of a service may inject, and the routes that all services have. */
@Module({})
export class PlatformModule {
  static forService<Config extends ServiceConfig>(
    definition: Pick<ServiceDefinition<Config>, 'config' | 'module'>,
    platform: Platform<Config>,
  ): DynamicModule {
    const values = new Map<InjectionToken, object>([
      [definition.config, platform.config],
      [Database, platform.database],
      [DataSource, platform.database.dataSource],
      [Journal, platform.journal],
      [ParkedKeys, platform.parkedKeys],
      [Readiness, platform.readiness],
      [Metrics, platform.metrics],
      [LOGGER, platform.logger],
    ]);
    return {
      module: PlatformModule,
      global: true,
      imports: [DiscoveryModule, definition.module],
      controllers: [OperationsController],
      providers: [...values].map(([provide, useValue]) => ({ provide, useValue })),
      exports: [...values.keys()],
    };
  }
}
