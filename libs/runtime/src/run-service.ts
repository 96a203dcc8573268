import { DiscoveryService } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { operationsTopic, newId, topicNamed, type NamedTopic } from '@tiepsuc/contracts';
import { openEventLog, type EventLog } from '@tiepsuc/event-log';
import { Database, Journal } from '@tiepsuc/journal';
import { bindToLog, discoverReactions, ParkedKeys, ReactionServer, Relay, retryOnLog } from '@tiepsuc/messaging';
import { pause } from '@tiepsuc/retry';
import { readFile } from 'node:fs/promises';
import { AccessTokens } from './auth/access-tokens.js';
import { readConfig, type Environment } from './config.js';
import { Readiness } from './health.js';
import { createHttpApp } from './http-app.js';
import { createLogger, type Logger } from './logger.js';
import { Metrics } from './metrics.js';
import { PlatformModule } from './platform.module.js';
import type { ServiceConfig } from './service-config.js';
import { openServiceDatabase } from './service-database.js';
import type { ServiceDefinition } from './service-definition.js';
import { addServiceGauges, addServiceMetrics, type ServiceMetrics } from './service-metrics.js';
import { closeInOrder, type Closer } from './shutdown.js';

const RELAY_ALARM_FAILURES = 10;
const TOPICS_WAIT_MS = 5_000;
const HOUSEKEEPING_MS = 3_600_000;

/** A service that runs. */
export interface RunningService {
  readonly name: string;
  /** Where it listens, `http://127.0.0.1:10220`. */
  readonly url: string;
  readonly app: NestFastifyApplication;
  readonly logger: Logger;
  readonly config: ServiceConfig;
  /** What a stopping process closes, in this order. */
  readonly closers: readonly Closer[];
  /** Called first when stopping: readiness goes down before anything is closed. */
  stopping(): void;
  /** Closes everything in order. */
  close(): Promise<void>;
}

export interface RunOptions {
  readonly env: Environment;
  readonly logger?: Logger;
}

/**
 * Runs a service in this process: database and migrations, event log and topics, HTTP, reactions, relay. Resolves
 * when it takes requests; when a step fails, everything before it is closed again.
 * @throws ConfigError a sentence per setting that is missing or wrong
 */
export async function runService<Config extends ServiceConfig>(
  definition: ServiceDefinition<Config>,
  { env, logger: given }: RunOptions,
): Promise<RunningService> {
  const config = readConfig(definition.config, env);
  const logger = given ?? createLogger({ service: definition.name, level: config.logLevel });
  const closers: Closer[] = [];
  try {
    return await assemble({ definition, config, logger, closers });
  } catch (error) {
    await closeInOrder({ closers, graceMs: config.shutdownGraceMs, logger });
    throw error;
  }
}

interface Assembly<Config extends ServiceConfig> {
  readonly definition: ServiceDefinition<Config>;
  readonly config: Config;
  readonly logger: Logger;
  /** Filled as parts come up: what came last is closed first. */
  readonly closers: Closer[];
}

async function assemble<Config extends ServiceConfig>(assembly: Assembly<Config>): Promise<RunningService> {
  const { definition, config, logger, closers } = assembly;
  const { name } = definition;
  const database = await openServiceDatabase(definition as unknown as ServiceDefinition, config.databaseUrl);
  closers.unshift({ name: 'database', close: () => database.dataSource.destroy() });
  const log = openEventLog(config.eventLog, {
    clientId: `tiepsuc-${name}`,
    log: (level, message, { error, ...fields } = {}) =>
      logger[level](error === undefined ? fields : { ...fields, err: error }, message),
  });
  closers.unshift({ name: 'event-log', close: () => log.close() });
  const groups = definition.groups?.(config) ?? [];
  const topics = [...definition.publishes(config), ...groups.flatMap((one) => one.topics), topicNamed(operationsTopic)];
  const topicsReady = await prepareLog(assembly, { database, log }, topics);

  const metrics = new Metrics(name);
  const readiness = new Readiness();
  const counters = addServiceMetrics(metrics);
  const journal = new Journal({ database, onBatch: counters.onBatch });
  closers.unshift({ name: 'journal', close: () => journal.drain() });
  closers.unshift(housekeeping(journal, logger));
  const parkedKeys = new ParkedKeys(database);
  const platform = { config, database, journal, parkedKeys, readiness, metrics, logger };
  const app = await createHttpApp(PlatformModule.forService(definition, platform), {
    logger,
    metrics,
    readiness,
    tokens: new AccessTokens({ issuer: config.authIssuer, audience: config.authAudience, jwksUrl: config.authJwksUrl }),
    apiDocument: definition.apiDocument && (await readFile(definition.apiDocument, 'utf8')),
    trustedProxyHops: config.httpTrustedProxyHops,
    limitsPerMinute: definition.limitsPerMinute?.(config),
  });
  const owner = `${name}-${newId()}`;
  const relay = relayOf(assembly, { database, log, journal, counters, owner });
  closers.unshift({ name: 'relay', close: () => relay.stop() });
  const reactions = connectReactions({
    ...assembly,
    app,
    database,
    log,
    journal,
    counters,
    owner,
    topicsReady: topicsReady.done,
  });
  // Closes HTTP first, so that no new change comes in; then the reactions finish the batches in hand.
  closers.unshift({ name: 'application', close: () => app.close() });
  parkedKeys.attach(reactions);
  addServiceGauges(metrics, { relay, reactions, desk: parkedKeys, journal });
  addChecks(readiness, database, reactions);
  await app.startAllMicroservices();
  publishInto(relay, topicsReady.done);
  await app.listen(config.httpPort, config.httpHost);
  const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  logger.info({ url, eventLog: log.kind }, 'service is ready');
  return {
    name,
    url,
    app,
    logger,
    config,
    closers,
    stopping: () => readiness.stop(),
    close: async () => {
      readiness.stop();
      const failed = await closeInOrder({ closers, graceMs: config.shutdownGraceMs, logger });
      if (failed.length > 0) throw new Error(`not closed cleanly: ${failed.join(', ')}`);
    },
  };
}

/** Deletes expired data once an hour, a bounded number of rows at a time. */
function housekeeping(journal: Journal, logger: Logger): Closer {
  const timer = setInterval(() => {
    journal.forgetOldCommands().catch((err: unknown) => logger.warn({ err }, 'old commands stay until next time'));
  }, HOUSEKEEPING_MS);
  timer.unref();
  return { name: 'housekeeping', close: async () => clearInterval(timer) };
}

/** Nothing is published into a log that is not the right one; undefined means that the service stopped before the log answered. */
function publishInto(relay: Relay, ready: Promise<unknown>): void {
  void ready.then(
    (isReady) => isReady && relay.start(),
    () => undefined,
  );
}

/** The event log is no check: a service takes requests while it is away. */
function addChecks(readiness: Readiness, database: Database, reactions: ReactionServer): void {
  readiness.add('database', () => database.run({ text: 'SELECT 1' }));
  readiness.add('reactions', async () => {
    if (reactions.halted().length > 0) throw new Error('partitions are halted');
  });
}

/**
 * Makes sure that this is the log the database belongs to and that the topics are there. A log that does not answer
 * within a few seconds does not hold up the start: the service takes requests, and the rest follows. A log or a topic
 * that is not the right one does.
 */
async function prepareLog<Config extends ServiceConfig>(
  { logger, closers }: Assembly<Config>,
  { database, log }: Pick<Parts, 'database' | 'log'>,
  topics: readonly NamedTopic[],
): Promise<{ readonly done: Promise<unknown> }> {
  const stopping = new AbortController();
  const prepare = async () => {
    await bindToLog(database, log);
    await log.ensureTopics(topics);
    return 'ready';
  };
  const done = retryOnLog(prepare, {
    signal: stopping.signal,
    onFailure: (fields) => logger.warn(fields, 'the event log does not answer yet'),
  });
  closers.unshift({ name: 'topics', close: async () => stopping.abort() });
  const started = new AbortController();
  await Promise.race([done, pause(TOPICS_WAIT_MS, started.signal)]).finally(() => started.abort());
  done.catch((error: unknown) => logger.error({ err: error }, 'the event log is not the right one'));
  return { done };
}

function relayOf<Config extends ServiceConfig>(
  { definition: { name }, logger }: Assembly<Config>,
  { database, log, journal, counters, owner }: Parts & { counters: ServiceMetrics; owner: string },
): Relay {
  const relay = new Relay({
    database,
    log,
    service: name,
    owner,
    onPublished: counters.onPublished,
    onFailure: (fields) =>
      logger[fields.failures >= RELAY_ALARM_FAILURES ? 'error' : 'warn'](fields, 'the relay tries again'),
  });
  journal.onRecorded(() => relay.wake());
  return relay;
}

interface Parts {
  readonly database: Database;
  readonly log: EventLog;
  readonly journal: Journal;
}

function connectReactions<Config extends ServiceConfig>(
  parts: Assembly<Config> &
    Parts & { app: NestFastifyApplication; counters: ServiceMetrics; owner: string; topicsReady: Promise<unknown> },
): ReactionServer {
  const { definition, config, app, counters, logger } = parts;
  const server = new ReactionServer({
    service: definition.name,
    owner: parts.owner,
    log: parts.log,
    database: parts.database,
    journal: parts.journal,
    groups: (definition.groups?.(config) ?? []).map(({ groupId, topics }) => ({
      groupId,
      topics: topics.map(({ name }) => name),
    })),
    batchDelayMs: definition.batchDelayMs,
    ...discoverReactions(app.get(DiscoveryService, { strict: false })),
    topicsReady: parts.topicsReady,
    onWaiting: (fields) => logger.warn(fields, 'the event log does not answer yet'),
    onAlarm: (message, fields) => logger.error(fields, message),
    onParked: (fields) => {
      counters.onParked(fields);
      logger.error(fields, 'a key was parked');
    },
    onRetry: (fields) => {
      counters.onRetry();
      logger.warn(fields, 'a batch is tried again');
    },
  });
  app.connectMicroservice({ strategy: server }, { inheritAppConfig: false });
  return server;
}
