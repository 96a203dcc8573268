import type { DataSource } from 'typeorm';
import type { Pool, PoolClient, QueryResultRow } from 'pg';
import { Unavailable, isInfrastructure } from './sql-errors.js';

/** A named statement is prepared once per connection. */
export interface Statement {
  readonly name?: string;
  readonly text: string;
  readonly values?: readonly unknown[];
}

/** The part of a database connection that the hot path uses: plain parameterised SQL. */
export interface Sql {
  run<Row extends QueryResultRow = QueryResultRow>(statement: Statement): Promise<Row[]>;
}

/**
 * A service's PostgreSQL database through the pool of its TypeORM data source. TypeORM keeps migrations,
 * entities and queries of read models; appending and reacting are plain SQL.
 */
export class Database {
  constructor(readonly dataSource: DataSource) {}

  /** Runs work in one READ COMMITTED transaction. @throws Unavailable when the database could not be reached or broke off. */
  async transaction<Result>(work: (sql: Sql) => Promise<Result>): Promise<Result> {
    return this.withClient(async (client) => {
      const sql = sqlOf(client);
      await sql.run({ text: 'BEGIN' });
      try {
        const result = await work(sql);
        await sql.run({ text: 'COMMIT' });
        return result;
      } catch (error) {
        if (!(error instanceof Unavailable)) await sql.run({ text: 'ROLLBACK' });
        throw error;
      }
    });
  }

  /** One statement in a transaction of its own. @throws Unavailable */
  async run<Row extends QueryResultRow = QueryResultRow>(statement: Statement): Promise<Row[]> {
    return this.withClient((client) => sqlOf(client).run<Row>(statement));
  }

  /** A connection that was found broken is thrown away, not given back. */
  private async withClient<Result>(work: (client: PoolClient) => Promise<Result>): Promise<Result> {
    const client = await this.connect();
    let broken: Error | undefined;
    const onError = (error: Error): void => void (broken = error);
    client.on('error', onError);
    try {
      return await work(client);
    } catch (error) {
      if (error instanceof Unavailable) broken ??= error;
      throw error;
    } finally {
      client.off('error', onError);
      client.release(broken);
    }
  }

  private async connect(): Promise<PoolClient> {
    try {
      return await poolOf(this.dataSource).connect();
    } catch (error) {
      throw new Unavailable('no connection to the database', { cause: error });
    }
  }
}

function poolOf(dataSource: DataSource): Pool {
  return (dataSource.driver as unknown as { master: Pool }).master;
}

function sqlOf(client: PoolClient): Sql {
  return {
    async run<Row extends QueryResultRow>({ name, text, values }: Statement): Promise<Row[]> {
      try {
        const result = await client.query<Row>({ name, text, values: values as unknown[] });
        return result.rows;
      } catch (error) {
        if (isInfrastructure(error)) throw new Unavailable('the database did not answer', { cause: error });
        throw error;
      }
    },
  };
}
