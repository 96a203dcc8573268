import pg from 'pg';
import { EventLogError, Fenced, Transient, Unauthorized, UnknownTopic } from '../errors.js';
import type { LogLine } from '../log-line.js';
import { ensureLogSchema } from './log-schema.js';

const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 20_000;
/** Query timeout of the client: a little longer than the server's, for a server that is gone without closing. */
const ANSWER_TIMEOUT_MS = 25_000;
const IDLE_CONNECTION_MS = 60_000;

/**
 * Every statement finds rows by key. A plan made while the tables were empty must not scan or sort them once they are
 * large, and planning each time costs more than most of the statements.
 */
const PLANS = '-c enable_seqscan=off -c enable_bitmapscan=off -c plan_cache_mode=force_generic_plan';

/** 64-bit integers are offsets and epochs: never floats. */
const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    return oid === pg.types.builtins.INT8 ? BigInt : pg.types.getTypeParser(oid, format as 'text');
  },
} as pg.CustomTypesConfig;

export interface Statement {
  /** Statements with a name are prepared once per connection. */
  readonly name?: string;
  readonly text: string;
  readonly values?: readonly unknown[];
}

/** Connections to the database of the log. Every error becomes one of the port's. */
export class LogPool {
  private readonly pool: pg.Pool;
  private schema: Promise<void> | undefined;
  private ending: Promise<void> | undefined;

  constructor(options: { url: string; clientId: string; connectionsMax: number; log: LogLine }) {
    this.pool = new pg.Pool({
      connectionString: options.url,
      application_name: options.clientId,
      max: options.connectionsMax,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      query_timeout: ANSWER_TIMEOUT_MS,
      idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
      idleTimeoutMillis: IDLE_CONNECTION_MS,
      keepAlive: true,
      options: PLANS,
      types,
    });
    this.pool.on('error', (error) => options.log('warn', 'An idle connection to the event log broke', { error }));
  }

  /** Rows as arrays in the order of the statement's columns. */
  async rows<Row extends unknown[]>(statement: Statement): Promise<Row[]> {
    if (this.ending) throw new Transient('This event log client is closed');
    try {
      await this.ensureSchema();
      const { values, ...rest } = statement;
      const result = await this.pool.query({ ...rest, values: values as unknown[], rowMode: 'array' });
      return result.rows as Row[];
    } catch (error) {
      throw asLogError(error);
    }
  }

  end(): Promise<void> {
    this.ending ??= this.pool.end();
    return this.ending;
  }

  private ensureSchema(): Promise<void> {
    this.schema ??= ensureLogSchema(this.pool).catch((error) => {
      this.schema = undefined;
      throw error;
    });
    return this.schema;
  }
}

/** By SQLSTATE. An unknown error is retried: no record may be given up because of it. */
export function asLogError(error: unknown): EventLogError {
  if (error instanceof EventLogError) return error;
  const state = String((error as { code?: unknown } | undefined)?.code ?? '');
  if (state === 'EL001') return new Fenced('A newer owner appends under this producer id', { cause: error });
  if (state === 'EL003') return new UnknownTopic('The topic or the partition does not exist', { cause: error });
  if (state === '42501' || state.startsWith('28')) {
    return new Unauthorized('PostgreSQL refuses this role', { cause: error });
  }
  return new Transient(`The event log did not answer as it should (${state || 'no code'})`, { cause: error });
}
