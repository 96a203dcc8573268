import 'reflect-metadata';
export { AccessTokens, type TokenRules } from './auth/access-tokens.js';
export { actorOf, EVERY_OFFICE, hasRole, requireOffice, ROLES, type Account, type Role } from './auth/account.js';
export { accountOfRequest, AuthGuard, CurrentAccount, Public, Roles } from './auth/auth-guard.js';
export { ServiceToken, type ServiceAccount } from './auth/service-token.js';
export { Answers, ValidBody, ValidQuery, type AnswerOptions } from './body.js';
export { compileCheck, type Check } from './body-check.js';
export { schemasOf, type BodyClass, type JsonSchema, type NamedSchemas } from './body-schema.js';
export {
  ConfigError,
  readConfig,
  Setting,
  settingsOf,
  type ConfigClass,
  type Environment,
  type SettingLine,
  type SettingOptions,
} from './config.js';
export { describeError, withoutPersonalText, type ErrorDescription } from './error-description.js';
export { Readiness, type ReadinessCheck } from './health.js';
export { createHttpApp, type HttpAppOptions } from './http-app.js';
export {
  createLogger,
  FrameworkLogger,
  LOG_LEVELS,
  LOGGER,
  type Logger,
  type LoggerOptions,
  type LogLevel,
} from './logger.js';
export { Metrics, type GaugeOptions, type HistogramOptions, type MetricOptions } from './metrics.js';
export { openApiDocument, type ApiDescription } from './openapi.js';
export {
  Problem,
  ProblemDocument,
  problemDocument,
  ProblemField,
  preferredLanguage,
  type FieldError,
  type ProblemOptions,
  type Tongue,
} from './problem.js';
export { PROBLEM_TYPE, ProblemFilter, problemOf } from './problem-filter.js';
export { RateLimited, type RateLimitOptions } from './rate-limit.js';
export { BodyLimit, KeepRawBody } from './route-settings.js';
export { ServiceAccountConfig, ServiceConfig } from './service-config.js';
export { closeInOrder, stopOnSignals, type Closer, type ShutdownOptions, type SignalOptions } from './shutdown.js';
export { commandContextOf, CurrentContext, etagOf, IfMatch, instantOf } from './command-context.js';
export { EVENT_LOG, runService, type RunningService, type RunOptions } from './run-service.js';
export { dataSourceOf, openServiceDatabase } from './service-database.js';
export { defineService, type GroupDefinition, type ServiceDefinition } from './service-definition.js';
export { startService } from './start-service.js';
export { encodeCursor, decodeCursor, type Cursor } from './page-cursor.js';
