import type { AnyAggregate } from '@tiepsuc/journal';
import type { Database, Sql } from '@tiepsuc/journal';
import type { RowClass } from '@tiepsuc/journal';
import { compareRows, type Mismatch, type TableComparison } from './compare-rows.js';
import { STATE_TABLE, tableOf } from './compared-table.js';
import { MovedAggregates } from './moved-aggregates.js';

export interface CompareOptions {
  readonly live: Database;
  readonly scratch: Database;
  readonly aggregates: readonly AnyAggregate[];
  /** The rows that a replay builds: projections, not vaults or leases. */
  readonly entities: readonly RowClass[];
  /**
   * Called when the live side has been fixed and before anything is compared: replay what the log has got since. Then
   * only what was on its way in that moment can be ahead.
   */
  readonly catchUp?: () => Promise<void>;
  /** Whether a row is ahead for a reason of the service's own; asked within the same view of the live side. */
  readonly isAhead?: (snapshot: Sql) => Promise<(table: string, mismatch: Mismatch) => boolean>;
}

export interface Comparison {
  readonly tables: readonly TableComparison[];
  /** No row differs. Rows that are ahead are no difference. */
  readonly isEqual: boolean;
}

/** A comparison may take this long between two statements, and this long for one of them, on large tables. */
const IDLE_MAX_MS = 3_600_000;
const STATEMENT_MAX_MS = 1_800_000;

/**
 * Compares live rows with replayed ones, byte for byte as PostgreSQL writes them. The live side is read within one
 * repeatable-read transaction, so states and rows belong together although the service goes on working.
 * @throws Unavailable when one of the databases stays away
 */
export async function compareReplay(options: CompareOptions): Promise<Comparison> {
  const { live, scratch, aggregates, entities } = options;
  return fixed(live, async (snapshot) => {
    await options.catchUp?.();
    return fixed(scratch, async (replayed) => {
      const sides = { live: snapshot, scratch: replayed };
      const moved = new MovedAggregates({ snapshot, live, scratch: replayed }, aggregates);
      const isAhead = await options.isAhead?.(snapshot);
      const tables: TableComparison[] = [
        await compareRows(sides, STATE_TABLE, (mismatches) => moved.among(mismatches)),
      ];
      for (const entity of entities) {
        const table = tableOf(live.dataSource, entity);
        const isMoved = (one: Mismatch) => moved.shows(table.name, one) || isAhead?.(table.name, one) === true;
        tables.push(await compareRows(sides, table, async (mismatches) => new Set(mismatches.filter(isMoved))));
      }
      return { tables, isEqual: tables.every(hasNoDifference) };
    });
  });
}

function hasNoDifference({ different, onlyLive, onlyReplayed }: TableComparison): boolean {
  return different + onlyLive + onlyReplayed === 0;
}

/** Everything that `work` reads is of one moment. Times are written in UTC on both sides. */
function fixed<Result>(database: Database, work: (sql: Sql) => Promise<Result>): Promise<Result> {
  return database.transaction(async (sql) => {
    await sql.run({ text: 'SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY' });
    await sql.run({ text: "SET LOCAL TimeZone = 'UTC'" });
    await sql.run({ text: `SET LOCAL idle_in_transaction_session_timeout = ${IDLE_MAX_MS}` });
    await sql.run({ text: `SET LOCAL statement_timeout = ${STATEMENT_MAX_MS}` });
    // The moment is that of the first query, not of the beginning.
    await sql.run({ text: 'SELECT 1 FROM state LIMIT 1' });
    return work(sql);
  });
}
