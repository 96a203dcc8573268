import { declarationOf, LegOpened } from '@tiepsuc/contracts';
import pg from 'pg';
import type { BenchCity } from '../bench-city.js';
import { SERVICES, type ServiceName } from '../bench-row.js';

const TOLD_OF_RECEIPT = 'request-received';
const TOLD_OF_OFFICE = 'case-routed';

/** Counts in the services' databases how far cases have come: what is stored, not what is said about it. */
export class CityProgress {
  private constructor(private readonly clients: ReadonlyMap<ServiceName, pg.Client>) {}

  static async open(city: BenchCity): Promise<CityProgress> {
    const clients = new Map(
      SERVICES.map((name) => [name, new pg.Client({ connectionString: city.databaseUrl(name) })]),
    );
    for (const client of clients.values()) await client.connect();
    return new CityProgress(clients);
  }

  async close(): Promise<void> {
    for (const client of this.clients.values()) await client.end();
  }

  /** Cases in an office's inbox, and those that the rules leave to a dispatcher. */
  async visible(): Promise<number> {
    return (await this.opened()) + (await this.count('routing', 'SELECT count(*)::int AS n FROM waiting_case'));
  }

  /**
   * What is behind after every case is visible: audit records of the opening, and notifications that are not queued.
   * @param cases how many were accepted
   */
  async unsettled(cases: number): Promise<number> {
    const opened = await this.opened();
    const audited = await this.count(
      'audit',
      'SELECT coalesce(sum(records), 0)::int AS n FROM history_count WHERE type = $1',
      [declarationOf(LegOpened).type],
    );
    const queued = await this.count(
      'notifications',
      'SELECT count(*)::int AS n FROM delivery WHERE template = ANY($1)',
      [[TOLD_OF_RECEIPT, TOLD_OF_OFFICE]],
    );
    return opened - audited + (cases + opened - queued);
  }

  /** Records that all services have journalled. */
  async records(): Promise<number> {
    let records = 0;
    for (const name of SERVICES) records += await this.count(name, 'SELECT count(*)::int AS n FROM journal');
    return records;
  }

  private opened(): Promise<number> {
    return this.count('district', 'SELECT count(*)::int AS n FROM leg');
  }

  private async count(of: ServiceName, text: string, values: unknown[] = []): Promise<number> {
    const client = this.clients.get(of);
    const rows = (await client?.query<{ n: number }>(text, values))?.rows;
    return rows?.[0]?.n ?? 0;
  }
}
