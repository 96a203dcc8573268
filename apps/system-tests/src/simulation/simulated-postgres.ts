import { PGlite } from '@electric-sql/pglite';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import { Database } from '@tiepsuc/journal';
import pg, { type QueryResult } from 'pg';
import { DataSource, type EntitySchema, type MigrationInterface } from 'typeorm';
import { poolOf, type Query, type SimulatedConnection } from './simulated-connection.js';
import type { SimulatedProcess } from './simulated-process.js';
import type { World } from './world.js';

/** What a database of the simulation is made of. */
export interface DatabaseSpec {
  readonly name: string;
  readonly migrations: readonly (new () => MigrationInterface)[];
  readonly entities?: readonly (new () => object)[];
  /** Further tables that the simulation itself needs. */
  readonly tables?: string;
}

const RESETS_PER_VACUUM = 20;

/**
 * A real PostgreSQL in this process's memory (PGlite), with several databases in it, and connections that break when
 * the simulation says so. It has one session: a transaction has the server for itself from BEGIN to COMMIT, which
 * stands for what row locks do elsewhere. `clock_timestamp()` is the world's time.
 */
export class SimulatedPostgres {
  world: World | undefined;
  /** The connection whose transaction is open. */
  holder: SimulatedConnection | undefined;
  private readonly databases = new Map<string, DataSource>();
  private readonly resets: string[] = [];
  private readonly tables: string[] = [];
  private resetsDone = 0;
  private looks: Promise<unknown> = Promise.resolve();
  private schema = '';
  private clockMs: number | undefined;

  private constructor(
    private readonly engine: PGlite,
    private readonly session: pg.Client,
  ) {}

  /** Takes about three seconds and half a gigabyte: one for all runs. */
  static async start(): Promise<SimulatedPostgres> {
    const engine = await PGlite.create();
    const session = new pg.Client(createPgConfig(engine));
    await session.connect();
    await session.query(`
      CREATE SCHEMA clock;
      CREATE SCHEMA beginning;
      CREATE FUNCTION clock.clock_timestamp() RETURNS timestamptz LANGUAGE sql STABLE
        AS $$ SELECT current_setting('clock.now')::timestamptz $$;
      SET clock.now = '2021-07-22T00:00:00Z'`);
    return new SimulatedPostgres(engine, session);
  }

  async stop(): Promise<void> {
    for (const dataSource of this.databases.values()) await dataSource.destroy();
    await this.session.end();
    await this.engine.close();
  }

  /** Creates a database as a service does: through TypeORM and its migrations. */
  async create({ name, migrations, entities = [], tables }: DatabaseSpec): Promise<void> {
    await this.session.query(`CREATE SCHEMA ${name}`);
    const dataSource = new DataSource({
      type: 'postgres',
      driver: { Pool: poolOf(this, name) },
      migrations: [...migrations],
      entities: entities as unknown as EntitySchema[],
    });
    await dataSource.initialize();
    await dataSource.runMigrations();
    if (tables) await this.query(name, tables);
    this.databases.set(name, dataSource);
    await this.rememberBeginning(name);
  }

  database(name: string): Database {
    const dataSource = this.databases.get(name);
    if (!dataSource) throw new Error(`there is no database ${name}`);
    return new Database(dataSource);
  }

  /** Empties all databases and begins a new run. */
  async reset(world: World): Promise<void> {
    await this.session.query('ROLLBACK');
    this.holder = undefined;
    this.world = world;
    this.clockMs = undefined;
    // Deleting is faster where there is little; now and then what was deleted has to go.
    if (++this.resetsDone % RESETS_PER_VACUUM === 0) await this.session.query(`VACUUM ${this.tables.join(', ')}`);
    await this.session.query(this.resets.join(';'));
  }

  /** A look from outside, at no point of the simulation. Not while a transaction is open. */
  query<Row extends object>(database: string, query: string | Query): Promise<Row[]> {
    const rows = this.looks.then(() => this.look<Row>(database, query));
    this.looks = rows.catch(() => undefined);
    return rows;
  }

  /** The server ends whatever the process has open: it is gone, or it has not said anything for too long. */
  async endTransactionOf(process: SimulatedProcess): Promise<void> {
    if (this.holder?.process === process) await this.cut(this.holder);
  }

  /** Executes a statement. Its transaction, if it begins one, has the server for itself from now on. */
  async perform(connection: SimulatedConnection, query: Query): Promise<QueryResult> {
    const verb = query.text.trim().split(/\W/, 1)[0]?.toUpperCase();
    const isEnd = verb === 'COMMIT' || verb === 'ROLLBACK';
    await this.enter(connection.database);
    await this.setClock(query);
    // Two databases may name different statements alike.
    const name = query.name && `${connection.database}:${query.name}`;
    const result = await this.session.query({ ...query, name });
    connection.hasFailed = false;
    if (verb === 'BEGIN') this.holder = connection;
    if (isEnd) this.holder = undefined;
    if (verb === 'ROLLBACK') this.clockMs = undefined;
    return result;
  }

  /** Breaks a connection: what its transaction has done is undone, unless it was committed. */
  async cut(connection: SimulatedConnection): Promise<void> {
    if (this.holder === connection) {
      await this.session.query('ROLLBACK');
      this.holder = undefined;
      this.clockMs = undefined;
    }
    connection.end();
  }

  private async look<Row extends object>(database: string, query: string | Query): Promise<Row[]> {
    if (this.holder) throw new Error('a transaction is open');
    await this.enter(database);
    const { rows } = await this.session.query<Row>(query);
    return rows;
  }

  private async enter(database: string): Promise<void> {
    if (this.schema === database || this.holder) return;
    await this.session.query(`SET search_path TO ${database}, clock, pg_catalog`);
    this.schema = database;
  }

  /** In a transaction that has failed nothing can be set, and nothing will ask for the time. */
  private async setClock({ text }: Query): Promise<void> {
    const nowMs = this.world?.nowMs;
    if (nowMs === undefined || this.clockMs === nowMs) return;
    if (this.holder?.hasFailed || !text.includes('clock_timestamp')) return;
    await this.session.query(`SET clock.now = '${new Date(nowMs).toISOString()}'`);
    this.clockMs = nowMs;
  }

  /** Triggers keep the journal from being emptied; replicas have none, so the reset poses as one. */
  private async rememberBeginning(schema: string): Promise<void> {
    const tables = await this.query<{ name: string; rows: string }>(schema, {
      text: `SELECT tablename AS name FROM pg_tables WHERE schemaname = $1 AND tablename <> 'migrations'`,
      values: [schema],
    });
    const list = tables.map(({ name }) => `${schema}.${name}`);
    this.resets.push('SET session_replication_role = replica', ...list.map((table) => `DELETE FROM ${table}`));
    this.tables.push(...list);
    for (const { name } of tables) {
      await this.query(schema, `CREATE TABLE beginning.${schema}_${name} AS TABLE ${schema}.${name}`);
      const [found] = await this.query<{ n: number }>(schema, `SELECT count(*)::int AS n FROM ${schema}.${name}`);
      if (found?.n) this.resets.push(`INSERT INTO ${schema}.${name} SELECT * FROM beginning.${schema}_${name}`);
    }
    this.resets.push('SET session_replication_role = origin');
  }
}
