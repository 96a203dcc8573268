import { operationsTopic, topicNamed } from '@tiepsuc/contracts';
import { openEventLog } from '@tiepsuc/event-log';
import { bindToLog } from '@tiepsuc/messaging';
import { join } from 'node:path';
import pg from 'pg';
import { topicsOf } from './increments.js';
import { RoleProcess } from './role-process.js';
import type { RoleSetting, SumsRole } from './role-setting.js';
import { openSumsDatabase } from './sums-database.js';
import { migrateSums } from './sums-tables.js';

/** Where the sums run, and how many of them. */
export interface SumsOptions {
  /** The server for the two databases of the sums. */
  readonly postgres: { url(database: string): string; ensureDatabase(name: string): Promise<void> };
  /** `postgres://…` or `kafka://…`, as the harness reaches it. */
  readonly eventLog: string;
  /** Names topics, groups and databases; lower-case letters and digits, new for each run. */
  readonly run: string;
  /** For logs and acknowledgements; must exist. */
  readonly folder: string;
  readonly seed: number;
  /** The address by which a role reaches a server: the same, or that of a proxy. */
  readonly through?: (url: string, role: SumsRole) => string;
  /** Of relays and readers. Default 1500 ms. */
  readonly leaseMs?: number;
  /** Increments that each producer has on their way at the same time. Default 4. */
  readonly loops?: number;
  /** Mean pause of a loop between two increments. Default 10 ms. */
  readonly pauseMs?: number;
}

/** The sums as a set of processes. */
export interface Sums {
  readonly options: SumsOptions;
  readonly processes: readonly RoleProcess[];
  readonly databases: { readonly asked: string; readonly counted: string };
  /** Where the producers wrote what was acknowledged to them. */
  readonly acknowledged: readonly string[];
  /** Keys whose increments cannot be handled at the moment. */
  readonly poisoned: ReadonlySet<string>;
  of(role: SumsRole): readonly RoleProcess[];
  poison(key: string): void;
  cure(): void;
  /** Ends the load; what was asked for flows on. */
  stopProducers(): Promise<void>;
  stop(): Promise<void>;
}

const LEASE_MS = 1_500;
const LOOPS = 4;
const PAUSE_MS = 10;
const READY_WITHIN_MS = 60_000;
const REPLICAS: Readonly<Record<SumsRole, number>> = { producer: 2, relay: 2, consumer: 3 };

/** Makes databases and topics and starts two producers, two relays and three consumers. */
export async function startSums(options: SumsOptions): Promise<Sums> {
  const { run, folder } = options;
  const databases = await prepare(options);
  const acknowledged: string[] = [];
  const poisoned = new Set<string>();
  const settingOf = (role: SumsRole, n: number): RoleSetting => {
    const { through = (url: string) => url, eventLog, seed, leaseMs = LEASE_MS } = options;
    const { loops = LOOPS, pauseMs = PAUSE_MS } = options;
    const name = `${role}-${n + 1}`;
    return {
      role,
      name: `sums-${name}`,
      run,
      askedUrl: through(databases.asked, role),
      countedUrl: through(databases.counted, role),
      eventLog: through(eventLog, role),
      leaseMs,
      seed: seed * 10 + n,
      loops,
      pauseMs,
      acknowledgedFile: join(folder, `acknowledged-${run}-${n + 1}.txt`),
      poisoned: [...poisoned],
    };
  };
  const processes = (Object.keys(REPLICAS) as SumsRole[]).flatMap((role) =>
    Array.from({ length: REPLICAS[role] }, (_, n) => {
      if (role === 'producer') acknowledged.push(settingOf(role, n).acknowledgedFile);
      return new RoleProcess(() => settingOf(role, n), join(folder, `sums-${run}-${role}-${n + 1}.log`));
    }),
  );
  const of = (role: SumsRole) => processes.filter((one) => one.role === role);
  const stopAll = async (some: readonly RoleProcess[]) => {
    const stopped = await Promise.allSettled(some.map((one) => one.stop()));
    const failed = stopped.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
    if (failed.length > 0) throw new Error(failed.join('; '));
  };
  const sums: Sums = {
    options,
    processes,
    databases,
    acknowledged,
    poisoned,
    of,
    poison(key) {
      poisoned.add(key);
      for (const one of of('consumer')) one.tell({ tell: 'poison', key });
    },
    cure() {
      poisoned.clear();
      for (const one of of('consumer')) one.tell({ tell: 'cure' });
    },
    stopProducers: () => stopAll(of('producer')),
    stop: () => stopAll(processes),
  };
  try {
    await launch([...of('producer'), ...of('relay')]);
    // Consumers come when there is something in the log, which they must read from its beginning.
    await launch(of('consumer'));
  } catch (error) {
    for (const one of processes) await one.kill();
    throw error;
  }
  return sums;
}

async function launch(some: readonly RoleProcess[]): Promise<void> {
  for (const one of some) one.launch();
  for (const one of some) await one.untilReady(READY_WITHIN_MS);
}

async function prepare({ postgres, eventLog, run }: SumsOptions): Promise<Sums['databases']> {
  const names = { asked: `sums_${run}_asked`, counted: `sums_${run}_counted` };
  const { asked, counted } = topicsOf(run);
  const log = openEventLog(eventLog, { clientId: 'sums' });
  try {
    await log.ensureTopics([asked, counted, topicNamed(operationsTopic)]);
    for (const name of [names.asked, names.counted]) {
      await postgres.ensureDatabase(name);
      await migrateSums(postgres.url(name));
      const database = await openSumsDatabase(postgres.url(name), 'sums');
      await bindToLog(database, log);
      await database.dataSource.destroy();
    }
    if (log.kind === 'postgres') await watchProducers(eventLog);
  } finally {
    await log.close();
  }
  return { asked: postgres.url(names.asked), counted: postgres.url(names.counted) };
}

/** A witness beside the log: the epoch of a producer that goes back is an append of a relay that was fenced. */
async function watchProducers(eventLog: string): Promise<void> {
  const client = new pg.Client({ connectionString: eventLog });
  await client.connect();
  try {
    await client.query(`
      CREATE TABLE IF NOT EXISTS witness (kind text NOT NULL, detail text NOT NULL, seen_at timestamptz DEFAULT now());
      CREATE OR REPLACE FUNCTION witness_epoch() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          INSERT INTO public.witness (kind, detail)
            VALUES ('epoch', format('%s appended with epoch %s after %s', NEW.producer_id, NEW.epoch, OLD.epoch));
          RETURN NEW;
        END $$;
      CREATE OR REPLACE TRIGGER witness_epoch AFTER UPDATE ON elog.producer FOR EACH ROW
        WHEN (NEW.epoch < OLD.epoch) EXECUTE FUNCTION witness_epoch();
    `);
  } finally {
    await client.end();
  }
}
