import pg from 'pg';
import { PROCESSES } from './processes.js';
import type { City } from './test-city.js';

/** Looks into the services' databases; a checker trusts what is stored, not what is said about it. */
export class Databases {
  constructor(private readonly city: City) {}

  async rows<Row extends pg.QueryResultRow>(
    database: string,
    sql: string,
    values: readonly unknown[] = [],
  ): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.city.postgres.url(`tiepsuc_${database}`) });
    await client.connect();
    try {
      return (await client.query<Row>(sql, [...values])).rows;
    } finally {
      await client.end();
    }
  }

  /** The rows of both district processes together. */
  async districtRows<Row extends pg.QueryResultRow>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    const both = await Promise.all(['district_1', 'district_2'].map((name) => this.rows<Row>(name, sql, values)));
    return both.flat();
  }

  async count(database: string, sql: string, values: readonly unknown[] = []): Promise<number> {
    const [row] = await this.rows<{ n: number }>(
      database,
      `SELECT count(*)::int AS n FROM (${sql}) AS counted`,
      values,
    );
    return row?.n ?? 0;
  }
}

export const SERVICE_DATABASES = PROCESSES.map(({ database }) => database);
