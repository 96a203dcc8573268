import type { BenchCity } from '../bench-city.js';
import { SERVICES, type Reading } from '../bench-row.js';
import { withClient } from '../with-client.js';

const BYTES_PER_KILOBYTE = 1_000;

/** What a case leaves on disk in each database of a city on the embedded log, indexes included, write-ahead log not. */
export async function databaseSizes(city: BenchCity, cases: number, at: string): Promise<Reading[]> {
  const urls = { ...Object.fromEntries(SERVICES.map((name) => [name, city.databaseUrl(name)])), log: city.eventLogUrl };
  return withClient(city.eventLogUrl, async (client) => {
    const readings: Reading[] = [];
    for (const [name, url] of Object.entries(urls)) {
      const { rows } = await client.query<{ size: string }>('SELECT pg_database_size($1) AS size', [
        new URL(url).pathname.slice(1),
      ]);
      const kilobytes = Number(rows[0]?.size) / BYTES_PER_KILOBYTE;
      readings.push({ name: `database of ${name}, ${at}`, unit: 'kB a case', ours: kilobytes / cases });
    }
    return readings;
  });
}
