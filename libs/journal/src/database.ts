import type { Writable } from 'node:stream';
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
  /** Statements run without awaiting each other are sent together and executed in order. */
  run<Row extends QueryResultRow = QueryResultRow>(statement: Statement): Promise<Row[]>;
  /** Sends a statement whose rows are not needed, at the latest with the COMMIT; if it fails, the COMMIT fails. */
  send(statement: Statement): void;
}

/**
 * A service's PostgreSQL database through the pool of its TypeORM data source. TypeORM keeps migrations,
 * entities and queries of read models; appending and reacting are plain SQL.
 */
export class Database {
  constructor(readonly dataSource: DataSource) {}

  /**
   * Runs work in one READ COMMITTED transaction: two round trips when the work reads once, because BEGIN is sent with the
   * first reads, and what was passed to `send` goes with the COMMIT.
   * @throws Unavailable when the database could not be reached or the connection broke
   */
  async transaction<Result>(work: (sql: Sql) => Promise<Result>): Promise<Result> {
    return this.withClient(async (client) => {
      const sql = new Transaction(client);
      try {
        const result = await work(sql);
        // mutant: commit
        await sql.commit();
        return result;
      } catch (error) {
        throw await sql.rollBack(error);
      }
    });
  }

  /** One statement in a transaction of its own. @throws Unavailable */
  async run<Row extends QueryResultRow = QueryResultRow>(statement: Statement): Promise<Row[]> {
    return this.withClient((client) => ask<Row>(client, statement));
  }

  /** A broken connection is closed, not returned to the pool. */
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

/** A transaction on one connection, with the fewest round trips that its work allows. */
class Transaction implements Sql {
  private readonly begun: Promise<unknown>;
  private readonly unsent: Statement[] = [];
  private hasEnded = false;
  /** The first statement that failed, in the order of the server; those after it failed because of it. */
  private failure: { readonly error: unknown } | undefined;

  constructor(private readonly client: PoolClient) {
    this.begun = this.ask({ text: 'BEGIN' });
    // Its failure is kept for the COMMIT and rejects the returned promise; work that throws first does not wait.
    this.begun.catch(() => undefined);
  }

  async run<Row extends QueryResultRow>(statement: Statement): Promise<Row[]> {
    const sent = this.unsent.splice(0).map((one) => this.ask(one));
    // No decision may rest on rows that were read or locked outside of the transaction.
    const [rows] = await Promise.all([this.ask<Row>(statement), this.begun, ...sent]);
    return rows;
  }

  send(statement: Statement): void {
    this.unsent.push(statement);
  }

  /** A COMMIT after a statement that failed rolls back, so it need not wait for their answers. */
  async commit(): Promise<void> {
    await this.begun;
    this.hasEnded = true;
    await Promise.all([...this.unsent.splice(0), { text: 'COMMIT' }].map((one) => this.ask(one)));
  }

  /** Returns why the transaction failed. */
  async rollBack(error: unknown): Promise<unknown> {
    const cause = this.failure ? this.failure.error : error;
    if (cause instanceof Unavailable || this.hasEnded) return cause;
    await ask(this.client, { text: 'ROLLBACK' });
    return cause;
  }

  private async ask<Row extends QueryResultRow>(statement: Statement): Promise<Row[]> {
    try {
      return await ask<Row>(this.client, statement);
    } catch (error) {
      this.failure ??= { error };
      throw error;
    }
  }
}

async function ask<Row extends QueryResultRow>(client: PoolClient, { name, text, values }: Statement): Promise<Row[]> {
  try {
    holdUntilTheEndOfTheTurn(client);
    const result = await client.query<Row>({ name, text, values: values as unknown[] });
    return result.rows;
  } catch (error) {
    if (isInfrastructure(error)) throw new Unavailable('the database did not answer', { cause: error });
    throw error;
  }
}

/** Statements of one turn of the event loop leave in one write. */
function holdUntilTheEndOfTheTurn(client: PoolClient): void {
  const { stream } = (client as unknown as { connection: { stream: Writable } }).connection;
  stream.cork();
  process.nextTick(() => stream.uncork());
}
